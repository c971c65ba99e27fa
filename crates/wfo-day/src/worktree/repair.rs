//! Puts right what a killed command left half done, and says so: a creation is taken back, a removal is finished or dropped,
//! an open merge is named. Every writing worktree command begins with it. Erases nothing that it does not know for its own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wfo_base::processes::Processes;
use wfo_base::{Diagnostic, Problem, codes, read, text::code_span, trust};
use wfo_worktree::{Change, Entry, Field};

use super::trash::{Slot, Trashed};
use super::{book, site::Site, trash};

/// Work under way, as its note has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// A worktree is being made.
    Create {
        branch: String,
        path: PathBuf,
        /// The commit at which a branch is made; `None` when it was there before.
        new_branch: Option<String>,
        /// The row as it was, where the branch had one.
        #[serde(default)]
        row: Option<OldRow>,
    },
    /// A worktree is being moved to the trash.
    Remove { entry: Trashed, delete_branch: bool },
    /// A branch is being merged in the main checkout.
    Merge { branch: String, tip: String },
}

/// A row that a creation takes over: a lease without a worktree, or the row of one that is gone. Somebody was told of it, so
/// it comes back when the creation fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OldRow {
    path: Option<PathBuf>,
    ports: Vec<u16>,
    task: Option<String>,
    status: Option<String>,
}

impl OldRow {
    /// Remembers a row.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            path: entry.worktree_path.clone(),
            ports: entry.ports.clone(),
            task: entry.task.clone(),
            status: entry.status.clone(),
        }
    }

    /// Says what makes a row this one again.
    fn changes(&self, row: &Entry) -> Vec<Change> {
        let status = ["orphaned", "merged"].into_iter().find(|word| self.status.as_deref() == Some(word));
        let path = self.path.as_deref().map(|path| path.to_string_lossy().into_owned());
        let fields = [
            Some(Field::Path(path)),
            (row.ports != self.ports).then(|| Field::Ports(self.ports.clone())),
            (row.task != self.task).then(|| Field::Task(self.task.clone())),
            status.map(Field::Status),
        ];
        fields.into_iter().flatten().map(|field| Change::Set { index: row.index, field }).collect()
    }
}

/// Names the work on one folder: two calls cannot work on the same one.
pub(crate) fn key(path: &Path) -> String {
    trust::digest(&path.to_string_lossy()).chars().take(24).collect()
}

/// The problem that somebody else is at work there.
pub(crate) fn busy(path: &Path) -> Problem {
    Problem::new(codes::WORKTREE_BUSY, format!("another wfo-helper is at work on `{}`", path.display()))
        .hint("try again when it has ended")
}

/// Counts what was left half done in this repository.
pub(crate) fn abandoned(site: &Site<'_>) -> usize {
    site.pending().abandoned::<Work>().len()
}

/// Puts right everything that was abandoned in this repository, and says so. What cannot be put right stays noted: it keeps
/// other calls from its own folder only.
pub(crate) fn run(site: &Site<'_>, notes: &mut Vec<Diagnostic>) {
    for (pending, work) in site.pending().abandoned::<Work>() {
        // A note that was torn was written before anything was done.
        let done = work.map_or(Ok(None), |work| put_right(site, &work, notes).map(Some));
        match done {
            Ok(what) => {
                notes.extend(what.map(|what| Problem::new(codes::WORKTREE_REPAIRED, what).info()));
                pending.done();
            }
            Err(problem) => notes.push(problem.warning()),
        }
    }
}

fn put_right(site: &Site<'_>, work: &Work, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    match work {
        Work::Create { branch, .. } => {
            let start = format!("the creation of {} was not finished by an earlier call", code_span(branch));
            Ok(format!("{start}{}", take_back(site, work, notes)?))
        }
        Work::Remove { entry, delete_branch } => removal(site, entry, *delete_branch, notes),
        Work::Merge { branch, tip } => {
            let start = format!("the merge of {} was not finished by an earlier call", code_span(branch));
            let main = wfo_git::Repository::discover(site.main_root())?;
            // Somebody may have gone on with it by hand: aborting would take that back, too.
            let open = main.map(|main| wfo_git::is_merging(&main, tip)) == Some(true);
            Ok(match open {
                true => {
                    format!("{start} and is under way: `git commit` finishes it, `git merge --abort` takes it back")
                }
                false => format!("{start}; none is under way"),
            })
        }
    }
}

fn removal(
    site: &Site<'_>,
    entry: &Trashed,
    delete_branch: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<String, Problem> {
    let slot = Slot::of(site, &entry.name);
    let start =
        format!("the removal of {} was not finished by an earlier call", code_span(&entry.path.display().to_string()));
    // What stands at its old place came later, or is the worktree itself.
    if !slot.take_up(&entry.path)? && read::is_there(&entry.path) != Some(false) {
        slot.empty()?;
        wfo_git::let_commit_go(site.repository(), &entry.name)?;
        return Ok(format!("{start}; nothing was removed"));
    }
    // Git's list may name another worktree by now, made at the same place: that one is not ours to take out of it.
    if wfo_git::is_linked_folder(site.repository(), &entry.path) {
        return Ok(format!("{start}; it lies in the trash, and what stands at its old place stays"));
    }
    finish_removal(site, entry, &slot, delete_branch, notes)?;
    Ok(format!("{start} and was finished"))
}

/// Says whether git's worktree at a place is the one that was being made: nobody else has its branch, and while git makes it,
/// it is locked so.
fn is_ours(tree: &wfo_git::Worktree, branch: &str, path: &Path) -> bool {
    let made_now = tree.branch.is_none() && tree.locked.as_deref() == Some("initializing");
    tree.path == path && (tree.branch.as_deref() == Some(branch) || made_now)
}

fn ours(site: &Site<'_>, branch: &str, path: &Path) -> Option<wfo_git::Worktree> {
    wfo_git::checkouts(site.repository()).into_iter().find(|tree| is_ours(tree, branch, path))
}

/// Says whether somebody has begun to work in a worktree whose creation was not finished: a process, or commits.
fn is_in_use(site: &Site<'_>, branch: &str, path: &Path, new_branch: Option<&str>) -> bool {
    let Some(tree) = ours(site, branch, path) else { return false };
    let tip = wfo_git::branch_tip(site.repository(), branch).ok().flatten();
    let moved = tree.detached || new_branch.is_some_and(|start| tip.is_some_and(|tip| tip != start));
    moved || Processes::look().inside(path).is_none_or(|processes| !processes.is_empty())
}

/// Moves what a half made worktree's folder holds to the trash: somebody may have found it.
fn keep_found(site: &Site<'_>, tree: &wfo_git::Worktree, branch: &str) -> Result<String, Problem> {
    let slot = Slot::new(site, &wfo_worktree::slug(branch))?;
    let entry = Trashed::of(site, &slot, &tree.path, Some(branch.to_owned()), tree.head.clone());
    let commit = match &entry.commit {
        Some(commit) => Some(commit.clone()),
        None => wfo_git::branch_tip(site.repository(), branch)?,
    };
    if let Some(commit) = &commit {
        wfo_git::keep_commit(site.repository(), &slot.name, commit)?;
    }
    slot.note(&Trashed { commit, ..entry })?;
    if read::is_there(&tree.path) == Some(true) {
        slot.take(&tree.path)?;
    }
    wfo_git::unlink_worktree(site.repository(), &tree.path, &slot.git)?;
    Ok(slot.name)
}

/// Takes a creation back: the worktree goes to the trash, the branch if it was made and stands where it began, and the row.
/// What is not the worktree that was being made stays, and so does one in which somebody has begun to work. Says how it ended.
pub(crate) fn take_back(site: &Site<'_>, work: &Work, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    let Work::Create { branch, path, new_branch, .. } = work else { return Ok(String::new()) };
    if is_in_use(site, branch, path, new_branch.as_deref()) {
        return Ok(", but somebody works in it: it stays as it is".to_owned());
    }
    let mut end = " and was taken back".to_owned();
    match ours(site, branch, path) {
        Some(tree) => {
            let name = keep_found(site, &tree, branch)?;
            end = format!("{end}; what was there lies in the trash as {}", code_span(&name));
        }
        // Claimed and not filled: only an empty folder can be removed like this.
        None => drop(std::fs::remove_dir(path)),
    }
    trash::remove_if_empty(site, path);
    let elsewhere = wfo_git::checkouts(site.repository()).iter().any(|tree| tree.branch.as_deref() == Some(branch));
    if let Some(tip) = new_branch.as_deref().filter(|_| !elsewhere)
        && wfo_git::branch_tip(site.repository(), branch)?.as_deref() == Some(tip)
    {
        wfo_git::delete_branch(site.repository(), branch, tip)?;
    }
    give_row_back(site, work, notes)?;
    Ok(end)
}

/// Takes the row of a creation out of the registry, or makes it the lease again that it was before.
pub(crate) fn give_row_back(site: &Site<'_>, work: &Work, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    let Work::Create { path, row, .. } = work else { return Ok(()) };
    change_rows(site, notes, &|now, at| match row {
        _ if at != Some(path) => Vec::new(),
        Some(before) => before.changes(now),
        None => vec![Change::Remove { index: now.index }],
    })
}

/// Takes the rows of a removed worktree out of the registry: those of its folder, and leases of its branch that it used. Another
/// repository's are never touched.
pub(crate) fn forget_row(
    site: &Site<'_>,
    path: &Path,
    branch: Option<&str>,
    notes: &mut Vec<Diagnostic>,
) -> Result<(), Problem> {
    change_rows(site, notes, &|row, at| {
        // A row without a repository is known by its folder only.
        let used = branch.is_some() && row.branch.as_deref() == branch && row.repo_path.is_some();
        let free = at.is_none_or(|at| read::is_there(at) == Some(false));
        let goes = at == Some(path) || used && free;
        goes.then_some(Change::Remove { index: row.index }).into_iter().collect()
    })
}

/// Takes the rows of folders that are no more out of the registry, all in one.
pub(crate) fn forget_folders(site: &Site<'_>, paths: &[&Path], notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    change_rows(site, notes, &|row, at| {
        let goes = at.is_some_and(|at| paths.contains(&at) && read::is_there(at) == Some(false));
        goes.then_some(Change::Remove { index: row.index }).into_iter().collect()
    })
}

/// Changes rows of this repository; `change` is asked about each, with the folder that it names.
fn change_rows(
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
    change: &dyn Fn(&Entry, Option<&Path>) -> Vec<Change>,
) -> Result<(), Problem> {
    let home = site.user_home();
    book::change(site.home, &site.rules, notes, |book| {
        let entries = book.registry.as_ref().map_or(&[][..], |registry| &registry.entries);
        let tidy = |path: &Path| wfo_worktree::paths::tidy(path, home.as_deref());
        let ours =
            entries.iter().filter(|row| row.repo_path.as_deref().is_none_or(|repo| tidy(repo) == site.main_root()));
        let changes = ours.flat_map(|row| change(row, row.worktree_path.as_deref().map(tidy).as_deref()));
        Ok((changes.collect(), ()))
    })
}

/// Finishes a removal whose folder is in the trash already.
pub(crate) fn finish_removal(
    site: &Site<'_>,
    entry: &Trashed,
    slot: &Slot,
    delete_branch: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<(), Problem> {
    // An earlier call may have come so far.
    if read::is_there(&slot.git) != Some(true) {
        match wfo_git::unlink_worktree(site.repository(), &entry.path, &slot.git) {
            Err(problem) if problem.code != codes::WORKTREE_UNKNOWN => return Err(problem),
            _ => {}
        }
    }
    if let (true, Some(branch), Some(commit)) = (delete_branch, &entry.branch, &entry.commit)
        && wfo_git::branch_tip(site.repository(), branch)?.is_some()
        && let Err(problem) = wfo_git::delete_branch(site.repository(), branch, commit)
    {
        // It moved, or somebody checked it out meanwhile: then it is not ours to delete any more.
        if ![codes::GIT_BRANCH_MOVED, codes::WORKTREE_EXISTS].contains(&problem.code) {
            return Err(problem);
        }
        notes.push(problem.warning());
    }
    forget_row(site, &entry.path, entry.branch.as_deref(), notes)
}
