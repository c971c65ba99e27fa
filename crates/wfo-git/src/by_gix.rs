//! Everything of a snapshot but status, read with the git library.
//! A part that fails becomes a note; the parts after it are still read.

use wfo_base::{Problem, codes};

use crate::commits;
use crate::default_branch::default_branch;
use crate::facts::{Commit, Snapshot, Upstream};
use crate::history::{COMPARE_CAP, History};
use crate::repository::Repository;
use crate::snapshot::noted;
use crate::worktrees::{self, Place};
use crate::{operation, refs, tags};

/// How many of the latest commits are told.
pub(crate) const RECENT: usize = 5;

/// Reads them.
pub(crate) fn facts(repository: &Repository, mut places: Vec<Place>) -> Snapshot {
    let under_way = operation::under_way(repository.git_dir());
    let mut taken = Snapshot { operation: under_way.operation, rebasing: under_way.rebasing, ..Snapshot::default() };
    let Some(mut repo) = repository.gix() else { return taken };
    repo.object_cache_size_if_unset(4 << 20);
    let mut notes = Vec::new();
    let head = noted("HEAD", refs::head(&repo), &mut notes);
    let known = head.is_some();
    let head = head.unwrap_or_default();
    taken.branch = head.branch();
    taken.detached = head.detached;
    taken.unborn = head.unborn();
    taken.stashes = noted("the stash", refs::stashes(&repo), &mut notes);
    taken.shallow = noted("the shallow list", repo.is_shallow(), &mut notes).unwrap_or(false);
    let cache = noted("the commit-graph", repo.commit_graph_if_enabled(), &mut notes).flatten();
    let mut history = History::new(&repo, cache.as_ref());
    if let Some(id) = head.id {
        let mut newest = Vec::new();
        history.walk(id, RECENT, |id| {
            newest.push(id);
            true
        });
        let read: Result<Vec<Commit>, _> = newest.into_iter().map(|id| commits::commit(&repo, id)).collect();
        taken.recent_commits = noted("the latest commits", read, &mut notes).unwrap_or_default();
        taken.head = taken.recent_commits.first().cloned();
        taken.last_tag = noted("the tags", tags::latest(&repo, &mut history, id), &mut notes).flatten();
    }
    if known {
        taken.upstream = noted("the upstream", upstream(&repo, &head, &mut history), &mut notes);
    }
    let unborn = if taken.unborn { taken.branch.clone() } else { None };
    let default = noted("the default branch", default_branch(&repo, unborn), &mut notes).unwrap_or_default();
    worktrees::stand(&repo, &mut places, &default, &mut history);
    taken.worktrees = places.into_iter().map(|place| place.row).collect();
    taken.default_branch = default.name;
    if let Some(first) = history.missing().first() {
        let message = format!("{} of the history are missing, {first} first", counted(history.missing().len()));
        let hint = "run `git fsck`, then fetch from where the repository came from; counts that need them are unknown";
        notes.push(Problem::new(codes::GIT_PART_FAILED, message).hint(hint).warning());
    }
    taken.notes = notes;
    taken
}

fn counted(commits: usize) -> String {
    if commits == 1 { "1 commit".to_owned() } else { format!("{commits} commits") }
}

fn upstream(repo: &gix::Repository, head: &refs::Head, history: &mut History<'_>) -> Result<Upstream, gix::Error> {
    let Some(branch) = &head.name else { return Ok(Upstream::None) };
    let Some(name) = refs::upstream(repo, branch.as_ref())? else { return Ok(Upstream::None) };
    let short = refs::short(name.as_ref());
    let Some(there) = refs::resolve(repo, &name.as_bstr().to_string())? else {
        return Ok(Upstream::Gone { name: short });
    };
    let compared = head.id.and_then(|here| history.compare(here, there, COMPARE_CAP));
    Ok(Upstream::Present {
        name: short,
        ahead: compared.map(|compared| compared.ahead),
        behind: compared.map(|compared| compared.behind),
    })
}
