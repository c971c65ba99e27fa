//! What a step tells of itself: its evidence, its person, its skills, and what may be left out.

use super::*;

#[test]
fn a_tiny_change_needs_no_specification() {
    for (words, normal, tiny) in [
        ("feature worktree inside", "2.3", "2.4"),
        ("feature worktree", "2.2", "2.2"),
        ("feature", "2.1", "2.1"),
        ("feature worktree inside schema", "2.3", "2.3.1"),
    ] {
        assert_eq!(at(words, "", Path::Normal).step_word(), normal, "{words}");
        assert_eq!(at(words, "", Path::Risky).step_word(), normal, "{words}");
        assert_eq!(at(words, "", Path::Tiny).step_word(), tiny, "{words}");
    }
}

#[test]
fn evidence_names_what_was_looked_at_and_the_later_step_that_proves_it() {
    let derived = at("feature worktree work gate-failed pr", "", Path::Normal);
    let one = |step: &str| derived.evidence.iter().find(|one| one.step.as_str() == step).unwrap();
    let told = |step: &str| (one(step).proven, one(step).own, one(step).by.as_str(), one(step).detail.as_str());
    assert_eq!(told("3.2"), (Proven::Yes, Proven::No, "step 4.1", "gate `quality` failed"));
    assert_eq!(told("2.4"), (Proven::Yes, Proven::Yes, "git", "2 commits that the base lacks"));
    assert_eq!(told("4.1"), (Proven::Yes, Proven::Yes, "pr", "pull request 12 is open"));
    assert_eq!(told("4.2"), (Proven::No, Proven::No, "pr", "pull request 12 waits for a review"));
    assert_eq!(told("1.1").0, Proven::No, "an optional step is never proved by a later one");
    let against: Vec<&str> = derived.contradicted.iter().map(StepId::as_str).collect();
    assert_eq!(against, ["2.2", "2.3", "3.2", "3.3"]);
    assert_eq!(one("4.1").title, "Open a pull request to contrib/ada");
}

#[test]
fn unknown_says_why_and_what() {
    for (words, step, detail) in [
        ("feature branch? worktree?", "2.1", "branch: git took too long"),
        ("feature worktree commits?", "2.4", "commits: shallow clone"),
        ("feature worktree work coverage-stale", "2.5", "coverage: the evidence is older than the content"),
        ("feature worktree work coverage?", "2.5", "coverage: coverage.json is cut off"),
        ("feature worktree work", "3.2", "gate `quality`: it was not run"),
        ("feature worktree work pr?", "4.1", "pull request: gh is not installed"),
        ("feature worktree work pr-review?", "4.2", "review: not determined"),
    ] {
        let derived = at(words, "", Path::Normal);
        let one = derived.evidence.iter().find(|one| one.step.as_str() == step).unwrap();
        assert_eq!((one.own, one.detail.as_str()), (Proven::Unknown, detail), "{words}");
    }
}

#[test]
fn optional_steps_are_offered_but_hold_nothing_back() {
    for (words, recorded, offered, chosen) in [
        ("feature", "1 1.1 planning", "1.1 1.2 1.3 1.4", Some("1.1")),
        ("feature requirements", "1 1.2 planning", "1.2 1.3 1.4", Some("1.2")),
        ("feature worktree", "1 1.1 planning", "1.1 1.2 1.3 1.4", None),
        ("feature worktree work coverage", "", "2.6", None),
        ("feature worktree pr-approved threads", "4 4.3 integration", "4.3", Some("4.3")),
        ("feature in-base archived", "", "4.3 4.6", None),
        ("hotfix", "", "", None),
    ] {
        let derived = at(words, recorded, Path::Normal);
        let ids: Vec<&str> = derived.optional.iter().map(StepId::as_str).collect();
        assert_eq!(ids.join(" "), offered, "{words}");
        assert_eq!(derived.chosen.as_ref().map(StepId::as_str), chosen, "{words}");
    }
}

#[test]
fn a_step_brings_its_person_its_skills_and_its_commit() {
    for (words, human, first, commit) in [
        ("feature worktree pr-approved work", true, "next-step", None),
        ("feature worktree inside", false, "build-feature", Some("docs(specs): specification and plan of {slug}")),
        ("feature", false, "parallel-work", None),
        ("feature worktree in-base", false, "next-step", Some("chore(todo): archive {slug}")),
        ("hotfix in-main worktree", true, "next-step", None),
    ] {
        let derived = at(words, "", Path::Normal);
        let told = (derived.human, derived.skills.first().map(String::as_str), derived.commit.as_deref());
        assert_eq!(told, (human, Some(first), commit), "{words}");
    }
    let done = at("feature trunk in-base archived", "", Path::Normal);
    assert_eq!(
        (done.title.as_str(), done.status, done.human, done.commit),
        ("Everything is done", "completed", false, None)
    );
}

#[test]
fn tasks_are_counted_by_what_is_left_of_the_implementation() {
    let page = "---\ntype: workflow-manifest\ntasks:\n  implementation:\n    - {id: impl_001, status: complete}\n    - {id: impl_002, status: blocked}\n    - {id: impl_003, status: cancelled}\n    - {id: impl_004}\n  testing:\n    - {id: test_001}\n---\n";
    let workflow = crate::todo("TODO_feature_20261121T090000Z_x.md", page).unwrap().value;
    assert_eq!(Tasks::of(&workflow), Tasks { done: 1, open: 2 });
}

#[test]
fn a_new_step_of_a_repository_holds_back_and_proves_nothing_before_it() {
    let text = "rows:\n- {id: \"2.9\", title: Look at it, workflows: [feature], proof: [branch], alone: true}\n";
    let extra = wfo_base::tables::parse::<StepRow>("p.yaml", text).value.remove(0).0;
    let built_in = include_str!("../../../../../../reference/data/phases.yaml");
    let rows = wfo_base::tables::parse::<StepRow>("p.yaml", built_in).value.into_iter().map(|(row, _)| row);
    let steps = Steps::new(rows.chain([extra]).collect());
    let step = |words: &str| derive(&steps, &facts(words), Path::Normal, None).step_word().to_owned();
    assert_eq!(step("feature branch"), "2.1");
    assert_eq!(step("feature no-branch in-base"), "4.5");
}

#[test]
fn text_of_a_stranger_in_facts_and_record_stays_one_bounded_line() {
    let mut facts = facts("feature");
    facts.branch = Fact::unknown("a\n\u{1b}[31mb\u{202e}".repeat(400));
    facts.flow.base = "x\ny".into();
    let record = Record { step: Some("9\n9".repeat(500)), ..Record::default() };
    let derived = derive(&STEPS, &facts, Path::Normal, Some(&record));
    let texts = derived.evidence.iter().flat_map(|one| [&one.detail, &one.title]);
    let drift = derived.drift.iter().flat_map(|drift| drift.recorded.iter().chain([&drift.evidence]));
    for text in texts.chain(drift) {
        assert!(!text.contains(['\n', '\u{1b}', '\u{202e}']) && text.chars().count() < 1_000, "{text}");
    }
}
