//! Counts files that the index does not know and no pattern ignores, folder by folder.
//! A nested repository is one entry, however much lies in it; its `.git` is looked at, nothing else.

use std::sync::Arc;

use gix::bstr::ByteSlice;

use super::folder::{Folder, Ignores};
use super::listing::{Kind, Listing, open_folder};
use super::one_pass::{DEPTH, Pass, Stop};
use super::tally;
use super::worker::{LATE_EVERY, Worker};

impl Worker<'_, '_> {
    /// Judges the names of a folder that the index did not take.
    pub(crate) fn rest_of(&mut self, folder: &Arc<Folder>, listing: &Listing) -> Result<(), Stop> {
        let mut below = Vec::new();
        for (at, (name, kind)) in listing.rest().enumerate() {
            if at % LATE_EVERY == LATE_EVERY - 1 && self.pass.is_late() {
                return Err(Stop::Late);
            }
            if name == b".git" || folder.is_ignored(&self.pass.everywhere) {
                continue;
            }
            match kind {
                Kind::Other => {}
                Kind::File => {
                    let path = folder.join(name, false);
                    if !folder.verdict(&path, false, &self.pass.everywhere) {
                        self.tally.add(tally::Kind::Untracked, || path);
                    }
                }
                Kind::Folder => below.push(name.to_vec()),
            }
        }
        for name in below {
            self.unknown_folder(folder, &name)?;
        }
        Ok(())
    }

    /// Looks into a folder in which the index knows nothing.
    pub(crate) fn unknown_folder(&mut self, parent: &Arc<Folder>, name: &[u8]) -> Result<(), Stop> {
        let path = parent.join(name, false);
        if parent.is_ignored(&self.pass.everywhere) || parent.verdict(&path, true, &self.pass.everywhere) {
            return Ok(());
        }
        if self.pass.is_late() {
            return Err(Stop::Late);
        }
        if parent.depth >= DEPTH {
            return Err(Stop::Unable("a folder lies too deep"));
        }
        let fd = match open_folder(&parent.fd, name) {
            Ok(fd) => fd,
            Err(error) => return self.unreadable(&path, error),
        };
        let mut listing = self.listing();
        if let Err(error) = listing.read(&fd) {
            return self.unreadable(&path, error);
        }
        if listing.has(b".git") && is_repository(self.pass, &path) {
            self.tally.add(tally::Kind::Untracked, || parent.join(name, true));
            return Ok(());
        }
        let ignores = if listing.has(b".gitignore") { Ignores::File } else { Ignores::None };
        let folder = Arc::new(Folder::below(parent, name, fd, ignores, false));
        let outcome = self.rest_of(&folder, &listing);
        self.keep(listing);
        outcome
    }
}

/// Says whether a folder is the top of another repository, as git's `is_nonbare_repository_dir` does.
fn is_repository(pass: &Pass<'_>, path: &[u8]) -> bool {
    let Ok(path) = path.to_path() else { return false };
    let dot_git = pass.root.join(path).join(".git");
    if std::fs::canonicalize(&dot_git).is_ok_and(|real| real == pass.git_dir) {
        return false;
    }
    match gix::discover::is_git(&dot_git) {
        Ok(_) => true,
        // A file that may not be read counts as one, so that nothing in it is taken for ours.
        Err(_) => dot_git.is_file() && std::fs::File::open(&dot_git).is_err(),
    }
}
