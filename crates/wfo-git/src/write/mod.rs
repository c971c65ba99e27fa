//! Writes to a repository by git's own commands: worktrees, branches, commits, merges, and the way back from each.
//! Runs what the repository itself names (hooks, local filters) only where the caller says that a person approved it, and
//! never overwrites or removes what it was not told to.

mod add;
mod branch;
mod commit;
mod hooks;
mod merge;
mod programs;
mod retry;
mod settings;
mod unlink;

use std::ffi::OsString;

use wfo_base::process::{Ran, Run};
use wfo_base::{Problem, codes};

pub use add::{NewWorktree, add_worktree};
pub use branch::{
    branch_tip, commit_id, delete_branch, differing, file_at, is_ancestor, keep_commit, let_commit_go, make_branch,
    require_branch_name,
};
pub use commit::{NewCommit, commit_paths};
pub use merge::{Merge, MergeOutcome, is_merging, merge};
pub use programs::{Occasion, Programs, programs};
pub use unlink::{is_linked_folder, relink_worktree, unlink_worktree};

use crate::git::Git;

/// Says whether programs that the repository itself names may run in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A person approved the very text of [`Programs`].
    Run,
    /// They are switched off for this call; the user's own (such as a global LFS filter) run all the same.
    Skip,
}

/// The settings of a call that runs no hook at all, whoever brought it.
fn no_hooks() -> Vec<OsString> {
    vec!["core.hooksPath=/dev/null".into()]
}

/// Runs a call without hooks that no other git process may disturb for long.
fn run_quietly(git: &Git, args: &[&str]) -> Result<Ran, Problem> {
    retry::retried(|| git.writing(&no_hooks(), args).run())
}

/// Runs a prepared call and waits for locks of other git processes.
fn run_patiently(run: &Run) -> Result<Ran, Problem> {
    retry::retried(|| run.run())
}

/// Picks what git has to say out of its standard error: the first line that tells of an error, else the last line.
fn said(ran: &Ran) -> String {
    let text = String::from_utf8_lossy(&ran.stderr);
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = lines().find_map(|line| line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: ")));
    wfo_base::text::quoted(telling.or_else(|| lines().next_back()).unwrap_or("no message"))
}

/// Turns a call that ended badly into a problem.
fn failed(what: &str, ran: &Ran) -> Problem {
    let how = match ran.status {
        Some(status) => format!("ended with status {status}: {}", said(ran)),
        None => "was ended by a signal".to_owned(),
    };
    Problem::new(codes::TOOL_FAILED, format!("`git {what}` {how}")).hint("run `git status` to see what is wrong")
}

/// Returns what a call printed, or why it ended badly.
fn printed(what: &str, ran: Ran) -> Result<Vec<u8>, Problem> {
    if ran.is_ok() && !ran.cut { Ok(ran.stdout) } else { Err(failed(what, &ran)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_tells_of_an_error_is_shown_without_escape_codes() {
        let ran = |stderr: &[u8]| Ran { status: Some(1), stdout: Vec::new(), stderr: stderr.to_vec(), cut: false };
        for (stderr, expected) in [
            (&b"Preparing worktree\nfatal: no \x1b[31mroom\nhint: x\n"[..], "no room"),
            (b"first\nlast \xff\n\n", "last \u{fffd}"),
            (b"", "no message"),
        ] {
            assert_eq!(said(&ran(stderr)), expected);
        }
    }
}
