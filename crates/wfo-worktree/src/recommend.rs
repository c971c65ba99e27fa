//! What should be done about a worktree, with the reason. Recommends removal only where nothing can be lost.
//!
//! The first rule that applies: main checkout = keep; folder gone = prune (keep while locked); state unknown = keep;
//! changes = commit; commits the upstream lacks = push; merged and clean = remove (keep while locked); on no branch = review;
//! commits no remote has = push, where there is a remote; older than the archive limit = archive (review while locked);
//! behind its upstream = pull; commits of its own and behind the default branch = rebase; commits of its own and stale or its
//! TODO done = merge; stale = review; unknown to an existing registry = adopt; else keep. A registry row without a folder = free.

use crate::rows::GitWorktree;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Take it into the registry, so that it can have ports and a task.
    Adopt,
    /// Look at it, then remove the worktree; its branch stays.
    Archive,
    /// Commit or stash the changes.
    Commit,
    /// Free the ports of a worktree that is no more.
    Free,
    /// Leave it alone.
    Keep,
    /// Look at it, and merge it when it is ready.
    Merge,
    /// Let git forget a worktree whose folder is gone.
    Prune,
    /// Fetch what the upstream has.
    Pull,
    /// Push commits that exist only here.
    Push,
    /// Bring it up to the default branch.
    Rebase,
    /// Remove it: merged, clean, pushed.
    Remove,
    /// Look at it: finish, merge or give it up by hand.
    Review,
}

impl Action {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Archive => "archive",
            Self::Commit => "commit",
            Self::Free => "free",
            Self::Keep => "keep",
            Self::Merge => "merge",
            Self::Prune => "prune",
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Rebase => "rebase",
            Self::Remove => "remove",
            Self::Review => "review",
        }
    }
}

/// What to do, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// What to do.
    pub action: Action,
    /// One sentence without repository text.
    pub reason: String,
}

/// What the rules look at beside git's facts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// Whole days since the last commit.
    pub(crate) age_days: Option<i64>,
    /// More whole days than this is stale.
    pub(crate) stale_days: u16,
    /// More whole days than this is to be archived.
    pub(crate) archive_days: u16,
    /// Whether the registry has a row for it; `None` without a registry.
    pub(crate) registered: Option<bool>,
}

impl Circumstances {
    /// Returns the age where it is above the limit.
    fn older_than(&self, days: u16) -> Option<i64> {
        self.age_days.filter(|age| *age > i64::from(days))
    }
}

/// Judges one of git's worktrees.
pub(crate) fn recommend(worktree: &GitWorktree, at: Circumstances) -> Recommendation {
    let (action, reason) = decide(worktree, at);
    Recommendation { action, reason }
}

type Choice = (Action, String);

fn decide(worktree: &GitWorktree, at: Circumstances) -> Choice {
    if worktree.main {
        return (Action::Keep, "the main checkout".to_owned());
    }
    if worktree.prunable {
        return match worktree.locked {
            true => (
                Action::Keep,
                "its folder is not there, but it is locked: it may lie on a drive that is away".to_owned(),
            ),
            false => (Action::Prune, "its folder is gone".to_owned()),
        };
    }
    match worktree.changes {
        None => return (Action::Keep, "its state could not be read".to_owned()),
        Some(0) => {}
        Some(changes) => return (Action::Commit, format!("{} not committed", count(changes, "change"))),
    }
    if let Some(ahead @ 1..) = worktree.ahead.filter(|_| worktree.has_upstream && worktree.has_remotes != Some(false)) {
        return (Action::Push, format!("{} not pushed", count(ahead, "commit")));
    }
    if worktree.merged == Some(true) {
        return match worktree.locked {
            true => (Action::Keep, "merged and clean, but locked: unlock it when its session has ended".to_owned()),
            false => (Action::Remove, "merged and clean".to_owned()),
        };
    }
    if worktree.detached {
        return (Action::Review, "on no branch: give its commits a branch, or check one out".to_owned());
    }
    unpushed(worktree, at).or_else(|| archive(worktree, at)).unwrap_or_else(|| open(worktree, at))
}

/// Judges commits that no remote has; without a remote there is nowhere to push to.
fn unpushed(worktree: &GitWorktree, at: Circumstances) -> Option<Choice> {
    if worktree.has_remotes == Some(false) {
        return None;
    }
    if let Some(commits) = worktree.unpushed {
        return (commits > 0 && worktree.has_remotes == Some(true))
            .then(|| (Action::Push, format!("{} on no remote", count(commits, "commit"))));
    }
    let age = at.older_than(at.stale_days).filter(|_| !worktree.has_upstream && own_commits(worktree) != Some(0))?;
    Some((Action::Push, format!("{}, and no upstream has its branch", idle(age))))
}

fn archive(worktree: &GitWorktree, at: Circumstances) -> Option<Choice> {
    let idle = idle(at.older_than(at.archive_days)?);
    Some(match worktree.locked {
        true => (Action::Review, format!("{idle}, but locked: unlock it when its session has ended")),
        false => (Action::Archive, format!("{idle}: look at it, then remove the worktree; its branch stays")),
    })
}

/// Judges a clean worktree whose branch is not known to be merged, nor old enough for the archive.
fn open(worktree: &GitWorktree, at: Circumstances) -> Choice {
    if let Some(behind @ 1..) = worktree.behind.filter(|_| worktree.has_upstream) {
        return (Action::Pull, format!("its upstream has {} more", count(behind, "commit")));
    }
    let own = own_commits(worktree).filter(|commits| *commits > 0);
    if let (Some(_), Some(behind @ 1..)) = (own, behind_default(worktree)) {
        return (Action::Rebase, format!("the default branch has {} more", count(behind, "commit")));
    }
    let idle = at.older_than(at.stale_days).map(idle);
    match (own, worktree.todo_percent, idle) {
        (Some(commits), Some(100..), _) => {
            return (Action::Merge, format!("its TODO is done, with {} of its own", count(commits, "commit")));
        }
        (Some(commits), _, Some(idle)) => {
            return (Action::Merge, format!("{idle}, with {} of its own: merge it if ready", count(commits, "commit")));
        }
        (None, _, Some(idle)) if own_commits(worktree) == Some(0) => {
            return (Action::Review, format!("{idle}, and none of its own: begin, or give it up"));
        }
        (None, _, Some(idle)) => return (Action::Review, format!("{idle}: finish it, merge it, or give it up")),
        _ => {}
    }
    if at.registered == Some(false) {
        return (Action::Adopt, "not in the registry, so it has no ports".to_owned());
    }
    (Action::Keep, "in work".to_owned())
}

/// Returns how many of its commits the default branch lacks.
fn own_commits(worktree: &GitWorktree) -> Option<u64> {
    worktree.ahead_default.or_else(|| worktree.ahead.filter(|_| !worktree.has_upstream))
}

/// Returns how many commits of the default branch it lacks.
fn behind_default(worktree: &GitWorktree) -> Option<u64> {
    worktree.behind_default.or_else(|| worktree.behind.filter(|_| !worktree.has_upstream))
}

fn idle(age_days: i64) -> String {
    format!("no commit for {}", count(age_days.unsigned_abs(), "day"))
}

/// Returns a number with its noun.
pub(crate) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {}", plural(thing)) }
}

/// Returns the plural of a noun.
pub(crate) fn plural(thing: &str) -> String {
    let ending = if thing.ends_with('s') || thing.ends_with("sh") { "es" } else { "s" };
    format!("{thing}{ending}")
}

#[cfg(test)]
#[path = "recommend_tests.rs"]
mod tests;
