//! Tells what a worktree holds that exists nowhere else: the answer decides whether it may be removed.
//! What cannot be looked at is not determined, never "nothing". Writes nothing, runs nothing that the repository names.

mod by_program;
mod hidden;
mod kept;

use std::path::Path;

use crate::facts::{Operation, Worktree};
use crate::operation;
use crate::reflog::Log;
use crate::repository::{Engine, Repository};
use crate::worktrees::{self, Place};
use kept::Kept;

/// The largest log of stashes that is read whole, in bytes.
const LOG_CAP: u64 = 1 << 20;

/// What one worktree holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Commits that its HEAD reaches and no other branch, no tag and no remote-tracking branch does (its own branch,
    /// stashes and refs of tools do not count); `None` when it cannot be told.
    pub alone: Option<u64>,
    /// Commits that its HEAD reaches and no remote-tracking branch does; `None` when it cannot be told, and when there
    /// are no such branches ([`Holdings::has_remotes`]).
    pub unpushed: Option<u64>,
    /// Whether the repository has remote-tracking branches at all.
    pub has_remotes: bool,
    /// Stash entries that were made on its branch (without a branch: those made without one); `None` when the log of the
    /// stash cannot be read.
    pub stashes: Option<u64>,
    /// Files that status leaves out (assume-unchanged, skip-worktree), that are there and differ from the index; `None`
    /// when it cannot be told, as where the folder is gone.
    pub hidden: Option<u64>,
    /// The operation that is under way in it.
    pub operation: Option<Operation>,
    /// Whether its private git folder holds repositories of submodules.
    pub submodules: bool,
}

/// Looks into worktrees as they are now; the answers are in the order of `worktrees`.
///
/// Two worktrees at the same commit protect each other's commits as long as both branches stay: ask again after each
/// removal that deletes a branch. A row that is no worktree of the repository (any more) is not determined.
#[must_use]
pub fn holdings(repository: &Repository, worktrees: &[Worktree]) -> Vec<Holdings> {
    let main_is_bare = repository.main_root() == repository.common_dir();
    let places = worktrees::list(repository.main_root(), repository.common_dir(), repository.git_dir(), main_is_bare);
    let wanted: Vec<Option<&Place>> =
        worktrees.iter().map(|row| places.iter().find(|place| place.row.path == row.path)).collect();
    let mut found = match repository.engine() {
        Engine::Gix(_) => by_library(repository, &wanted),
        Engine::Git => by_program::holdings(repository, &wanted),
    };
    for (holdings, place) in found.iter_mut().zip(&wanted) {
        let Some(place) = place else { continue };
        holdings.operation = holdings.operation.or(operation::under_way(&place.git_dir).operation);
        holdings.submodules |= has_entries(&place.git_dir.join("modules"));
    }
    found
}

fn by_library(repository: &Repository, wanted: &[Option<&Place>]) -> Vec<Holdings> {
    let unknown = || wanted.iter().map(|_| Holdings::default()).collect();
    let Some(mut repo) = repository.gix() else { return unknown() };
    repo.object_cache_size_if_unset(4 << 20);
    let Ok(cache) = repo.commit_graph_if_enabled() else { return unknown() };
    let Some(mut kept) = Kept::read(&repo, cache.as_ref()) else { return unknown() };
    let stash = match repo.try_find_reference("refs/stash") {
        Ok(None) => Some(Log::default()),
        Ok(Some(_)) => stash_log(repository.common_dir()),
        Err(_) => None,
    };
    let look = |place: &Option<&Place>| {
        let mut holdings = Holdings { has_remotes: kept.has_remotes(), ..Holdings::default() };
        let Some(place) = place else { return holdings };
        let row = &place.row;
        (holdings.alone, holdings.unpushed) = kept.count(row);
        holdings.stashes = stash.as_ref().map(|log| stashes(log, row.branch.as_deref(), |name| kept.has_branch(name)));
        holdings.hidden = if row.bare { Some(0) } else { hidden::hidden(&repo, place) };
        holdings.submodules = !row.bare && hidden::has_own_repository(&repo, place) != Some(false);
        holdings
    };
    wanted.iter().map(look).collect()
}

/// Reads the log of the stash; `None` when it is not there, or too large to be read whole.
fn stash_log(common_dir: &Path) -> Option<Log> {
    let size = std::fs::metadata(common_dir.join("logs/refs/stash")).ok()?.len();
    if size > LOG_CAP { None } else { Log::read(common_dir, "refs/stash") }
}

/// Counts the entries made on a branch. Older gits wrote only the last part of its name, which counts when no branch is
/// called so; an entry with a message of its own form belongs to no branch.
fn stashes(log: &Log, branch: Option<&str>, has_branch: impl Fn(&str) -> bool) -> u64 {
    let branch = branch.unwrap_or("(no branch)");
    let last = branch.rsplit('/').next().filter(|last| *last != branch && !has_branch(last));
    let made_on = |message: &str| {
        let rest = message.strip_prefix("WIP on ").or_else(|| message.strip_prefix("On "))?;
        let named = |name: &str| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        (named(branch) || last.is_some_and(named)).then_some(())
    };
    log.entries.iter().filter(|entry| made_on(&entry.message).is_some()).count() as u64
}

/// Says whether a folder has anything in it; one that cannot be read may have.
fn has_entries(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stash_belongs_to_the_branch_that_its_message_names() {
        let id = "1".repeat(40);
        let log = |message: &str| Log::parse(&format!("{id} {id} A <a@b> 1700000000 +0100\t{message}\n"), false);
        for (message, branch, others, expected) in [
            ("WIP on task: abc1234 first", Some("task"), &[][..], 1),
            ("On task: my words", Some("task"), &[], 1),
            ("On task: my words", Some("tas"), &[], 0),
            ("On task-two: my words", Some("task"), &[], 0),
            ("WIP on feature/x: abc1234 first", Some("feature/x"), &[], 1),
            ("WIP on x: abc1234 first", Some("feature/x"), &[], 1),
            ("WIP on x: abc1234 first", Some("feature/x"), &["x"], 0),
            ("WIP on (no branch): abc1234 first", None, &[], 1),
            ("WIP on (no branch): abc1234 first", Some("task"), &[], 0),
            ("WIP on task: abc1234 first", None, &[], 0),
            ("autostash", Some("autostash"), &[], 0),
            ("", Some("task"), &[], 0),
        ] {
            let counted = stashes(&log(message), branch, |name| others.contains(&name));
            assert_eq!(counted, expected, "{message} for {branch:?}");
        }
    }
}
