//! From steps and facts to the step in force: the first that is not proved. Optional steps hold nothing back, a later proved step
//! proves the required ones before it, and unknown proves nothing.

use super::drift::{Drift, Record, compare};
use super::facts::Facts;
use super::path::Path;
use super::proof::{Proof, Proven};
use super::prove::{Found, prove};
use super::step::{StepId, StepRow, Steps, When};
use crate::todo_file::Kind;

/// What is known about one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The step.
    pub step: StepId,
    /// Its title, with the name of the base branch.
    pub title: String,
    /// Whether it is done.
    pub proven: Proven,
    /// What its own proofs say, before a later step is looked at.
    pub own: Proven,
    /// What was looked at, one word; `step 4.4` where a later step proves it.
    pub by: String,
    /// Why, one line.
    pub detail: String,
    /// It holds nothing back.
    pub optional: bool,
    /// Only a person does it.
    pub human: bool,
}

/// Where a workflow stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The phase of the step; of the last step when all is done.
    pub phase: u8,
    /// The first step that is not proved; none = all is done.
    pub step: Option<StepId>,
    /// Its title.
    pub title: String,
    /// The word for the record, such as `implementation`.
    pub status: &'static str,
    /// All steps that apply, in order.
    pub evidence: Vec<Evidence>,
    /// How the record differs; empty when it does not, or when there is none.
    pub drift: Vec<Drift>,
    /// Optional steps of this phase or the one before that are open: they may be offered.
    pub optional: Vec<StepId>,
    /// The optional step that the record is at and that nothing has overtaken: a choice, no drift.
    pub chosen: Option<StepId>,
    /// Steps that a later one proves although their own proof says no.
    pub contradicted: Vec<StepId>,
    /// Only a person does the step.
    pub human: bool,
    /// Skills for the step, then those of its phase.
    pub skills: Vec<String>,
    /// Message of the commit of the documents that the step writes.
    pub commit: Option<String>,
}

impl Derived {
    /// Returns the step as the record writes it: `2.4`, or `complete`.
    #[must_use]
    pub fn step_word(&self) -> &str {
        self.step.as_ref().map_or(COMPLETE, StepId::as_str)
    }
}

/// What the record writes for a step when all is done.
pub const COMPLETE: &str = "complete";

/// Returns the word that the record holds for a phase of a workflow.
#[must_use]
pub const fn status_word(phase: u8, done: bool) -> &'static str {
    if done {
        return "completed";
    }
    match phase {
        0 => "setup",
        1 => "planning",
        2 => "implementation",
        3 => "qa",
        4 => "integration",
        5 => "release",
        _ => "hotfix",
    }
}

/// Says where a workflow stands, whatever its record says, and how the record differs.
#[must_use]
pub fn derive(steps: &Steps, facts: &Facts, path: Path, record: Option<&Record>) -> Derived {
    let rows: Vec<&StepRow> = steps.of(facts.kind).filter(|row| applies(row, facts)).collect();
    let tiny = matches!(path, Path::Tiny);
    let evidence = evidence(&rows, facts, tiny);
    let open = evidence.iter().position(|one| one.proven != Proven::Yes && !one.optional);
    let at = open.and_then(|at| rows.get(at).copied());
    let step = at.map(|row| row.id.clone());
    let last = rows.last().map_or(0, |row| row.id.phase());
    let phase = step.as_ref().map_or(last, StepId::phase);
    let status = status_word(phase, step.is_none());
    let named = |row: &StepRow| named(row, &facts.flow.base);
    let mut derived = Derived {
        phase,
        title: at.map_or_else(|| "Everything is done".to_owned(), named),
        status,
        optional: open_options(&evidence, open, phase),
        chosen: None,
        contradicted: evidence
            .iter()
            .filter(|one| one.proven == Proven::Yes && one.own == Proven::No)
            .map(|one| one.step.clone())
            .collect(),
        human: at.is_some_and(|row| row.human),
        skills: skills(steps, facts.kind, at, phase),
        commit: at.and_then(|row| row.commit.clone()),
        step,
        evidence,
        drift: Vec::new(),
    };
    if let Some(record) = record {
        derived.chosen = chosen(&derived, record);
        derived.drift = compare(&derived, facts, record);
    }
    derived
}

fn applies(row: &StepRow, facts: &Facts) -> bool {
    row.when.iter().all(|when| match when {
        When::Contrib => facts.flow.contrib.is_some(),
        When::Develop => facts.flow.develop.is_some(),
        When::Schema => facts.touches_schema,
    })
}

fn named(row: &StepRow, base: &str) -> String {
    let base = if base.is_empty() { "the base branch" } else { base };
    row.title.replace("{base}", &wfo_base::text::one_line(base))
}

fn evidence(rows: &[&StepRow], facts: &Facts, tiny: bool) -> Vec<Evidence> {
    let own: Vec<Found> = rows.iter().map(|row| all_of(&row.proof, facts)).collect();
    let mut out = Vec::with_capacity(rows.len());
    // The nearest later step that proves what is before it, and whether it says that a person has merged.
    let mut carrier: Option<&StepRow> = None;
    let mut merger: Option<&StepRow> = None;
    for (row, found) in rows.iter().zip(&own).rev() {
        let later = if row.strict { merger } else { carrier };
        let carried = later.filter(|_| found.proven != Proven::Yes && !row.optional);
        out.push(Evidence {
            step: row.id.clone(),
            title: named(row, &facts.flow.base),
            proven: if carried.is_some() { Proven::Yes } else { found.proven },
            own: found.proven,
            by: carried.map_or_else(|| found.by.to_owned(), |later| format!("step {}", later.id)),
            detail: found.detail.clone(),
            optional: row.optional || (tiny && row.short),
            human: row.human,
        });
        if found.proven == Proven::Yes && !row.optional && !row.alone {
            carrier = Some(row);
            if row.proof.iter().any(|proof| matches!(proof, Proof::Merged(_))) {
                merger = Some(row);
            }
        }
    }
    out.reverse();
    out
}

/// All proofs of a step together: one no is a no, else one unknown is an unknown.
fn all_of(proofs: &[Proof], facts: &Facts) -> Found {
    let mut worst: Option<Found> = None;
    for proof in proofs {
        let found = prove(proof, facts);
        // Of several that hold, the last one says most: the first are what it builds on.
        if worst
            .as_ref()
            .is_none_or(|old| found.proven < old.proven || (found.proven, old.proven) == (Proven::Yes, Proven::Yes))
        {
            worst = Some(found);
        }
    }
    worst.unwrap_or(Found { proven: Proven::Unknown, by: "table", detail: "the step asks for no proof".to_owned() })
}

fn open_options(evidence: &[Evidence], open: Option<usize>, phase: u8) -> Vec<StepId> {
    let until = open.map_or(evidence.len(), |at| at + 1);
    let near = |one: &&Evidence| one.step.phase() + 1 >= phase;
    let open = evidence.iter().take(until).filter(|one| one.optional && one.proven != Proven::Yes);
    open.filter(near).map(|one| one.step.clone()).collect()
}

/// The optional step that the record is at, when no step that is proved comes after it.
fn chosen(derived: &Derived, record: &Record) -> Option<StepId> {
    let recorded = record.step.as_deref().and_then(StepId::read)?;
    let at = derived.evidence.iter().position(|one| one.step == recorded)?;
    let mut rest = derived.evidence.iter().skip(at);
    let here = rest.next().filter(|one| one.optional && one.proven != Proven::Yes)?;
    rest.all(|one| one.optional || one.proven != Proven::Yes).then(|| here.step.clone())
}

fn skills(steps: &Steps, kind: Option<Kind>, at: Option<&StepRow>, phase: u8) -> Vec<String> {
    let mut out: Vec<String> = at.map(|row| row.skills.clone()).unwrap_or_default();
    for skill in steps.skills(kind, phase) {
        if !out.iter().any(|known| known == skill) {
            out.push(skill.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests;
