//! What a commit would take from the work tree: files that differ from the index, and untracked ones that are named.
//! Each changed file with the version of the index, so that only new lines count. Also tells one index from another.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use gix::ObjectId;
use wfo_base::{Problem, codes, trust};

use super::{LeftOut, Source, Version, Versions, Why, is_file};
use crate::repository::Repository;
use crate::status::{Kind, changes, load};

/// Which files of the work tree a commit would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pending {
    /// All tracked files that differ.
    pub tracked: bool,
    /// All files that git does not know and that nothing ignores.
    pub untracked: bool,
    /// Files and folders by name, from the top of the work tree; the empty one is the top.
    pub paths: Vec<Vec<u8>>,
    /// Files that a command puts in the place of others before it commits: the path from the top of the work tree, and which.
    pub replaced: Vec<(Vec<u8>, PathBuf)>,
}

impl Pending {
    /// Says whether it takes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.tracked && !self.untracked && self.paths.is_empty()
    }

    fn names(&self, path: &[u8]) -> bool {
        self.paths.iter().any(|named| {
            named.is_empty()
                || path.strip_prefix(named.as_slice()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })
    }
}

/// Lists the files of the work tree that a commit would take.
///
/// # Errors
/// As [`super::checkout()`].
pub fn pending(repository: &Repository, ask: &Pending) -> Result<Versions, Problem> {
    if repository.is_bare() || ask.is_empty() {
        return Ok(Versions::default());
    }
    let found = changes(repository, None)?;
    let known = objects(repository);
    let mut versions = Versions { notes: found.notes, ..Versions::default() };
    versions.notes.retain(|note| note.problem.code != codes::GIT_FILTERS_SKIPPED);
    if !found.status.complete {
        versions.cut.push("a folder cannot be looked into".to_owned());
    }
    let mut seen = HashSet::new();
    for change in found.paths {
        let tracked = change.kind != Kind::Untracked;
        let wanted = match change.kind {
            Kind::Staged => false,
            Kind::Unstaged | Kind::Conflicted => ask.tracked || ask.names(&change.path),
            Kind::Untracked => ask.untracked || ask.names(&change.path),
        };
        if !wanted || !seen.insert(change.path.clone()) {
            continue;
        }
        if let Some(path) = change.path.strip_suffix(b"/") {
            versions.left_out.push(LeftOut { path: path.to_vec(), why: Why::Repository });
            continue;
        }
        let before = known.get(&change.path).copied().into_iter().collect();
        versions.list.push(Version { path: change.path, commit: None, tracked, source: Source::Work { before } });
    }
    // A file that is named outright may be an ignored one, which no status shows.
    for path in ask.paths.iter().filter(|path| !path.is_empty() && !known.contains_key(*path)) {
        let named = repository.root().join(OsStr::from_bytes(path));
        if named.symlink_metadata().is_ok_and(|meta| meta.is_file()) && seen.insert(path.clone()) {
            versions.list.push(Version { path: path.clone(), commit: None, tracked: false, source: Source::File });
        }
    }
    for (path, file) in &ask.replaced {
        let before = known.get(path).copied();
        let named = ask.names(path) || if before.is_some() { ask.tracked } else { ask.untracked };
        let outright = before.is_some() || ask.paths.contains(path);
        if named && (outright || !ignored(repository, path)) {
            // What is moved brings no line that git does not know from its old place.
            let inside = file.strip_prefix(repository.root()).ok().map(|inside| inside.as_os_str().as_bytes());
            let origin = inside.and_then(|inside| known.get(inside)).copied();
            let (before, tracked) = (origin.or(before).into_iter().collect(), before.is_some());
            let source = Source::Outside { file: file.clone(), before };
            versions.list.push(Version { path: path.clone(), commit: None, tracked, source });
        }
    }
    versions.list.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(versions)
}

/// Says whether git leaves a path out that it does not know; no when that cannot be told.
fn ignored(repository: &Repository, path: &[u8]) -> bool {
    let words = [OsStr::new("check-ignore"), OsStr::new("-q"), OsStr::new("--"), OsStr::from_bytes(path)];
    repository.git().run(words).run().is_ok_and(|ran| ran.is_ok())
}

/// Returns the object of each file in the index; none where the library cannot read it: then all lines count as new.
fn objects(repository: &Repository) -> HashMap<Vec<u8>, ObjectId> {
    let Some(repo) = repository.gix() else { return HashMap::new() };
    let Some(index) = load(repository, &repo) else { return HashMap::new() };
    let mode = |bits: u32| u16::try_from(bits).unwrap_or_default();
    let entries = index.entries().iter().filter(|entry| entry.stage_raw() == 0 && is_file(mode(entry.mode.bits())));
    entries.map(|entry| (entry.path(&index).to_vec(), entry.id)).collect()
}

/// Tells what a commit of the index would hold, as one hash of all its paths, modes and objects and of HEAD.
/// `None` where the library cannot read it.
#[must_use]
pub fn staged_id(repository: &Repository) -> Option<String> {
    let repo = repository.gix()?;
    let index = load(repository, &repo).filter(|index| !index.is_sparse())?;
    let head = repository.head_id().map(|id| id.to_string()).unwrap_or_default();
    let mut text = head.into_bytes();
    for entry in index.entries() {
        text.extend_from_slice(&entry.mode.bits().to_be_bytes());
        text.extend_from_slice(&entry.stage_raw().to_be_bytes());
        text.extend_from_slice(entry.id.as_bytes());
        text.extend_from_slice(entry.path(&index));
        text.push(0);
    }
    Some(trust::digest_bytes(&text))
}
