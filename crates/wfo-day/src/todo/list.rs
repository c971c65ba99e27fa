//! `todo list`: all workflows beside what git knows, and where the call was made.

use wfo_base::Diagnostic;

use super::files::{names, workflows};
use super::{ARCHIVE, Here, Site};
use crate::briefing::WorkflowRow;
use crate::workflows::row;

/// What there is.
#[derive(Debug)]
pub struct Listing {
    /// Where the call was made.
    pub here: Here,
    /// Each workflow, by file name.
    pub rows: Vec<WorkflowRow>,
    /// How many are archived.
    pub archived: usize,
}

/// Lists.
#[must_use]
pub fn list(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Listing {
    let root = site.root();
    let files: Vec<String> = names(root).into_iter().map(|(name, _)| name).collect();
    let git = site.place().repository().filter(|_| !files.is_empty()).map(|repository| {
        let options = wfo_git::Options { worktree_status: false, ..wfo_git::Options::default() };
        wfo_git::snapshot(repository, &options)
    });
    let read = workflows(root, &files, notes);
    Listing {
        here: Here::look(site, &read, notes),
        rows: read.iter().map(|one| row(one, git.as_ref(), &site.layers)).collect(),
        archived: names(&root.join(ARCHIVE)).len(),
    }
}
