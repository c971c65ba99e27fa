//! What is staged: the index against HEAD's tree. Where the index still knows a folder's tree, that folder is not
//! looked into. Renames count once, as git counts them.

use std::collections::HashMap;
use std::ops::Range;

use gix::index::entry::Flags;
use gix::index::extension::Tree as Known;
use gix::index::{Entry, State};
use gix::objs::TreeRefIter;
use gix::{ObjectId, Repository};

use super::Request;
use super::one_pass::Stop;
use super::tally::{self, Tally};

/// One path that is only in HEAD or only in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) path: Vec<u8>,
    pub(crate) mode: u16,
    pub(crate) id: ObjectId,
}

/// What differs.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    pub(crate) modified: Vec<Vec<u8>>,
    /// For each of `modified`, until renames are paired: what it was and what it is.
    pub(crate) sides: Vec<[(u16, ObjectId); 2]>,
    pub(crate) added: Vec<Side>,
    pub(crate) deleted: Vec<Side>,
}

impl Staged {
    /// Compares the index with `tree`; `None` for a branch without a commit.
    pub(crate) fn find(
        repo: &Repository,
        index: &State,
        tree: Option<ObjectId>,
        request: Request,
    ) -> Result<Self, Stop> {
        let mut compare = Compare { repo, index, request, found: Self::default(), path: Vec::new() };
        compare.folder(tree, index.tree(), 0..index.entries().len(), 0)?;
        Ok(compare.found)
    }

    /// Takes out every pair of a deleted and an added path with the same content: an exact rename.
    /// The new name stays, as modified. Returns whether a rename with changed content is still possible.
    pub(crate) fn pair_renames(&mut self) -> bool {
        let mut sources: HashMap<(ObjectId, Option<u16>), usize> = HashMap::new();
        // A regular file may change its executable bit on the way; anything else keeps its mode.
        let key = |side: &Side| (side.id, (side.mode & 0o170_000 != 0o100_000).then_some(side.mode));
        for side in &self.deleted {
            *sources.entry(key(side)).or_default() += 1;
        }
        let mut paired: HashMap<(ObjectId, Option<u16>), usize> = HashMap::new();
        let modified = &mut self.modified;
        self.added.retain(|side| match sources.get_mut(&key(side)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                *paired.entry(key(side)).or_default() += 1;
                modified.push(side.path.clone());
                false
            }
            _ => true,
        });
        self.deleted.retain(|side| match paired.get_mut(&key(side)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        let is_file = |side: &Side| side.mode & 0o170_000 == 0o100_000;
        self.added.iter().any(is_file) && self.deleted.iter().any(is_file)
    }

    /// Counts what is staged.
    pub(crate) fn count(self, tally: &mut Tally) {
        let sides = self.added.into_iter().chain(self.deleted).map(|side| side.path);
        for path in self.modified.into_iter().chain(sides) {
            tally.add(tally::Kind::Staged, || path);
        }
    }
}

struct Compare<'a> {
    repo: &'a Repository,
    index: &'a State,
    request: Request,
    found: Staged,
    path: Vec<u8>,
}

/// One child of a folder in the index.
enum Child<'a> {
    File(&'a Entry, &'a [u8]),
    Folder(Range<usize>, &'a [u8]),
}

impl<'a> Child<'a> {
    /// Returns the name as git sorts it: a folder's ends with `/`.
    fn key(&self) -> (&'a [u8], bool) {
        match self {
            Self::File(_, name) => (name, false),
            Self::Folder(_, name) => (name, true),
        }
    }
}

/// Sorts as trees are sorted: as if folders ended with `/`.
fn order(a: (&[u8], bool), b: (&[u8], bool)) -> std::cmp::Ordering {
    let end = |is_folder: bool| is_folder.then_some(&b'/');
    a.0.iter().chain(end(a.1)).cmp(b.0.iter().chain(end(b.1)))
}

impl<'a> Compare<'a> {
    fn folder(
        &mut self,
        tree: Option<ObjectId>,
        known: Option<&Known>,
        range: Range<usize>,
        depth: usize,
    ) -> Result<(), Stop> {
        let valid = known.filter(|known| known.num_entries.is_some_and(|count| count as usize == range.len()));
        if valid.is_some_and(|known| Some(known.id) == tree) {
            return Ok(());
        }
        if depth > 400 {
            return Err(Stop::Unable("a tree is too deep"));
        }
        if self.request.is_late() {
            return Err(Stop::Late);
        }
        let tree = tree.map(|id| self.repo.find_tree(id)).transpose().map_err(unreadable)?;
        let data = tree.as_ref().map(|tree| tree.data.as_slice()).unwrap_or_default();
        let mut theirs = TreeRefIter::from_bytes(data, self.index.object_hash());
        let mut their = theirs.next().transpose().map_err(unreadable)?;
        let mut at = range.start;
        let mut ours = self.child(&mut at, range.end);
        loop {
            let side = match (&their, &ours) {
                (None, None) => return Ok(()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(their), Some(ours)) => order((their.filename, their.mode.is_tree()), ours.key()),
            };
            if side.is_le()
                && let Some(entry) = their
            {
                if side.is_eq()
                    && let Some(child) = &ours
                {
                    self.both(&entry, child, known, depth)?;
                } else {
                    self.only_theirs(entry.filename, entry.mode.value(), entry.oid.to_owned(), depth)?;
                }
                their = theirs.next().transpose().map_err(unreadable)?;
            }
            if side.is_ge() {
                if side.is_gt()
                    && let Some(child) = &ours
                {
                    self.only_ours(child);
                }
                ours = self.child(&mut at, range.end);
            }
        }
    }

    /// Takes the next child of the present folder from the index.
    fn child(&self, at: &mut usize, end: usize) -> Option<Child<'a>> {
        let start = *at;
        let entry = self.index.entries().get(start).filter(|_| start < end)?;
        let name = entry.path(self.index).get(self.path.len()..).unwrap_or_default();
        match name.iter().position(|byte| *byte == b'/') {
            Some(slash) => {
                let prefix = name.get(..=slash).unwrap_or_default();
                *at = super::worker::end_of(self.index, start..end, self.path.len(), prefix);
                Some(Child::Folder(start..*at, name.get(..slash).unwrap_or_default()))
            }
            None => {
                let path = entry.path(self.index);
                let same = |place: &usize| {
                    self.index.entries().get(*place).is_some_and(|entry| entry.path(self.index) == path)
                };
                *at = start + (start..end).take_while(same).count().max(1);
                Some(Child::File(entry, name))
            }
        }
    }

    fn both(
        &mut self,
        theirs: &gix::objs::tree::EntryRef<'_>,
        ours: &Child<'_>,
        known: Option<&Known>,
        depth: usize,
    ) -> Result<(), Stop> {
        match ours {
            Child::Folder(range, name) => {
                let known = known.and_then(|known| child_of(known, name));
                let length = self.enter(name);
                let outcome = self.folder(Some(theirs.oid.to_owned()), known, range.clone(), depth + 1);
                self.path.truncate(length);
                outcome
            }
            Child::File(entry, _) if entry.stage_raw() != 0 => Ok(()),
            Child::File(entry, name) if entry.flags.contains(Flags::INTENT_TO_ADD) => {
                self.only_theirs(name, theirs.mode.value(), theirs.oid.to_owned(), depth)
            }
            Child::File(entry, _) => {
                let mode = normal(theirs.mode.value());
                if entry.id != theirs.oid || u32::from(mode) != entry.mode.bits() {
                    self.found.modified.push(entry.path(self.index).to_vec());
                    let now = u16::try_from(entry.mode.bits()).unwrap_or_default();
                    self.found.sides.push([(mode, theirs.oid.to_owned()), (now, entry.id)]);
                }
                Ok(())
            }
        }
    }

    fn only_ours(&mut self, child: &Child<'_>) {
        let index = self.index;
        let entries = match child {
            Child::File(entry, _) => std::slice::from_ref(*entry),
            Child::Folder(range, _) => index.entries().get(range.clone()).unwrap_or_default(),
        };
        for entry in entries {
            if entry.stage_raw() == 0 && !entry.flags.contains(Flags::INTENT_TO_ADD) {
                let mode = u16::try_from(entry.mode.bits()).unwrap_or_default();
                self.found.added.push(Side { path: entry.path(index).to_vec(), mode, id: entry.id });
            }
        }
    }

    fn only_theirs(&mut self, name: &[u8], mode: u16, id: ObjectId, depth: usize) -> Result<(), Stop> {
        if mode == TREE {
            let length = self.enter(name);
            let outcome = self.folder(Some(id), None, 0..0, depth + 1);
            self.path.truncate(length);
            return outcome;
        }
        let path = [self.path.as_slice(), name].concat();
        self.found.deleted.push(Side { path, mode: normal(mode), id });
        Ok(())
    }

    fn enter(&mut self, name: &[u8]) -> usize {
        let length = self.path.len();
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        length
    }
}

fn unreadable(_: gix::Error) -> Stop {
    Stop::Unable("a tree cannot be read")
}

const TREE: u16 = 0o040_000;

/// Reads old spellings of a mode as git does: what is executable is 0755, any other file 0644.
fn normal(mode: u16) -> u16 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => 0o100_755,
        0o100_000 => 0o100_644,
        kind => kind,
    }
}

fn child_of<'k>(known: &'k Known, name: &[u8]) -> Option<&'k Known> {
    let place = known.children.binary_search_by(|child| child.name.as_slice().cmp(name)).ok()?;
    known.children.get(place)
}
