//! Reads PROJECT_CONTEXT.md, the hand-over from one session to the next, in all the shapes people and tools write it.
//! Never decides what to do with it, and never loses the rest of a page because one line is odd.

mod list;
mod reader;
mod rows;

use jiff::civil::Date;
use wfo_base::Noted;
use wfo_base::markdown::{Line, lines};

use crate::level::Level;

/// What the last session left behind. All text is one line and free of control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// When the page was last updated, as written.
    pub updated: Option<String>,
    /// The day in `updated`, when it holds one.
    pub updated_on: Option<Date>,
    /// What was finished, in page order.
    pub completed: Vec<String>,
    /// What was begun, in page order.
    pub in_progress: Vec<InProgress>,
    /// What stands in the way, open ones only.
    pub blockers: Vec<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// What comes next, in the order of the page.
    pub priorities: Vec<Priority>,
}

/// One task that was begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InProgress {
    /// The task.
    pub task: String,
    /// Branch or worktree.
    pub branch: Option<String>,
    /// Status as written, such as `70%` or `in review`.
    pub status: Option<String>,
    /// Percent done, 0-100.
    pub progress: Option<u8>,
    /// What blocks it.
    pub blockers: Option<String>,
    /// Port from a cell such as `feature/api @ 8100`.
    pub port: Option<u16>,
    /// Urgency from a mark in the line.
    pub level: Option<Level>,
    /// Its id, such as `T-12`.
    pub id: Option<String>,
    /// Agent from `[AGENT: x]`.
    pub agent: Option<String>,
    /// Line in the page, from 1.
    pub line: usize,
}

/// One task that is to come next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Priority {
    /// The task, without priority mark and agent mark.
    pub text: String,
    /// Agent from `[AGENT: x]`.
    pub agent: Option<String>,
    /// Urgency from a mark in the line.
    pub level: Option<Level>,
    /// What blocks it, as written.
    pub blocked_by: Option<String>,
    /// Its id, such as `T-12`.
    pub id: Option<String>,
    /// Line in the page, from 1.
    pub line: usize,
}

/// Reads the hand-over page. The notes name what could not be understood.
#[must_use]
pub fn handover(page: &str) -> Noted<Handover> {
    let mut reader = reader::Reader::default();
    if let Some(line) = page.lines().position(|line| line.contains('\0')) {
        reader.note("a NUL byte, so it may not be a text page", "write the page again as plain text", line + 1);
    }
    for (line, read) in lines(page) {
        match read {
            Line::Heading { level, text } => reader.heading(level, text, line),
            Line::Item { tick, indent, text } => reader.item(tick, indent, text, line),
            Line::Row(cells) => reader.row(&cells, line),
            Line::Text(text) => reader.text(text, line),
        }
    }
    reader.finish(page)
}

#[cfg(test)]
mod tests;
