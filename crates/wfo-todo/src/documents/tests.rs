//! Documents from answers, filled in and read back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use super::*;
use crate::phase::{Document, Fill, judge};
use crate::plan_merge::planned;
use crate::questions::{QuestionRow, Role, questions};
use crate::todo_file::Kind;
use crate::trace::{Pages, TechnologyRow, gaps};
use proptest::prelude::*;
use std::collections::BTreeSet;
use wfo_base::codes;
use wfo_base::markdown::{Line, lines};

fn rows() -> Vec<QuestionRow> {
    let text = include_str!("../../../../reference/data/questions.yaml");
    wfo_base::tables::parse::<QuestionRow>("questions.yaml", text).value.into_iter().map(|(row, _)| row).collect()
}

fn technologies() -> Vec<TechnologyRow> {
    let text = include_str!("../../../../reference/data/technologies.yaml");
    wfo_base::tables::parse::<TechnologyRow>("t.yaml", text).value.into_iter().map(|(row, _)| row).collect()
}

/// Makes one document of all questions of its role.
fn page(document: Document, answers: &Answers, planning: &Planning) -> String {
    let rows = rows();
    let written: BTreeSet<Document> = [
        (Document::Requirements, planning.requirements.is_some()),
        (Document::Architecture, planning.architecture.is_some()),
        (Document::Epics, planning.epics.is_some()),
    ]
    .into_iter()
    .filter_map(|(document, there)| there.then_some(document))
    .collect();
    let all = Role::ALL.into_iter().flat_map(|role| questions(&rows, role, Kind::Feature, &written));
    let of: Vec<&QuestionRow> = all.filter(|row| row.document() == document).collect();
    let technologies = technologies();
    let stack = [("rust".to_owned(), "language".to_owned())];
    let known = Known {
        title: "Login",
        slug: "login",
        stack: &stack,
        technologies: &technologies,
        planning,
        ..Known::of(planning)
    };
    compose(document, &of, answers, &known).unwrap()
}

fn answers(text: &str) -> Answers {
    Answers::read("answers.yaml", text, &rows()).unwrap()
}

const ALL: &str = "
analyst-problem: Users are sent round in circles after login.
analyst-users: [Everybody, daily]
analyst-outcome: No more than 1 in 10000 logins fails.
analyst-criteria:
  - The login never redirects twice
  - Passwords are hashed with argon2
analyst-wrong: Sessions are shared
architect-fits: The session store
architect-stack: [PostgreSQL 16, \"Redis, not memcached\"]
architect-data: A session belongs to a user
manager-slices: [Guard the redirect, \"Audit trail (depends: 1; priority: P2; effort: 2 days)\"]
manager-order: The guard comes first
author-behaviour: [Read the cookie, Send the user home]
author-tests: ada logs in and sees her page
";

#[test]
fn documents_from_answers_fit_together_and_say_more_than_their_templates() {
    let answers = answers(ALL);
    let mut planning = Planning::default();
    let requirements = page(Document::Requirements, &answers, &planning);
    for line in [
        "# Requirements: Login",
        "- AC-1: The login never redirects twice",
        "- AC-3: **Never:** Sessions are shared",
        "<!-- analyst-today: How do they manage without it now? -->",
    ] {
        assert!(requirements.lines().any(|one| one == line), "{line}\n{requirements}");
    }
    let architecture = page(Document::Architecture, &answers, &planning);
    for line in [
        "| PostgreSQL 16 | database | answer |",
        "| Redis, not memcached | cache | answer |",
        "| rust | language | the project's files |",
    ] {
        assert!(architecture.lines().any(|one| one == line), "{line}\n{architecture}");
    }
    let epics = page(Document::Epics, &answers, &planning);
    assert!(
        epics.contains(
            "### Epic 2: Audit trail\n\n- **Priority:** P2\n- **Depends on:** Epic 1\n- **Effort:** 2 days\n"
        ),
        "{epics}"
    );
    planning.requirements = Some(requirements.clone());
    planning.architecture = Some(architecture.clone());
    planning.epics = Some(epics.clone());
    let spec = page(Document::Spec, &answers, &planning);
    for line in [
        "- S-2 (AC-2): Passwords are hashed with argon2",
        "- PostgreSQL 16",
        "- T-1: ada logs in and sees her page",
        "- Users are sent round in circles after login.",
    ] {
        assert!(spec.lines().any(|one| one == line), "{line}\n{spec}");
    }
    let plan = page(Document::Plan, &answers, &planning);
    for line in [
        "- [ ] impl_001: Guard the redirect (epic: 1)",
        "- [ ] impl_002: Audit trail (depends: impl_001; epic: 2)",
        "- [ ] test_002: Test: Audit trail (depends: impl_002; epic: 2)",
    ] {
        assert!(plan.lines().any(|one| one == line), "{line}\n{plan}");
    }
    let pages = Pages {
        requirements: Some(&requirements),
        architecture: Some(&architecture),
        epics: Some(&epics),
        spec: Some(&spec),
        plan: Some(&plan),
    };
    assert_eq!(gaps(&pages, &planned(&plan), &technologies()), vec![]);
    let all = [&requirements, &architecture, &epics, &spec, &plan];
    for (document, page) in Document::ALL.into_iter().zip(all) {
        assert_eq!(judge(page, Some(template_of(document))), Fill::Filled, "{document:?}\n{page}");
        let empty = self::page(document, &Answers::default(), &Planning::default());
        if document != Document::Architecture {
            assert_eq!(judge(&empty, Some(template_of(document))), Fill::Untouched, "{document:?}\n{empty}");
        }
        assert!(!page.contains("\n\n\n") && page.ends_with('\n'), "{page}");
    }
}

#[test]
fn a_later_answer_takes_the_place_of_its_question_and_no_other_byte_changes() {
    let rows = rows();
    let of: Vec<&QuestionRow> = rows.iter().filter(|row| row.document() == Document::Requirements).collect();
    let crlf = page(Document::Requirements, &answers(ALL), &Planning::default()).replace('\n', "\r\n");
    let mine =
        crlf.replace("## Users", "## Users\r\n\r\nMine: {{ x }}\r\n```\r\n<!-- analyst-data: in a fence -->\r\n```");
    let later = answers("analyst-stories: [log in, log out]\nanalyst-data: none\nanalyst-problem: another");
    let filled = fill(&mine, &of, &later);
    assert_eq!(filled.filled, ["analyst-stories", "analyst-data"]);
    assert_eq!(filled.unused, ["analyst-problem"]);
    let expected = mine
        .replace(
            "<!-- analyst-stories: What are the three things a user wants to get done with it? -->",
            "- US-1: log in\r\n- US-2: log out",
        )
        .replace("<!-- analyst-data: Which personal or secret data does it touch? -->", "- **Data:** none");
    assert_eq!(filled.page, expected);
    assert_eq!(fill(&filled.page, &of, &later).page, expected, "a second time changes nothing");
    let page = "- AC-7: mine\n<!-- analyst-criteria: What? -->";
    assert_eq!(
        fill(page, &of, &answers("analyst-criteria: [a, b]")).page,
        "- AC-7: mine\n- AC-8: a\n- AC-9: b",
        "ids go on where the page ends"
    );
}

#[test]
fn what_a_brief_says_need_not_be_asked() {
    let brief = "# Brief: X\n\n- **Effort:** two days\n- **Link:** <!-- none -->\n\n## Problem\n\nNobody \\_can\\_ log in.\n\n## Success criteria\n\n- [ ]\n- [ ] 99 % of logins work\n\n## Scope\n\n### In\n\n- the form\n\n### Out\n\n-\n\n## Risks\n\n| risk | how likely |\n|---|---|\n| cookies | low |\n";
    let found = of_brief(brief);
    assert_eq!(found.get("analyst-problem"), ["Nobody _can_ log in."]);
    assert_eq!(found.get("analyst-outcome"), ["99 % of logins work"]);
    assert_eq!(found.get("manager-effort"), ["two days"]);
    assert_eq!(found.get("manager-risk"), ["cookies; low"]);
    assert!(found.get("analyst-out").is_empty());
    assert_eq!(brief::scope_in(brief), ["the form"]);
    let template = include_str!("../../../../templates/brief.md.tera");
    assert_eq!(of_brief(template), Answers::default(), "an untouched brief answers nothing");
}

#[test]
fn answers_that_cannot_be_taken_are_named_with_their_line() {
    let rows = rows();
    let deep = format!("analyst-problem: {}", "[".repeat(50_000));
    let bomb = format!("a: &a [{}]\n{}", "x,".repeat(9_000), "b: *a\n".repeat(200));
    let many = format!("analyst-problem: [{}]", "x,".repeat(200));
    let long = format!("analyst-problem: {}", "x".repeat(2_001));
    for (text, line, words) in [
        ("analyst-users: x\nanalyst-problm: y\n", Some(2), "no question has the id `analyst-problm`"),
        ("{\"author-tsts\": \"x\"}", Some(1), "no question has the id"),
        ("analyst-problem: {a: b}", Some(1), "neither a text nor a list"),
        ("analyst-problem: [[a]]", Some(1), "neither a text nor a list"),
        ("analyst-problem: !x y", Some(1), "neither a text nor a list"),
        ("- a", Some(1), "is not a map"),
        ("a: [", Some(2), "does not parse"),
        ("analyst-users: a\nanalyst-users: b\n", None, "does not parse"),
        (deep.as_str(), Some(1), "does not parse"),
        (bomb.as_str(), None, "does not parse"),
        (many.as_str(), Some(1), "more than 100 texts"),
        (long.as_str(), Some(1), "more than 2000 characters"),
    ] {
        let problem = Answers::read("a.yaml", text, &rows).unwrap_err();
        let place = problem.location.as_ref().unwrap();
        assert_eq!(problem.code, codes::TODO_ANSWERS_INVALID);
        assert!(problem.message.contains(words), "{}", problem.message);
        assert!(line.is_none() || place.line == line, "{place:?} {}", problem.message);
    }
    let near = Answers::read("a.yaml", "analyst-problm: y", &rows).unwrap_err();
    assert!(near.hint.unwrap().contains("`analyst-problem`"));
    assert_eq!(answers("").ids().count() + answers("analyst-problem: TBD\nanalyst-users:\n").ids().count(), 0);
    assert_eq!(answers("analyst-stories: |\n  - one\n  - two\n").get("analyst-stories"), ["one", "two"]);
    assert_eq!(answers("analyst-data: none").get("analyst-data"), ["none"]);
}

#[test]
fn epics_that_wait_for_each_other_are_named() {
    let of = |text: &str| epic_circle(&answers(text));
    assert_eq!(of("manager-slices: [\"A (depends: 2)\", \"B (depends: 1)\"]").unwrap(), ["Epic 1", "Epic 2"]);
    assert_eq!(of("manager-slices: [\"A (depends: 1)\", \"B (depends: 1)\"]"), None);
}

#[test]
fn the_order_and_the_priorities_of_epics_are_those_of_the_answers() {
    let of = |more: &str| {
        let answers = answers(&format!("manager-slices: [Send a code, Check a code]\n{more}"));
        let page = page(Document::Epics, &answers, &Planning::default());
        let lines = page.lines().filter_map(|line| {
            let line = line.strip_prefix("- **Priority:** ").or_else(|| line.strip_prefix("- **Depends on:** "));
            line.map(str::to_owned)
        });
        lines.collect::<Vec<String>>()
    };
    for (more, lines) in [
        ("manager-order: Check a code waits for Send a code", ["P0 (assumed)", "not known", "P1 (assumed)", "Epic 1"]),
        ("manager-order: Send a code comes first", ["P0 (assumed)", "nothing", "P1 (assumed)", "not known"]),
        ("manager-order: The mail server", ["P0 (assumed)", "not known", "P1 (assumed)", "not known"]),
        ("manager-order: nothing", ["P0 (assumed)", "nothing", "P1 (assumed)", "nothing"]),
        ("manager-order: [none, \"1\"]", ["P0 (assumed)", "nothing", "P1 (assumed)", "Epic 1"]),
        ("manager-order: [in 2 days, in 1 day]", ["P0 (assumed)", "not known", "P1 (assumed)", "not known"]),
        ("manager-priority: Check a code", ["P0 (assumed)", "not known", "P3", "not known"]),
    ] {
        assert_eq!(of(more), lines, "{more}");
    }
    let circle = "manager-slices: [Send a code, Check a code]\n\
        manager-order: Check a code waits for Send a code. Send a code waits for Check a code\n";
    assert_eq!(epic_circle(&answers(circle)).unwrap(), ["Epic 1", "Epic 2"]);
}

#[test]
fn named_tasks_belong_to_the_epic_of_their_words_and_validate_clean() {
    let answers = answers(
        "manager-slices: [Send a code, Check a code]
author-tasks:
  - Table for codes with a migration
  - Check what was typed
  - \"Send it again (epic: 2)\"
  - \"Write the manual (depends: impl_002)\"
",
    );
    let mut planning = Planning::default();
    planning.epics = Some(page(Document::Epics, &answers, &planning));
    let plan = page(Document::Plan, &answers, &planning);
    for line in [
        "- [ ] impl_001: Table for codes with a migration (epic: 1)",
        "- [ ] impl_002: Check what was typed (epic: 2)",
        "- [ ] impl_003: Send it again (epic: 2)",
        "- [ ] impl_004: Write the manual (depends: impl_002; epic: 2)",
        "- [ ] test_001: Test: Send a code (depends: impl_001; epic: 1)",
    ] {
        assert!(plan.lines().any(|one| one == line), "{line}\n{plan}");
    }
    let pages = Pages { epics: planning.epics.as_deref(), plan: Some(&plan), ..Pages::default() };
    assert_eq!(gaps(&pages, &planned(&plan), &technologies()), vec![]);
}

#[test]
fn named_tasks_keep_their_ids_and_their_order() {
    let answers = answers(
        "author-tasks: [\"Write it (files: a.rs)\", \"test_007: Try it (depends: impl_001)\", \"impl_002: x\"]",
    );
    let groups = tasks(&answers, &Planning::default());
    let lines: Vec<String> = groups.into_iter().flat_map(|(title, lines)| [vec![title], lines].concat()).collect();
    assert_eq!(
        lines,
        [
            "Implementation",
            "- [ ] impl_001: Write it",
            "- [ ] impl_002: x",
            "Testing",
            "- [ ] test_007: Try it (depends: impl_001)"
        ]
    );
}

/// What a page is made of, without its words.
fn skeleton(page: &str) -> Vec<String> {
    let shape = |(_, line): (usize, Line<'_>)| match line {
        Line::Heading { level, text } => format!("{level} {}", if level < 3 { text } else { "" }),
        Line::Item { tick, indent, .. } => format!("item {tick:?} {indent}"),
        Line::Row(cells) => format!("row {}", cells.len()),
        Line::Text(_) => "text".to_owned(),
    };
    lines(page).map(shape).collect()
}

proptest! {
    #[test]
    fn no_answer_changes_how_a_page_is_built(
        text in "(\\{\\{ x \\}\\}|\\{% raw %\\}|---|```|~~~|# |## |- |\\[x\\] |1\\. |\\||<!--|-->|<b>|\\(depends: impl_009\\)|\\n|AB9|x: | ){1,12}"
    ) {
        let hostile = Answers::of(rows().into_iter().map(|row| (row.id, vec![format!("a {text}"), format!("{text} b c d")])));
        let plain = Answers::of(rows().into_iter().map(|row| (row.id, vec!["a word".to_owned(), "b word".to_owned()])));
        for document in Document::ALL {
            if document == Document::Plan {
                continue;
            }
            let (hostile, plain) = (page(document, &hostile, &Planning::default()), page(document, &plain, &Planning::default()));
            prop_assert_eq!(skeleton(&hostile), skeleton(&plain), "{}", hostile);
        }
        let plan = page(Document::Plan, &hostile, &Planning::default());
        for one in planned(&plan) {
            prop_assert!(one.id.is_some(), "{}", plan);
        }
    }

    #[test]
    fn what_is_written_is_read_back(text in "[a-z`*_<>\\[\\]{}#|\\\\~=+.1()-]{1,40}") {
        let back = line::read(&line::item(&text)).into_owned();
        prop_assert_eq!(back, text);
    }
}
