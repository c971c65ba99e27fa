//! Compares what this crate answers with what the real `git` answers, on real temporary repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it cannot go on")]

mod hostile;
mod oracle;
mod sandbox;

mod carry;
mod content;
mod contents;
mod facts;
mod holdings;
mod merged;
mod merges;
mod status_basic;
mod status_content;
mod status_index;
mod status_nested;
mod status_random;
mod worktrees;
mod write_merge;
mod write_programs;
mod write_stress;
mod write_trees;
