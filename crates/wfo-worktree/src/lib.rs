//! The worktree registry joined with git's own worktrees: rows with ports, age and a recommendation; port leases.
//! Text and facts in, values out: it opens no file, runs no git, binds no port and changes nothing.

pub mod blockers;
pub mod edit;
pub mod env_file;
mod json_raw;
pub mod lease;
pub mod location;
pub mod message;
pub mod order;
pub mod paths;
pub mod plan;
pub mod ports;
pub mod recommend;
pub mod registry;
pub mod rows;
pub mod rules;
pub mod safety;
mod template;

pub use blockers::{MergeFacts, Tests, blockers};
pub use edit::{Change, Field, NewRow, edited};
pub use env_file::{Missing, require_name, with_ports};
pub use lease::{Ask, Choice, choose, entries_of, parse_range};
pub use location::{BranchRow, Site, location, slug};
pub use message::{MessageRow, merge_message};
pub use order::{Candidate, Ordered, Overlap, merge_order, overlaps};
pub use plan::{Group, Plan, Task, Waiting, parse_estimate, plan};
pub use ports::{PortPool, pool};
pub use recommend::{Action, Recommendation};
pub use registry::{Entry, Pool, Registry, registry};
pub use rows::{GitWorktree, Place, Row, active, rows};
pub use rules::{RuleRow, Rules};
pub use safety::{Facts, Judgement, Lock, Process, Reason, Verdict, branch_may_go, judge};
