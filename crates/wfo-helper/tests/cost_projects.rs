//! Several repositories of one user: what was entered in any of them counts for all, once, and each keeps its own name.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
mod support;

use std::path::{Path, PathBuf};

use cost::{Reply, call, cost, import, parts, told, total};
use serde_json::json;
use support::Repo;

/// Makes another repository of the same user.
fn beside(repo: &Repo, name: &str) -> PathBuf {
    let folder = repo.at(name);
    std::fs::create_dir_all(&folder).unwrap();
    repo.git_in(&folder, &["init", "-q", "-b", "main"]);
    folder
}

fn in_folder(repo: &Repo, folder: &Path, words: &[&str]) -> serde_json::Value {
    call(words).folder(folder).run(repo).data()
}

/// What all projects spent this month, by reports and by the user's budget.
fn everywhere(repo: &Repo) -> [String; 2] {
    repo.put_config("wfo/budgets.yaml", "budgets: {monthly: {soft_limit: 70}}\n");
    let limits = cost(repo, &["budget"]).data()["limits"].clone();
    let limit =
        limits.as_array().unwrap().iter().find(|row| row["side"] == "user" && row["scope"] == "monthly").cloned();
    [total(repo, &["month", "--all"]), limit.unwrap()["spent_usd"].to_string()]
}

#[test]
fn what_was_entered_in_another_repository_counts_for_all_of_them() {
    let repo = Repo::new();
    let other = beside(&repo, "other");
    told(&repo, &[Reply::new("a", "2026-11-21T08:00:00.000Z", &repo.root(), 100)]);
    in_folder(&repo, &other, &["add", "--kind", "api", "--usd", "2.5", "--id", "x"]);
    assert_eq!(everywhere(&repo), ["3.5", "3.5"]);
    assert_eq!(total(&repo, &["month"]), "1", "here only what was spent here");
    in_folder(&repo, &other, &["add", "--kind", "api", "--usd", "4", "--id", "x"]);
    in_folder(&repo, &other, &["add", "--kind", "api", "--usd", "0.25"]);
    assert_eq!(everywhere(&repo), ["5.25", "5.25"], "replaced and added to");
    in_folder(&repo, &other, &["import"]);
    import(&repo);
    assert_eq!(everywhere(&repo), ["5.25", "5.25"], "an import adds nothing");
}

#[test]
fn an_entry_that_stands_in_two_clones_counts_once() {
    let repo = Repo::new();
    let other = beside(&repo, "other");
    for folder in [&repo.root(), &other] {
        in_folder(&repo, folder, &["add", "--kind", "api", "--usd", "2", "--id", "shared"]);
    }
    assert_eq!(everywhere(&repo), ["2", "2"]);
}

#[test]
fn what_a_repository_that_is_gone_spent_stays_spent_in_the_budget() {
    let repo = Repo::new();
    let other = beside(&repo, "other");
    in_folder(&repo, &other, &["add", "--kind", "api", "--usd", "2"]);
    assert_eq!(everywhere(&repo)[1], "2");
    std::fs::remove_dir_all(&other).unwrap();
    assert_eq!(everywhere(&repo)[1], "2");
}

#[test]
fn repositories_of_the_same_name_are_told_apart() {
    let repo = Repo::new();
    let (mine, theirs) = (beside(&repo, "mine/app"), beside(&repo, "theirs/app"));
    told(
        &repo,
        &[
            Reply::new("a", "2026-11-21T08:00:00.000Z", &mine, 100),
            Reply::new("b", "2026-11-21T08:00:00.000Z", &theirs, 200),
            Reply::new("c", "2026-11-21T08:00:00.000Z", &repo.root(), 300),
        ],
    );
    let data = cost(&repo, &["today", "--all"]).data();
    assert_eq!(parts(&data, "by_project"), ["project 3", "theirs/app 2", "mine/app 1"], "{data:#}");
}

#[test]
fn an_import_that_finds_nothing_says_where_it_looked() {
    let repo = Repo::new();
    let done = cost(&repo, &["import"]);
    assert_eq!(done.codes(), ["cost.no-transcripts"]);
    assert_eq!(done.data()["files"], json!(0));
    assert!(!repo.root().join("costs").exists(), "and makes nothing");
}

#[test]
fn an_older_budget_goes_to_where_people_write_budgets() {
    let repo = Repo::new();
    repo.put("costs/mtd.json", "{\"month\": \"2026-11\", \"budget\": 60, \"total\": 9}");
    import(&repo);
    let budget = |repo: &Repo| {
        let costs = repo.brief()["costs"].clone();
        (costs["budget_usd"].to_string(), costs["budget_origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(budget(&repo), ("60".to_owned(), "repository".to_owned()));
    // What is derived can be thrown away.
    std::fs::remove_file(repo.root().join("costs/mtd.json")).unwrap();
    assert_eq!(budget(&repo), ("60".to_owned(), "repository".to_owned()));
    repo.put("costs/budget-config.json", "{\"budgets\": {\"monthly\": {\"soft_limit\": 80}}}");
    import(&repo);
    assert_eq!(budget(&repo).0, "80");
}

#[test]
fn a_day_says_what_of_older_files_does_not_count() {
    let repo = Repo::new();
    repo.put("costs/daily-2026-11-20.json", "{\"claude\": 0.45, \"gpt-4\": 0.02}");
    told(&repo, &[Reply::new("a", "2026-11-20T08:00:00.000Z", &repo.root(), 100)]);
    import(&repo);
    let day = cost(&repo, &["day", "2026-11-20"]);
    assert_eq!(day.data()["total_usd"].to_string(), "1.02", "a model that no transcript tells of counts");
    assert_eq!(day.codes(), ["cost.legacy"]);
    assert_eq!(cost(&repo, &["day", "2026-11-21"]).codes(), Vec::<String>::new());
}
