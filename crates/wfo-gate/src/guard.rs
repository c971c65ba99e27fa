//! The commit guard's judgement: what a shell command would do to commits, and how git's hooks are put in place.
//! Pure: text and facts in, values out. Never runs, reads or writes anything.
//! What it cannot see: another program that writes objects itself, a script in a file, a text made at run time.

mod copies;
mod environment;
mod files;
pub mod git;
pub mod hooks;
mod judge;
mod options;
mod outcome;
mod paths;
mod plain;
mod programs;
mod settings;
pub mod shell;
mod signs;
mod specs;
mod stashes;
mod subcommands;
mod tools;
mod wrappers;

pub use judge::{judge, judge_noting};
pub use outcome::{Ask, Commit, Deny, Facts, Folder, Judged, Judgement, Push};
pub use tools::{tool_call, tool_writes};

#[cfg(test)]
mod tests;
