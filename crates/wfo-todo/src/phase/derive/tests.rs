//! Situations of a repository in words, each with the step that follows and the fields of the record that drift.
//! One row is one situation; nothing here looks at a real repository.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

mod record;
mod situations;
mod steps;

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
