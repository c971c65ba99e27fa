//! Pages of a person with one feature in them: what is ticked and moved, and what stays byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use wfo_base::tables;

use super::*;
use crate::todo_file::{TaskStatus, TodoTask};

fn task(id: &str, description: &str, status: TaskStatus) -> TodoTask {
    TodoTask {
        id: Some(id.to_owned()),
        category: "implementation".to_owned(),
        description: description.to_owned(),
        status,
        depends_on: Vec::new(),
        priority: None,
        completed_on: None,
        line: 1,
    }
}

fn with<T>(work: impl Fn(&Feature<'_>) -> T) -> T {
    let tasks = [
        task("impl_001", "write the form", TaskStatus::Completed),
        task("impl_002", "check the password", TaskStatus::InProgress),
        task("impl_003", "common id", TaskStatus::Completed),
    ];
    let shared = BTreeSet::from(["impl_003".to_owned()]);
    work(&Feature { slug: "login", title: "Log in", tasks: &tasks, shared: &shared })
}

fn ticks(page: &str) -> Ticked {
    with(|feature| tick(page, "TASK.md", feature))
}

#[test]
fn a_slug_is_a_link_only_where_it_stands_as_one() {
    for (line, linked) in [
        ("- [ ] make it (`login`)", true),
        ("- [ ] make it [login]", true),
        ("- [ ] make it (login)", true),
        ("- [ ] make it #login", true),
        ("- [ ] todo: login", true),
        ("- [ ] see specs/login/plan.md", true),
        ("- [ ] see TODO_feature_20261121T090000Z_login.md", true),
        ("- [ ] on feature/20261121T090000Z_login", true),
        ("- [ ] fix the login page", false),
        ("- [ ] login", false),
        ("- [ ] `login-loop`", false),
        ("- [ ] relogin (`relogin`)", false),
        ("- [ ] src/login/x.rs", false),
        ("- [ ] (login page)", false),
        ("- [ ] user_login", false),
        ("- [ ] a#login", false),
    ] {
        assert_eq!(with(|feature| feature.is_linked(line)), linked, "{line}");
    }
}

#[test]
fn every_form_of_a_task_is_ticked_and_nothing_else_changes() {
    for (before, after) in [
        ("- [ ] form (`login`)\n- [ ] other\n", "- [x] form (`login`)\n- [ ] other\n"),
        ("* [~] form #login\r\n+ [ ] x\r\n", "* [x] form #login\r\n+ [ ] x\r\n"),
        ("1. [ ] Write the form!\n", "1. [x] Write the form!\n"),
        ("## Todo\n- write the form\n- b", "## Todo\n- [x] write the form\n- b"),
        ("## Todo\n12) log in", "## Todo\n12) [x] log in"),
        ("- [ ] a\n  - [ ] impl_001: form\n", "- [ ] a\n  - [x] impl_001: form\n"),
        (
            "## Tasks\n| ID | Task | Status |\n|---|---|---|\n| impl_001 | form | In progress |\n| T-2 | b | Todo |\n",
            "## Tasks\n| ID | Task | Status |\n|---|---|---|\n| impl_001 | form | Done |\n| T-2 | b | Todo |\n",
        ),
        ("- [x] form (`login`)\n", "- [x] form (`login`)\n"),
        ("```\n- [ ] form (`login`)\n```\n", "```\n- [ ] form (`login`)\n```\n"),
        ("- [ ] fix the login page\n", "- [ ] fix the login page\n"),
        ("- [ ] impl_003: somebody else's\n", "- [ ] impl_003: somebody else's\n"),
        ("- [ ] impl_003: ours (`login`)\n", "- [x] impl_003: ours (`login`)\n"),
    ] {
        let ticked = ticks(before);
        assert_eq!(ticked.page, after);
        assert_eq!(ticked.lines.len(), usize::from(before != after), "{before}");
    }
}

#[test]
fn a_line_whose_task_is_open_is_left_and_named() {
    for page in ["- [ ] impl_002: check\n", "- [ ] Check the password\n", "- [ ] impl_002: check (`login`)\n"] {
        let ticked = ticks(page);
        assert_eq!((ticked.page.as_str(), ticked.left.len(), ticked.lines.len()), (page, 1, 0));
        assert_eq!(ticked.left[0].why, "its task is not completed");
    }
    let row = ticks("## Tasks\n| ID | Task |\n|---|---|\n| impl_001 | form |\n");
    assert_eq!((row.lines.len(), row.left.len()), (0, 1));
}

#[test]
fn the_entry_of_a_plan_moves_below_what_is_completed() {
    for (before, after) in [
        (
            "# Plan\n\n## Current\n\n- [ ] Log in\n  - with a name\n- Search\n\n## Completed\n\n- [x] Start\n\n## Notes\n\nx\n",
            "# Plan\n\n## Current\n\n- Search\n\n## Completed\n\n- [x] Start\n- [x] Log in\n  - with a name\n\n## Notes\n\nx\n",
        ),
        ("## Done\n\n## Next\n\n- (login) form\n", "## Done\n\n- (login) form\n\n## Next\n\n"),
        ("## Next\n- Log in\n- b", "## Next\n- b\n\n## Completed\n\n- Log in\n"),
        ("## Next\r\n- Log in\r\n", "## Next\r\n\r\n## Completed\r\n\r\n- Log in\r\n"),
        (
            "## Features\n\n### Log in\n\nWords.\n\n### Search\n\nx\n\n## Completed\n\n### Start\n\ny\n",
            "## Features\n\n\n### Search\n\nx\n\n## Completed\n\n### Start\n\ny\n\n### Log in\n\nWords.\n",
        ),
        ("## Next\n- A\n  - `login`\n", "## Next\n- A\n\n## Completed\n\n- `login`\n"),
        ("## Completed\n- Log in\n", "## Completed\n- Log in\n"),
        ("# Log in\n\nthe whole page\n", "# Log in\n\nthe whole page\n"),
        ("| a | `login` |\n", "| a | `login` |\n"),
        ("", ""),
    ] {
        assert_eq!(with(|feature| complete(before, feature)).page, after, "{before}");
    }
}

#[test]
fn of_several_entries_the_first_is_moved_and_the_others_are_named() {
    let page = "## Next\n- `login`\n- after `login`\n\n| x | `login` |\n";
    let done = with(|feature| complete(page, feature));
    assert_eq!((done.entry.as_ref().map(|entry| entry.line), done.left.len(), done.count), (Some(2), 2, 1));
    let same = with(|feature| complete("## Features\n\n## Log in\n\nx\n\n## Completed\n", feature));
    assert_eq!((same.entry, same.left.len()), (None, 1), "a section of the same level cannot go below");
}

#[test]
fn changed_files_name_the_documents_that_have_to_follow() {
    let text = include_str!("../../../../reference/data/stale.yaml");
    let parsed = tables::parse::<StaleRow>("stale.yaml", text);
    assert_eq!(parsed.notes, vec![]);
    let rows: Vec<StaleRow> = parsed.value.into_iter().map(|(row, _)| row).collect();
    let found = |changes: &[(&str, char)]| -> Vec<String> {
        stale(&rows, "login", changes).into_iter().map(|one| one.document).collect()
    };
    assert_eq!(found(&[("notes.txt", 'M')]), Vec::<String>::new());
    assert!(found(&[("src/api/users.py", 'M')]).contains(&"docs/API.md".to_owned()));
    assert!(!found(&[("src/api/users.py", 'M')]).contains(&"CLAUDE.md".to_owned()));
    assert!(found(&[("src/new.py", 'A')]).contains(&"CLAUDE.md".to_owned()));
    assert!(found(&[("db/migrations/1.sql", 'A')]).contains(&"planning/login/architecture.md".to_owned()));
    assert!(!found(&[("package.json", 'M'), ("README.md", 'M')]).contains(&"README.md".to_owned()));
}

#[test]
fn rows_that_cannot_be_are_named() {
    for row in [
        "{id: a, files: [], documents: [x], why: y}",
        "{id: a, files: [x], documents: [], why: y}",
        "{id: a, files: [\"*\"], documents: [x], why: y}",
        "{id: a, files: [x], documents: [../x], why: y}",
        "{id: a, files: [x], documents: [/x], why: y}",
        "{id: a, files: [x], documents: [x], why: \"\"}",
        "{id: a, files: [x], documents: [x], why: y, changes: X}",
    ] {
        assert_eq!(tables::parse::<StaleRow>("s.yaml", &format!("rows:\n- {row}\n")).notes.len(), 1, "{row}");
    }
}

proptest! {
    #[test]
    fn any_page_keeps_its_other_lines(page in "([-*] |\\[ \\] |#{1,3} |login|`login`|Log in|Done|\\||  |\r?\n){0,40}") {
        let ticked = ticks(&page);
        prop_assert_eq!(ticked.page.lines().count(), page.lines().count());
        let done = with(|feature| complete(&page, feature));
        let mut left: Vec<String> = done.page.lines().map(|line| line.trim().replace("[x]", "[ ]")).collect();
        for line in page.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let line = line.replace("[x]", "[ ]");
            let at = left.iter().position(|known| *known == line || known.replace("[ ] ", "") == line);
            prop_assert!(at.is_some(), "{:?} lost {:?}: {:?}", page, line, done.page);
            left.swap_remove(at.unwrap());
        }
    }
}
