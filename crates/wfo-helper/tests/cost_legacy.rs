//! The hand-written files of an older life: every shape becomes ledger rows, the originals stay as `.bak`, nothing is counted
//! twice, and a crash between two steps changes nothing.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
mod support;

use std::collections::BTreeMap;

use cost::{Reply, adds_up, codes, cost, files, import, kept, ledger, page, parts, told, total};
use serde_json::{Value, json};
use support::{Repo, text_of, tree::picture};

/// A daily file in which the sum, and each model beside it, would be counted twice.
const DOUBLED: &str =
    "{\"llm\": 0.45, \"llm_claude\": 0.40, \"llm_qwen\": 0.05, \"compute\": 0.10, \"total\": 1.00, \"sessions\": 2}";
/// A daily file by category.
const NESTED: &str = "{\"inference\": {\"claude\": 1.20, \"deepseek\": 0.30}, \"compute\": {\"runpod\": 0.50}, \
    \"storage\": {\"supabase\": 0.25}, \"api\": {\"voyage\": 0.25}, \"total\": 2.50}";

/// Returns `day kind name amount feature` of the rows of an older life, sorted.
fn legacy(repo: &Repo) -> Vec<String> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let rows = ledger(repo).into_iter().filter(|row| row["source"] == "legacy");
    let mut rows: Vec<String> = rows
        .map(|row| {
            let aside = if row["overlap"] == true { " overlaps" } else { "" };
            let [day, kind, model, feature] = ["day", "kind", "model", "feature"].map(|key| word(&row, key));
            format!("{} {kind} {model} {} {feature}{aside}", &day[8..], row["usd"])
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn every_shape_of_the_old_files_becomes_rows_that_count_once() {
    for (text, total_of_day, rows) in [
        (DOUBLED, "0.55", vec!["20 compute - 0.1 -", "20 inference claude 0.4 -", "20 inference qwen 0.05 -"]),
        (
            NESTED,
            "2.5",
            vec![
                "20 api voyage 0.25 -",
                "20 compute runpod 0.5 -",
                "20 inference claude 1.2 -",
                "20 inference deepseek 0.3 -",
                "20 storage supabase 0.25 -",
            ],
        ),
        ("{\"date\": \"2026-11-20\", \"total\": 0.47}", "0.47", vec!["20 inference - 0.47 -"]),
        (
            "{\"claude\": 0.45, \"deepseek\": 0.02}",
            "0.47",
            vec!["20 inference claude 0.45 -", "20 inference deepseek 0.02 -"],
        ),
        ("{\"total\": 1}\n{\"total\": 2}\n", "3", vec!["20 inference - 3 -"]),
    ] {
        let repo = Repo::new();
        repo.put("costs/daily-2026-11-20.json", text);
        let done = cost(&repo, &["import"]);
        assert_eq!(done.data()["ledger"]["taken"], json!(["costs/daily-2026-11-20.json"]), "{text}");
        assert_eq!(legacy(&repo), rows, "{text}");
        assert!(codes(&done).contains(&"cost.legacy".to_owned()), "{text}: {done:?}");
        assert_eq!(kept(&repo, "daily-2026-11-20.json.bak"), text, "the original stays byte for byte");
        assert_eq!(page(&repo, "daily-2026-11-20.json")["total"].to_string(), total_of_day);
        assert_eq!(total(&repo, &["month"]), total_of_day, "{text}");
        adds_up(&repo, "2026-11");
    }
}

/// A repository with all files of an older life.
fn old() -> Repo {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-19.json", DOUBLED);
    repo.put("costs/daily-2026-11-20.json", NESTED);
    let month = "{\"month\": \"2026-11\", \"budget\": 60, \"categories\": {\"llm\": 3.95, \"llm_claude\": 3.95, \"compute\": 0.6, \
        \"storage\": 0.25, \"api\": 0.25}, \"total\": 9.00}";
    repo.put("costs/mtd.json", month);
    repo.put(
        "costs/by-feature.jsonl",
        "{\"feature\": \"login\", \"cost\": 0.20, \"date\": \"2026-11-19\"}\n\
         {\"task\": \"research\", \"topic\": \"db\", \"cost\": 0.50, \"date\": \"2026-11-20\"}\n\
         {\"feature\": \"search\", \"costs\": {\"llm_cost\": 0.75, \"total\": 0.75}, \"date\": \"2026-11-10\"}\n",
    );
    repo
}

#[test]
fn all_old_files_together_are_taken_over_once_and_a_second_import_adds_nothing() {
    let repo = old();
    let before = files(&repo);
    let first = import(&repo);
    assert_eq!(first["ledger"]["taken"].as_array().map(Vec::len), Some(4), "{first:#}");
    // days 0.55 and 2.50, a feature's own day 0.75, and what the running total (5.05) knows beyond them
    assert_eq!(total(&repo, &["month"]), "5.05");
    assert_eq!(page(&repo, "mtd.json")["total"].to_string(), "5.05");
    for name in &before {
        assert!(files(&repo).contains(&format!("{name}.bak")), "{name}: {:?}", files(&repo));
    }
    let features = cost(&repo, &["feature"]).data();
    let names: Vec<String> = features["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["feature"].as_str().unwrap(), row["usd"]))
        .collect();
    assert_eq!(names, ["search 0.75", "db 0.5", "login 0.2"]);
    let picture_of = picture(&repo.root().join("costs"));
    let second = import(&repo);
    assert_eq!((&second["ledger"]["appended"], &second["ledger"]["taken"]), (&json!(0), &json!([])));
    assert_eq!(picture(&repo.root().join("costs")), picture_of);
    adds_up(&repo, "2026-11");
}

#[test]
fn the_budget_of_an_old_running_total_is_not_forgotten() {
    let repo = old();
    let monthly = |repo: &Repo| {
        let limits = cost(repo, &["budget"]).data()["limits"].clone();
        let limits = limits.as_array().unwrap().clone();
        limits.into_iter().find(|row| row["scope"] == "monthly" && row["kind"] == "soft").unwrap()["limit_usd"].clone()
    };
    assert_eq!(monthly(&repo), 60);
    import(&repo);
    assert_eq!(monthly(&repo), 60, "the file that said so is a .bak now");
    assert_eq!(page(&repo, "mtd.json")["budget"], 60);
    let december = cost::call(&["import"]).env("WFO_NOW", "2026-12-02T09:00:00Z").run(&repo);
    december.data();
    assert_eq!(page(&repo, "mtd.json")["month"], "2026-12");
}

#[test]
fn an_entry_by_hand_takes_the_old_files_over_too() {
    let repo = old();
    let data = cost(&repo, &["add", "--kind", "api", "--usd", "1"]).data();
    assert_eq!(data["ledger"]["taken"].as_array().map(Vec::len), Some(4), "{data:#}");
    assert_eq!(total(&repo, &["month"]), "6.05");
    adds_up(&repo, "2026-11");
}

#[test]
fn what_transcripts_tell_too_is_set_aside_and_said() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-20.json", NESTED);
    told(&repo, &[Reply::new("s", "2026-11-20T08:00:00.000Z", &repo.root(), 110)]);
    let done = cost(&repo, &["import"]);
    assert_eq!(
        legacy(&repo),
        [
            "20 api voyage 0.25 -",
            "20 compute runpod 0.5 -",
            "20 inference claude 1.2 - overlaps",
            "20 inference deepseek 0.3 -",
            "20 storage supabase 0.25 -",
        ]
    );
    let note = done.answer()["diagnostics"].to_string();
    assert!(note.contains("does not count, since transcripts tell of 2026-11-20 too"), "{note}");
    assert_eq!(total(&repo, &["day", "2026-11-20"]), "2.4", "1.10 of the transcript, 1.30 of nobody else");
    import(&repo);
    assert_eq!(total(&repo, &["day", "2026-11-20"]), "2.4");
    adds_up(&repo, "2026-11");
}

/// Returns what counts of a ledger: amount by id, the last line of each, with what is set aside left out.
fn amounts(ledger: &str) -> BTreeMap<String, String> {
    let rows = ledger.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let rows = rows.filter(|row| row["overlap"] != true);
    rows.map(|row| (row["id"].as_str().expect("an id").to_owned(), row["usd"].to_string())).collect()
}

#[test]
fn a_crash_between_the_steps_counts_nothing_twice_and_loses_nothing() {
    let whole = old();
    import(&whole);
    let expected = total(&whole, &["month"]);
    let lines = kept(&whole, "ledger.jsonl");
    let back = |repo: &Repo, name: &str| {
        let costs = repo.root().join("costs");
        std::fs::copy(costs.join(format!("{name}.bak")), costs.join(name)).unwrap();
        std::fs::remove_file(costs.join(format!("{name}.bak"))).unwrap();
    };
    // In the order in which they are renamed.
    let old_files = ["daily-2026-11-19.json", "daily-2026-11-20.json", "by-feature.jsonl", "mtd.json"];
    // After half a line, some of them, or all: none or the first files were renamed, none or some were made anew.
    for cut in [1, lines.len() / 2, lines.len() - 1, lines.len()] {
        for renamed in 0..=old_files.len() {
            if cut < lines.len() && renamed > 0 {
                continue;
            }
            let repo = old();
            import(&repo);
            for name in &old_files[renamed..] {
                back(&repo, name);
            }
            for name in &old_files[..renamed] {
                std::fs::remove_file(repo.root().join("costs").join(name)).unwrap();
            }
            wfo_base::atomic::write(&repo.root().join("costs/ledger.jsonl"), &lines.as_bytes()[..cut]).unwrap();
            let at = format!("{cut} of {} bytes, {renamed} files renamed", lines.len());
            let done = cost(&repo, &["import"]);
            if cut > 0 && !lines.as_bytes()[..cut].contains(&b'\n') && cut < lines.find('\n').unwrap() {
                assert_eq!(done.failure().1, "cost.file-invalid", "{at}: half a line alone is no ledger");
                continue;
            }
            done.data();
            assert_eq!(amounts(&kept(&repo, "ledger.jsonl")), amounts(&lines), "{at}");
            assert_eq!(total(&repo, &["month"]), expected, "{at}");
            for name in old_files {
                assert!(files(&repo).contains(&format!("{name}.bak")), "{at}: {name}");
            }
            adds_up(&repo, "2026-11");
        }
    }
}

#[test]
fn an_original_that_was_kept_before_is_not_overwritten() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-20.json.bak", "the first\n");
    repo.put("costs/daily-2026-11-20.json", "{\"total\": 2}");
    import(&repo);
    assert_eq!(kept(&repo, "daily-2026-11-20.json.bak"), "the first\n");
    let second = files(&repo).into_iter().find(|name| name.ends_with("1.bak")).expect("a second .bak");
    assert_eq!(kept(&repo, &second), "{\"total\": 2}");
}

#[test]
fn an_old_file_that_cannot_be_read_is_left_where_it_is_and_named() {
    for text in ["{\"total\": 12.", "[1, 2]", "{\"total\": -5}", "\u{0}\u{1}", ""] {
        let repo = Repo::new();
        repo.put("costs/daily-2026-11-20.json", text);
        repo.put("costs/daily-2026-11-19.json", "{\"total\": 2}");
        let done = cost(&repo, &["import"]);
        assert_eq!(done.data()["ledger"]["taken"], json!(["costs/daily-2026-11-19.json"]), "{text:?}");
        assert_eq!(kept(&repo, "daily-2026-11-20.json"), text, "{text:?}");
        assert!(codes(&done).contains(&"cost.file-invalid".to_owned()), "{text:?}: {done:?}");
        // Spend of that very day is not written over it either.
        cost(&repo, &["add", "--kind", "api", "--usd", "1", "--day", "2026-11-20"]).data();
        assert_eq!(kept(&repo, "daily-2026-11-20.json"), text, "{text:?}");
        assert_eq!(total(&repo, &["month"]), "3", "{text:?}");
    }
}

#[test]
fn what_a_person_appends_to_a_file_of_ours_is_taken_over_too() {
    let repo = Repo::new();
    cost(&repo, &["add", "--kind", "api", "--usd", "1"]).data();
    let path = repo.root().join("costs/daily-2026-11-21.json");
    let ours = text_of(&path);
    repo.put("costs/daily-2026-11-21.json", &format!("{ours}{{\"inference\": {{\"qwen\": 0.5}}, \"total\": 0.5}}\n"));
    import(&repo);
    assert_eq!(legacy(&repo), ["21 inference qwen 0.5 -"]);
    let today = cost(&repo, &["today"]).data();
    assert_eq!(
        (today["total_usd"].to_string().as_str(), parts(&today, "by_model")),
        ("1.5", vec!["- 1".into(), "qwen 0.5".into()])
    );
    import(&repo);
    assert_eq!(total(&repo, &["today"]), "1.5");
    adds_up(&repo, "2026-11");
}
