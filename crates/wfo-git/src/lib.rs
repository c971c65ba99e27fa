//! The only crate that names gix or runs `git`; answers plain facts.
//! Reads only: no part of it writes to a repository, its index included, or runs what a repository's files name.

mod by_git;
mod by_gix;
mod commits;
mod default_branch;
mod facts;
mod format;
mod git;
mod history;
mod layout;
mod merged;
mod operation;
mod reflog;
mod refs;
mod repository;
mod snapshot;
mod sound;
mod status;
mod tags;
mod tracked;
mod worktrees;

pub use facts::{Commit, Operation, Options, Snapshot, Status, Upstream, Way, Worktree};
pub use repository::Repository;
pub use snapshot::snapshot;
pub use status::{Change, Changes, Kind, changes};
