//! Puts right what a killed command left half done, and says so: a creation is taken back, a removal is finished or dropped,
//! a merge is aborted. Every writing worktree command begins with it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wfo_base::{Diagnostic, Problem, codes, text::code_span, trust};
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

/// What was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// One sentence.
    pub what: String,
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

/// Puts right everything that was abandoned in this repository.
///
/// # Errors
/// What keeps it from being put right; the note stays then.
pub(crate) fn run(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Vec<Repair>, Problem> {
    let mut done = Vec::new();
    for (pending, work) in site.pending().abandoned::<Work>() {
        // A note that was torn was written before anything was done.
        if let Some(work) = work {
            let what = put_right(site, &work, notes)?;
            notes.push(Problem::new(codes::WORKTREE_REPAIRED, what.clone()).info());
            done.push(Repair { what });
        }
        pending.done();
    }
    Ok(done)
}

fn put_right(site: &Site<'_>, work: &Work, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    match work {
        Work::Create { branch, path, .. } => {
            // Nobody was told of it, but somebody may have found it: what is there goes to the trash, not to nothing.
            let kept = keep_found(site, branch, path, notes)?;
            take_back(site, work, true, notes)?;
            let where_to = kept.map(|name| format!("; what was there lies in the trash as {}", code_span(&name)));
            let end = where_to.unwrap_or_default();
            Ok(format!(
                "the creation of {} was not finished by an earlier call and was taken back{end}",
                code_span(branch)
            ))
        }
        Work::Remove { entry, delete_branch } => {
            let slot = Slot::of(site, &entry.name);
            let shown = code_span(&entry.path.display().to_string()).clone();
            if std::fs::symlink_metadata(&entry.path).is_ok() && !slot.tree.is_dir() {
                slot.empty()?;
                wfo_git::let_commit_go(site.repository(), &entry.name)?;
                return Ok(format!("the removal of {shown} was not finished by an earlier call; nothing was removed"));
            }
            wfo_base::copy::erase(&entry.path)?;
            finish_removal(site, entry, &slot, *delete_branch, notes)?;
            Ok(format!("the removal of {shown} was not finished by an earlier call and was finished"))
        }
        Work::Merge { branch, tip } => {
            let main = wfo_git::Repository::discover(site.main_root())?;
            let aborted =
                main.map(|main| wfo_git::abort_merge(&main, tip, wfo_git::Foreign::Skip)).transpose()? == Some(true);
            let how = if aborted { "and was taken back" } else { "; nothing was left of it" };
            Ok(format!("the merge of {} was not finished by an earlier call {how}", code_span(branch)))
        }
    }
}

/// Moves what a half made worktree's folder holds to the trash, when git knows it and something was put into it.
fn keep_found(
    site: &Site<'_>,
    branch: &str,
    path: &Path,
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<String>, Problem> {
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(None);
    }
    let slot = Slot::new(site, &wfo_worktree::slug(branch))?;
    let entry = Trashed {
        name: slot.name.clone(),
        repo: site.main_root().to_owned(),
        path: path.to_owned(),
        branch: Some(branch.to_owned()),
        commit: wfo_git::branch_tip(site.repository(), branch)?,
        branch_deleted: false,
        task: None,
        at: site.now,
    };
    slot.note(&entry)?;
    slot.take(path)?;
    if let Err(problem) = wfo_git::unlink_worktree(site.repository(), path, &slot.git) {
        // Git had not come as far as to know it.
        if problem.code != codes::WORKTREE_UNKNOWN {
            notes.push(problem.warning());
        }
    }
    Ok(Some(slot.name))
}

/// Takes a creation back: folder, git's private folder, the branch if it was made and stands where it began, and (`mine`) the row.
pub(crate) fn take_back(site: &Site<'_>, work: &Work, mine: bool, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    let Work::Create { branch, path, new_branch, row } = work else { return Ok(()) };
    if !mine {
        return Ok(());
    }
    let scrap = site.place().state(site.home).join(format!("scrap-{}", key(path)));
    match wfo_git::unlink_worktree(site.repository(), path, &scrap) {
        Ok(()) => wfo_base::copy::erase(&scrap)?,
        Err(problem) if problem.code == codes::WORKTREE_UNKNOWN => {}
        Err(problem) => return Err(problem),
    }
    wfo_base::copy::erase(path)?;
    trash::remove_if_empty(site, path);
    let elsewhere = wfo_git::checkouts(site.repository()).iter().any(|tree| tree.branch.as_deref() == Some(branch));
    if let Some(tip) = new_branch.as_deref().filter(|_| !elsewhere)
        && wfo_git::branch_tip(site.repository(), branch)?.as_deref() == Some(tip)
    {
        wfo_git::delete_branch(site.repository(), branch, tip)?;
    }
    change_rows(site, path, notes, |now| match row {
        Some(before) => before.changes(now),
        None => vec![Change::Remove { index: now.index }],
    })
}

/// Takes the row of a folder out of the registry; another repository's is never touched.
pub(crate) fn forget_row(site: &Site<'_>, path: &Path, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    change_rows(site, path, notes, |row| vec![Change::Remove { index: row.index }])
}

/// Changes the rows of a folder.
fn change_rows(
    site: &Site<'_>,
    path: &Path,
    notes: &mut Vec<Diagnostic>,
    change: impl Fn(&Entry) -> Vec<Change>,
) -> Result<(), Problem> {
    let home = site.user_home();
    book::change(site.home, &site.rules, notes, |book| {
        let same = |row: &&Entry| {
            let tree = row.worktree_path.as_deref();
            tree.is_some_and(|tree| wfo_worktree::paths::tidy(tree, home.as_deref()) == path)
        };
        let rows = book::rows_of(book.registry.as_ref(), site.main_root(), home.as_deref()).filter(same);
        Ok((rows.flat_map(change).collect(), ()))
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
    match wfo_git::unlink_worktree(site.repository(), &entry.path, &slot.git) {
        Err(problem) if problem.code != codes::WORKTREE_UNKNOWN => return Err(problem),
        _ => {}
    }
    if let (true, Some(branch), Some(commit)) = (delete_branch, &entry.branch, &entry.commit)
        && wfo_git::branch_tip(site.repository(), branch)?.is_some()
    {
        wfo_git::delete_branch(site.repository(), branch, commit)?;
    }
    forget_row(site, &entry.path, notes)
}
