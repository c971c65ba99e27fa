//! The words of TODO files: kinds of work, status words in every spelling, and the parts of a file's name.
//! Never opens a file.

/// What kind of work a TODO file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A feature, from the contributor's branch.
    Feature,
    /// A release, from develop.
    Release,
    /// A hotfix, from main.
    Hotfix,
}

/// The parts of a TODO file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoName {
    /// Feature, release or hotfix.
    pub kind: Kind,
    /// UTC stamp `YYYYMMDDTHHMMSSZ`.
    pub stamp: String,
    /// Letters, digits, `-` and `_`.
    pub slug: String,
}

/// How far a task is, whatever word the file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not begun.
    Pending,
    /// Begun.
    InProgress,
    /// Finished.
    Completed,
    /// Waits for something.
    Blocked,
    /// Will not be done.
    Cancelled,
}

impl TaskStatus {
    /// Reads a status word in any of the spellings that files use; `None` for an unknown one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        match word.as_str() {
            "pending" | "todo" | "to_do" | "open" | "not_started" | "planned" | "ready" | "new" | "⏳" => {
                Some(Self::Pending)
            }
            "in_progress" | "inprogress" | "started" | "active" | "doing" | "wip" | "ongoing" | "🚧" => {
                Some(Self::InProgress)
            }
            "completed" | "complete" | "done" | "finished" | "closed" | "merged" | "true" | "✅" | "✓" | "100%" => {
                Some(Self::Completed)
            }
            "blocked" | "waiting" | "on_hold" | "stuck" => Some(Self::Blocked),
            "cancelled" | "canceled" | "skipped" | "dropped" | "wontfix" | "won't_fix" | "obsolete" => {
                Some(Self::Cancelled)
            }
            _ => None,
        }
    }

    /// Returns the one word that is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Blocked => "blocked",
            Self::Cancelled => "cancelled",
        }
    }

    /// Says whether nothing is left to do.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

impl Kind {
    /// Reads `feature`, `release` or `hotfix`, without case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "feature" => Some(Self::Feature),
            "release" => Some(Self::Release),
            "hotfix" => Some(Self::Hotfix),
            _ => None,
        }
    }

    /// Returns the word that names it in files and branches.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Release => "release",
            Self::Hotfix => "hotfix",
        }
    }
}

/// Takes a file name apart; `None` for anything but `TODO_<type>_<stamp>_<slug>.md`.
#[must_use]
pub fn todo_name(file_name: &str) -> Option<TodoName> {
    let inner = file_name.strip_prefix("TODO_")?.strip_suffix(".md")?;
    let (kind, rest) = inner.split_once('_')?;
    let (stamp, slug) = rest.split_once('_')?;
    let kind = Kind::from_word(kind).filter(|known| known.as_str() == kind)?;
    let digits =
        |range: std::ops::Range<usize>| stamp.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let stamped =
        stamp.len() == 16 && digits(0..8) && stamp.get(8..9) == Some("T") && digits(9..15) && stamp.ends_with('Z');
    let named = !slug.starts_with('-') && slug.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (stamped && named && !slug.is_empty()).then(|| TodoName { kind, stamp: stamp.to_owned(), slug: slug.to_owned() })
}
