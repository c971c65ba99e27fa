//! The references that keep commits: branches, tags, remote-tracking branches; and what a HEAD has that they have not.
//! A reference that cannot be read keeps nothing, so that no count is too low.

use gix::{ObjectId, Repository, commitgraph};

use crate::facts::Worktree;
use crate::history::{COMPARE_CAP, History};
use crate::refs;

/// How many references of one kind are looked at; those beyond keep nothing.
const REFS_CAP: usize = 20_000;

/// The references of one repository.
pub(super) struct Kept<'repo> {
    repo: &'repo Repository,
    history: History<'repo>,
    /// Short names and commits of the branches.
    branches: Vec<(String, ObjectId)>,
    remotes: Vec<ObjectId>,
    /// Commits of the tags, once they were needed.
    tags: Option<Vec<ObjectId>>,
}

impl<'repo> Kept<'repo> {
    /// Reads the branches; `None` when references cannot be listed at all.
    pub(super) fn read(repo: &'repo Repository, cache: Option<&'repo commitgraph::Graph>) -> Option<Self> {
        let references = repo.references().ok()?;
        let mut branches = Vec::new();
        for reference in references.prefixed("refs/heads/").ok()?.filter_map(Result::ok) {
            // A symbolic one is another name for one that is listed too, perhaps for the very branch that is asked about.
            if let Some(id) = reference.target().try_id() {
                branches.push((refs::short(reference.name()), id.to_owned()));
            }
            if branches.len() >= REFS_CAP {
                break;
            }
        }
        let remotes = references.prefixed("refs/remotes/").ok()?.filter_map(Result::ok);
        let remotes = remotes.filter_map(|reference| reference.target().try_id().map(ToOwned::to_owned));
        let remotes = remotes.take(REFS_CAP).collect();
        Some(Self { repo, history: History::new(repo, cache), branches, remotes, tags: None })
    }

    /// Says whether there are remote-tracking branches.
    pub(super) fn has_remotes(&self) -> bool {
        !self.remotes.is_empty()
    }

    /// Says whether there is a branch of that short name.
    pub(super) fn has_branch(&self, name: &str) -> bool {
        self.branches.iter().any(|(branch, _)| branch == name)
    }

    /// Counts the commits that a worktree's HEAD has alone, and those that no remote-tracking branch has.
    pub(super) fn count(&mut self, row: &Worktree) -> (Option<u64>, Option<u64>) {
        let tip = match (&row.branch, &row.head) {
            (Some(branch), _) => match refs::resolve(self.repo, &format!("refs/heads/{branch}")) {
                Ok(Some(tip)) => tip,
                // No commit yet: there is nothing to lose.
                Ok(None) => return (Some(0), self.has_remotes().then_some(0)),
                Err(_) => return (None, None),
            },
            (None, Some(head)) => match ObjectId::from_hex(head.as_bytes()) {
                Ok(tip) => tip,
                Err(_) => return (None, None),
            },
            (None, None) => return (None, None),
        };
        let unpushed = if self.has_remotes() { self.history.alone(tip, &self.remotes, COMPARE_CAP) } else { None };
        (self.alone(tip, row.branch.as_deref(), unpushed), unpushed)
    }

    fn alone(&mut self, tip: ObjectId, own: Option<&str>, unpushed: Option<u64>) -> Option<u64> {
        if unpushed == Some(0) {
            return unpushed;
        }
        let others = self.branches.iter().filter(|(name, _)| Some(name.as_str()) != own).map(|(_, id)| *id);
        let mut others: Vec<ObjectId> = others.chain(self.remotes.iter().copied()).collect();
        let without_tags = self.history.alone(tip, &others, COMPARE_CAP);
        if without_tags == Some(0) {
            return without_tags;
        }
        let repo = self.repo;
        others.extend(self.tags.get_or_insert_with(|| tags(repo)).iter().copied());
        self.history.alone(tip, &others, COMPARE_CAP)
    }
}

/// Lists the commits that tags name.
fn tags(repo: &Repository) -> Vec<ObjectId> {
    let Ok(references) = repo.references() else { return Vec::new() };
    let Ok(tags) = references.prefixed("refs/tags/") else { return Vec::new() };
    let commit = |mut tag: gix::Reference<'_>| {
        let id = tag.peel_to_id().ok()?.detach();
        repo.find_header(id).ok()?.kind().is_commit().then_some(id)
    };
    tags.take(REFS_CAP).filter_map(|tag| commit(tag.ok()?)).collect()
}
