//! Compares what this crate answers with what the real `git` answers, on real temporary repositories.

mod oracle;
mod sandbox;

mod status_basic;
mod status_index;
mod status_nested;
mod status_content;
mod status_random;
