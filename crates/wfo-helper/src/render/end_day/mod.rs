//! The end of a day as it is shown: its own types. `words.rs` has the text for a terminal, `page.rs` the summary in Markdown.
//! Every text of the repository is one line here, and holds no secret.

mod page;
mod words;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Clock, Diagnostic, Problem, Usd};
use wfo_cost::Percent;
use wfo_day::Place;
use wfo_day::context::{PAGE, Wrote};
use wfo_day::end_day::{Check, Cleaning, Day, Item, Money, Step};
use wfo_day::scan::Rules;

use super::proposal::ProposalView;
use super::{Paint, cut};
use crate::answer::View;

/// How the day ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EndDayView {
    /// Whether something was written: false on a dry run.
    applied: bool,
    /// The sweep's verdict: pass, fail or unknown. Only pass means that the work may be committed.
    verdict: &'static str,
    /// Each step in its order: sweep, handover, costs, worktrees, learnings, backup.
    steps: Vec<StepView>,
    /// The sweep's checks.
    sweep: SweepView,
    /// The hand-over; absent when it could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    handover: Option<HandoverView>,
    /// Spending; absent when the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<CostsView>,
    /// Worktrees; absent when the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees: Option<CleaningView>,
    /// What was learned; absent when nothing was said, or the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    learnings: Option<LearningsView>,
    /// The backup; absent when there was nothing to save, or the step broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<BackupView>,
    /// Where the summary was posted to; only with `--notify`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) notified: Vec<PostedView>,
    /// The summary in Markdown: what is posted, and what `--format markdown` prints.
    summary: String,
    #[serde(skip)]
    project: String,
    #[serde(skip)]
    ended: String,
    /// What the project's own template came to, as quotes.
    #[serde(skip)]
    additions: Vec<String>,
    #[serde(skip)]
    notes: Vec<Diagnostic>,
}

/// One step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct StepView {
    /// sweep, handover, costs, worktrees, learnings or backup.
    name: &'static str,
    /// Of the sweep: pass, fail or unknown. Of the others: done, nothing (there was nothing to do), proposed (a person is asked),
    /// unknown, skipped (the sweep is not clean) or failed.
    verdict: &'static str,
    /// One sentence.
    detail: String,
    /// The code of what kept it from its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// The sweep.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct SweepView {
    /// The worst of the checks.
    verdict: &'static str,
    /// secrets, history, dependencies, env and permissions.
    checks: Vec<CheckView>,
}

/// One check of the sweep.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CheckView {
    /// secrets, history, dependencies, env or permissions.
    name: &'static str,
    /// pass, fail, unknown or skipped (it does not apply, by evidence).
    verdict: &'static str,
    /// How many findings there are, warnings included.
    findings: usize,
    /// The findings, where they are known one by one.
    items: Vec<ItemView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    items_more: Option<usize>,
    /// One sentence.
    detail: String,
    /// Who judged: built-in, or the tools of the evidence.
    engine: String,
    /// The command that helps on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct ItemView {
    /// The rule.
    rule: String,
    /// What it is.
    title: String,
    /// Whether it means no; otherwise it warns.
    blocks: bool,
    /// The file; absent for the message of a commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Its line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The commit that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// What tells it from others.
    fingerprint: String,
}

/// The hand-over as it stands on the page now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct HandoverView {
    /// The page.
    path: &'static str,
    /// Files that changed.
    files: Vec<String>,
    /// What was finished.
    completed: Vec<String>,
    /// What is under way.
    in_progress: Vec<String>,
    /// What stands in the way.
    blockers: Vec<String>,
    /// What was decided.
    decisions: Vec<String>,
    /// What comes next.
    priorities: Vec<String>,
    /// How many entries were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
    /// Commits of the day; null when unknown, as all of these.
    commits: Option<u64>,
    /// Files that they changed.
    files_changed: Option<u64>,
    /// Tests that they added, less those that they took away.
    tests_added: Option<u64>,
    /// Percent of the lines that tests run.
    coverage: Option<f64>,
    /// From the first to the last event of the day in transcripts, in minutes.
    session_minutes: Option<i64>,
}

/// Spending in US dollars; null when it could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CostsView {
    /// Spent today.
    #[schemars(with = "Option<f64>")]
    today_usd: Option<Usd>,
    /// Spent since the first of the month.
    #[schemars(with = "Option<f64>")]
    month_usd: Option<Usd>,
    /// The monthly soft limit.
    #[schemars(with = "Option<f64>")]
    budget_usd: Option<Usd>,
    /// Budget less month.
    #[schemars(with = "Option<f64>")]
    remaining_usd: Option<Usd>,
    /// Month as a percentage of the budget; null for a budget of zero.
    #[schemars(with = "Option<f64>")]
    percent_used: Option<Percent>,
    /// Whether every transcript was read.
    complete: bool,
    /// Responses that count since this call.
    new: usize,
}

/// The worktrees.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CleaningView {
    /// Linked worktrees and rows that were looked at.
    looked_at: usize,
    /// How many of them could go.
    going: usize,
    /// What a person is asked; `wfo-helper worktree cleanup --confirm ID` carries it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// What was learned.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct LearningsView {
    /// What CLAUDE.md did not have, each as `kind: words`.
    added: Vec<String>,
    /// What it had already.
    known: Vec<String>,
    /// Lines that CONFIG/learnings.jsonl got.
    listed: usize,
}

/// A backup.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct BackupView {
    /// By which it is restored.
    stamp: String,
    /// Its folder.
    folder: String,
    /// The files that it holds.
    files: Vec<String>,
    /// Backups of more than 7 days that went.
    pruned: Vec<String>,
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

impl EndDayView {
    /// Turns facts into what is shown.
    pub(crate) fn new(day: &Day, place: &Place, clock: &Clock, rules: &Rules, dry_run: bool) -> Self {
        let learned = |list: &[(wfo_day::context::LearningKind, String)]| {
            list.iter().map(|(kind, text)| format!("{}: {}", kind.word(), rules.words(text))).collect()
        };
        let sweep =
            StepView { name: "sweep", verdict: day.sweep.verdict.word(), detail: words::sweep(&day.sweep), code: None };
        let mut view = Self {
            applied: !dry_run,
            verdict: day.sweep.verdict.word(),
            steps: std::iter::once(sweep).chain(day.steps.iter().map(StepView::from)).collect(),
            sweep: SweepView {
                verdict: day.sweep.verdict.word(),
                checks: day.sweep.checks.iter().map(CheckView::from).collect(),
            },
            handover: day.handover.as_ref().map(|wrote| HandoverView::new(wrote, rules)),
            costs: day.money.as_ref().map(CostsView::from),
            worktrees: day.cleaning.as_ref().map(|cleaning| CleaningView::new(cleaning, rules)),
            learnings: day.learned.as_ref().map(|learnings| LearningsView {
                added: learned(&learnings.added),
                known: learned(&learnings.known),
                listed: learnings.listed,
            }),
            backup: day.backup.as_ref().map(|saved| BackupView {
                stamp: saved.stamp.clone(),
                folder: saved.folder.to_string_lossy().into_owned(),
                files: saved.files.iter().map(|(path, _)| rules.shown(path)).collect(),
                pruned: saved.pruned.clone(),
            }),
            notified: Vec::new(),
            summary: String::new(),
            project: rules.words(&place.name()),
            ended: clock.now().strftime("%Y-%m-%d %H:%M").to_string(),
            additions: Vec::new(),
            notes: Vec::new(),
        };
        if let Some(own) = &day.template {
            (view.additions, view.notes) = page::filled(own, &view);
        }
        view.summary = match page::markdown(&view) {
            Ok(page) => rules.sweep().redact(&page).into_owned(),
            Err(problem) => {
                view.notes.push(problem.warning());
                String::new()
            }
        };
        view
    }

    /// The summary, as it is posted.
    pub(crate) fn summary(&self) -> &str {
        &self.summary
    }
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
    fn place(&self) -> String {
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
    fn new(wrote: &Wrote, rules: &Rules) -> Self {
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
    fn new(cleaning: &Cleaning, rules: &Rules) -> Self {
        let proposal = cleaning.proposal.as_ref().map(|proposal| ProposalView {
            id: proposal.id.clone(),
            title: proposal.title.clone(),
            actions: proposal.actions.iter().map(|act| rules.words(act)).collect(),
        });
        Self { looked_at: cleaning.looked_at, going: cleaning.going, proposal }
    }
}

impl View for EndDayView {
    fn text(&self, paint: Paint) -> String {
        words::text(self, paint)
    }

    fn markdown(&self) -> Result<String, Problem> {
        Ok(self.summary.clone())
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.notes.clone()
    }

    fn cut(&mut self, limit: usize) {
        for check in &mut self.sweep.checks {
            cut(&mut check.items, &mut check.items_more, limit);
        }
        if let Some(handover) = &mut self.handover {
            let HandoverView { completed, in_progress, blockers, decisions, priorities, more, .. } = handover;
            for list in [completed, in_progress, blockers, decisions, priorities] {
                cut(list, more, limit);
            }
        }
        // What is left holds no secret, so neither does the page that is made of it.
        if let Ok(page) = page::markdown(self) {
            self.summary = page;
        }
    }
}
