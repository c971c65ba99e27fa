//! Commits exactly the paths that are named, whatever else is staged or changed. What is staged beside them stays staged.
//! Never adds a path that was not named, and never commits on top of another commit than the one that was shown.

use std::ffi::OsStr;
use std::time::Duration;

use wfo_base::{Problem, codes};

use super::branch::resolved;
use super::programs::{Occasion, plan};
use super::{Foreign, printed, run_patiently};
use crate::repository::Repository;

/// How long git may take, hooks included.
const LIMIT: Duration = Duration::from_secs(600);

/// A commit as it was shown to whoever said yes.
#[derive(Debug, Clone, Copy)]
pub struct NewCommit<'a> {
    /// The paths, relative to the top of the work tree; a path that is gone is committed as removed.
    pub paths: &'a [String],
    /// The whole message.
    pub message: &'a str,
    /// Full id of HEAD's commit as it was shown; `None` before the first one.
    pub head: Option<&'a str>,
}

/// Commits these paths and nothing else; returns the new commit's id.
///
/// # Errors
/// `git.branch-moved` when HEAD is not as shown, `git.no-work-tree`, `git.locked`, `tool.*` where git or a hook says no.
pub fn commit_paths(checkout: &Repository, request: &NewCommit<'_>, foreign: Foreign) -> Result<String, Problem> {
    if checkout.is_bare() {
        return Err(Problem::new(codes::GIT_NO_WORK_TREE, "a bare repository has no files to commit")
            .hint("commit in a worktree"));
    }
    if resolved(checkout, "HEAD^{commit}")?.as_deref() != request.head {
        return Err(Problem::new(codes::GIT_BRANCH_MOVED, "HEAD is not where it was when the commit was proposed")
            .hint("look at the new state, then ask again"));
    }
    let settings = plan(checkout, Occasion::Commit, foreign)?.settings;
    let paths = || request.paths.iter().map(OsStr::new);
    let git = checkout.git().limit(LIMIT);
    let add = ["--literal-pathspecs", "add", "--all", "--"].map(OsStr::new);
    printed("add", run_patiently(&git.writing(&settings, add.into_iter().chain(paths())))?)?;
    let fixed = ["--literal-pathspecs", "commit", "--only", "--quiet", "--no-edit", "--cleanup=whitespace", "-m"];
    let args = fixed.map(OsStr::new).into_iter().chain([OsStr::new(request.message), OsStr::new("--")]);
    printed("commit", run_patiently(&git.writing(&settings, args.chain(paths())))?)?;
    resolved(checkout, "HEAD^{commit}")?.ok_or_else(|| {
        Problem::new(codes::GIT_BRANCH_MOVED, "HEAD was moved by somebody else during the commit")
            .hint("`git log` shows what is there now")
    })
}
