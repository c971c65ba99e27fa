//! What the rest of the program knows about a repository: plain owned values, no git types.
//! Never reads anything itself; every part that could not be determined is `None`, with a note beside it.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Zoned;
use wfo_base::Diagnostic;

use crate::status::Change;

/// What [`crate::snapshot`] is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How long status (here and in other worktrees) may take; `None` for no limit.
    pub status_budget: Option<Duration>,
    /// Whether to list worktrees at all.
    pub worktrees: bool,
    /// Whether to read the status of the other worktrees too.
    pub worktree_status: bool,
    /// Whether to list the changed paths of this checkout too, and its tracked files with this word in their names.
    pub paths: Option<&'static str>,
}

impl Default for Options {
    fn default() -> Self {
        Self { status_budget: None, worktrees: true, worktree_status: true, paths: None }
    }
}

/// Everything a briefing asks git for, read at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Short name of the branch that HEAD names, born or not; `None` when detached or unreadable (then neither
    /// `detached` nor `unborn` is set, and `head` is `None`).
    pub branch: Option<String>,
    /// Whether HEAD names a commit instead of a branch.
    pub detached: bool,
    /// Whether the branch has no commit yet.
    pub unborn: bool,
    /// The branch that is being rebased (HEAD is detached meanwhile).
    pub rebasing: Option<String>,
    /// Short name of the branch that work is merged into; `None` when nothing tells.
    pub default_branch: Option<String>,
    /// What the branch follows; `None` when that could not be read.
    pub upstream: Option<Upstream>,
    /// Changes against HEAD and index; `None` for a bare repository, when it failed, or when the time was over.
    pub status: Option<Status>,
    /// Whether status ran to its end; false when the time was over or it failed. True for a bare repository.
    pub complete: bool,
    /// The changed paths, where they were asked for and status ran to its end.
    pub changes: Vec<Change>,
    /// Tracked files with the word in their names that was asked for.
    pub named: Vec<Vec<u8>>,
    /// How many stash entries there are.
    pub stashes: Option<u64>,
    /// The operation that is under way, if any.
    pub operation: Option<Operation>,
    /// The commit that HEAD resolves to; `None` when unborn or unreadable.
    pub head: Option<Commit>,
    /// The newest commits reachable from HEAD, newest first, at most five, HEAD included.
    pub recent_commits: Vec<Commit>,
    /// The tag on the latest reachable tagged commit; `None` when there is none or the search was cut.
    pub last_tag: Option<String>,
    /// Whether history is cut off, so that counts are lower bounds.
    pub shallow: bool,
    /// The main checkout first, then the linked ones by path.
    pub worktrees: Vec<Worktree>,
    /// What was noticed, in order.
    pub notes: Vec<Diagnostic>,
}

/// What a branch follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upstream {
    /// Nothing is configured.
    None,
    /// Something is configured, but its ref does not exist.
    Gone {
        /// Short name, such as `origin/main`.
        name: String,
    },
    /// A ref that exists.
    Present {
        /// Short name, such as `origin/main`.
        name: String,
        /// Commits here and not there; `None` when the history is too large to count.
        ahead: Option<u64>,
        /// Commits there and not here; `None` when the history is too large to count.
        behind: Option<u64>,
    },
}

/// Counts of changed paths, as `git status --porcelain=v2 --untracked-files=all` has lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// Paths whose index entry differs from HEAD; a rename is one.
    pub staged: u64,
    /// Tracked paths whose file differs from the index.
    pub unstaged: u64,
    /// Files (not folders) that are neither tracked nor ignored; a nested repository is one.
    pub untracked: u64,
    /// Paths in conflict; these are neither staged nor unstaged.
    pub conflicted: u64,
    /// Whether every folder could be read; otherwise the counts are lower bounds.
    pub complete: bool,
    /// Which way found the counts.
    pub way: Way,
    /// Why it was not the first way; `None` when it was.
    pub reason: Option<&'static str>,
    /// Whether content filters that the repository's own configuration names were left out.
    pub filters_skipped: bool,
}

impl Status {
    /// Returns the number of changed paths; one that is both staged and unstaged counts in both.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.staged + self.unstaged + self.untracked + self.conflicted
    }

    /// Says whether nothing is changed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.changes() == 0
    }
}

/// The way a status was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    /// One pass over the work tree, folder by folder.
    OnePass,
    /// The status of the git library.
    #[default]
    Gix,
    /// A `git status` subprocess.
    Git,
}

impl Way {
    /// Returns the word for this way.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OnePass => "one-pass",
            Self::Gix => "gix",
            Self::Git => "git",
        }
    }
}

/// An operation that is under way. Where several are, the first of: am, rebase, cherry-pick, merge, revert, bisect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `git merge` with conflicts or before its commit.
    Merge,
    /// `git rebase`, interactive or not.
    Rebase,
    /// `git cherry-pick`.
    CherryPick,
    /// `git revert`.
    Revert,
    /// `git bisect`.
    Bisect,
    /// `git am`.
    Am,
}

impl Operation {
    /// Returns the word of the contract: `merge`, `rebase`, `cherry-pick`, `revert`, `bisect`, `am`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Rebase => "rebase",
            Self::CherryPick => "cherry-pick",
            Self::Revert => "revert",
            Self::Bisect => "bisect",
            Self::Am => "am",
        }
    }
}

/// One commit.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Full hexadecimal id.
    pub id: String,
    /// First paragraph of the message on one line, as written: foreign text.
    pub subject: String,
    /// When it was committed, with the committer's own offset.
    pub time: Zoned,
}

/// One checkout of the repository.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Worktree {
    /// Absolute path of its top; the git folder for a bare repository.
    pub path: PathBuf,
    /// Short name of its branch; `None` when detached, bare or unreadable.
    pub branch: Option<String>,
    /// Full hexadecimal id of its commit; `None` when unborn or unreadable.
    pub head: Option<String>,
    /// Whether it is the main checkout.
    pub main: bool,
    /// Whether the snapshot was taken from inside it.
    pub current: bool,
    /// Whether there is no work tree.
    pub bare: bool,
    /// Whether its HEAD names a commit.
    pub detached: bool,
    /// The reason it was locked with (possibly empty); `None` when it is not locked.
    pub locked: Option<String>,
    /// Whether its folder is gone and it is not locked.
    pub prunable: bool,
    /// When its last commit was made; `None` when unborn or unreadable.
    pub last_commit: Option<Zoned>,
    /// Its changes; `None` when bare, prunable, not asked for, out of time, or unreadable.
    pub status: Option<Status>,
    /// What ahead and behind are counted against: the upstream, or else the default branch.
    pub compared_with: Option<String>,
    /// Whether that is the branch's own upstream at a remote; following a local branch is not being pushed.
    pub upstream: bool,
    /// Commits it has and the other has not.
    pub ahead: Option<u64>,
    /// Commits the other has and it has not.
    pub behind: Option<u64>,
    /// Whether its own commits are in the default branch, also by a squash; `None` when that cannot be told.
    pub merged: Option<bool>,
    /// Commits it has and the default branch has not; `None` for the default branch itself.
    pub ahead_default: Option<u64>,
    /// Commits the default branch has and it has not; `None` for the default branch itself.
    pub behind_default: Option<u64>,
    /// Whether there are remote-tracking branches at all.
    pub has_remotes: Option<bool>,
    /// Commits that no remote-tracking branch has; `None` when there are no such branches, or it cannot be told.
    pub unpushed: Option<u64>,
}

impl Snapshot {
    /// Says whether HEAD could be read: it is a branch, a commit, or both.
    #[must_use]
    pub fn knows_head(&self) -> bool {
        self.branch.is_some() || self.detached || self.unborn || self.head.is_some()
    }
}

impl Worktree {
    /// Returns the number of changed paths; `None` also where a folder could not be read, so that no lower bound is
    /// taken for "nothing to lose".
    #[must_use]
    pub fn changes(&self) -> Option<u64> {
        self.status.as_ref().filter(|status| status.complete).map(Status::changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_are_only_a_lower_bound_are_not_told() {
        let of = |complete| {
            let status = Status { untracked: 2, complete, ..Status::default() };
            Worktree { status: Some(status), ..Worktree::default() }.changes()
        };
        assert_eq!((of(true), of(false), Worktree::default().changes()), (Some(2), None, None));
    }
}
