//! Compares what this crate answers with what the real `git` answers, on real temporary repositories.

mod oracle;
mod sandbox;

mod facts;
mod status_basic;
mod status_index;
mod status_nested;
mod status_content;
mod status_random;
mod worktrees;
