//! Worktrees and ports as every answer shows them: start-day, `worktree` and `port`.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::listeners::Listener;
use wfo_base::text;
use wfo_day::briefing::{PortPool, WorktreeRow as Row};

/// Makes one clean line of foreign text.
pub(crate) fn clean(text: &str) -> String {
    text::one_line(text).into_owned()
}

/// Words ports: `8100, 8101`; a dash for none.
pub(crate) fn ports(ports: &[u16]) -> String {
    if ports.is_empty() { "-".to_owned() } else { ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ") }
}

/// A program that listens on a port.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ListenerView {
    /// The port.
    pub(crate) port: u16,
    /// Its process; null when the system does not tell.
    pub(crate) pid: Option<u32>,
    /// The process's name; null when the system does not tell.
    pub(crate) name: Option<String>,
}

impl From<&Listener> for ListenerView {
    fn from(listener: &Listener) -> Self {
        Self { port: listener.port, pid: listener.pid, name: listener.name.as_deref().map(clean) }
    }
}

/// One worktree, or the registry row of one that is no more.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WorktreeView {
    /// Relative to the work tree inside it, absolute elsewhere.
    pub(crate) path: String,
    /// Its branch; null when detached.
    pub(crate) branch: Option<String>,
    /// The ports leased for it.
    pub(crate) ports: Vec<u16>,
    /// What it is for.
    pub(crate) task: Option<String>,
    /// Changed paths; null when not determined.
    pub(crate) changes: Option<u64>,
    /// Commits it has and its upstream (or else the default branch) has not.
    pub(crate) ahead: Option<u64>,
    /// Commits the other has and it has not.
    pub(crate) behind: Option<u64>,
    /// Whole days since its last commit.
    pub(crate) age_days: Option<i64>,
    /// Whether its own commits are in the default branch.
    pub(crate) merged: Option<bool>,
    /// What to do, with the reason.
    pub(crate) recommendation: RecommendationView,
    /// Whether it is the main checkout.
    pub(crate) main: bool,
    /// Whether it is locked.
    locked: bool,
    /// Whether its folder is gone.
    prunable: bool,
    /// Whether only its row in the registry is left.
    orphaned: bool,
}

impl WorktreeView {
    pub(crate) fn new(row: &Row, path: String) -> Self {
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
    pub(crate) action: &'static str,
    /// Why.
    pub(crate) reason: String,
}

/// The port pool.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PortsView {
    /// First and last port of the pool.
    pool: RangeView,
    /// Leases, of all projects.
    pub(crate) leased: usize,
    /// First port of the lowest free pair; null when none is left.
    pub(crate) next: Option<u16>,
}

/// A range of ports, both ends included.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct RangeView {
    /// First port.
    start: u16,
    /// Last port.
    end: u16,
}

impl From<&PortPool> for PortsView {
    fn from(pool: &PortPool) -> Self {
        Self { pool: RangeView { start: pool.start, end: pool.end }, leased: pool.leased, next: pool.next }
    }
}
