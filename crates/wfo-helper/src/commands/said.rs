//! Flags that several commands share: what is told about the day, and what was learned.

use wfo_day::context::{LearningKind, Told};

/// What is told about the day.
#[derive(Debug, clap::Args)]
pub(super) struct DayFlags {
    /// A task that was finished; may be said several times, as all of these
    #[arg(long, value_name = "TASK")]
    completed: Vec<String>,
    /// A task that was begun, such as "Front end (feature/ui) 70%"
    #[arg(long, value_name = "TASK")]
    in_progress: Vec<String>,
    /// What stands in the way
    #[arg(long, value_name = "TEXT")]
    blocker: Vec<String>,
    /// What was decided, and why
    #[arg(long, value_name = "TEXT")]
    decision: Vec<String>,
    /// What comes next, in order
    #[arg(long, value_name = "TASK")]
    priority: Vec<String>,
}

impl DayFlags {
    /// The same in the words of the library.
    pub(super) fn told(self) -> Told {
        Told {
            completed: self.completed,
            in_progress: self.in_progress,
            blockers: self.blocker,
            decisions: self.decision,
            priorities: self.priority,
        }
    }
}

/// What was learned.
#[derive(Debug, clap::Args)]
pub(super) struct LearningFlags {
    /// Learned: a way of doing something here
    #[arg(long, value_name = "TEXT")]
    pattern: Vec<String>,
    /// Learned: what is not to be done again
    #[arg(long, value_name = "TEXT")]
    mistake: Vec<String>,
    /// Learned: a tool or command that helped
    #[arg(long, value_name = "TEXT")]
    tool: Vec<String>,
    /// Learned: what made something faster or cheaper
    #[arg(long, value_name = "TEXT")]
    optimization: Vec<String>,
}

impl LearningFlags {
    /// Each text with its kind.
    pub(super) fn learnings(self) -> impl Iterator<Item = (LearningKind, String)> {
        let lists = [
            (LearningKind::Pattern, self.pattern),
            (LearningKind::Mistake, self.mistake),
            (LearningKind::Tool, self.tool),
            (LearningKind::Optimization, self.optimization),
        ];
        lists.into_iter().flat_map(|(kind, list)| list.into_iter().map(move |text| (kind, text)))
    }
}
