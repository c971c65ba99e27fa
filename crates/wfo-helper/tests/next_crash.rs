//! A workflow whose commands are ended at any moment, and many who say yes at once: the next call sees what is really there and proposes
//! the rest, and exactly one yes wins. `WFO_STRESS=10` makes it ten times as many.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says what it met")]

#[path = "support/registry.rs"]
mod registry;
mod support;

use std::collections::BTreeMap;

use registry::{Dice, at_once, refused, stress};
use serde_json::{Value, json};
use support::flow::Flow;
use support::{Call, Done, binary, text_of};

/// Asks in the main checkout: what is written from there is the same wherever the worktree is.
fn next(flow: &Flow) -> Value {
    flow.asking(&flow.root(), &["next"]).run(flow).data()
}

fn step(data: &Value) -> String {
    data["derived"]["step"].as_str().expect("a step").to_owned()
}

/// Runs the helper in the main checkout and ends it after so many thousandths of a second.
fn ended(flow: &Flow, words: &[&str], after: usize) {
    let program = binary().to_string_lossy().into_owned();
    let limit = format!("0.{after:03}");
    let call = Call::new("timeout").args(["-s", "KILL", &limit, &program]).args(words).args(["--json"]);
    call.folder(&flow.root()).run(flow);
}

/// Carries out the first command that is proposed, word for word.
fn do_as_told(flow: &Flow, data: &Value) -> Done {
    let act = data["proposal"]["actions"][0].as_str().expect("an action");
    let command = act.trim_matches('`').strip_prefix("wfo-helper").unwrap_or_else(|| panic!("no command: {act}"));
    let script = format!("\"$HELPER\" {command} --json");
    let call = Call::new("sh").args(["-c", &script]).env("HELPER", binary().to_string_lossy());
    call.folder(&flow.root()).run(flow)
}

/// Tries again while somebody else is at it: a git that outlived the helper that was ended still holds its note of work.
fn patiently(call: impl Fn() -> Done) -> Done {
    let again = (0..100).map(|_| call()).find(|done| {
        let busy = done.status == Some(22);
        if busy {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        !busy
    });
    again.expect("an end within five seconds")
}

fn merged() -> Flow {
    let flow = Flow::new("feature");
    flow.begin("contrib/ada").specify().work("src/form.py", "print('form')\n").merge_into("contrib/ada");
    flow
}

#[test]
fn a_worktree_whose_making_is_ended_is_made_by_the_command_that_is_proposed_next() {
    let (mut dice, mut seen) = (Dice::new(), BTreeMap::new());
    for _ in 0..stress(8) {
        let flow = Flow::new("feature");
        ended(&flow, &["worktree", "create", &flow.branch(), "--base", "contrib/ada"], 1 + dice.below(150));
        let data = next(&flow);
        let found = step(&data);
        assert!(["2.1", "2.2"].contains(&found.as_str()), "{data:#}");
        if found == "2.1" && do_as_told(&flow, &data).status != Some(0) {
            // The first command that writes takes back what was half made, the branch too: then it is made anew.
            let data = next(&flow);
            let done = do_as_told(&flow, &data);
            assert_eq!(done.status, Some(0), "{data:#} {done:?}");
        }
        *seen.entry(found).or_insert(0) += 1;
        let data = next(&flow);
        assert_eq!(step(&data), "2.2", "{data:#}");
        let tree = data["checkout"].as_str().expect("a checkout");
        assert_eq!(flow.git(&["-C", tree, "status", "--porcelain"]), "");
    }
    eprintln!("steps after the end: {seen:?}");
}

#[test]
fn an_archive_that_is_ended_half_way_is_completed_and_no_step_is_lost() {
    let (mut dice, mut seen) = (Dice::new(), BTreeMap::new());
    for _ in 0..stress(8) {
        let flow = merged();
        let page = text_of(&flow.root().join(flow.file()));
        let data = next(&flow);
        assert_eq!(step(&data), "4.5", "{data:#}");
        let proposed = do_as_told(&flow, &data).data();
        let id = proposed["proposal"]["id"].as_str().expect("an id").to_owned();
        ended(&flow, &["todo", "archive", "--todo", "login", "--confirm", &id], 1 + dice.below(120));
        let data = next(&flow);
        let found = step(&data);
        assert!(["4.5", "4.8"].contains(&found.as_str()), "{data:#}");
        if found == "4.5" {
            // Either it begins anew, or it completes what was begun and has nothing left to propose.
            let again = patiently(|| do_as_told(&flow, &data));
            if again.status == Some(0) {
                let id = again.data()["proposal"]["id"].as_str().expect("an id").to_owned();
                let words = ["todo", "archive", "--todo", "login", "--json", "--confirm", &id];
                let done = patiently(|| Call::new(binary()).args(words).folder(&flow.root()).run(&flow));
                assert_eq!(done.status, Some(0), "{done:?}");
            } else {
                assert_eq!(again.failure(), (20, "todo.unknown".to_owned()));
            }
        }
        *seen.entry(found).or_insert(0) += 1;
        assert_eq!(step(&next(&flow)), "4.8");
        let archived = flow.root().join("ARCHIVED").join(flow.file());
        assert_eq!(text_of(&archived), page, "the file is the same, once");
        assert!(!flow.root().join(flow.file()).exists() && !flow.tree().exists());
    }
    eprintln!("steps after the end: {seen:?}");
}

#[test]
fn a_repair_of_the_record_that_is_ended_leaves_the_old_record_or_the_right_one() {
    let mut dice = Dice::new();
    let flow = merged();
    for _ in 0..stress(8) {
        flow.record(Some(("2", "2.1", "implementation")));
        let old = text_of(&flow.root().join(flow.file()));
        let call = flow.asking(&flow.root(), &["todo", "reconcile"]).run(&flow).answer();
        let id = call["data"]["proposal"]["id"].as_str().expect("an id").to_owned();
        ended(&flow, &["todo", "reconcile", "--offline", "--todo", "login", "--confirm", &id], 1 + dice.below(60));
        let data = next(&flow);
        let new = text_of(&flow.root().join(flow.file()));
        assert_eq!((step(&data).as_str(), data["drift"] == json!([])), ("4.5", new != old), "{data:#}");
        assert!(new == old || new.contains("current_step: \"4.5\""), "{new}");
    }
}

#[test]
fn stress_of_many_who_confirm_the_same_step_exactly_one_wins() {
    for _ in 0..stress(1) {
        let flow = merged();
        flow.record(Some(("2", "2.1", "implementation")));
        let data = next(&flow);
        let id = data["proposal"]["id"].as_str().expect("an id");
        let words = format!("next --json --offline --todo login --confirm {id}");
        let (answers, took) = at_once(&flow, 16, &words);
        let lost = refused(&answers, &["proposal.used", "proposal.stale", "proposal.unknown"]);
        assert_eq!(lost, 15, "{answers:#?}");
        assert!(text_of(&flow.root().join(flow.file())).contains("current_step: \"4.5\""));
        assert_eq!(next(&flow)["drift"], json!([]));
        eprintln!("16 at once: one won in {took:?}");
    }
}

#[test]
fn stress_of_many_who_confirm_the_same_archive_exactly_one_wins() {
    for _ in 0..stress(1) {
        let flow = merged();
        let id = do_as_told(&flow, &next(&flow)).data()["proposal"]["id"].as_str().expect("an id").to_owned();
        let (answers, _) = at_once(&flow, 16, &format!("todo archive --todo login --json --confirm {id}"));
        let codes =
            ["proposal.used", "proposal.stale", "proposal.unknown", "todo.unknown", "todo.changed", "todo.exists"];
        assert_eq!(refused(&answers, &codes), 15, "{answers:#?}");
        assert!(flow.root().join("ARCHIVED").join(flow.file()).exists());
        assert_eq!(step(&next(&flow)), "4.8");
    }
}

#[test]
fn pull_requests_that_were_cut_off_anywhere_are_refused_and_never_half_believed() {
    let flow = merged();
    flow.pull_request("contrib/ada", "MERGED", false, "APPROVED");
    let whole = text_of(&flow.at("pr.json"));
    for end in (0..whole.len()).step_by(if stress(1) > 1 { 1 } else { 4 }) {
        flow.write("pr.json", &whole[..end]);
        let done = flow.asking(&flow.root(), &["next"]).run(&flow);
        assert_eq!(done.failure(), (20, "pr.unreadable".to_owned()), "cut at {end}");
    }
}

#[test]
fn a_todo_that_means_harm_is_refused_by_next_at_once_and_left_as_it_is() {
    let flow = merged();
    let aliases: String = (1..12)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")))
        .collect();
    for (what, front) in [
        ("aliases", format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{aliases}")),
        ("nested lists", format!("x: {}{}\n", "[".repeat(25_000), "]".repeat(25_000))),
        ("nested maps", format!("x: {}\n", "{a: ".repeat(12_000))),
        ("too much", format!("x: \"{}\"\n", "y".repeat(65 << 10))),
        ("doubles", "status: a\nstatus: b\n".to_owned()),
        ("no YAML", "x: [\n".to_owned()),
    ] {
        let page = format!("---\ntype: workflow-manifest\n{front}---\n");
        flow.put(&flow.file(), &page);
        for words in [&["next"][..], &["todo", "reconcile"]] {
            let done = flow.asking(&flow.root(), words).run(&flow);
            assert_eq!(done.failure(), (20, "todo.unreadable".to_owned()), "{what} {words:?}");
            assert!(done.took.as_secs() < 20, "{what}: {:?}", done.took);
        }
        assert_eq!(text_of(&flow.root().join(flow.file())), page, "{what}");
    }
}
