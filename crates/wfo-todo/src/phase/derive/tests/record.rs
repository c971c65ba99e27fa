//! The record beside what is so: what differs, why, and when nothing does.

use super::situations::SITUATIONS;
use super::*;

#[test]
fn drift_says_what_is_recorded_what_is_so_and_why() {
    let derived = at("feature worktree in-base", "1 1.1 planning", Path::Normal);
    let [phase, step, status] = derived.drift.as_slice() else { panic!("three fields") };
    assert_eq!((phase.recorded.as_deref(), phase.actual.as_deref()), (Some("1"), Some("4")));
    assert_eq!((step.recorded.as_deref(), step.actual.as_deref()), (Some("1.1"), Some("4.5")));
    assert_eq!((status.recorded.as_deref(), status.actual.as_deref()), (Some("planning"), Some("integration")));
    assert_eq!(phase.evidence, "4.4 is done: the content is in base; 4.5 is open: the TODO file is not in ARCHIVED/");
}

#[test]
fn a_record_that_is_repaired_has_no_drift() {
    for (words, ..) in SITUATIONS {
        let derived = at(words, "", Path::Normal);
        let repaired = format!("{} {} {}", derived.phase, derived.step_word(), derived.status);
        assert_eq!(drifted(&at(words, &repaired, Path::Normal)), "", "{words}");
    }
}

#[test]
fn passing_tests_in_the_record_need_fresh_evidence() {
    for (words, claimed, actual) in [
        ("feature tests", Some(true), None),
        ("feature tests-failed", Some(true), Some(Some("false"))),
        ("feature tests-stale", Some(true), Some(None)),
        ("feature", Some(true), Some(None)),
        ("feature tests-failed", Some(false), None),
        ("feature tests-failed", None, None),
    ] {
        let record = Record { tests_passing: claimed, ..record("2 2.1 implementation").unwrap() };
        let derived = derive(&STEPS, &facts(words), Path::Normal, Some(&record));
        let found = derived.drift.iter().find(|drift| drift.field == "quality_gates.tests_passing");
        assert_eq!(found.map(|drift| drift.actual.as_deref()), actual, "{words} {claimed:?}");
    }
}

#[test]
fn the_word_of_the_record_follows_the_phase() {
    let words: Vec<&str> = (0..7).map(|phase| status_word(phase, false)).collect();
    assert_eq!(words, ["setup", "planning", "implementation", "qa", "integration", "release", "hotfix"]);
    assert_eq!(status_word(4, true), "completed");
}
