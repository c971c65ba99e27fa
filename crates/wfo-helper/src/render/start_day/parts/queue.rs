//! The priority queue, also in the shape of the host's task tool.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_day::briefing;
use wfo_todo::Level;

use super::clean;

/// One task of the queue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct QueueView {
    /// From 1.
    rank: usize,
    /// The task, one clean line.
    pub(in crate::render::start_day) task: String,
    /// Where it is written.
    pub(in crate::render::start_day) source: SourceView,
    /// Who should do it; null when no agent fits.
    pub(in crate::render::start_day) agent: Option<String>,
    /// Sum of the points in the reasons.
    pub(in crate::render::start_day) score: u32,
    /// Every point with its reason.
    pub(in crate::render::start_day) reasons: Vec<String>,
    /// What it waits for; absent when it can be begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) blocked_by: Option<String>,
    /// Whether it is begun.
    #[serde(skip)]
    pub(in crate::render::start_day) begun: bool,
    /// Its mark, for the task list.
    #[serde(skip)]
    level: Option<Level>,
}

/// A line of a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SourceView {
    /// The file, relative to the repository.
    pub(in crate::render::start_day) file: String,
    /// From 1.
    pub(in crate::render::start_day) line: usize,
}

impl From<&briefing::QueueItem> for QueueView {
    fn from(item: &briefing::QueueItem) -> Self {
        let task = &item.task;
        Self {
            rank: task.rank,
            task: clean(&task.text),
            source: SourceView { file: task.source.file.clone(), line: task.source.line },
            agent: item.agent.as_deref().map(clean),
            score: task.score,
            reasons: task.reasons.iter().map(|reason| clean(reason)).collect(),
            blocked_by: task.blocked_by.as_deref().map(clean),
            begun: task.in_progress,
            level: task.level,
        }
    }
}

/// One row for the host's task tool.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TodoView {
    /// The task.
    content: String,
    /// pending or in_progress.
    status: &'static str,
    /// high, medium or low.
    priority: &'static str,
    /// The task, worded as being done.
    #[serde(rename = "activeForm")]
    active_form: String,
}

impl From<&QueueView> for TodoView {
    fn from(row: &QueueView) -> Self {
        let priority = match row.level {
            Some(Level::P0 | Level::P1 | Level::High) => "high",
            Some(Level::P3 | Level::Low) => "low",
            Some(Level::P2 | Level::Medium) | None => "medium",
        };
        Self {
            content: row.task.clone(),
            status: if row.begun { "in_progress" } else { "pending" },
            priority,
            active_form: format!("Working on: {}", row.task),
        }
    }
}
