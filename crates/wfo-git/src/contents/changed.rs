//! The versions behind a status: what is staged as the index has it, what lies changed or untracked in the work tree, each changed
//! file with the version that it was, so that only new lines count. Looks up only the paths that it is given.

use gix::ObjectId;
use gix::index::State;

use super::{Source, Version, is_file};
use crate::repository::Repository;
use crate::status::{Change, Kind, load};

/// Returns the versions of changed paths, in their order; links, folders and what is gone from the index are left out.
/// Where the library cannot read the index, what is staged is not known and all lines of a changed file count as new.
#[must_use]
pub fn changed(repository: &Repository, changes: &[Change]) -> Vec<Version> {
    let needs_index = changes.iter().any(|change| change.kind != Kind::Untracked);
    let repo = repository.gix().filter(|_| needs_index);
    let index = repo.as_ref().and_then(|repo| load(repository, repo));
    let tree = repo.as_ref().and_then(|repo| repo.head_tree().ok());
    let in_index = |path: &[u8]| index.as_ref().and_then(|index| entry(index, path));
    let in_head = |path: &[u8]| {
        let parts = path.split(|byte| *byte == b'/');
        let found = tree.as_ref()?.lookup_entry(parts).ok()??;
        is_file(found.mode().value()).then(|| found.object_id())
    };
    let version = |change: &Change| {
        let path = change.path.as_slice();
        let source = match change.kind {
            _ if path.ends_with(b"/") => return None,
            Kind::Untracked => Source::File,
            Kind::Unstaged | Kind::Conflicted => Source::Work { before: in_index(path).into_iter().collect() },
            Kind::Staged => Source::Blob { id: in_index(path)?, before: in_head(path).into_iter().collect() },
        };
        Some(Version { path: path.to_vec(), commit: None, tracked: change.kind != Kind::Untracked, source })
    };
    changes.iter().filter_map(version).collect()
}

/// Returns the object of a file in the index.
fn entry(index: &State, path: &[u8]) -> Option<ObjectId> {
    let found = index.entry_by_path(path.into())?;
    let mode = u16::try_from(found.mode.bits()).unwrap_or_default();
    is_file(mode).then_some(found.id)
}
