//! What the next commit would bring: the index against HEAD, with the older version of each file.
//! Honours another index; looks at no file of the work tree.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;
use wfo_base::{Problem, codes};

use super::{LeftOut, Source, Version, Versions, Why, by_program, is_file};
use crate::repository::Repository;
use crate::status::{Request, Side, Staged, Stop, load};

/// Lists the versions that are staged.
///
/// # Errors
/// `git.no-work-tree` in a bare repository, `git.part-failed` or `tool.*` when neither library nor `git` can tell.
pub fn staged(repository: &Repository) -> Result<Versions, Problem> {
    if repository.is_bare() {
        return Err(Problem::new(codes::GIT_NO_WORK_TREE, "a bare repository has no index, so nothing is staged")
            .hint("scan commits with `wfo-helper scan secrets --history 10`"));
    }
    match repository.gix().map(|repo| by_library(repository, &repo)) {
        Some(Ok(found)) => Ok(found),
        Some(Err(_)) | None => by_program::staged(repository),
    }
}

fn by_library(repository: &Repository, repo: &gix::Repository) -> Result<Versions, Stop> {
    let unable = |reason| move |_| Stop::Unable(reason);
    let index = load(repository, repo).ok_or(Stop::Unable("the index cannot be read"))?;
    if index.is_sparse() {
        return Err(Stop::Unable("the index is sparse"));
    }
    let head = repo.head().and_then(|mut head| head.try_peel_to_id()).map_err(unable("HEAD cannot be read"))?;
    let tree = head.map(|id| Ok(id.object()?.peel_to_tree()?.id().detach())).transpose();
    let tree = tree.map_err(|_: gix::Error| Stop::Unable("HEAD's tree cannot be read"))?;
    let found = Staged::find(repo, &index, tree, Request::default())?;
    let modified = found.modified.into_iter().zip(found.sides).map(|(path, [old, new])| Both { path, old, new });
    let mut versions = join(modified.collect(), found.added, &found.deleted);
    let conflicts = index.entries().iter().filter(|entry| entry.stage_raw() != 0).map(|entry| entry.path(&index));
    versions.left_out = in_conflict(conflicts.map(|path| path.to_vec()));
    Ok(versions)
}

/// A path that both sides have, with mode and id of each.
pub(super) struct Both {
    pub(super) path: Vec<u8>,
    pub(super) old: (u16, ObjectId),
    pub(super) new: (u16, ObjectId),
}

pub(super) fn in_conflict(paths: impl Iterator<Item = Vec<u8>>) -> Vec<LeftOut> {
    let mut paths: Vec<Vec<u8>> = paths.collect();
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().map(|path| LeftOut { path, why: Why::Conflict }).collect()
}

/// Makes the list of versions; a file that is added is compared with the one that it was before it moved.
pub(super) fn join(modified: Vec<Both>, added: Vec<Side>, deleted: &[Side]) -> Versions {
    let mut list = Vec::with_capacity(modified.len() + added.len());
    for Both { path, old, new } in modified.into_iter().filter(|both| is_file(both.new.0)) {
        let before = if is_file(old.0) { vec![old.1] } else { Vec::new() };
        list.push(staged_version(path, new.1, before));
    }
    let moved = Moved::new(deleted, added.len());
    for side in added.into_iter().filter(|side| is_file(side.mode)) {
        let before = moved.from(&side).into_iter().collect();
        list.push(staged_version(side.path, side.id, before));
    }
    list.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Versions { list, ..Versions::default() }
}

fn staged_version(path: Vec<u8>, id: ObjectId, before: Vec<ObjectId>) -> Version {
    Version { path, commit: None, tracked: true, source: Source::Blob { id, before } }
}

/// Where files that are gone may have moved. A wrong guess does no harm: a line that a file of HEAD had is not new.
struct Moved<'a> {
    by_id: HashSet<ObjectId>,
    by_name: HashMap<&'a [u8], ObjectId>,
    only: Option<ObjectId>,
}

impl<'a> Moved<'a> {
    fn new(deleted: &'a [Side], added: usize) -> Self {
        let files = || deleted.iter().filter(|side| is_file(side.mode));
        let only = files().next().filter(|_| deleted.len() == 1 && added == 1).map(|side| side.id);
        Self {
            by_id: files().map(|side| side.id).collect(),
            by_name: files().map(|side| (name_of(&side.path), side.id)).collect(),
            only,
        }
    }

    fn from(&self, side: &Side) -> Option<ObjectId> {
        if self.by_id.contains(&side.id) {
            return Some(side.id);
        }
        self.by_name.get(name_of(&side.path)).copied().or(self.only)
    }
}

fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}
