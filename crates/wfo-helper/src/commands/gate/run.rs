//! `gate run NAME`: runs the tools of a gate side by side and says pass, fail or unknown.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text::{quoted, shell_word};
use wfo_base::trust::Desk;
use wfo_base::{Exit, text};
use wfo_day::gate::{Done as Finished, Prepared};

use super::{Call, Done, Notes, exit};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::gate::{CheckedView, WaivedView, moment, verdict_word};
use crate::render::proposal::ProposalView;
use crate::render::{Paint, cut};

/// The schema of the answer.
const SCHEMA: &str = "wfo.gate-run/1";

/// Run the tools of a gate side by side and judge what they report
///
/// Each tool of `gate-tools.yaml` that fits the project runs in a private folder with a time limit; a tool that is missing, fails or
/// writes no whole report makes its check unknown. What runs code of the repository needs one approval. The exit status is 0 for
/// pass, 10 for fail, 11 for unknown, 21 before the approval.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The gate, such as security
    name: String,
    /// Only this check; may be repeated. The outcome is not kept as evidence then
    #[arg(long = "only", value_name = "CHECK")]
    only: Vec<String>,
    #[command(flatten)]
    yes: Yes,
}

/// What a gate comes to, and what was run for it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The gate.
    gate: String,
    /// The checks that were asked for; absent where the whole gate is judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,
    /// pass, fail or unknown, of `only` where it is there; only pass passes. Null when nothing was run.
    verdict: Option<&'static str>,
    /// Each check in the gate's order, then each checklist.
    checks: Vec<CheckedView>,
    /// Every waiver that was used.
    waived: Vec<WaivedView>,
    /// How many of them were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived_more: Option<usize>,
    /// Each run, or what would run.
    runs: Vec<RunView>,
    /// How many of them were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_more: Option<usize>,
    /// What the built-in sweep looks at, where a check asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sweep: Option<&'static str>,
    /// What nothing can be run for; where tools ran, the checks tell it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<MissingView>,
    /// Fingerprint of the content that was judged; null when nobody can tell.
    content: Option<String>,
    /// When it began; null when nothing was run.
    taken_at: Option<String>,
    /// Whether the outcome was kept as evidence.
    applied: bool,
    /// What a person is asked before anything is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// One run.
#[derive(Debug, Serialize, JsonSchema)]
struct RunView {
    /// The row of `gate-tools.yaml`.
    tool: String,
    /// Its version; null when it does not tell or was not asked.
    version: Option<String>,
    /// Where it runs, relative to the top; `.` is the top itself.
    folder: String,
    /// Its words; `{report}` and `{folder}` stand for places of the run.
    command: String,
    /// Whether it may run: it only reads, or somebody has approved it.
    approved: bool,
    /// Its exit status; null when it was ended, and absent where nothing was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<Option<i32>>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    seconds: Option<serde_json::Number>,
    /// The last lines of what it printed, where it could not do its work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    log: Vec<String>,
}

/// What nothing can be run for.
#[derive(Debug, Serialize, JsonSchema)]
struct MissingView {
    /// The check.
    check: String,
    /// Why.
    reason: String,
    /// What to do.
    fix: String,
}

fn folder(folder: &str) -> String {
    if folder.is_empty() { ".".to_owned() } else { quoted(&wfo_gate::report::redacted(folder)) }
}

/// A command's words, longer than a quotation is.
fn words(command: &str) -> String {
    let line = text::one_line(&wfo_gate::report::redacted(command)).replace("```", "'''");
    text::clip(&line, 600).into_owned()
}

impl RunView {
    fn done(done: &Finished) -> Self {
        let millis = done.took.as_millis();
        Self {
            tool: done.tool.clone(),
            version: done.version.as_deref().map(quoted),
            folder: folder(&done.folder),
            command: words(&done.command),
            approved: true,
            exit: Some(done.exit),
            seconds: format!("{}.{:03}", millis / 1000, millis % 1000).parse().ok(),
            log: done.log.iter().map(|line| quoted(line)).collect(),
        }
    }

    fn line(&self, paint: Paint) -> String {
        let end = match (self.exit, &self.seconds) {
            (Some(Some(status)), Some(seconds)) => format!("exit {status}, {seconds} s"),
            (Some(None), Some(seconds)) => format!("no exit status, {seconds} s"),
            _ if self.approved => "may run".to_owned(),
            _ => "not approved".to_owned(),
        };
        let version = self.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let mut out = format!("  {} {}{version} in {}: {}\n", paint.dim("run"), self.tool, self.folder, self.command);
        out += &format!("      {end}\n");
        for line in &self.log {
            out += &format!("      | {line}\n");
        }
        out
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let verdict = self.verdict.map_or_else(|| "not run".to_owned(), |verdict| verdict_word(verdict, paint));
        let part = if self.only.is_empty() { String::new() } else { format!(" (only {})", self.only.join(", ")) };
        let mut out = format!("{}{part}: {verdict}\n", paint.bold(&self.gate));
        for check in &self.checks {
            out += &check.text(paint);
        }
        for waived in &self.waived {
            out += &format!("  {} {}\n", paint.yellow("waived"), waived.line());
        }
        for run in &self.runs {
            out += &run.line(paint);
        }
        if let (None, Some(sweep)) = (self.verdict, self.sweep) {
            out += &format!("  {} built-in sweep: {sweep}\n", paint.dim("run"));
        }
        for missing in &self.missing {
            let word = paint.yellow("unknown");
            out += &format!("  {word} {}: {}\n      {} {}\n", missing.check, missing.reason, paint.dim("to do:"), missing.fix);
        }
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }

    fn cut(&mut self, limit: usize) {
        self.checks.iter_mut().for_each(|check| check.cut(limit));
        cut(&mut self.waived, &mut self.waived_more, limit);
        cut(&mut self.runs, &mut self.runs_more, limit);
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Notes) -> Done {
    let mut prepared = call.gates.prepare(&args.name, &args.only, notes)?;
    let desk = Desk::new(&call.context.home);
    if !prepared.has_texts() {
        args.yes.must_be_absent(&desk, "gate run")?;
    } else if !call.dry_run() {
        let needed = prepared.needs_person();
        if (needed || args.yes.confirm.is_some())
            && args.yes.given(call.context, call.place, &desk, &prepared.subject(&call.gates))?
        {
            prepared.approve(&call.gates)?;
        } else {
            prepared.approve_unattended(&call.gates)?;
        }
    }
    if call.dry_run() {
        return Ok(Answer::new(SCHEMA, planned(args, &prepared)).into());
    }
    if prepared.needs_person() {
        return refused(args, call, &prepared, notes);
    }
    let ran = call.gates.run(&prepared, true, notes)?;
    let judged = ran.judged;
    let verdict = judged.judgement.verdict;
    let view = Shown {
        gate: judged.gate,
        only: args.only.clone(),
        verdict: Some(verdict.word()),
        checks: judged.judgement.checks.iter().map(CheckedView::new).collect(),
        waived: judged.judgement.waived.iter().map(WaivedView::new).collect(),
        waived_more: None,
        runs: ran.runs.iter().map(RunView::done).collect(),
        runs_more: None,
        sweep: prepared.sweep(),
        missing: Vec::new(),
        content: judged.content.map(|content| content.word()),
        taken_at: Some(moment(judged.taken_at)),
        applied: judged.kept,
        proposal: None,
    };
    Ok(Answer::new(SCHEMA, view).exit(exit(verdict)).into())
}

/// What would run; nothing was.
fn planned(args: &Args, prepared: &Prepared) -> Shown {
    let run = |(run, approved): (&wfo_gate::run::Planned, bool)| RunView {
        tool: run.row.id.clone(),
        version: None,
        folder: folder(&run.folder),
        command: words(&wfo_day::gate::command(run)),
        approved,
        exit: None,
        seconds: None,
        log: Vec::new(),
    };
    let missing = |lack: &wfo_gate::judge::Lack| MissingView {
        check: lack.check.clone(),
        reason: quoted(&lack.reason),
        fix: quoted(&lack.fix),
    };
    Shown {
        gate: prepared.name().to_owned(),
        only: args.only.clone(),
        verdict: None,
        checks: Vec::new(),
        waived: Vec::new(),
        waived_more: None,
        runs: prepared.planned().map(run).collect(),
        runs_more: None,
        sweep: prepared.sweep(),
        missing: prepared.lacks().iter().map(missing).collect(),
        content: None,
        taken_at: None,
        applied: false,
        proposal: None,
    }
}

/// A person has to say yes first: nothing was run.
fn refused(args: &Args, call: &Call<'_>, prepared: &Prepared, notes: &mut Notes) -> Done {
    notes.push(prepared.unapproved().warning());
    let proposal = prepared.propose(&call.gates)?;
    let only: String = args.only.iter().map(|check| format!(" --only {}", shell_word(check))).collect();
    let next = format!("wfo-helper gate run {}{only} --confirm {}", prepared.name(), proposal.id);
    let view = Shown { proposal: Some(ProposalView::from(&proposal)), ..planned(args, prepared) };
    Ok(Answer::new(SCHEMA, view).next([next]).exit(Exit::Refused).into())
}
