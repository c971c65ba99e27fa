//! Questions before documents are written: rows of `reference/data/questions.yaml`, and which of them are still worth asking.
//! The skill asks, a person answers; nothing here knows the answers.

use std::collections::BTreeSet;

use serde::Deserialize;
use wfo_base::tables::Row;

use crate::phase::Document;
use crate::todo_file::Kind;

/// The most characters of a question or a reason.
const TEXT_LIMIT: usize = 200;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// For requirements.md.
    Analyst,
    /// For architecture.md.
    Architect,
    /// For epics.md.
    Manager,
    /// For spec.md and plan.md.
    Author,
}

impl Role {
    /// All roles, in the order in which they ask.
    pub const ALL: [Self; 4] = [Self::Analyst, Self::Architect, Self::Manager, Self::Author];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Architect => "architect",
            Self::Manager => "manager",
            Self::Author => "author",
        }
    }
}

/// A document by its word in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Written(pub Document);

impl TryFrom<String> for Written {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let found = Document::ALL.into_iter().find(|document| document.word() == text);
        found.map(Self).ok_or_else(|| format!("`{text}` is not one of requirements, architecture, epics, spec, plan"))
    }
}

/// A type of workflow by its word in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Of(pub Kind);

impl TryFrom<String> for Of {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let found = Kind::from_word(&text).filter(|kind| kind.as_str() == text);
        found.map(Self).ok_or_else(|| format!("`{text}` is not one of feature, release, hotfix"))
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionRow {
    /// Its name: answers are given under it.
    pub id: String,
    /// Who asks.
    pub role: Role,
    /// The question.
    pub ask: String,
    /// What the answer is for.
    pub why: String,
    /// The section that holds the answer.
    pub into: String,
    /// Without an answer the document is not written.
    #[serde(default)]
    pub must: bool,
    /// Stands before each answer, so that it says what it is about.
    #[serde(default)]
    pub label: Option<String>,
    /// Gives each answer an id of its own: `AC` makes `AC-1`, `AC-2`.
    #[serde(default)]
    pub ids: Option<String>,
    /// Not asked where one of these is written.
    #[serde(default)]
    pub needless_with: Vec<Written>,
    /// For which workflows; empty = features.
    #[serde(default)]
    pub workflows: Vec<Of>,
}

impl Row for QuestionRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        for (key, text) in [("id", &self.id), ("ask", &self.ask), ("why", &self.why), ("into", &self.into)] {
            let fits =
                !text.trim().is_empty() && text.chars().count() <= TEXT_LIMIT && !text.chars().any(char::is_control);
            if !fits {
                return Err(format!("`{key}` of `{}` is not one line of 1 to {TEXT_LIMIT} characters", self.id));
            }
        }
        if !self.ask.contains('?') {
            return Err(format!("`ask` of `{}` is no question: it has no question mark", self.id));
        }
        let plain = |label: &String| label.chars().all(|c| c.is_alphanumeric() || c == ' ') && label.len() <= 40;
        if let Some(label) = self.label.as_ref().filter(|label| label.trim().is_empty() || !plain(label)) {
            return Err(format!("`label: {label}` of `{}` is not a few plain words", self.id));
        }
        let short = |ids: &String| (1..=4).contains(&ids.len()) && ids.bytes().all(|byte| byte.is_ascii_uppercase());
        match self.ids.as_ref().filter(|ids| !short(ids)) {
            Some(ids) => Err(format!("`ids: {ids}` of `{}` is not one to four capital letters", self.id)),
            None => Ok(()),
        }
    }
}

impl QuestionRow {
    /// Returns the document that the answer belongs to.
    #[must_use]
    pub fn document(&self) -> Document {
        match self.role {
            Role::Analyst => Document::Requirements,
            Role::Architect => Document::Architecture,
            Role::Manager => Document::Epics,
            Role::Author if matches!(self.into.as_str(), "Tasks" | "Plan") => Document::Plan,
            Role::Author => Document::Spec,
        }
    }
}

/// Returns the questions of a role that are worth asking, in the table's order. `written` are the documents that say something.
#[must_use]
pub fn questions<'a>(
    rows: &'a [QuestionRow],
    role: Role,
    kind: Kind,
    written: &BTreeSet<Document>,
) -> Vec<&'a QuestionRow> {
    let fits = |row: &&QuestionRow| {
        let here = match row.workflows.as_slice() {
            [] => kind == Kind::Feature,
            some => some.contains(&Of(kind)),
        };
        row.role == role && here && !row.needless_with.iter().any(|document| written.contains(&document.0))
    };
    rows.iter().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfo_base::tables;

    const TABLE: &str = include_str!("../../../reference/data/questions.yaml");

    fn rows() -> Vec<QuestionRow> {
        let parsed = tables::parse::<QuestionRow>("questions.yaml", TABLE);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn each_role_has_five_to_fifteen_questions_and_the_author_fewer_when_planning_exists() {
        let rows = rows();
        let count = |role, kind, written: &[Document]| {
            let written = written.iter().copied().collect();
            questions(&rows, role, kind, &written).len()
        };
        for role in Role::ALL {
            let all = count(role, Kind::Feature, &[]);
            assert!((5..=15).contains(&all), "{role:?}: {all}");
            assert!(rows.iter().filter(|row| row.role == role).any(|row| row.must), "{role:?}");
        }
        for kind in [Kind::Release, Kind::Hotfix] {
            assert!((5..=15).contains(&count(Role::Author, kind, &[])), "{kind:?}");
        }
        let planned = &Document::ALL[..3];
        let (without, with) = (count(Role::Author, Kind::Feature, &[]), count(Role::Author, Kind::Feature, planned));
        assert!(with >= 5 && with + 5 <= without, "{with} of {without}");
        assert_eq!(count(Role::Author, Kind::Feature, &[Document::Epics]), without - 2);
        assert_eq!(count(Role::Analyst, Kind::Hotfix, &[]), 0);
    }

    #[test]
    fn questions_come_in_the_order_of_the_table_under_names_of_their_role() {
        let rows = rows();
        for row in &rows {
            assert!(row.id.starts_with(&format!("{}-", row.role.word())), "{}", row.id);
        }
        let first = questions(&rows, Role::Analyst, Kind::Feature, &BTreeSet::new());
        assert_eq!((first[0].id.as_str(), first[0].must), ("analyst-problem", true));
    }

    #[test]
    fn rows_that_cannot_be_are_named() {
        for row in [
            "{id: a, role: boss, ask: \"A?\", why: w, into: I}",
            "{id: a, role: author, ask: \"A.\", why: w, into: I}",
            "{id: a, role: author, ask: \"A?\", why: \"\", into: I}",
            "{id: a, role: author, ask: \"A?\\nB\", why: w, into: I}",
            "{id: a, role: author, ask: \"A?\", why: w, into: I, needless_with: [brief]}",
            "{id: a, role: author, ask: \"A?\", why: w, into: I, workflows: [Feature]}",
            "{id: a, role: author, ask: \"A?\", why: w}",
            "{id: a, role: author, ask: \"A?\", why: w, into: I, label: \"# x\"}",
            "{id: a, role: author, ask: \"A?\", why: w, into: I, ids: ac}",
        ] {
            assert_eq!(tables::parse::<QuestionRow>("q.yaml", &format!("rows:\n- {row}\n")).notes.len(), 1, "{row}");
        }
    }
}
