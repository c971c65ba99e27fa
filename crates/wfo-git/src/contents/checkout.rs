//! The files of a work tree that git sees: tracked ones, and untracked ones that nothing ignores.
//! Lists paths; opens no file but what status compares.

use std::collections::BTreeSet;

use wfo_base::{Problem, codes};

use super::{LeftOut, Source, Version, Versions, Why, by_program, is_file};
use crate::repository::Repository;
use crate::status::{Kind, changes, load};

/// One path of the index with its mode.
pub(super) type Entry = (Vec<u8>, u16);

/// Lists the files of the work tree, in the order of their paths.
///
/// # Errors
/// `git.no-work-tree` in a bare repository, `git.part-failed` or `tool.*` when git's view of it cannot be had.
pub fn checkout(repository: &Repository) -> Result<Versions, Problem> {
    if repository.is_bare() {
        return Err(Problem::new(codes::GIT_NO_WORK_TREE, "a bare repository has no files to look at")
            .hint("scan commits with `wfo-helper scan secrets --history 10`"));
    }
    let entries = match in_index(repository) {
        Some(entries) => entries,
        None => by_program::entries(repository)?,
    };
    let mut versions = Versions::default();
    let mut tracked = BTreeSet::new();
    for (path, mode) in entries {
        if is_file(mode) {
            tracked.insert(path);
        } else if mode == SUBMODULE {
            versions.left_out.push(LeftOut { path, why: Why::Repository });
        }
    }
    let found = changes(repository, None)?;
    versions.notes = found.notes;
    versions.notes.retain(|note| note.problem.code != codes::GIT_FILTERS_SKIPPED);
    if !found.status.complete {
        versions.cut.push("a folder cannot be looked into".to_owned());
    }
    let file = |path: Vec<u8>, tracked: bool| Version { path, commit: None, tracked, source: Source::File };
    let others = found.paths.into_iter().filter(|change| change.kind == Kind::Untracked);
    for change in others.filter(|change| !tracked.contains(&change.path)) {
        match change.path.strip_suffix(b"/") {
            Some(path) => versions.left_out.push(LeftOut { path: path.to_vec(), why: Why::Repository }),
            None => versions.list.push(file(change.path, false)),
        }
    }
    versions.list.extend(tracked.into_iter().map(|path| file(path, true)));
    versions.list.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(versions)
}

/// The mode of a submodule.
const SUBMODULE: u16 = 0o160_000;

/// Reads the index; `None` when the library cannot.
fn in_index(repository: &Repository) -> Option<Vec<Entry>> {
    let repo = repository.gix()?;
    let index = load(repository, &repo).filter(|index| !index.is_sparse())?;
    let mode = |bits: u32| u16::try_from(bits).unwrap_or_default();
    Some(index.entries().iter().map(|entry| (entry.path(&index).to_vec(), mode(entry.mode.bits()))).collect())
}
