//! In which order to merge branches so that the fewest merges meet a conflict, and which files several of them change.
//! Works on simulated merges that somebody else has made; merges nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Up to this many branches the best order is found for certain; above, a good one.
const EXACT: usize = 16;

/// A branch that could be merged; branches are named by their place in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub branch: String,
    /// Branches with which a simulated merge conflicts; one side is enough.
    pub conflicts_with: BTreeSet<usize>,
    /// Branches with which the simulation has no result: taken for a conflict in the order, and told apart in the answer.
    pub undetermined: BTreeSet<usize>,
    /// Whether a simulated merge into the target conflicts; `None` = no result, taken for a conflict in the order.
    pub conflicts_with_base: Option<bool>,
    /// Files it changes.
    pub files: BTreeSet<String>,
    /// Files in which any of its simulated merges conflicts.
    pub conflict_files: BTreeSet<String>,
}

/// A branch at its place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// Its name.
    pub branch: String,
    /// Branches it conflicts with, before or after it, by name.
    pub conflicts_with: Vec<String>,
    /// Branches of which nobody knows, by name.
    pub undetermined: Vec<String>,
    /// Whether its merge, at this place, meets a conflict with the target or a branch before it; `None` = not determined.
    pub meets_conflict: Option<bool>,
    /// Files in conflict, by name.
    pub files: Vec<String>,
}

/// Files that the same branches change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// Two or more branches, by name.
    pub branches: Vec<String>,
    /// Files that these change and no others, by name.
    pub files: Vec<String>,
}

/// Orders branches for merging.
///
/// A branch merges cleanly when it conflicts neither with the target nor with a branch before it. So the branches that merge cleanly
/// never conflict with each other, and the largest such set, merged first, gives the fewest conflicts. In it the smaller change comes
/// first, then the name; the rest follows, fewest conflicts first, those that conflict with the target last.
#[must_use]
pub fn merge_order(candidates: &[Candidate]) -> Vec<Ordered> {
    let known = pairs(candidates, |candidate| &candidate.conflicts_with);
    let open = pairs(candidates, |candidate| &candidate.undetermined);
    let against: Vec<BTreeSet<usize>> = known.iter().zip(&open).map(|(known, open)| known | open).collect();
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order
        .sort_by_key(|at| candidates.get(*at).map(|candidate| (candidate.files.len(), candidate.branch.as_str(), *at)));
    let clean_base =
        |at: &usize| candidates.get(*at).is_some_and(|candidate| candidate.conflicts_with_base == Some(false));
    let free: Vec<usize> = order.iter().copied().filter(clean_base).collect();
    let clean: BTreeSet<usize> = if free.len() <= EXACT { exact(&free, &against) } else { greedy(&free, &against) };
    let number = |at: &usize| against.get(*at).map_or(0, BTreeSet::len);
    order.sort_by_key(|at| match clean.contains(at) {
        true => (0, 0),
        false => (if clean_base(at) { 1 } else { 2 }, number(at)),
    });
    let mut before = BTreeSet::new();
    let mut out = Vec::with_capacity(order.len());
    for at in order {
        let Some(candidate) = candidates.get(at) else { continue };
        let meets = |pairs: &[BTreeSet<usize>]| pairs.get(at).is_some_and(|others| !others.is_disjoint(&before));
        let meets_conflict = match (candidate.conflicts_with_base, meets(&known), meets(&open)) {
            (Some(true), ..) | (_, true, _) => Some(true),
            (None, ..) | (.., true) => None,
            (Some(false), false, false) => Some(false),
        };
        let named = |pairs: &[BTreeSet<usize>]| names(candidates, pairs.get(at).into_iter().flatten());
        out.push(Ordered {
            branch: candidate.branch.clone(),
            conflicts_with: named(&known),
            undetermined: named(&open),
            meets_conflict,
            files: candidate.conflict_files.iter().cloned().collect(),
        });
        before.insert(at);
    }
    out
}

/// Lists the files that two or more branches change, one entry for each set of branches, by the branches' names.
#[must_use]
pub fn overlaps(candidates: &[Candidate]) -> Vec<Overlap> {
    let mut of_file: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for file in &candidate.files {
            of_file.entry(file).or_default().insert(at);
        }
    }
    let mut files: BTreeMap<BTreeSet<usize>, Vec<String>> = BTreeMap::new();
    for (file, branches) in of_file.into_iter().filter(|(_, branches)| branches.len() > 1) {
        files.entry(branches).or_default().push(file.to_owned());
    }
    let mut out: Vec<Overlap> =
        files.into_iter().map(|(at, files)| Overlap { branches: names(candidates, &at), files }).collect();
    out.sort_by(|one, other| one.branches.cmp(&other.branches));
    out
}

/// Makes a relation hold in both directions, without itself and without numbers that are no branch.
fn pairs(candidates: &[Candidate], of: impl Fn(&Candidate) -> &BTreeSet<usize>) -> Vec<BTreeSet<usize>> {
    let mut out: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); candidates.len()];
    for (at, candidate) in candidates.iter().enumerate() {
        for &other in of(candidate).iter().filter(|other| **other != at && **other < candidates.len()) {
            for (one, two) in [(at, other), (other, at)] {
                if let Some(set) = out.get_mut(one) {
                    set.insert(two);
                }
            }
        }
    }
    out
}

fn names<'a>(candidates: &[Candidate], of: impl IntoIterator<Item = &'a usize>) -> Vec<String> {
    let mut names: Vec<String> = of.into_iter().filter_map(|at| Some(candidates.get(*at)?.branch.clone())).collect();
    names.sort();
    names
}

/// Tries every set of at most [`EXACT`] branches; of equally large ones the one with the first branches of the list wins.
fn exact(free: &[usize], against: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    // The first branch has the highest bit, so the larger number is the set with the earlier branches.
    let bit = |place: usize| 1_u32 << (free.len() - 1 - place);
    let hits: Vec<(u32, u32)> = free
        .iter()
        .enumerate()
        .map(|(place, at)| {
            let others = against.get(*at);
            let hit = |other: &usize| others.is_some_and(|others| others.contains(other));
            (bit(place), free.iter().enumerate().filter(|(_, other)| hit(other)).map(|(other, _)| bit(other)).sum())
        })
        .collect();
    let clean = |set: &u32| hits.iter().all(|(own, hit)| set & own == 0 || set & hit == 0);
    let best = (0..1_u32 << free.len()).filter(clean).max_by_key(|set| (set.count_ones(), *set)).unwrap_or(0);
    free.iter().enumerate().filter(|(place, _)| best & bit(*place) != 0).map(|(_, at)| *at).collect()
}

/// Takes the branch with the fewest conflicts among those that are left, again and again.
fn greedy(free: &[usize], against: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut left: BTreeMap<usize, usize> = free.iter().enumerate().map(|(place, at)| (*at, place)).collect();
    let mut out = BTreeSet::new();
    let conflicts = |at: &usize, left: &BTreeMap<usize, usize>| {
        against.get(*at).map_or(0, |others| others.iter().filter(|other| left.contains_key(other)).count())
    };
    while let Some(best) =
        left.iter().max_by_key(|(at, place)| (Reverse(conflicts(at, &left)), Reverse(**place))).map(|(at, _)| *at)
    {
        left.remove(&best);
        for other in against.get(best).into_iter().flatten() {
            left.remove(other);
        }
        out.insert(best);
    }
    out
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
