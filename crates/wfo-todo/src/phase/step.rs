//! The rows of `reference/data/phases.yaml`: steps with their proofs, and when a repository's row is at least as strict.
//! Knows nothing of where a workflow stands.

use std::fmt;

use serde::Deserialize;
use wfo_base::tables::Row;

use super::proof::{Proof, is_name};
use crate::todo_file::Kind;

/// The last phase.
const LAST_PHASE: u8 = 6;
/// The most characters of a title or a commit message.
const TEXT_LIMIT: usize = 120;

/// Phase and step, such as `2.4` or `6.10`; ordered by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct StepId {
    phase: u8,
    step: u8,
    part: u8,
    text: String,
}

impl StepId {
    /// Reads `phase.step` or `phase.step.part`, without leading zeros; `None` for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut numbers = [0_u8; 3];
        let mut count = 0;
        for (at, piece) in text.split('.').enumerate() {
            let number = piece.parse::<u8>().ok().filter(|number| number.to_string() == piece)?;
            *numbers.get_mut(at)? = number;
            count = at + 1;
        }
        let [phase, step, part] = numbers;
        let fits = count >= 2 && phase <= LAST_PHASE && step > 0 && (count == 2 || part > 0);
        fits.then(|| Self { phase, step, part, text: text.to_owned() })
    }

    /// Returns the phase.
    #[must_use]
    pub const fn phase(&self) -> u8 {
        self.phase
    }

    /// Returns it as written in files: `2.4`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for StepId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text).ok_or_else(|| format!("`{text}` is not a step such as \"2.4\" in a phase of 0-{LAST_PHASE}"))
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// To what a step belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Belongs {
    /// The set-up of a repository, before any workflow.
    Setup,
    /// A feature.
    Feature,
    /// A release.
    Release,
    /// A hotfix.
    Hotfix,
}

impl Belongs {
    /// Returns what steps a workflow of this type has; none is the set-up.
    #[must_use]
    pub const fn of(kind: Option<Kind>) -> Self {
        match kind {
            None => Self::Setup,
            Some(Kind::Feature) => Self::Feature,
            Some(Kind::Release) => Self::Release,
            Some(Kind::Hotfix) => Self::Hotfix,
        }
    }
}

/// Where a step applies at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Contributors have a branch of their own.
    Contrib,
    /// There is a branch where finished work gathers.
    Develop,
    /// Migrations or schema files change.
    Schema,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRow {
    /// Phase and step.
    pub id: StepId,
    /// What is to be done; `{base}` stands for the branch that the work goes into.
    pub title: String,
    /// To which workflows it belongs.
    pub workflows: Vec<Belongs>,
    /// What has to hold, all of it.
    pub proof: Vec<Proof>,
    /// It holds nothing back.
    #[serde(default)]
    pub optional: bool,
    /// Only a person does it.
    #[serde(default)]
    pub human: bool,
    /// Later steps do not prove it, until a person has merged.
    #[serde(default)]
    pub strict: bool,
    /// It proves no step before it.
    #[serde(default)]
    pub alone: bool,
    /// It is left out on the tiny path.
    #[serde(default)]
    pub short: bool,
    /// It applies only there.
    #[serde(default)]
    pub when: Vec<When>,
    /// Skills that help with it.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Message of the commit of the documents that it writes; `{slug}` stands for the name of the workflow.
    #[serde(default)]
    pub commit: Option<String>,
}

impl Row for StepRow {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn check(&self) -> Result<(), String> {
        let id = &self.id;
        for (what, text) in [("title", Some(&self.title)), ("commit", self.commit.as_ref())] {
            let Some(text) = text else { continue };
            if text.trim().is_empty() || text.chars().count() > TEXT_LIMIT || text.chars().any(char::is_control) {
                return Err(format!("`{what}` of step {id} is not one line of 1 to {TEXT_LIMIT} characters"));
            }
        }
        if self.proof.is_empty() {
            return Err(format!("step {id} asks for no proof, so it would always be done"));
        }
        if self.workflows.is_empty() {
            return Err(format!("step {id} belongs to no workflow"));
        }
        if let Some(skill) = self.skills.iter().find(|skill| !is_name(skill)) {
            return Err(format!("`{skill}` in step {id} is not the name of a skill: letters, digits and `-`"));
        }
        Ok(())
    }
}

/// Whether a repository's row counts: new and alone, or it asks for all that the present row asks for.
#[must_use]
pub fn keeps_step(old: Option<&StepRow>, new: &StepRow) -> bool {
    let Some(old) = old else { return new.alone };
    let proofs = old.proof.iter().all(|proof| new.proof.iter().any(|other| other.covers(proof)));
    let belongs = old.workflows.iter().all(|one| new.workflows.contains(one));
    let applies = new.when.iter().all(|one| old.when.contains(one));
    let flags = [
        (new.optional, old.optional),
        (new.short, old.short),
        (old.human, new.human),
        (old.strict, new.strict),
        (old.alone, new.alone),
    ];
    proofs && belongs && applies && flags.iter().all(|(less, more)| !less || *more) && new.skills == old.skills
}

/// All steps in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    rows: Vec<StepRow>,
}

impl Steps {
    /// Takes the rows of the table.
    #[must_use]
    pub fn new(mut rows: Vec<StepRow>) -> Self {
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        Self { rows }
    }

    /// Returns the steps of a workflow of this type; none is the set-up of the repository.
    pub fn of(&self, kind: Option<Kind>) -> impl Iterator<Item = &StepRow> {
        let belongs = Belongs::of(kind);
        self.rows.iter().filter(move |row| row.workflows.contains(&belongs))
    }

    /// Returns one step.
    #[must_use]
    pub fn get(&self, id: &StepId) -> Option<&StepRow> {
        self.rows.iter().find(|row| row.id == *id)
    }

    /// Returns the skills of a phase in the order of its steps, each once.
    #[must_use]
    pub fn skills(&self, kind: Option<Kind>, phase: u8) -> Vec<&str> {
        let mut out: Vec<&str> = Vec::new();
        for skill in self.of(kind).filter(|row| row.id.phase() == phase).flat_map(|row| &row.skills) {
            if !out.contains(&skill.as_str()) {
                out.push(skill);
            }
        }
        out
    }

    /// Takes the rows of `reference/data/phases.yaml`.
    #[cfg(test)]
    pub(crate) fn built_in() -> Self {
        let text = include_str!("../../../../reference/data/phases.yaml");
        let rows = wfo_base::tables::parse::<StepRow>("phases.yaml", text).value;
        Self::new(rows.into_iter().map(|(row, _)| row).collect())
    }
}

#[cfg(test)]
mod tests;
