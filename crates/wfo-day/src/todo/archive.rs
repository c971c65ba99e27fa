//! `todo archive`: the worktree of finished work to the trash and its TODO to ARCHIVED/, as one unit that a person says yes to.
//! A call that ends between the two leaves a note; the next one completes it.

use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use wfo_base::pending::Notes;
use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, atomic, codes, read, text::code_span};
use wfo_todo::front::{Front, Route};
use wfo_todo::record::stamp;
use wfo_todo::{Workflow, todo_name};

use super::choose::{choose, closeness};
use super::files::{bytes, require_no_link, workflow};
use super::fresh::exists;
use super::manifest::{self, Finish};
use super::{ARCHIVE, Site};
use crate::worktree::{self, Remove, Removed};

/// What is noted while a workflow is archived.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Work {
    /// The TODO file.
    file: String,
    /// The worktree that goes with it.
    #[serde(default)]
    tree: Option<std::path::PathBuf>,
}

/// A workflow that can be archived, looked at but not moved.
#[derive(Debug)]
pub struct Archive {
    /// What it records.
    pub workflow: Workflow,
    /// Where its file goes.
    pub target: String,
    /// The worktree that goes with it.
    pub worktree: Option<Removed>,
    state: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Files that changed.
    pub files: Vec<String>,
    /// The worktree that is in the trash now.
    pub worktree: Option<Removed>,
}

impl Archive {
    /// Looks at the workflow and at its worktree.
    ///
    /// # Errors
    /// `todo.exists` for a name that ARCHIVED/ has, `worktree.unsafe` with every reason, and what choosing answers.
    pub fn look(
        site: &Site<'_>,
        wanted: Option<&str>,
        with_worktree: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        complete(site, notes);
        let file = choose(site, wanted, notes)?;
        let workflow = workflow(site.root(), &file, notes)?;
        let target = format!("{ARCHIVE}/{file}");
        require_free(site, &target)?;
        let digest = trust::digest_bytes(&bytes(site.root(), &file)?);
        let worktree = if with_worktree { removable(site, &file, notes)? } else { None };
        let tree = worktree.as_ref().map(|tree| format!("{} {:?}", tree.path.display(), tree.branch));
        let state = format!("{file} {digest} {}", tree.unwrap_or_default());
        Ok(Self { workflow, target, worktree, state })
    }

    /// What the yes is bound to.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        Subject {
            command: "todo archive".to_owned(),
            arguments: self.workflow.file.clone(),
            main_checkout: site.place().identity(),
            state: self.state.clone(),
        }
    }

    /// Each single act, in words.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let tree = self.worktree.as_ref().map(|tree| {
            let branch = tree.branch.as_deref().map_or_else(|| "detached".to_owned(), code_span);
            format!(
                "move the worktree {} ({branch}) to the trash; its branch stays",
                code_span(&tree.path.display().to_string())
            )
        });
        let open = self.workflow.open_tasks().count();
        let open = (open > 0).then(|| format!("{open} of its tasks are not finished"));
        let moved = format!("move {} to {}", code_span(&self.workflow.file), code_span(&self.target));
        tree.into_iter().chain([moved, "bring TODO.md up to date".to_owned()]).chain(open).collect()
    }

    /// Does it.
    ///
    /// # Errors
    /// `todo.changed` when another call archives it at this moment, `worktree.*`, `todo.exists`, `file.not-written`.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Archived, Problem> {
        let file = &self.workflow.file;
        let work = Work { file: file.clone(), tree: self.worktree.as_ref().map(|tree| tree.path.clone()) };
        let Some(pending) = pending(site).begin(&key(file), &work)? else {
            return Err(Problem::new(codes::TODO_CHANGED, format!("`{file}` is being archived by another call"))
                .hint("`wfo-helper todo list` shows what came of it"));
        };
        let worktree = match self.worktree.as_ref().map(|tree| tree_gone(site, tree, notes)).transpose() {
            Ok(worktree) => worktree,
            Err(problem) => {
                pending.done();
                return Err(problem);
            }
        };
        let moved = site.locked(|| moved(site, file, notes));
        pending.done();
        Ok(Archived { files: moved?, worktree })
    }
}

fn key(file: &str) -> String {
    let digest: String = trust::digest(file).chars().take(16).collect();
    format!("archive-{digest}")
}

fn pending(site: &Site<'_>) -> Notes {
    Notes::at(site.place().state(site.home).join("pending-todo"))
}

/// Completes what a call that was ended had begun: a person said yes to it.
pub(super) fn complete(site: &Site<'_>, notes: &mut Vec<Diagnostic>) {
    if site.dry_run {
        return;
    }
    for (pending, work) in pending(site).abandoned::<Work>() {
        // While the worktree is there nothing was done yet: it is proposed again.
        let begun = |work: &Work| work.tree.as_ref().is_none_or(|tree| read::is_there(tree) == Some(false));
        if let Some(work) = work.filter(|work| todo_name(&work.file).is_some() && begun(work))
            && let Err(problem) = site.locked(|| moved(site, &work.file, notes))
        {
            notes.push(problem.warning());
        }
        pending.done();
    }
}

/// Moves a TODO file to ARCHIVED/ and brings TODO.md up to date; a file that is gone was moved already. Under the lock.
fn moved(site: &Site<'_>, file: &str, notes: &mut Vec<Diagnostic>) -> Result<Vec<String>, Problem> {
    let root = site.root();
    let target = format!("{ARCHIVE}/{file}");
    let mut files = Vec::new();
    let version = version(site, file);
    require_no_link(root, ARCHIVE).map_err(|_| linked_archive())?;
    if read::is_there(&root.join(file)) != Some(false) {
        require_no_link(root, file)?;
        atomic::make_folder(&root.join(ARCHIVE), false)?;
        move_file(site, file, &target)?;
        files.extend([file.to_owned(), target.clone()]);
    }
    let finish = Finish { file: target, completed_at: stamp(site.now()), version };
    files.extend(manifest::rebuild(site, Some(&finish), notes));
    Ok(files)
}

/// By a second name that takes nothing's place, then without the first: a reader finds the file at every moment.
fn move_file(site: &Site<'_>, file: &str, target: &str) -> Result<(), Problem> {
    let (from, to) = (site.root().join(file), site.root().join(target));
    match std::fs::hard_link(&from, &to) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists && is_same_file(&from, &to) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(exists(target, "rename one of the two files, then archive again"));
        }
        Err(_) => return std::fs::rename(&from, &to).map_err(|error| not_moved(file, &error)),
    }
    std::fs::remove_file(&from).map_err(|error| not_moved(file, &error))
}

/// Says whether a move was begun before: both names are of one file.
fn is_same_file(a: &std::path::Path, b: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &std::path::Path| path.symlink_metadata().ok().map(|meta| (meta.dev(), meta.ino()));
    id(a).is_some() && id(a) == id(b)
}

fn not_moved(file: &str, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{file}` could not be moved to {ARCHIVE}/: {error}"))
        .hint("look at the folder's permissions")
        .in_file(file)
}

fn linked_archive() -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{ARCHIVE}` is a link, so nothing is moved there"))
        .hint("replace the link by a folder")
        .in_file(ARCHIVE)
}

fn require_free(site: &Site<'_>, target: &str) -> Result<(), Problem> {
    match read::is_there(&site.root().join(target)) {
        Some(false) => Ok(()),
        _ => Err(exists(target, "rename one of the two files, then archive again")),
    }
}

/// Reads the version that the record names.
fn version(site: &Site<'_>, file: &str) -> Option<String> {
    let bytes = bytes(site.root(), file).ok()?;
    let front = Front::read(file, &bytes).ok()?;
    let version = front.get(&Route::keys(["quality_gates", "semantic_version"]))?.as_str()?;
    Some(wfo_base::text::clip(version, 100).into_owned())
}

/// Finds the linked worktree of a workflow and makes sure that it may go.
fn removable(site: &Site<'_>, file: &str, notes: &mut Vec<Diagnostic>) -> Result<Option<Removed>, Problem> {
    let Some((repository, parts)) = site.place().repository().zip(todo_name(file)) else { return Ok(None) };
    let trees = wfo_git::checkouts(repository).into_iter().filter(|tree| !tree.main);
    let near = |tree: &wfo_git::Worktree| {
        let by_branch = tree.branch.as_deref().map_or(0, |branch| closeness(branch, &parts));
        by_branch.max(closeness(&tree.path.to_string_lossy(), &parts))
    };
    let Some(tree) = trees.map(|tree| (near(&tree), tree)).filter(|(near, _)| *near > 0).max_by_key(|(near, _)| *near)
    else {
        return Ok(None);
    };
    let name = tree.1.path.to_string_lossy().into_owned();
    let yard = worktree::Site::at(site.place(), site.home, site.clock, notes)?;
    let ask = Remove { name: &name, delete_branch: false, dry_run: true };
    worktree::remove(&yard, &ask, notes).map(Some)
}

fn tree_gone(site: &Site<'_>, tree: &Removed, notes: &mut Vec<Diagnostic>) -> Result<Removed, Problem> {
    let mut quiet = Vec::new();
    let yard = worktree::Site::at(site.place(), site.home, site.clock, &mut quiet)?;
    yard.put_right(notes);
    let name = tree.path.to_string_lossy().into_owned();
    worktree::remove(&yard, &Remove { name: &name, delete_branch: false, dry_run: false }, notes)
}
