//! `worktree remove`: moves a worktree to the trash when nothing in it exists nowhere else. Judges first, then notes, then moves;
//! keeps the branch unless it is provably safe to let it go.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, codes, read, text, text::code_span};
use wfo_git::Worktree;
use wfo_worktree::{Judgement, Verdict};

use super::repair::Work;
use super::scene::{Detail, Scene};
use super::trash::{Slot, Trashed};
use super::{repair, site::Site, trash};

/// The longest task that is noted in the trash.
const TASK: usize = 1_000;

/// What `worktree remove` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Remove<'a> {
    /// The branch, or the folder.
    pub name: &'a str,
    /// Delete the branch too.
    pub delete_branch: bool,
    /// Look only.
    pub dry_run: bool,
}

/// A removed worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Where it was.
    pub path: PathBuf,
    /// Its branch.
    pub branch: Option<String>,
    /// The ports that are free now.
    pub ports: Vec<u16>,
    /// Its name in the trash; `None` on a dry run, or when there was no folder.
    pub trash: Option<String>,
    /// Whether the branch was deleted.
    pub branch_deleted: bool,
    /// Why it could go.
    pub reasons: Vec<String>,
}

/// Removes a worktree.
///
/// # Errors
/// `worktree.unknown`; `worktree.unsafe` with every reason; `worktree.busy`.
pub fn remove(site: &Site<'_>, ask: &Remove<'_>, notes: &mut Vec<Diagnostic>) -> Result<Removed, Problem> {
    if !ask.dry_run {
        trash::prune(site, notes);
    }
    let scene = Scene::look(site, notes)?;
    let index = find(site, &scene, ask.name)?;
    let detail = scene.detail(site, index);
    remove_judged(site, &scene, index, &detail, ask, notes)
}

/// Removes the worktree that was judged.
pub(crate) fn remove_judged(
    site: &Site<'_>,
    scene: &Scene,
    index: usize,
    detail: &Detail,
    ask: &Remove<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Removed, Problem> {
    let tree = scene.tree(index).ok_or_else(|| unknown(ask.name))?;
    require_safe(&detail.judgement, tree)?;
    if ask.delete_branch {
        require_safe(&detail.branch, tree)?;
        let elsewhere = |other: &&Worktree| other.path != tree.path && other.branch == tree.branch;
        if let Some(other) = scene.git.worktrees.iter().find(elsewhere).filter(|_| tree.branch.is_some()) {
            let shown = code_span(&other.path.display().to_string());
            return Err(Problem::new(codes::WORKTREE_UNSAFE, format!("its branch is checked out in {shown}, too"))
                .hint("leave `--delete-branch` out"));
        }
    }
    let removed = Removed {
        path: tree.path.clone(),
        branch: tree.branch.clone(),
        ports: detail.ports.clone(),
        trash: None,
        branch_deleted: ask.delete_branch && tree.branch.is_some(),
        reasons: detail.judgement.reasons.iter().map(|reason| reason.what.clone()).collect(),
    };
    if ask.dry_run {
        return Ok(removed);
    }
    let trash = carry_out(site, tree, detail, removed.branch_deleted, notes)?;
    Ok(Removed { trash, ..removed })
}

fn carry_out(
    site: &Site<'_>,
    tree: &Worktree,
    detail: &Detail,
    delete_branch: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<String>, Problem> {
    let slug = wfo_worktree::slug(tree.branch.as_deref().unwrap_or("detached"));
    let slot = Slot::new(site, &slug)?;
    let entry = Trashed {
        branch_deleted: delete_branch,
        task: detail.task.as_deref().map(|task| text::clip(task, TASK).into_owned()),
        ..Trashed::of(site, &slot, &tree.path, tree.branch.clone(), tree.head.clone())
    };
    let work = Work::Remove { entry: entry.clone(), delete_branch };
    let Some(pending) = site.pending().begin(&repair::key(&tree.path), &work)? else {
        slot.empty()?;
        return Err(repair::busy(&tree.path));
    };
    // Its commit is kept alive by a ref of our own as long as it lies in the trash.
    if let Some(commit) = &entry.commit {
        wfo_git::keep_commit(site.repository(), &slot.name, commit)?;
    }
    slot.note(&entry)?;
    let has_folder = read::is_there(&tree.path) != Some(false);
    if has_folder {
        if !wfo_git::is_linked_folder(site.repository(), &tree.path) {
            slot.empty()?;
            wfo_git::let_commit_go(site.repository(), &slot.name)?;
            pending.done();
            return Err(not_its_folder(&tree.path));
        }
        let left_out = slot.take(&tree.path)?;
        notes.extend(left_out.first().map(|first| lost(first, left_out.len())));
    }
    repair::finish_removal(site, &entry, &slot, delete_branch, notes)?;
    pending.done();
    trash::remove_if_empty(site, &tree.path);
    Ok(has_folder.then_some(slot.name))
}

fn not_its_folder(path: &Path) -> Problem {
    let shown = code_span(&path.display().to_string());
    Problem::new(
        codes::WORKTREE_UNSAFE,
        format!("{shown} was not removed: it is a link, or belongs to another worktree or repository"),
    )
    .hint("look at it by hand; `git worktree repair` mends a worktree that was moved")
}

fn lost(first: &Path, count: usize) -> Diagnostic {
    let message =
        format!("{} (and {} more) is no file and was not kept", code_span(&first.display().to_string()), count - 1);
    Problem::new(codes::WORKTREE_NOT_CARRIED, message).hint("sockets and pipes are made anew by what uses them").info()
}

/// Finds a linked worktree by branch or folder.
pub(crate) fn find(site: &Site<'_>, scene: &Scene, name: &str) -> Result<usize, Problem> {
    let path = std::fs::canonicalize(site.place().root().join(name)).ok();
    let trees = &scene.git.worktrees;
    // A branch before a folder of the same name.
    let by_branch = |tree: &Worktree| tree.branch.as_deref() == Some(name);
    let by_path = |tree: &Worktree| path.as_deref() == Some(tree.path.as_path()) || tree.path.as_os_str() == name;
    let linked = |fits: &dyn Fn(&Worktree) -> bool| trees.iter().position(|tree| !tree.main && fits(tree));
    let main = trees.iter().any(|tree| tree.main && (by_branch(tree) || by_path(tree)));
    let found = linked(&by_branch).or_else(|| if main { None } else { linked(&by_path) });
    match found {
        Some(index) => Ok(index),
        None if main => Err(Problem::new(
            codes::WORKTREE_UNSAFE,
            format!("{} is checked out in the main checkout, which is never removed", code_span(name)),
        )
        .hint("`wfo-helper worktree list` shows the linked worktrees")),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Problem {
    Problem::new(codes::WORKTREE_UNKNOWN, format!("no worktree here has the branch or folder {}", code_span(name)))
        .hint("`wfo-helper worktree list` shows them")
}

fn require_safe(judgement: &Judgement, tree: &Worktree) -> Result<(), Problem> {
    if judgement.verdict == Verdict::Safe {
        return Ok(());
    }
    let reasons: Vec<&str> = judgement.reasons.iter().map(|reason| reason.what.as_str()).collect();
    let remedy = judgement.reasons.iter().find_map(|reason| reason.remedy.clone());
    let shown = code_span(&tree.path.display().to_string()).clone();
    Err(Problem::new(codes::WORKTREE_UNSAFE, format!("{shown} was not removed: {}", reasons.join("; ")))
        .hint(remedy.unwrap_or_else(|| "look at it with `wfo-helper worktree status`".to_owned())))
}
