//! Costs held against an independent truth: generated trees of transcripts with every hazard, read in every order, twice, by many
//! at once, while they grow and after they are gone. `tests/transcripts/` makes the trees and knows nothing of the helper.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says how often it hit, and what it skips")]

#[path = "support/registry.rs"]
mod registry;
mod support;
#[path = "support/transcripts.rs"]
mod transcripts;

use std::time::Duration;

use registry::{Dice, stress};
use serde_json::Value;
use support::{Call, Repo, binary, text_of};
use transcripts::{Feed, Import, Tree, can_generate, data, money, object, pico, python};

/// Imports a tree that is all there and holds every figure against the truth.
fn is_true(flags: &[&str]) {
    let Some(tree) = Tree::new(flags) else { return };
    let first = tree.import();
    tree.is_whole(&first);
    assert_eq!(first.new, first.responses, "everything is new: {first:?}");
    assert_eq!(first.skipped_lines, tree.truth["broken"], "broken lines");
    tree.days_are_true("after one import");
    tree.months_are_true("after one import");
    tree.parts_are_true("after one import");
    let second = tree.import();
    tree.is_whole(&second);
    assert_eq!(second.new, 0, "nothing is new: {second:?}");
    tree.months_are_true("after two imports");
}

#[test]
fn plain_sessions_with_streamed_answers_equal_the_truth() {
    is_true(&["--profile", "plain", "--mib", "2", "--seed", "11"]);
}

#[test]
fn resumed_copies_sub_agents_and_dirt_equal_the_truth() {
    is_true(&["--profile", "safe", "--mib", "3", "--seed", "12"]);
}

#[test]
fn every_hazard_equals_the_truth() {
    is_true(&["--profile", "hard", "--mib", "4", "--seed", "13"]);
}

#[test]
fn the_29_february_is_a_day_and_the_hour_that_is_left_out_in_spring_is_none() {
    is_true(&["--profile", "hard", "--mib", "2", "--seed", "14", "--now", "2028-03-30T09:00:00Z"]);
}

#[test]
fn stress_trees_of_many_seeds_equal_the_truth() {
    let mut dice = Dice::new();
    for _ in 0..stress(2) {
        let seed = dice.below(1_000_000).to_string();
        let Some(tree) = Tree::new(&["--mib", "3", "--seed", &seed]) else { return };
        let told = tree.import();
        tree.is_whole(&told);
        assert_eq!(told.skipped_lines, tree.truth["broken"], "broken lines, seed {seed}");
        tree.months_are_true("a seed of chance");
        tree.parts_are_true("a seed of chance");
    }
}

#[test]
fn stress_two_readers_that_share_nothing_agree_on_what_the_truth_is() {
    let repo = Repo::new();
    if !can_generate(&repo) {
        return;
    }
    let count = stress(2).to_string();
    let done = python("second_reader.py").args(["--seeds", &count, "--mib", "1"]).run(&repo);
    assert_eq!(done.status, Some(0), "{}{}", done.stdout, done.stderr);
}

#[test]
fn the_second_reader_sees_what_is_altered() {
    let repo = Repo::new();
    if can_generate(&repo) {
        let done = python("second_reader.py").args(["--self-test"]).run(&repo);
        assert_eq!(done.status, Some(0), "{}{}", done.stdout, done.stderr);
    }
}

#[test]
fn a_repository_counts_what_happened_in_it_and_nothing_else() {
    let repo = Repo::new();
    if !can_generate(&repo) {
        return;
    }
    for name in ["north", "south"] {
        let root = repo.at("real").join(name);
        std::fs::create_dir_all(&root).unwrap();
        repo.git_in(&root, &["init", "-q", "-b", "main"]);
        repo.git_in(&root, &["commit", "-q", "--allow-empty", "-m", "start"]);
    }
    let real = repo.at("real").to_string_lossy().into_owned();
    let tree = Tree::of(repo, "config", &["--mib", "3", "--seed", "15", "--projects", &real]);
    for name in ["north", "south"] {
        let root = tree.repo.at("real").join(name);
        let own = |cwd: &str| std::path::Path::new(cwd).starts_with(&root);
        let truth: u128 = object(&tree.truth["cwds"]).filter(|(cwd, _)| own(cwd)).map(|(_, sum)| money(sum)).sum();
        assert!(truth > 0, "nothing happened in {name}: this proves nothing");
        let in_it = |words: &[&str]| tree.call(words).args(["--json"]).folder(&root).run(&tree.repo);
        data::<Import>(&in_it(&["cost", "import"]));
        let told: u128 = object(&tree.truth["months"]["UTC"])
            .filter_map(|(month, _)| data::<transcripts::Period>(&in_it(&["cost", "month", month])).total_usd)
            .map(|amount| pico(&amount))
            .sum();
        assert_eq!(told, truth, "{name}");
    }
}

#[test]
fn stress_transcripts_that_grow_between_imports_count_as_if_read_at_once() {
    let Some(tree) = Tree::apart(&["--mib", "2", "--seed", "16"]) else { return };
    let (mut dice, mut feed) = (Dice::new(), Feed::new(&tree.repo));
    let mut new = 0;
    let pause = 40 / stress(1).min(20);
    while feed.step(&mut dice) {
        if dice.below(pause) == 0 {
            new += tree.import().new;
        }
    }
    let last = tree.import();
    tree.is_whole(&last);
    // A response may be told apart later, when the line that it is a replay of is read: never the other way.
    assert!(new + last.new >= last.responses, "{new} before {last:?}");
    tree.days_are_true("after growing");
    tree.parts_are_true("after growing");
}

#[test]
fn imports_at_the_same_time_count_once() {
    let Some(tree) = Tree::new(&["--mib", "3", "--seed", "17"]) else { return };
    let script = "i=0; while [ $i -lt 4 ]; do \"$HELPER\" cost import --json > ../answer$i 2>../error$i & i=$((i+1)); done; wait";
    let call = Call::new("sh").args(["-c", script]).env("HELPER", binary().to_string_lossy());
    assert_eq!(call.env("WFO_NOW", tree.now.as_str()).run(&tree.repo).status, Some(0));
    let answer = |number: usize| {
        let text = text_of(&tree.repo.at(&format!("answer{number}")));
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("no answer ({error}): {text:?}"))
    };
    let answers: Vec<Value> = (0..4).map(answer).collect();
    assert!(answers.iter().all(|answer| answer["ok"] == true), "{answers:#?}");
    let new: u64 = answers.iter().filter_map(|answer| answer["data"]["new"].as_u64()).sum();
    assert_eq!(new, tree.truth["total"]["responses"], "each response is new to one of them: {answers:#?}");
    tree.is_whole(&tree.import());
    tree.months_are_true("after four imports at once");
}

#[test]
fn what_was_counted_stays_counted_when_transcripts_are_deleted() {
    let Some(tree) = Tree::new(&["--mib", "3", "--seed", "18"]) else { return };
    tree.import();
    let files = transcripts::transcripts(&tree.repo);
    for (number, path) in files.iter().enumerate() {
        std::fs::remove_file(path).unwrap();
        if number == files.len() / 2 {
            assert_eq!(tree.import().new, 0);
            tree.months_are_true("after half of the transcripts were deleted");
        }
    }
    tree.is_whole(&tree.import());
    tree.days_are_true("after all transcripts were deleted");
    std::fs::remove_dir_all(tree.repo.config().join("projects")).unwrap();
    let done = tree.call(&["cost", "import", "--json"]).run(&tree.repo);
    assert!(matches!(done.status, Some(0 | 20)), "{done:?}");
    tree.months_are_true("after the folder of the transcripts was deleted");
}

#[test]
fn what_was_counted_stays_counted_when_transcripts_are_replaced_or_cut_off() {
    let Some(tree) = Tree::new(&["--mib", "3", "--seed", "19"]) else { return };
    tree.import();
    let files = transcripts::transcripts(&tree.repo);
    for path in &files {
        let copy = path.with_extension("new");
        std::fs::copy(path, &copy).unwrap();
        std::fs::rename(&copy, path).unwrap();
    }
    let again = tree.import();
    assert_eq!(again.new, 0, "{again:?}");
    tree.months_are_true("after every transcript was replaced by its copy");
    for path in &files {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }
    assert_eq!(tree.import().new, 0);
    tree.months_are_true("after every transcript was cut in half");
    // Another file's content under the name: as when a name is used again.
    for pair in files.chunks_exact(2) {
        let copy = pair[0].with_extension("new");
        std::fs::copy(&pair[0], &copy).unwrap();
        std::fs::rename(&pair[1], &pair[0]).unwrap();
        std::fs::rename(&copy, &pair[1]).unwrap();
    }
    assert_eq!(tree.import().responses, tree.truth["total"]["responses"]);
}

/// Starts an import and kills it after some time; says whether it answered before.
fn killed(tree: &Tree, after: Duration) -> bool {
    let script = ": > ../answer; \"$HELPER\" cost import --json > ../answer 2>/dev/null & p=$!; sleep $AFTER; \
        kill -9 $p 2>/dev/null; wait $p; exit 0";
    let call = Call::new("sh").args(["-c", script]).env("AFTER", format!("{:.4}", after.as_secs_f64()));
    call.env("HELPER", binary().to_string_lossy()).env("WFO_NOW", tree.now.as_str()).run(&tree.repo);
    serde_json::from_str::<Value>(&text_of(&tree.repo.at("answer"))).is_ok_and(|answer| answer["ok"] == true)
}

#[test]
fn stress_an_import_killed_at_any_moment_loses_nothing_and_counts_nothing_twice() {
    let mut dice = Dice::new();
    let (mut hit, mut all) = (0, 0);
    for round in 0..stress(2) {
        let seed = (round + 20).to_string();
        let Some(tree) = Tree::apart(&["--mib", "2", "--seed", &seed]) else { return };
        let mut feed = Feed::new(&tree.repo);
        let mut longest = Duration::from_millis(60);
        let mut more = true;
        while more {
            for _ in 0..1 + dice.below(12) {
                more = feed.step(&mut dice);
            }
            let part = u32::try_from(dice.below(1_000)).unwrap();
            let answered = killed(&tree, longest * part / 1_000);
            (hit, all) = (hit + usize::from(!answered), all + 1);
            if dice.below(3) == 0 {
                let done = tree.call(&["cost", "import", "--json"]).run(&tree.repo);
                data::<Import>(&done);
                longest = done.took.mul_f64(1.2);
            } else if !answered {
                continue;
            }
            // What an import acknowledged is safe without its transcripts.
            while dice.below(4) == 0 && feed.forget(&mut dice) {}
        }
        tree.is_whole(&tree.import());
        tree.months_are_true("after kills");
        tree.parts_are_true("after kills");
        assert_eq!(tree.import().new, 0);
    }
    eprintln!("{hit} of {all} kills came before the answer");
    assert!(hit > 0, "no kill hit work under way: this proves nothing");
}
