//! `todo reconcile`: the record brought back to what reality shows; a proposal.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Exit, Problem, text};
use wfo_day::next::{Ask, Next};

use super::{Call, Outcome, Which};
use crate::answer::{Answer, View};
use crate::commands::consent::Yes;
use crate::render::Paint;
use crate::render::next::{DriftView, RecordedView, drift};
use crate::render::proposal::ProposalView;

/// Bring the record back to what reality shows (a proposal; exit 10 while they differ)
///
/// Phase, step and status become what `next` derives, and a claim that tests pass goes where there is no evidence for it. Nothing else
/// of the file is touched.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Read pull requests from this file, as gh or az print them in JSON, instead of asking
    #[arg(long, value_name = "FILE")]
    pr: Option<PathBuf>,
    /// Ask no program that opens a connection
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    yes: Yes,
}

/// A record that was repaired, or how it differs.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether the record was written.
    applied: bool,
    /// The workflow's file; absent where there is no workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// What the record says, before the repair.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<RecordedView>,
    /// The phase that reality shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<u8>,
    /// The step that reality shows, or `complete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    /// Where both differ.
    drift: Vec<DriftView>,
    /// What a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let file = self.file.as_deref().unwrap_or("no workflow");
        let mut out = match (self.applied, self.drift.is_empty()) {
            (true, _) => format!("{} {file}\n", paint.green("repaired")),
            (false, true) => format!("{file}: the record says what is so\n"),
            (false, false) => String::new(),
        };
        out += &drift(&self.drift, paint);
        out + &self.proposal.as_ref().map(|proposal| proposal.text(paint)).unwrap_or_default()
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let (context, place) = (call.context, call.site.place());
    let (todo, pr) = (args.which.word(), args.pr.as_deref());
    let (home, clock) = (&context.home, &context.clock);
    let ask = Ask { place, home, clock, todo, pr, offline: args.offline, step: None };
    let next = Next::look(&ask, notes)?;
    let desk = Desk::new(&context.home);
    let Some(current) = next.current.as_ref().filter(|current| current.drifts()) else {
        args.yes.must_be_absent(&desk, "todo reconcile")?;
        let file = next.current.as_ref().map(|current| current.workflow.file.clone());
        let none = Shown { applied: false, file, recorded: None, phase: None, step: None, drift: Vec::new(), proposal: None };
        return Ok(Answer::new("wfo.todo-reconcile/1", none).into());
    };
    let mut view = Shown {
        applied: false,
        file: Some(current.workflow.file.clone()),
        recorded: Some(RecordedView::from(&current.record)),
        phase: Some(current.derived.phase),
        step: Some(current.derived.step_word().to_owned()),
        drift: current.derived.drift.iter().map(DriftView::from).collect(),
        proposal: None,
    };
    let subject = current.subject(place, "todo reconcile");
    if args.yes.given(context, place, &desk, &subject)? {
        current.reconcile(&ask)?;
        view.applied = true;
        return Ok(Answer::new("wfo.todo-reconcile/1", view).into());
    }
    let mut commands = Vec::new();
    if !context.globals.dry_run {
        let title = format!("bring {} back to what is so", current.workflow.file);
        let proposal = desk.propose(&subject, title, current.repairs())?;
        let slug = todo.map(|slug| format!(" --todo {}", text::shell_word(slug))).unwrap_or_default();
        let file = pr.map(|file| format!(" --pr {}", text::shell_word(&file.to_string_lossy()))).unwrap_or_default();
        let offline = if args.offline { " --offline" } else { "" };
        commands.push(format!("wfo-helper todo reconcile{slug}{file}{offline} --confirm {}", proposal.id));
        view.proposal = Some(ProposalView::from(&proposal));
    }
    Ok(Answer::new("wfo.todo-reconcile/1", view).exit(Exit::No).next(commands).into())
}
