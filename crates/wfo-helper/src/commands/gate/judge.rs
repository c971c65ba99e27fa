//! `gate judge NAME --report TOOL=FILE ...`: reads reports and says pass, fail or unknown.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Call, Done, Notes, exit};
use crate::answer::{Answer, View};
use crate::render::gate::{CheckedView, UnmatchedView, WaivedView, moment, verdict_word};
use crate::render::{Paint, cut};

/// Judge a gate by reports that tools have written (reads only)
///
/// Several reports of one check have to hold each. A report that is missing, stale, cut off or another tool's makes its check
/// unknown. The exit status is 0 for pass, 10 for fail, 11 for unknown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The gate, such as security
    name: String,
    /// A report with the tool that wrote it, such as semgrep=semgrep.json; may be repeated
    ///
    /// The sizes that bundles had before a change are given as bundle-size:before=FILE.
    #[arg(long = "report", value_name = "TOOL=FILE")]
    reports: Vec<String>,
}

/// What a gate comes to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The gate.
    gate: String,
    /// pass, fail or unknown; only pass passes.
    verdict: &'static str,
    /// Each check in the gate's order, then each checklist.
    checks: Vec<CheckedView>,
    /// Every waiver that was used.
    waived: Vec<WaivedView>,
    /// How many of them were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_more: Option<usize>,
    /// Waivers that cover nothing of what the reports tell; they change no verdict.
    unmatched: Vec<UnmatchedView>,
    /// How many of them were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmatched_more: Option<usize>,
    /// Fingerprint of the content that was judged; null when nobody can tell.
    content: Option<String>,
    /// When the oldest report was written, or the time of the judgement where there was none.
    taken_at: String,
    /// Whether the outcome was kept as evidence.
    applied: bool,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = format!("{}: {}\n", paint.bold(&self.gate), verdict_word(self.verdict, paint));
        for check in &self.checks {
            out += &check.text(paint);
        }
        for waived in &self.waived {
            out += &format!("  {} {}\n", paint.yellow("waived"), waived.line());
        }
        for waiver in &self.unmatched {
            out += &format!("  {} {}\n", paint.yellow("unmatched"), waiver.line());
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        self.checks.iter_mut().for_each(|check| check.cut(limit));
        cut(&mut self.waived, &mut self.waived_more, limit);
        cut(&mut self.unmatched, &mut self.unmatched_more, limit);
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Notes) -> Done {
    let judged = call.gates.judge(&args.name, &args.reports, !call.dry_run(), notes)?;
    let verdict = judged.judgement.verdict;
    let view = Shown {
        gate: judged.gate,
        verdict: verdict.word(),
        checks: judged.judgement.checks.iter().map(CheckedView::new).collect(),
        waived: judged.judgement.waived.iter().map(WaivedView::new).collect(),
        waived_more: None,
        unmatched: judged.judgement.unmatched.iter().map(UnmatchedView::new).collect(),
        unmatched_more: None,
        content: judged.content.map(|content| content.word()),
        taken_at: moment(judged.taken_at),
        applied: judged.kept,
    };
    Ok(Answer::new("wfo.gate-judge/1", view).exit(exit(verdict)).into())
}
