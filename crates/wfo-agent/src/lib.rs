//! The agent catalogue and the routing of tasks to agents.
//! Text and table rows in, scores with reasons out: never touches disk and never starts an agent.

pub mod catalogue;
mod domains;
mod phrases;
pub mod route;
mod stem;
pub mod task_type;

pub use catalogue::{AgentKind, AgentRow, Tier};
pub use route::{Candidate, Parts, Route, Router, route};
pub use task_type::TaskType;
