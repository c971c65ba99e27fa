//! `cost import` in a real repository: what is put down to which branch, feature and project, which files are kept, and what
//! happens to them when zones change, months begin, worktrees go and the index is lost. Counting itself: `cost_truth.rs`.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
mod support;

use cost::{
    Reply, TODAY, adds_up, call, codes, cost, files, import, kept, ledger, page, parts, rows, spent, told, total,
};
use serde_json::{Value, json};
use support::Repo;
use support::tree::picture;

const YESTERDAY: &str = "2026-11-20T08:00:00.000Z";

#[test]
fn spend_is_put_down_to_branch_feature_and_project_in_every_worktree_there_or_gone() {
    let repo = Repo::new();
    repo.put("TODO_feature_20261120T090000Z_login.md", "# login\n");
    repo.put("ARCHIVED/TODO_feature_20261001T090000Z_old-thing.md", "# old\n");
    let beside = |name: &str| repo.at(name);
    let (first, second) = (beside("project_feature_20261120T090000Z_login"), beside("home/tmp/worktrees/project/pay"));
    repo.git(&["worktree", "add", "-q", "-b", "feature/20261120T090000Z_login", &first.to_string_lossy()]);
    repo.git(&["worktree", "add", "-q", "-b", "pay", &second.to_string_lossy()]);
    let never = beside("home/tmp/worktrees/project/gone");
    let elsewhere = beside("other");
    std::fs::create_dir_all(&elsewhere).unwrap();
    told(
        &repo,
        &[
            Reply::new("a", TODAY, &repo.root(), 1),
            Reply::new("a", TODAY, &repo.root().join("deep/er"), 2).on("old-thing"),
            Reply::new("b", TODAY, &first, 10).on("feature/20261120T090000Z_login"),
            Reply::new("b", TODAY, &second, 20).on("pay"),
            Reply::new("c", TODAY, &never, 40).on("feature/gone"),
            Reply::new("d", TODAY, &elsewhere, 5000),
            Reply::new("d", TODAY, &beside("project_other"), 5000),
        ],
    );
    // One worktree goes before its spend is read, the other after.
    repo.git(&["worktree", "remove", &second.to_string_lossy()]);
    let data = import(&repo);
    assert_eq!((&data["new"], &data["ledger"]["appended"]), (&json!(7), &json!(5)), "{data:#}");
    let expected = [
        "feature/20261120T090000Z_login login project 0.1",
        "feature/gone gone project 0.4",
        "main - project 0.01",
        "old-thing old-thing project 0.02",
        "pay - project 0.2",
    ];
    assert_eq!(rows(&repo), expected);
    repo.git(&["worktree", "remove", "--force", &first.to_string_lossy()]);
    assert_eq!(import(&repo)["ledger"]["appended"], 0);
    assert_eq!(rows(&repo), expected);
    let today = cost(&repo, &["today"]).data();
    assert_eq!((today["total_usd"].to_string(), &today["sessions"]), ("0.73".to_owned(), &json!(3)), "{today:#}");
    assert_eq!(parts(&today, "by_feature"), ["gone 0.4", "- 0.21", "login 0.1", "old-thing 0.02"]);
    let all = cost(&repo, &["today", "--all"]).data();
    assert_eq!(all["total_usd"].to_string(), "100.73");
    assert_eq!(parts(&all, "by_project")[..2], ["other 50", "project_other 50"]);
}

#[test]
fn the_derived_files_have_the_shape_of_the_contract_and_add_up() {
    let repo = Repo::new();
    told(
        &repo,
        &[
            Reply::new("a", TODAY, &repo.root(), 100).on("feature/x"),
            Reply::new("a", TODAY, &repo.root(), 50).on("feature/x").by("claude-haiku-9-9"),
            Reply::new("b", YESTERDAY, &repo.root(), 30),
            Reply::new("c", "2026-10-31T12:00:00.000Z", &repo.root(), 7),
        ],
    );
    let done = cost(&repo, &["import"]);
    assert_eq!((done.data()["ledger"]["rows"].clone(), codes(&done)), (json!(4), vec!["cost.unpriced".to_owned()]));
    assert_eq!(
        files(&repo),
        [
            ".gitignore",
            "by-feature.jsonl",
            "daily-2026-10-31.json",
            "daily-2026-11-20.json",
            "daily-2026-11-21.json",
            "ledger.jsonl",
            "mtd-2026-10.json",
            "mtd.json"
        ]
    );
    let day = page(&repo, "daily-2026-11-21.json");
    assert_eq!((&day["date"], &day["zone"], &day["sessions"]), (&json!("2026-11-21"), &json!("UTC"), &json!(1)));
    assert_eq!(day["inference"], json!({cost::MODEL: 1}), "a model without a price has no amount");
    assert_eq!(day["unpriced"], json!(["claude-haiku-9-9"]));
    assert_eq!([&day["compute"], &day["storage"], &day["api"]], [&json!({}); 3]);
    assert_eq!((day["total"].to_string(), &day["tokens"]["output"]), ("1".to_owned(), &json!(75_000)));
    assert_eq!(day["last_updated"], "2026-11-21T09:00:00+00:00");
    let month = page(&repo, "mtd.json");
    assert_eq!(
        (&month["month"], month["total"].to_string().as_str(), month["remaining"].to_string().as_str()),
        (&json!("2026-11"), "1.3", "98.7")
    );
    assert_eq!((month["percent_used"].to_string().as_str(), &month["budget"]), ("1.3", &json!(100)));
    assert_eq!(month["categories"], json!({"inference": 1.3, "compute": 0, "storage": 0, "api": 0}));
    let features: Vec<Value> =
        kept(&repo, "by-feature.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let x = features.iter().find(|line| line["feature"] == "x").expect("a line about x");
    assert_eq!((&x["cost"], &x["date"], &x["branch"]), (&json!(1), &json!("2026-11-21"), &json!("feature/x")));
    assert_eq!(x["tokens"], 75_000);
    for row in ledger(&repo) {
        for key in ["session", "day", "zone", "kind", "model", "service_tier", "project", "branch", "tokens", "usd"] {
            assert!(row.get(key).is_some(), "no {key}: {row}");
        }
        assert_eq!(row["source"], "transcript");
        let priced = row["model"] == cost::MODEL;
        assert_eq!((row["usd"].is_null(), row["price_as_of"].is_string()), (!priced, priced), "{row}");
    }
    adds_up(&repo, "2026-11");
    adds_up(&repo, "2026-10");
}

#[test]
fn a_second_import_and_every_look_write_nothing_in_the_repository() {
    let repo = spent();
    import(&repo);
    let (before, index) = (picture(&repo.root()), picture(&repo.config().join("wfo/cost/index")));
    let later = call(&["import"]).env("WFO_NOW", "2026-11-21T10:00:00Z").run(&repo).data();
    assert_eq!((&later["new"], &later["ledger"]["written"]), (&json!(0), &json!([])));
    for words in [&["today"][..], &["week"], &["month"], &["feature"], &["budget", "--request", "1"]] {
        cost(&repo, words).data();
    }
    assert_eq!(picture(&repo.root()), before);
    assert_eq!(picture(&repo.config().join("wfo/cost/index")), index);
}

#[test]
fn a_dry_run_answers_the_same_and_writes_nothing_anywhere() {
    let repo = spent();
    repo.put("costs/daily-2026-11-19.json", "{\"llm\": 2, \"total\": 2}");
    let before = picture(&repo.at(""));
    let dry = cost(&repo, &["import", "--dry-run"]).data();
    cost(&repo, &["add", "--kind", "api", "--usd", "1", "--dry-run"]).data();
    cost(&repo, &["report", "--html", "--dry-run"]).data();
    assert_eq!(picture(&repo.at("")), before);
    let wet = import(&repo);
    assert_eq!((&dry["applied"], &wet["applied"]), (&json!(false), &json!(true)));
    let facts = |data: &Value| (data["new"].clone(), data["total_usd"].clone(), data["ledger"].clone());
    assert_eq!(facts(&dry), facts(&wet));
}

#[test]
fn with_since_only_later_days_are_looked_at_and_no_row_is_taken_back() {
    let repo = spent();
    told(&repo, &[Reply::new("s1", YESTERDAY, &repo.root(), 30), Reply::new("s2", YESTERDAY, &repo.root(), 5)]);
    let first = cost(&repo, &["import", "--since", "2026-11-21"]).data();
    assert_eq!(rows(&repo), ["main - project 1"], "{first:#}");
    import(&repo);
    let all = ["main - project 0.05", "main - project 0.3", "main - project 1"];
    assert_eq!(rows(&repo), all);
    let again = cost(&repo, &["import", "--since", "2026-11-21"]).data();
    assert_eq!((&again["ledger"]["appended"], rows(&repo).as_slice()), (&json!(0), &all.map(str::to_owned)[..]));
    assert_eq!(cost(&repo, &["import", "--since", "yesterday"]).failure(), (64, "usage.invalid".to_owned()));
}

#[test]
fn the_file_of_a_month_that_is_over_is_kept_under_its_name() {
    let repo = spent();
    import(&repo);
    let november = kept(&repo, "mtd.json");
    let december = |words: &[&str]| call(words).env("WFO_NOW", "2026-12-01T00:30:00Z").run(&repo).data();
    told(&repo, &[Reply::new("s3", "2026-12-01T00:10:00.000Z", &repo.root(), 25)]);
    december(&["import"]);
    assert_eq!(kept(&repo, "mtd-2026-11.json"), november);
    let month = page(&repo, "mtd.json");
    assert_eq!((&month["month"], month["total"].to_string().as_str()), (&json!("2026-12"), "0.25"));
    assert_eq!(december(&["month"])["total_usd"].to_string(), "0.25", "a new month begins at nothing");
    assert_eq!(december(&["month", "2026-11"])["total_usd"].to_string(), "1");
}

#[test]
fn costs_are_ignored_by_git_unless_they_are_shared() {
    for shared in [false, true] {
        let repo = spent();
        if shared {
            repo.put(".wfo/config.yaml", "costs: {shared: true}\n");
        }
        // A folder that is there already has no rule yet.
        repo.put("costs/budget-config.json", "{}\n");
        repo.commit("before");
        import(&repo);
        let status = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
        assert_eq!(status.contains("costs/ledger.jsonl"), shared, "{status}");
        assert_eq!(files(&repo).contains(&".gitignore".to_owned()), !shared);
    }
}

#[test]
fn a_linked_worktree_keeps_the_costs_of_the_main_checkout() {
    let repo = spent();
    let tree = repo.at("tree");
    repo.git(&["worktree", "add", "-q", "-b", "side", &tree.to_string_lossy()]);
    told(&repo, &[Reply::new("s2", TODAY, &tree, 50).on("side")]);
    call(&["import"]).folder(&tree).run(&repo).data();
    call(&["add", "--kind", "compute", "--usd", "2"]).folder(&tree).run(&repo).data();
    assert!(!tree.join("costs").exists());
    assert_eq!(rows(&repo), ["- - project 2", "main - project 1", "side - project 0.5"]);
    assert_eq!(call(&["today"]).folder(&tree).run(&repo).data()["total_usd"].to_string(), "3.5");
}

#[test]
fn another_zone_leaves_one_set_of_rows_and_no_day_that_is_no_more() {
    let repo = Repo::new();
    told(&repo, &[Reply::new("a", "2026-11-20T23:30:00.000Z", &repo.root(), 100)]);
    told(&repo, &[Reply::new("a", "2026-11-21T08:00:00.000Z", &repo.root(), 10)]);
    import(&repo);
    assert_eq!(page(&repo, "daily-2026-11-20.json")["total"].to_string(), "1");
    let berlin = call(&["import"]).env("TZ", "Europe/Berlin").run(&repo).data();
    assert_eq!(berlin["ledger"]["rows"], 1, "{berlin:#}");
    assert_eq!(page(&repo, "daily-2026-11-20.json")["total"].to_string(), "0", "the day was emptied");
    let day = page(&repo, "daily-2026-11-21.json");
    assert_eq!((day["total"].to_string().as_str(), &day["zone"]), ("1.1", &json!("Europe/Berlin")));
    assert_eq!(page(&repo, "mtd.json")["total"].to_string(), "1.1");
    let zone = |words: &[&str]| call(words).env("TZ", "Europe/Berlin").run(&repo).data()["total_usd"].to_string();
    assert_eq!([zone(&["today"]), zone(&["day", "2026-11-20"])], ["1.1", "0"]);
    import(&repo);
    adds_up(&repo, "2026-11");
    assert_eq!(total(&repo, &["month"]), "1.1");
}

#[test]
fn another_zone_and_since_together_count_nothing_twice() {
    let repo = Repo::new();
    told(&repo, &[Reply::new("a", "2026-11-20T23:30:00.000Z", &repo.root(), 100)]);
    import(&repo);
    let berlin = |words: &[&str]| call(words).env("TZ", "Europe/Berlin").run(&repo).data();
    berlin(&["import", "--since", "2026-11-21"]);
    assert_eq!(page(&repo, "mtd.json")["total"].to_string(), "1");
    assert_eq!(berlin(&["today"])["total_usd"].to_string(), "1");
}

#[test]
fn a_session_that_moved_to_another_branch_keeps_both_rows() {
    let repo = spent();
    import(&repo);
    told(&repo, &[Reply::new("s1", TODAY, &repo.root(), 200).on("next").with("release")]);
    import(&repo);
    told(&repo, &[Reply::new("s1", TODAY, &repo.root(), 50)]);
    let third = import(&repo);
    assert_eq!(third["ledger"]["appended"], 1, "the row that grew replaces itself");
    assert_eq!(third["ledger"]["rows"], 2);
    adds_up(&repo, "2026-11");
    assert_eq!(total(&repo, &["today"]), "3.5");
    assert_eq!(parts(&cost(&repo, &["today"]).data(), "by_skill"), ["release 2", "- 1.5"]);
}
