//! Looks at what two sides change before they are merged: whether they meet at all, and whether that is cheap enough.
//! Reads trees and the sizes of files, never their content.

use std::collections::{HashMap, HashSet};

use gix::{ObjectId, Repository};

use super::simulation::FILE_CAP;
use crate::merged::{Changed, Leaf, difference};

/// How many files each side may change.
const SIDE_CAP: usize = 20_000;
/// How many bytes of files that both sides change may be merged.
const MERGE_CAP: u64 = 16 << 20;
/// How many pairs of a file that went and one that came may be compared on one side.
const PAIR_CAP: usize = 1_000;
/// How many bytes those comparisons may read.
const PAIR_BYTES: u64 = 64 << 20;

/// How two sides of a merge meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// They change different files, so that the merge is clean.
    Apart,
    /// They have to be merged.
    Close {
        /// Whether renames may matter, and are few enough to be looked for.
        renames: bool,
    },
}

/// Looks at three trees; `None` when merging them would pass a bound.
pub(super) fn meet(repo: &Repository, base: ObjectId, ours: ObjectId, theirs: ObjectId) -> Option<Meeting> {
    let ours = difference(repo, base, ours, SIDE_CAP).ok()?;
    let theirs = difference(repo, base, theirs, SIDE_CAP).ok()?;
    let sides = [Side::new(&ours), Side::new(&theirs)];
    let [left, right] = &sides;
    let renames = left.may_rename(right) || right.may_rename(left);
    let touches = left.touches(right) || right.touches(left);
    if !renames && !touches {
        return Some(Meeting::Apart);
    }
    merge_is_bounded(repo, left, right)?;
    if renames {
        renames_are_bounded(repo, &ours)?;
        renames_are_bounded(repo, &theirs)?;
    }
    Some(Meeting::Close { renames })
}

/// The changes of one side.
struct Side<'a> {
    changes: HashMap<&'a [u8], &'a Changed>,
    /// Folders in which files changed, also far above them.
    folders: HashSet<&'a [u8]>,
    /// Folders from which files went, also far above them.
    left: HashSet<&'a [u8]>,
}

impl<'a> Side<'a> {
    fn new(changes: &'a [Changed]) -> Self {
        let mut side = Self { changes: HashMap::new(), folders: HashSet::new(), left: HashSet::new() };
        for change in changes {
            side.changes.insert(&change.path, change);
            for folder in folders(&change.path) {
                side.folders.insert(folder);
                if change.after.is_none() {
                    side.left.insert(folder);
                }
            }
        }
        side
    }

    /// Says whether the other side changes a path that this one changes, or needs a folder where this one has a file.
    fn touches(&self, other: &Self) -> bool {
        self.changes.keys().any(|path| other.changes.contains_key(path) || other.folders.contains(path))
    }

    /// Says whether this side may have moved what the other changes: a file, or a folder that the other adds to.
    fn may_rename(&self, other: &Self) -> bool {
        let came = self.changes.values().any(|change| change.before.is_none());
        came && (self
            .changes
            .values()
            .any(|change| change.after.is_none() && other.changes.contains_key(&*change.path))
            || other.changes.values().any(|change| {
                change.before.is_none() && folders(&change.path).any(|folder| self.left.contains(folder))
            }))
    }
}

/// Lists the folders above a path, without the top.
fn folders(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.iter().enumerate().filter(|(_, byte)| **byte == b'/').filter_map(|(at, _)| path.get(..at))
}

/// Stops at files that are too large, or together too many bytes, to be merged by lines.
fn merge_is_bounded(repo: &Repository, left: &Side<'_>, right: &Side<'_>) -> Option<()> {
    let mut bytes = MERGE_CAP;
    for (path, ours) in &left.changes {
        let Some(theirs) = right.changes.get(path).filter(|theirs| theirs.after != ours.after) else { continue };
        for leaf in [ours.before, ours.after, theirs.after].into_iter().flatten() {
            let size = size(repo, leaf)?;
            if size > FILE_CAP {
                return None;
            }
            bytes = bytes.checked_sub(size)?;
        }
    }
    Some(())
}

/// Stops where too many files went and came on one side to compare each with each; those that only moved cost nothing.
fn renames_are_bounded(repo: &Repository, changes: &[Changed]) -> Option<()> {
    let ids = |leaf: fn(&Changed) -> Option<Leaf>, other: fn(&Changed) -> Option<Leaf>| {
        let leaves = changes.iter().filter(move |change| other(change).is_none()).filter_map(leaf);
        leaves.collect::<Vec<Leaf>>()
    };
    let went = ids(|change| change.before, |change| change.after);
    let came = ids(|change| change.after, |change| change.before);
    let has = |leaves: &[Leaf]| leaves.iter().map(|leaf| leaf.1).collect::<HashSet<ObjectId>>();
    let (had, have) = (has(&went), has(&came));
    let went: Vec<_> = went.into_iter().filter(|leaf| !have.contains(&leaf.1)).collect();
    let came: Vec<_> = came.into_iter().filter(|leaf| !had.contains(&leaf.1)).collect();
    if went.is_empty() || came.is_empty() {
        return Some(());
    }
    if went.len().saturating_mul(came.len()) > PAIR_CAP {
        return None;
    }
    let sum = |leaves: &[Leaf]| leaves.iter().try_fold(0_u64, |sum, leaf| Some(sum + size(repo, *leaf)?.min(FILE_CAP)));
    let bytes = sum(&went)? * came.len() as u64 + sum(&came)? * went.len() as u64;
    (bytes <= PAIR_BYTES).then_some(())
}

/// Returns how many bytes a file has; links and submodules count nothing.
fn size(repo: &Repository, (mode, id): Leaf) -> Option<u64> {
    if mode & 0o170_000 == 0o100_000 { Some(repo.find_header(id).ok()?.size()) } else { Some(0) }
}
