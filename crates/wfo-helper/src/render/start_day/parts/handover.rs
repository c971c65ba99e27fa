//! What the last session left.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_todo::Handover;

use crate::render::cut;

/// What the last session left.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct HandoverView {
    /// When the page was updated, as written; null when it does not say.
    pub(in crate::render::start_day) updated: Option<String>,
    /// What was finished.
    pub(in crate::render::start_day) completed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) completed_more: Option<usize>,
    /// What was begun.
    pub(in crate::render::start_day) in_progress: Vec<InProgressView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) in_progress_more: Option<usize>,
    /// What stands in the way.
    pub(in crate::render::start_day) blockers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) blockers_more: Option<usize>,
    /// What was decided.
    pub(in crate::render::start_day) decisions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) decisions_more: Option<usize>,
    /// What was to come next.
    pub(in crate::render::start_day) priorities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) priorities_more: Option<usize>,
}

impl HandoverView {
    pub(in crate::render::start_day) fn cut(&mut self, limit: usize) {
        cut(&mut self.completed, &mut self.completed_more, limit);
        cut(&mut self.in_progress, &mut self.in_progress_more, limit);
        cut(&mut self.blockers, &mut self.blockers_more, limit);
        cut(&mut self.decisions, &mut self.decisions_more, limit);
        cut(&mut self.priorities, &mut self.priorities_more, limit);
    }
}

impl From<&Handover> for HandoverView {
    fn from(handover: &Handover) -> Self {
        Self {
            updated: handover.updated.clone(),
            completed: handover.completed.clone(),
            completed_more: None,
            in_progress: handover.in_progress.iter().map(InProgressView::from).collect(),
            in_progress_more: None,
            blockers: handover.blockers.clone(),
            blockers_more: None,
            decisions: handover.decisions.clone(),
            decisions_more: None,
            priorities: handover.priorities.iter().map(|priority| priority.text.clone()).collect(),
            priorities_more: None,
        }
    }
}

/// One task that was begun.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct InProgressView {
    /// The task.
    pub(in crate::render::start_day) task: String,
    /// Its branch; null when the page does not say.
    pub(in crate::render::start_day) branch: Option<String>,
    /// Percent done, 0-100; absent when the page does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) progress: Option<u8>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) port: Option<u16>,
}

impl From<&wfo_todo::InProgress> for InProgressView {
    fn from(row: &wfo_todo::InProgress) -> Self {
        Self { task: row.task.clone(), branch: row.branch.clone(), progress: row.progress, port: row.port }
    }
}
