//! Many who write TODO files at once, and writers that are killed at any moment: nothing is lost, nothing is half.
//! `WFO_STRESS=10` makes it as many as the promise says; without it a tenth.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says how long it took")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use registry::{Dice, at_once, refused, stress};
use support::{Call, Repo, binary, text_of};

const LOGIN: &str = "TODO_feature_20261121T090000Z_login.md";

fn ids(repo: &Repo) -> Vec<String> {
    let shown = repo.helper(&["todo", "show", "login"]).data();
    shown["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn stress_of_many_who_write_at_once_no_task_is_lost_and_no_id_stands_twice() {
    let repo = Repo::new();
    repo.helper(&["todo", "new", "feature", "login"]).data();
    let count = stress(20);
    let (answers, took) = at_once(&repo, count, "todo task add implementation \"task number $i\"");
    assert_eq!(refused(&answers, &["lock.timeout"]), 0);
    eprintln!("{count} processes added a task in {took:?}");
    let mut found = ids(&repo);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), count);
    let page = text_of(&repo.root().join(LOGIN));
    for number in 0..count {
        assert!(page.contains(&format!("task number {number}")), "{number}");
    }
    let (answers, _) = at_once(&repo, 20, "todo task set impl_0$(printf %02d $((i+1))) --status completed");
    assert_eq!(refused(&answers, &[]), 0);
    let shown = repo.helper(&["todo", "show", "login"]).data();
    let done = shown["tasks"].as_array().unwrap().iter().filter(|task| task["status"] == "completed").count();
    assert_eq!(done, 20);
}

#[test]
fn stress_of_many_who_begin_the_same_work_one_wins() {
    let repo = Repo::new();
    let (answers, _) = at_once(&repo, 20, "todo new feature login");
    assert_eq!(refused(&answers, &["todo.exists"]), 19);
    let (answers, _) = at_once(&repo, 20, "todo new feature other-$i");
    assert_eq!(refused(&answers, &[]), 0);
    let manifest = text_of(&repo.root().join("TODO.md"));
    for number in 0..20 {
        assert!(manifest.contains(&format!("_other-{number}.md")), "{number}: {manifest}");
    }
}

#[test]
fn stress_whenever_it_is_killed_the_file_is_the_old_or_the_new_one_whole() {
    let repo = Repo::new();
    repo.helper(&["todo", "new", "feature", "login"]).data();
    let mut dice = Dice::new();
    let write = || repo.helper(&["todo", "task", "add", "testing", "warm up"]).took;
    let longest = [write(), write(), write()].into_iter().max().unwrap().mul_f64(1.2);
    let (mut old, mut new) = (0, 0);
    let script = "\"$HELPER\" \"$@\" >/dev/null 2>&1 & p=$!; sleep $AFTER; kill -9 $p 2>/dev/null; wait $p; exit 0";
    for number in 0..stress(20) {
        let before = text_of(&repo.root().join(LOGIN));
        let part = f64::from(u32::try_from(dice.below(1_000)).unwrap()) / 1_000.0;
        let (text, tokens) = (format!("task {number}"), "100000");
        let words: &[&str] = match number % 3 {
            0 => &["todo", "checkpoint", "--tokens", tokens, "--notes", &text],
            _ => &["todo", "task", "add", "implementation", &text],
        };
        let call = Call::new("sh").args(["-c", script, "sh"]).args(words);
        let call = call.env("AFTER", format!("{:.4}", longest.mul_f64(part).as_secs_f64()));
        call.env("HELPER", binary().to_string_lossy()).run(&repo);
        let after = text_of(&repo.root().join(LOGIN));
        if after == before {
            old += 1;
        } else {
            assert!(after.contains(&text), "{after}");
            new += 1;
        }
        assert_eq!(repo.helper(&["todo", "validate"]).data()["verdict"], "pass");
    }
    eprintln!("kills within {longest:?}: {old} left the old file, {new} the new one");
    assert!(old > 0 && new > 0, "all kills came too early or too late: this proves nothing");
    // The next call brings the list up to date, whatever was lost on the way.
    repo.helper(&["todo", "task", "add", "testing", "the last one"]).data();
    assert!(text_of(&repo.root().join("TODO.md")).contains(LOGIN));
}
