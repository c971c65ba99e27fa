//! Where a repository's parts lie, from paths alone: work tree, git folder, shared folder, main checkout.
//! Compares git folder and shared folder to tell a linked worktree, never the current folder.

use std::path::{Path, PathBuf};

use crate::repository::clean;

/// The places of one checkout; all absolute, links resolved where they exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Top of the work tree, or the git folder when bare.
    pub(crate) root: PathBuf,
    /// Top of the main checkout, or the shared git folder when that is bare.
    pub(crate) main_root: PathBuf,
    /// The checkout's own git folder.
    pub(crate) git_dir: PathBuf,
    /// The git folder that all worktrees share.
    pub(crate) common_dir: PathBuf,
    /// Whether there is no work tree.
    pub(crate) bare: bool,
}

impl Layout {
    /// Builds the layout from the three places git knows; `work_dir` is `None` when bare.
    pub(crate) fn new(git_dir: &Path, common_dir: &Path, work_dir: Option<&Path>) -> Self {
        let git_dir = clean(git_dir);
        let common_dir = clean(common_dir);
        let root = work_dir.map_or_else(|| git_dir.clone(), clean);
        let main_root = if git_dir == common_dir { root.clone() } else { main_root_of(&common_dir) };
        Self { root, main_root, git_dir, common_dir, bare: work_dir.is_none() }
    }

    /// Reads the layout off an opened repository.
    pub(crate) fn of_gix(opened: &gix::ThreadSafeRepository) -> Self {
        let common = opened.common_dir.as_deref().unwrap_or_else(|| opened.git_dir());
        Self::new(opened.git_dir(), common, opened.work_dir())
    }

    /// Says whether this is a submodule's own checkout: its git folder lies below `modules` of another one.
    pub(crate) fn is_submodule(&self) -> bool {
        self.git_dir == self.common_dir
            && !self.bare
            && !self.git_dir.starts_with(&self.root)
            && self.git_dir.ancestors().skip(1).any(|up| {
                up.file_name().is_some_and(|name| name == "modules")
                    && up.parent().is_some_and(|owner| owner.join("HEAD").exists())
            })
    }
}

/// Finds the main checkout that belongs to a shared git folder, as `git worktree list` names it.
fn main_root_of(common_dir: &Path) -> PathBuf {
    if common_dir.file_name().is_some_and(|name| name == ".git")
        && let Some(parent) = common_dir.parent()
        && !says_bare(common_dir)
    {
        return parent.to_owned();
    }
    let opened = gix::open::Options::isolated().open_path_as_is(true).open(common_dir);
    match opened.as_ref().map(gix::ThreadSafeRepository::work_dir) {
        Ok(Some(work_dir)) => clean(work_dir),
        _ => common_dir.to_owned(),
    }
}

fn says_bare(common_dir: &Path) -> bool {
    gix::open::Options::isolated()
        .open_path_as_is(true)
        .open(common_dir)
        .is_ok_and(|opened| opened.to_thread_local().is_bare())
}
