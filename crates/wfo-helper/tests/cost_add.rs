//! `cost add`: what no transcript tells, by every flag, refused where it cannot be, and safe with many writers and with
//! writers that are killed.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![allow(clippy::print_stderr, reason = "a stress test says how often it hit, and what it skips")]

#[path = "support/cost.rs"]
mod cost;
#[path = "support/registry.rs"]
mod registry;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use cost::{Reply, adds_up, call, cost, files, import, kept, ledger, page, parts, seen, told, total};
use registry::{Dice, at_once, refused, stress};
use serde_json::{Value, json};
use support::{Call, Repo, binary};

/// Enters and returns what was answered.
fn add(repo: &Repo, words: &str) -> Value {
    let words: Vec<&str> = std::iter::once("add").chain(words.split(' ')).collect();
    cost(repo, &words).data()
}

/// Returns exit status and code of an entry that is refused, after proving that nothing was written.
fn refuse(repo: &Repo, words: &[&str]) -> (i32, String) {
    let before = seen(&repo.at(""));
    let failure = cost(repo, &[&["add"], words].concat()).failure();
    assert_eq!(seen(&repo.at("")), before, "{words:?}");
    failure
}

#[test]
fn every_flag_reaches_the_ledger() {
    let repo = Repo::new();
    let data = add(
        &repo,
        "--model claude-opus-5-5 --input 1000 --output 2000 --cache-read 3000 --cache-write 4000 --cache-write-1h 5000 \
         --requests 7 --batch --feature login --branch feature/login --skill review --day 2026-11-19 --id x-1",
    );
    let row = ledger(&repo).remove(0);
    let tokens =
        json!({"input": 1000, "output": 2000, "cache_read": 3000, "cache_write_5m": 4000, "cache_write_1h": 5000});
    // (1000 x 4 + 2000 x 20 + 3000 x 0.2 + 4000 x 5 + 5000 x 8) / 10^6, half of it as a batch
    assert_eq!((row["usd"].to_string().as_str(), &row["tokens"]), ("0.0523", &tokens), "{row:#}");
    for (key, value) in [
        ("day", "2026-11-19"),
        ("zone", "UTC"),
        ("kind", "inference"),
        ("model", "claude-opus-5-5"),
        ("project", "project"),
        ("branch", "feature/login"),
        ("skill", "review"),
        ("feature", "login"),
        ("source", "manual"),
        ("id", "x-1"),
    ] {
        assert_eq!(row[key], value, "{row:#}");
    }
    assert!(row["service_tier"].as_str().unwrap().contains("batch") && row["price_as_of"].is_string(), "{row:#}");
    assert_eq!((&row["requests"], row.get("session")), (&json!(7), None));
    assert_eq!((&data["applied"], &data["usd"], &data["id"]), (&json!(true), &row["usd"], &row["id"]));
    assert_eq!(page(&repo, "daily-2026-11-19.json")["total"], row["usd"]);
    adds_up(&repo, "2026-11");
}

#[test]
fn machines_storage_and_services_are_amounts_of_their_own() {
    let repo = Repo::new();
    add(&repo, "--kind compute --usd 3.58 --model runpod-a100");
    add(&repo, "--kind storage --usd $0.021");
    add(&repo, "--kind api --usd 1e-7 --feature search");
    let day = page(&repo, "daily-2026-11-21.json");
    assert_eq!(day["compute"], json!({"runpod-a100": 3.58}));
    assert_eq!((day["api"]["search"].to_string().as_str(), day["total"].to_string().as_str()), ("1e-7", "3.6010001"));
    let line = cost(&repo, &["today"]).stdout;
    assert!(line.contains("\"usd\":0.0000001"), "plain decimals: {line}");
    let data = cost(&repo, &["today"]).data();
    assert_eq!(parts(&data, "by_category")[..2], ["compute 3.58", "storage 0.021"]);
    assert_eq!((&data["requests"], &data["sessions"]), (&json!(0), &json!(0)));
    let month = page(&repo, "mtd.json");
    assert_eq!(month["categories"]["storage"].to_string(), "0.021");
}

#[test]
fn the_same_id_replaces_and_leaves_no_day_behind() {
    let repo = Repo::new();
    add(&repo, "--kind compute --usd 5 --id pod --day 2026-11-20");
    add(&repo, "--kind compute --usd 5 --id pod --day 2026-11-20");
    assert_eq!((total(&repo, &["month"]).as_str(), ledger(&repo).len()), ("5", 2));
    let moved = add(&repo, "--kind compute --usd 7 --id pod");
    assert_eq!(moved["ledger"]["rows"], 1);
    assert_eq!(total(&repo, &["month"]), "7");
    assert_eq!(page(&repo, "daily-2026-11-20.json")["total"].to_string(), "0", "the day it was moved from");
    adds_up(&repo, "2026-11");
    add(&repo, "--kind compute --usd 0 --id pod");
    assert_eq!(total(&repo, &["month"]), "0");
    adds_up(&repo, "2026-11");
}

#[test]
fn entries_without_an_id_are_each_one_and_survive_imports() {
    let repo = Repo::new();
    add(&repo, "--kind api --usd 1");
    add(&repo, "--kind api --usd 1");
    told(&repo, &[Reply::new("s", "2026-11-21T08:00:00.000Z", &repo.root(), 50)]);
    assert_eq!(total(&repo, &["today"]), "2.5", "before the import too");
    import(&repo);
    add(&repo, "--kind api --usd 1");
    import(&repo);
    assert_eq!(total(&repo, &["today"]), "3.5");
    let ids: BTreeSet<String> = ledger(&repo).iter().filter_map(|row| Some(row["id"].as_str()?.to_owned())).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let repo = Repo::new();
    let (amount, usage) = ((20, "cost.amount-invalid".to_owned()), (64, "usage.invalid".to_owned()));
    for words in [
        &["--kind", "api", "--usd", "-1"][..],
        &["--kind", "api", "--usd", "-0.0000000001"],
        &["--kind", "api", "--usd", "lots"],
        &["--kind", "api", "--usd", ""],
        &["--kind", "api", "--usd", "NaN"],
        &["--kind", "api", "--usd", "1e99"],
        &["--kind", "api", "--usd", "99999999999999999999999"],
        &["--kind", "api", "--usd", "1\u{1b}[31m"],
        &["--model", "claude-opus-5-5", "--input", "18446744073709551615"],
        &["--model", "claude-opus-5-5", "--input", "18446744073709551615", "--output", "18446744073709551615"],
        &["--input", "10", "--output", "10"],
    ] {
        assert_eq!(refuse(&repo, words), amount, "{words:?}");
    }
    for words in [
        &[][..],
        &["--model", "claude-opus-5-5"],
        &["--kind", "compute"],
        &["--kind", "compute", "--model", "runpod", "--input", "5"],
        &["--kind", "rent", "--usd", "1"],
        &["--kind", "api", "--usd", "1", "--day", "2026-02-29"],
        &["--kind", "api", "--usd", "1", "--day", "today"],
        &["--model", "claude-opus-5-5", "--input", "-5"],
        &["--model", "claude-opus-5-5", "--input", "1.5"],
        &["--model", "claude-opus-5-5", "--input", "18446744073709551616"],
    ] {
        assert_eq!(refuse(&repo, words), usage, "{words:?}");
    }
    assert_eq!(refuse(&repo, &["--model", "gpt-99", "--input", "5"]), (20, "model.unknown".to_owned()));
}

#[test]
fn a_model_without_a_price_can_be_entered_with_what_it_cost() {
    let repo = Repo::new();
    let data = add(&repo, "--model gpt-99 --input 5 --usd 0.5");
    assert_eq!(data["usd"].to_string(), "0.5");
    assert!(ledger(&repo)[0].get("price_as_of").is_none());
}

#[test]
fn the_largest_counts_do_not_overflow() {
    let repo = Repo::new();
    for id in ["a", "b", "c"] {
        add(&repo, &format!("--kind api --usd 999999999999999999 --id {id}"));
        add(
            &repo,
            &format!("--model claude-opus-5-5 --input 1000000000000 --requests 18446744073709551615 --id t{id}"),
        );
    }
    for words in [&["today"][..], &["month"], &["report"], &["feature"], &["budget", "--request", "999999999999999999"]]
    {
        cost(&repo, words).data();
    }
    import(&repo);
    assert!(total(&repo, &["today"]).starts_with('3'), "three million million million and some");
}

#[test]
fn the_29_february_is_a_day_to_enter_on() {
    let repo = Repo::new();
    let data = add(&repo, "--kind api --usd 1 --day 2028-02-29");
    assert_eq!((data["day"].as_str(), total(&repo, &["month", "2028-02"]).as_str()), (Some("2028-02-29"), "1"));
}

#[test]
fn a_ledger_that_nobody_can_read_is_not_written_to() {
    let repo = Repo::new();
    repo.put("costs/ledger.jsonl", "<<<<<<< HEAD\n");
    let words = ["--kind", "api", "--usd", "1"];
    assert_eq!(refuse(&repo, &words), (20, "cost.file-invalid".to_owned()));
    repo.put("costs/ledger.jsonl", "<<<<<<< HEAD\n{\"day\": \"2026-11-20\", \"usd\": 2, \"kind\": \"api\"}");
    let done = cost(&repo, &[&["add"], &words[..]].concat());
    assert_eq!(done.data()["ledger"]["rows"], 2);
    assert_eq!(total(&repo, &["month"]), "3", "a line that nobody ended is ended first");
    assert!(kept(&repo, "ledger.jsonl").starts_with("<<<<<<< HEAD\n"), "what cannot be read stays");
}

#[test]
fn a_long_ledger_is_compacted_and_says_the_same() {
    let repo = Repo::new();
    let row = |id: usize, usd: usize| {
        format!(
            "{{\"day\": \"2026-11-20\", \"kind\": \"api\", \"usd\": {usd}, \"source\": \"manual\", \"id\": \"{id}\", \"mine\": 1}}\n"
        )
    };
    let lines: String = (0..1_200).map(|number| row(number % 400, number)).collect();
    repo.put("costs/ledger.jsonl", &format!("{lines}no line\n"));
    let before = total(&repo, &["month"]);
    add(&repo, "--kind api --usd 0.5 --id 3");
    let text = kept(&repo, "ledger.jsonl");
    assert!(
        text.lines().count() == 401 && text.contains("no line\n") && text.contains("\"mine\": 1"),
        "{}",
        text.len()
    );
    let after: f64 = total(&repo, &["month"]).parse().unwrap();
    assert!((before.parse::<f64>().unwrap() - 803.0 + 0.5 - after).abs() < 1e-6, "{before} {after}");
}

#[test]
fn stress_of_many_who_enter_at_once_nothing_is_lost() {
    let repo = Repo::new();
    told(&repo, &[Reply::new("s", "2026-11-21T08:00:00.000Z", &repo.root(), 100)]);
    let count = stress(20);
    let words = "cost $([ $((i % 5)) = 0 ] && echo import || echo add --kind api --usd 0.01 --id e$i) --json";
    let (answers, took) = at_once(&repo, count, words);
    assert_eq!(refused(&answers, &[]), 0);
    eprintln!("{count} processes in {took:?}");
    let rows = ledger(&repo);
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let entered = count - count.div_ceil(5);
    assert_eq!((ids.len(), rows.len()), (entered, entered + 1), "each line is there, once");
    import(&repo);
    adds_up(&repo, "2026-11");
    let cents: f64 = total(&repo, &["today"]).parse::<f64>().unwrap() * 100.0;
    assert_eq!(cents.round().to_string(), (100 + entered).to_string());
    let litter: Vec<String> = files(&repo).into_iter().filter(|name| name.contains(".wfo-")).collect();
    assert_eq!(litter, Vec::<String>::new());
}

#[test]
fn stress_an_entry_that_was_acknowledged_survives_kills_and_stands_once() {
    let repo = Repo::new();
    let mut dice = Dice::new();
    let rounds = stress(30);
    let mut acknowledged = BTreeMap::new();
    let (mut hit, mut longest) = (0, 40_000);
    for round in 0..rounds {
        let script = ": > ../answer; \"$HELPER\" cost add --kind api --usd 0.01 --id $ID --json > ../answer & p=$!\n\
            sleep $AFTER; kill -9 $p 2>/dev/null; wait $p 2>/dev/null; exit 0";
        let after = format!("{:.4}", dice.below(longest) as f64 / 1_000_000.0);
        let call = Call::new("sh").args(["-c", script]).env("AFTER", after).env("ID", format!("k{round}"));
        call.env("HELPER", binary().to_string_lossy()).run(&repo);
        let answer = support::text_of(&repo.at("answer"));
        if serde_json::from_str::<Value>(&answer).is_ok_and(|answer| answer["ok"] == true) {
            acknowledged.insert(format!("k{round}"), ());
            longest = longest * 9 / 10;
        } else {
            hit += 1;
            longest = longest * 12 / 10;
        }
    }
    eprintln!("{hit} of {rounds} kills came before the answer");
    assert!(hit > 0 && !acknowledged.is_empty(), "{hit} of {rounds}: this proves nothing");
    add(&repo, "--kind api --usd 1 --id last");
    let text = kept(&repo, "ledger.jsonl");
    let whole = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for row in whole {
        *count.entry(row["id"].as_str().expect("an id").to_owned()).or_default() += 1;
    }
    assert!(acknowledged.keys().all(|id| count.get(id) == Some(&1)), "{acknowledged:?} {count:?}");
    assert!(count.values().all(|times| *times == 1), "{count:?}");
    adds_up(&repo, "2026-11");
    assert_eq!(call(&["import"]).run(&repo).data()["ledger"]["written"], json!([]), "nothing is left to put right");
}
