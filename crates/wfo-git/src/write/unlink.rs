//! Takes a worktree out of git's list by moving its private folder away, and brings it back.
//! Never touches the work folder itself but for its `.git` file, and deletes nothing that was not copied and synced.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use wfo_base::text::code_span;
use wfo_base::{Problem, atomic, codes};

use super::add::settled;
use super::branch::in_use;
use crate::git::Git;
use crate::layout::Layout;
use crate::operation;
use crate::repository::Repository;

/// The file in a kept folder that says what git cannot say of it any more: its name and its branch.
const NOTE: &str = "wfo-unlinked";

/// Finds git's private folder of the worktree at `worktree`, whether or not that folder is still there.
pub(super) fn private_folder(repository: &Repository, worktree: &Path) -> Option<PathBuf> {
    let wanted = settled(worktree);
    fs::read_dir(repository.common_dir().join("worktrees")).ok()?.flatten().map(|entry| entry.path()).find(|private| {
        let text = operation::read(&private.join("gitdir")).unwrap_or_default();
        let dot_git = private.join(text.trim_end_matches(['\n', '\r']));
        dot_git.file_name() == Some(OsStr::new(".git"))
            && dot_git.parent().is_some_and(|place| settled(place) == wanted)
    })
}

/// Takes a worktree out of git's list by moving its private folder to `keep`; [`relink_worktree`] brings it back.
///
/// The work folder is left to the caller. Commits that only this worktree's HEAD or index reach are no longer held by
/// git: keep them with `keep_commit`. A lock is not asked about.
///
/// # Errors
/// `worktree.unknown` when git does not list it or it is the main checkout, `worktree.exists` when `keep` is there,
/// `file.not-written`; in each case it is still listed.
pub fn unlink_worktree(repository: &Repository, worktree: &Path, keep: &Path) -> Result<(), Problem> {
    let private = private_folder(repository, worktree).ok_or_else(|| unknown(worktree))?;
    let layout = Layout::new(&private, repository.common_dir(), None);
    let branch = Git::of(&layout).output(["symbolic-ref", "--quiet", "HEAD"]).unwrap_or_default();
    let name = private.file_name().unwrap_or_default().to_string_lossy();
    let note = format!("{name}\n{}\n", String::from_utf8_lossy(&branch).trim());
    atomic::write(&private.join(NOTE), note.as_bytes())?;
    move_folder(&private, keep).inspect_err(|_| drop(fs::remove_file(private.join(NOTE))))
}

fn unknown(worktree: &Path) -> Problem {
    let shown = code_span(&worktree.display().to_string());
    Problem::new(codes::WORKTREE_UNKNOWN, format!("git lists no linked worktree at {shown}"))
        .hint("`git worktree list` shows those there are")
}

/// Brings a worktree back that [`unlink_worktree`] took out; its folder must already be at `worktree`.
///
/// # Errors
/// `worktree.unknown` when `keep` is no such folder or nothing is at `worktree`, `worktree.exists` when its branch is
/// in use elsewhere or another repository or worktree is at that place, `file.not-written`.
pub fn relink_worktree(repository: &Repository, keep: &Path, worktree: &Path) -> Result<(), Problem> {
    let note = operation::read(&keep.join(NOTE)).unwrap_or_default();
    let mut lines = note.lines();
    let (name, branch) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    require_kept(keep)?;
    require_free(repository, worktree)?;
    if let Some(branch) = branch.strip_prefix("refs/heads/")
        && let Some(place) = in_use(repository, branch)?
    {
        let message = format!("the branch {} is now in use at {}", code_span(branch), code_span(&place));
        return Err(Problem::new(codes::WORKTREE_EXISTS, message).hint("switch to another branch there first"));
    }
    let place = settled(worktree);
    let private = free_name(repository, name, &place);
    let gitdir = keep.join("gitdir");
    let before = operation::read(&gitdir).unwrap_or_default();
    // First the way to the folder, so that git never lists it at a place where nothing is.
    atomic::write(&gitdir, &[bytes(&place.join(".git")), b"\n"].concat())?;
    let linked = move_folder(keep, &private).and_then(|()| {
        let text = [b"gitdir: ", bytes(&private), b"\n"].concat();
        atomic::write(&place.join(".git"), &text).inspect_err(|_| drop(move_folder(&private, keep)))
    });
    match linked {
        Ok(()) => {
            let _ = fs::remove_file(private.join(NOTE));
            Ok(())
        }
        Err(problem) => {
            let _ = atomic::write(&gitdir, before.as_bytes());
            Err(problem)
        }
    }
}

fn bytes(path: &Path) -> &[u8] {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())
}

fn require_kept(keep: &Path) -> Result<(), Problem> {
    if ["HEAD", "gitdir", "commondir"].iter().all(|name| keep.join(name).is_file()) {
        return Ok(());
    }
    let shown = code_span(&keep.display().to_string());
    Err(Problem::new(codes::WORKTREE_UNKNOWN, format!("{shown} is not the private folder of a worktree"))
        .hint("look for a folder with `HEAD`, `gitdir` and `commondir` in it"))
}

/// Says that the folder is there and belongs to nobody else.
fn require_free(repository: &Repository, worktree: &Path) -> Result<(), Problem> {
    let shown = code_span(&worktree.display().to_string());
    if !worktree.is_dir() {
        return Err(Problem::new(codes::WORKTREE_UNKNOWN, format!("there is no folder at {shown}"))
            .hint("move the worktree's folder back first"));
    }
    let taken = |what: &str| {
        Err(Problem::new(codes::WORKTREE_EXISTS, format!("{shown} {what}")).hint("bring it back at another place"))
    };
    if private_folder(repository, worktree).is_some() {
        return taken("is the place of another worktree");
    }
    let common = repository.common_dir();
    match fs::symlink_metadata(worktree.join(".git")) {
        Ok(meta) if !meta.is_file() => taken("holds a repository of its own"),
        Ok(_) if !named_by(worktree).is_some_and(|named| named.starts_with(common.join("worktrees"))) => {
            taken("belongs to another repository")
        }
        _ => Ok(()),
    }
}

/// Reads which private folder the `.git` file of a folder names.
fn named_by(worktree: &Path) -> Option<PathBuf> {
    let text = operation::read(&worktree.join(".git"))?;
    let named = text.strip_prefix("gitdir: ")?.trim_end_matches(['\n', '\r']);
    Some(settled(&worktree.join(named)))
}

/// Says whether a folder is the work folder of the worktree that git lists there: a folder itself, no link, and its `.git` file
/// names the private folder that names it.
#[must_use]
pub fn is_linked_folder(repository: &Repository, worktree: &Path) -> bool {
    let is_folder = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir());
    let Some(private) = private_folder(repository, worktree) else { return false };
    // As git wrote it down: a folder that was moved and linked back is another one than git takes it for.
    let text = operation::read(&private.join("gitdir")).unwrap_or_default();
    let written = private.join(text.trim_end_matches(['\n', '\r']));
    let is_place = written.parent().is_some_and(is_folder);
    is_folder(worktree) && is_place && Some(settled(&private)) == named_by(worktree)
}

/// Picks a name in git's list: the one it had, or the folder's, with a number where that is taken.
fn free_name(repository: &Repository, name: &str, worktree: &Path) -> PathBuf {
    let list = repository.common_dir().join("worktrees");
    let is_name = |name: &str| {
        let mut parts = Path::new(name).components();
        matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) && !name.contains('\0')
    };
    let name = Some(name).filter(|name| is_name(name)).map(str::to_owned);
    let name = name.unwrap_or_else(|| worktree.file_name().unwrap_or(OsStr::new("worktree")).to_string_lossy().into());
    let numbered = (1..).map(|number: u32| list.join(format!("{name}{number}")));
    let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    std::iter::once(list.join(&name)).chain(numbered).find(free).unwrap_or_else(|| list.join(&name))
}

/// Moves a folder to a place where nothing is, also to another file system.
fn move_folder(from: &Path, to: &Path) -> Result<(), Problem> {
    let shown = code_span(&to.display().to_string());
    if fs::symlink_metadata(to).is_ok() {
        return Err(Problem::new(codes::WORKTREE_EXISTS, format!("{shown} is there already"))
            .hint("name a place where nothing is"));
    }
    if let Some(parent) = to.parent() {
        atomic::make_folder(parent, false)?;
    }
    let moved = match fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => copy_over(from, to),
        other => other,
    };
    moved.and_then(|()| sync(to.parent().unwrap_or(to))).map_err(|error| {
        let from = code_span(&from.display().to_string());
        Problem::new(codes::FILE_NOT_WRITTEN, format!("{from} could not be moved to {shown}: {error}"))
            .hint("check the permissions and the free space")
    })
}

/// Copies a folder and then deletes the original; what fails before that leaves the original as it was.
fn copy_over(from: &Path, to: &Path) -> std::io::Result<()> {
    copy(from, to).inspect_err(|_| drop(fs::remove_dir_all(to)))?;
    // Out of git's list in one step, so that it never sees half of it.
    let parent = from.parent().and_then(Path::parent).unwrap_or(from);
    let doomed = parent.join(format!("wfo-moved-{}", std::process::id()));
    match fs::rename(from, &doomed) {
        Ok(()) => fs::remove_dir_all(&doomed),
        Err(_) => fs::remove_dir_all(from),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target, kind) = (entry.path(), to.join(entry.file_name()), entry.file_type()?);
        if kind.is_dir() {
            copy(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            sync(&target)?;
        }
    }
    sync(to)
}

fn sync(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_copied_whole_before_the_original_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("list/from"), folder.path().join("to"));
        fs::create_dir_all(from.join("logs")).unwrap();
        atomic::write(&from.join("logs/HEAD"), b"log").unwrap();
        atomic::write(&from.join("HEAD"), b"ref").unwrap();
        std::os::unix::fs::symlink("nowhere", from.join("link")).unwrap();
        copy_over(&from, &to).unwrap();
        assert_eq!(fs::read(to.join("logs/HEAD")).unwrap(), b"log");
        assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("nowhere"));
        assert!(!from.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }

    #[test]
    fn a_copy_that_fails_leaves_the_original_and_no_half() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(&from).unwrap();
        atomic::write(&from.join("HEAD"), b"ref").unwrap();
        fs::create_dir(&to).unwrap();
        assert!(copy(&from, &to).is_err());
        assert!(copy_over(&from, &folder.path().join("no/such/place")).is_err());
        assert_eq!(fs::read(from.join("HEAD")).unwrap(), b"ref");
    }

    #[test]
    fn what_is_at_a_place_is_not_moved_over() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&to).unwrap();
        assert_eq!(move_folder(&from, &to).unwrap_err().code, codes::WORKTREE_EXISTS);
        assert!(from.exists());
    }
}
