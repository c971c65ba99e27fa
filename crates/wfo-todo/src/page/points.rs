//! What is written into a hand-over page, and what came of it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::handover::InProgress;
use crate::handover_text;
use crate::marks;

/// Entries for the lists of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Points {
    /// What was finished.
    pub completed: Vec<String>,
    /// What was begun.
    pub in_progress: Vec<InProgress>,
    /// What stands in the way.
    pub blockers: Vec<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// What comes next.
    pub priorities: Vec<String>,
}

impl Points {
    /// Returns how many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let lists = [&self.completed, &self.blockers, &self.decisions, &self.priorities];
        lists.iter().map(|list| list.len()).sum::<usize>() + self.in_progress.len()
    }
}

/// The figures of a day; `None` = could not be determined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Commits of the day.
    pub commits: Option<u64>,
    /// Files that they changed.
    pub files_changed: Option<u64>,
    /// Tests that they added.
    pub tests_added: Option<u64>,
    /// Percent of the lines that tests run, as it was measured last.
    pub coverage: Option<f64>,
    /// Whether that was measured of the content that is there now; `None` without a figure.
    pub coverage_fresh: Option<bool>,
}

impl Metrics {
    /// Returns each figure with the label that it has on the page.
    pub(super) fn lines(&self) -> [(&'static str, String); 4] {
        let count = |figure: Option<u64>| figure.map_or_else(|| "unknown".to_owned(), |figure| figure.to_string());
        let earlier = if self.coverage_fresh == Some(false) { " (of earlier content)" } else { "" };
        let coverage = self.coverage.map_or_else(|| "unknown".to_owned(), |percent| format!("{percent}%{earlier}"));
        [
            ("Commits", count(self.commits)),
            ("Files Changed", count(self.files_changed)),
            ("Tests Added", count(self.tests_added)),
            ("Coverage", coverage),
        ]
    }
}

/// What a page is to say now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Update {
    /// The moment as the page shows it.
    pub now: String,
    /// The day.
    pub today: Date,
    /// How long the session took, in words.
    pub duration: Option<String>,
    /// The day's figures.
    pub metrics: Metrics,
    /// What a person or an agent said.
    pub given: Points,
    /// What git and the task files tell.
    pub derived: Points,
    /// What was completed when the page was last written by us, by [`super::key`]; `None` when that is not known.
    pub completed_then: Option<BTreeSet<String>>,
    /// Lines of "In Progress" that we wrote, as they were written: these may go when reality says so.
    pub own_rows: BTreeSet<String>,
}

/// A page that was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// The page.
    pub bytes: Vec<u8>,
    /// What was added.
    pub added: Points,
    /// Entries of an earlier day that are no longer among the completed ones.
    pub dropped: Vec<String>,
    /// Entries of "In Progress" and of the priorities that were taken out: they are completed.
    pub settled: Vec<String>,
    /// The lines of "In Progress" that are ours.
    pub own_rows: BTreeSet<String>,
}

/// Reads a note such as `Front end (feature/ui @ 8102) 70%`.
#[must_use]
pub fn begun(note: &str) -> Option<InProgress> {
    let text = super::entry(note)?;
    let marks = marks::read(&text);
    let read = handover_text::begun(&marks.text);
    let task = if read.task.is_empty() { text } else { read.task };
    Some(InProgress {
        task,
        branch: read.branch,
        progress: marks.progress.or(read.progress),
        blockers: marks.blocked_by,
        port: read.port,
        level: marks.level,
        id: marks.id,
        agent: marks.agent,
        ..InProgress::default()
    })
}
