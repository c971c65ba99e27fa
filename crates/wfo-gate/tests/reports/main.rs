//! The readers of reports against genuine reports with their right verdicts, and against everything that is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test may")]

mod fixtures;
mod hostile;
mod judged;
mod matrix;
mod secrets;
mod verdicts;
