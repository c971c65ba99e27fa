//! Pages that fit together and pages that do not, each with the gaps that are named.
//! All pages are written here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use crate::plan_merge::planned;
use proptest::prelude::*;

fn technologies() -> Vec<TechnologyRow> {
    let text = include_str!("../../../../reference/data/technologies.yaml");
    let parsed = wfo_base::tables::parse::<TechnologyRow>("technologies.yaml", text);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| row).collect()
}

fn found(pages: &Pages<'_>) -> Vec<String> {
    let tasks = planned(pages.plan.unwrap_or_default());
    let folder = |_: &str| "x".to_owned();
    let words = |gap: Gap| {
        let problem = gap.problem(folder);
        let place = problem.location.unwrap();
        format!("{}:{} {}", place.file, place.line.unwrap(), problem.message)
    };
    gaps(pages, &tasks, &technologies()).into_iter().map(words).collect()
}

#[test]
fn criteria_are_covered_by_id_or_by_most_of_their_words() {
    let requirements = "# R\n## Needs\n- Somebody wants it\n## Acceptance criteria\n- [ ] AC-1: The login never redirects in circles\n- AC-02: Passwords are hashed with argon2\n- A failed attempt is logged with its address\n- TBD\n### More\n- Sessions expire after thirty minutes\n## Out of scope\n- Payment\n";
    for (spec, open) in [
        ("", vec!["5 AC-1", "6 AC-02", "7 A failed", "10 Sessions"]),
        ("- Covers AC-1, AC-2.\n- Every failed attempts gets logged with the address\n", vec!["10 Sessions"]),
        ("- AC-1\n- AC-12\n- ac-2\n", vec!["6 AC-02", "7 A failed", "10 Sessions"]),
        (
            "| [AC-1] | redirect |\n|---|---|\nPasswords: argon2,\nall of them hashed.\n- session expiring in thirty minutes\n",
            vec!["7 A failed"],
        ),
    ] {
        let pages = Pages { requirements: Some(requirements), spec: Some(spec), ..Pages::default() };
        let got = found(&pages);
        assert_eq!(got.len(), open.len(), "{spec}: {got:?}");
        for (got, open) in got.iter().zip(open) {
            let (line, text) = open.split_once(' ').unwrap();
            assert!(
                got.starts_with(&format!("x/requirements.md:{line} ")) && got.contains(&format!("`{text}")),
                "{got} {open}"
            );
        }
    }
    let pages = Pages { requirements: Some(requirements), ..Pages::default() };
    assert_eq!(found(&pages), Vec::<String>::new(), "without a specification nothing is compared");
}

#[test]
fn a_task_belongs_to_an_epic_by_number_by_title_or_because_the_epic_names_it() {
    let epics = "# Epics\n## Overview\nAll of them.\n## Epic 1: Login form\n- impl_007 is part of it\n## Epic 2: Audit trail\n## Dependencies\n- 2 after 1\n";
    for (plan, open) in [
        ("- [ ] impl_001: A (epic: 1)\n- [ ] impl_002: B (depends: impl_001; epic: Epic 2)\n", vec![]),
        ("## Epic 1\n- [ ] impl_001: A\n## E-2\n- [ ] impl_002: B\n", vec![]),
        ("- [ ] impl_001: A [E1]\n- [ ] impl_002: B for epic 02\n", vec![]),
        ("## Audit trail\n- [ ] impl_001: A\n- [ ] impl_002: B (epic: login form)\n", vec![]),
        ("- [ ] impl_007: A\n", vec![]),
        ("- [ ] impl_001: A\n- [ ] B\n", vec!["`impl_001`", "`B`"]),
        ("- [ ] impl_001: A (epic: 3)\n## Audit\n- [ ] impl_002: B\n", vec!["`impl_001`", "`impl_002`"]),
    ] {
        let got = found(&Pages { epics: Some(epics), plan: Some(plan), ..Pages::default() });
        assert_eq!(got.len(), open.len(), "{plan} {got:?}");
        assert!(got.iter().zip(&open).all(|(got, open)| got.contains(open)), "{got:?} {open:?}");
    }
    let table = "| epic | title |\n|---|---|\n| E1 | Login |\n";
    assert_eq!(
        found(&Pages {
            epics: Some(table),
            plan: Some("- [ ] a_01: x (epic: 1)\n- [ ] a_02: y\n"),
            ..Pages::default()
        })
        .len(),
        1
    );
    for none in ["", "# Epics\nNone yet.\n", "# Epics\n## Overview\n"] {
        assert_eq!(
            found(&Pages { epics: Some(none), plan: Some("- [ ] A\n"), ..Pages::default() }),
            Vec::<String>::new()
        );
    }
}

#[test]
fn another_technology_of_a_group_contradicts_the_architecture() {
    let architecture = "# A\nWe store all of it in PostgreSQL and Redis.\nThe server is FastAPI, not Flask.\n";
    for (spec, plan, found_here) in [
        ("Uses Postgres.", "", vec![]),
        (
            "- Store it in MongoDB",
            "",
            vec!["x/spec.md:1 spec.md names mongodb as database, architecture.md postgresql"],
        ),
        (
            "",
            "# P\n- [ ] Use memcached\n- [ ] memcached again\n",
            vec!["x/plan.md:2 plan.md names memcached as cache, architecture.md redis"],
        ),
        ("A Flask server", "", vec!["x/spec.md:1 spec.md names flask as server framework, architecture.md fastapi"]),
        ("We do not use MongoDB.", "Migrate from MySQL.", vec![]),
        ("React and Vue", "Kafka", vec![]),
        ("mongodbish", "my-sql", vec![]),
        ("```\nMongoDB\n```\n", "", vec![]),
    ] {
        let pages = Pages { architecture: Some(architecture), spec: Some(spec), plan: Some(plan), ..Pages::default() };
        assert_eq!(found(&pages), found_here, "{spec} {plan}");
    }
}

#[test]
fn rows_of_technologies_that_cannot_be_are_named() {
    for row in [
        "{id: a, group: \"\", words: [a]}",
        "{id: a, group: g, words: []}",
        "{id: a, group: g, words: [Node.js]}",
        "{id: a, group: g, words: [\"\"]}",
        "{id: a, group: g}",
    ] {
        let parsed = wfo_base::tables::parse::<TechnologyRow>("t.yaml", &format!("rows:\n- {row}\n"));
        assert_eq!(parsed.notes.len(), 1, "{row}");
    }
}

proptest! {
    #[test]
    fn any_pages_are_compared_without_a_panic(a in "[-#|a-zA-Z0-9 :\\n]{0,120}", b in "\\PC{0,60}|[-# AC0-9\\nepic]{0,60}") {
        let pages = Pages { requirements: Some(&a), architecture: Some(&a), epics: Some(&b), spec: Some(&b), plan: Some(&a) };
        let _ = gaps(&pages, &planned(&a), &technologies());
        let same = Pages { requirements: Some(&a), spec: Some(&a), ..Pages::default() };
        prop_assert_eq!(gaps(&same, &[], &[]), vec![]);
    }
}
