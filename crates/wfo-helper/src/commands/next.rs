//! `next`: where a workflow really stands, and the one step that comes now (a proposal). Flags to `wfo_day::next`, facts to views.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::trust::Desk;
use wfo_base::{Problem, text};
use wfo_day::Place;
use wfo_day::next::{Ask, Current, Next};

use super::Outcome;
use super::consent::Yes;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::progress;
use crate::render::next::{ChoiceView, DerivedView, DriftView, ProposedView, RecordedView, WhereView, drift, path_word};
use crate::render::{Paint, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<Shown>("next")];

/// Say where a workflow really stands and which step comes now (a proposal)
///
/// Phase and step come from git, documents, gate verdicts and pull requests, never from the record; where the record differs, the
/// difference is shown. A yes moves the record to the proposed step.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workflow [default: that of this worktree, else the only active one]
    #[arg(long, value_name = "SLUG")]
    todo: Option<String>,
    /// Read pull requests from this file, as gh or az print them in JSON, instead of asking
    #[arg(long, value_name = "FILE")]
    pr: Option<PathBuf>,
    /// Ask no program that opens a connection
    #[arg(long)]
    offline: bool,
    /// Propose this optional step instead, such as 1.1
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    #[command(flatten)]
    yes: Yes,
}

/// Where a workflow stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether the record was moved.
    applied: bool,
    /// Where the call was made.
    place: WhereView,
    /// The workflow's file; absent where there is no workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Its slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    /// Its type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// Its branch, also where that does not exist yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    /// Where the branch is checked out; null = nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<Option<String>>,
    /// What reality shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    derived: Option<DerivedView>,
    /// What the record says.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<RecordedView>,
    /// Where both differ.
    drift: Vec<DriftView>,
    /// How much ceremony the change needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
    /// The rules that decided that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path_reasons: Vec<String>,
    /// Skills for this step and phase.
    skills: Vec<String>,
    /// The step that comes now.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposedView>,
    /// What can be begun, where there is no workflow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceView>,
    /// How many rows of evidence were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_more: Option<usize>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        if let Some(derived) = &self.derived {
            let slug = self.slug.as_deref().unwrap_or_default();
            out += &derived.text(paint, self.kind.unwrap_or_default(), slug);
            out += &drift(&self.drift, paint);
        }
        if let Some(path) = self.path {
            out += &format!("Path: {path} ({})\n", self.path_reasons.join("; "));
        }
        if let Some(proposal) = &self.proposal {
            out += &proposal.text(paint, self.applied);
        }
        if !self.choices.is_empty() {
            out += "There is no workflow here. What can be begun:\n";
            self.choices.iter().for_each(|choice| out += &choice.text(paint));
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        if let Some(derived) = &mut self.derived {
            cut(&mut derived.evidence, &mut self.evidence_more, limit);
        }
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let ask = Ask {
        place: &place,
        home: &context.home,
        clock: &context.clock,
        todo: args.todo.as_deref(),
        pr: args.pr.as_deref(),
        offline: args.offline,
        step: args.step.as_deref(),
    };
    let mut notes = Vec::new();
    let looked = progress::during("looking where the work stands", &context.globals, || Next::look(&ask, &mut notes));
    let next = looked?;
    let desk = Desk::new(&context.home);
    let Some(current) = &next.current else {
        args.yes.must_be_absent(&desk, "next")?;
        let view = begin(&next, &place);
        return Ok(Answer::new("wfo.next/1", view).noting(notes).into());
    };
    let mut view = shown(&next, current, &place);
    let subject = current.subject(&place, "next");
    let mut commands = Vec::new();
    if args.yes.given(context, &place, &desk, &subject)? {
        current.advance(&ask)?;
        view.applied = true;
        view.proposal = Some(ProposedView::new(None, &current.proposed));
    } else {
        let title = format!("{} {}: {}", current.workflow.slug, current.proposed.step, current.proposed.title);
        let proposal = match context.globals.dry_run {
            true => None,
            false => Some(desk.propose(&subject, title, acts(current))?),
        };
        if let Some(proposal) = &proposal {
            commands.push(line(&args, &proposal.id));
        }
        view.proposal = Some(ProposedView::new(proposal.as_ref(), &current.proposed));
        commands.extend(current.drifts().then(|| format!("wfo-helper todo reconcile --todo {}", current.workflow.slug)));
    }
    Ok(Answer::new("wfo.next/1", view).noting(notes).next(commands).into())
}

/// What a person says yes to: first what is written, then what the step comes to.
fn acts(current: &Current) -> Vec<String> {
    let to = &current.proposed;
    let write = format!("write phase {}, step {} into {}", to.phase, to.step, text::code_span(&current.workflow.file));
    std::iter::once(write).chain(to.actions.iter().cloned()).collect()
}

fn line(args: &Args, id: &str) -> String {
    let mut out = "wfo-helper next".to_owned();
    for (flag, value) in [("--todo", args.todo.clone()), ("--step", args.step.clone())] {
        if let Some(value) = value {
            out += &format!(" {flag} {}", text::shell_word(&value));
        }
    }
    if let Some(file) = &args.pr {
        out += &format!(" --pr {}", text::shell_word(&file.to_string_lossy()));
    }
    if args.offline {
        out += " --offline";
    }
    out + &format!(" --confirm {id}")
}

fn begin(next: &Next, place: &Place) -> Shown {
    Shown {
        applied: false,
        place: WhereView::from(place),
        file: None,
        slug: None,
        kind: None,
        branch: None,
        checkout: None,
        derived: next.setup.as_ref().map(DerivedView::from),
        recorded: None,
        drift: Vec::new(),
        path: None,
        path_reasons: Vec::new(),
        skills: next.setup.as_ref().map_or_else(|| vec!["next-step".to_owned()], |setup| setup.skills.clone()),
        proposal: None,
        choices: next.choices.iter().map(ChoiceView::from).collect(),
        evidence_more: None,
    }
}

fn shown(next: &Next, current: &Current, place: &Place) -> Shown {
    let workflow = &current.workflow;
    Shown {
        file: Some(workflow.file.clone()),
        slug: Some(workflow.slug.clone()),
        kind: Some(workflow.kind.as_str()),
        branch: Some(text::quoted(&current.branch)),
        checkout: Some(current.checkout.as_deref().map(|path| place.shown(path))),
        derived: Some(DerivedView::from(&current.derived)),
        recorded: Some(RecordedView::from(&current.record)),
        drift: current.derived.drift.iter().map(DriftView::from).collect(),
        path: Some(path_word(current.path.path)),
        path_reasons: current.path.reasons.clone(),
        skills: current.proposed.skills.clone(),
        ..begin(next, place)
    }
}
