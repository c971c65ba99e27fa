//! Writes the hand-over page PROJECT_CONTEXT.md, and the learnings in CLAUDE.md, into what is there: only our own parts change,
//! every other byte stays. Bytes in, bytes out; disk, clock and git are the caller's.

mod add;
mod compress;
mod edit;
mod layout;
mod learn;
mod points;
mod tests_added;
mod values;
mod write;

pub use compress::{Compressed, compress};
pub use learn::{Kind as LearningKind, Learned, learn};
pub use points::{Metrics, Points, Update, Written, begun};
pub use tests_added::tests_added;
pub use values::entry;
pub use write::write;

/// The page's name.
pub const PAGE: &str = "PROJECT_CONTEXT.md";

/// What makes two entries the same: their words without case and punctuation.
#[must_use]
pub fn key(text: &str) -> String {
    let words = crate::words::words(&crate::words::clean(text));
    if words.is_empty() { text.trim().to_lowercase() } else { words.join(" ") }
}

/// What makes two lines the same task, whatever percent, branch and marks they carry.
#[must_use]
pub fn task_key(text: &str) -> String {
    key(&crate::handover_text::begun(&crate::marks::read(text).text).task)
}
