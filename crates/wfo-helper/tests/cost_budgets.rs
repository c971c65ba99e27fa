//! `cost budget`: what is left of the repository's and the user's limits, whether a request fits, and which alerts stand.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
mod support;

use cost::{Reply, cost, told};
use serde_json::{Value, json};
use support::{Done, Repo};

const TODAY: &str = "2026-11-21T08:00:00.000Z";

/// A repository with spend today, in it and elsewhere, in cents.
fn place(here: u64, elsewhere: u64) -> Repo {
    let repo = Repo::new();
    told(
        &repo,
        &[Reply::new("a", TODAY, &repo.root(), here), Reply::new("b", TODAY, &repo.at("elsewhere"), elsewhere)],
    );
    repo
}

/// Writes the repository's limits of a day, and whether they block.
fn repositorys(repo: &Repo, soft: &str, hard: &str, block: bool) {
    let daily = format!("{{\"soft_limit\": {soft}, \"hard_limit\": {hard}, \"alert_threshold\": 0.8}}");
    let text = format!("{{\"budgets\": {{\"daily\": {daily}}}, \"cost_controls\": {{\"block_on_limit\": {block}}}}}");
    repo.put("costs/budget-config.json", &text);
}

fn asked(repo: &Repo, request: &str, priority: &str) -> Done {
    cost(repo, &["budget", "--request", request, "--priority", priority])
}

/// Returns verdict, exit status, and the limit that binds.
fn verdict(done: &Done) -> String {
    let data = done.answer()["data"].clone();
    let binding = data["binding"].as_u64().map(|index| &data["limits"][usize::try_from(index).unwrap()]);
    let limit = binding.map(|limit| ["side", "scope", "kind"].map(|key| limit[key].as_str().unwrap()).join(" "));
    format!("{} {} {}", data["verdict"].as_str().unwrap(), done.status.unwrap(), limit.unwrap_or_else(|| "-".into()))
}

fn alerts(done: &Done) -> Vec<String> {
    let data = done.answer()["data"].clone();
    let rows = data["alerts"].as_array().unwrap().iter();
    rows.map(|row| format!("{} {} {}", row["scope"].as_str().unwrap(), row["level"].as_str().unwrap(), row["percent"]))
        .collect()
}

#[test]
fn a_request_is_allowed_warned_of_or_denied_by_the_repositorys_limits() {
    for (spent, request, block, priority, expected) in [
        (100, "1", true, "normal", "allow 0 -"),
        (390, "1", true, "normal", "allow 0 -"),
        (400, "1", true, "normal", "allow 0 repository daily soft"),
        (400, "1.000001", true, "normal", "warn 0 repository daily soft"),
        (600, "1.5", true, "normal", "warn 0 repository daily soft"),
        (600, "1.500000000001", true, "normal", "deny 10 repository daily hard"),
        (600, "1.500000000001", true, "high", "deny 10 repository daily hard"),
        (600, "1.500000000001", true, "critical", "warn 0 repository daily hard"),
        (600, "1.500000000001", false, "normal", "warn 0 repository daily hard"),
        (600, "1000000", false, "low", "warn 0 repository daily hard"),
    ] {
        let repo = place(spent, 0);
        repositorys(&repo, "5", "7.5", block);
        let done = asked(&repo, request, priority);
        assert_eq!(verdict(&done), expected, "{spent} cents spent, {request} asked for, {block}, {priority}");
        let reason = done.answer()["data"]["reason"].clone();
        assert!(reason.as_str().is_some_and(|text| !text.contains('\n') && text.len() > 10), "{reason}");
    }
}

#[test]
fn both_sides_are_judged_and_the_stricter_verdict_wins() {
    let users = |repo: &Repo, soft: &str, block: bool| {
        let text = format!(
            "budgets:\n  daily: {{soft_limit: {soft}, hard_limit: {soft}}}\ncost_controls: {{block_on_limit: {block}}}\n"
        );
        repo.put_config("wfo/budgets.yaml", &text);
    };
    // A dollar here, ten in all: the user's limit counts all projects, the repository's its own.
    let repo = place(100, 900);
    repositorys(&repo, "5", "7.5", true);
    users(&repo, "10.5", true);
    assert_eq!(verdict(&asked(&repo, "0.5", "normal")), "allow 0 user daily soft");
    assert_eq!(verdict(&asked(&repo, "0.6", "normal")), "deny 10 user daily hard");
    users(&repo, "100", false);
    assert_eq!(verdict(&asked(&repo, "0.6", "normal")), "allow 0 -");
    assert_eq!(verdict(&asked(&repo, "7", "normal")), "deny 10 repository daily hard");
    users(&repo, "100", true);
    repositorys(&repo, "5", "7.5", false);
    assert_eq!(
        verdict(&asked(&repo, "7", "normal")),
        "deny 10 repository daily hard",
        "a repository does not loosen it"
    );
    let limits = asked(&repo, "0", "normal").answer()["data"]["limits"].clone();
    let spent = |side: &str| {
        let row = limits.as_array().unwrap().iter().find(|row| row["side"] == side && row["scope"] == "daily").unwrap();
        row["spent_usd"].to_string()
    };
    assert_eq!([spent("repository"), spent("user"), spent("repository")], ["1", "10", "1"]);
    for (scope, kind) in [("weekly", "soft"), ("weekly", "hard"), ("monthly", "soft"), ("monthly", "hard")] {
        let is = |row: &&Value| row["scope"] == scope && row["kind"] == kind;
        let row = limits.as_array().unwrap().iter().find(is).unwrap_or_else(|| panic!("{scope} {kind}"));
        assert_eq!(row["side"], "default", "a scope that nobody sets has the table's limit: all six are judged");
    }
}

#[test]
fn a_budget_of_zero_and_none_at_all() {
    let repo = place(1, 0);
    repositorys(&repo, "0", "0", true);
    let done = asked(&repo, "0", "normal");
    assert_eq!(verdict(&done), "deny 10 repository daily hard");
    let limits = done.answer()["data"]["limits"].clone();
    assert_eq!((&limits[0]["percent"], &limits[0]["limit_usd"]), (&Value::Null, &json!(0)));
    assert_eq!(alerts(&done), ["daily critical null"]);
    let repo = place(0, 0);
    repositorys(&repo, "0", "0", true);
    assert_eq!(verdict(&asked(&repo, "0", "normal")), "allow 0 -", "nothing of nothing is within it");
    let repo = place(100, 0);
    let done = cost(&repo, &["budget"]);
    assert_eq!((verdict(&done).as_str(), alerts(&done)), ("allow 0 -", vec![]));
    let data = done.data();
    assert_eq!(data["limits"].as_array().map(Vec::len), Some(6), "the table's limits hold");
    assert_eq!((&data["auto_switch_models"], &data["block_on_limit"]), (&json!(true), &json!(false)));
}

#[test]
fn alerts_stand_from_the_threshold_on_with_the_worst_level() {
    for (cents, expected, state) in [
        (399, vec![], "normal"),
        (400, vec!["daily warning 80.0"], "saving"),
        (474, vec!["daily warning 94.8"], "saving"),
        (475, vec!["daily warning 95.0"], "emergency"),
        (500, vec!["daily critical 100.0"], "emergency"),
        (2_000, vec!["daily critical 400.0", "weekly warning 80.0"], "emergency"),
        (9_100, vec!["daily critical 1820.0", "weekly critical 364.0", "monthly critical 91.0"], "emergency"),
    ] {
        let repo = place(cents, 0);
        let done = cost(&repo, &["budget"]);
        let mut found = alerts(&done);
        found.sort();
        let mut wanted = expected.clone();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{cents} cents");
        assert_eq!(done.answer()["data"]["state"], state, "{cents} cents");
        assert_eq!(done.status, Some(0), "an alert is no refusal");
    }
}

#[test]
fn an_unknown_spend_is_neither_an_allowance_nor_a_denial() {
    let repo = place(100, 0);
    repositorys(&repo, "5", "7.5", true);
    repo.put("costs/ledger.jsonl", "no ledger\n");
    let done = asked(&repo, "100", "normal");
    let data = done.data();
    assert_eq!((&data["verdict"], &data["state"]), (&json!("warn"), &Value::Null), "{data:#}");
    assert!(data["reason"].as_str().unwrap().contains("unknown"), "{data:#}");
}

#[test]
fn settings_that_are_none_are_named_and_the_rest_holds() {
    let repo = place(100, 0);
    for (text, verdict_of_ten) in [
        ("{\"budgets\": {\"daily\": {\"soft_limit\": -5, \"hard_limit\": \"lots\"}}}", "warn 0 default daily hard"),
        ("{\"budgets\": {\"daily\": {\"soft_limit\": 2, \"alert_threshold\": 7000}}}", "warn 0 repository daily soft"),
        (
            "{\"budgets\": {\"daily\": {\"soft_limit\": 2}}, \"cost_controls\": {\"block_on_limit\": \"perhaps\"}}",
            "warn 0 repository daily soft",
        ),
        ("{\"budgets\": [", "warn 0 default daily hard"),
        ("[]", "warn 0 default daily hard"),
    ] {
        repo.put("costs/budget-config.json", text);
        let done = asked(&repo, "10", "normal");
        assert_eq!(verdict(&done), verdict_of_ten, "{text}");
        assert!(!done.codes().is_empty(), "{text}: nothing is said");
    }
    repo.put(
        "costs/budget-config.json",
        "{\"notifications\": {\"slack_webhook\": \"https://hooks.example.org/T0/secret\"}}",
    );
    let done = cost(&repo, &["budget"]);
    assert!(done.codes().contains(&"cost.notify-in-file".to_owned()), "{done:?}");
    assert!(!done.stdout.contains("secret"), "an address is never repeated");
}

#[test]
fn requests_that_cannot_be_are_refused() {
    let repo = place(100, 0);
    for request in ["-1", "much", "", "1e99", "NaN"] {
        let failure = cost(&repo, &["budget", "--request", request]).failure();
        assert_eq!(failure, (20, "cost.amount-invalid".to_owned()), "{request}");
    }
    assert_eq!(cost(&repo, &["budget", "--priority", "urgent"]).failure().0, 64);
    assert_eq!(cost(&repo, &["budget", "--request"]).failure().0, 64);
}
