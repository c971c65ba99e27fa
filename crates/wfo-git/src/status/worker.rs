//! One thread of the fast way: takes folders, compares their tracked names, hands on the folders below.
//! What the index does not know goes to `untracked`.

use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::index::{Entry, State};
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use super::content::{Contents, Unsure};
use super::folder::{Folder, Ignores};
use super::listing::{Kind, Listing, open_folder};
use super::one_pass::{DEPTH, Outcome, Pass, Stop};
use super::share::Share;
use super::tally::{self, Tally};
use super::tracked::Look;

/// A part of the index that is worth handing to another thread.
const WORTH_SHARING: usize = 128;

/// After how many names of one folder the clock is looked at.
pub(crate) const LATE_EVERY: usize = 256;

/// How many unreadable folders are named.
const NAMED: usize = 5;

/// A folder that is open or to be opened, and the index entries below it.
pub(crate) struct Task {
    place: Place,
    range: Range<usize>,
}

enum Place {
    Top(OwnedFd),
    Below(Arc<Folder>, Vec<u8>),
}

impl Task {
    /// Makes the first task.
    pub(crate) fn top(fd: OwnedFd, entries: usize) -> Self {
        Self { place: Place::Top(fd), range: 0..entries }
    }
}

/// One thread of a pass.
pub(crate) struct Worker<'p, 'r> {
    pub(crate) pass: &'p Pass<'p>,
    pub(crate) tally: Tally,
    contents: Contents<'r>,
    repo: &'r gix::Repository,
    share: &'p Share<Task>,
    spare: Vec<Listing>,
    outcome: Outcome,
}

impl<'p: 'r, 'r> Worker<'p, 'r> {
    /// Prepares a thread.
    pub(crate) fn new(pass: &'p Pass<'p>, repo: &'r gix::Repository, share: &'p Share<Task>) -> Self {
        Self {
            pass,
            tally: Tally::new(pass.request.keep),
            contents: Contents::new(repo, pass.index, pass.converts),
            repo,
            share,
            spare: Vec::new(),
            outcome: Outcome::default(),
        }
    }
}

impl<'p> Worker<'p, '_> {
    /// Works until nothing is left; a failure ends the others too.
    pub(crate) fn work(&mut self) -> Result<(), Stop> {
        while let Some(task) = self.share.pop() {
            let done = match task.place {
                Place::Top(fd) => self.folder(None, b"", fd, task.range),
                Place::Below(parent, name) => self.known_folder(&parent, &name, task.range),
            };
            if done.is_err() {
                self.share.stop();
                return done;
            }
        }
        Ok(())
    }

    /// Returns what was found.
    pub(crate) fn into_outcome(self) -> Outcome {
        Outcome { tally: self.tally, ..self.outcome }
    }

    /// Takes a listing whose buffers were used before.
    pub(crate) fn listing(&mut self) -> Listing {
        self.spare.pop().unwrap_or_default()
    }

    /// Keeps a listing's buffers for the next folder.
    pub(crate) fn keep(&mut self, listing: Listing) {
        self.spare.push(listing);
    }

    /// Notes a folder that cannot be read; git warns and goes on, and so does this.
    pub(crate) fn unreadable(&mut self, path: &[u8], error: Errno) -> Result<(), Stop> {
        match error {
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP => {}
            Errno::MFILE | Errno::NFILE => return Err(Stop::Unable("too many open files")),
            _ if self.outcome.unreadable.len() < NAMED => self.outcome.unreadable.push(path.to_vec()),
            _ => {}
        }
        Ok(())
    }

    /// Goes into a folder below which the index knows the entries of `range`.
    fn known_folder(&mut self, parent: &Arc<Folder>, name: &[u8], range: Range<usize>) -> Result<(), Stop> {
        if self.pass.is_late() {
            return Err(Stop::Late);
        }
        if parent.depth >= DEPTH {
            return Err(Stop::Unable("a folder lies too deep"));
        }
        match open_folder(&parent.fd, name) {
            Ok(fd) => self.folder(Some(parent), name, fd, range),
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {
                self.all_gone(range);
                Ok(())
            }
            Err(error) => {
                // The files in it may still be reached, one by one; what may not be looked at is not called changed.
                let path = parent.join(name, false);
                self.unreadable(&path, error)?;
                self.unlisted(parent, range)
            }
        }
    }

    fn folder(
        &mut self,
        parent: Option<&Arc<Folder>>,
        name: &[u8],
        fd: OwnedFd,
        range: Range<usize>,
    ) -> Result<(), Stop> {
        let mut listing = self.listing();
        if let Err(error) = listing.read(&fd) {
            let path = parent.map(|parent| parent.join(name, false)).unwrap_or_default();
            self.unreadable(&path, error)?;
        }
        let ignores = self.ignores(parent, name, &listing);
        let attributes = listing.has(b".gitattributes");
        let folder = Arc::new(match parent {
            None => Folder::top(fd, ignores, attributes),
            Some(parent) => Folder::below(parent, name, fd, ignores, attributes),
        });
        let below = self.own_names(&folder, &mut listing, range)?;
        self.rest_of(&folder, &listing)?;
        self.keep(listing);
        for range in below {
            let name = self.name_below(&folder, &range);
            if range.len() >= WORTH_SHARING && self.share.is_hungry() {
                self.share.push(Task { place: Place::Below(folder.clone(), name.to_vec()), range });
            } else {
                self.known_folder(&folder, name, range)?;
            }
        }
        Ok(())
    }

    /// Tells where a folder's ignore patterns come from; a sparse checkout may have left the file out.
    fn ignores(&self, parent: Option<&Arc<Folder>>, name: &[u8], listing: &Listing) -> Ignores {
        if listing.has(b".gitignore") {
            return Ignores::File;
        }
        if !self.pass.sparse {
            return Ignores::None;
        }
        let mut path = parent.map(|parent| parent.join(name, true)).unwrap_or_default();
        path.extend_from_slice(b".gitignore");
        let entry = self.pass.index.entry_by_path(path.as_bstr());
        let left_out = entry.filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        let blob = left_out.and_then(|entry| self.repo.find_blob(entry.id).ok());
        blob.map_or(Ignores::None, |mut blob| Ignores::Index(blob.take_data()))
    }

    /// Compares the entries that lie in the folder itself, and returns the ranges of those further below.
    fn own_names(
        &mut self,
        folder: &Arc<Folder>,
        listing: &mut Listing,
        range: Range<usize>,
    ) -> Result<Vec<Range<usize>>, Stop> {
        let index = self.pass.index;
        let base = folder.path.len();
        let mut below = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let Some(entry) = index.entries().get(at) else { break };
            let name = entry.path(index).get(base..).unwrap_or_default();
            if let Some(slash) = name.iter().position(|byte| *byte == b'/') {
                let (name, prefix) = (name.get(..slash).unwrap_or_default(), name.get(..=slash).unwrap_or_default());
                if matches!(name, b"" | b"." | b"..") {
                    return Err(Stop::Unable("the index has a path that leads out of the work tree"));
                }
                let end = end_of(index, at..range.end, base, prefix);
                listing.take_folder(name);
                below.push(at..end);
                at = end;
                continue;
            }
            if at.is_multiple_of(LATE_EVERY) && self.pass.is_late() {
                return Err(Stop::Late);
            }
            let there = listing.take(name);
            if entry.stage_raw() != 0 {
                at = self.conflict(at, range.end);
            } else {
                self.entry(folder, name, at, entry, there.is_some())?;
                at += 1;
            }
            if there == Some(Kind::Folder) && entry.mode != Mode::COMMIT {
                self.unknown_folder(folder, name)?;
            }
        }
        Ok(below)
    }

    /// Compares one entry with what lies under its name.
    fn entry(&mut self, folder: &Folder, name: &[u8], place: usize, entry: &Entry, listed: bool) -> Result<(), Stop> {
        let left_out = entry.flags.contains(Flags::SKIP_WORKTREE) && !(self.pass.sparse && listed);
        if left_out || entry.flags.contains(Flags::ASSUME_VALID) {
            return Ok(());
        }
        if entry.mode == Mode::COMMIT {
            self.outcome.submodules.push(place);
            return Ok(());
        }
        let announced = entry.flags.contains(Flags::INTENT_TO_ADD);
        let disk = match rustix::fs::statat(&folder.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(disk) => disk,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {
                self.gone(entry);
                return Ok(());
            }
            Err(error) => return self.unreadable(&folder.join(name, false), error),
        };
        if announced {
            self.outcome.announced = true;
            self.changed(entry);
            return Ok(());
        }
        let same = match self.pass.rules.look(entry, &disk) {
            Look::Same => true,
            Look::Changed => false,
            Look::Content => {
                let pass = self.pass;
                let same = self.contents.is_same(folder, name, entry, &disk, &|| pass.is_late());
                same.map_err(|unsure| match unsure {
                    Unsure::Late => Stop::Late,
                    Unsure::Conversion => Stop::Unable("a file's conversion failed"),
                })?
            }
        };
        if !same {
            self.outcome.deleted |= FileType::from_raw_mode(disk.st_mode) == FileType::Directory;
            self.changed(entry);
        }
        Ok(())
    }

    fn changed(&mut self, entry: &Entry) {
        self.tally.add(tally::Kind::Unstaged, || entry.path(self.pass.index).to_vec());
    }

    /// Counts a file that is not there.
    fn gone(&mut self, entry: &Entry) {
        self.outcome.deleted = true;
        self.changed(entry);
    }

    /// Counts one path in conflict and returns the place after its last stage.
    fn conflict(&mut self, at: usize, end: usize) -> usize {
        let index = self.pass.index;
        let path = index.entries().get(at).map(|entry| entry.path(index)).unwrap_or_default();
        self.tally.add(tally::Kind::Conflicted, || path.to_vec());
        let same = |place: &usize| index.entries().get(*place).is_some_and(|entry| entry.path(index) == path);
        at + (at..end).take_while(same).count()
    }

    /// Counts what the index knows below a folder that is not there.
    fn all_gone(&mut self, range: Range<usize>) {
        let index = self.pass.index;
        let mut at = range.start;
        while let Some(entry) = index.entries().get(at).filter(|_| at < range.end) {
            if entry.stage_raw() != 0 {
                at = self.conflict(at, range.end);
                continue;
            }
            if entry.mode == Mode::COMMIT && !entry.flags.intersects(Flags::SKIP_WORKTREE | Flags::ASSUME_VALID) {
                self.outcome.submodules.push(at);
            } else if !entry.flags.intersects(Flags::SKIP_WORKTREE | Flags::ASSUME_VALID) {
                self.gone(entry);
            }
            at += 1;
        }
    }

    /// Compares what the index knows below a folder that cannot be listed.
    fn unlisted(&mut self, parent: &Arc<Folder>, range: Range<usize>) -> Result<(), Stop> {
        let index = self.pass.index;
        let mut at = range.start;
        while let Some(entry) = index.entries().get(at).filter(|_| at < range.end) {
            if entry.stage_raw() != 0 {
                at = self.conflict(at, range.end);
                continue;
            }
            let name = entry.path(index).get(parent.path.len()..).unwrap_or_default();
            self.entry(parent, name, at, entry, false)?;
            at += 1;
        }
        Ok(())
    }

    /// Returns the name of the folder right below `folder` that a range of entries lies in.
    fn name_below(&self, folder: &Folder, range: &Range<usize>) -> &'p [u8] {
        let index = self.pass.index;
        let path = index.entries().get(range.start).map(|entry| entry.path(index).as_bytes()).unwrap_or_default();
        let name = path.get(folder.path.len()..).unwrap_or_default();
        name.split(|byte| *byte == b'/').next().unwrap_or_default()
    }
}

/// Finds where the entries that start with `prefix` (after `base` bytes) end, by doubling steps, then halving.
pub(crate) fn end_of(index: &State, range: Range<usize>, base: usize, prefix: &[u8]) -> usize {
    let belongs = |entry: &Entry| entry.path(index).get(base..).is_some_and(|name| name.starts_with(prefix));
    let mut step = 1;
    let mut low = range.start;
    while low + step < range.end && index.entries().get(low + step).is_some_and(belongs) {
        low += step;
        step *= 2;
    }
    let high = (low + step).min(range.end);
    low + index.entries().get(low..high).unwrap_or_default().partition_point(belongs)
}
