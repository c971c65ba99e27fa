//! Reading the hand-over in the shapes that people and tools write.

use super::*;
use proptest::prelude::*;

fn read(page: &str) -> Handover {
    let noted = handover(page);
    assert_eq!(noted.notes, vec![], "{page}");
    noted.value
}

fn texts(priorities: &[Priority]) -> Vec<&str> {
    priorities.iter().map(|priority| priority.text.as_str()).collect()
}

/// The shape that a session writes when it ends.
const EVENING: &str = "## Project Context
Last Updated: 2026-11-20T18:04:00+01:00
Session Duration: 3h

### Completed This Session
- [x] Login form
- [x] Token refresh

### In Progress
| Task | Branch | Status | Blockers |
|------|--------|--------|----------|
| Rate limits | feature/limits | 40% | None |
| Export | `feature/export` @ 8102 | 75% | Waiting on the schema |

### Blockers
- Waiting on the schema
- None

### Decisions Made
- Redis for counters (one process less)

### Tomorrow's Priorities
1. [P1] Finish export
2. [AGENT: unit-testing:test-automator] Cover the limits

### Session Metrics
- Commits: 4
";

#[test]
fn the_page_of_the_evening_is_read_whole() {
    let page = read(EVENING);
    assert_eq!(page.updated.as_deref(), Some("2026-11-20T18:04:00+01:00"));
    assert_eq!(page.updated_on.map(|day| day.to_string()), Some("2026-11-20".into()));
    assert_eq!(page.completed, vec!["Login form", "Token refresh"]);
    assert_eq!(page.blockers, vec!["Waiting on the schema"]);
    assert_eq!(page.decisions, vec!["Redis for counters (one process less)"]);
    assert_eq!(texts(&page.priorities), vec!["Finish export", "Cover the limits"]);
    let [first, second] = page.priorities.as_slice() else { panic!("two priorities") };
    assert_eq!((first.level, first.line, second.line), (Some(Level::P1), 23, 24));
    assert_eq!(second.agent.as_deref(), Some("unit-testing:test-automator"));
    let [limits, export] = page.in_progress.as_slice() else { panic!("two rows") };
    assert_eq!((limits.progress, &limits.blockers, limits.port, limits.line), (Some(40), &None, None, 12));
    assert_eq!((export.branch.as_deref(), export.port), (Some("feature/export"), Some(8102)));
    assert_eq!((export.status.as_deref(), export.blockers.as_deref()), (Some("75%"), Some("Waiting on the schema")));
}

#[test]
fn the_page_of_the_morning_is_read_whole() {
    let page = read(
        "## Last Updated: 2026-11-20

# COMPLETED (Last Session)
- [x] a
- [ ] not ticked
#### In progress
- [ ] Front end (70%)
- [~] Export (feature/export @ 8102)
- [x] Import
| Task | Branch/Worktree | Status |
|--|--|--|
| API endpoint | feature/api @ 8100 | 70% |

### Blockers
- [ ] Waiting on X
- [x] Waiting on Y
- [ ] None

### Today's Priority Queue
1. [AGENT: research-skill] Compare frameworks
",
    );
    assert_eq!(page.updated.as_deref(), Some("2026-11-20"));
    assert_eq!(page.completed, vec!["a", "Import"]);
    assert_eq!(page.blockers, vec!["Waiting on X"]);
    let rows: Vec<_> = page.in_progress.iter().map(|row| (row.task.as_str(), row.progress, row.port)).collect();
    assert_eq!(
        rows,
        vec![("Front end", Some(70), None), ("Export", None, Some(8102)), ("API endpoint", Some(70), Some(8100))]
    );
    assert_eq!(page.priorities.first().and_then(|first| first.agent.as_deref()), Some("research-skill"));
}

#[test]
fn template_placeholders_are_not_entries() {
    let page = read(
        "## Last Updated: [DATE]\n### Completed\n[List]\n- [x] [List from PROJECT_CONTEXT.md]\n### In Progress\n\
         _No tasks currently in progress_\n### Blockers\n_none_\n- [ ] None\n- N/A\n### Decisions\n- {decisions}\n\
         ### Priorities\n1. \n2. ...\n3. [AGENT: x]\n",
    );
    assert_eq!(page, Handover::default());
}

#[test]
fn sections_end_where_a_heading_of_the_same_level_begins() {
    let page = read(
        "# Notes\n- n\n## Decisions\n- a\n### Backend\n- b\n## Links\n- c\n# Priorities\n- d\n# Session Metrics\n- e\n",
    );
    assert_eq!(page.decisions, vec!["a", "b"]);
    assert_eq!(texts(&page.priorities), vec!["d"]);
}

#[test]
fn bold_lines_serve_as_headings_where_there_are_none() {
    let page = read(
        "**Last Updated:** 2026-11-20\n\n**Blockers:** Waiting on X\n\n**Next steps**:\n- a\n\n**Session Metrics**\n- 4 commits\n",
    );
    assert_eq!((page.blockers.as_slice(), texts(&page.priorities)), (&["Waiting on X".to_owned()][..], vec!["a"]));
}

#[test]
fn a_second_line_joins_its_entry_and_details_below_it_do_not() {
    let page = read(
        "### Blockers\nThe vendor\nis silent.\n\n- Waiting on\n  design\n### Priorities\nIn this order:\n1. a\n   b\n   - detail\n   more detail\n2. c\n\nWrite often.\n",
    );
    assert_eq!(page.blockers, vec!["The vendor is silent.", "Waiting on design"]);
    assert_eq!(texts(&page.priorities), vec!["a b", "c"]);
}

#[test]
fn struck_through_lines_are_settled() {
    let page = read("### Blockers\n- ~~Waiting on X~~\n### In Progress\n- [ ] ~~Old~~\n### Priorities\n1. ~~Old~~\n");
    assert_eq!((page.blockers.len(), page.in_progress.len(), page.priorities.len()), (0, 0, 0));
}

#[test]
fn a_progress_above_a_hundred_is_named_and_the_row_stays() {
    let noted = handover("### In Progress\n| Task | Status |\n|-|-|\n| a | 170% |\n| b | in review |\n");
    let rows: Vec<_> = noted.value.in_progress.iter().map(|row| (row.status.as_deref(), row.progress)).collect();
    assert_eq!(rows, vec![(Some("170%"), None), (Some("in review"), None)]);
    let [note] = noted.notes.as_slice() else { panic!("one note: {:?}", noted.notes) };
    assert!(note.problem.message.contains("170%"));
    assert_eq!(note.problem.location.as_ref().and_then(|place| place.line), Some(4));
}

#[test]
fn a_page_that_is_no_handover_says_so_and_an_empty_one_does_not() {
    for (page, notes) in [("", 0), (" \n", 0), ("# Shopping\n- milk\n", 1), ("\0\0\n### Blockers\n- a\n", 1)] {
        assert_eq!(handover(page).notes.len(), notes, "{page:?}");
    }
    assert_eq!(handover("\0\n### Blockers\n- a\n").value.blockers, vec!["a"]);
}

#[test]
fn text_is_harmless_and_bounded() {
    let page = format!("### Blockers\r\n- \u{1b}[31mred\u{202e}\r\n- {}\r\n", "x".repeat(100_000));
    let blockers = read(&page).blockers;
    assert_eq!(blockers.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), vec![3, 500]);
}

proptest! {
    #[test]
    fn any_page_is_read_without_a_panic(page in "(\\PC{0,20}|(## (In Progress|Blockers|Priorities|Done)|- \\[[ x]\\] |[|a@%0-9 (\\[:*~]{0,12})\n){0,12}") {
        let read = handover(&page).value;
        prop_assert!(read.in_progress.iter().all(|row| row.progress.is_none_or(|percent| percent <= 100) && row.line > 0));
    }
}
