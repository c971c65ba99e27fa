//! `next`: where a workflow really stands and the one step that comes now; `todo reconcile`: the record brought back to that.
//! Facts are collected here and weighed in `wfo_todo::phase`; nothing is written but the record, and that only after a person's yes.

mod actions;
mod choose;
mod documents;
mod evidence;
mod facts;
mod flow;
mod offer;
mod pull_requests;
mod record;
mod setup;
mod threads;

use std::path::PathBuf;

use wfo_base::trust::{Subject, digest};
use wfo_base::{Clock, Diagnostic, Problem, codes, home::Home};
use wfo_todo::phase::{self, Derived, Fact, Proven, Record, StepId, Steps};
use wfo_todo::record::Position;

use crate::{Place, tables};

pub use choose::{Choice, Workflow};
pub use facts::Scope;

/// What `next` and `todo reconcile` are asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Where the call was made.
    pub place: &'a Place,
    /// The user's configuration folder.
    pub home: &'a Home,
    /// The time of the call.
    pub clock: &'a Clock,
    /// The slug that was named.
    pub todo: Option<&'a str>,
    /// A file with pull requests as `gh` or `az` print them, in place of asking them.
    pub pr: Option<&'a std::path::Path>,
    /// Never ask a program that opens a connection.
    pub offline: bool,
    /// An optional step that was chosen.
    pub step: Option<&'a str>,
}

/// Where everything stands.
#[derive(Debug)]
pub struct Next {
    /// The workflow; none = there is none here.
    pub current: Option<Current>,
    /// What can be begun, where there is no workflow.
    pub choices: Vec<Choice>,
    /// What the set-up still lacks, where there is no workflow and the repository works by the git-flow.
    pub setup: Option<Derived>,
}

/// One workflow as it stands.
#[derive(Debug)]
pub struct Current {
    /// The file and what it says.
    pub workflow: Workflow,
    /// What its record says about its state.
    pub record: Record,
    /// What reality shows.
    pub derived: Derived,
    /// How much ceremony, and why.
    pub path: phase::path::Chosen,
    /// The branch of the workflow.
    pub branch: String,
    /// Where it is checked out.
    pub checkout: Option<PathBuf>,
    /// The step that is proposed.
    pub proposed: Proposed,
    tip: Option<String>,
    page: Vec<u8>,
}

/// The step that comes now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Its phase.
    pub phase: u8,
    /// Its number, or `complete`.
    pub step: String,
    /// What is to be done.
    pub title: String,
    /// The word for the record.
    pub status: &'static str,
    /// Exact commands, and what a person or an agent does between them.
    pub actions: Vec<String>,
    /// Skills that help.
    pub skills: Vec<String>,
    /// Only a person does it.
    pub human: bool,
}

impl Next {
    /// Looks.
    ///
    /// # Errors
    /// `git.no-repository`, `todo.unknown`, `todo.ambiguous` where it is not clear which workflow is meant, `todo.unreadable`, `pr.unreadable`.
    pub fn look(ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        notes.extend(ask.place.notes.iter().cloned());
        let Some(repository) = ask.place.repository() else {
            let unreadable = ask.place.notes.iter().find(|note| note.problem.code == codes::GIT_UNREADABLE);
            return Err(unreadable.map_or_else(|| outside(ask.place), |note| note.problem.clone()));
        };
        let config = ask.place.config(ask.home);
        notes.extend(config.notes.iter().cloned());
        let layers = config.layers(ask.home, ask.place.settings_root());
        let rows = tables::PHASES.load(&layers).drain_into(notes);
        let steps = Steps::new(rows.into_iter().map(|(row, _)| row).collect());
        let names = wfo_git::names(repository);
        let checkouts = wfo_git::checkouts(repository);
        let Some(workflow) = choose::workflow(ask, notes)? else {
            let setup = setup::derive(ask, &config, &steps);
            let first = setup.iter().map(setup::choice);
            let choices = first.chain(choose::choices(names.as_ref())).collect();
            return Ok(Self { current: None, choices, setup });
        };
        let page = workflow.page(ask.place)?;
        let record = record::recorded(&workflow, &page)?;
        let scene = facts::Scene { ask, repository, names: names.as_ref(), checkouts: &checkouts, layers: &layers };
        let scope = scene.collect(&workflow, &record, &steps, notes)?;
        let derived = phase::derive(&steps, &scope.facts, scope.path.path, Some(&record.state));
        let proposed = propose(ask, &steps, &workflow, &scope, &derived)?;
        let Scope { path, branch, checkout, tip, .. } = scope;
        let current = Current { workflow, record: record.state, derived, path, branch, checkout, proposed, tip, page };
        Ok(Self { current: Some(current), choices: Vec::new(), setup: None })
    }
}

/// Chooses the step: the one that was named, the optional one the record is at, else the first that is not proved.
fn propose(
    ask: &Ask<'_>,
    steps: &Steps,
    workflow: &Workflow,
    scope: &Scope,
    derived: &Derived,
) -> Result<Proposed, Problem> {
    let named = ask.step.map(|step| chosen(step, derived)).transpose()?;
    let step = named.or_else(|| derived.chosen.clone()).or_else(|| derived.step.clone());
    let row = step.as_ref().and_then(|step| derived.evidence.iter().find(|one| one.step == *step));
    let phase = step.as_ref().map_or(derived.phase, StepId::phase);
    let same = step == derived.step;
    let skills = match step.as_ref().and_then(|step| steps.get(step)) {
        Some(row) if !same => row.skills.clone(),
        _ => derived.skills.clone(),
    };
    let commit = step.as_ref().and_then(|step| steps.get(step)).and_then(|row| row.commit.clone());
    let acts = actions::Acts { workflow, scope, commit: commit.as_deref() };
    Ok(Proposed {
        phase,
        step: step.as_ref().map_or_else(|| phase::derive::COMPLETE.to_owned(), |step| step.as_str().to_owned()),
        title: row.map_or_else(|| derived.title.clone(), |row| row.title.clone()),
        status: phase::derive::status_word(phase, step.is_none()),
        actions: acts.of(step.as_ref().map(StepId::as_str)),
        skills,
        human: row.is_some_and(|row| row.human),
    })
}

/// Only a step that is optional and open may be named: the others are not a matter of choice.
fn chosen(step: &str, derived: &Derived) -> Result<StepId, Problem> {
    let read = StepId::read(step);
    let open = |one: &&phase::Evidence| one.optional && one.proven != Proven::Yes;
    let found = derived.evidence.iter().filter(open).find(|one| Some(&one.step) == read.as_ref());
    found.map(|one| one.step.clone()).ok_or_else(|| {
        let names: Vec<&str> = derived.evidence.iter().filter(open).map(|one| one.step.as_str()).collect();
        let hint = if names.is_empty() {
            "leave `--step` out: no optional step is open".to_owned()
        } else {
            format!("the optional steps that are open are {}", names.join(", "))
        };
        let shown = wfo_base::text::code_span(step);
        Problem::new(codes::NEXT_STEP, format!("{shown} is no optional step of this workflow that is open")).hint(hint)
    })
}

impl Current {
    /// What a yes to the proposed step is bound to: file, evidence and the branch's newest commit.
    #[must_use]
    pub fn subject(&self, place: &Place, command: &str) -> Subject {
        let evidence = self
            .derived
            .evidence
            .iter()
            .map(|one| format!("{} {:?} {:?} {}", one.step, one.proven, one.own, one.detail));
        let mut state: Vec<String> = evidence.collect();
        state.push(format!("{} {}", self.proposed.step, self.tip.as_deref().unwrap_or_default()));
        state.push(digest(&String::from_utf8_lossy(&self.page)));
        Subject {
            command: command.to_owned(),
            arguments: format!("{} {}", self.workflow.file, self.proposed.step),
            main_checkout: place.identity(),
            state: state.join("\n"),
        }
    }

    /// Says whether record and reality differ.
    #[must_use]
    pub fn drifts(&self) -> bool {
        !self.derived.drift.is_empty()
    }

    /// Moves the record to the proposed step.
    ///
    /// # Errors
    /// `proposal.stale` when the file is no longer what was shown, `todo.edit-refused`, `lock.timeout`.
    pub fn advance(&self, ask: &Ask<'_>) -> Result<(), Problem> {
        let Proposed { phase, step, status, .. } = &self.proposed;
        let to = Position { phase: *phase, step: step.clone(), status: (*status).to_owned() };
        record::write(ask, self, &to, false)
    }

    /// Makes the record say what reality shows.
    ///
    /// # Errors
    /// As [`Current::advance`].
    pub fn reconcile(&self, ask: &Ask<'_>) -> Result<(), Problem> {
        let derived = &self.derived;
        let step = derived.step_word().to_owned();
        let to = Position { phase: derived.phase, step, status: derived.status.to_owned() };
        record::write(ask, self, &to, true)
    }

    /// Each value that `todo reconcile` would write, in words.
    #[must_use]
    pub fn repairs(&self) -> Vec<String> {
        let word =
            |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), wfo_base::text::quoted);
        let line = |drift: &phase::Drift| {
            let to = drift.actual.clone().unwrap_or_else(|| "false".to_owned());
            format!("set `{}` from {} to {to}: {}", drift.field, word(&drift.recorded), drift.evidence)
        };
        let file = &self.workflow.file;
        let commit = format!("git commit -m {} -- {file}", wfo_base::text::shell_word(&self.message()));
        self.derived.drift.iter().map(line).chain([format!("afterwards: `git add -- {file}` and `{commit}`")]).collect()
    }

    fn message(&self) -> String {
        format!("chore(todo): record of {}", self.workflow.slug)
    }
}

fn outside(place: &Place) -> Problem {
    Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", place.root().display()))
        .hint("name the project with `--repo DIR`")
}

/// Makes a fact of what git could determine, or names what could not be.
fn fact<T>(value: Option<T>, why: &str) -> Fact<T> {
    value.map_or_else(|| Fact::unknown(why), Fact::Known)
}
