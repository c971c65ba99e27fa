//! The ledger `costs/ledger.jsonl`, the truth about spending: JSON lines of any age in, rows that count out; and back.
//! Of rows with the same key the last one counts. A broken line is named and kept; nothing here drops what it cannot read.

mod changes;
mod key;
mod line;

use std::collections::{HashMap, HashSet};

use wfo_base::{Diagnostic, Usd};

use crate::costs::Page;
use crate::features::bad_lines;
use crate::spending::Row;

pub use changes::{changes, foreign};
pub(crate) use key::key;
pub use line::{line, overlapping_line};

/// From how many lines on a ledger is compacted.
const COMPACTED_FROM: usize = 1_000;

/// A ledger as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The rows that count, one for each key, in the order of their lines. Rows that cancel are not among them.
    pub rows: Vec<Row>,
    /// Rows of an older life for which transcripts account too: kept, shown where somebody asks, never added up.
    pub overlapping: Vec<Row>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
    /// Whether its totals can be known: false when it could not be read, or when not one of its lines could.
    pub readable: bool,
    /// How many lines there are, blank ones left out.
    pub lines: usize,
    /// How many of them a later line replaces.
    pub superseded: usize,
}

impl Default for Ledger {
    /// The ledger of a repository that has none.
    fn default() -> Self {
        Self { rows: vec![], overlapping: vec![], notes: vec![], readable: true, lines: 0, superseded: 0 }
    }
}

impl Ledger {
    /// Reads a ledger.
    #[must_use]
    pub fn read(page: &Page) -> Self {
        let Some(text) = &page.text else { return Self { readable: false, ..Self::default() } };
        let Scan { read, bad, lines } = scan(text);
        let counts = in_force(&read);
        let readable = !read.is_empty() || bad.is_empty();
        let effect = if readable { "left out, so totals are lower bounds" } else { "totals are unknown" };
        let superseded = counts.iter().filter(|counts| !**counts).count();
        let (mut rows, mut overlapping) = (Vec::with_capacity(read.len() - superseded), Vec::new());
        for (found, counts) in read.into_iter().zip(counts) {
            match (counts, found.overlap) {
                (true, _) if is_nothing(&found.row) => {}
                (true, false) => rows.push(found.row),
                (true, true) => overlapping.push(found.row),
                (false, _) => {}
            }
        }
        Self { rows, overlapping, notes: bad_lines(&page.name, &bad, effect), readable, lines, superseded }
    }

    /// Returns the whole new text of a ledger of which more than half of at least 1,000 lines are superseded; `None` when
    /// there is no need. The lines that count and the broken ones stay byte for byte, with keys that nobody knows.
    ///
    /// `page` is the page that this ledger was read from.
    #[must_use]
    pub fn compacted(&self, page: &Page) -> Option<String> {
        let text = page.text.as_deref()?;
        if self.lines < COMPACTED_FROM || self.superseded.saturating_mul(2) <= self.lines {
            return None;
        }
        let Scan { read, .. } = scan(text);
        let gone: HashSet<usize> =
            read.iter().zip(in_force(&read)).filter(|(_, counts)| !counts).map(|(found, _)| found.number).collect();
        let mut kept = String::with_capacity(text.len() / 2);
        let lines = text.split_inclusive('\n').enumerate();
        lines.filter(|(index, line)| !gone.contains(&(index + 1)) && !line.trim().is_empty()).for_each(|(_, line)| {
            kept.push_str(line);
        });
        if !kept.ends_with('\n') {
            kept.push('\n');
        }
        Some(kept)
    }
}

/// One line that could be read.
struct Found {
    /// Its number, from 1.
    number: usize,
    row: Row,
    overlap: bool,
}

/// The lines of a text.
struct Scan {
    read: Vec<Found>,
    /// The numbers of those that could not be read.
    bad: Vec<usize>,
    /// How many are not blank.
    lines: usize,
}

fn scan(text: &str) -> Scan {
    let mut scan = Scan { read: Vec::new(), bad: Vec::new(), lines: 0 };
    for (index, text) in text.split('\n').enumerate() {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        scan.lines += 1;
        match line::parse(text) {
            Some((row, overlap)) => scan.read.push(Found { number: index + 1, row, overlap }),
            None => scan.bad.push(index + 1),
        }
    }
    scan
}

/// Says of each row whether it counts: whether it is the last one with its key.
fn in_force(read: &[Found]) -> Vec<bool> {
    let mut last = HashMap::with_capacity(read.len());
    for (index, found) in read.iter().enumerate() {
        last.insert(key(&found.row), index);
    }
    let mut counts = vec![false; read.len()];
    for index in last.into_values() {
        if let Some(counts) = counts.get_mut(index) {
            *counts = true;
        }
    }
    counts
}

/// Says whether a row states nothing at all, as one that cancels another does.
pub(crate) fn is_nothing(row: &Row) -> bool {
    row.requests == 0 && row.searches == 0 && row.tokens.sum() == 0 && row.usd == Some(Usd::ZERO)
}

#[cfg(test)]
mod tests;
