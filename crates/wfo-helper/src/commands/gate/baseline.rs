//! `gate baseline NAME`: what is found now is from here on not new (a proposal).

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;

use super::{Call, Done, Notes};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::proposal::ProposalView;
use crate::render::{Paint, count};

/// Keep what is found now as the baseline, so that later findings are marked as new (a proposal first)
///
/// It changes no verdict. Without `--report` the findings are those of the last evidence.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The gate, such as security
    name: String,
    /// A report with the tool that wrote it; may be repeated
    #[arg(long = "report", value_name = "TOOL=FILE")]
    reports: Vec<String>,
    #[command(flatten)]
    yes: Yes,
}

/// A baseline that was written, or is proposed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether it was written.
    applied: bool,
    /// The gate.
    gate: String,
    /// The file.
    file: &'static str,
    /// How many findings it holds.
    findings: usize,
    /// How many of them the old one did not hold.
    added: usize,
    /// How many the old one held besides.
    removed: usize,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { "holds" } else { "would hold" };
        let findings = count(self.findings, "finding");
        let line = format!("{} {word} {findings}: {} new, {} gone\n", self.file, self.added, self.removed);
        line + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Notes) -> Done {
    let new = call.gates.new_baseline(&args.name, &args.reports, notes)?;
    let desk = Desk::new(&call.context.home);
    let subject = new.subject(&call.gates);
    let mut view = Shown {
        applied: false,
        gate: new.gate.clone(),
        file: ".wfo/baseline.json",
        findings: new.fingerprints.len(),
        added: new.added,
        removed: new.removed,
        proposal: None,
    };
    let mut next = None;
    if args.yes.given(call.context, call.place, &desk, &subject)? {
        new.carry_out(&call.gates)?;
        view.applied = true;
    } else if !call.dry_run() {
        let title = format!("keep {} of gate {} as its baseline", count(view.findings, "finding"), new.gate);
        let act = format!("write `.wfo/baseline.json`: {} added, {} removed", new.added, new.removed);
        let proposal = desk.propose(&subject, title, vec![act])?;
        if args.reports.is_empty() {
            next = Some(format!("wfo-helper gate baseline {} --confirm {}", new.gate, proposal.id));
        }
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.gate-baseline/1", view).next(next).into())
}
