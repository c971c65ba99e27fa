//! How much of a project's own files one briefing reads: all that is sensible when a person asks, little when a session starts
//! and waits. What is larger is named in a note and not read.

use wfo_base::read;

use crate::scan::Most;

/// Limits of one briefing, in bytes unless said otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Of one context file, hand-over or task page.
    pub(crate) page: u64,
    /// Of `costs/ledger.jsonl` and of `costs/by-feature.jsonl`.
    pub(crate) ledger: u64,
    /// Of another file below `costs/`.
    pub(crate) cost_page: u64,
    /// How many TODO files.
    pub(crate) todo_files: usize,
    /// Of all TODO files together.
    pub(crate) todo_bytes: u64,
    /// How many changed files, and how many of their bytes, are looked through for secrets.
    pub(crate) changed: Most,
}

impl Bounds {
    /// For a person or an agent that asked.
    pub(crate) const FULL: Self = Self {
        page: read::PAGE_LIMIT,
        ledger: 32 << 20,
        cost_page: read::PAGE_LIMIT,
        todo_files: 200,
        todo_bytes: 200 * read::PAGE_LIMIT,
        changed: Most { files: 500, bytes: 8 << 20 },
    };
    /// For a session that begins.
    pub(crate) const QUICK: Self = Self {
        page: 256 << 10,
        ledger: 256 << 10,
        cost_page: 64 << 10,
        todo_files: 20,
        todo_bytes: 512 << 10,
        changed: Most { files: 50, bytes: 512 << 10 },
    };
}
