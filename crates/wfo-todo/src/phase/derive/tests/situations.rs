//! One row is one situation, with the step that follows and the fields of the record that drift; and what has to hold in any situation.

use super::*;

const ALL: &str = "phase current_step status";
const STEP: &str = "current_step";

/// What is there, what the record says, the step that follows, the fields that drift.
pub(super) const SITUATIONS: &[(&str, &str, &str, &str)] = &[
    // set-up
    ("setup", "", "0.1", ""),
    ("setup tools", "", "0.2", ""),
    ("setup tools folders", "", "0.3", ""),
    ("setup tools folders files", "", "0.4", ""),
    ("setup tools folders files branches", "", "complete", ""),
    ("setup branches", "", "complete", ""),
    // a feature, record absent, right, stale, ahead
    ("feature", "", "2.1", ""),
    ("feature", "1 1.1 planning", "2.1", ""),
    ("feature requirements", "1 1.2 planning", "2.1", ""),
    ("feature requirements", "1 1.1 planning", "2.1", ALL),
    ("feature requirements architecture epics committed", "", "2.1", ""),
    ("feature", "2 2.1 implementation", "2.1", ""),
    ("feature", "0 0.0 planning", "2.1", ALL),
    ("feature", "4 4.4 integration", "2.1", ALL),
    ("feature branch", "", "2.1", ""),
    ("feature worktree", "2 2.2 implementation", "2.2", ""),
    ("feature worktree", "1 1.1 planning", "2.2", ALL),
    ("feature worktree place?", "", "2.2", ""),
    ("feature worktree inside", "2 2.3 implementation", "2.3", ""),
    ("feature worktree inside", "2 2.1 implementation", "2.3", STEP),
    ("feature worktree inside spec", "", "2.3", ""),
    ("feature worktree inside spec-template plan", "", "2.3", ""),
    ("feature worktree inside spec plan-partly", "", "2.3", ""),
    ("feature worktree inside spec? plan", "", "2.3", ""),
    ("feature spec plan", "2 2.4 implementation", "2.1", STEP),
    ("feature worktree spec plan", "", "2.4", ""),
    ("feature branch spec plan", "", "2.4", ""),
    ("feature worktree inside spec plan docs", "2 2.4 implementation", "2.4", ""),
    ("feature worktree inside docs", "", "2.3", ""),
    ("feature worktree work", "2 2.5 implementation", "2.5", ""),
    ("feature worktree work", "2 2.5 in-progress", "2.5", "status"),
    ("feature worktree work", "- 2.5 implementation", "2.5", "phase"),
    ("feature worktree work tasks-untouched", "", "2.5", ""),
    ("feature worktree inside spec plan work tasks-open", "", "2.4", ""),
    ("feature worktree work tasks-done", "", "2.5", ""),
    ("feature worktree inside spec plan commits?", "", "2.4", ""),
    ("feature worktree work coverage-low", "", "2.5", ""),
    ("feature worktree work coverage-stale tests-stale gate-stale", "3 3.1 qa", "2.5", ALL),
    ("feature worktree work coverage?", "", "2.5", ""),
    ("feature worktree work coverage", "3 3.1 qa", "3.1", ""),
    ("feature worktree work coverage", "2 2.6 implementation", "3.1", ""),
    ("feature worktree inside spec plan coverage tests gate version", "", "2.4", ""),
    ("feature worktree work coverage tests-failed", "", "3.1", ""),
    ("feature worktree work coverage tests-stale", "", "3.1", ""),
    ("feature worktree work coverage tests", "3 3.2 qa", "3.2", ""),
    ("feature worktree work coverage tests gate-failed", "", "3.2", ""),
    ("feature worktree work coverage tests gate-unknown", "", "3.2", ""),
    ("feature worktree work coverage tests gate-stale", "", "3.2", ""),
    ("feature worktree work gate", "", "3.3", ""),
    ("feature worktree work coverage tests gate", "3 3.3 qa", "3.3", ""),
    ("feature worktree work coverage tests gate version-low", "", "3.3", ""),
    ("feature worktree work coverage tests gate version-bad", "", "3.3", ""),
    ("feature worktree work coverage tests gate version?", "", "3.3", ""),
    ("feature worktree work coverage tests gate version", "4 4.1 integration", "4.1", ""),
    ("feature worktree work coverage tests gate version-high", "", "4.1", ""),
    ("feature worktree work coverage tests gate version", "1 1.1 planning", "4.1", ALL),
    ("feature worktree work coverage tests gate version", "2 complete completed", "4.1", ALL),
    ("feature worktree work coverage tests gate version pr?", "", "4.1", ""),
    ("feature worktree work coverage tests gate version pr-draft", "", "4.1", ""),
    ("feature worktree work coverage tests gate version pr-closed", "4 4.2 integration", "4.1", STEP),
    ("feature worktree work version", "", "2.5", ""),
    ("feature worktree work pr", "4 4.2 integration", "4.2", ""),
    ("feature worktree work pr-review?", "", "4.2", ""),
    ("feature worktree work pr-changes threads", "4 4.3 integration", "4.2", ""),
    ("feature worktree work pr-approved", "4 4.4 integration", "4.4", ""),
    ("feature worktree work pr-approved threads", "4 4.3 integration", "4.4", ""),
    ("feature worktree work pr-approved in-base?", "", "4.4", ""),
    // merged: by a pull request, by content, by both
    ("feature worktree pr-merged", "4 4.5 integration", "4.5", ""),
    ("feature worktree in-base", "", "4.5", ""),
    ("feature worktree in-base pr?", "1 1.1 planning", "4.5", ALL),
    ("feature worktree in-base pr-closed", "", "4.5", ""),
    ("feature no-branch in-base", "", "4.5", ""),
    ("feature branch? in-base worktree?", "", "4.5", ""),
    ("feature worktree in-base archived", "", "4.5", ""),
    ("feature in-base archived gone", "4 4.7 integration", "4.7", ""),
    ("feature in-base archived gone", "4 4.6 integration", "4.7", ""),
    ("feature in-base archived as-built", "4 4.6 integration", "4.7", STEP),
    ("feature in-base archived rebased", "", "4.8", ""),
    ("feature in-base archived pr-develop", "4 complete completed", "complete", ""),
    ("feature in-base archived in-develop", "4 4.8 integration", "complete", "current_step status"),
    ("feature in-base in-develop", "", "4.5", ""),
    ("feature in-base archived in-develop", "1 1.1 planning", "complete", ALL),
    ("feature in-base archived in-develop", "4 done merged", "complete", ""),
    ("feature archived", "", "2.1", ""),
    // other flows
    ("feature trunk in-base archived", "", "complete", ""),
    ("feature trunk in-base", "", "4.5", ""),
    ("feature trunk branch work", "", "2.5", ""),
    ("feature no-contrib in-base archived", "", "complete", ""),
    // a schema
    ("feature worktree inside schema", "", "2.3", ""),
    ("feature worktree inside spec plan schema", "2 2.3.1 implementation", "2.3.1", ""),
    ("feature worktree work pr-approved schema", "", "2.3.1", ""),
    ("feature worktree inside spec plan schema schema-approved", "", "2.4", ""),
    ("feature worktree work pr-approved schema schema-approved", "", "4.4", ""),
    ("feature worktree schema in-base", "", "4.5", ""),
    // a release
    ("release", "5 5.1 release", "5.1", ""),
    ("release worktree", "5 5.2 release", "5.2", ""),
    ("release worktree tests coverage", "", "5.2", ""),
    ("release worktree notes", "", "5.2", ""),
    ("release worktree tests coverage gate", "5 5.3 release", "5.3", ""),
    ("release worktree tests coverage gate notes", "", "5.4", ""),
    ("release worktree pr", "", "5.5", ""),
    ("release worktree pr-merged", "", "5.6", ""),
    ("release worktree in-main", "5 5.6 release", "5.6", ""),
    ("release worktree in-develop", "", "5.2", ""),
    ("release worktree in-main in-develop", "", "5.6", ""),
    ("release worktree in-main tag?", "", "5.6", ""),
    ("release worktree tag", "", "5.2", ""),
    ("release worktree in-main tag", "", "5.7", ""),
    ("release worktree in-main tag in-develop", "", "5.8", ""),
    ("release in-main tag in-develop archived", "5 complete completed", "complete", ""),
    ("release trunk worktree in-main tag", "", "5.8", ""),
    ("release trunk in-main tag archived", "", "complete", ""),
    // a hotfix is in phase 6 from its creation
    ("hotfix", "6 6.1 hotfix", "6.1", ""),
    ("hotfix", "2 2.4 implementation", "6.1", ALL),
    ("hotfix worktree", "6 6.1 hotfix", "6.2", STEP),
    ("hotfix worktree work", "6 6.10 hotfix", "6.3", STEP),
    ("hotfix worktree work tests", "", "6.4", ""),
    ("hotfix worktree work tests gate", "", "6.5", ""),
    ("hotfix worktree work tests gate version", "", "6.6", ""),
    ("hotfix worktree work pr-approved", "6 6.7 hotfix", "6.7", ""),
    ("hotfix worktree schema", "", "6.1.1", ""),
    ("hotfix worktree in-develop", "", "6.2", ""),
    ("hotfix worktree in-main", "", "6.8", ""),
    ("hotfix worktree in-main tag", "6 6.9 hotfix", "6.9", ""),
    ("hotfix worktree in-main tag in-develop", "6 6.10 hotfix", "6.10", ""),
    ("hotfix worktree in-main tag in-develop", "6 6.1 hotfix", "6.10", STEP),
    ("hotfix in-main tag in-develop archived", "6 complete hotfix", "complete", "status"),
];

#[test]
fn the_step_is_the_first_that_reality_does_not_prove_whatever_the_record_says() {
    for (words, recorded, step, drift) in SITUATIONS {
        let derived = at(words, recorded, Path::Normal);
        let evidence: Vec<String> =
            derived.evidence.iter().map(|one| format!("{} {:?} {}", one.step, one.proven, one.detail)).collect();
        assert_eq!(derived.step_word(), *step, "{words} | {recorded}\n{}", evidence.join("\n"));
        assert_eq!(drifted(&derived), *drift, "{words} | {recorded}");
        assert_eq!(
            derived.phase.to_string(),
            step.split('.').next().filter(|_| *step != "complete").map_or(derived.phase.to_string(), str::to_owned)
        );
        let bare = at(words, "", Path::Normal);
        assert_eq!(
            (bare.step_word(), bare.phase),
            (derived.step_word(), derived.phase),
            "the record must not count: {words}"
        );
    }
    assert!(SITUATIONS.len() >= 100);
}

#[test]
fn when_nobody_has_looked_at_anything_nothing_is_proved() {
    for (kind, step) in
        [(None, "0.1"), (Some(Kind::Feature), "2.1"), (Some(Kind::Release), "5.1"), (Some(Kind::Hotfix), "6.1")]
    {
        let facts = Facts { kind, ..Facts::default() };
        let derived = derive(&STEPS, &facts, Path::Normal, None);
        assert_eq!(derived.step_word(), step);
        assert!(derived.evidence.iter().all(|one| one.proven == Proven::Unknown && !one.detail.is_empty()), "{kind:?}");
    }
}

/// Every word of a situation that [`set`] knows.
const WORDS: &str = "trunk no-contrib branch no-branch branch? worktree gone worktree? inside place? requirements epics spec plan \
    spec-template plan-partly spec? committed docs work commits? tasks-open tasks-untouched tasks-done coverage coverage-low \
    coverage-stale coverage? tests tests-failed tests-stale gate gate-failed gate-unknown gate-stale schema schema-approved version \
    version-low version-high version-bad version? notes containers pr pr-review? pr-draft pr-closed pr-changes pr-approved pr-merged pr? \
    threads pr-develop in-base in-base? in-develop in-main tag tag? archived as-built rebased";

proptest::proptest! {
    #[test]
    fn in_any_situation_the_step_is_the_first_required_one_that_is_not_proved(
        kind in 0_usize..3,
        picks in proptest::collection::vec(0_usize..54, 0..20),
        tiny in proptest::bool::ANY,
    ) {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut facts = nothing(Some([Kind::Feature, Kind::Release, Kind::Hotfix][kind]));
        picks.iter().for_each(|pick| set(&mut facts, words[pick % words.len()]));
        let path = if tiny { Path::Tiny } else { Path::Risky };
        let derived = derive(&STEPS, &facts, path, None);
        let first = derived.evidence.iter().find(|one| one.proven != Proven::Yes && !one.optional);
        proptest::prop_assert_eq!(derived.step.as_ref(), first.map(|one| &one.step));
        for (at, one) in derived.evidence.iter().enumerate() {
            // what is proved by a later step is named by it, and that step holds by itself
            if one.proven == Proven::Yes && one.own != Proven::Yes {
                let later = derived.evidence.iter().skip(at + 1).find(|later| one.by == format!("step {}", later.step));
                proptest::prop_assert!(later.is_some_and(|later| later.own == Proven::Yes && !STEPS.get(&later.step).unwrap().optional));
            }
        }
        let merged = facts.merged_base == Fact::Known(true) || matches!(facts.pr.known(), Some(Some(pr)) if pr.state == PrState::Merged);
        if kind == 0 && merged {
            let upto = |one: &&Evidence| one.step <= StepId::read("4.4").unwrap() && !one.optional;
            proptest::prop_assert!(derived.evidence.iter().filter(upto).all(|one| one.proven == Proven::Yes));
        }
        // a schema is approved by a person or merged by one, whatever else is there
        let approved = facts.gates.contains_key("schema");
        if facts.touches_schema && !approved && facts.merged_base != Fact::Known(true) && facts.merged_main != Fact::Known(true) && !merged {
            let schema = derived.evidence.iter().find(|one| one.step.as_str().matches('.').count() == 2);
            proptest::prop_assert!(schema.is_none_or(|one| one.proven != Proven::Yes));
        }
        let record = Record { phase: Some(derived.phase), step: Some(derived.step_word().into()), status: Some(derived.status.into()), tests_passing: None };
        proptest::prop_assert_eq!(derive(&STEPS, &facts, path, Some(&record)).drift, vec![]);
    }
}
