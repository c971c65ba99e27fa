//! The exit statuses of the contract, by name.

/// What the process ends with. The numbers are part of the contract and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done; for verdicts: yes.
    Done,
    /// 1: a bug in wfo-helper.
    Bug,
    /// 2: only from `hook`: block this tool call.
    Block,
    /// 10: verdict no.
    No,
    /// 11: verdict unknown.
    Unknown,
    /// 20: wrong state or input.
    Wrong,
    /// 21: refused: would lose work, or needs a person's yes.
    Refused,
    /// 22: conflict: locked, changed, taken.
    Conflict,
    /// 30: an outside tool is missing or broke.
    Tool,
    /// 64: wrong command or flag.
    Usage,
    /// 130: interrupted, as by ctrl-C.
    Interrupted,
    /// 143: asked to end.
    Terminated,
}

impl Exit {
    /// Returns the number the process exits with.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Bug => 1,
            Self::Block => 2,
            Self::No => 10,
            Self::Unknown => 11,
            Self::Wrong => 20,
            Self::Refused => 21,
            Self::Conflict => 22,
            Self::Tool => 30,
            Self::Usage => 64,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}
