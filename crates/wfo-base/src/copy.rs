//! Copies and moves files and folders: sharing blocks where the file system can, never through a link, never over anything.
//! A link is copied as a link, or left out where it would lead out of what is copied.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::{codes, mounts, problem::Problem};

/// What becomes of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// All are copied as they are.
    Keep,
    /// Those that lead out of the folder that is copied are left out.
    Inside,
}

/// Copies one regular file to a new name, mode included.
///
/// # Errors
/// `file.not-regular` for anything but a regular file, `file.not-written` when the target is there or the disk is full;
/// nothing is left of the copy then.
pub fn file(from: &Path, to: &Path) -> Result<(), Problem> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let source = rustix::fs::open(from, flags, Mode::empty()).map_err(|error| not_copied(from, to, &error.into()))?;
    let source = File::from(source);
    let meta = source.metadata().map_err(|error| not_copied(from, to, &error))?;
    if !meta.is_file() {
        return Err(Problem::new(codes::FILE_NOT_REGULAR, format!("`{}` is not a regular file", from.display()))
            .hint("only files, folders and links inside are copied"));
    }
    if reflink_copy::reflink_file_to_path(&source, to).is_ok() {
        return Ok(());
    }
    let copy = || -> std::io::Result<()> {
        let mode = meta.permissions().mode() & 0o7777;
        let mut target = OpenOptions::new().write(true).create_new(true).mode(mode).open(to)?;
        let copied = std::io::copy(&mut &source, &mut target).and_then(|_| target.set_permissions(meta.permissions()));
        if copied.is_err() {
            let _ = fs::remove_file(to);
        }
        copied
    };
    copy().map_err(|error| not_copied(from, to, &error))
}

/// Copies a file, link or folder to a new name and returns what was left out: links out (with [`Links::Inside`]) and what is
/// neither file, folder nor link.
///
/// # Errors
/// `file.not-written` for the first thing that cannot be copied; what is there by then stays for the caller to remove.
pub fn tree(from: &Path, to: &Path, links: Links) -> Result<Vec<PathBuf>, Problem> {
    let mut left_out = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    let mut modes = Vec::new();
    while let Some(relative) = waiting.pop() {
        let (source, target) = (from.join(&relative), to.join(&relative));
        let (source, target) =
            if relative.as_os_str().is_empty() { (from.into(), to.into()) } else { (source, target) };
        let problem = |error: std::io::Error| not_copied(&source, &target, &error);
        let meta = fs::symlink_metadata(&source).map_err(problem)?;
        if meta.is_dir() {
            fs::create_dir(&target).map_err(problem)?;
            modes.push((target.clone(), meta.permissions()));
            for entry in fs::read_dir(&source).map_err(problem)? {
                waiting.push(relative.join(entry.map_err(problem)?.file_name()));
            }
        } else if meta.is_symlink() {
            let leads = fs::read_link(&source).map_err(problem)?;
            if links == Links::Keep || stays_inside(&relative, &leads) {
                std::os::unix::fs::symlink(leads, &target).map_err(problem)?;
            } else {
                left_out.push(relative);
            }
        } else if meta.is_file() {
            file(&source, &target)?;
        } else {
            left_out.push(relative);
        }
    }
    // Last and from the inside out: a folder that may not be written could not have been filled.
    for (folder, mode) in modes.into_iter().rev() {
        let _ = fs::set_permissions(folder, mode);
    }
    left_out.sort();
    Ok(left_out)
}

/// Says whether a relative link, read where it lies, stays in the folder that is copied.
fn stays_inside(link: &Path, leads: &Path) -> bool {
    let mut depth = link.components().count().saturating_sub(1);
    leads.is_relative()
        && !link.as_os_str().is_empty()
        && leads.components().all(|part| match part {
            Component::ParentDir if depth == 0 => false,
            Component::ParentDir => {
                depth -= 1;
                true
            }
            Component::Normal(_) => {
                depth += 1;
                true
            }
            _ => true,
        })
}

/// Moves a file or folder to a new name on the same file system; says false when it lies on another one.
///
/// # Errors
/// `file.not-written`; everything is then where it was.
pub fn renamed(from: &Path, to: &Path) -> Result<bool, Problem> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(not_copied(from, to, &std::io::ErrorKind::AlreadyExists.into()));
    }
    match fs::rename(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => Ok(false),
        Err(error) => Err(not_copied(from, to, &error)),
    }
}

/// Removes a file, link or folder with all in it; what is not there is removed already. Links are not followed.
///
/// # Errors
/// `file.not-written`.
pub fn erase(path: &Path) -> Result<(), Problem> {
    let done = match fs::symlink_metadata(path) {
        // What is mounted there is not ours to erase.
        Ok(meta) if meta.is_dir() && mounted_below(path) => Err(std::io::ErrorKind::ResourceBusy.into()),
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Problem::new(codes::FILE_NOT_WRITTEN, format!("`{}` could not be removed: {error}", path.display()))
                .hint("check the folder's permissions"))
        }
        _ => Ok(()),
    }
}

fn mounted_below(path: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|real| mounts::below(&real) != Some(0))
}

fn not_copied(from: &Path, to: &Path, error: &std::io::Error) -> Problem {
    let message = format!("`{}` could not be brought to `{}`: {error}", from.display(), to.display());
    Problem::new(codes::FILE_NOT_WRITTEN, message).hint("check the folder's permissions and the free space")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_tree_is_copied_with_modes_and_without_what_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a/b")).unwrap();
        crate::atomic::write(&from.join("a/b/run"), b"x").unwrap();
        fs::set_permissions(from.join("a/b/run"), fs::Permissions::from_mode(0o750)).unwrap();
        symlink("b/run", from.join("a/in")).unwrap();
        symlink("../../secret", from.join("a/out")).unwrap();
        symlink("/etc/passwd", from.join("absolute")).unwrap();
        let fifo = from.join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        let left_out = tree(&from, &to, Links::Inside).unwrap();
        assert_eq!(left_out, [Path::new("a/out"), Path::new("absolute"), Path::new("pipe")]);
        assert_eq!(fs::read(to.join("a/in")).unwrap(), b"x");
        assert_eq!(fs::metadata(to.join("a/b/run")).unwrap().permissions().mode() & 0o777, 0o750);
        assert!(tree(&from, &to, Links::Keep).is_err(), "nothing is written over");
    }

    #[test]
    fn a_file_is_never_read_through_a_link_nor_written_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, link, there) =
            (folder.path().join("secret"), folder.path().join("link"), folder.path().join("there"));
        crate::atomic::write(&secret, b"s").unwrap();
        crate::atomic::write(&there, b"old").unwrap();
        symlink(&secret, &link).unwrap();
        assert!(file(&link, &folder.path().join("new")).is_err());
        assert!(file(&secret, &there).is_err());
        assert_eq!(fs::read(&there).unwrap(), b"old");
        file(&secret, &folder.path().join("new")).unwrap();
    }

    #[test]
    fn a_link_is_judged_by_where_it_lies() {
        for (link, leads, inside) in [
            ("a", "b", true),
            ("a", "../b", false),
            ("a/b", "../c", true),
            ("a/b", "../../c", false),
            ("a/b", "c/../../d", true),
            ("a", "/x", false),
            ("", "x", false),
        ] {
            assert_eq!(stays_inside(Path::new(link), Path::new(leads)), inside, "{link} -> {leads}");
        }
    }

    #[test]
    fn erasing_does_not_follow_links_and_nothing_there_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, link) = (folder.path().join("kept"), folder.path().join("link"));
        fs::create_dir(&kept).unwrap();
        symlink(&kept, &link).unwrap();
        erase(&link).unwrap();
        erase(&link).unwrap();
        assert!(kept.is_dir());
        assert!(renamed(&kept, &folder.path().join("moved")).unwrap() && !kept.exists());
    }
}
