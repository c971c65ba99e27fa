//! A private folder in the system's folder for temporary files (0700), removed with all that programs put there, also when
//! they took themselves the right to write in it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::codes;
use crate::problem::Problem;

/// How deep folders are opened that a program has closed.
const DEEPEST: usize = 100;

/// A private folder; it goes when this goes.
#[derive(Debug)]
pub struct Scratch {
    folder: Option<tempfile::TempDir>,
    path: PathBuf,
}

impl Scratch {
    /// Makes one.
    ///
    /// # Errors
    /// `file.not-written`.
    pub fn new() -> Result<Self, Problem> {
        let private = std::fs::Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix("wfo-run-").permissions(private).tempdir();
        let folder = made.map_err(|error| {
            let shown = std::env::temp_dir().display().to_string();
            Problem::new(codes::FILE_NOT_WRITTEN, format!("no folder could be made in `{shown}`: {error}"))
                .hint("see that there is space, or set TMPDIR")
        })?;
        // links in the way to it would make its paths others than those that programs tell
        let path = std::fs::canonicalize(folder.path()).unwrap_or_else(|_| folder.path().to_owned());
        Ok(Self { folder: Some(folder), path })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        if folder.close().is_err() {
            open(&self.path, DEEPEST);
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Takes back the right to write in folders.
fn open(folder: &Path, deepest: usize) {
    let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    if deepest > 0 {
        folders.for_each(|entry| open(&entry.path(), deepest - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_goes_with_all_in_it() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_owned();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let closed = path.join("a/b");
        crate::atomic::make_folder(&closed, false).unwrap();
        crate::atomic::write(&closed.join("file"), b"x").unwrap();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).unwrap();
        drop(scratch);
        assert!(!path.exists());
    }
}
