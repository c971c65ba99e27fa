//! Sections written, replaced and refused; deviations between pages and facts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it needs")]

use proptest::prelude::*;

use super::*;
use crate::phase::Document;
use crate::plan_merge::planned;
use crate::todo_file::{TaskStatus, TodoTask};
use crate::trace::Pages;

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

#[test]
fn the_section_is_added_once_and_then_replaced_between_its_marks() {
    for page in ["# A\n\nwords\n", "# A", "", "# A\r\n\r\nwords\r\n", "```\n<!-- wfo:as-built -->\n```\n"] {
        let once = put(page, "## As-Built\n\none\n", "a.md").unwrap();
        assert!(once.starts_with(page), "{once:?}");
        assert_eq!(without(&once).trim_end(), page.trim_end());
        let more = format!("{once}\nafter\n");
        let twice = put(&more, "## As-Built\n\ntwo\nlines\n", "a.md").unwrap();
        assert!(twice.starts_with(page) && twice.ends_with("\nafter\n") && !twice.contains("one"), "{twice:?}");
        assert_eq!(put(&twice, "## As-Built\n\ntwo\nlines\n", "a.md").unwrap(), twice);
        assert_eq!(once.replace("\r\n", "").contains('\n'), !page.contains("\r\n"));
    }
}

#[test]
fn marks_that_do_not_pair_are_refused() {
    for page in [
        "<!-- wfo:as-built -->\n",
        "<!-- /wfo:as-built -->\n",
        "<!-- /wfo:as-built -->\n<!-- wfo:as-built -->\n",
        "<!-- wfo:as-built -->\n<!-- wfo:as-built -->\n<!-- /wfo:as-built -->\n",
    ] {
        assert_eq!(put(page, "x", "a.md").unwrap_err().code, codes::TODO_MARKS_BROKEN, "{page}");
    }
}

#[test]
fn unknown_figures_are_said_to_be_unknown() {
    let measured = Measured {
        commits: Fact::Known(3),
        range: Fact::Known(("aaaa".into(), "bbbb".into())),
        cost: Fact::unknown("nothing is recorded"),
        coverage: Fact::Known((8_532, false)),
        estimates: vec![("epics.md", "2 | days".into())],
        ..Measured::default()
    };
    let text = section(Document::Plan, &measured, &[]);
    for line in [
        "| commits | 3 (aaaa..bbbb) |",
        "| days | not known |",
        "| cost | not known: nothing is recorded |",
        "| coverage | 85.32 %, of older content |",
        "| estimate | 2 \\| days (epics.md) |",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} in {text}");
    }
}

#[test]
fn deviations_name_what_was_planned_specified_and_built() {
    let plan = "# Plan\n- [ ] impl_001: write the form (files: src/form.rs)\n- [ ] impl_002: check it (files: src/check.rs)\n- [ ] impl_009: never begun\n";
    let tasks = [
        task("impl_001", "write the form", TaskStatus::Completed),
        task("impl_002", "check it", TaskStatus::Pending),
        task("impl_003", "added later", TaskStatus::Completed),
    ];
    let files = ["src/form.rs".to_owned(), "src/other.rs".to_owned()];
    let planned = planned(plan);
    let built = Built {
        pages: Pages {
            requirements: Some("## Acceptance criteria\n- Write the form\n- AC-2 passwords are hashed\n"),
            plan: Some(plan),
            ..Pages::default()
        },
        planned: &planned,
        tasks: &tasks,
        files: Some(&files),
        ..Built::default()
    };
    let found: Vec<(&str, String)> = deviations(&built).into_iter().map(|one| (one.kind, one.text)).collect();
    let kinds: Vec<&str> = found.iter().map(|(kind, _)| *kind).collect();
    let expected = ["task-open", "task-open", "task-added", "criterion-open", "file-unplanned", "file-untouched"];
    assert_eq!(kinds, expected, "{found:?}");
    assert!(
        found[0].1.contains("never begun") && found[3].1.contains("passwords") && found[4].1.contains("src/other.rs")
    );
    let silent = Built { planned: &[], pages: Pages::default(), tasks: &[], ..built };
    assert_eq!(deviations(&silent), vec![], "without documents nothing deviates");
}

#[test]
fn an_estimate_is_read_from_its_line_or_row() {
    for (page, said) in [
        ("- Effort: 3 days\n", Some("3 days")),
        ("**Effort:** 5h\n", Some("5h")),
        ("| Estimated effort | 2 weeks |\n", Some("2 weeks")),
        ("Effort: TBD\n", None),
        ("- **Effort:** not known\n", None),
        ("No effort was spared here: none\n", None),
        ("", None),
    ] {
        assert_eq!(estimate(page).as_deref(), said, "{page}");
    }
}

proptest! {
    #[test]
    fn a_page_keeps_every_byte_outside_the_section(page in "[ -~\r\n`]{0,80}", words in "[ -~\n]{0,40}") {
        let once = put(&page, &words, "a.md").unwrap();
        prop_assert!(once.starts_with(&page));
        if let Ok(twice) = put(&once, &words, "a.md") {
            prop_assert_eq!(twice.len(), once.len());
        }
    }
}
