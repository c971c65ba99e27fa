//! The active TODO workflows of the briefing. Worktrees and ports have the shape that their own commands give them.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_day::briefing;

use super::clean;

/// One active TODO workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WorkflowView {
    /// The TODO file.
    pub(crate) file: String,
    /// feature, release or hotfix.
    #[serde(rename = "type")]
    pub(crate) kind: Option<&'static str>,
    /// Its slug.
    pub(crate) slug: String,
    /// Its title.
    title: String,
    /// Recorded phase, 0-6; null when it cannot be read.
    pub(crate) phase: Option<u8>,
    /// Recorded step.
    pub(crate) step: Option<String>,
    /// Recorded status.
    pub(crate) status: Option<String>,
    /// Tasks that are completed.
    pub(crate) tasks_completed: usize,
    /// Tasks that are not cancelled.
    pub(crate) tasks_total: usize,
    /// Where the record and reality differ.
    pub(crate) drift: Vec<DriftView>,
}

impl From<&briefing::WorkflowRow> for WorkflowView {
    fn from(row: &briefing::WorkflowRow) -> Self {
        Self {
            file: row.file.clone(),
            kind: row.kind.map(|kind| match kind {
                wfo_todo::Kind::Feature => "feature",
                wfo_todo::Kind::Release => "release",
                wfo_todo::Kind::Hotfix => "hotfix",
            }),
            slug: row.slug.clone(),
            title: clean(&row.title),
            phase: row.phase,
            step: row.step.as_deref().map(clean),
            status: row.status.as_deref().map(clean),
            tasks_completed: row.tasks.0,
            tasks_total: row.tasks.1,
            drift: row.drift.iter().map(DriftView::from).collect(),
        }
    }
}

/// One difference between a record and reality.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct DriftView {
    /// The key of the record.
    field: &'static str,
    /// What it says.
    recorded: Option<String>,
    /// What is so.
    actual: String,
    /// What shows it.
    pub(crate) evidence: String,
}

impl From<&briefing::Drift> for DriftView {
    fn from(drift: &briefing::Drift) -> Self {
        Self {
            field: drift.field,
            recorded: drift.recorded.as_deref().map(clean),
            actual: drift.actual.clone(),
            evidence: clean(&drift.evidence),
        }
    }
}
