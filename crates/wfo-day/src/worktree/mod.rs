//! Worktrees and their ports, where git, the registry, the disk and processes meet: create, list, merge, remove, leases.
//! One place reads the facts (`scene`), one changes the registry (`book`), one puts right what was left half done (`repair`).

mod adopt;
pub(crate) mod book;
mod cleanup;
mod create;
mod env_file;
mod host;
mod lease;
mod merge;
mod outfit;
mod plan;
mod programs;
mod remove;
pub(crate) mod repair;
pub(crate) mod scene;
mod site;
pub(crate) mod status;
mod task_list;
mod trash;

pub use adopt::{Adopted, adopt};
pub use cleanup::{Candidate, Cleanup, Fate};
pub use create::{Create, Created, Creation};
pub use host::{host_is_done, host_worktree};
pub use lease::{Freeing, Lease, Leases, Take, free, leases, take};
pub use merge::{MergeAsk, MergePlan, Merged};
pub use plan::{Assigned, Planned, plan};
pub use programs::Asked;
pub use remove::{Remove, Removed, remove};
pub use scene::{Detail, Scene};
pub use site::Site;
pub use status::{Progress, Standing, TestReport, status};
pub use trash::{Restored, Trashed, restore, trash};
pub use wfo_worktree::{Group, Ordered, Overlap, Plan, Process, parse_range};
