//! Decides whether a branch's own work is in the default branch, also after a squash or a rebase.
//! Evidence only: never the branch's name, and a branch that has no work of its own is not merged.

use std::collections::{BTreeMap, HashMap};

use gix::bstr::ByteSlice;
use gix::objs::TreeRefIter;
use gix::{ObjectId, Repository};

use crate::history::History;

/// How many commits of the default branch are searched for a squash.
const SQUASH_CAP: usize = 200;
/// How many own commits of a branch are searched for one by one.
const OWN_CAP: usize = 20;
/// How many changed entries a comparison of two trees may have.
const CHANGE_CAP: usize = 2_000;

/// What is known about a branch and the default branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Whether the default branch reaches its tip.
    pub(crate) reached: Option<bool>,
    /// Whether its log shows commits of its own.
    pub(crate) own_work: Option<bool>,
    /// Whether its tip was once the tip of the default branch.
    pub(crate) on_main_line: Option<bool>,
    /// Whether its changes are found in the default branch as other commits.
    pub(crate) squashed: bool,
}

/// Weighs the evidence.
pub(crate) fn verdict(evidence: Evidence) -> Option<bool> {
    match (evidence.reached, evidence.own_work, evidence.on_main_line) {
        (None, ..) => None,
        (Some(false), ..) => Some(evidence.squashed),
        (Some(true), Some(true), _) | (Some(true), _, Some(false)) => Some(true),
        (Some(true), Some(false), _) => Some(false),
        (Some(true), None, _) => None,
    }
}

/// Mode and id of one name, in the old tree and in the new one.
type Pair = [Option<(u16, ObjectId)>; 2];

/// What one commit changes, as a digest of (path, mode, old id, new id).
type Change = ObjectId;

/// Looks for a branch's changes among the commits of the default branch; what it read once it keeps.
pub(crate) struct Squashes<'repo> {
    repo: &'repo Repository,
    known: HashMap<ObjectId, Option<Change>>,
}

impl<'repo> Squashes<'repo> {
    /// Starts with nothing read.
    pub(crate) fn new(repo: &'repo Repository) -> Self {
        Self { repo, known: HashMap::new() }
    }

    /// Says whether the work between `base` and `tip` is in `target` as other commits: the same tree, one commit with
    /// the same change (a squash), or each own commit's change (a rebase). Bounded; no evidence is false.
    pub(crate) fn contain(
        &mut self,
        history: &mut History<'_>,
        base: ObjectId,
        tip: ObjectId,
        target: ObjectId,
    ) -> bool {
        let (Some(base_tree), Some(tip_tree)) = (self.tree(base), self.tree(tip)) else { return false };
        if base_tree == tip_tree {
            return false;
        }
        let Some(line) = history.main_line(target, base, SQUASH_CAP) else { return false };
        if line.iter().any(|commit| self.tree(*commit) == Some(tip_tree)) {
            return true;
        }
        let changes: Vec<Change> = line.iter().filter_map(|commit| self.change_of(history, *commit)).collect();
        let squash = self.difference(base_tree, tip_tree);
        if squash.is_some_and(|change| changes.contains(&change)) {
            return true;
        }
        let own = history.main_line(tip, base, OWN_CAP).unwrap_or_default();
        own.len() > 1
            && own.iter().all(|commit| self.change_of(history, *commit).is_some_and(|change| changes.contains(&change)))
    }

    fn tree(&self, commit: ObjectId) -> Option<ObjectId> {
        Some(self.repo.find_commit(commit).ok()?.tree_id().ok()?.detach())
    }

    fn change_of(&mut self, history: &mut History<'_>, commit: ObjectId) -> Option<Change> {
        if let Some(known) = self.known.get(&commit) {
            return *known;
        }
        let change = history.first_parent(commit).and_then(|parent| {
            let (old, new) = (self.tree(parent)?, self.tree(commit)?);
            self.difference(old, new)
        });
        self.known.insert(commit, change);
        change
    }

    /// Digests the difference of two trees; `None` when there is none, or it is too large.
    fn difference(&self, old: ObjectId, new: ObjectId) -> Option<Change> {
        let mut digest = gix::hash::hasher(gix::hash::Kind::Sha256);
        let mut left = CHANGE_CAP;
        self.compare(old, new, &mut Vec::new(), &mut digest, &mut left, 0)?;
        if left == CHANGE_CAP {
            return None;
        }
        digest.try_finalize().ok()
    }

    fn compare(
        &self,
        old: ObjectId,
        new: ObjectId,
        path: &mut Vec<u8>,
        digest: &mut gix::hash::Hasher,
        left: &mut usize,
        depth: usize,
    ) -> Option<()> {
        if depth > 200 {
            return None;
        }
        let (old, new) = (self.repo.find_tree(old).ok()?, self.repo.find_tree(new).ok()?);
        let mut pairs: BTreeMap<&[u8], Pair> = BTreeMap::new();
        for (side, tree) in [(0, &old), (1, &new)] {
            for entry in TreeRefIter::from_bytes(&tree.data, tree.id.kind()) {
                let entry = entry.ok()?;
                let pair = pairs.entry(entry.filename.as_bytes()).or_default();
                *pair.get_mut(side)? = Some((entry.mode.value(), entry.oid.to_owned()));
            }
        }
        for (name, [before, after]) in pairs.into_iter().filter(|(_, [before, after])| before != after) {
            let length = path.len();
            path.push(b'/');
            path.extend_from_slice(name);
            match (before, after) {
                (Some((0o040_000, before)), Some((0o040_000, after))) => {
                    self.compare(before, after, path, digest, left, depth + 1)?;
                }
                _ => {
                    *left = left.checked_sub(1).filter(|left| *left > 0)?;
                    digest.update(path);
                    for (mode, id) in [before, after].into_iter().flatten() {
                        digest.update(&[0]);
                        digest.update(&mode.to_be_bytes());
                        digest.update(id.as_slice());
                    }
                    digest.update(&[0xff]);
                }
            }
            path.truncate(length);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_without_work_of_its_own_is_not_merged_and_ignorance_is_not_a_yes() {
        let yes = Some(true);
        let no = Some(false);
        for (reached, own_work, on_main_line, squashed, expected) in [
            (yes, yes, yes, false, yes),
            (yes, yes, no, false, yes),
            (yes, no, yes, false, no),
            (yes, no, no, false, yes),
            (yes, no, None, false, no),
            (yes, None, no, false, yes),
            (yes, None, yes, false, None),
            (yes, None, None, false, None),
            (no, yes, no, false, no),
            (no, yes, no, true, yes),
            (None, yes, yes, true, None),
        ] {
            let evidence = Evidence { reached, own_work, on_main_line, squashed };
            assert_eq!(verdict(evidence), expected, "{evidence:?}");
        }
    }
}
