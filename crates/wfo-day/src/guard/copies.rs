//! What a command copies or moves into the work tree before it commits: file by file, as the disk says what is a folder.
//! Only lists; what counts of it is for the look at the commit.

use std::path::{Path, PathBuf};

use wfo_gate::guard::Commit;
use wfo_git::Repository;

use super::content::below_root;
use super::{absolute, resolved};

/// The most files that are listed.
const MOST: usize = 500;

/// Lists what will lie where: the path from the top of the work tree, and the file that is there now under another name.
pub(super) fn of(commit: &Commit, folder: &Path, repository: &Repository) -> Vec<(Vec<u8>, PathBuf)> {
    let mut list = Vec::new();
    for (from, to) in &commit.copies {
        let (from, mut to) = (absolute(from, folder), absolute(to, folder));
        if let Some(name) = from.file_name().filter(|_| to.is_dir()) {
            to.push(name);
        }
        let mut open = vec![(from, to)];
        while let Some((from, to)) = open.pop().filter(|_| list.len() < MOST) {
            if from.is_dir() {
                let names = std::fs::read_dir(&from).into_iter().flatten().flatten().take(MOST);
                let links = |from: &Path| from.is_symlink() && from.is_dir();
                let inside = names.map(|entry| (entry.path(), to.join(entry.file_name())));
                open.extend(inside.filter(|(from, _)| !links(from)));
                open.truncate(MOST);
            } else if let Some(path) = below_root(&to.to_string_lossy(), folder, repository.root()) {
                list.push((path, resolved(from.parent().unwrap_or(&from)).join(from.file_name().unwrap_or_default())));
            }
        }
    }
    list
}
