//! How the record differs from what reality shows, field by field, each with the evidence.
//! Compares only; what is to be written into the record is the caller's proposal.

use wfo_base::text::{clip, one_line};

use super::derive::{COMPLETE, Derived};
use super::facts::{Fact, Facts, Report, State};
use super::proof::Proven;
use super::step::StepId;
use crate::todo_file::TaskStatus;

/// What a TODO file says about its own state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// `workflow_progress.phase`
    pub phase: Option<u8>,
    /// `workflow_progress.current_step`, as written.
    pub step: Option<String>,
    /// `workflow_progress.status`, as written.
    pub status: Option<String>,
    /// `quality_gates.tests_passing`
    pub tests_passing: Option<bool>,
}

impl Record {
    /// Takes the parts of a TODO file that was read; `tests_passing` is not among them.
    #[must_use]
    pub fn of(workflow: &crate::Workflow) -> Self {
        Self {
            phase: workflow.phase,
            step: workflow.step.clone(),
            status: workflow.status.clone(),
            tests_passing: None,
        }
    }
}

/// One field in which record and reality differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Its dotted key in the front matter.
    pub field: &'static str,
    /// What the record says; none where it says nothing.
    pub recorded: Option<String>,
    /// What reality shows; none where nobody can tell.
    pub actual: Option<String>,
    /// Why, one line.
    pub evidence: String,
}

pub(crate) fn compare(derived: &Derived, facts: &Facts, record: &Record) -> Vec<Drift> {
    let mut out = Vec::new();
    if derived.chosen.is_none() {
        let evidence = why(derived);
        let mut add = |field, recorded: Option<String>, actual: &str| {
            let recorded = recorded.map(|text| clip(&one_line(&text), 200).into_owned());
            out.push(Drift { field, recorded, actual: Some(actual.to_owned()), evidence: evidence.clone() });
        };
        if record.phase != Some(derived.phase) {
            add("workflow_progress.phase", record.phase.map(|phase| phase.to_string()), &derived.phase.to_string());
        }
        if !same_step(record.step.as_deref(), derived.step.as_ref()) {
            add("workflow_progress.current_step", record.step.clone(), derived.step_word());
        }
        if !same_status(record.status.as_deref(), derived) {
            add("workflow_progress.status", record.status.clone(), derived.status);
        }
    }
    out.extend(tests(facts, record));
    out
}

/// Says what holds the derived step, and what the last proof before it was.
fn why(derived: &Derived) -> String {
    let at = derived.evidence.iter().position(|one| Some(&one.step) == derived.step.as_ref());
    let before = derived.evidence.iter().take(at.unwrap_or(derived.evidence.len()));
    let proved =
        before.rev().find(|one| one.own == Proven::Yes).map(|one| format!("{} is done: {}", one.step, one.detail));
    let open = at.and_then(|at| derived.evidence.get(at)).map(|one| format!("{} is open: {}", one.step, one.detail));
    [proved, open].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn same_step(recorded: Option<&str>, derived: Option<&StepId>) -> bool {
    let Some(recorded) = recorded else { return false };
    match derived {
        Some(step) => StepId::read(recorded).as_ref() == Some(step),
        None => recorded.trim() == COMPLETE || TaskStatus::from_word(recorded) == Some(TaskStatus::Completed),
    }
}

fn same_status(recorded: Option<&str>, derived: &Derived) -> bool {
    let Some(recorded) = recorded else { return false };
    let same = recorded.trim().eq_ignore_ascii_case(derived.status);
    same || (derived.step.is_none() && TaskStatus::from_word(recorded) == Some(TaskStatus::Completed))
}

/// "Tests pass" in the record needs evidence for this content; a recorded no is nobody's claim.
fn tests(facts: &Facts, record: &Record) -> Option<Drift> {
    record.tests_passing.filter(|claimed| *claimed)?;
    let (actual, evidence) = match &facts.tests {
        Fact::Known(Report { state: State::Fresh, said: Some(true) }) => return None,
        Fact::Known(Report { state: State::Fresh, said: Some(false) }) => (Some("false"), "tests failed"),
        Fact::Known(Report { state: State::Stale, .. }) => (None, "the evidence is older than the content"),
        Fact::Known(_) => (None, "there is no evidence"),
        Fact::Unknown(_) => return None,
    };
    Some(Drift {
        field: "quality_gates.tests_passing",
        recorded: Some("true".to_owned()),
        actual: actual.map(str::to_owned),
        evidence: evidence.to_owned(),
    })
}
