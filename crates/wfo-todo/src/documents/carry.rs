//! What planning documents say, for the documents that are written after them: criteria, epics, technology, scope.
//! Takes lines as they stand there; judges nothing.

use std::collections::BTreeMap;

use wfo_base::markdown::{Line, lines};

use super::line;
use crate::trace::{Epic, criteria, epics, is_criterion_id};
use crate::words::{clean, is_nothing};

/// The most lines that are taken over from one section.
const MOST: usize = 40;

/// The pages of one workflow that say something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planning {
    /// The text of requirements.md.
    pub requirements: Option<String>,
    /// The text of architecture.md.
    pub architecture: Option<String>,
    /// The text of epics.md.
    pub epics: Option<String>,
    /// The text of spec.md, for the plan.
    pub spec: Option<String>,
}

impl Planning {
    /// Returns the criteria: id, where it has one, and text.
    pub(super) fn criteria(&self) -> Vec<(Option<String>, String)> {
        self.requirements.as_deref().map(all_criteria).unwrap_or_default()
    }

    /// Returns the epics in the order of their page.
    pub(super) fn epics(&self) -> Vec<Epic> {
        self.epics.as_deref().map(epics).unwrap_or_default()
    }

    /// Returns what spec.md says below "Behaviour".
    pub(super) fn behaviour(&self) -> Vec<String> {
        self.spec.as_deref().map(|page| below(page, "behaviour")).unwrap_or_default()
    }

    /// Returns the sections of spec.md that follow from planning.
    pub(super) fn carried(&self, slug: &str) -> BTreeMap<String, Vec<String>> {
        let mut out = BTreeMap::new();
        let mut take = |page: &Option<String>, file: &str, from: &str, into: &str| {
            let Some(page) = page else { return };
            let see = || vec![format!("See [{file}](../../planning/{slug}/{file}).")];
            let lines = Some(below(page, from)).filter(|lines| !lines.is_empty()).unwrap_or_else(see);
            out.insert(into.to_owned(), lines.into_iter().map(|text| format!("- {text}")).collect());
        };
        take(&self.requirements, "requirements.md", "problem", "Problem");
        take(&self.requirements, "requirements.md", "scope", "Scope");
        take(&self.architecture, "architecture.md", "interfaces", "Interfaces");
        take(&self.architecture, "architecture.md", "data model", "Data");
        take(&self.architecture, "architecture.md", "technology", "Technology");
        out
    }
}

/// Reads criteria with their ids apart.
pub(super) fn all_criteria(page: &str) -> Vec<(Option<String>, String)> {
    let split = |text: String| match text.split_once(' ') {
        Some((word, rest)) if is_criterion_id(word) => {
            let id = word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
            (Some(id), line::carried(rest))
        }
        _ => (None, line::carried(&text)),
    };
    criteria(page).into_iter().map(|(_, text)| split(text)).collect()
}

/// Returns the lines below a heading, each on one line; of a table the first cell of each row but the first.
fn below(page: &str, heading: &str) -> Vec<String> {
    let mut inside: Option<usize> = None;
    let mut out = Vec::new();
    let mut rows = 0;
    for (_, line) in lines(page) {
        let text = match line {
            Line::Heading { level, text } => {
                if clean(text).to_lowercase() == heading {
                    inside = Some(level);
                } else if inside.is_some_and(|above| level <= above) {
                    break;
                }
                rows = 0;
                continue;
            }
            Line::Item { text, .. } | Line::Text(text) => text,
            Line::Row(cells) => {
                rows += 1;
                cells.into_iter().next().filter(|_| rows > 1).unwrap_or_default()
            }
        };
        if inside.is_some() && !is_nothing(text) && out.len() < MOST {
            out.push(line::carried(text));
        }
    }
    out
}
