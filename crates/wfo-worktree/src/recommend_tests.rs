//! The order of the recommendations, their words, and that removal never loses anything.

use super::Action::{Adopt, Archive, Commit, Keep, Merge, Prune, Pull, Push, Rebase, Remove, Review};
use super::*;
use proptest::prelude::*;

const AT: Circumstances = Circumstances { age_days: Some(1), stale_days: 7, archive_days: 14, registered: Some(true) };

fn aged(days: i64) -> Circumstances {
    Circumstances { age_days: Some(days), ..AT }
}

/// A clean, pushed, unmerged worktree on a branch with an upstream; nothing is known about the default branch.
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

/// A clean worktree with commits of its own that a remote has.
fn own() -> GitWorktree {
    GitWorktree {
        ahead_default: Some(2),
        behind_default: Some(0),
        unpushed: Some(0),
        has_remotes: Some(true),
        ..clean()
    }
}

/// The same without any remote.
fn local() -> GitWorktree {
    GitWorktree { has_upstream: false, ahead: Some(2), unpushed: Some(2), has_remotes: Some(false), ..clean() }
}

fn check(rows: impl IntoIterator<Item = (GitWorktree, Circumstances, Action)>) {
    for (worktree, at, action) in rows {
        let found = recommend(&worktree, at);
        assert_eq!(found.action, action, "{worktree:?} {at:?}: {}", found.reason);
    }
}

#[test]
fn each_state_has_its_recommendation() {
    check([
        (clean(), AT, Keep),
        (GitWorktree { main: true, changes: Some(3), merged: Some(true), ..clean() }, aged(8), Keep),
        (GitWorktree { prunable: true, ..clean() }, AT, Prune),
        (GitWorktree { prunable: true, locked: true, ..clean() }, AT, Keep),
        (GitWorktree { changes: None, merged: Some(true), ..clean() }, AT, Keep),
        (GitWorktree { changes: Some(1), merged: Some(true), ..clean() }, AT, Commit),
        (GitWorktree { changes: Some(1), ahead: Some(2), ..clean() }, AT, Commit),
        (GitWorktree { ahead: Some(2), merged: Some(true), ..clean() }, AT, Push),
        (GitWorktree { merged: Some(true), ..clean() }, AT, Remove),
        (GitWorktree { merged: Some(true), ahead: None, behind: None, ..clean() }, aged(8), Remove),
        (GitWorktree { merged: Some(true), locked: true, ..clean() }, AT, Keep),
        (GitWorktree { merged: None, ..clean() }, AT, Keep),
        (GitWorktree { detached: true, unpushed: Some(1), has_remotes: Some(true), ..clean() }, aged(8), Review),
        (clean(), aged(8), Review),
        (clean(), aged(7), Keep),
        (GitWorktree { has_upstream: false, ahead: Some(2), merged: Some(true), ..clean() }, AT, Remove),
        (GitWorktree { ahead: None, behind: None, ..clean() }, AT, Keep),
        (GitWorktree { behind: Some(3), ..clean() }, AT, Pull),
        (GitWorktree { behind: Some(3), ..clean() }, aged(8), Pull),
        (clean(), Circumstances { registered: Some(false), ..AT }, Adopt),
        (clean(), Circumstances { registered: None, ..AT }, Keep),
        (clean(), Circumstances { age_days: None, ..AT }, Keep),
    ]);
}

#[test]
fn commit_comes_before_push_before_archive_before_rebase_before_merge() {
    let all = || GitWorktree { changes: Some(1), unpushed: Some(1), behind_default: Some(1), ..own() };
    check([
        (all(), aged(15), Commit),
        (GitWorktree { changes: Some(0), ..all() }, aged(15), Push),
        (GitWorktree { changes: Some(0), unpushed: Some(0), ..all() }, aged(15), Archive),
        (GitWorktree { changes: Some(0), unpushed: Some(0), ..all() }, aged(14), Rebase),
        (own(), aged(14), Merge),
        (own(), aged(8), Merge),
        (own(), aged(7), Keep),
    ]);
}

#[test]
fn push_is_not_recommended_where_there_is_no_remote() {
    check([
        (local(), AT, Keep),
        (local(), aged(8), Merge),
        (local(), aged(15), Archive),
        (GitWorktree { has_remotes: Some(true), ..local() }, AT, Push),
        (GitWorktree { has_remotes: None, ..local() }, AT, Keep),
        (GitWorktree { has_upstream: true, ..local() }, AT, Keep),
        (GitWorktree { unpushed: None, has_remotes: None, ..local() }, aged(8), Push),
        (GitWorktree { unpushed: None, has_remotes: None, ahead: Some(0), ..local() }, aged(8), Review),
    ]);
}

#[test]
fn a_done_todo_is_merged_at_once_and_work_in_hand_is_left_alone() {
    check([
        (GitWorktree { todo_percent: Some(100), ..own() }, AT, Merge),
        (GitWorktree { todo_percent: Some(99), ..own() }, AT, Keep),
        (GitWorktree { todo_percent: Some(100), behind_default: Some(1), ..own() }, AT, Rebase),
        (GitWorktree { todo_percent: Some(100), ahead_default: Some(0), ..own() }, AT, Keep),
    ]);
}

#[test]
fn a_branch_without_commits_of_its_own_has_nothing_to_rebase_or_merge() {
    let fresh = GitWorktree { ahead_default: Some(0), behind_default: Some(4), ..own() };
    check([
        (fresh.clone(), AT, Keep),
        (fresh.clone(), aged(8), Review),
        (fresh, aged(15), Archive),
        (GitWorktree { has_upstream: false, ahead: Some(0), behind: Some(4), ..clean() }, AT, Keep),
        (GitWorktree { has_upstream: false, ahead: Some(1), behind: Some(4), ..clean() }, AT, Rebase),
    ]);
}

#[test]
fn a_locked_worktree_is_looked_at_before_it_is_archived() {
    check([(GitWorktree { locked: true, ..own() }, aged(15), Review)]);
}

#[test]
fn the_reason_counts_in_plain_words() {
    for (worktree, at, reason) in [
        (GitWorktree { changes: Some(1), ..clean() }, AT, "1 change not committed"),
        (GitWorktree { ahead: Some(2), ..clean() }, AT, "2 commits not pushed"),
        (GitWorktree { unpushed: Some(1), ..own() }, AT, "1 commit on no remote"),
        (clean(), aged(9), "no commit for 9 days: finish it, merge it, or give it up"),
        (own(), aged(9), "no commit for 9 days, with 2 commits of its own: merge it if ready"),
        (clean(), aged(23), "no commit for 23 days: look at it, then remove the worktree; its branch stays"),
        (GitWorktree { behind_default: Some(3), ..own() }, AT, "the default branch has 3 commits more"),
    ] {
        assert_eq!(recommend(&worktree, at).reason, reason);
    }
}

fn tri<T: Copy + std::fmt::Debug + 'static>(values: [T; 3]) -> impl Strategy<Value = Option<T>> {
    proptest::sample::select(vec![None, Some(values[0]), Some(values[1]), Some(values[2])])
}

proptest! {
    #[test]
    fn removal_is_never_recommended_where_something_could_be_lost(
        changes in tri([0, 1, 9]), ahead in tri([0, 1, 9]), behind in tri([0, 1, 9]), age in tri([0, 8, 400]),
        merged in tri([true, false, false]), flags in any::<[bool; 5]>(), registered in tri([true, false, false]),
        has_remotes in tri([true, true, false]), own in tri([0, 1, 9]), unpushed in tri([0, 1, 9]),
        todo_percent in tri([0, 99, 100])
    ) {
        let [main, detached, locked, prunable, has_upstream] = flags;
        let worktree = GitWorktree {
            changes, ahead, behind, merged, main, detached, locked, prunable, has_upstream, has_remotes, unpushed,
            ahead_default: own, behind_default: behind, todo_percent, ..GitWorktree::default()
        };
        let found = recommend(&worktree, Circumstances { age_days: age, stale_days: 7, archive_days: 14, registered });
        if [Remove, Archive, Merge].contains(&found.action) {
            prop_assert!(changes == Some(0) && !main && !prunable);
        }
        if found.action == Remove {
            prop_assert!(!has_upstream || has_remotes == Some(false) || ahead.unwrap_or(0) == 0);
            prop_assert!(merged == Some(true) && !locked);
        }
        prop_assert!(found.action != Archive || (!locked && age.is_some_and(|age| age > 14)));
        prop_assert!(found.action != Push || has_remotes != Some(false));
        prop_assert!(found.action != Prune || (prunable && !locked));
    }
}
