//! Whether planning, specification and plan fit together: criteria that no item covers, tasks without an epic, other technology.
//! Compares words by stated rules; whether an item is any good is for a person.

mod criteria;
mod epics;
mod technology;

use std::collections::BTreeSet;

use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

pub(crate) use criteria::{criteria, is_criterion_id};
pub(crate) use epics::{Epic, epics, numbers as epic_numbers};
pub use technology::TechnologyRow;
pub(crate) use technology::placed;

use crate::plan_merge::Planned;
use crate::words::words;

/// The pages of one workflow, as far as they are there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pages<'a> {
    /// `requirements.md`
    pub requirements: Option<&'a str>,
    /// `architecture.md`
    pub architecture: Option<&'a str>,
    /// `epics.md`
    pub epics: Option<&'a str>,
    /// `spec.md`
    pub spec: Option<&'a str>,
    /// `plan.md`
    pub plan: Option<&'a str>,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// An acceptance criterion of requirements.md that no item of spec.md covers.
    Criterion {
        /// The criterion, one line.
        text: String,
        /// Line in requirements.md.
        line: usize,
    },
    /// A task of plan.md that belongs to no epic.
    Task {
        /// Its id, else its text.
        task: String,
        /// Line in plan.md.
        line: usize,
    },
    /// Another technology of a group than architecture.md names.
    Technology {
        /// What the page names.
        named: String,
        /// What architecture.md names for that place.
        agreed: Vec<String>,
        /// The place, such as `database`.
        group: String,
        /// `spec.md` or `plan.md`.
        page: &'static str,
        /// Line in that page.
        line: usize,
    },
}

impl Gap {
    /// Words it; `folder_of` says in which folder a page lies.
    #[must_use]
    pub fn problem(&self, folder_of: impl Fn(&str) -> String) -> Problem {
        let place = |page: &str| format!("{}/{page}", folder_of(page));
        match self {
            Self::Criterion { text, line } => {
                Problem::new(codes::TODO_CRITERION_OPEN, format!("no item of spec.md covers {}", code_span(text)))
                    .hint("name the criterion, or its id, in an item of spec.md")
                    .at_line(place("requirements.md"), *line)
            }
            Self::Task { task, line } => Problem::new(
                codes::TODO_TASK_NO_EPIC,
                format!("task {} belongs to no epic of epics.md", code_span(task)),
            )
            .hint("write `(epic: 1)` at the end of its line, or put it below a heading that names the epic")
            .at_line(place("plan.md"), *line),
            Self::Technology { named, agreed, group, page, line } => {
                let message = format!("{page} names {named} as {group}, architecture.md {}", agreed.join(" and "));
                Problem::new(codes::TODO_TECHNOLOGY, message)
                    .hint("change the page, or decide anew in architecture.md")
                    .at_line(place(page), *line)
            }
        }
    }
}

/// Compares the pages; what is not there is not compared.
#[must_use]
pub fn gaps(pages: &Pages<'_>, planned: &[Planned], technologies: &[TechnologyRow]) -> Vec<Gap> {
    let mut out = Vec::new();
    if let (Some(requirements), Some(spec)) = (pages.requirements, pages.spec) {
        out.extend(criteria::open(requirements, spec));
    }
    if let Some(epics) = pages.epics {
        out.extend(epics::without(epics, planned));
    }
    if let Some(architecture) = pages.architecture {
        for (page, text) in [("spec.md", pages.spec), ("plan.md", pages.plan)] {
            out.extend(text.map(|text| technology::other(technologies, architecture, page, text)).unwrap_or_default());
        }
    }
    out
}

/// Words that say nothing about what a sentence is about.
const EMPTY: [&str; 28] = [
    "that", "this", "with", "from", "when", "then", "than", "must", "should", "shall", "will", "have", "been", "each",
    "every", "their", "they", "there", "where", "which", "able", "into", "given", "user", "users", "system", "epic",
    "task",
];

/// Returns the words that a sentence is about, without their endings.
pub(crate) fn gist(text: &str) -> BTreeSet<String> {
    let long = words(text).into_iter().filter(|word| {
        (word.chars().count() >= 4 || word.chars().any(|c| c.is_ascii_digit())) && !EMPTY.contains(&word.as_str())
    });
    long.map(|word| stem(&word).to_owned()).collect()
}

/// Returns a word without its ending.
pub(crate) fn stem(word: &str) -> &str {
    let least = |end: &str| word.strip_suffix(end).filter(|stem| stem.chars().count() >= 4);
    ["ingly", "ing", "edly", "ed", "ies", "es", "s", "e"].iter().find_map(|end| least(end)).unwrap_or(word)
}

#[cfg(test)]
mod tests;
