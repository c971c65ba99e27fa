//! The second way: the library's own comparison of index and work tree.
//! Runs no filter that the repository's configuration names; leaves staged paths and submodules to their own parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::index::State;
use gix::status::index_worktree::{Item, iter::Summary};
use gix::submodule::config::Ignore;
use gix::worktree::IndexPersistedOrInMemory;

use super::Request;
use super::one_pass::{Outcome, Stop};
use super::tally::{Kind, Tally};

/// Finds unstaged, untracked and conflicted paths.
pub(crate) fn index_to_work_tree(repo: &gix::Repository, index: &State, request: Request) -> Result<Outcome, Stop> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut outcome =
        Outcome { tally: Tally::new(request.keep), submodules: super::gitlinks(index), ..Outcome::default() };
    let over = AtomicBool::new(false);
    let walked = std::thread::scope(|scope| {
        if request.deadline.is_some() {
            scope.spawn(|| watch(request, &stop, &over));
        }
        let walked = walk(repo, index, &stop, request, &mut outcome);
        over.store(true, Ordering::Relaxed);
        walked
    });
    if request.is_late() {
        return Err(Stop::Late);
    }
    walked.map_err(|_| Stop::Unable("the library's status failed"))?;
    Ok(outcome)
}

/// Raises the flag that ends the library's threads when the time is over.
fn watch(request: Request, stop: &AtomicBool, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        if request.is_late() {
            stop.store(true, Ordering::Relaxed);
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

fn walk(
    repo: &gix::Repository,
    index: &State,
    stop: &Arc<AtomicBool>,
    request: Request,
    outcome: &mut Outcome,
) -> Result<(), gix::Error> {
    let file = gix::index::File::from_state(index.clone(), repo.index_path());
    let changes = repo
        .status(gix::progress::Discard)?
        .index(IndexPersistedOrInMemory::InMemory(file))
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
            Some(summary) => {
                outcome.deleted |= matches!(summary, Summary::Removed | Summary::TypeChange);
                outcome.announced |= matches!(summary, Summary::IntentToAdd);
                Kind::Unstaged
            }
            None => continue,
        };
        let known = || index.entry_range(change.rela_path()).is_some();
        if (kind == Kind::Unstaged && is_submodule(&change)) || (kind == Kind::Untracked && known()) {
            continue;
        }
        outcome.tally.add(kind, || path_of(&change));
        if request.is_late() {
            return Ok(());
        }
    }
    Ok(())
}

fn is_submodule(item: &Item) -> bool {
    matches!(item, Item::Modification { entry, .. } if entry.mode == gix::index::entry::Mode::COMMIT)
}

fn path_of(item: &Item) -> Vec<u8> {
    let mut path = item.rela_path().to_vec();
    if let Item::DirectoryContents { entry, .. } = item
        && entry.disk_kind == Some(gix::dir::entry::Kind::Repository)
        && !path.ends_with(b"/")
    {
        path.push(b'/');
    }
    path
}
