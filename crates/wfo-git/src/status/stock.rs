//! The second way: the library's own comparison of index and work tree.
//! Runs no filter that the repository's configuration names; leaves staged paths and submodules to their own parts.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::status::index_worktree::{Item, iter::Summary};
use gix::submodule::config::Ignore;

use super::tally::{Kind, Tally};

/// Counts unstaged, untracked and conflicted paths into `tally`.
pub(crate) fn index_to_work_tree(
    repo: &gix::Repository,
    stop: &Arc<AtomicBool>,
    tally: &mut Tally,
) -> Result<(), gix::Error> {
    let changes = repo
        .status(gix::progress::Discard)?
        .untracked_files(gix::status::UntrackedFiles::Files)
        .dirwalk_options(|options| options.emit_untracked(gix::dir::walk::EmissionMode::Matching))
        .index_worktree_submodules(gix::status::Submodule::Given { ignore: Ignore::All, check_dirty: true })
        .index_worktree_rewrites(None)
        .should_interrupt_owned(stop.clone())
        .into_index_worktree_iter(Vec::new())?;
    for change in changes {
        let change = change?;
        let kind = match change.summary() {
            Some(Summary::Conflict) => Kind::Conflicted,
            Some(Summary::Added) => Kind::Untracked,
            Some(_) => Kind::Unstaged,
            None => continue,
        };
        tally.add(kind, || path_of(&change));
    }
    Ok(())
}

fn path_of(item: &Item) -> Vec<u8> {
    let mut path = item.rela_path().to_vec();
    if let Item::DirectoryContents { entry, .. } = item
        && entry.disk_kind == Some(gix::dir::entry::Kind::Repository)
    {
        path.push(b'/');
    }
    path
}
