//! Merges two commits in memory, within bounds.
//! What it makes lives in memory only and is dropped after each merge; no configured program is known to it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gix::diff::Rewrites;
use gix::merge::tree::TreatAsUnresolved;
use gix::{ObjectId, Repository};

use super::meeting::{Meeting, meet};
use crate::history::{COMPARE_CAP, History};

/// How many renames that are not exact may be looked for on one side: the square root of the pairs that are compared.
const RENAME_LIMIT: usize = 32;
/// From how many bytes on a file is not merged by its lines.
pub(super) const FILE_CAP: u64 = 1 << 20;

/// What a simulated merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    /// Paths in conflict.
    pub(crate) conflicts: Vec<Vec<u8>>,
    /// Whether it is clean and the result is what was there before.
    pub(crate) adds_nothing: bool,
}

/// A handle whose new objects live in memory.
#[derive(Debug)]
pub(crate) struct Simulation {
    repo: Repository,
    bases: HashMap<(ObjectId, ObjectId), Option<Vec<ObjectId>>>,
    renames: bool,
}

impl Simulation {
    /// Takes a handle and takes every program out of its configuration.
    pub(crate) fn new(mut repo: Repository) -> Self {
        let renames = {
            let config = repo.config_snapshot();
            config.boolean("merge.renames").or_else(|| config.boolean("diff.renames")) != Some(false)
        };
        disarm(&mut repo);
        repo.object_cache_size_if_unset(4 << 20);
        Self { repo: repo.with_object_memory(), bases: HashMap::new(), renames }
    }

    /// Returns the handle for reading.
    pub(crate) fn repo(&self) -> &Repository {
        &self.repo
    }

    /// Merges `theirs` into `ours`; `None` when that cannot be told or passes a bound.
    pub(crate) fn merge(&mut self, ours: ObjectId, theirs: ObjectId) -> Option<Tried> {
        let tried = self.attempt(ours, theirs);
        self.repo.objects.reset_object_memory();
        tried
    }

    /// Returns the tree of the only merge base of two commits, and the tree of the second.
    pub(crate) fn base_and_tree(&mut self, one: ObjectId, other: ObjectId) -> Option<(ObjectId, ObjectId)> {
        let bases = self.bases(one, other)?;
        let [base] = bases.as_slice() else { return None };
        Some((self.tree(*base)?, self.tree(other)?))
    }

    fn attempt(&mut self, ours: ObjectId, theirs: ObjectId) -> Option<Tried> {
        let trees = [self.tree(ours)?, self.tree(theirs)?];
        let base = match self.bases(ours, theirs)?.as_slice() {
            [base] => self.tree(*base)?,
            [one, other] => self.virtual_base(*one, *other)?,
            _ => return None,
        };
        let [ours, theirs] = trees;
        if theirs == base || theirs == ours {
            return Some(Tried { conflicts: Vec::new(), adds_nothing: true });
        }
        if ours == base {
            return Some(Tried { conflicts: Vec::new(), adds_nothing: false });
        }
        match meet(&self.repo, base, ours, theirs)? {
            Meeting::Apart => Some(Tried { conflicts: Vec::new(), adds_nothing: false }),
            Meeting::Close { renames } => self.merge_trees(base, ours, theirs, renames),
        }
    }

    /// Merges three trees with the library; should that fail in an unforeseen way, nothing is known.
    fn merge_trees(&self, base: ObjectId, ours: ObjectId, theirs: ObjectId, renames: bool) -> Option<Tried> {
        let how = TreatAsUnresolved::git();
        let merged = catch_unwind(AssertUnwindSafe(|| {
            let options = self.options(renames)?;
            let mut outcome = self.repo.merge_trees(base, ours, theirs, Default::default(), options).ok()?;
            Some((outcome.tree.write().ok()?.detach(), outcome.conflicts))
        }));
        let (tree, conflicts) = merged.ok()??;
        let mut paths = Vec::new();
        for conflict in conflicts.iter().filter(|conflict| conflict.is_unresolved(how)) {
            for change in [&conflict.ours, &conflict.theirs] {
                paths.extend([change.source_location().to_vec(), change.location().to_vec()]);
            }
        }
        paths.sort_unstable();
        paths.dedup();
        Some(Tried { adds_nothing: paths.is_empty() && tree == ours, conflicts: paths })
    }

    fn options(&self, renames: bool) -> Option<gix::merge::tree::Options> {
        let rewrites = Rewrites { limit: RENAME_LIMIT, ..Rewrites::default() };
        let options = self.repo.tree_merge_options().ok()?;
        Some(options.with_rewrites((renames && self.renames).then_some(rewrites)))
    }

    /// Merges two merge bases that have one base themselves.
    fn virtual_base(&mut self, one: ObjectId, other: ObjectId) -> Option<ObjectId> {
        let bases = self.bases(one, other)?;
        let [base] = bases.as_slice() else { return None };
        let renames = match meet(&self.repo, self.tree(*base)?, self.tree(one)?, self.tree(other)?)? {
            Meeting::Apart => false,
            Meeting::Close { renames } => renames,
        };
        let merged = catch_unwind(AssertUnwindSafe(|| {
            let merged = self.repo.virtual_merge_base([one, other], self.options(renames)?).ok()?;
            Some(merged.tree_id.detach())
        }));
        merged.ok()?
    }

    /// Lists the merge bases of two commits; `None` when there are none or history is too large to tell.
    fn bases(&mut self, one: ObjectId, other: ObjectId) -> Option<Vec<ObjectId>> {
        if let Some(known) = self.bases.get(&(one, other)) {
            return known.clone();
        }
        let found = self.find_bases(one, other).filter(|bases| !bases.is_empty());
        self.bases.insert((one, other), found.clone());
        found
    }

    fn find_bases(&self, one: ObjectId, other: ObjectId) -> Option<Vec<ObjectId>> {
        let cache = self.repo.commit_graph_if_enabled().ok()?;
        // The library's own search has no bound: only what this one gets through is given to it.
        History::new(&self.repo, cache.as_ref()).compare(one, other, COMPARE_CAP)?;
        let mut graph = self.repo.revision_graph(cache.as_ref());
        let bases = self.repo.merge_bases_many_with_graph(one, &[other], &mut graph).ok()?;
        Some(bases.into_iter().map(gix::Id::detach).collect())
    }

    fn tree(&self, commit: ObjectId) -> Option<ObjectId> {
        Some(self.repo.find_commit(commit).ok()?.tree_id().ok()?.detach())
    }
}

/// Takes out what names a program: merge drivers, filters, diff drivers with their textconv, of whoever's configuration.
fn disarm(repo: &mut Repository) {
    let mut config = repo.config_snapshot_mut();
    for kind in ["merge", "diff", "filter"] {
        let named: Vec<_> = config
            .sections_and_ids_by_name(kind)
            .into_iter()
            .flatten()
            .filter(|(section, _)| section.header().subsection_name().is_some())
            .map(|(_, id)| id)
            .collect();
        for id in named {
            config.remove_section_by_id(id);
        }
    }
    // A value that cannot be set leaves the default, which is the same or only slower.
    let _ = config.set_raw_value("merge.renormalize", "false");
    let _ = config.set_raw_value("core.bigFileThreshold", FILE_CAP.to_string().as_str());
}
