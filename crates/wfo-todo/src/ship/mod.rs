//! What a finished feature leaves to do in other pages: its lines in TASK.md ticked, its entry in PLANNING.md moved to what is
//! completed, and the documents that its files make stale. Changes only lines that surely belong to it; the rest is named.

mod complete;
mod link;
mod stale;
mod tick;

pub use complete::{Completed, complete};
pub use link::Feature;
pub use stale::{Stale, StaleRow, stale};
pub use tick::{Ticked, tick};

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLine {
    /// Its number, from 1, in the page as it was.
    pub line: usize,
    /// What it says, one line: foreign text.
    pub text: String,
    /// Why it belongs to the feature; of a line that was left, why.
    pub why: &'static str,
}

/// Splits a page into lines with their ends.
fn raw_lines(page: &str) -> Vec<&str> {
    page.split_inclusive('\n').collect()
}

/// Splits a line into its text and its end.
fn line_end(raw: &str) -> (&str, &str) {
    let text = raw.trim_end_matches('\n');
    let text = text.strip_suffix('\r').unwrap_or(text);
    raw.split_at(text.len())
}

#[cfg(test)]
mod tests;
