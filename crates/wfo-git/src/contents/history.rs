//! What commits brought: for each of the newest, or of those that no remote has, the new versions of its files.
//! Bounded in commits; a walk that reaches its bound says so, and none goes through a whole history by accident.

use std::collections::HashSet;
use std::sync::Arc;

use gix::ObjectId;
use wfo_base::{Problem, codes};

use super::{Source, Version, Versions, by_program, is_file};
use crate::history::{COMPARE_CAP, History};
use crate::merged::{Changed, difference, leaf, whole};
use crate::refs;
use crate::repository::Repository;

/// Which commits are gone through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The newest so many that HEAD reaches.
    pub last: usize,
    /// Those that HEAD reaches and no remote-tracking branch does, beside them.
    pub unpushed: bool,
    /// At most so many unpushed ones.
    pub most: usize,
}

/// The most files that one commit may change.
const FILES: usize = 200_000;
/// The most remote-tracking branches that are compared with.
const REMOTES: usize = 10_000;
/// The most bytes of a message that are kept.
pub(super) const MESSAGE: usize = 64 << 10;

/// Lists the versions that commits brought, newest commit first, each version against each older one once.
///
/// Of a merge only what none of its parents has counts. A commit at the border of a shallow clone brought all it has.
///
/// # Errors
/// `git.part-failed` when HEAD is broken, `tool.*` when the `git` program is needed and fails.
pub fn history(repository: &Repository, range: &Range) -> Result<Versions, Problem> {
    let Some(repo) = repository.gix() else { return by_program::history(repository, range) };
    let head = refs::head(&repo).map_err(|error| {
        Problem::new(codes::GIT_PART_FAILED, format!("HEAD cannot be read: {error}")).hint("run `git status`")
    })?;
    let Some(head) = head.id else { return Ok(Versions::default()) };
    let mut repo = repo;
    repo.object_cache_size_if_unset(4 << 20);
    let mut walk = Walk { repo: &repo, shallow: shallow(&repo), seen: HashSet::new(), out: Versions::default() };
    for id in walk.commits(head, range) {
        walk.commit(id);
    }
    Ok(walk.out)
}

/// Lists what new commits bring: those that `tips` (full ids) reach and no reference does yet, at most `most`.
///
/// # Errors
/// As [`history`].
pub fn brought_by(repository: &Repository, tips: &[String], most: usize) -> Result<Versions, Problem> {
    let ids = by_program::new_commits(repository, tips, most.saturating_add(1))?;
    let (kept, more) = (ids.get(..most.min(ids.len())).unwrap_or_default(), ids.len() > most);
    let mut found = match repository.gix() {
        None => by_program::of_commits(repository, kept)?,
        Some(mut repo) => {
            repo.object_cache_size_if_unset(4 << 20);
            let mut walk =
                Walk { repo: &repo, shallow: shallow(&repo), seen: HashSet::new(), out: Versions::default() };
            for id in kept {
                match ObjectId::from_hex(id.as_bytes()) {
                    Ok(id) => walk.commit(id),
                    Err(_) => walk.out.cut.push("git named a commit that is none".to_owned()),
                }
            }
            walk.out
        }
    };
    if more {
        found.cut.push(format!("more than {most} commits are new, and the older ones were not gone through"));
    }
    Ok(found)
}

fn shallow(repo: &gix::Repository) -> Vec<ObjectId> {
    repo.shallow_commits().ok().flatten().map(|list| list.iter().copied().collect()).unwrap_or_default()
}

/// Says that there are more commits than were gone through.
pub(super) fn more_commits(most: usize) -> String {
    format!("more than {most} commits are on no remote, and the older ones were not gone through")
}

struct Walk<'r> {
    repo: &'r gix::Repository,
    shallow: Vec<ObjectId>,
    seen: HashSet<(Vec<u8>, ObjectId, Vec<ObjectId>)>,
    out: Versions,
}

impl Walk<'_> {
    fn commits(&mut self, head: ObjectId, range: &Range) -> Vec<ObjectId> {
        let cache = self.repo.commit_graph_if_enabled().ok().flatten();
        let mut history = History::new(self.repo, cache.as_ref());
        let mut list = Vec::new();
        if range.last > 0 {
            history.walk(head, range.last, |id| {
                list.push(id);
                true
            });
        }
        if range.unpushed {
            let remotes = refs::remote_tips(self.repo, REMOTES).unwrap_or_default();
            let alone = if remotes.is_empty() { None } else { history.alone_ids(head, &remotes, COMPARE_CAP) };
            let mut more = alone.unwrap_or_else(|| {
                let mut all = Vec::new();
                history.walk(head, range.most.saturating_add(1), |id| {
                    all.push(id);
                    true
                });
                all
            });
            if more.len() > range.most {
                more.truncate(range.most);
                self.out.cut.push(more_commits(range.most));
            }
            list.extend(more);
        }
        if !history.missing().is_empty() {
            self.out.cut.push("commits are missing from the repository".to_owned());
        }
        let mut seen = HashSet::new();
        list.retain(|id| seen.insert(*id));
        list
    }

    fn commit(&mut self, id: ObjectId) {
        let name: Arc<str> = id.to_string().into();
        self.out.commits += 1;
        if self.versions(id, &name).is_none() {
            self.out.cut.push(format!("commit {name} cannot be read whole"));
        }
    }

    fn versions(&mut self, id: ObjectId, name: &Arc<str>) -> Option<()> {
        let commit = self.repo.find_commit(id).ok()?;
        let message = commit.message_raw().ok()?;
        self.out.messages.push((Arc::clone(name), message.iter().copied().take(MESSAGE).collect()));
        let tree = commit.tree_id().ok()?.detach();
        let parents: Vec<ObjectId> = match self.shallow.contains(&id) {
            true => Vec::new(),
            false => commit.parent_ids().map(gix::Id::detach).collect(),
        };
        let trees: Option<Vec<ObjectId>> =
            parents.iter().map(|parent| Some(self.repo.find_commit(*parent).ok()?.tree_id().ok()?.detach())).collect();
        let trees = trees?;
        let changed = match trees.first() {
            Some(first) => difference(self.repo, *first, tree, FILES),
            None => whole(self.repo, tree, FILES),
        };
        for change in changed.ok()? {
            self.change(change, &trees, name)?;
        }
        Some(())
    }

    fn change(&mut self, change: Changed, trees: &[ObjectId], name: &Arc<str>) -> Option<()> {
        let Some(now) = change.after.filter(|(mode, _)| is_file(*mode)) else { return Some(()) };
        let mut before: Vec<ObjectId> =
            change.before.filter(|(mode, _)| is_file(*mode)).map(|leaf| leaf.1).into_iter().collect();
        for tree in trees.iter().skip(1) {
            if let Some(other) = leaf(self.repo, *tree, &change.path)? {
                if other.1 == now.1 {
                    return Some(());
                }
                if is_file(other.0) {
                    before.push(other.1);
                }
            }
        }
        // Only the mode differs.
        if before.contains(&now.1) {
            return Some(());
        }
        if self.seen.insert((change.path.clone(), now.1, before.clone())) {
            let source = Source::Blob { id: now.1, before };
            self.out.list.push(Version { path: change.path, commit: Some(Arc::clone(name)), tracked: true, source });
        }
        Some(())
    }
}
