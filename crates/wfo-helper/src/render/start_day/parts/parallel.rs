//! Work that goes on side by side: TODO workflows, worktrees, ports.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_day::briefing;

use super::clean;

/// One active TODO workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WorkflowView {
    /// The TODO file.
    pub(in crate::render::start_day) file: String,
    /// feature, release or hotfix.
    #[serde(rename = "type")]
    pub(in crate::render::start_day) kind: Option<&'static str>,
    /// Its slug.
    pub(in crate::render::start_day) slug: String,
    /// Its title.
    title: String,
    /// Recorded phase, 0-6; null when it cannot be read.
    pub(in crate::render::start_day) phase: Option<u8>,
    /// Recorded step.
    pub(in crate::render::start_day) step: Option<String>,
    /// Recorded status.
    pub(in crate::render::start_day) status: Option<String>,
    /// Tasks that are completed.
    pub(in crate::render::start_day) tasks_completed: usize,
    /// Tasks that are not cancelled.
    pub(in crate::render::start_day) tasks_total: usize,
    /// Where the record and reality differ.
    pub(in crate::render::start_day) drift: Vec<DriftView>,
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
    pub(in crate::render::start_day) evidence: String,
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

/// One worktree, or the registry row of one that is no more.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WorktreeView {
    /// Relative to the work tree inside it, absolute elsewhere.
    pub(in crate::render::start_day) path: String,
    /// Its branch; null when detached.
    pub(in crate::render::start_day) branch: Option<String>,
    /// The ports leased for it.
    pub(in crate::render::start_day) ports: Vec<u16>,
    /// What it is for.
    pub(in crate::render::start_day) task: Option<String>,
    /// Changed paths; null when not determined.
    pub(in crate::render::start_day) changes: Option<u64>,
    /// Commits it has and its upstream (or else the default branch) has not.
    pub(in crate::render::start_day) ahead: Option<u64>,
    /// Commits the other has and it has not.
    pub(in crate::render::start_day) behind: Option<u64>,
    /// Whole days since its last commit.
    pub(in crate::render::start_day) age_days: Option<i64>,
    /// Whether its own commits are in the default branch.
    pub(in crate::render::start_day) merged: Option<bool>,
    /// What to do, with the reason.
    pub(in crate::render::start_day) recommendation: RecommendationView,
    /// Whether it is the main checkout.
    pub(in crate::render::start_day) main: bool,
    /// Whether it is locked.
    locked: bool,
    /// Whether its folder is gone.
    prunable: bool,
    /// Whether only its row in the registry is left.
    orphaned: bool,
}

impl WorktreeView {
    pub(in crate::render::start_day) fn new(row: &briefing::WorktreeRow, path: String) -> Self {
        Self {
            path,
            branch: row.branch.as_deref().map(clean),
            ports: row.ports.clone(),
            task: row.task.as_deref().map(clean),
            changes: row.changes,
            ahead: row.ahead,
            behind: row.behind,
            age_days: row.age_days,
            merged: row.merged,
            recommendation: RecommendationView {
                action: row.recommendation.action.word(),
                reason: clean(&row.recommendation.reason),
            },
            main: row.main,
            locked: row.locked,
            prunable: row.prunable,
            orphaned: row.orphaned,
        }
    }
}

/// What to do with a worktree.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RecommendationView {
    /// One word, such as keep or commit.
    pub(in crate::render::start_day) action: &'static str,
    /// Why.
    pub(in crate::render::start_day) reason: String,
}

/// The port pool.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PortsView {
    /// First and last port of the pool.
    pool: RangeView,
    /// Leases, of all projects.
    pub(in crate::render::start_day) leased: usize,
    /// First port of the lowest free pair; null when none is left.
    pub(in crate::render::start_day) next: Option<u16>,
}

/// A range of ports, both ends included.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RangeView {
    /// First port.
    start: u16,
    /// Last port.
    end: u16,
}

impl From<&briefing::PortPool> for PortsView {
    fn from(pool: &briefing::PortPool) -> Self {
        Self { pool: RangeView { start: pool.start, end: pool.end }, leased: pool.leased, next: pool.next }
    }
}
