//! The worktree registry joined with git's own worktrees: rows with ports, age and a recommendation; port leases.
//! Text and facts in, values out: it opens no file, runs no git, binds no port and changes nothing.

pub mod paths;
pub mod ports;
pub mod recommend;
pub mod registry;
pub mod rows;
pub mod rules;

pub use ports::{PortPool, pool};
pub use recommend::{Action, Recommendation};
pub use registry::{Entry, Pool, Registry, registry};
pub use rows::{GitWorktree, Place, Row, active, rows};
pub use rules::{RuleRow, Rules};
