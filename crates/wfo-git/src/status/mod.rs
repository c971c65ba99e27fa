//! The state of a work tree, in one of three ways; the choice among them is made here and its reason kept.
//! Never writes the index and never runs a filter that the repository's own configuration names.

mod stock;
mod tally;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use wfo_base::{Diagnostic, Problem, codes};

use crate::facts::{Status, Way};
use crate::repository::Repository;

pub use tally::{Change, Kind};

/// What a status asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Request {
    /// When to give up.
    pub(crate) deadline: Option<Instant>,
    /// Whether the paths are wanted, not only their number.
    pub(crate) keep: bool,
}

impl Request {
    /// Says whether the time is over.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() > deadline)
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) status: Status,
    pub(crate) changes: Vec<Change>,
    pub(crate) notes: Vec<Diagnostic>,
}

/// Finds the status of a checkout that has a work tree.
///
/// # Errors
/// `git.incomplete` when the deadline passed, `git.part-failed` when no way worked.
pub(crate) fn status(repository: &Repository, request: Request) -> Result<Found, Problem> {
    let stop = Arc::new(AtomicBool::new(false));
    let repo = repository.gix().ok_or_else(|| failed("not readable"))?;
    let mut tally = tally::Tally::new(request.keep);
    let staged = repo
        .status(gix::progress::Discard)
        .and_then(|platform| platform.into_iter(Vec::new()))
        .map_err(|error| failed(&error.to_string()))?;
    for item in staged {
        if let gix::status::Item::TreeIndex(change) = item.map_err(|error| failed(&error.to_string()))? {
            tally.add(Kind::Staged, || change.fields().0.to_vec());
        }
    }
    stock::index_to_work_tree(&repo, &stop, &mut tally).map_err(|error| failed(&error.to_string()))?;
    if request.is_late() {
        stop.store(true, Ordering::Relaxed);
        return Err(out_of_time(repository.root()));
    }
    let (status, changes) = tally.into_status(Way::Gix);
    Ok(Found { status, changes, notes: Vec::new() })
}

fn failed(why: &str) -> Problem {
    Problem::new(codes::GIT_PART_FAILED, format!("the state of the work tree could not be read: {why}"))
        .hint("run `git status`")
}

/// Makes the problem of a status that was not finished.
pub(crate) fn out_of_time(root: &Path) -> Problem {
    Problem::new(
        codes::GIT_INCOMPLETE,
        format!("the state of the work tree `{}` was not read in the time given", root.display()),
    )
    .hint("run `git status` there, or `wfo-helper start-day`")
}
