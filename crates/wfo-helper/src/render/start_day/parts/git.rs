//! Git's state as JSON has it.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::clock::rfc3339;
use wfo_git::{Commit, Snapshot, Status, Upstream};

use super::clean;
use crate::render::cut;

/// Git's state. Counts are null when they could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct GitView {
    /// Short name; null when HEAD is detached or could not be read.
    pub(in crate::render::start_day) branch: Option<String>,
    /// Whether HEAD names a commit; null when it could not be read.
    pub(in crate::render::start_day) detached: Option<bool>,
    /// Whether the branch has no commit yet; null when HEAD could not be read.
    #[serde(rename = "unborn")]
    unborn_known: Option<bool>,
    /// Whether it is known that the branch has no commit yet: what the pages for people ask.
    #[serde(skip)]
    pub(in crate::render::start_day) unborn: bool,
    /// The branch that is being rebased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) rebasing: Option<String>,
    /// The branch that work is merged into.
    pub(in crate::render::start_day) default_branch: Option<String>,
    /// What the branch follows; absent without one, null when that could not be read.
    #[serde(rename = "upstream", skip_serializing_if = "Option::is_none")]
    upstream_known: Option<Option<String>>,
    /// What the branch is known to follow: what the pages for people ask.
    #[serde(skip)]
    pub(in crate::render::start_day) upstream: Option<String>,
    /// Whether the upstream is configured but does not exist any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::render::start_day) upstream_gone: bool,
    /// Commits that the upstream lacks; absent without an upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) ahead: Option<Option<u64>>,
    /// Commits that only the upstream has; absent without an upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) behind: Option<Option<u64>>,
    /// Paths whose index entry differs from HEAD; this and the next three are absent in a bare repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) staged: Option<Option<u64>>,
    /// Tracked paths whose file differs from the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) unstaged: Option<Option<u64>>,
    /// Files that are neither tracked nor ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) untracked: Option<Option<u64>>,
    /// Paths in conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) conflicted: Option<Option<u64>>,
    /// Whether the counts are whole; false when time ran out or a folder could not be read.
    pub(in crate::render::start_day) complete: bool,
    /// How the counts were found: one-pass, gix or git.
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<&'static str>,
    /// Whether content filters of the repository's own configuration were left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    filters_skipped: bool,
    /// Stash entries.
    pub(in crate::render::start_day) stashes: Option<u64>,
    /// What is under way: merge, rebase, cherry-pick, revert, bisect or am.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::render::start_day) operation: Option<&'static str>,
    /// The newest commit; null when there is none.
    pub(in crate::render::start_day) head: Option<CommitView>,
    /// At most five, newest first.
    pub(in crate::render::start_day) recent_commits: Vec<CommitView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_commits_more: Option<usize>,
    /// Latest reachable tag; null when there is none.
    pub(in crate::render::start_day) last_tag: Option<String>,
    /// Whether history is cut off, so that counts of commits are lower bounds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::render::start_day) shallow: bool,
}

impl GitView {
    pub(in crate::render::start_day) fn cut(&mut self, limit: usize) {
        cut(&mut self.recent_commits, &mut self.recent_commits_more, limit);
    }
}

impl From<&Snapshot> for GitView {
    fn from(git: &Snapshot) -> Self {
        let (upstream_known, upstream_gone, ahead, behind) = match &git.upstream {
            Some(Upstream::Present { name, ahead, behind }) => {
                (Some(Some(clean(name))), false, Some(*ahead), Some(*behind))
            }
            Some(Upstream::Gone { name }) => (Some(Some(clean(name))), true, Some(None), Some(None)),
            Some(Upstream::None) => (None, false, None, None),
            None => (Some(None), false, Some(None), Some(None)),
        };
        let knows_head = git.knows_head();
        let status = git.status.as_ref();
        // A snapshot that is whole without a status is that of a bare repository: counts do not apply there.
        let count = |of: fn(&Status) -> u64| (status.is_some() || !git.complete).then(|| status.map(of));
        Self {
            branch: git.branch.as_deref().map(clean),
            detached: knows_head.then_some(git.detached),
            unborn_known: knows_head.then_some(git.unborn),
            unborn: git.unborn,
            rebasing: git.rebasing.as_deref().map(clean),
            default_branch: git.default_branch.as_deref().map(clean),
            upstream: upstream_known.clone().flatten(),
            upstream_known,
            upstream_gone,
            ahead,
            behind,
            staged: count(|status| status.staged),
            unstaged: count(|status| status.unstaged),
            untracked: count(|status| status.untracked),
            conflicted: count(|status| status.conflicted),
            complete: git.complete && status.is_none_or(|status| status.complete),
            way: status.map(|status| status.way.word()),
            filters_skipped: status.is_some_and(|status| status.filters_skipped),
            stashes: git.stashes,
            operation: git.operation.map(wfo_git::Operation::word),
            head: git.head.as_ref().map(CommitView::from),
            recent_commits: git.recent_commits.iter().map(CommitView::from).collect(),
            recent_commits_more: None,
            last_tag: git.last_tag.as_deref().map(clean),
            shallow: git.shallow,
        }
    }
}

/// One commit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CommitView {
    /// Full hexadecimal id.
    pub(in crate::render::start_day) id: String,
    /// First line of the message, cleaned.
    pub(in crate::render::start_day) subject: String,
    /// When it was committed (RFC 3339, the committer's offset).
    pub(in crate::render::start_day) time: String,
}

impl From<&Commit> for CommitView {
    fn from(commit: &Commit) -> Self {
        Self { id: commit.id.clone(), subject: clean(&commit.subject), time: rfc3339(&commit.time) }
    }
}
