//! The only crate that names gix or runs `git`; answers plain facts.
//! Writes only by git's own commands and only what it is told; runs what a repository names only where a person approved it.

mod by_git;
mod by_gix;
mod carry;
mod changed_lines;
mod commits;
mod contents;
mod default_branch;
mod facts;
mod fingerprint;
mod flow;
mod format;
mod git;
mod history;
mod holdings;
mod hook_place;
mod layout;
mod merged;
mod merges;
mod operation;
mod range;
mod reflog;
mod refs;
mod repository;
mod snapshot;
mod sound;
mod status;
mod tags;
mod tracked;
mod worked;
mod worktrees;
mod write;

pub use carry::{Wanted, carried};
pub use changed_lines::{ChangedLines, changed_lines};
pub use contents::{
    Content, LeftOut, Meta, Pending, Range, Reader, Surroundings, Version, Versions, Why, brought_by, changed,
    checkout, history as brought, pending, staged, staged_id,
};
pub use facts::{Commit, Operation, Options, Snapshot, Status, Upstream, Way, Worktree};
pub use fingerprint::{Exempt, Fingerprint, fingerprint, head_time};
pub use flow::{Names, OwnCommit, Standing, committed, holds, line_counts, merge_names, names, standing};
pub use holdings::{Holdings, holdings};
pub use hook_place::{CommandSettings, HookPlace, Scope, command_settings, hook_place};
pub use merges::{Merges, Trial};
pub use range::{FileExtent, Log, Logged, arrival, extent, is_shallow, log, merge_base, naming};
pub use repository::Repository;
pub use snapshot::{checkouts, snapshot};
pub use status::{Change, Changes, Kind, changes, changes_within};
pub use worked::{Worked, worked};
pub use write::{
    Foreign, Merge, MergeOutcome, NewCommit, NewWorktree, Occasion, Programs, add_worktree, branch_tip, commit_id,
    commit_paths, delete_branch, differing, file_at, is_ancestor, is_linked_folder, is_merging, keep_commit,
    let_commit_go, make_branch, merge, programs, relink_worktree, require_branch_name, unlink_worktree,
};
