//! The names in one folder of a project. Reads no file's text except through [`crate::read`], follows no linked folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::problem::{Diagnostic, Problem};
use crate::{codes, read};

/// How many names of one folder are looked at.
const NAMES: usize = 20_000;

/// Folders below the root that hold no project of their own: dependencies, output, examples and documents.
const PASSED_OVER: [&str; 20] = [
    "__pycache__",
    "bower_components",
    "build",
    "coverage",
    "deps",
    "dist",
    "doc",
    "docs",
    "env",
    "example",
    "examples",
    "fixtures",
    "node_modules",
    "out",
    "target",
    "test",
    "testdata",
    "tests",
    "vendor",
    "venv",
];

/// One folder and the names in it.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    root: &'a Path,
    relative: String,
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    cut: bool,
}

impl<'a> Folder<'a> {
    /// Reads the names in `relative` below `root`; a folder that cannot be read is a note and empty.
    pub(super) fn read(root: &'a Path, relative: &str, notes: &mut Vec<Diagnostic>) -> Self {
        let mut folder =
            Self { root, relative: relative.to_owned(), files: BTreeSet::new(), folders: BTreeSet::new(), cut: false };
        let entries = match fs::read_dir(folder.path()) {
            Ok(entries) => entries,
            Err(error) => {
                let shown = if relative.is_empty() { "." } else { relative };
                let problem = Problem::new(codes::FILE_UNREADABLE, format!("folder `{shown}` cannot be read: {error}"));
                notes.push(problem.hint(format!("check the permissions of `{shown}`")).in_file(shown).warning());
                return folder;
            }
        };
        for (count, entry) in entries.flatten().enumerate() {
            if count == NAMES {
                folder.cut = true;
                break;
            }
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
            if kind.is_dir() {
                folder.folders.insert(name);
            } else if kind.is_file() || kind.is_symlink() {
                folder.files.insert(name);
            }
        }
        folder
    }

    /// Returns the project's root.
    pub(super) fn root(&self) -> &'a Path {
        self.root
    }

    /// Returns the folder relative to the root; empty for the root itself.
    pub(super) fn relative(&self) -> &str {
        &self.relative
    }

    /// Returns the folder's place on disk.
    pub(super) fn path(&self) -> PathBuf {
        self.root.join(&self.relative)
    }

    /// Returns a name as it is shown: relative to the root.
    pub(super) fn shown(&self, name: &str) -> String {
        if self.relative.is_empty() { name.to_owned() } else { format!("{}/{name}", self.relative) }
    }

    /// Says whether there is a file (or folder, such as `app.xcodeproj`) of that very name or below it.
    pub(super) fn has(&self, name: &str) -> bool {
        if self.files.contains(name) || self.folders.contains(name) {
            return true;
        }
        (self.cut || name.contains('/')) && fs::symlink_metadata(self.path().join(name)).is_ok()
    }

    /// Returns the first name that fits one of the patterns.
    pub(super) fn first(&self, patterns: &[String]) -> Option<String> {
        patterns.iter().find_map(|pattern| self.all(pattern).next())
    }

    /// Returns the names that fit a pattern with at most one `*`, sorted.
    pub(super) fn all(&self, pattern: &str) -> impl Iterator<Item = String> {
        let found: Vec<String> = match pattern.split_once('*') {
            None => self.has(pattern).then(|| pattern.to_owned()).into_iter().collect(),
            Some((head, tail)) => {
                let fits = |name: &&String| fits(name, head, tail);
                self.files.iter().filter(fits).chain(self.folders.iter().filter(fits)).cloned().collect()
            }
        };
        found.into_iter()
    }

    /// Reads a file of this folder; a file that cannot be read is a note.
    pub(super) fn page(&self, name: &str, notes: &mut Vec<Diagnostic>) -> Option<String> {
        if !self.has(name) {
            return None;
        }
        match read::page(self.root, &self.shown(name), read::PAGE_LIMIT) {
            Ok(page) => page.map(|page| page.text),
            Err(problem) => {
                // a file is asked for by several readers; one note is enough
                if !notes.iter().any(|note: &Diagnostic| note.problem == problem) {
                    notes.push(problem.warning());
                }
                None
            }
        }
    }

    /// Returns the folders below that fit a pattern with at most one `*`, without hidden ones and dependencies.
    pub(super) fn folders(&self, pattern: &str) -> impl Iterator<Item = &str> {
        let (head, tail) = pattern.split_once('*').unwrap_or((pattern, ""));
        let any = pattern.contains('*');
        let found = self.folders.iter().map(String::as_str);
        found.filter(move |name| match any {
            true => fits(name, head, tail) && !name.starts_with('.') && *name != "node_modules",
            false => *name == head,
        })
    }

    /// Returns the folders below that may be projects of their own.
    pub(super) fn project_folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str).filter(|name| !name.starts_with('.') && !PASSED_OVER.contains(name))
    }
}

/// Says whether a name begins and ends so.
pub(super) fn fits(name: &str, head: &str, tail: &str) -> bool {
    name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
}
