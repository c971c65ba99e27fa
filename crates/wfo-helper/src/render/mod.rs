//! Words and shapes of the answers: each command's output structs, and the helpers that align and colour text.
//! Takes facts, returns strings; never prints, never reads.

pub(crate) mod cost;
pub(crate) mod end_day;
pub(crate) mod gate;
pub(crate) mod next;
pub(crate) mod price;
pub(crate) mod proposal;
pub(crate) mod scan;
pub(crate) mod stack;
pub(crate) mod start_day;
mod table;
pub(crate) mod terms;
pub(crate) mod worktree;

pub(crate) use table::Table;

/// Colours for a terminal, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint(bool);

impl Paint {
    /// No colour.
    pub(crate) const fn plain() -> Self {
        Self(false)
    }

    /// ANSI colour.
    pub(crate) const fn coloured() -> Self {
        Self(true)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// For headings.
    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// For what is less important.
    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// For what is wrong.
    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    /// For what is well.
    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// For what needs a look.
    pub(crate) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }
}

/// Writes a count with its noun: `1 file`, `3 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Says how many rows were cut; empty for none.
pub(crate) fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!("  ... and {more} more\n") }
}

/// Cuts a list and counts what was cut, on top of what was cut before.
pub(crate) fn cut<T>(list: &mut Vec<T>, more: &mut Option<usize>, limit: usize) {
    if list.len() > limit {
        *more = Some(more.unwrap_or(0) + list.len() - limit);
        list.truncate(limit);
    }
}
