//! A picture of a folder, to prove that a call wrote nothing: every path with kind, mode, size, times and content.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Takes the picture; what cannot be read is part of it as such.
pub(crate) fn picture(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    look(folder, &mut found);
    found
}

fn look(path: &Path, found: &mut BTreeMap<PathBuf, String>) {
    let Ok(meta) = path.symlink_metadata() else { return };
    let content = if meta.is_symlink() {
        format!("{:?}", std::fs::read_link(path).ok())
    } else if meta.is_file() {
        let mut hash = DefaultHasher::new();
        std::fs::read(path).ok().hash(&mut hash);
        format!("{:016x}", hash.finish())
    } else {
        String::new()
    };
    let line =
        format!("{:o} {} {}.{:09} {} {content}", meta.mode(), meta.size(), meta.mtime(), meta.mtime_nsec(), meta.ino());
    found.insert(path.to_owned(), line);
    if meta.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), found);
        }
    }
}
