//! Finds the `*.jsonl` files below a folder, with what tells whether one changed, without opening any.
//! Never follows a link, never goes deeper than [`DEPTH`], and a part that cannot be looked at does not hide the rest.

use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::problem::{Noted, Problem};
use crate::{codes, text};

/// How many folders deep files are looked for.
pub const DEPTH: usize = 16;

/// One file, as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its path, below the folder that was walked.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since the Unix epoch.
    pub modified: i64,
    /// Its number in the file system.
    pub inode: u64,
    /// The file system's device.
    pub device: u64,
}

/// Lists the regular `*.jsonl` files below `root`, sorted by the bytes of their paths; `root` itself may be a link.
/// A folder that is not there holds nothing. What cannot be looked at is a note `cost.transcript-unreadable`.
#[must_use]
pub fn jsonl(root: &Path) -> Noted<Vec<Seen>> {
    let mut found = Noted::default();
    // Folders still to be read, with their depth.
    let mut folders = vec![(root.to_owned(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        if let Err(error) = read_folder(&folder, depth, &mut folders, &mut found) {
            note(&folder, &error, &mut found);
        }
    }
    found.value.sort_unstable_by(|a, b| a.path.as_os_str().as_bytes().cmp(b.path.as_os_str().as_bytes()));
    found
}

fn read_folder(
    folder: &Path,
    depth: usize,
    folders: &mut Vec<(PathBuf, usize)>,
    found: &mut Noted<Vec<Seen>>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // The kind comes with the listing on most file systems; only files that are wanted cost a call.
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                note(&entry.path(), &error, found);
                continue;
            }
        };
        if kind.is_dir() {
            if depth < DEPTH {
                folders.push((entry.path(), depth + 1));
            } else {
                let error = io::Error::other(format!("it lies deeper than {DEPTH} folders"));
                note(&entry.path(), &error, found);
            }
        } else if kind.is_file() && entry.file_name().as_bytes().ends_with(b".jsonl") {
            match look_at(&entry, entry.path()) {
                Ok(Some(seen)) => found.value.push(seen),
                Ok(None) => {}
                Err(error) => note(&entry.path(), &error, found),
            }
        }
    }
    Ok(())
}

/// Looks at one file; `None` when it is not there or not a regular one. A link is not followed.
#[must_use]
pub fn one(path: &Path) -> Option<Seen> {
    seen(&fs::symlink_metadata(path).ok()?, path.to_owned())
}

/// `None` when a file is no longer one.
fn look_at(entry: &DirEntry, path: PathBuf) -> io::Result<Option<Seen>> {
    Ok(seen(&entry.metadata()?, path))
}

fn seen(meta: &fs::Metadata, path: PathBuf) -> Option<Seen> {
    let modified = meta.mtime().saturating_mul(1_000_000_000).saturating_add(meta.mtime_nsec());
    let seen = Seen { path, size: meta.size(), modified, inode: meta.ino(), device: meta.dev() };
    meta.is_file().then_some(seen)
}

/// What vanished between two looks was never there.
fn note(path: &Path, error: &io::Error, found: &mut Noted<Vec<Seen>>) {
    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
        return;
    }
    let shown = path.to_string_lossy();
    let message = format!("{} cannot be looked at: {error}", text::code_span(&shown));
    let problem = Problem::new(codes::COST_TRANSCRIPT_UNREADABLE, message)
        .hint("check its permissions; what it holds is not counted")
        .in_file(text::one_line(&shown));
    found.notes.push(problem.warning());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary folder");
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            crate::atomic::write(&path, file.as_bytes()).unwrap();
        }
        root
    }

    /// Returns the paths below the folder.
    fn paths<'a>(found: &'a Noted<Vec<Seen>>, root: &tempfile::TempDir) -> Vec<&'a str> {
        let below = |seen: &'a Seen| seen.path.strip_prefix(root.path()).unwrap().to_str().unwrap();
        found.value.iter().map(below).collect()
    }

    #[test]
    fn files_at_every_depth_come_in_the_order_of_their_bytes() {
        let root =
            tree(&["b/s.jsonl", "a.jsonl", "a/s/subagents/agent-1.jsonl", "a/s.jsonl", "b/note.json", "B/x.jsonl"]);
        let found = jsonl(root.path());
        assert_eq!(
            paths(&found, &root),
            ["B/x.jsonl", "a.jsonl", "a/s.jsonl", "a/s/subagents/agent-1.jsonl", "b/s.jsonl"]
        );
        assert_eq!(found.notes, []);
        let meta = fs::metadata(root.path().join("a.jsonl")).unwrap();
        let seen = &found.value[1];
        assert_eq!((seen.size, seen.inode, seen.device), (7, meta.ino(), meta.dev()));
        assert_eq!(seen.modified, meta.mtime() * 1_000_000_000 + meta.mtime_nsec());
    }

    #[test]
    fn links_fifos_and_folders_with_such_a_name_are_passed_by() {
        let root = tree(&["real/s.jsonl", "folder.jsonl/inner.jsonl"]);
        symlink("real/s.jsonl", root.path().join("link.jsonl")).unwrap();
        symlink("real", root.path().join("linked")).unwrap();
        symlink(".", root.path().join("circle")).unwrap();
        let fifo = root.path().join("fifo.jsonl");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        assert_eq!(paths(&jsonl(root.path()), &root), ["folder.jsonl/inner.jsonl", "real/s.jsonl"]);
        let door = tree(&[]);
        symlink(root.path(), door.path().join("projects")).unwrap();
        assert_eq!(jsonl(&door.path().join("projects")).value.len(), 2, "the root itself may be a link");
    }

    #[test]
    fn a_folder_that_is_not_there_holds_nothing() {
        let root = tree(&[]);
        assert_eq!(jsonl(&root.path().join("projects")), Noted::default());
    }

    #[test]
    fn what_lies_too_deep_is_noted_and_the_rest_is_listed() {
        let deep = format!("{}s.jsonl", "d/".repeat(DEPTH));
        let deeper = format!("{}x/s.jsonl", "d/".repeat(DEPTH));
        let root = tree(&[&deep, &deeper]);
        let found = jsonl(root.path());
        assert_eq!(paths(&found, &root), [deep]);
        assert_eq!(found.notes.len(), 1);
        assert_eq!(found.notes[0].problem.code, codes::COST_TRANSCRIPT_UNREADABLE);
    }

    #[test]
    fn a_folder_that_cannot_be_opened_is_noted_and_the_rest_is_listed() {
        let root = tree(&["a/s.jsonl", "shut/s.jsonl"]);
        let shut = root.path().join("shut");
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o0)).unwrap();
        let found = jsonl(root.path());
        let may_anyway = fs::read_dir(&shut).is_ok();
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
        if may_anyway {
            assert_eq!(paths(&found, &root), ["a/s.jsonl", "shut/s.jsonl"], "the administrator sees all");
        } else {
            assert_eq!((paths(&found, &root), found.notes.len()), (vec!["a/s.jsonl"], 1));
        }
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_holds_nothing() {
        let root = tree(&["projects"]);
        let found = jsonl(&root.path().join("projects"));
        assert_eq!((found.value.len(), found.notes.len()), (0, 0));
    }
}
