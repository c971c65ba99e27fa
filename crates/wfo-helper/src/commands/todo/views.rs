//! What several verbs of `todo` show and take: status words, tasks, and foreign text on one line.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_todo::{Kind, TaskStatus, TodoTask};

/// Returns text of the repository as one harmless line of bounded length.
pub(super) fn clean(words: &str) -> String {
    text::clip(&text::one_line(words), 500).into_owned()
}

/// How far a task is, as flags take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Status {
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

impl From<Status> for TaskStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::InProgress => Self::InProgress,
            Status::Completed => Self::Completed,
            Status::Blocked => Self::Blocked,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

/// The kind of work, as flags take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Work {
    /// From the contributor's branch, or whatever the work goes into.
    Feature,
    /// From develop to main.
    Release,
    /// From main, back to main and develop.
    Hotfix,
}

impl From<Work> for Kind {
    fn from(work: Work) -> Self {
        match work {
            Work::Feature => Self::Feature,
            Work::Release => Self::Release,
            Work::Hotfix => Self::Hotfix,
        }
    }
}

/// One task.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct TaskView {
    /// Its id; null where the file has none.
    pub(super) id: Option<String>,
    /// The list it stands in.
    pub(super) category: String,
    /// What is to be done.
    pub(super) description: String,
    /// pending, `in_progress`, completed, blocked or cancelled.
    pub(super) status: &'static str,
    /// Ids of the tasks it waits for.
    pub(super) depends_on: Vec<String>,
}

impl From<&TodoTask> for TaskView {
    fn from(task: &TodoTask) -> Self {
        Self {
            id: task.id.as_deref().map(clean),
            category: clean(&task.category),
            description: clean(&task.description),
            status: task.status.as_str(),
            depends_on: task.depends_on.iter().map(|id| clean(id)).collect(),
        }
    }
}

/// Words the files that changed.
pub(super) fn files_line(files: &[String], applied: bool) -> String {
    let word = if applied { "wrote" } else { "would write" };
    if files.is_empty() { "nothing changed\n".to_owned() } else { format!("{word} {}\n", files.join(", ")) }
}
