//! Situations of a repository in words, each with the step that follows and the fields of the record that drift.
//! One row is one situation; nothing here looks at a real repository.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use crate::phase::facts::*;
use crate::phase::fill::Fill;
use crate::phase::proof::Document;
use crate::todo_file::Kind;
use std::collections::BTreeMap;

/// Everything has been looked at, and nothing is there.
fn nothing(kind: Option<Kind>) -> Facts {
    let missing = || Fact::Known(vec!["x".to_owned()]);
    let flow = Flow {
        base: "contrib/ada".into(),
        contrib: Some("contrib/ada".into()),
        develop: Some("develop".into()),
        main: Some("main".into()),
    };
    Facts {
        kind,
        flow,
        setup: Setup { tools: missing(), folders: missing(), files: missing(), branches: missing() },
        branch: Fact::Known(false),
        worktree: Fact::Known(false),
        place: Place::Elsewhere,
        documents: Document::ALL.map(|one| (one, Fact::Known(Fill::Missing))).into(),
        planning_committed: Fact::Known(false),
        commits: Fact::Known(Commits::default()),
        tasks: Tasks::default(),
        touches_schema: false,
        containers: Fact::Known(false),
        tests: Fact::Known(Report { state: State::Missing, said: None }),
        coverage: Fact::Known(Report { state: State::Missing, said: None }),
        gates: BTreeMap::new(),
        versions: Fact::Known(Versions { recorded: None, demanded: "1.3.0".into() }),
        notes: Fact::Known(false),
        pr: Fact::Known(None),
        pr_develop: Fact::Known(None),
        open_threads: Fact::Known(0),
        merged_base: Fact::Known(false),
        merged_develop: Fact::Known(false),
        merged_main: Fact::Known(false),
        tag: Fact::Known(None),
        archived: Fact::Known(false),
        as_built: Fact::Known(false),
        rebased: Fact::Known(false),
    }
}

fn pr(state: PrState, review: Review) -> Fact<Option<Pr>> {
    Fact::Known(Some(Pr { number: 12, state, review }))
}

fn report<T>(state: State, said: T) -> Fact<Report<T>> {
    Fact::Known(Report { state, said: Some(said) })
}

/// Changes the facts by one word of a situation.
fn set(facts: &mut Facts, word: &str) {
    let fresh = State::Fresh;
    match word {
        "trunk" => facts.flow = Flow { base: "main".into(), main: Some("main".into()), ..Flow::default() },
        "no-contrib" => facts.flow = Flow { base: "develop".into(), contrib: None, ..facts.flow.clone() },
        "tools" => facts.setup.tools = Fact::Known(vec![]),
        "folders" => facts.setup.folders = Fact::Known(vec![]),
        "files" => facts.setup.files = Fact::Known(vec![]),
        "branches" => facts.setup.branches = Fact::Known(vec![]),
        "branch" => facts.branch = Fact::Known(true),
        "no-branch" => facts.branch = Fact::Known(false),
        "branch?" => facts.branch = Fact::unknown("git took too long"),
        "worktree" => (facts.branch, facts.worktree) = (Fact::Known(true), Fact::Known(true)),
        "gone" => facts.worktree = Fact::Known(false),
        "worktree?" => facts.worktree = Fact::default(),
        "inside" => facts.place = Place::Inside,
        "place?" => facts.place = Place::Unknown,
        "requirements" | "architecture" | "epics" | "spec" | "plan" => {
            let one = Document::ALL.into_iter().find(|one| one.word() == word).unwrap();
            facts.documents.insert(one, Fact::Known(Fill::Filled));
        }
        "spec-template" => drop(facts.documents.insert(Document::Spec, Fact::Known(Fill::Untouched))),
        "plan-partly" => {
            drop(facts.documents.insert(Document::Plan, Fact::Known(Fill::Partly { open: 3, filled: 1 })));
        }
        "spec?" => drop(facts.documents.remove(&Document::Spec)),
        "committed" => facts.planning_committed = Fact::Known(true),
        "docs" => facts.commits = Fact::Known(Commits { all: 2, work: 0 }),
        "work" => facts.commits = Fact::Known(Commits { all: 3, work: 2 }),
        "commits?" => facts.commits = Fact::unknown("shallow clone"),
        "tasks-open" => facts.tasks = Tasks { done: 2, open: 3 },
        "tasks-untouched" => facts.tasks = Tasks { done: 0, open: 5 },
        "tasks-done" => facts.tasks = Tasks { done: 5, open: 0 },
        "coverage" => facts.coverage = report(fresh, 8_000),
        "coverage-low" => facts.coverage = report(fresh, 7_999),
        "coverage-stale" => facts.coverage = report(State::Stale, 9_500),
        "coverage?" => facts.coverage = Fact::unknown("coverage.json is cut off"),
        "tests" => facts.tests = report(fresh, true),
        "tests-failed" => facts.tests = report(fresh, false),
        "tests-stale" => facts.tests = report(State::Stale, true),
        "gate" => drop(facts.gates.insert("quality".into(), report(fresh, Verdict::Pass))),
        "gate-failed" => drop(facts.gates.insert("quality".into(), report(fresh, Verdict::Fail))),
        "gate-unknown" => drop(facts.gates.insert("quality".into(), report(fresh, Verdict::Unknown))),
        "gate-stale" => drop(facts.gates.insert("quality".into(), report(State::Stale, Verdict::Pass))),
        "schema" => facts.touches_schema = true,
        "schema-approved" => drop(facts.gates.insert("schema".into(), report(fresh, Verdict::Pass))),
        "version" | "version-low" | "version-high" | "version-bad" => {
            let recorded = match word {
                "version" => "1.3.0",
                "version-low" => "1.2.9",
                "version-high" => "v2.0.0",
                _ => "soon",
            };
            facts.versions = Fact::Known(Versions { recorded: Some(recorded.into()), demanded: "1.3.0".into() });
        }
        "version?" => facts.versions = Fact::default(),
        "notes" => facts.notes = Fact::Known(true),
        "containers" => facts.containers = Fact::Known(true),
        "pr" => facts.pr = pr(PrState::Open, Review::Pending),
        "pr-review?" => facts.pr = pr(PrState::Open, Review::Unknown),
        "pr-draft" => facts.pr = pr(PrState::Draft, Review::Pending),
        "pr-closed" => facts.pr = pr(PrState::Closed, Review::Pending),
        "pr-changes" => facts.pr = pr(PrState::Open, Review::ChangesRequested),
        "pr-approved" => facts.pr = pr(PrState::Open, Review::Approved),
        "pr-merged" => facts.pr = pr(PrState::Merged, Review::Approved),
        "pr?" => facts.pr = Fact::unknown("gh is not installed"),
        "threads" => facts.open_threads = Fact::Known(2),
        "pr-develop" => facts.pr_develop = pr(PrState::Open, Review::Pending),
        "in-base" => facts.merged_base = Fact::Known(true),
        "in-base?" => facts.merged_base = Fact::unknown("squash not searched"),
        "in-develop" => facts.merged_develop = Fact::Known(true),
        "in-main" => facts.merged_main = Fact::Known(true),
        "tag" => facts.tag = Fact::Known(Some("v1.3.0".into())),
        "tag?" => facts.tag = Fact::default(),
        "archived" => facts.archived = Fact::Known(true),
        "as-built" => facts.as_built = Fact::Known(true),
        "rebased" => facts.rebased = Fact::Known(true),
        other => panic!("no such fact: {other}"),
    }
}

fn facts(words: &str) -> Facts {
    let (kind, rest) = words.split_once(' ').unwrap_or((words, ""));
    let mut facts = nothing(Kind::from_word(kind));
    rest.split_whitespace().for_each(|word| set(&mut facts, word));
    facts
}

fn record(words: &str) -> Option<Record> {
    let mut words = words.split_whitespace();
    let mut next = || words.next().filter(|word| *word != "-");
    let (phase, step, status) = (next(), next(), next());
    (phase.is_some() || step.is_some()).then(|| Record {
        phase: phase.and_then(|phase| phase.parse().ok()),
        step: step.map(str::to_owned),
        status: status.map(str::to_owned),
        tests_passing: None,
    })
}

fn at(words: &str, record_words: &str, path: Path) -> Derived {
    derive(&STEPS, &facts(words), path, record(record_words).as_ref())
}

static STEPS: std::sync::LazyLock<Steps> = std::sync::LazyLock::new(Steps::built_in);

fn drifted(derived: &Derived) -> String {
    let last = |drift: &Drift| drift.field.rsplit('.').next().unwrap_or_default().to_owned();
    derived.drift.iter().map(last).collect::<Vec<_>>().join(" ")
}

const ALL: &str = "phase current_step status";
const STEP: &str = "current_step";

/// What is there, what the record says, the step that follows, the fields that drift.
const SITUATIONS: &[(&str, &str, &str, &str)] = &[
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
fn the_word_of_the_record_follows_the_phase() {
    let words: Vec<&str> = (0..7).map(|phase| status_word(phase, false)).collect();
    assert_eq!(words, ["setup", "planning", "implementation", "qa", "integration", "release", "hotfix"]);
    assert_eq!(status_word(4, true), "completed");
}

#[test]
fn a_new_step_of_a_repository_holds_back_and_proves_nothing_before_it() {
    let text = "rows:\n- {id: \"2.9\", title: Look at it, workflows: [feature], proof: [branch], alone: true}\n";
    let extra = wfo_base::tables::parse::<StepRow>("p.yaml", text).value.remove(0).0;
    let built_in = include_str!("../../../../../reference/data/phases.yaml");
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
