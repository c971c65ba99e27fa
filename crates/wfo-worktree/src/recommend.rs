//! What should be done about a worktree, with the reason. Recommends removal only where nothing can be lost.
//!
//! The first rule that applies: main checkout = keep; folder gone = prune (keep while locked); state unknown = keep;
//! changes = commit; commits the upstream lacks = push; merged and clean = remove (keep while locked); on no branch = review;
//! older than the stale limit = push without an upstream, else review; behind its upstream = pull; unknown to an existing
//! registry = adopt; else keep. A registry row without a folder = free.

use crate::rows::GitWorktree;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Take it into the registry, so that it can have ports and a task.
    Adopt,
    /// Commit or stash the changes.
    Commit,
    /// Free the ports of a worktree that is no more.
    Free,
    /// Leave it alone.
    Keep,
    /// Let git forget a worktree whose folder is gone.
    Prune,
    /// Fetch what the upstream has.
    Pull,
    /// Push commits that exist only here.
    Push,
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
            Self::Commit => "commit",
            Self::Free => "free",
            Self::Keep => "keep",
            Self::Prune => "prune",
            Self::Pull => "pull",
            Self::Push => "push",
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
    /// Whether the registry has a row for it; `None` without a registry.
    pub(crate) registered: Option<bool>,
}

/// Judges one of git's worktrees.
pub(crate) fn recommend(worktree: &GitWorktree, at: Circumstances) -> Recommendation {
    let (action, reason) = decide(worktree, at);
    Recommendation { action, reason }
}

fn decide(worktree: &GitWorktree, at: Circumstances) -> (Action, String) {
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
    if let Some(ahead @ 1..) = worktree.ahead.filter(|_| worktree.has_upstream) {
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
    open(worktree, at)
}

/// Judges a clean worktree whose branch is not known to be merged.
fn open(worktree: &GitWorktree, at: Circumstances) -> (Action, String) {
    if let Some(age) = at.age_days.filter(|age| *age > i64::from(at.stale_days)) {
        let days = format!("no commit for {}", count(age.unsigned_abs(), "day"));
        return match worktree.has_upstream {
            false => (Action::Push, format!("{days}, and no upstream has its branch")),
            true => (Action::Review, format!("{days}: finish it, merge it, or give it up")),
        };
    }
    if let Some(behind @ 1..) = worktree.behind.filter(|_| worktree.has_upstream) {
        return (Action::Pull, format!("its upstream has {} more", count(behind, "commit")));
    }
    if at.registered == Some(false) {
        return (Action::Adopt, "not in the registry, so it has no ports".to_owned());
    }
    (Action::Keep, "in work".to_owned())
}

fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Circumstances = Circumstances { age_days: Some(1), stale_days: 7, registered: Some(true) };

    /// A clean, pushed, unmerged worktree on a branch with an upstream.
    fn clean() -> GitWorktree {
        GitWorktree {
            changes: Some(0),
            ahead: Some(0),
            behind: Some(0),
            merged: Some(false),
            has_upstream: true,
            ..GitWorktree::default()
        }
    }

    #[test]
    fn each_state_has_its_recommendation() {
        use Action::{Adopt, Commit, Keep, Prune, Pull, Push, Remove, Review};
        let old = Circumstances { age_days: Some(8), ..AT };
        let edge = Circumstances { age_days: Some(7), ..AT };
        for (worktree, at, action) in [
            (clean(), AT, Keep),
            (GitWorktree { main: true, changes: Some(3), merged: Some(true), ..clean() }, old, Keep),
            (GitWorktree { prunable: true, ..clean() }, AT, Prune),
            (GitWorktree { prunable: true, locked: true, ..clean() }, AT, Keep),
            (GitWorktree { changes: None, merged: Some(true), ..clean() }, AT, Keep),
            (GitWorktree { changes: Some(1), merged: Some(true), ..clean() }, AT, Commit),
            (GitWorktree { changes: Some(1), ahead: Some(2), ..clean() }, AT, Commit),
            (GitWorktree { ahead: Some(2), merged: Some(true), ..clean() }, AT, Push),
            (GitWorktree { merged: Some(true), ..clean() }, AT, Remove),
            (GitWorktree { merged: Some(true), ahead: None, behind: None, ..clean() }, old, Remove),
            (GitWorktree { merged: Some(true), locked: true, ..clean() }, AT, Keep),
            (GitWorktree { merged: None, ..clean() }, AT, Keep),
            (GitWorktree { detached: true, ..clean() }, old, Review),
            (clean(), old, Review),
            (clean(), edge, Keep),
            (GitWorktree { has_upstream: false, ..clean() }, old, Push),
            (GitWorktree { has_upstream: false, ahead: Some(2), behind: Some(1), ..clean() }, AT, Keep),
            (GitWorktree { has_upstream: false, ahead: Some(2), merged: Some(true), ..clean() }, AT, Remove),
            (GitWorktree { ahead: None, behind: None, ..clean() }, AT, Keep),
            (GitWorktree { behind: Some(3), ..clean() }, AT, Pull),
            (GitWorktree { behind: Some(3), ..clean() }, old, Review),
            (clean(), Circumstances { registered: Some(false), ..AT }, Adopt),
            (clean(), Circumstances { registered: None, ..AT }, Keep),
            (clean(), Circumstances { age_days: None, ..AT }, Keep),
        ] {
            let found = recommend(&worktree, at);
            assert_eq!(found.action, action, "{worktree:?} {at:?}: {}", found.reason);
        }
    }

    #[test]
    fn the_reason_counts_in_plain_words() {
        let of = |worktree: GitWorktree, at| recommend(&worktree, at).reason;
        assert_eq!(of(GitWorktree { changes: Some(1), ..clean() }, AT), "1 change not committed");
        assert_eq!(of(GitWorktree { ahead: Some(2), ..clean() }, AT), "2 commits not pushed");
        assert_eq!(
            of(clean(), Circumstances { age_days: Some(23), ..AT }),
            "no commit for 23 days: finish it, merge it, or give it up"
        );
    }

    fn tri<T: Copy + std::fmt::Debug + 'static>(values: [T; 3]) -> impl Strategy<Value = Option<T>> {
        proptest::sample::select(vec![None, Some(values[0]), Some(values[1]), Some(values[2])])
    }

    proptest! {
        #[test]
        fn removal_is_never_recommended_where_something_could_be_lost(
            changes in tri([0, 1, 9]), ahead in tri([0, 1, 9]), behind in tri([0, 1, 9]), age in tri([0, 8, 400]),
            merged in tri([true, false, false]), flags in any::<[bool; 5]>(), registered in tri([true, false, false])
        ) {
            let [main, detached, locked, prunable, has_upstream] = flags;
            let worktree = GitWorktree { changes, ahead, behind, merged, main, detached, locked, prunable, has_upstream, ..GitWorktree::default() };
            let found = recommend(&worktree, Circumstances { age_days: age, stale_days: 7, registered });
            if found.action == Action::Remove {
                prop_assert!(changes == Some(0) && (!has_upstream || ahead.unwrap_or(0) == 0) && merged == Some(true));
                prop_assert!(!main && !locked && !prunable);
            }
            prop_assert!(found.action != Action::Prune || (prunable && !locked));
        }
    }
}
