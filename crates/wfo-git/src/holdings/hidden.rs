//! Counts the edits that status does not show: files flagged assume-unchanged or skip-worktree that differ.
//! Compares by content, with the user's own filters only; follows no links.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use gix::bstr::ByteSlice;
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::index::entry::{Flags, Mode};
use gix::index::{Entry, State};
use rustix::fs::{Mode as Access, OFlags};

use crate::repository::Repository;
use crate::worktrees::Place;

/// How many flagged files are looked at.
const FLAGGED_CAP: usize = 100_000;
/// How many bytes of them are read in all.
const READ_CAP: u64 = 256 << 20;

/// Counts them in one worktree; `None` when its folder or its index cannot be read, or there are too many.
pub(super) fn hidden(repo: &gix::Repository, place: &Place) -> Option<u64> {
    let root = &place.row.path;
    if !root.is_dir() {
        return None;
    }
    let path = place.git_dir.join("index");
    if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) {
        return None;
    }
    let index = gix::index::File::at_or_default(path, repo.object_hash(), true, Default::default()).ok()?;
    let mut there = Vec::new();
    let flagged =
        index.entries().iter().filter(|entry| entry.flags.intersects(Flags::SKIP_WORKTREE | Flags::ASSUME_VALID));
    for (at, entry) in flagged.enumerate() {
        if at >= FLAGGED_CAP {
            return None;
        }
        let path = root.join(entry.path(&index).to_path().ok()?);
        match path.symlink_metadata() {
            Ok(meta) => there.push((path, meta, entry)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(_) => return None,
        }
    }
    if there.is_empty() {
        return Some(0);
    }
    let checkout = Repository::open(root).ok().filter(|opened| opened.git_dir() == place.git_dir)?;
    let (repo, _) = checkout.without_own_filters()?;
    let mut left = READ_CAP;
    let mut count = 0;
    for (path, meta, entry) in there {
        count += u64::from(differs(&repo, &index, &path, &meta, entry, &mut left)?);
    }
    Some(count)
}

/// Says whether a submodule of one worktree has its repository in its own folder; `None` when its index cannot be read.
pub(super) fn has_own_repository(repo: &gix::Repository, place: &Place) -> Option<bool> {
    let path = place.git_dir.join("index");
    let index = gix::index::File::at_or_default(path, repo.object_hash(), true, Default::default()).ok()?;
    let mut links = index.entries().iter().filter(|entry| entry.mode == Mode::COMMIT);
    Some(links.any(|entry| {
        let folder = entry.path(&index).to_path().map(|path| place.row.path.join(path));
        folder.map_or(true, |folder| folder.join(".git").is_dir())
    }))
}

/// Says whether what is there differs from its entry; `None` when that cannot be told.
fn differs(
    repo: &gix::Repository,
    index: &State,
    path: &Path,
    meta: &std::fs::Metadata,
    entry: &Entry,
    left: &mut u64,
) -> Option<bool> {
    match entry.mode {
        // A whole folder or a submodule that is not to be looked at: what is in it is not known.
        Mode::DIR | Mode::COMMIT => return if is_empty(path) { Some(false) } else { None },
        Mode::SYMLINK if meta.is_symlink() => {
            let target = std::fs::read_link(path).ok()?;
            return Some(!is_blob(index, entry, target.as_os_str().as_bytes())?);
        }
        _ if !meta.is_file() || entry.mode == Mode::SYMLINK => return Some(true),
        _ => {}
    }
    *left = left.checked_sub(meta.len())?;
    let mut bytes = Vec::new();
    open(path)?.take(meta.len() + 1).read_to_end(&mut bytes).ok()?;
    if is_blob(index, entry, &bytes)? {
        return Some(false);
    }
    let (mut pipeline, _) = repo.filter_pipeline(None).ok()?;
    let same = match pipeline.convert_to_git(bytes.as_slice(), entry.path(index).to_path().ok()?, index).ok()? {
        ToGitOutcome::Unchanged(_) => false,
        ToGitOutcome::Buffer(converted) => is_blob(index, entry, converted)?,
        ToGitOutcome::Process(mut output) => {
            let mut converted = Vec::new();
            output.read_to_end(&mut converted).ok()?;
            is_blob(index, entry, &converted)?
        }
    };
    Some(!same)
}

fn open(path: &Path) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Access::empty()).ok()?);
    file.metadata().ok()?.is_file().then_some(file)
}

fn is_blob(index: &State, entry: &Entry, bytes: &[u8]) -> Option<bool> {
    let id = gix::objs::compute_hash(index.object_hash(), gix::objs::Kind::Blob, bytes).ok()?;
    Some(id == entry.id)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}
