//! Which tools a gate runs, in which folders, with which words: a table, a project and what is installed in, a plan out.
//! Starts nothing; whoever carries the plan out brings the reports back to the judge.

mod plan;
mod rows;

pub use plan::{Ground, Plan, Planned, Program, Unit, plan, wanting};
pub use rows::{Form, Report, ToolRow, Words};

#[cfg(test)]
#[path = "run/tests.rs"]
mod tests;
