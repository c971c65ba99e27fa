//! Tries merges in memory: what would be in conflict, whether anything would be added, which paths a branch changes.
//! Never writes an object, an index or a file, and runs no merge driver, filter or diff program at all.

mod meeting;
mod simulation;

use std::collections::HashMap;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use wfo_base::{Problem, text};

use crate::git::Git;
use crate::merged::difference;
use crate::repository::Repository;
pub(crate) use simulation::Simulation;

/// How many paths a branch may change to have them listed.
const CHANGED_CAP: usize = 2_000;

/// What merging one commit into another would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Paths in conflict, sorted, each on one line; a conflict of renames has all its paths.
    pub conflicts: Vec<String>,
    /// Whether the merge is clean and leaves everything as it is.
    pub adds_nothing: bool,
}

/// Simulated merges of one repository; what was found once is kept.
#[derive(Debug)]
pub struct Merges<'r> {
    repository: &'r Repository,
    /// Nothing where only the `git` program can read.
    simulation: Option<Box<Simulation>>,
    trials: HashMap<(ObjectId, ObjectId), Option<Trial>>,
    changed: HashMap<(ObjectId, ObjectId), Option<Vec<String>>>,
}

impl<'r> Merges<'r> {
    /// Prepares to try merges.
    ///
    /// # Errors
    /// None today: a repository that only the `git` program can read opens too, and its trials are not determined.
    pub fn open(repository: &'r Repository) -> Result<Self, Problem> {
        let simulation = repository.gix().map(|repo| Box::new(Simulation::new(repo)));
        Ok(Self { repository, simulation, trials: HashMap::new(), changed: HashMap::new() })
    }

    /// Tries to merge the commit `from` into the commit `into` (full hexadecimal ids). A merge driver of one's own is
    /// not run: such a file is merged as text.
    ///
    /// `None` when it could not be determined: no library reader, no commit, no common history, several merge bases
    /// that do not merge simply, or more, larger or more alike files than the bounds allow.
    pub fn trial(&mut self, into: &str, from: &str) -> Option<Trial> {
        let pair = (id(into)?, id(from)?);
        if let Some(known) = self.trials.get(&pair) {
            return known.clone();
        }
        let trial = self.simulation.as_mut()?.merge(pair.0, pair.1).map(|tried| Trial {
            conflicts: lines(tried.conflicts.iter().map(Vec::as_slice)),
            adds_nothing: tried.adds_nothing,
        });
        self.trials.insert(pair, trial.clone());
        trial
    }

    /// Lists the paths that `tip` changes since its merge base with `base` (full hexadecimal ids), sorted, each on one
    /// line; both names of a rename. `None` when there are more than 2,000 or it could not be determined.
    pub fn changed(&mut self, base: &str, tip: &str) -> Option<Vec<String>> {
        let pair = (id(base)?, id(tip)?);
        if let Some(known) = self.changed.get(&pair) {
            return known.clone();
        }
        let changed = match &mut self.simulation {
            Some(simulation) => simulation.base_and_tree(pair.0, pair.1).and_then(|(old, new)| {
                let changes = difference(simulation.repo(), old, new, CHANGED_CAP).ok()?;
                Some(lines(changes.iter().map(|change| change.path.as_slice())))
            }),
            None => changed_by_git(&self.repository.git(), pair.0, pair.1),
        };
        self.changed.insert(pair, changed.clone());
        changed
    }
}

fn id(text: &str) -> Option<ObjectId> {
    ObjectId::from_hex(text.as_bytes()).ok()
}

/// Puts each path on one line, sorted.
fn lines<'a>(paths: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut lines: Vec<String> = paths.map(|path| text::one_line(&path.to_str_lossy()).into_owned()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn changed_by_git(git: &Git, base: ObjectId, tip: ObjectId) -> Option<Vec<String>> {
    let (base, tip) = (base.to_string(), tip.to_string());
    let bases = git.output(["merge-base", "--all", &base, &tip]).ok()?;
    let mut bases = bases.lines();
    let (Some(base), None) = (bases.next(), bases.next()) else { return None };
    let base = base.to_str().ok()?;
    let arguments =
        ["diff-tree", "-r", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", base, &tip];
    let output = git.output(arguments).ok()?;
    let paths = || output.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    (paths().take(CHANGED_CAP + 1).count() <= CHANGED_CAP).then(|| lines(paths()))
}
