//! Compares what this crate answers with what the real `git` answers, on real temporary repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it cannot go on")]

mod hostile;
mod oracle;
mod sandbox;

mod facts;
mod status_basic;
mod status_content;
mod status_index;
mod status_nested;
mod status_random;
mod worktrees;
