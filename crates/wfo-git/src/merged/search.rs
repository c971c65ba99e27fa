//! Looks for a branch's work in the default branch: nothing to add, the same tree, one commit with the same change (a
//! squash), every own commit's change (a rebase), a merge that adds nothing. Bounded; writes nothing, runs nothing.

use std::collections::HashMap;

use gix::{ObjectId, Repository};

use super::difference::{self, Changed, Untold, difference};
use super::patch::{Budget, Patch, patch};
use crate::history::{Comparison, History};
use crate::merges::Simulation;

/// How many commits of the default branch are searched for a squash.
const SQUASH_CAP: usize = 200;
/// How many own commits of a branch are searched for one by one.
const OWN_CAP: usize = 100;
/// How many files a change may have.
const CHANGE_CAP: usize = 5_000;
/// How many files the changes of all commits that are looked at may have.
const ALL_CHANGES_CAP: usize = 200_000;
/// How many bytes may be read to compare lines, over all branches.
const READ_CAP: u64 = 64 << 20;

/// What one commit changes, as digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Nothing, or more than any change that is searched for.
    None,
    /// What cannot be told.
    Unknown,
    /// The paths alone, and the paths with modes and ids.
    Told { paths: ObjectId, exact: ObjectId },
}

/// A branch and what it is searched in.
struct Branch {
    base: ObjectId,
    tip: ObjectId,
    ahead: u64,
}

/// The commits of the default branch that a branch's work may be in.
struct Line {
    commits: Vec<ObjectId>,
    /// Whether these are all.
    whole: bool,
}

/// Looks for the work of branches among the commits of the default branch; what it read once it keeps.
pub(crate) struct Works<'repo> {
    repo: &'repo Repository,
    trees: HashMap<ObjectId, Option<ObjectId>>,
    changes: HashMap<ObjectId, Change>,
    patches: HashMap<ObjectId, Option<Patch>>,
    simulation: Option<Simulation>,
    left: usize,
    budget: Budget,
}

impl<'repo> Works<'repo> {
    /// Starts with nothing read.
    pub(crate) fn new(repo: &'repo Repository) -> Self {
        Self {
            repo,
            trees: HashMap::new(),
            changes: HashMap::new(),
            patches: HashMap::new(),
            simulation: None,
            left: ALL_CHANGES_CAP,
            budget: Budget(READ_CAP),
        }
    }

    /// Says whether the commits that only `tip` has are in `target` as other commits; `None` when that was not found
    /// and the search was cut, or something could not be read.
    pub(crate) fn contain(
        &mut self,
        history: &mut History<'_>,
        compared: Comparison,
        tip: ObjectId,
        target: ObjectId,
    ) -> Option<bool> {
        let branch = Branch { base: compared.base?, tip, ahead: compared.ahead };
        let (base_tree, tip_tree) = (self.tree(branch.base)?, self.tree(tip)?);
        let target_tree = self.tree(target)?;
        if base_tree == tip_tree || target_tree == tip_tree {
            return Some(true);
        }
        let own = difference(self.repo, base_tree, tip_tree, CHANGE_CAP);
        let taken = own.as_deref().ok().and_then(|own| self.taken(target_tree, own));
        if taken == Some(Taken::Nothing) {
            return Some(false);
        }
        let line = self.line(history, target, branch.base);
        if line.commits.iter().any(|commit| self.tree(*commit) == Some(tip_tree)) {
            return Some(true);
        }
        let Ok(own) = own else { return None };
        let squash = self.squash(history, &own, &line);
        if squash == Some(true) {
            return squash;
        }
        let rebase = self.rebase(history, &branch, &line);
        if rebase == Some(true) {
            return rebase;
        }
        // Where a path of the branch is as it was before, a merge would surely add it.
        let adds_nothing = match taken {
            Some(Taken::Some) => Some(false),
            _ => self.adds_nothing(target, tip),
        };
        match (squash, rebase, adds_nothing) {
            (.., Some(true)) => Some(true),
            (Some(false), Some(false), Some(false)) if line.whole => Some(false),
            _ => None,
        }
    }

    /// Tells how much of a change the default branch has touched.
    fn taken(&self, target_tree: ObjectId, own: &[Changed]) -> Option<Taken> {
        let mut touched = 0;
        for change in own {
            touched += usize::from(difference::leaf(self.repo, target_tree, &change.path)? != change.before);
        }
        Some(match touched {
            0 => Taken::Nothing,
            all if all == own.len() => Taken::All,
            _ => Taken::Some,
        })
    }

    /// Lists the default branch's own line down to `base`, newest first.
    fn line(&self, history: &mut History<'_>, target: ObjectId, base: ObjectId) -> Line {
        let Some(commits) = history.main_line(target, base, SQUASH_CAP) else {
            return Line { commits: Vec::new(), whole: false };
        };
        let cut = |last: &ObjectId| history.first_parent(*last).is_none() && self.repo.is_shallow().unwrap_or(true);
        let whole = commits.len() < SQUASH_CAP && !commits.last().is_some_and(cut);
        Line { commits, whole }
    }

    /// Looks for one commit with the same change: the same ids, else the same lines.
    fn squash(&mut self, history: &mut History<'_>, own: &[Changed], line: &Line) -> Option<bool> {
        let (paths, exact) = difference::digests(own)?;
        let mut patch_of_own = None;
        let mut sure = true;
        let candidates = self.candidates(history, line, paths, exact, &mut sure);
        let candidates = match candidates {
            Candidates::Same => return Some(true),
            Candidates::Perhaps(candidates) => candidates,
        };
        for commit in candidates {
            let wanted = *patch_of_own.get_or_insert_with(|| patch(self.repo, own, &mut self.budget));
            let found = wanted.and_then(|wanted| Some((wanted, self.patch_of(history, commit)?)));
            match found {
                Some((wanted, found)) if wanted == found && !wanted.slight => return Some(true),
                Some((wanted, found)) if wanted != found => {}
                _ => sure = false,
            }
        }
        sure.then_some(false)
    }

    /// Looks for every own commit of a branch whose commits lie in one line.
    fn rebase(&mut self, history: &mut History<'_>, branch: &Branch, line: &Line) -> Option<bool> {
        if branch.ahead < 2 {
            return Some(false);
        }
        if branch.ahead > OWN_CAP as u64 {
            return None;
        }
        let own = history.main_line(branch.tip, branch.base, OWN_CAP + 1)?;
        if own.len() as u64 != branch.ahead {
            // Merges among them: their changes cannot be taken one by one.
            return Some(false);
        }
        for commit in own {
            let (Some(old), Some(new)) =
                (history.first_parent(commit).and_then(|parent| self.tree(parent)), self.tree(commit))
            else {
                return None;
            };
            if old == new {
                continue;
            }
            let changes = difference(self.repo, old, new, CHANGE_CAP).ok()?;
            if self.squash(history, &changes, line)? {
                continue;
            }
            return Some(false);
        }
        Some(true)
    }

    /// Lists the commits that change the same paths, or says that one makes the very same change.
    fn candidates(
        &mut self,
        history: &mut History<'_>,
        line: &Line,
        paths: ObjectId,
        exact: ObjectId,
        sure: &mut bool,
    ) -> Candidates {
        let mut perhaps = Vec::new();
        for commit in &line.commits {
            match self.change_of(history, *commit) {
                Change::Told { exact: found, .. } if found == exact => return Candidates::Same,
                Change::Told { paths: found, .. } if found == paths => perhaps.push(*commit),
                Change::Told { .. } | Change::None => {}
                Change::Unknown => *sure = false,
            }
        }
        Candidates::Perhaps(perhaps)
    }

    fn adds_nothing(&mut self, target: ObjectId, tip: ObjectId) -> Option<bool> {
        let repo = self.repo;
        let simulation = self.simulation.get_or_insert_with(|| Simulation::new(repo.clone()));
        Some(simulation.merge(target, tip)?.adds_nothing)
    }

    fn tree(&mut self, commit: ObjectId) -> Option<ObjectId> {
        let repo = self.repo;
        *self.trees.entry(commit).or_insert_with(|| Some(repo.find_commit(commit).ok()?.tree_id().ok()?.detach()))
    }

    fn change_of(&mut self, history: &mut History<'_>, commit: ObjectId) -> Change {
        if let Some(known) = self.changes.get(&commit) {
            return *known;
        }
        let first = history.first_parent(commit).is_none();
        let change = match self.files_of(history, commit) {
            // A first commit is nobody's squash; where history is cut off, the line is not whole.
            None if first => Change::None,
            Some(Ok(files)) if files.is_empty() => Change::None,
            Some(Ok(files)) => {
                difference::digests(&files).map_or(Change::Unknown, |(paths, exact)| Change::Told { paths, exact })
            }
            Some(Err(Untold::TooMany)) if self.left > 0 => Change::None,
            _ => Change::Unknown,
        };
        self.changes.insert(commit, change);
        change
    }

    /// Lists what a commit changes against its first parent, and takes it off what may still be looked at.
    fn files_of(&mut self, history: &mut History<'_>, commit: ObjectId) -> Option<Result<Vec<Changed>, Untold>> {
        let parent = history.first_parent(commit)?;
        let (old, new) = (self.tree(parent)?, self.tree(commit)?);
        let files = difference(self.repo, old, new, CHANGE_CAP.min(self.left));
        self.left = self.left.saturating_sub(files.as_ref().map_or(CHANGE_CAP, Vec::len));
        Some(files)
    }

    fn patch_of(&mut self, history: &mut History<'_>, commit: ObjectId) -> Option<Patch> {
        if let Some(known) = self.patches.get(&commit) {
            return *known;
        }
        let files = self.files_of(history, commit);
        let made = files.and_then(Result::ok).and_then(|files| patch(self.repo, &files, &mut self.budget));
        self.patches.insert(commit, made);
        made
    }
}

/// How much of a branch's change the default branch has touched since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Nothing,
    Some,
    All,
}

enum Candidates {
    Same,
    Perhaps(Vec<ObjectId>),
}
