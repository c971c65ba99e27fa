//! The sections of the briefing as JSON has them. Foreign text is one clean line here already.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Usd, clock::rfc3339, text};
use wfo_cost::{Costs, Percent};
use wfo_day::briefing;
use wfo_git::{Commit, Snapshot, Status, Upstream};
use wfo_todo::{Handover, Level};

use crate::render::cut;
use crate::render::stack::StackView;

fn clean(text: &str) -> String {
    text::one_line(text).into_owned()
}

/// The project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ProjectView {
    /// The main checkout's folder name.
    pub(super) name: String,
    /// Top of the work tree, absolute.
    pub(super) root: String,
    /// Languages, such as rust; mixed when there are several.
    pub(super) kinds: Vec<String>,
    /// Package manager, commands and evidence.
    stack: StackView,
}

impl From<&briefing::Project> for ProjectView {
    fn from(project: &briefing::Project) -> Self {
        let stack = StackView::from(&project.stack);
        Self { name: project.name.clone(), root: project.root.to_string_lossy().into_owned(), kinds: stack.kinds.clone(), stack }
    }
}

/// Git's state. Counts are null when they could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct GitView {
    /// Short name; null when HEAD is detached.
    pub(super) branch: Option<String>,
    /// Whether HEAD names a commit.
    pub(super) detached: bool,
    /// Whether the branch has no commit yet.
    pub(super) unborn: bool,
    /// The branch that is being rebased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rebasing: Option<String>,
    /// The branch that work is merged into.
    pub(super) default_branch: Option<String>,
    /// What the branch follows; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) upstream: Option<String>,
    /// Whether the upstream is configured but does not exist any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) upstream_gone: bool,
    /// Commits that the upstream lacks; absent without an upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ahead: Option<Option<u64>>,
    /// Commits that only the upstream has; absent without an upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) behind: Option<Option<u64>>,
    /// Paths whose index entry differs from HEAD; this and the next three are absent in a bare repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) staged: Option<Option<u64>>,
    /// Tracked paths whose file differs from the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unstaged: Option<Option<u64>>,
    /// Files that are neither tracked nor ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) untracked: Option<Option<u64>>,
    /// Paths in conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conflicted: Option<Option<u64>>,
    /// Whether the counts are whole; false when time ran out or a folder could not be read.
    pub(super) complete: bool,
    /// How the counts were found: one-pass, gix or git.
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<&'static str>,
    /// Whether content filters of the repository's own configuration were left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    filters_skipped: bool,
    /// Stash entries.
    pub(super) stashes: Option<u64>,
    /// What is under way: merge, rebase, cherry-pick, revert, bisect or am.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<&'static str>,
    /// The newest commit; null when there is none.
    pub(super) head: Option<CommitView>,
    /// At most five, newest first.
    pub(super) recent_commits: Vec<CommitView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_commits_more: Option<usize>,
    /// Latest reachable tag; null when there is none.
    pub(super) last_tag: Option<String>,
    /// Whether history is cut off, so that counts of commits are lower bounds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) shallow: bool,
}

impl GitView {
    pub(super) fn cut(&mut self, limit: usize) {
        cut(&mut self.recent_commits, &mut self.recent_commits_more, limit);
    }
}

impl From<&Snapshot> for GitView {
    fn from(git: &Snapshot) -> Self {
        let (upstream, gone, ahead, behind) = match &git.upstream {
            Some(Upstream::Present { name, ahead, behind }) => (Some(clean(name)), false, Some(*ahead), Some(*behind)),
            Some(Upstream::Gone { name }) => (Some(clean(name)), true, Some(None), Some(None)),
            Some(Upstream::None) | None => (None, false, None, None),
        };
        let status = git.status.as_ref();
        // A snapshot that is whole without a status is that of a bare repository: counts do not apply there.
        let count = |of: fn(&Status) -> u64| (status.is_some() || !git.complete).then(|| status.map(of));
        Self {
            branch: git.branch.as_deref().map(clean),
            detached: git.detached,
            unborn: git.unborn,
            rebasing: git.rebasing.as_deref().map(clean),
            default_branch: git.default_branch.as_deref().map(clean),
            upstream,
            upstream_gone: gone,
            ahead,
            behind,
            staged: count(|status| status.staged),
            unstaged: count(|status| status.unstaged),
            untracked: count(|status| status.untracked),
            conflicted: count(|status| status.conflicted),
            complete: git.complete && status.is_none_or(|status| status.complete),
            way: status.map(|status| status.way.word()),
            filters_skipped: status.is_some_and(|status| status.filters_skipped),
            stashes: git.stashes,
            operation: git.operation.map(wfo_git::Operation::word),
            head: git.head.as_ref().map(CommitView::from),
            recent_commits: git.recent_commits.iter().map(CommitView::from).collect(),
            recent_commits_more: None,
            last_tag: git.last_tag.as_deref().map(clean),
            shallow: git.shallow,
        }
    }
}

/// One commit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CommitView {
    /// Full hexadecimal id.
    pub(super) id: String,
    /// First line of the message, cleaned.
    pub(super) subject: String,
    /// When it was committed (RFC 3339, the committer's offset).
    pub(super) time: String,
}

impl From<&Commit> for CommitView {
    fn from(commit: &Commit) -> Self {
        Self { id: commit.id.clone(), subject: clean(&commit.subject), time: rfc3339(&commit.time) }
    }
}

/// One file that holds context.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ContextFileView {
    /// Path relative to the work tree.
    pub(super) path: String,
    /// Size.
    bytes: u64,
    /// Estimate: 4 characters each.
    pub(super) tokens: u64,
}

impl From<&briefing::ContextFile> for ContextFileView {
    fn from(file: &briefing::ContextFile) -> Self {
        Self { path: file.path.clone(), bytes: file.bytes, tokens: file.tokens }
    }
}

/// What the last session left.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct HandoverView {
    /// When the page was updated, as written; null when it does not say.
    pub(super) updated: Option<String>,
    /// What was finished.
    pub(super) completed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) completed_more: Option<usize>,
    /// What was begun.
    pub(super) in_progress: Vec<InProgressView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_progress_more: Option<usize>,
    /// What stands in the way.
    pub(super) blockers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) blockers_more: Option<usize>,
    /// What was decided.
    pub(super) decisions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decisions_more: Option<usize>,
    /// What was to come next.
    pub(super) priorities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priorities_more: Option<usize>,
}

impl HandoverView {
    pub(super) fn cut(&mut self, limit: usize) {
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
    pub(super) task: String,
    /// Its branch; null when the page does not say.
    pub(super) branch: Option<String>,
    /// Percent done, 0-100; absent when the page does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) progress: Option<u8>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
}

impl From<&wfo_todo::InProgress> for InProgressView {
    fn from(row: &wfo_todo::InProgress) -> Self {
        Self { task: row.task.clone(), branch: row.branch.clone(), progress: row.progress, port: row.port }
    }
}

/// One active TODO workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WorkflowView {
    /// The TODO file.
    pub(super) file: String,
    /// feature, release or hotfix.
    #[serde(rename = "type")]
    pub(super) kind: Option<&'static str>,
    /// Its slug.
    pub(super) slug: String,
    /// Its title.
    title: String,
    /// Recorded phase, 0-6; null when it cannot be read.
    pub(super) phase: Option<u8>,
    /// Recorded step.
    pub(super) step: Option<String>,
    /// Recorded status.
    pub(super) status: Option<String>,
    /// Tasks that are completed.
    pub(super) tasks_completed: usize,
    /// Tasks that are not cancelled.
    pub(super) tasks_total: usize,
    /// Where the record and reality differ.
    pub(super) drift: Vec<DriftView>,
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
    pub(super) evidence: String,
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
    pub(super) path: String,
    /// Its branch; null when detached.
    pub(super) branch: Option<String>,
    /// The ports leased for it.
    pub(super) ports: Vec<u16>,
    /// What it is for.
    pub(super) task: Option<String>,
    /// Changed paths; null when not determined.
    pub(super) changes: Option<u64>,
    /// Commits it has and its upstream (or else the default branch) has not.
    pub(super) ahead: Option<u64>,
    /// Commits the other has and it has not.
    pub(super) behind: Option<u64>,
    /// Whole days since its last commit.
    pub(super) age_days: Option<i64>,
    /// Whether its own commits are in the default branch.
    pub(super) merged: Option<bool>,
    /// What to do, with the reason.
    pub(super) recommendation: RecommendationView,
    /// Whether it is the main checkout.
    pub(super) main: bool,
    /// Whether it is locked.
    locked: bool,
    /// Whether its folder is gone.
    prunable: bool,
    /// Whether only its row in the registry is left.
    orphaned: bool,
}

impl WorktreeView {
    pub(super) fn new(row: &briefing::WorktreeRow, path: String) -> Self {
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
            recommendation: RecommendationView { action: row.recommendation.action.word(), reason: clean(&row.recommendation.reason) },
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
    pub(super) action: &'static str,
    /// Why.
    pub(super) reason: String,
}

/// The port pool.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PortsView {
    /// First and last port of the pool.
    pool: RangeView,
    /// Leases, of all projects.
    pub(super) leased: usize,
    /// First port of the lowest free pair; null when none is left.
    pub(super) next: Option<u16>,
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

/// Spending in US dollars; null when it could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CostsView {
    /// Spent today.
    #[schemars(with = "Option<f64>")]
    pub(super) today_usd: Option<Usd>,
    /// Spent since the first of the month.
    #[schemars(with = "Option<f64>")]
    pub(super) month_usd: Option<Usd>,
    /// The monthly soft limit.
    #[schemars(with = "Option<f64>")]
    pub(super) budget_usd: Option<Usd>,
    /// Where the budget was set: repository, user or default.
    budget_origin: &'static str,
    /// Budget less month.
    #[schemars(with = "Option<f64>")]
    pub(super) remaining_usd: Option<Usd>,
    /// Month as a percentage of the budget; null for a budget of zero.
    #[schemars(with = "Option<f64>")]
    pub(super) percent_used: Option<Percent>,
    /// Mean cost of the recorded tasks; null when none has a cost.
    #[schemars(with = "Option<f64>")]
    pub(super) average_task_usd: Option<Usd>,
    /// Limits that are near or passed, worst first.
    alerts: Vec<CostAlertView>,
}

impl From<&Costs> for CostsView {
    fn from(costs: &Costs) -> Self {
        Self {
            today_usd: costs.today,
            month_usd: costs.month,
            budget_usd: costs.budget,
            budget_origin: costs.budget_origin.word(),
            remaining_usd: costs.remaining,
            percent_used: costs.percent_used,
            average_task_usd: costs.average_task,
            alerts: costs
                .alerts
                .iter()
                .map(|alert| CostAlertView {
                    scope: alert.scope.word(),
                    level: alert.level.word(),
                    percent: alert.percent,
                    limit_usd: alert.limit,
                    spent_usd: alert.spent,
                })
                .collect(),
        }
    }
}

/// A limit that is near or passed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CostAlertView {
    /// daily, weekly or monthly.
    scope: &'static str,
    /// warning or critical.
    level: &'static str,
    /// Spend as a percentage of the limit; null for a limit of zero.
    #[schemars(with = "Option<f64>")]
    percent: Option<Percent>,
    /// The limit.
    #[schemars(with = "f64")]
    limit_usd: Usd,
    /// What was spent.
    #[schemars(with = "f64")]
    spent_usd: Usd,
}

/// One task of the queue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct QueueView {
    /// From 1.
    rank: usize,
    /// The task, one clean line.
    pub(super) task: String,
    /// Where it is written.
    pub(super) source: SourceView,
    /// Who should do it; null when no agent fits.
    pub(super) agent: Option<String>,
    /// Sum of the points in the reasons.
    pub(super) score: u32,
    /// Every point with its reason.
    pub(super) reasons: Vec<String>,
    /// What it waits for; absent when it can be begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) blocked_by: Option<String>,
    /// Whether it is begun.
    #[serde(skip)]
    pub(super) begun: bool,
    /// Its mark, for the task list.
    #[serde(skip)]
    level: Option<Level>,
}

/// A line of a file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SourceView {
    /// The file, relative to the repository.
    pub(super) file: String,
    /// From 1.
    pub(super) line: usize,
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

/// The machine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ResourcesView {
    /// Memory that programs can still take, MiB.
    pub(super) memory_free_mb: Option<u64>,
    /// Cores.
    pub(super) cpus: Option<usize>,
}

impl From<&wfo_base::resources::Resources> for ResourcesView {
    fn from(resources: &wfo_base::resources::Resources) -> Self {
        Self { memory_free_mb: resources.memory_free_mb, cpus: resources.cpus }
    }
}

/// What needs a look.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct AlertView {
    /// error, warning or info.
    pub(super) severity: String,
    /// git, costs, worktrees, ports, tasks or trust.
    area: &'static str,
    /// One sentence.
    pub(super) message: String,
}

impl From<&briefing::Alert> for AlertView {
    fn from(alert: &briefing::Alert) -> Self {
        Self { severity: alert.severity.to_string(), area: alert.area, message: clean(&alert.message) }
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
