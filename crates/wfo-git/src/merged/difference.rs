//! Compares two trees: which files differ, by mode and id. Bounded in files and in depth.
//! Reads trees only, never the content of a file.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;
use gix::{ObjectId, Repository};

/// How deep folders may lie.
const DEPTH_CAP: usize = 200;
/// The mode of a folder.
const FOLDER: u16 = 0o040_000;

/// Mode and id of one name.
pub(crate) type Leaf = (u16, ObjectId);

/// One file, link or submodule that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// From the top, parts divided by `/`.
    pub(crate) path: Vec<u8>,
    /// What it was; `None` when it was not there.
    pub(crate) before: Option<Leaf>,
    /// What it is; `None` when it is no longer there.
    pub(crate) after: Option<Leaf>,
}

/// Why a difference is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untold {
    /// It has more files than asked for.
    TooMany,
    /// A tree is missing, broken or too deep.
    Unreadable,
}

/// Lists the files in which two trees differ, folders taken apart.
///
/// # Errors
/// [`Untold`] when there are more than `cap` or a tree cannot be read.
pub(crate) fn difference(repo: &Repository, old: ObjectId, new: ObjectId, cap: usize) -> Result<Vec<Changed>, Untold> {
    let mut walk = Walk { repo, cap, path: Vec::new(), found: Vec::new() };
    walk.compare(Some(old), Some(new), 0)?;
    Ok(walk.found)
}

/// Lists the files of a tree as if there had been none before.
///
/// # Errors
/// As [`difference`].
pub(crate) fn whole(repo: &Repository, new: ObjectId, cap: usize) -> Result<Vec<Changed>, Untold> {
    let mut walk = Walk { repo, cap, path: Vec::new(), found: Vec::new() };
    walk.compare(None, Some(new), 0)?;
    Ok(walk.found)
}

/// Digests a list of differences: the paths alone, and the paths with modes and ids.
pub(crate) fn digests(changes: &[Changed]) -> Option<(ObjectId, ObjectId)> {
    let mut paths = gix::hash::hasher(gix::hash::Kind::Sha256);
    let mut exact = gix::hash::hasher(gix::hash::Kind::Sha256);
    for change in changes {
        paths.update(&change.path);
        paths.update(&[0]);
        exact.update(&change.path);
        for leaf in [change.before, change.after] {
            exact.update(&[0, u8::from(leaf.is_some())]);
            if let Some((mode, id)) = leaf {
                exact.update(&mode.to_be_bytes());
                exact.update(id.as_slice());
            }
        }
    }
    Some((paths.try_finalize().ok()?, exact.try_finalize().ok()?))
}

fn leaf_of(entry: &EntryRef<'_>) -> Leaf {
    (entry.mode.value(), entry.oid.to_owned())
}

/// Returns what a tree has at a path: outer `None` when that cannot be read, inner `None` when there is nothing.
pub(crate) fn leaf(repo: &Repository, tree: ObjectId, path: &[u8]) -> Option<Option<Leaf>> {
    let mut here = tree;
    let mut parts = path.split(|byte| *byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let tree = repo.find_tree(here).ok()?;
        let mut entries = TreeRefIter::from_bytes(&tree.data, tree.id.kind());
        let found = entries.find(|entry| entry.as_ref().map_or(true, |entry| entry.filename.as_bytes() == part));
        let Some(entry) = found.transpose().ok()? else { return Some(None) };
        let leaf = leaf_of(&entry);
        if parts.peek().is_none() {
            return Some(Some(leaf));
        }
        if leaf.0 != FOLDER {
            return Some(None);
        }
        here = leaf.1;
    }
    Some(None)
}

struct Walk<'repo> {
    repo: &'repo Repository,
    cap: usize,
    path: Vec<u8>,
    found: Vec<Changed>,
}

impl Walk<'_> {
    fn compare(&mut self, old: Option<ObjectId>, new: Option<ObjectId>, depth: usize) -> Result<(), Untold> {
        if depth > DEPTH_CAP {
            return Err(Untold::Unreadable);
        }
        let trees = [old, new].map(|id| id.map(|id| self.repo.find_tree(id)));
        let [old, new] = trees.each_ref().map(|tree| match tree {
            Some(tree) => tree.as_ref().map(|tree| tree.data.as_slice()).map_err(|_| Untold::Unreadable),
            None => Ok(&[][..]),
        });
        let kind = self.repo.object_hash();
        let mut old = TreeRefIter::from_bytes(old?, kind).peekable();
        let mut new = TreeRefIter::from_bytes(new?, kind).peekable();
        // As long as both have the same names, which is most often to the end, nothing needs to be sorted.
        let mut pairs: BTreeMap<&[u8], [Option<Leaf>; 2]> = BTreeMap::new();
        while let (Some(Ok(before)), Some(Ok(after))) = (old.peek(), new.peek())
            && before.filename == after.filename
        {
            if before != after {
                pairs.insert(before.filename, [Some(leaf_of(before)), Some(leaf_of(after))]);
            }
            old.next();
            new.next();
        }
        for (side, entry) in old.map(|entry| (0, entry)).chain(new.map(|entry| (1, entry))) {
            let entry = entry.map_err(|_| Untold::Unreadable)?;
            if let Some(slot) = pairs.entry(entry.filename.as_bytes()).or_default().get_mut(side) {
                *slot = Some(leaf_of(&entry));
            }
        }
        for (name, [before, after]) in pairs.into_iter().filter(|(_, [before, after])| before != after) {
            self.name(name, before, after, depth)?;
        }
        Ok(())
    }

    fn name(&mut self, name: &[u8], before: Option<Leaf>, after: Option<Leaf>, depth: usize) -> Result<(), Untold> {
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
        let folder = |leaf: Option<Leaf>| leaf.filter(|leaf| leaf.0 == FOLDER).map(|leaf| leaf.1);
        let file = |leaf: Option<Leaf>| leaf.filter(|leaf| leaf.0 != FOLDER);
        if file(before).is_some() || file(after).is_some() {
            if self.found.len() >= self.cap {
                return Err(Untold::TooMany);
            }
            self.found.push(Changed { path: self.path.clone(), before: file(before), after: file(after) });
        }
        if folder(before).is_some() || folder(after).is_some() {
            self.compare(folder(before), folder(after), depth + 1)?;
        }
        self.path.truncate(length);
        Ok(())
    }
}
