//! Many who write the hand-over at once, and writers that are killed at any moment: the page is the old or the new one, whole, and
//! nothing a person wrote is lost. `WFO_STRESS=10` makes it as many as the promise says (200 kills); without it a tenth.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says how long it took")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use registry::{Dice, at_once, refused, stress};
use serde_json::Value;
use support::{Call, Repo, binary, text_of};

const MINE: &str = "\u{feff}# My page\r\n\r\n<!-- mine -->\r\n## Thoughts\r\n\tkeep  this \r\n\r\n### Blockers\r\n* the vendor\r\n  is silent\r\n";

/// Proves that a page is whole and holds every line of the person's.
fn is_whole(page: &str) {
    assert!(page.starts_with("\u{feff}# My page\r\n"), "{page:?}");
    for line in MINE.trim_start_matches('\u{feff}').split("\r\n") {
        assert!(page.contains(line), "{line:?} is gone: {page}");
    }
    assert!(page.ends_with("\r\n") && page.matches("# My page").count() == 1, "{page:?}");
}

#[test]
fn stress_of_many_who_write_at_once_no_entry_is_lost() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", MINE);
    let count = stress(12);
    let (answers, took) =
        at_once(&repo, count, "context write --blocker \"blocker number $i\" --decision \"decision $i\"");
    assert_eq!(refused(&answers, &[]), 0);
    eprintln!("{count} processes wrote in {took:?}");
    let page = text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    is_whole(&page);
    for number in 0..count {
        assert!(page.contains(&format!("* blocker number {number}\r\n")), "{number}: {page}");
        assert!(page.contains(&format!("- decision {number}\r\n")), "{number}: {page}");
    }
    let learn = stress(8);
    let (answers, _) = at_once(&repo, learn, "context learn --tool \"tool $i\" --pattern same");
    assert_eq!(refused(&answers, &[]), 0);
    let list = text_of(&repo.config().join("learnings.jsonl"));
    assert_eq!(list.lines().count(), learn + 1, "{list}");
    assert_eq!(text_of(&repo.root().join("CLAUDE.md")).matches("- same (").count(), 1);
}

#[test]
fn stress_whenever_it_is_killed_the_page_is_the_old_or_the_new_one_whole() {
    let repo = Repo::new();
    repo.put("PROJECT_CONTEXT.md", MINE);
    let mut dice = Dice::new();
    let write = || repo.helper(&["context", "write"]).took;
    let longest = [write(), write(), write()].into_iter().max().unwrap().mul_f64(1.2);
    let page = || text_of(&repo.root().join("PROJECT_CONTEXT.md"));
    let count = stress(20);
    let (mut old, mut new) = (0, 0);
    for number in 0..count {
        let before = page();
        let part = f64::from(u32::try_from(dice.below(1_000)).unwrap()) / 1_000.0;
        let script = "\"$HELPER\" \"$@\" >/dev/null 2>&1 & p=$!; sleep $AFTER; kill -9 $p 2>/dev/null; wait $p; exit 0";
        let blocker = format!("blocker number {number}");
        let day = format!("2026-11-{:02}T09:00:00Z", 21 + number % 9);
        let words: [&str; 7] = match number % 4 {
            0 => ["-c", script, "sh", "context", "compress", "--max-tokens", "1000"],
            _ => ["-c", script, "sh", "context", "write", "--blocker", &blocker],
        };
        let call = Call::new("sh").args(words).env("AFTER", format!("{:.4}", longest.mul_f64(part).as_secs_f64()));
        call.env("HELPER", binary().to_string_lossy()).env("WFO_NOW", day).run(&repo);
        let after = page();
        is_whole(&after);
        if after == before {
            old += 1;
        } else {
            new += 1;
        }
        let data = repo.root().join(".claude/context.json");
        if data.exists() {
            serde_json::from_str::<Value>(&text_of(&data)).expect("the data is whole");
        }
    }
    eprintln!("{count} kills within {longest:?}: {old} left the old page, {new} the new one");
    assert!(old > 0 && new > 0, "all kills came too early or too late: this proves nothing");
    // The next call completes, and what killed writers left goes with it.
    repo.helper(&["context", "write", "--blocker", "the last one"]).data();
    is_whole(&page());
    assert!(page().contains("* the last one\r\n"));
    let left = std::fs::read_dir(repo.root())
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".wfo-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn what_a_killed_call_left_beside_the_pages_goes_with_the_next_one_and_a_living_ones_stays() {
    let repo = Repo::new();
    repo.helper(&["context", "write", "--blocker", "the vendor"]).data();
    let living = wfo_base::atomic::draft(".wfo-half-written-");
    let killed = format!("{}1-", living.trim_end_matches('-'));
    for folder in ["", ".claude/"] {
        repo.put(&format!("{folder}{killed}aB3xYz"), "half");
        repo.put(&format!("{folder}{living}aB3xYz"), "half");
    }
    let there = |mark: &str, folder: &str| repo.root().join(format!("{folder}{mark}aB3xYz")).exists();
    repo.helper(&["context", "write", "--blocker", "the vendor", "--dry-run"]).data();
    assert!(there(&killed, "") && there(&killed, ".claude/"), "a dry run touches nothing");
    repo.helper(&["context", "write", "--blocker", "the vendor"]).data();
    assert_eq!(["", ".claude/"].map(|folder| (there(&killed, folder), there(&living, folder))), [(false, true); 2]);
}
