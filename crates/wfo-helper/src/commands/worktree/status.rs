//! `worktree status`: how far each worktree is and what stands in its way.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Scene, Site, Standing, status};

use super::list::RowView;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::worktree::{clean, ports};
use crate::render::{Paint, and_more, cut};

/// Show how far each worktree is, and what stands in its way
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Every worktree, looked at closely.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// One row a worktree, in the order of `worktree list`.
    worktrees: Vec<StandingView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees_more: Option<usize>,
}

/// One worktree.
#[derive(Debug, Serialize, JsonSchema)]
struct StandingView {
    #[serde(flatten)]
    list: RowView,
    /// How much of its TODO is done; absent when no TODO belongs to its branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<TodoView>,
    /// Its last test report; absent when none lies in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<TestsView>,
    /// Commits that exist only in it; null when not determined, absent for the main checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    alone: Option<Option<u64>>,
    /// Files in which a merge into the default branch would conflict; null when not determined, absent for the main checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflicts: Option<Option<Vec<String>>>,
    /// Programs that work in it; null when the system does not tell, absent for the main checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    processes: Option<Option<Vec<ProcessView>>>,
    /// What keeps it from being merged now.
    blockers: Vec<String>,
    /// May it be removed; absent for the main checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    removal: Option<RemovalView>,
}

/// How much of a TODO is done.
#[derive(Debug, Serialize, JsonSchema)]
struct TodoView {
    /// The TODO file.
    file: String,
    /// Tasks that are over.
    done: usize,
    /// All tasks.
    total: usize,
    /// Whole percent; null without tasks.
    percent: Option<u8>,
}

/// The last test report.
#[derive(Debug, Serialize, JsonSchema)]
struct TestsView {
    /// The report, relative to the worktree.
    file: &'static str,
    /// When it was written.
    at: String,
    /// Whether nothing was committed since; null when that cannot be told.
    fresh: Option<bool>,
}

/// A program at work in a worktree.
#[derive(Debug, Serialize, JsonSchema)]
struct ProcessView {
    /// Its number.
    pid: u32,
    /// Its name.
    name: String,
}

/// May a worktree be removed?
#[derive(Debug, Serialize, JsonSchema)]
struct RemovalView {
    /// safe, unsafe or unknown; unknown is a no.
    verdict: &'static str,
    /// Why.
    reasons: Vec<String>,
}

impl StandingView {
    fn new(standing: &Standing, list: RowView) -> Self {
        let detail = standing.detail.as_ref();
        Self {
            list,
            todo: standing.todo.as_ref().map(|todo| TodoView {
                file: todo.file.clone(),
                done: todo.done,
                total: todo.total,
                percent: todo.percent(),
            }),
            tests: standing.tests.as_ref().map(|tests| TestsView {
                file: tests.file,
                at: tests.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                fresh: tests.fresh,
            }),
            alone: detail.map(|detail| detail.holdings.alone),
            conflicts: detail
                .map(|_| standing.conflicts.as_ref().map(|files| files.iter().map(|file| clean(file)).collect())),
            processes: detail.map(|detail| {
                let view = |one: &wfo_day::worktree::Process| ProcessView { pid: one.pid, name: clean(&one.name) };
                detail.processes.as_ref().map(|list| list.iter().map(view).collect())
            }),
            blockers: standing.blockers.iter().map(|blocker| clean(blocker)).collect(),
            removal: detail.map(|detail| RemovalView {
                verdict: detail.judgement.verdict.word(),
                reasons: detail.judgement.reasons.iter().map(|reason| clean(&reason.what)).collect(),
            }),
        }
    }

    fn text(&self, paint: Paint) -> String {
        let row = &self.list.row;
        let name = row.branch.as_deref().unwrap_or("(detached)");
        let task = row.task.as_deref().map(|task| format!("  {task}")).unwrap_or_default();
        let mut out = format!("{}{task}  {}\n", paint.bold(name), paint.dim(&clean(&row.path)));
        if row.main {
            return out + "  main checkout\n";
        }
        let number = |number: Option<u64>| number.map_or("?".to_owned(), |number| number.to_string());
        let merged = match row.merged {
            Some(true) => ", merged",
            Some(false) => "",
            None => ", merged or not could not be told",
        };
        out += &format!(
            "  {} changed, {} ahead, {} behind{merged}; ports {}\n",
            number(row.changes),
            number(row.ahead),
            number(row.behind),
            ports(&row.ports)
        );
        for one in &self.list.listening {
            let who = one.name.as_deref().unwrap_or("somebody");
            out += &format!("  {who} listens on {}\n", one.port);
        }
        if let Some(todo) = &self.todo {
            out += &format!("  TODO {} of {} done ({})\n", todo.done, todo.total, todo.file);
        }
        if let Some(tests) = &self.tests {
            let fresh = match tests.fresh {
                Some(true) => "fresh",
                Some(false) => "older than the work",
                None => "perhaps older than the work",
            };
            out += &format!("  tests: {} of {}, {fresh}\n", tests.file, tests.at);
        }
        for blocker in &self.blockers {
            out += &format!("  {} {blocker}\n", paint.yellow("blocked:"));
        }
        let next = &row.recommendation;
        out += &format!("  {} {} ({})\n", paint.green("next:"), next.action, next.reason);
        if let Some(removal) = &self.removal {
            out += &paint.dim(&format!("  removal {}: {}\n", removal.verdict, removal.reasons.join("; ")));
        }
        out
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let rows: Vec<String> = self.worktrees.iter().map(|row| row.text(paint)).collect();
        rows.join("\n") + &and_more(self.worktrees_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.worktrees, &mut self.worktrees_more, limit);
    }
}

pub(super) fn run(
    _args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let (scene, standings): (Scene, Vec<Standing>) = status(site, notes)?;
    let listening = scene.listening();
    let row = |one: &Standing| StandingView::new(one, RowView::new(&one.row, &scene, &listening, call));
    let view = Shown { worktrees: standings.iter().map(row).collect(), worktrees_more: None };
    Ok(Answer::new("wfo.worktree-status/1", view).into())
}
