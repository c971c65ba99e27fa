//! The parts of an end of day as they are shown, each made from what its step came to.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::Usd;
use wfo_cost::Percent;
use wfo_day::context::{PAGE, Wrote};
use wfo_day::end_day::{Check, Cleaning, Item, Money, Step};
use wfo_day::scan::Rules;

use crate::render::proposal::ProposalView;

/// One step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct StepView {
    /// sweep, handover, costs, worktrees, learnings or backup.
    pub(super) name: &'static str,
    /// Of the sweep: pass, fail or unknown. Of the others: done, nothing (there was nothing to do), proposed (a person is asked),
    /// unknown, skipped (the sweep is not clean) or failed.
    pub(super) verdict: &'static str,
    /// One sentence.
    pub(super) detail: String,
    /// The code of what kept it from its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'static str>,
}

/// The sweep.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct SweepView {
    /// The worst of the checks.
    pub(super) verdict: &'static str,
    /// secrets, history, dependencies, env and permissions.
    pub(super) checks: Vec<CheckView>,
}

/// One check of the sweep.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CheckView {
    /// secrets, history, dependencies, env or permissions.
    pub(super) name: &'static str,
    /// pass, fail, unknown or skipped (it does not apply, by evidence).
    pub(super) verdict: &'static str,
    /// How many findings there are, warnings included.
    pub(super) findings: usize,
    /// The findings, where they are known one by one.
    pub(super) items: Vec<ItemView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items_more: Option<usize>,
    /// One sentence.
    pub(super) detail: String,
    /// Who judged: built-in, or the tools of the evidence.
    pub(super) engine: String,
    /// The command that helps on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ItemView {
    /// The rule.
    pub(super) rule: String,
    /// What it is.
    pub(super) title: String,
    /// Whether it means no; otherwise it warns.
    pub(super) blocks: bool,
    /// The file; absent for the message of a commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// Its line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// The commit that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<String>,
    /// What tells it from others.
    pub(super) fingerprint: String,
}

/// The hand-over as it stands on the page now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct HandoverView {
    /// The page.
    pub(super) path: &'static str,
    /// Files that changed.
    pub(super) files: Vec<String>,
    /// What was finished.
    pub(super) completed: Vec<String>,
    /// What is under way.
    pub(super) in_progress: Vec<String>,
    /// What stands in the way.
    pub(super) blockers: Vec<String>,
    /// What was decided.
    pub(super) decisions: Vec<String>,
    /// What comes next.
    pub(super) priorities: Vec<String>,
    /// How many entries were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more: Option<usize>,
    /// Commits of the day; null when unknown, as all of these.
    pub(super) commits: Option<u64>,
    /// Files that they changed.
    pub(super) files_changed: Option<u64>,
    /// Tests that they added, less those that they took away.
    pub(super) tests_added: Option<u64>,
    /// Percent of the lines that tests run.
    pub(super) coverage: Option<f64>,
    /// From the first to the last event of the day in transcripts, in minutes.
    pub(super) session_minutes: Option<i64>,
}

/// Spending in US dollars; null when it could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CostsView {
    /// Spent today.
    #[schemars(with = "Option<f64>")]
    pub(super) today_usd: Option<Usd>,
    /// Spent since the first of the month.
    #[schemars(with = "Option<f64>")]
    pub(super) month_usd: Option<Usd>,
    /// The monthly soft limit.
    #[schemars(with = "Option<f64>")]
    pub(super) budget_usd: Option<Usd>,
    /// Budget less month.
    #[schemars(with = "Option<f64>")]
    pub(super) remaining_usd: Option<Usd>,
    /// Month as a percentage of the budget; null for a budget of zero.
    #[schemars(with = "Option<f64>")]
    pub(super) percent_used: Option<Percent>,
    /// Whether every transcript was read.
    pub(super) complete: bool,
    /// Responses that count since this call.
    pub(super) new: usize,
}

/// The worktrees.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CleaningView {
    /// Linked worktrees and rows that were looked at.
    pub(super) looked_at: usize,
    /// How many of them could go.
    pub(super) going: usize,
    /// What a person is asked; `wfo-helper worktree cleanup --confirm ID` carries it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proposal: Option<ProposalView>,
}

/// What was learned.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct LearningsView {
    /// What CLAUDE.md did not have, each as `kind: words`.
    pub(super) added: Vec<String>,
    /// What it had already.
    pub(super) known: Vec<String>,
    /// Lines that CONFIG/learnings.jsonl got.
    pub(super) listed: usize,
}

/// A backup.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct BackupView {
    /// By which it is restored.
    pub(super) stamp: String,
    /// Its folder.
    pub(super) folder: String,
    /// The files that it holds.
    pub(super) files: Vec<String>,
    /// Backups of more than 7 days that went.
    pub(super) pruned: Vec<String>,
}

/// One place that the summary was posted to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PostedView {
    /// slack or discord.
    pub(crate) to: &'static str,
    /// The host's name; the rest of the address is nobody's business.
    pub(crate) host: String,
    /// Whether it was taken.
    pub(crate) sent: bool,
}

impl From<&Step> for StepView {
    fn from(step: &Step) -> Self {
        let code = step.problem.as_ref().map(|problem| problem.code.id);
        Self { name: step.name, verdict: step.act.word(), detail: step.detail.clone(), code }
    }
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> Self {
        Self {
            name: check.name,
            verdict: check.verdict.word(),
            findings: check.findings,
            items: check.items.iter().map(ItemView::from).collect(),
            items_more: None,
            detail: check.detail.clone(),
            engine: check.engine.clone(),
            next: check.next.clone(),
        }
    }
}

impl From<&Item> for ItemView {
    fn from(item: &Item) -> Self {
        let Item { rule, title, blocks, file, line, commit, fingerprint } = item.clone();
        Self { rule, title, blocks, file, line, commit, fingerprint }
    }
}

impl ItemView {
    /// Words where it is.
    pub(super) fn place(&self) -> String {
        let mut place = self.file.clone().unwrap_or_else(|| "message".to_owned());
        if let (Some(line), true) = (self.line, self.file.is_some()) {
            place += &format!(":{line}");
        }
        if let Some(commit) = &self.commit {
            place += &format!(" ({})", commit.chars().take(8).collect::<String>());
        }
        place
    }
}

impl HandoverView {
    pub(super) fn new(wrote: &Wrote, rules: &Rules) -> Self {
        let page = wfo_todo::handover(&wrote.page).value;
        let list = |list: &[String]| list.iter().map(|text| rules.words(text)).collect();
        let begun = page.in_progress.iter().map(|row| {
            let percent = row.progress.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
            rules.words(&format!("{}{percent}", row.task))
        });
        let metrics = &wrote.reality.metrics;
        Self {
            path: PAGE,
            files: wrote.files.clone(),
            completed: list(&page.completed),
            in_progress: begun.collect(),
            blockers: list(&page.blockers),
            decisions: list(&page.decisions),
            priorities: page.priorities.iter().map(|priority| rules.words(&priority.text)).collect(),
            more: None,
            commits: metrics.commits,
            files_changed: metrics.files_changed,
            tests_added: metrics.tests_added,
            coverage: metrics.coverage,
            session_minutes: wrote.reality.minutes,
        }
    }
}

impl From<&Money> for CostsView {
    fn from(money: &Money) -> Self {
        let costs = &money.costs;
        Self {
            today_usd: costs.today,
            month_usd: costs.month,
            budget_usd: costs.budget,
            remaining_usd: costs.remaining,
            percent_used: costs.percent_used,
            complete: money.complete,
            new: money.new,
        }
    }
}

impl CleaningView {
    pub(super) fn new(cleaning: &Cleaning, rules: &Rules) -> Self {
        let proposal = cleaning.proposal.as_ref().map(|proposal| ProposalView {
            id: proposal.id.clone(),
            title: proposal.title.clone(),
            actions: proposal.actions.iter().map(|act| rules.words(act)).collect(),
        });
        Self { looked_at: cleaning.looked_at, going: cleaning.going, proposal }
    }
}
