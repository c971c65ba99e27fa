//! The costs of `start-day`: ledger, the older files where there is none, budgets, alerts, and what cannot be known.
#![allow(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::Repo;

/// Returns `[today, month, budget, remaining, percent]`, as written in the answer.
fn figures(data: &Value) -> String {
    ["today_usd", "month_usd", "budget_usd", "remaining_usd", "percent_used"]
        .map(|key| data["costs"][key].to_string())
        .join(" ")
}

fn alerts(data: &Value) -> Vec<String> {
    let alerts = data["costs"]["alerts"].as_array().expect("alerts").iter();
    alerts.map(|alert| format!("{} {} {}", alert["scope"], alert["level"], alert["percent"]).replace('"', "")).collect()
}

const NOVEMBER: &str = "{\"month\": \"2026-11\", \"budget\": 100.0, \"total\": 12.34}";

#[test]
fn files_of_the_old_shape_are_read_where_there_is_no_ledger() {
    let repo = Repo::new();
    repo.put(
        "costs/daily-2026-11-21.json",
        "{\"inference\": {\"claude\": 0.45, \"deepseek\": 0.02}, \"compute\": {\"runpod\": 0.00}, \"total\": 0.47}",
    );
    repo.put("costs/mtd.json", NOVEMBER);
    repo.put("costs/by-feature.jsonl", "{\"feature\": \"a\", \"cost\": 0.40}\n{\"feature\": \"b\", \"cost\": 0.50}\n");
    let data = repo.brief();
    assert_eq!(figures(&data), "0.47 12.34 100 87.66 12.3");
    assert_eq!(
        (&data["costs"]["average_task_usd"], &data["costs"]["budget_origin"]),
        (&json!(0.45), &json!("repository"))
    );
}

#[test]
fn a_ledger_is_the_truth_and_the_other_files_are_not_looked_at() {
    let repo = Repo::new();
    let row = |session: &str, day: &str, usd: &str| {
        format!(
            "{{\"session\": \"{session}\", \"day\": \"{day}\", \"model\": \"m\", \"kind\": \"inference\", \"usd\": {usd}}}\n"
        )
    };
    let rows = [
        row("a", "2026-11-21", "0.1"),
        row("b", "2026-11-21", "0.2"),
        row("a", "2026-11-21", "0.1"),
        row("c", "2026-11-02", "4"),
        row("d", "2026-10-31", "50"),
    ];
    repo.put("costs/ledger.jsonl", &rows.concat());
    repo.put("costs/mtd.json", NOVEMBER);
    assert_eq!(
        figures(&repo.brief()),
        "0.3 4.3 100 95.7 4.3",
        "a row that stands twice counts once; no 0.30000000000000004"
    );
}

#[test]
fn a_doubled_total_and_a_new_month_are_seen_through() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-21.json", "{\"llm\": 0.45, \"llm_claude\": 0.4, \"llm_qwen\": 0.05, \"total\": 0.9}");
    assert_eq!(figures(&repo.brief()), "0.45 0.45 100 99.55 0.4", "half a tenth goes to the even side");
    repo.put("costs/mtd.json", "{\"month\": \"2026-10\", \"budget\": 100, \"total\": 80}");
    assert_eq!(figures(&repo.brief()), "0.45 0.45 100 99.55 0.4", "October's total is not November's");
}

#[test]
fn a_broken_month_is_unknown_and_the_day_stands() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-21.json", "{\"total\": 2}");
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"total\": 12.");
    let done = repo.noted();
    assert_eq!(figures(&done.data()), "2 null 100 null null");
    assert_eq!(done.codes(), ["cost.file-invalid"]);
    let note = done.answer()["diagnostics"][0].clone();
    assert_eq!((&note["severity"], &note["where"]["file"]), (&json!("warning"), &json!("costs/mtd.json")));
}

#[test]
fn a_budget_of_zero_has_no_percentage() {
    let repo = Repo::new();
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"budget\": 0, \"total\": 5}");
    let data = repo.brief();
    assert_eq!((figures(&data).as_str(), alerts(&data)), ("0 5 0 -5 null", vec!["monthly critical null".to_owned()]));
}

#[test]
fn alerts_come_at_the_threshold_and_not_only_above_it() {
    let repo = Repo::new();
    let spend = |usd: &str| {
        repo.put("costs/daily-2026-11-21.json", &format!("{{\"total\": {usd}}}"));
        alerts(&repo.brief())
    };
    assert_eq!(spend("3.99"), Vec::<String>::new());
    assert_eq!(spend("4"), ["daily warning 80.0"]);
    assert_eq!(spend("5"), ["daily critical 100.0"]);
    assert_eq!(spend("120"), ["daily critical 2400.0", "weekly critical 480.0", "monthly critical 120.0"]);
}

#[test]
fn the_repositorys_budget_counts_before_the_users_and_that_before_the_default() {
    let repo = Repo::new();
    let budget = || {
        let data = repo.brief();
        (data["costs"]["budget_usd"].clone(), data["costs"]["budget_origin"].clone())
    };
    assert_eq!(budget(), (json!(100), json!("default")));
    repo.put_config("wfo/budgets.yaml", "budgets:\n  monthly: {soft_limit: 40, hard_limit: 60}\n");
    assert_eq!(budget(), (json!(40), json!("user")));
    repo.put("costs/budget-config.json", "{\"budgets\": {\"monthly\": {\"soft_limit\": 20.50, \"hard_limit\": 30}}}");
    assert_eq!(budget(), (json!(20.5), json!("repository")));
}

#[test]
fn money_is_written_in_plain_decimal_notation() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-21.json", "{\"total\": 1e-7}");
    repo.put("costs/daily-2026-11-20.json", "{\"total\": 0.1}");
    repo.put("costs/daily-2026-11-19.json", "{\"total\": 0.2}");
    repo.put("costs/budget-config.json", "{\"budgets\": {\"monthly\": {\"soft_limit\": 1e2, \"hard_limit\": 150}}}");
    let line = repo.helper(&["start-day", "--json"]).stdout;
    let costs = line.split("\"costs\":").nth(1).expect("costs");
    assert!(costs.starts_with("{\"today_usd\":0.0000001,\"month_usd\":0.3000001,\"budget_usd\":100,"), "{costs}");
}

#[test]
fn a_day_is_a_day_of_the_users_zone() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-21.json", "{\"total\": 1}");
    repo.put("costs/daily-2026-11-22.json", "{\"total\": 2}");
    let today = |zone: &str, now: &str| {
        let done = repo.call(&["start-day", "--json"]).env("TZ", zone).env("WFO_NOW", now).run(&repo);
        done.data()["costs"]["today_usd"].clone()
    };
    assert_eq!(today("UTC", "2026-11-21T23:30:00Z"), 1);
    assert_eq!(today("Europe/Berlin", "2026-11-21T23:30:00Z"), 2);
    assert_eq!(today("America/New_York", "2026-11-22T01:00:00Z"), 1);
}

#[test]
fn a_repository_does_not_loosen_the_users_budget() {
    let repo = Repo::new();
    repo.put_config("wfo/budgets.yaml", "budgets:\n  monthly: {soft_limit: 20, hard_limit: 50}\n");
    repo.put("costs/budget-config.json", "{\"budgets\": {\"monthly\": {\"soft_limit\": 1000000}}}");
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"total\": 25}");
    let data = repo.brief();
    assert_eq!(alerts(&data), ["monthly critical 125.0"]);
    assert_eq!(
        (&data["costs"]["budget_usd"], &data["costs"]["budget_origin"]),
        (&json!(1_000_000), &json!("repository"))
    );
}

#[test]
fn a_running_total_that_names_no_month_is_taken_and_said_to_name_none() {
    let repo = Repo::new();
    repo.put("costs/mtd.json", "{\"total\": 12.34, \"budget\": 100}");
    let done = repo.noted();
    assert_eq!(figures(&done.data()), "0 12.34 100 87.66 12.3");
    assert_eq!(done.codes(), ["cost.file-invalid"]);
    let answer = done.answer();
    let note = answer["diagnostics"].as_array().expect("diagnostics").iter().find(|note| note["code"] != "clock.fixed");
    let note = note.expect("a note");
    assert_eq!(note["severity"], "info", "{note:#}");
    assert!(note["message"].as_str().is_some_and(|text| text.contains("names no month")), "{note:#}");
}

#[test]
fn a_daily_file_of_another_day_and_a_total_below_zero_are_unknown() {
    for text in ["{\"date\": \"2026-11-20\", \"total\": 2}", "{\"total\": -2}"] {
        let repo = Repo::new();
        repo.put("costs/daily-2026-11-21.json", text);
        let done = repo.noted();
        assert_eq!(figures(&done.data()), "null null 100 null null", "{text}");
        assert_eq!(done.codes(), ["cost.file-invalid"], "{text}");
    }
}

#[test]
fn a_ledger_with_a_broken_line_says_that_its_totals_are_lower_bounds() {
    let repo = Repo::new();
    repo.put("costs/ledger.jsonl", "{\"session\": \"a\", \"day\": \"2026-11-21\", \"usd\": 1}\n{\"session\": \"b\",\n");
    let done = repo.noted();
    assert_eq!(figures(&done.data()), "1 1 100 99 1.0");
    assert!(done.answer()["diagnostics"].to_string().contains("lower bounds"));
}
