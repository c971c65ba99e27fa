//! Joins git's worktrees with the registry: one row each, with ports, task, age and a recommendation.
//! A repository is its main checkout's path; a project's name is never compared.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use wfo_base::{Noted, Problem, clock, codes, text::code_span};

use crate::paths::tidy;
use crate::recommend::{Action, Circumstances, Recommendation, recommend};
use crate::registry::{Entry, FILE, Registry};
use crate::rules::Rules;

/// What git knows about one worktree; `None` = could not be determined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitWorktree {
    /// Its folder, absolute.
    pub path: PathBuf,
    /// Branch without `refs/heads/`; `None` when detached.
    pub branch: Option<String>,
    /// Whether it is the main checkout.
    pub main: bool,
    /// Whether HEAD is on no branch.
    pub detached: bool,
    /// Whether it is locked.
    pub locked: bool,
    /// Whether its folder is gone.
    pub prunable: bool,
    /// Files changed, untracked ones and conflicts included.
    pub changes: Option<u64>,
    /// Whether `ahead` and `behind` are counted against an upstream; otherwise against the default branch.
    pub has_upstream: bool,
    /// Commits that the other lacks.
    pub ahead: Option<u64>,
    /// Commits that only the other has.
    pub behind: Option<u64>,
    /// When the branch's last commit was made.
    pub last_commit: Option<Timestamp>,
    /// Whether its commits are in the default branch; a branch without commits of its own is not merged.
    pub merged: Option<bool>,
    /// Whether the repository has a remote at all: without one there is nowhere to push to.
    pub has_remotes: Option<bool>,
    /// Its commits that no remote has, with or without an upstream.
    pub unpushed: Option<u64>,
    /// Its commits that the default branch lacks. Without an upstream `ahead` says the same.
    pub ahead_default: Option<u64>,
    /// Commits of the default branch that it lacks. Without an upstream `behind` says the same.
    pub behind_default: Option<u64>,
    /// How much of its TODO is done, 0 to 100; `None` also without a TODO.
    pub todo_percent: Option<u8>,
}

/// Where and when, and by which numbers.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The main checkout.
    pub repo: &'a Path,
    /// The user's home, for `~` in the registry.
    pub home: Option<&'a Path>,
    /// The time of this call.
    pub now: Timestamp,
    /// The numbers in force.
    pub rules: Rules,
}

/// One worktree of this repository, or the lease of one that is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its folder, absolute.
    pub path: PathBuf,
    /// Its branch; `None` when detached.
    pub branch: Option<String>,
    /// The ports leased for it.
    pub ports: Vec<u16>,
    /// What it is for, from the registry.
    pub task: Option<String>,
    /// Files changed.
    pub changes: Option<u64>,
    /// Commits not pushed.
    pub ahead: Option<u64>,
    /// Commits not fetched.
    pub behind: Option<u64>,
    /// Whole days since the last commit.
    pub age_days: Option<i64>,
    /// Whether it is merged into the default branch.
    pub merged: Option<bool>,
    /// What to do.
    pub recommendation: Recommendation,
    /// Whether it is the main checkout.
    pub main: bool,
    /// Whether HEAD is on no branch.
    pub detached: bool,
    /// Whether it is locked.
    pub locked: bool,
    /// Whether its folder is gone.
    pub prunable: bool,
    /// Whether the registry has a row for it.
    pub registered: bool,
    /// Whether git does not know it: only its row in the registry is left.
    pub orphaned: bool,
    /// Whether its last commit is older than the stale limit.
    pub stale: bool,
}

/// Counts the linked worktrees that are there: neither the main checkout, nor gone, nor only a row.
#[must_use]
pub fn active(rows: &[Row]) -> usize {
    rows.iter().filter(|row| !row.main && !row.orphaned && !row.prunable).count()
}

/// Makes the rows: the main checkout first, then by path.
///
/// A row of the registry belongs to this repository by its `repoPath`; without one, when its folder is one of git's or lies
/// in the main checkout. It is joined by folder, else by branch (git moved the worktree). Rows left over are orphaned; those
/// without a folder are leases, and only lend their ports to the worktree of their branch.
#[must_use]
pub fn rows(worktrees: &[GitWorktree], registry: Option<&Registry>, place: &Place<'_>) -> Noted<Vec<Row>> {
    let repo = tidy(place.repo, place.home);
    let folders: Vec<PathBuf> = worktrees.iter().map(|worktree| tidy(&worktree.path, place.home)).collect();
    let mut ours: Vec<(&Entry, Option<PathBuf>)> = registry
        .map_or(&[][..], |registry| &registry.entries)
        .iter()
        .map(|entry| (entry, entry.worktree_path.as_ref().map(|path| tidy(path, place.home))))
        .filter(|(entry, path)| belongs(entry, path.as_deref(), &repo, &folders, place.home))
        .collect();
    let mut out = Noted { value: Vec::new(), notes: Vec::new() };
    let mut joined: Vec<Vec<&Entry>> =
        folders.iter().map(|folder| take(&mut ours, |_, path| path == Some(folder))).collect();
    for (worktree, entries) in worktrees.iter().zip(&mut joined) {
        let Some(branch) = worktree.branch.as_deref().filter(|_| entries.is_empty()) else { continue };
        let moved = take(&mut ours, |entry, path| path.is_some() && entry.branch.as_deref() == Some(branch));
        if !moved.is_empty() {
            out.notes.push(moved_note(branch, worktree).info());
        }
        *entries = moved;
    }
    for (worktree, entries) in worktrees.iter().zip(&joined) {
        let leases: Vec<&Entry> = ours
            .iter()
            .filter(|(entry, path)| path.is_none() && entry.branch.is_some() && entry.branch == worktree.branch)
            .map(|(entry, _)| *entry)
            .collect();
        out.value.push(row(worktree, entries, &leases, registry.is_some(), place));
    }
    out.value.extend(ours.iter().filter_map(|(entry, path)| Some(orphan(entry, path.as_deref()?))));
    out.value.sort_by(|a, b| b.main.cmp(&a.main).then_with(|| a.path.cmp(&b.path)));
    out
}

fn belongs(entry: &Entry, path: Option<&Path>, repo: &Path, folders: &[PathBuf], home: Option<&Path>) -> bool {
    match (&entry.repo_path, path) {
        (Some(other), _) => tidy(other, home) == repo,
        (None, Some(path)) => path.starts_with(repo) || folders.iter().any(|folder| folder == path),
        (None, None) => false,
    }
}

/// Moves the entries that fit out of the list.
fn take<'a>(
    from: &mut Vec<(&'a Entry, Option<PathBuf>)>,
    fits: impl Fn(&Entry, Option<&PathBuf>) -> bool,
) -> Vec<&'a Entry> {
    let mut taken = Vec::new();
    from.retain(|(entry, path)| {
        let fits = fits(entry, path.as_ref());
        if fits {
            taken.push(*entry);
        }
        !fits
    });
    taken
}

fn moved_note(branch: &str, worktree: &GitWorktree) -> Problem {
    let message = format!(
        "`{FILE}` has another folder for {} than {}, where git has it",
        code_span(branch),
        code_span(&worktree.path.display().to_string())
    );
    Problem::new(codes::REGISTRY_ROW_INVALID, message).hint(format!("correct the row in CONFIG/{FILE}")).in_file(FILE)
}

fn row(worktree: &GitWorktree, entries: &[&Entry], leases: &[&Entry], registry: bool, place: &Place<'_>) -> Row {
    let age_days = worktree.last_commit.map(|commit| clock::whole_days(commit, place.now));
    let registered = !entries.is_empty();
    let Rules { stale_days, archive_days, .. } = place.rules;
    let at = Circumstances { age_days, stale_days, archive_days, registered: registry.then_some(registered) };
    let mut ports: Vec<u16> = entries.iter().chain(leases).flat_map(|entry| &entry.ports).copied().collect();
    ports.sort_unstable();
    ports.dedup();
    Row {
        path: worktree.path.clone(),
        branch: worktree.branch.clone(),
        ports,
        task: entries.iter().chain(leases).find_map(|entry| entry.task.clone()),
        changes: worktree.changes,
        ahead: worktree.ahead,
        behind: worktree.behind,
        age_days,
        merged: worktree.merged,
        recommendation: recommend(worktree, at),
        main: worktree.main,
        detached: worktree.detached,
        locked: worktree.locked,
        prunable: worktree.prunable,
        registered,
        orphaned: false,
        stale: !worktree.main && age_days.is_some_and(|age| age > i64::from(stale_days)),
    }
}

fn orphan(entry: &Entry, path: &Path) -> Row {
    let mut ports = entry.ports.clone();
    ports.sort_unstable();
    let reason = match ports.len() {
        0 => "git knows no such worktree; its row in the registry is all that is left".to_owned(),
        _ => "git knows no such worktree, but its ports are still held".to_owned(),
    };
    Row {
        path: path.to_owned(),
        branch: entry.branch.clone(),
        ports,
        task: entry.task.clone(),
        changes: None,
        ahead: None,
        behind: None,
        age_days: None,
        merged: None,
        recommendation: Recommendation { action: Action::Free, reason },
        main: false,
        detached: false,
        locked: false,
        prunable: false,
        registered: true,
        orphaned: true,
        stale: false,
    }
}

#[cfg(test)]
mod tests;
