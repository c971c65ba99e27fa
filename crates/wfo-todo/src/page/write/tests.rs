//! Writing a hand-over page: only our parts change, and whatever a person wrote stays.

use jiff::civil::date;
use proptest::prelude::*;

use super::super::{Metrics, begun};
use super::*;

fn update(given: Points) -> Update {
    Update {
        now: "2026-11-21T18:00:00+00:00".to_owned(),
        today: date(2026, 11, 21),
        duration: Some("2 h 5 min".to_owned()),
        metrics: Metrics {
            commits: Some(3),
            files_changed: Some(7),
            tests_added: Some(0),
            coverage: None,
            coverage_fresh: None,
        },
        given,
        ..Update::default()
    }
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn written(page: &str, update: &Update) -> String {
    String::from_utf8(write(page.as_bytes(), update).unwrap().bytes).unwrap()
}

fn points() -> Points {
    Points {
        completed: list(&["Built the API"]),
        in_progress: vec![begun("Front end (feature/ui @ 8102) 70%").unwrap()],
        blockers: list(&["Waiting on design"]),
        decisions: list(&["Postgres, not MySQL"]),
        priorities: list(&["Write tests", "Deploy"]),
    }
}

const NEW: &str = "## Project Context
Last Updated: 2026-11-21T18:00:00+00:00
Session Duration: 2 h 5 min

### Completed This Session
- [x] Built the API

### In Progress
| Task | Branch | Status | Blockers |
|------|--------|--------|----------|
| Front end | feature/ui @ 8102 | 70% | None |

### Blockers
- Waiting on design

### Decisions Made
- Postgres, not MySQL

### Tomorrow's Priorities
1. Write tests
2. Deploy

### Session Metrics
- Commits: 3
- Files Changed: 7
- Tests Added: 0
- Coverage: unknown
";

#[test]
fn an_empty_page_becomes_a_whole_one_and_the_same_again_changes_nothing() {
    assert_eq!(written("", &update(points())), NEW);
    assert_eq!(written(NEW, &update(points())), NEW);
    let read = handover(NEW);
    assert_eq!((read.notes.len(), read.value.in_progress.len(), read.value.priorities.len()), (0, 1, 2));
}

#[test]
fn empty_lists_say_so_and_the_line_goes_with_the_first_entry() {
    let page = written("", &update(Points::default()));
    assert!(page.contains("### Blockers\n_None_\n"), "{page}");
    assert_eq!(handover(&page).value.blockers, Vec::<String>::new());
    let page = written(&page, &update(points()));
    assert!(page.contains("### Blockers\n- Waiting on design\n") && !page.contains("_None_"), "{page}");
}

#[test]
fn what_a_person_wrote_keeps_its_bytes() {
    let page = "\u{feff}# Shop\r\n\r\n<!-- mine -->\r\n*Last updated: 2026-11-21* by Ada\r\n\r\n## My notes\r\n\tkeep  this \r\n\r\n\
                ## BLOCKERS\r\n* the vendor\r\n  is silent\r\n<!-- ask Bo -->\r\n\r\n#### detail\r\n- nested\r\n\r\n## Links\r\n- x";
    let new = written(page, &update(points()));
    for line in page.lines().filter(|line| !line.contains("Last updated")) {
        assert!(new.contains(line), "{line:?} is gone: {new}");
    }
    assert!(new.starts_with("\u{feff}# Shop\r\n"), "{new:?}");
    assert!(new.contains("*Last updated: 2026-11-21T18:00:00+00:00* by Ada\r\n"), "{new}");
    assert!(new.contains("  is silent\r\n* Waiting on design\r\n<!-- ask Bo -->"), "{new}");
    assert!(!new.replace("\r\n", "").contains('\n'), "one line end in the whole page: {new:?}");
    assert_eq!(written(&new, &update(points())), new, "a second run changes nothing");
}

#[test]
fn a_page_of_a_stranger_keeps_all_of_it_and_ours_comes_behind() {
    for page in ["# Shopping\n- milk\n", "plain", "---\na: 1\n---\nbody\n", "```\n### Blockers\n- no\n```\n"] {
        let new = written(page, &update(points()));
        assert!(new.starts_with(page.trim_end()), "{new}");
        assert!(new.ends_with(NEW), "{new}");
    }
}

#[test]
fn on_a_new_day_only_what_was_completed_begins_afresh() {
    let page = "## Project Context\nLast Updated: 2026-11-20\n\n### Completed This Session\nA good day.\n- [x] old\n  - [x] part\n- [ ] open\n\
                <!-- keep -->\n- [x] ticked this morning\n\n### Completed milestones\n- v1\n\n### In Progress\n- [ ] going on\n\n### Blockers\n- b\n\n\
                ### Decisions Made\n- d\n\n### Tomorrow's Priorities\n1. p\n";
    let then = Some(["old", "part"].map(key).into_iter().collect());
    let update = Update { completed_then: then, ..update(points()) };
    let new = write(page.as_bytes(), &update).unwrap();
    assert_eq!(new.dropped, list(&["old", "part"]));
    let text = String::from_utf8(new.bytes).unwrap();
    let wanted = "### Completed This Session\nA good day.\n- [ ] open\n<!-- keep -->\n- [x] ticked this morning\n- [x] Built the API\n";
    assert!(text.contains(wanted), "{text}");
    for line in ["- v1", "- [ ] going on", "- b\n- Waiting on design", "- d", "1. p\n2. Write tests"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let same_day = page.replace("2026-11-20", "2026-11-21");
    assert_eq!(write(same_day.as_bytes(), &update).unwrap().dropped, Vec::<String>::new());
    let unknown = Update { completed_then: None, ..update };
    assert_eq!(write(page.as_bytes(), &unknown).unwrap().dropped.len(), 3, "without a record all ticked ones go");
}

#[test]
fn a_task_called_completed_leaves_the_lists_of_work_and_what_is_noted_below_it_stays() {
    let page = "### In Progress\n- [ ] Front end (60%)\n- [ ] Back end\n  - a detail\n### Tomorrow's Priorities\n1. Front end\n2. Other\n";
    let given = Points { completed: list(&["Front end", "Back end"]), ..Points::default() };
    let new = write(page.as_bytes(), &update(given)).unwrap();
    let text = String::from_utf8(new.bytes).unwrap();
    assert!(
        text.contains("### In Progress\n- [x] Back end\n  - a detail\n### Tomorrow's Priorities\n2. Other\n"),
        "{text}"
    );
    assert!(text.contains("- [x] Front end\n- [x] Back end\n"), "{text}");
}

#[test]
fn a_row_that_is_given_again_is_written_anew_in_its_own_form() {
    let given = |text: &str| update(Points { in_progress: vec![begun(text).unwrap()], ..Points::default() });
    let boxes = written("### In Progress\n- [ ] Front end (60%)\n- [ ] b\n", &given("Front end 80%"));
    assert!(boxes.contains("- [ ] Front end (80%)\n- [ ] b\n"), "{boxes}");
    let table = "### In Progress\n| # | Task | Progress | Branch |\n|--|--|--|--|\n| 1 | Front end | 60% | feature/ui |\n\nText.\n";
    let table = written(table, &given("Front end 80%"));
    assert!(table.contains("| Front end | 80% | feature/ui |\n\nText.\n"), "{table}");
    let more = written(&table, &given("Search"));
    assert!(more.contains("| Search |"), "{more}");
}

#[test]
fn our_own_rows_go_when_reality_says_so_and_a_persons_do_not() {
    let derived = Points { in_progress: vec![begun("Guard the redirect").unwrap()], ..Points::default() };
    let first = write(
        b"### In Progress\n| Task | Status |\n|-|-|\n| Mine | 5% |\n",
        &Update { derived, ..update(Points::default()) },
    )
    .unwrap();
    assert_eq!(first.own_rows.len(), 1);
    let over = Update { own_rows: first.own_rows, ..update(Points::default()) };
    let text = String::from_utf8(write(&first.bytes, &over).unwrap().bytes).unwrap();
    assert!(text.contains("| Mine | 5% |") && !text.contains("Guard"), "{text}");
}

#[test]
fn bytes_that_are_not_text_stay_and_a_nul_is_refused() {
    let page = b"### Blockers\n- caf\xe9 \xff\n### Other\n\xf0\x9f\n";
    let new = write(page, &update(points())).unwrap().bytes;
    for part in [&b"- caf\xe9 \xff\n"[..], &b"\xf0\x9f\n"[..]] {
        assert!(new.windows(part.len()).any(|window| window == part));
    }
    assert_eq!(write(b"a\n\0\n", &update(points())).unwrap_err().location.and_then(|place| place.line), Some(2));
}

#[test]
fn a_page_that_would_hide_what_is_added_is_refused() {
    for page in ["### Blockers\n<!-- never closed\n", "### Blockers\n```\ncode\n"] {
        assert_eq!(write(page.as_bytes(), &update(points())).unwrap_err().code, codes::HANDOVER_UNREADABLE, "{page}");
    }
}

/// Ways in which a person's entry goes on, or something else follows it directly.
const BELOW: [&str; 22] = [
    "",
    "from last Tuesday",
    "  from last Tuesday",
    "from\nlast Tuesday",
    "  - nested\nfrom last Tuesday",
    "\n  a paragraph of it",
    "\n  a paragraph of it\nand its second line",
    "\nA paragraph of its own",
    "> quoted",
    "---",
    "***\ntext",
    "**bold** text",
    "**Note:**\ntext",
    "<details>",
    "Session Duration: 2 h",
    "Last Updated: 2026-11-21",
    "<!-- a comment -->\ntext",
    "```\ncode\n```\ntext",
    "| a | b |\ntext",
    "-",
    "[ ] no item",
    "#### Deeper\ntext",
];

#[test]
fn whatever_stands_directly_below_an_entry_a_new_one_is_written_and_found_again() {
    let heads = ["Completed This Session", "In Progress", "Blockers", "Decisions Made", "Tomorrow's Priorities"];
    let firsts = ["- first", "* first", "3. first", "- [ ] first", "- [x] first", "| first |", "first"];
    for below in BELOW {
        for first in firsts {
            for end in ["\n", "\r\n"] {
                let part = |head: &&str| format!("### {head}\n{first}\n{below}\n\n");
                let page =
                    format!("## Project Context\n\n{}## Links\n- x\n", heads.iter().map(part).collect::<String>());
                let page = page.replace('\n', end);
                let new =
                    write(page.as_bytes(), &update(points())).unwrap_or_else(|problem| panic!("{page:?}: {problem:?}"));
                let text = String::from_utf8(new.bytes.clone()).unwrap();
                let read = handover(&text).value;
                for (found, wanted) in [
                    (&read.completed, "Built the API"),
                    (&read.blockers, "Waiting on design"),
                    (&read.decisions, "Postgres, not MySQL"),
                    (&read.priorities.iter().map(|row| row.text.clone()).collect(), "Deploy"),
                    (&read.in_progress.iter().map(|row| row.task.clone()).collect(), "Front end"),
                ] {
                    assert!(found.iter().any(|text| text == wanted), "{wanted}: {found:?} in {text}");
                }
                for line in page.split(end).filter(|line| !line.contains("Updated") && !line.contains("Duration")) {
                    assert!(text.contains(line), "{line:?} is gone: {text}");
                }
                let again = write(&new.bytes, &update(points())).unwrap();
                assert_eq!(String::from_utf8(again.bytes).unwrap(), text, "a second run changes nothing");
            }
        }
    }
}

#[test]
fn a_line_directly_below_an_entry_is_part_of_it() {
    let page = "### Blockers\n- The vendor has not answered our mail\nfrom last Tuesday\n";
    let given = |texts: &[&str]| update(Points { blockers: list(texts), ..Points::default() });
    let new = written(page, &given(&["New"]));
    let wanted = "### Blockers\n- The vendor has not answered our mail\nfrom last Tuesday\n- New\n";
    assert!(new.contains(wanted), "{new}");
    let read = handover(&new).value.blockers;
    assert_eq!(read, list(&["The vendor has not answered our mail from last Tuesday", "New"]));
    let known = write(page.as_bytes(), &given(&["the vendor has not answered our mail from last tuesday"])).unwrap();
    assert_eq!(known.added.blockers, list(&[]), "it stands there already");
}

#[test]
fn on_a_new_day_an_entry_goes_with_all_its_lines_and_date_and_headings_stay() {
    let page = "### Completed This Session\n- [x] one\nand its end\n- [x] two\nLast Updated: 2026-11-20\n\nText.\n";
    let then = Some([key("one and its end"), key("two")].into_iter().collect());
    let text = written(page, &Update { completed_then: then, ..update(Points::default()) });
    assert!(text.starts_with("### Completed This Session\nLast Updated: 2026-11-21"), "{text}");
    assert!(text.contains("Text.") && !text.contains("end") && !text.contains("two"), "{text}");
}

/// The parts of a page, by the first word of their headings.
fn order(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix("### ")?.split(' ').next()).collect()
}

#[test]
fn a_missing_part_is_added_where_it_belongs_and_a_persons_order_stays() {
    let all = [
        "Completed This Session",
        "In Progress",
        "Blockers",
        "Decisions Made",
        "Tomorrow's Priorities",
        "Session Metrics",
    ];
    let whole = ["Completed", "In", "Blockers", "Decisions", "Tomorrow's", "Session"];
    for head in ["", "# Shop\n", "# Shop\n\n", "Last Updated: 2026-11-21\n", "# Shop\nLast Updated: 2026-11-21\n\n"] {
        for chosen in 1..64 {
            let there = all.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1).map(|(_, part)| part);
            for gap in ["", "\n"] {
                let parts: String = there.clone().map(|part| format!("### {part}\n- x\n{gap}")).collect();
                let new = written(&format!("{head}{parts}"), &update(points()));
                assert_eq!(order(&new), whole, "{head}{parts}: {new}");
                assert!(new.find("Last Updated") < new.find("###"), "{new}");
                assert!(!new.contains("\n\n\n"), "{new:?}");
            }
        }
    }
    for (parts, wanted) in [
        (&[3, 2][..], ["Completed", "In", "Decisions", "Blockers", "Tomorrow's", "Session"]),
        (&[4, 0], ["Tomorrow's", "Completed", "In", "Blockers", "Decisions", "Session"]),
        (&[5, 2], ["Completed", "In", "Session", "Blockers", "Decisions", "Tomorrow's"]),
        (&[5, 4, 3, 2, 1, 0], ["Session", "Tomorrow's", "Decisions", "Blockers", "In", "Completed"]),
    ] {
        let page: String = parts.iter().map(|part| format!("### {}\n- x\n\n", all[*part])).collect();
        assert_eq!(order(&written(&page, &update(points()))), wanted, "{page}");
    }
    let few = update(Points { completed: list(&["done"]), ..Points::default() });
    let new = written("### Decisions Made\n- d\n\n### Blockers\n- b\n", &few);
    assert_eq!(order(&new), ["Completed", "Decisions", "Blockers", "Session"], "{new}");
    let stones = written("### Blockers\n- b\n\n### Completed milestones\n- v1\n", &few);
    assert_eq!(order(&stones), ["Completed", "Blockers", "Session", "Completed"], "{stones}");
}

proptest! {
    #[test]
    fn a_page_without_comments_and_fences_is_never_refused(
        lines in proptest::collection::vec(("(\r?\n| {0,4}|\t)", "(- |\\* |1\\. |- \\[[ x]\\] |\\| |> |\\*\\*|#{1,4} )?(Blockers|Done|Decisions|In Progress|Next steps|Session Duration: 2|some words|---|\\*\\*|a: b|)"), 0..16),
        end in "\r?\n",
    ) {
        let page: String = lines.iter().map(|(before, line)| format!("{before}{line}{end}")).collect();
        let new = write(page.as_bytes(), &update(points()));
        prop_assert!(new.is_ok(), "{page:?}: {:?}", new.err());
    }

    #[test]
    fn on_the_same_day_every_line_of_any_page_survives_twice(
        page in "(\\PC{0,20}|(#{1,4} (In Progress|Blockers|Priorities|Done|Notes|Session Metrics)|- \\[[ x]\\] |[|a@%0-9 (\\[:*~]{0,12})\r?\n){0,14}",
        blocker in "\\PC{1,30}",
    ) {
        let update = update(Points { blockers: vec![blocker], ..points() });
        let Ok(new) = write(page.as_bytes(), &update) else { return Ok(()) };
        let text = String::from_utf8(new.bytes.clone()).unwrap();
        let ours = ["last updated", "session duration", "commits", "files changed", "tests added", "coverage", "front end"];
        for line in page.split('\n').map(|line| line.trim_end_matches('\r')) {
            let lower = line.to_lowercase();
            if !ours.iter().any(|word| lower.contains(word)) {
                prop_assert!(text.contains(line), "{line:?} is gone");
            }
        }
        let again = write(&new.bytes, &update).unwrap();
        prop_assert_eq!(String::from_utf8(again.bytes).unwrap(), text);
    }
}
