//! `worktree status`: how far each worktree is, and what stands in its way: TODO, tests, conflicts to come, who works in it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use wfo_base::{Diagnostic, Problem, read};
use wfo_git::{Merges, Worktree};
use wfo_todo::Workflow;
use wfo_worktree::{MergeFacts, Row, Tests};

use super::scene::{Detail, Scene};
use super::site::Site;
use crate::bounds::Bounds;
use crate::workflows;

/// Reports that test runners leave, newest counts. The gates read them; here only their time matters.
const REPORTS: [&str; 10] = [
    "junit.xml",
    "test-results.xml",
    "reports/junit.xml",
    "test-results/junit.xml",
    "coverage.xml",
    "coverage.json",
    "coverage/lcov.info",
    "coverage/coverage-summary.json",
    ".coverage",
    "target/nextest/default/junit.xml",
];

/// How much of a TODO is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The TODO file.
    pub file: String,
    /// Tasks that are over.
    pub done: usize,
    /// All tasks.
    pub total: usize,
    /// Tasks that are blocked.
    pub blocked: usize,
}

impl Progress {
    /// Whole percent, rounded down; `None` without tasks.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        (self.done * 100).checked_div(self.total).and_then(|percent| u8::try_from(percent).ok())
    }
}

/// The last report of a test run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// The file, relative to the worktree.
    pub file: &'static str,
    /// When it was written.
    pub at: Timestamp,
    /// Whether nothing was committed or changed since; `None` when that cannot be told.
    pub fresh: Option<bool>,
}

/// One worktree, looked at closely.
#[derive(Debug)]
pub struct Standing {
    /// As in the list.
    pub row: Row,
    /// What it holds and whether it may go; `None` for the main checkout and for what is only a row.
    pub detail: Option<Detail>,
    /// Its TODO, where one belongs to its branch.
    pub todo: Option<Progress>,
    /// Its last test report.
    pub tests: Option<TestReport>,
    /// Files in which a merge into the default branch would conflict; `None` when that could not be determined.
    pub conflicts: Option<Vec<String>>,
    /// What keeps it from being merged now.
    pub blockers: Vec<String>,
}

/// Looks at every worktree of the repository.
///
/// # Errors
/// `worktree.registry-invalid`.
pub fn status(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<(Scene, Vec<Standing>), Problem> {
    let records = workflows::workflows(site.place().shared_root(), Bounds::FULL, notes);
    let todos = Todos::of(&records);
    let percent = |branch: &str| todos.percent(branch);
    let scene = Scene::with_progress(site, &percent, notes)?;
    let linked: Vec<usize> =
        (0..scene.git.worktrees.len()).filter(|index| scene.tree(*index).is_some_and(|tree| !tree.main)).collect();
    let mut details: BTreeMap<&Path, Detail> = linked
        .iter()
        .filter_map(|index| scene.tree(*index))
        .map(|tree| tree.path.as_path())
        .zip(scene.details(site, &linked))
        .collect();
    let base = scene.default_tip(site);
    let mut merges = Merges::open(site.repository()).map_err(|problem| notes.push(problem.warning())).ok();
    let mut standings = Vec::new();
    for row in &scene.rows {
        let tree = scene.tree_of(row);
        let detail = details.remove(row.path.as_path());
        let todo = row.branch.as_deref().and_then(|branch| todos.find(branch)).cloned();
        let tests = tree.and_then(report);
        let trial = base.as_deref().zip(tree.and_then(|tree| tree.head.as_deref()));
        let conflicts = trial
            .filter(|_| !row.main)
            .and_then(|(base, tip)| merges.as_mut()?.trial(base, tip))
            .map(|trial| trial.conflicts);
        let blockers = match (tree, &detail) {
            (Some(tree), Some(detail)) if row.merged != Some(true) => {
                blockers(tree, detail, todo.as_ref(), tests.as_ref(), conflicts.as_deref())
            }
            _ => Vec::new(),
        };
        standings.push(Standing { row: row.clone(), detail, todo, tests, conflicts, blockers });
    }
    drop(details);
    Ok((scene, standings))
}

fn progress(record: &Workflow) -> Progress {
    let over = record.tasks.iter().filter(|task| task.status.is_over()).count();
    let blocked = record.tasks.iter().filter(|task| task.status == wfo_todo::TaskStatus::Blocked).count();
    Progress { file: record.file.clone(), done: over, total: record.tasks.len(), blocked }
}

/// How far the TODO files are, by slug.
pub(crate) struct Todos(BTreeMap<String, Progress>);

impl Todos {
    /// Counts the tasks of each record.
    pub(crate) fn of(records: &[Workflow]) -> Self {
        Self(records.iter().map(|record| (record.slug.clone(), progress(record))).collect())
    }

    /// Finds the TODO whose slug a branch carries: `feature/<stamp>_<slug>` or `feature/<slug>`.
    fn find(&self, branch: &str) -> Option<&Progress> {
        let name = branch.rsplit('/').next().unwrap_or(branch);
        let is_stamp = |stamp: &str| stamp.len() == 16 && stamp.ends_with('Z');
        let slug = name.split_once('_').filter(|(stamp, _)| is_stamp(stamp)).map(|(_, slug)| slug);
        slug.and_then(|slug| self.0.get(slug)).or_else(|| self.0.get(name))
    }

    /// Tells how much of a branch's TODO is done, in percent.
    pub(crate) fn percent(&self, branch: &str) -> Option<u8> {
        self.find(branch).and_then(Progress::percent)
    }
}

/// Finds the newest report of a worktree.
fn report(tree: &Worktree) -> Option<TestReport> {
    let times = REPORTS.iter().filter_map(|file| {
        let found = read::find(&tree.path, file).ok()??;
        let modified = std::fs::metadata(&found.path).ok()?.modified().ok()?;
        Some((Timestamp::try_from(modified).ok()?, *file))
    });
    let (at, file) = times.max()?;
    let commit = tree.last_commit.as_ref().map(jiff::Zoned::timestamp);
    let fresh = match (commit, tree.changes()) {
        (Some(commit), Some(0)) => Some(at >= commit),
        (Some(commit), _) if at < commit => Some(false),
        // Which file was changed when is not looked at: uncommitted work may be younger than the report.
        _ => None,
    };
    Some(TestReport { file, at, fresh })
}

fn blockers(
    tree: &Worktree,
    detail: &Detail,
    todo: Option<&Progress>,
    tests: Option<&TestReport>,
    conflicts: Option<&[String]>,
) -> Vec<String> {
    wfo_worktree::blockers(&MergeFacts {
        conflicted: tree.status.map(|status| status.conflicted),
        operations: Some(detail.holdings.operation.map(|operation| operation.word().to_owned()).into_iter().collect()),
        changes: tree.changes(),
        blocked_tasks: todo.map_or(0, |todo| todo.blocked as u64),
        behind_default: tree.behind_default,
        tests: tests.and_then(|tests| (tests.fresh == Some(false)).then_some(Tests::Stale)),
        forecast: conflicts.map(|conflicts| conflicts.len() as u64),
        locked: tree.locked.is_some(),
    })
}
