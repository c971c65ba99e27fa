//! Which submodules differ from what the index holds: another commit, or changes inside.
//! Looks inside as deep as git does, each with the same care as the repository itself.

use std::collections::HashMap;

use gix::bstr::{BString, ByteSlice};
use gix::index::State;
use gix::submodule::config::Ignore;

use super::Request;
use crate::repository::Repository;

/// How deep submodules of submodules are looked into.
const DEPTH: usize = 8;

/// What to leave out, for each submodule and for the others.
pub(crate) struct Ignores {
    named: HashMap<BString, Ignore>,
    others: Ignore,
}

impl Ignores {
    /// Reads what `.gitmodules` and the configuration say.
    pub(crate) fn read(repo: &gix::Repository) -> Self {
        let config = repo.config_snapshot();
        let others = config.string("diff.ignoreSubmodules").and_then(|word| Ignore::try_from(word.as_bstr()).ok());
        // A link or a pipe in the place of `.gitmodules` is not opened.
        let regular =
            repo.modules_path().is_none_or(|path| path.symlink_metadata().map_or(true, |meta| meta.is_file()));
        let modules = if regular { repo.submodules().ok().flatten() } else { None };
        let named = modules
            .into_iter()
            .flatten()
            .filter_map(|module| Some((module.path().ok()?, module.ignore().ok()??)))
            .collect();
        Self { named, others: others.unwrap_or(Ignore::None) }
    }

    fn of(&self, path: &[u8]) -> Ignore {
        self.named.get(path.as_bstr()).copied().unwrap_or(self.others)
    }
}

/// Returns the paths, among the index entries at `places`, of the submodules that differ.
pub(crate) fn changed(
    repository: &Repository,
    repo: &gix::Repository,
    index: &State,
    places: &[usize],
    request: Request,
) -> Vec<Vec<u8>> {
    if places.is_empty() {
        return Vec::new();
    }
    let ignores = Ignores::read(repo);
    let entries = places.iter().filter_map(|place| index.entries().get(*place));
    entries
        .filter(|entry| {
            let path = entry.path(index);
            differs(repository, path, entry.id, ignores.of(path), request)
        })
        .map(|entry| entry.path(index).to_vec())
        .collect()
}

fn differs(repository: &Repository, path: &[u8], id: gix::ObjectId, ignore: Ignore, request: Request) -> bool {
    if ignore == Ignore::All {
        return false;
    }
    let Some(place) = path.to_path().ok().map(|path| repository.root().join(path)) else { return false };
    match place.symlink_metadata() {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => return true,
        Err(error) => {
            return matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory);
        }
    }
    // Without a repository of its own it was never checked out, and that is no change.
    if request.depth >= DEPTH || place.join(".git").symlink_metadata().is_err() {
        return false;
    }
    let Ok(inside) = Repository::open(&place) else { return false };
    if inside.head_id().is_some_and(|head| head != id) {
        return true;
    }
    if ignore == Ignore::Dirty || inside.is_bare() {
        return false;
    }
    let request = Request { keep: false, named: None, depth: request.depth + 1, ..request };
    let Ok(found) = super::status(&inside, request) else { return false };
    let tracked = found.status.changes() - found.status.untracked;
    tracked > 0 || (ignore != Ignore::Untracked && found.status.untracked > 0 && shows_untracked(&inside))
}

/// Says whether `git status` inside would tell of untracked files.
fn shows_untracked(inside: &Repository) -> bool {
    let Some(repo) = inside.gix() else { return true };
    let shown = repo.config_snapshot().string("status.showUntrackedFiles");
    !shown.is_some_and(|word| word == "no" || word == "false")
}
