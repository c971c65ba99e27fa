//! Collects changed paths: always their number, and the paths themselves where somebody asked.
//! Knows nothing about how they were found.

use crate::facts::{Status, Way};

/// How a path differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The index entry differs from HEAD.
    Staged,
    /// The file differs from the index entry.
    Unstaged,
    /// Neither tracked nor ignored.
    Untracked,
    /// In conflict.
    Conflicted,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// Relative to the top of the work tree, `/` between parts, any bytes but NUL; a nested repository ends with `/`.
    pub path: Vec<u8>,
    /// How it differs; a path that is both staged and unstaged stands twice.
    pub kind: Kind,
}

/// The counts so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    counts: [u64; 4],
    kept: Option<Vec<Change>>,
}

impl Tally {
    /// Starts at zero; keeps the paths when `keep`.
    pub(crate) fn new(keep: bool) -> Self {
        Self { counts: [0; 4], kept: keep.then(Vec::new) }
    }

    /// Adds one path.
    pub(crate) fn add(&mut self, kind: Kind, path: impl FnOnce() -> Vec<u8>) {
        if let Some(count) = self.counts.get_mut(kind as usize) {
            *count += 1;
        }
        if let Some(kept) = &mut self.kept {
            kept.push(Change { path: path(), kind });
        }
    }

    /// Adds what another part counted.
    pub(crate) fn merge(&mut self, other: Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        if let (Some(kept), Some(more)) = (&mut self.kept, other.kept) {
            kept.extend(more);
        }
    }

    /// Turns the counts into facts, with the kept paths in order.
    pub(crate) fn into_status(self, way: Way) -> (Status, Vec<Change>) {
        let [staged, unstaged, untracked, conflicted] = self.counts;
        let mut kept = self.kept.unwrap_or_default();
        kept.sort_unstable();
        let status = Status { staged, unstaged, untracked, conflicted, complete: true, way, ..Status::default() };
        (status, kept)
    }
}
