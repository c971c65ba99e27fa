//! Makes a file only where none is: looks first (other spellings included), then lets the file system decide, so that of two
//! that make the same file one wins and nothing is overwritten. Never follows a link out of the root or into `.git`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use wfo_base::{Problem, atomic, codes};

/// What is at the place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// Nothing.
    Free,
    /// Something, with its path as it is spelled there.
    Taken(String),
}

/// The most entries of a folder that are compared by spelling.
const ENTRIES: usize = 20_000;

/// Looks at the place of `relative` below `root`. A file that differs in case only, and any README, counts as there.
///
/// # Errors
/// `file.link-outside`, `file.not-written` where a folder is needed and a file is there.
pub(super) fn look(root: &Path, relative: &str) -> Result<Spot, Problem> {
    let (folder, name) = place_of(root, relative)?;
    if fs::symlink_metadata(folder.join(name)).is_ok() {
        return Ok(Spot::Taken(relative.to_owned()));
    }
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten().take(ENTRIES);
    let like = entries.filter_map(|entry| entry.file_name().into_string().ok()).find(|present| is_like(present, name));
    Ok(match like {
        None => Spot::Free,
        Some(present) => Spot::Taken(match relative.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{present}"),
            None => present,
        }),
    })
}

/// Says whether a file stands for another: the same name in other case (one file where the file system does not tell
/// them apart), or a README in another format.
fn is_like(present: &str, wanted: &str) -> bool {
    const FORMATS: [&str; 6] = ["md", "markdown", "rst", "txt", "adoc", "org"];
    let readme = |name: &str| {
        let (stem, format) = name.split_once('.').unwrap_or((name, "md"));
        stem.eq_ignore_ascii_case("readme") && FORMATS.iter().any(|known| known.eq_ignore_ascii_case(format))
    };
    present.eq_ignore_ascii_case(wanted) || (readme(wanted) && readme(present))
}

/// Makes the file with this text; false when another process was first.
///
/// # Errors
/// As [`look`], and `file.not-written`.
pub(crate) fn create(root: &Path, relative: &str, bytes: &[u8], private: bool) -> Result<bool, Problem> {
    let (folder, _) = place_of(root, relative)?;
    atomic::make_folder(&folder, private)?;
    // Looked at again: what was made just now must still lie inside.
    let (folder, name) = place_of(root, relative)?;
    let target = folder.join(name);
    let draft = folder.join(draft_name());
    atomic::write(&draft, bytes)?;
    // A hard link fails where something is: the whole file appears at once, or not at all.
    let linked = fs::hard_link(&draft, &target);
    let removed = fs::remove_file(&draft);
    let made = match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(_) => exclusive(&target, bytes),
    };
    made.and_then(|made| removed.map(|()| made)).map_err(|error| not_written(relative, &error.to_string()))
}

/// For file systems without hard links.
fn exclusive(target: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    exclusive_by(target, |file| file.write_all(bytes).and_then(|()| file.sync_all()))
}

fn exclusive_by(target: &Path, fill: impl FnOnce(&mut fs::File) -> std::io::Result<()>) -> std::io::Result<bool> {
    let mut file = match OpenOptions::new().write(true).create_new(true).open(target) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    };
    // It is our own file: half of it would count as there for ever.
    fill(&mut file).inspect_err(|_| drop(fs::remove_file(target))).map(|()| true)
}

fn draft_name() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    format!(".wfo-draft-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Returns the real folder of a file (as far as it is there) and the file's name.
pub(crate) fn place_of<'a>(root: &Path, relative: &'a str) -> Result<(PathBuf, &'a str), Problem> {
    let (folders, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    // A root that is to be made first has no links in it.
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let mut folder = root.clone();
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(not_written(relative, &error.to_string())),
            Ok(meta) if meta.is_dir() => {}
            Ok(meta) if meta.is_symlink() => folder = followed(&root, &folder, relative)?,
            Ok(_) => return Err(not_written(relative, &format!("`{part}` is not a folder"))),
        }
    }
    Ok((folder, name))
}

/// Follows a link to a folder inside the root.
fn followed(root: &Path, link: &Path, relative: &str) -> Result<PathBuf, Problem> {
    let real = fs::canonicalize(link).ok().filter(|real| real.is_dir());
    let inside = real.filter(|real| {
        real.strip_prefix(root).is_ok_and(|below| below.components().all(|part| part.as_os_str() != ".git"))
    });
    inside.ok_or_else(|| {
        let link = link.strip_prefix(root).unwrap_or(link).display().to_string();
        Problem::new(
            codes::FILE_LINK_OUTSIDE,
            format!(
                "`{link}` is a link that does not lead to a folder of the project, so `{relative}` was not written"
            ),
        )
        .hint(format!("replace the link `{link}` by a folder, or make `{relative}` by hand"))
        .in_file(link)
    })
}

fn not_written(relative: &str, why: &str) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{relative}` could not be written: {why}"))
        .hint("the other files are not touched by this; correct it and run `wfo-helper init` again")
        .in_file(relative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_there_is_never_overwritten_and_no_draft_is_left() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(look(root.path(), "a/b/TASK.md").unwrap(), Spot::Free);
        assert!(create(root.path(), "a/b/TASK.md", b"one", false).unwrap());
        assert!(!create(root.path(), "a/b/TASK.md", b"two", false).unwrap());
        assert_eq!(fs::read(root.path().join("a/b/TASK.md")).unwrap(), b"one");
        assert_eq!(names(&root.path().join("a/b")), ["TASK.md"]);
        assert_eq!(look(root.path(), "a/b/TASK.md").unwrap(), Spot::Taken("a/b/TASK.md".into()));
        assert!(!exclusive(&root.path().join("a/b/TASK.md"), b"three").unwrap());
        assert_eq!(fs::read(root.path().join("a/b/TASK.md")).unwrap(), b"one");
    }

    #[test]
    fn half_a_file_does_not_stay() {
        let root = tempfile::tempdir().unwrap();
        let full = exclusive_by(&root.path().join("TASK.md"), |file| {
            file.write_all(b"half")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!((full.unwrap_err().kind(), names(root.path())), (ErrorKind::StorageFull, vec![]));
    }

    #[test]
    fn another_spelling_and_another_readme_count_as_there() {
        for (present, wanted, taken) in [
            ("task.md", "TASK.md", true),
            ("README.rst", "README.md", true),
            ("readme", "README.md", true),
            ("README.old.md", "README.md", false),
            ("README.png", "README.md", false),
            ("TASKS.md", "TASK.md", false),
        ] {
            let root = tempfile::tempdir().unwrap();
            atomic::write(&root.path().join(present), b"x").unwrap();
            let spot = look(root.path(), wanted).unwrap();
            assert_eq!(spot, if taken { Spot::Taken(present.into()) } else { Spot::Free }, "{present}");
        }
    }

    #[test]
    fn links_are_followed_inside_the_root_only() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(root.path().join("real")).unwrap();
        fs::create_dir_all(root.path().join(".git/hooks")).unwrap();
        for (name, target) in [
            ("in", Path::new("real")),
            ("out", other.path()),
            ("git", Path::new(".git/hooks")),
            ("loop", Path::new("loop")),
            ("gone", Path::new("nowhere")),
        ] {
            symlink(target, root.path().join(name)).unwrap();
        }
        assert!(create(root.path(), "in/x", b"x", false).unwrap());
        assert_eq!(names(&root.path().join("real")), ["x"]);
        for name in ["out/x", "git/x", "loop/x", "gone/x"] {
            assert_eq!(look(root.path(), name).unwrap_err().code, codes::FILE_LINK_OUTSIDE, "{name}");
            assert_eq!(create(root.path(), name, b"x", false).unwrap_err().code, codes::FILE_LINK_OUTSIDE, "{name}");
        }
        assert_eq!(names(other.path()), Vec::<String>::new());
        atomic::write(&root.path().join("file"), b"x").unwrap();
        assert_eq!(look(root.path(), "file/x").unwrap_err().code, codes::FILE_NOT_WRITTEN);
        // A link where the file should be, even to nothing, is somebody's.
        assert_eq!(look(root.path(), "gone").unwrap(), Spot::Taken("gone".into()));
    }

    #[test]
    fn of_many_that_make_the_same_file_one_wins() {
        let root = tempfile::tempdir().unwrap();
        let made = std::thread::scope(|scope| {
            let path = root.path();
            let makers: Vec<_> =
                (0..16_u8).map(|n| scope.spawn(move || create(path, "d/one", &[n; 100], false).unwrap())).collect();
            makers.into_iter().filter_map(|maker| maker.join().ok()).filter(|made| *made).count()
        });
        let bytes = fs::read(root.path().join("d/one")).unwrap();
        assert_eq!((made, bytes.len()), (1, 100));
        assert!(bytes.iter().all(|byte| Some(byte) == bytes.first()));
        assert_eq!(names(&root.path().join("d")), ["one"]);
    }
}
