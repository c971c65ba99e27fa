//! When a worktree and its branch may go, and that doubt is never a yes.

use super::*;
use proptest::prelude::*;

/// A clean, pushed worktree that nobody uses.
fn idle() -> Facts {
    Facts {
        main: Some(false),
        gone: Some(false),
        lock: Some(Lock::Open),
        detached: Some(false),
        inside: Some(false),
        processes: Some(vec![]),
        operations: Some(vec![]),
        changes: Some(0),
        untracked: Some(0),
        hidden: Some(0),
        submodules: Some(0),
        nested: Some(0),
        stashes: Some(0),
        alone: Some(0),
        merged: Some(false),
    }
}

fn gone() -> Facts {
    Facts { main: Some(false), gone: Some(true), lock: Some(Lock::Open), submodules: Some(0), ..Facts::default() }
}

fn process(name: &str) -> Process {
    Process { pid: 42, name: name.into() }
}

#[test]
fn one_thing_that_exists_nowhere_else_keeps_a_worktree() {
    for (facts, what) in [
        (Facts { main: Some(true), ..idle() }, "the main checkout is never removed"),
        (Facts { lock: Some(Lock::Held), ..idle() }, "locked: a session may be at work in it"),
        (Facts { inside: Some(true), ..idle() }, "this command runs inside it"),
        (Facts { processes: Some(vec![process("node")]), ..idle() }, "1 process works in it: `node` (42)"),
        (
            Facts { processes: Some(vec![process("a"), process("b\u{1b}[2J\nc")]), ..idle() },
            "2 processes work in it: `a` (42), `b c` (42)",
        ),
        (Facts { operations: Some(vec!["rebase".into()]), ..idle() }, "`rebase` under way"),
        (Facts { changes: Some(1), ..idle() }, "1 change not committed"),
        (Facts { untracked: Some(2), ..idle() }, "2 files that git does not track"),
        (Facts { hidden: Some(1), ..idle() }, "1 file changed where git was told not to look"),
        (Facts { submodules: Some(1), ..idle() }, "1 submodule with work or a repository of its own"),
        (Facts { nested: Some(1), ..idle() }, "1 worktree or mount in its folder that is not a part of it"),
        (Facts { stashes: Some(1), ..idle() }, "1 stash of its branch"),
        (Facts { stashes: Some(2), ..idle() }, "2 stashes of its branch"),
        (Facts { alone: Some(3), ..idle() }, "3 commits that no other ref has"),
    ] {
        let found = judge(&facts);
        assert_eq!((found.verdict, found.reasons.len()), (Verdict::Unsafe, 1), "{facts:?}");
        assert_eq!(found.reasons[0].what, what);
    }
}

#[test]
fn work_that_merging_by_content_has_taken_in_is_kept_even_while_files_are_not() {
    let merged = Facts { alone: Some(3), merged: Some(true), ..idle() };
    assert_eq!(judge(&merged).verdict, Verdict::Safe);
    assert_eq!(judge(&Facts { changes: Some(1), ..merged.clone() }).verdict, Verdict::Unsafe);
    assert_eq!(judge(&Facts { stashes: Some(1), ..merged }).verdict, Verdict::Unsafe);
}

#[test]
fn a_safe_verdict_says_why_nothing_is_lost() {
    for (facts, why) in [
        (idle(), "clean, and other refs keep its commits"),
        (Facts { merged: Some(true), ..idle() }, "clean, and the default branch has all of it"),
        (Facts { alone: Some(0), ..gone() }, "its folder is gone, and its commits are kept elsewhere"),
    ] {
        let found = judge(&facts);
        assert_eq!((found.verdict, found.reasons.len(), found.reasons[0].what.as_str()), (Verdict::Safe, 1, why));
    }
}

#[test]
fn one_proof_that_the_commits_are_kept_is_enough() {
    for (alone, merged, verdict) in [
        (Some(0), None, Verdict::Safe),
        (None, Some(true), Verdict::Safe),
        (None, None, Verdict::Unknown),
        (None, Some(false), Verdict::Unknown),
        (Some(1), None, Verdict::Unknown),
        (Some(1), Some(false), Verdict::Unsafe),
    ] {
        let facts = Facts { alone, merged, ..idle() };
        assert_eq!((judge(&facts).verdict, branch_may_go(&facts).verdict), (verdict, verdict), "{alone:?} {merged:?}");
    }
}

#[test]
fn a_folder_that_is_gone_can_lose_nothing_but_its_commits() {
    for (facts, verdict) in [
        (Facts { alone: Some(0), ..gone() }, Verdict::Safe),
        (Facts { alone: Some(1), merged: Some(false), ..gone() }, Verdict::Unsafe),
        (gone(), Verdict::Unknown),
        (Facts { alone: Some(0), lock: Some(Lock::Held), ..gone() }, Verdict::Unsafe),
        (Facts { alone: Some(0), gone: None, ..gone() }, Verdict::Unknown),
    ] {
        assert_eq!(judge(&facts).verdict, verdict, "{facts:?}");
    }
}

#[test]
fn the_lock_of_an_owner_that_has_ended_does_not_hold() {
    assert_eq!(judge(&Facts { lock: Some(Lock::OwnerEnded), ..idle() }).verdict, Verdict::Safe);
}

#[test]
fn what_stands_against_it_comes_before_what_is_not_known() {
    let found = judge(&Facts { inside: None, stashes: Some(1), ..idle() });
    assert_eq!((found.verdict, found.reasons.len()), (Verdict::Unsafe, 2));
    assert_eq!(found.reasons[0].what, "1 stash of its branch");
    assert!(found.reasons[1].what.contains("could not be determined"));
}

#[test]
fn commits_on_no_branch_are_told_to_get_one() {
    let facts = Facts { alone: Some(1), detached: Some(true), ..idle() };
    assert!(judge(&facts).reasons[0].remedy.as_ref().unwrap().contains("give them a branch"));
}

#[test]
fn a_branch_goes_only_when_its_tip_is_kept_and_it_is_no_main_checkouts() {
    for (facts, verdict) in [
        (idle(), Verdict::Safe),
        (Facts { changes: Some(9), ..idle() }, Verdict::Safe),
        (Facts { main: Some(true), ..idle() }, Verdict::Unsafe),
        (Facts { detached: Some(true), ..idle() }, Verdict::Unsafe),
        (Facts { detached: None, ..idle() }, Verdict::Unknown),
        (Facts { alone: Some(1), ..idle() }, Verdict::Unsafe),
        (Facts { alone: Some(1), merged: Some(true), ..idle() }, Verdict::Safe),
    ] {
        assert_eq!(branch_may_go(&facts).verdict, verdict, "{facts:?}");
    }
}

#[test]
fn many_processes_are_counted_and_five_are_named() {
    let facts = Facts { processes: Some(vec![process("sh"); 900]), ..idle() };
    let what = judge(&facts).reasons.remove(0).what;
    assert!(what.starts_with("900 processes work in it: ") && what.ends_with(", 895 more"), "{what}");
}

#[test]
fn nothing_known_at_all_is_unknown() {
    let found = judge(&Facts::default());
    assert_eq!(found.verdict, Verdict::Unknown);
    assert!(found.reasons.iter().all(|reason| reason.remedy.is_some()));
    assert_eq!(branch_may_go(&Facts::default()).verdict, Verdict::Unknown);
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(good: T, bad: T) -> impl Strategy<Value = Option<T>> {
    // Good often enough that whole sets of good facts come up.
    proptest::sample::select(vec![
        Some(good.clone()),
        Some(good.clone()),
        Some(good.clone()),
        Some(good.clone()),
        Some(good.clone()),
        Some(good),
        Some(bad),
        None,
    ])
}

fn facts() -> impl Strategy<Value = Facts> {
    let who = (
        maybe(false, true),
        maybe(false, true),
        maybe(Lock::Open, Lock::Held),
        maybe(false, true),
        maybe(false, true),
        maybe(vec![], vec![process("sh")]),
        maybe(vec![], vec!["merge".to_owned()]),
    );
    let what = (maybe(0, 1), maybe(0, 1), maybe(0, 1), maybe(0, 1), maybe(0, 1), maybe(0, 1), maybe(true, false));
    (who, what, maybe(0, 1)).prop_map(|(who, what, nested)| Facts {
        main: who.0,
        gone: who.1,
        lock: who.2,
        detached: who.3,
        inside: who.4,
        processes: who.5,
        operations: who.6,
        changes: what.0,
        untracked: what.1,
        hidden: what.2,
        submodules: what.3,
        nested,
        stashes: what.4,
        alone: what.5,
        merged: what.6,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn a_worktree_is_safe_exactly_when_every_fact_that_matters_is_known_and_harmless(facts in facts()) {
        let kept = facts.alone == Some(0) || facts.merged == Some(true);
        let free = facts.main == Some(false) && facts.lock == Some(Lock::Open);
        let empty = facts.inside == Some(false)
            && facts.processes.as_ref().is_some_and(Vec::is_empty)
            && facts.operations.as_ref().is_some_and(Vec::is_empty)
            && [facts.changes, facts.untracked, facts.hidden, facts.nested, facts.stashes] == [Some(0); 5];
        let inside = facts.submodules == Some(0);
        let safe = free && kept && inside && (facts.gone == Some(true) || (facts.gone == Some(false) && empty));
        prop_assert_eq!(judge(&facts).verdict == Verdict::Safe, safe, "{:?}", facts);
        let branch = facts.main == Some(false) && facts.detached == Some(false) && kept;
        prop_assert_eq!(branch_may_go(&facts).verdict == Verdict::Safe, branch, "{:?}", facts);
        prop_assert!(!judge(&facts).reasons.is_empty());
    }
}
