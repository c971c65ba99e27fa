//! Checklists as data: the rows of `reference/data/checklists.yaml`.

use serde::Deserialize;
use wfo_base::tables::Row;

use super::is_name;

/// What a person looks at before saying yes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistRow {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// How long an answer holds.
    #[serde(default)]
    pub holds: Holds,
    /// Its items, in order.
    pub items: Vec<Item>,
}

/// How long the answers to a checklist hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Until a file changes.
    #[default]
    Content,
    /// Until it is answered again.
    Project,
}

impl Holds {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Project => "project",
        }
    }
}

/// One item: a sentence that is true when all is well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id, once in its list.
    pub id: String,
    /// The part of the list it belongs to.
    #[serde(default)]
    pub part: Option<String>,
    /// The sentence.
    pub text: String,
}

impl Row for ChecklistRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.items.is_empty() {
            return Err(format!(
                "checklist `{}` has no items, so it would always pass",
                wfo_base::text::quoted(&self.id)
            ));
        }
        for (index, item) in self.items.iter().enumerate() {
            if item.text.trim().is_empty() {
                return Err(format!("item {} has no text", index + 1));
            }
            if self.items.iter().take(index).any(|other| other.id == item.id) {
                return Err(format!("item `{}` stands twice", wfo_base::text::quoted(&item.id)));
            }
        }
        let names = std::iter::once(&self.id).chain(self.items.iter().map(|item| &item.id));
        match names.into_iter().find(|name| !is_name(name)) {
            Some(name) => Err(format!("`{}` is no name of letters, digits and `-`", wfo_base::text::quoted(name))),
            None => Ok(()),
        }
    }
}

/// Whether a repository's row keeps every item, word for word, and holds no longer.
#[must_use]
pub fn keeps_all(old: Option<&ChecklistRow>, new: &ChecklistRow) -> bool {
    old.is_none_or(|old| {
        let shorter = old.holds == new.holds || new.holds == Holds::Content;
        shorter && old.items.iter().all(|item| new.items.contains(item))
    })
}
