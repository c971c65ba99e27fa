//! The answers about money: periods, features, reports and returns, at the edges of calendars, without history, with history
//! that was not read, and where a report may be written. Budgets: `cost_budgets.rs`.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "support/cost.rs"]
mod cost;
mod support;

use cost::{Reply, call, cost, files, import, kept, parts, seen, told, total, transcript};
use serde_json::{Value, json};
use support::{Repo, text_of};

const TODAY: &str = "2026-11-21T08:00:00.000Z";

/// A repository with spend of a feature, of a machine, of another day and of another project.
fn place() -> Repo {
    let repo = Repo::new();
    let root = repo.root();
    told(
        &repo,
        &[
            Reply::new("a", TODAY, &root, 100).on("feature/x").with("review"),
            Reply::new("b", "2026-11-21T03:00:00.000Z", &root, 50).by("claude-sonnet-5-5"),
            Reply::new("b", "2026-11-16T12:00:00.000Z", &root, 30),
            Reply::new("b", "2026-11-15T12:00:00.000Z", &root, 7),
            Reply::new("c", TODAY, &repo.at("elsewhere"), 900),
        ],
    );
    cost(&repo, &["add", "--kind", "compute", "--usd", "2", "--feature", "x", "--model", "pod"]).data();
    repo
}

fn failure(repo: &Repo, words: &[&str]) -> (i32, String) {
    let before = seen(&repo.root());
    let failure = cost(repo, words).failure();
    assert_eq!(seen(&repo.root()), before, "{words:?}");
    failure
}

#[test]
fn periods_have_the_shape_of_the_contract() {
    let repo = place();
    let today = cost(&repo, &["today"]).data();
    assert_eq!(
        (&today["from"], &today["to"], &today["zone"]),
        (&json!("2026-11-21"), &json!("2026-11-21"), &json!("UTC"))
    );
    // half price: 25,000 tokens at 10 instead of 20 dollars a million
    assert_eq!(
        (today["total_usd"].to_string().as_str(), &today["sessions"], &today["requests"]),
        ("3.25", &json!(2), &json!(2))
    );
    assert_eq!(parts(&today, "by_model"), ["pod 2", "claude-opus-5-5 1", "claude-sonnet-5-5 0.25"]);
    assert_eq!(parts(&today, "by_feature"), ["x 3", "- 0.25"]);
    assert_eq!(parts(&today, "by_branch"), ["- 2", "feature/x 1", "main 0.25"]);
    assert_eq!(parts(&today, "by_skill"), ["- 2.25", "review 1"]);
    assert_eq!(parts(&today, "by_project"), ["project 3.25"]);
    assert_eq!(today["by_hour"], json!([{"hour": 3, "usd": 0.25}, {"hour": 8, "usd": 1}, {"hour": null, "usd": 2}]));
    assert_eq!(today["tokens"]["output"], 75_000);
    let week = cost(&repo, &["week"]).data();
    assert_eq!((&week["from"], &week["to"]), (&json!("2026-11-16"), &json!("2026-11-22")));
    assert_eq!((week["total_usd"].to_string(), total(&repo, &["week", "2026-11-15"])), ("3.55".into(), "0.07".into()));
    let month = cost(&repo, &["month"]).data();
    assert_eq!((&month["from"], &month["to"]), (&json!("2026-11-01"), &json!("2026-11-30")));
    assert_eq!(month["total_usd"].to_string(), "3.62");
    assert_eq!(month["by_day"].as_array().map(Vec::len), Some(3));
    assert_eq!(total(&repo, &["day", "2026-11-16"]), "0.3");
    assert_eq!(total(&repo, &["today", "--all"]), "12.25");
    for words in [&["today"][..], &["month"], &["feature"], &["feature", "x"], &["budget"], &["roi", "x"], &["import"]]
    {
        let text =
            support::Call::new(support::binary()).args(["cost"]).args(words).args(["--format", "text"]).run(&repo);
        assert!(text.status == Some(0) && !text.stdout.trim().is_empty(), "{words:?}: {text:?}");
        assert!(!text.stdout.contains("null") && !text.stdout.contains("{"), "{words:?}: {}", text.stdout);
    }
}

#[test]
fn before_and_after_an_import_the_figures_are_the_same() {
    let repo = place();
    let ask = || ["today", "week", "month"].map(|word| cost(&repo, &[word]).data());
    let before = ask();
    import(&repo);
    assert_eq!(ask(), before);
}

#[test]
fn dates_that_are_none_are_refused() {
    let repo = Repo::new();
    let long = "9".repeat(500);
    for day in [
        "2026-13-01",
        "2026-02-29",
        "2026-11-31",
        "today",
        "",
        "20261121",
        "2026-11-21T10:00:00",
        "2026-11",
        "+002026-11-21",
        "2026-1-1",
        " 2026-11-21",
        "\u{1b}[31m",
        &long,
    ] {
        for words in [["day", day], ["week", day]] {
            assert_eq!(failure(&repo, &words), (64, "usage.invalid".to_owned()), "{words:?}");
        }
        for flag in ["--from", "--to", "--day"] {
            assert_eq!(failure(&repo, &["report", flag, day]), (64, "usage.invalid".to_owned()), "{flag} {day}");
        }
    }
    for month in ["2026-13", "2026", "2026-00", "2026-11-21", "2026-11-21T10", "202611", "november", ""] {
        assert_eq!(failure(&repo, &["month", month]), (64, "usage.invalid".to_owned()), "{month}");
    }
    let backwards = ["report", "--from", "2026-11-21", "--to", "2026-11-20"];
    assert_eq!(failure(&repo, &backwards), (64, "usage.invalid".to_owned()));
    assert_eq!(failure(&repo, &["report", "--day", "2026-11-21", "--to", "2026-11-22"]).0, 64);
}

#[test]
fn the_ends_of_the_calendar_are_days_too() {
    let repo = place();
    for words in [
        &["day", "9999-12-31"][..],
        &["day", "0001-01-01"],
        &["week", "9999-12-31"],
        &["month", "9999-12"],
        &["month", "0001-01"],
    ] {
        assert_eq!(total(&repo, words), "0", "{words:?}");
    }
    let done = cost(&repo, &["report", "--from", "0001-01-01", "--to", "9999-12-31", "--html"]);
    assert_eq!(done.data()["period"]["total_usd"].to_string(), "3.62");
    assert!(done.took.as_secs() < 20, "{:?}", done.took);
    assert!(
        kept(&repo, "reports/dashboard.html").len() < 4 << 20,
        "a dashboard of ten thousand years is no longer than others"
    );
}

#[test]
fn the_29_february_and_the_days_of_25_and_23_hours_are_whole() {
    let repo = Repo::new();
    let root = repo.root();
    let at = |time: &str, cents| Reply::new("s", time, &root, cents);
    told(
        &repo,
        &[
            at("2028-02-29T23:59:59.999Z", 1),
            at("2028-03-01T00:00:00.000Z", 2),
            at("2026-10-24T22:00:00.000Z", 10),
            at("2026-10-25T00:30:00.000Z", 20),
            at("2026-10-25T01:30:00.000Z", 40),
            at("2026-10-25T22:59:59.000Z", 80),
            at("2026-10-25T23:00:00.000Z", 160),
            at("2026-03-28T23:00:00.000Z", 3),
            at("2026-03-29T21:59:00.000Z", 5),
            at("2026-03-29T22:00:00.000Z", 7),
        ],
    );
    assert_eq!(total(&repo, &["day", "2028-02-29"]), "0.01");
    assert_eq!(total(&repo, &["month", "2028-02"]), "0.01");
    assert_eq!(cost(&repo, &["month", "2028-02"]).data()["to"], "2028-02-29");
    let berlin = |day: &str| call(&["day", day]).env("TZ", "Europe/Berlin").run(&repo).data();
    let autumn = berlin("2026-10-25");
    assert_eq!((autumn["total_usd"].to_string().as_str(), &autumn["zone"]), ("1.5", &json!("Europe/Berlin")));
    assert_eq!(autumn["by_hour"], json!([{"hour": 0, "usd": 0.1}, {"hour": 2, "usd": 0.6}, {"hour": 23, "usd": 0.8}]));
    assert_eq!(berlin("2026-03-29")["total_usd"].to_string(), "0.08");
    assert_eq!(berlin("2028-03-01")["total_usd"].to_string(), "0.03");
}

#[test]
fn without_any_history_everything_is_zero_and_nothing_is_wrong() {
    let repo = Repo::new();
    for words in [&["today"][..], &["week"], &["month"], &["today", "--all"]] {
        let done = cost(&repo, words);
        let data = done.data();
        assert_eq!(
            (data["total_usd"].to_string().as_str(), &data["complete"], &data["by_model"]),
            ("0", &json!(true), &json!([]))
        );
        assert_eq!(done.codes(), Vec::<String>::new(), "{words:?}");
    }
    assert_eq!(cost(&repo, &["feature"]).data()["features"], json!([]));
    assert_eq!(cost(&repo, &["budget", "--request", "1"]).data()["verdict"], "allow");
    assert_eq!(failure(&repo, &["feature", "x"]), (20, "cost.feature-unknown".to_owned()));
    assert_eq!(failure(&repo, &["roi", "x"]), (20, "cost.feature-unknown".to_owned()));
    let imported = import(&repo);
    assert_eq!(
        (&imported["files"], &imported["responses"], imported["total_usd"].to_string().as_str()),
        (&json!(0), &json!(0), "0")
    );
    assert!(!repo.root().join("costs").exists(), "nothing to keep, nothing made");
    let report = cost(&repo, &["report", "--html"]).data();
    assert_eq!(report["period"]["total_usd"].to_string(), "0");
    assert_eq!(report["projected_usd"].to_string(), "0");
    assert_eq!(files(&repo), [".gitignore", "cost-report.md", "reports"]);
    let outside = repo.at("home");
    assert_eq!(call(&["today"]).folder(&outside).run(&repo).data()["total_usd"].to_string(), "0");
    assert!(call(&["import"]).folder(&outside).run(&repo).data().get("ledger").is_none());
}

#[test]
fn what_was_not_read_makes_totals_unknown_and_says_what_to_do() {
    let repo = place();
    let path = transcript(&repo, "large");
    let file = std::fs::File::options().write(true).create_new(true).open(&path).unwrap();
    file.set_len(40 << 20).unwrap();
    for words in [&["today"][..], &["week"], &["month"], &["day", "2026-11-16"], &["today", "--all"]] {
        let done = cost(&repo, words);
        let (data, answer) = (done.data(), done.answer());
        assert_eq!((&data["complete"], &data["total_usd"]), (&json!(false), &Value::Null), "{words:?}");
        assert_eq!(answer["next"], json!(["wfo-helper cost import"]), "{words:?}");
        assert!(done.codes().contains(&"cost.unread".to_owned()), "{words:?}");
    }
    let before = seen(&repo.root());
    let report = cost(&repo, &["report", "--html"]);
    let data = report.data();
    assert_eq!(
        (&data["files"], &data["period"]["total_usd"], &data["month_to_date_usd"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    assert_eq!(seen(&repo.root()), before, "a page of unknown totals is not kept");
    for words in [
        &["feature"][..],
        &["feature", "x"],
        &["feature", "nothing"],
        &["roi", "x"],
        &["roi", "nothing"],
        &["budget"],
        &["report"],
    ] {
        let done = cost(&repo, words);
        assert_eq!(done.answer()["next"], json!(["wfo-helper cost import"]), "{words:?}: {done:?}");
    }
    let budget = cost(&repo, &["budget", "--request", "0.01"]).data();
    assert_eq!(
        (&budget["verdict"], &budget["state"], &budget["complete"]),
        (&json!("warn"), &Value::Null, &json!(false))
    );
    let roi = cost(&repo, &["roi", "x", "--users", "5", "--revenue", "9"]).data();
    assert_eq!((&roi["cost_usd"], &roi["verdict"]), (&Value::Null, &json!("unknown")));
    import(&repo);
    assert_eq!(total(&repo, &["today"]), "3.25");
}

#[test]
fn a_feature_is_told_with_its_days_and_branches() {
    let repo = place();
    let data = cost(&repo, &["feature"]).data();
    let expected = json!([{"feature": "x", "usd": 3, "requests": 1, "from": "2026-11-21", "to": "2026-11-21", "branches": ["feature/x"]}]);
    assert_eq!(data["features"], expected);
    let detail = cost(&repo, &["feature", "x"]).data()["detail"].clone();
    assert_eq!(
        (detail["total_usd"].to_string().as_str(), parts(&detail, "by_category")),
        ("3", vec!["compute 2".into(), "inference 1".into()])
    );
    assert_eq!(failure(&repo, &["feature", "y"]), (20, "cost.feature-unknown".to_owned()));
}

#[test]
fn the_return_is_judged_by_revenue_before_the_cost_of_a_user() {
    let repo = place();
    let roi = |flags: &str| {
        let words: Vec<&str> =
            ["roi", "x"].into_iter().chain(flags.split(' ').filter(|word| !word.is_empty())).collect();
        let data = cost(&repo, &words).data();
        format!(
            "{} {} {} {}",
            data["cost_usd"],
            data["cost_per_user_usd"],
            data["roi_percent"],
            data["verdict"].as_str().unwrap()
        )
    };
    assert_eq!(roi(""), "3 null null unknown");
    assert_eq!(roi("--users 0"), "3 null null unknown");
    assert_eq!(roi("--users 30"), "3 0.1 null healthy");
    assert_eq!(roi("--users 29"), "3 0.103448275862 null optimise");
    assert_eq!(roi("--users 29 --limit-per-user 0.2"), "3 0.103448275862 null healthy");
    assert_eq!(roi("--users 1 --revenue 12"), "3 3 300.0 healthy");
    assert_eq!(roi("--users 1 --revenue 1.5 --development 3"), "6 6 -75.0 review");
    let data = cost(&repo, &["roi", "x", "--estimate", "2.4"]).data();
    let parts = ["inference_usd", "infrastructure_usd", "development_usd", "testing_usd"]
        .map(|key| data["parts"][key].to_string());
    let sum: f64 = parts.iter().map(|part| part.parse::<f64>().unwrap()).sum();
    assert!((sum - 3.0).abs() < 1e-9 && parts[1] == "2", "{parts:?}");
    assert_eq!(data["estimate"], json!({"estimate_usd": 2.4, "actual_usd": 3, "difference_usd": 0.6, "percent": 25.0}));
    let nothing = cost(&repo, &["roi", "x", "--estimate", "0"]).data();
    assert_eq!(nothing["estimate"]["percent"], Value::Null);
    for flag in ["--revenue=-1", "--development=-1", "--estimate=-1", "--limit-per-user=-1", "--revenue=much"] {
        assert_eq!(failure(&repo, &["roi", "x", flag]), (20, "cost.amount-invalid".to_owned()), "{flag}");
    }
    assert_eq!(failure(&repo, &["roi", "x", "--users", "-1"]).0, 64);
}

#[test]
fn a_report_is_written_where_it_says_and_again_over_itself() {
    let repo = place();
    let data = cost(&repo, &["report", "--html"]).data();
    assert_eq!(data["files"], json!(["costs/cost-report.md", "costs/reports/dashboard.html"]));
    let day = cost(&repo, &["report", "--day", "2026-11-21"]).data();
    assert_eq!(day["files"], json!(["costs/cost-report.md", "costs/reports/daily-2026-11-21.md"]));
    assert_eq!(day["period"]["total_usd"].to_string(), "3.25");
    assert_eq!(kept(&repo, "reports/daily-2026-11-21.md").trim_end(), day["markdown"].as_str().unwrap().trim_end());
    let html = kept(&repo, "reports/dashboard.html");
    let asks = ["<script", "src=", "@import", "url(", "href=\"http"].into_iter().find(|part| html.contains(part));
    assert_eq!(asks, None, "a page that needs nothing else");
    assert!(html.contains("<svg") && html.contains("<table"));
    cost(&repo, &["report", "--html"]).data();
    let all = cost(&repo, &["report", "--all"]).data();
    assert_eq!((&all["period"]["scope"], all["period"]["total_usd"].to_string().as_str()), (&json!("all"), "12.62"));
    let printed = support::Call::new(support::binary()).args(["cost", "report", "--format", "markdown"]).run(&repo);
    assert!(printed.stdout.contains("$3.62"), "{}", printed.stdout);
    let outside = repo.at("page.html");
    cost(&repo, &["report", "--html", &outside.to_string_lossy()]).data();
    assert!(text_of(&outside).contains("<svg"), "an absolute place");
    cost(&repo, &["report", "--html", "docs/new/page.html"]).data();
    assert!(text_of(&repo.root().join("docs/new/page.html")).contains("<svg"));
}

#[test]
fn a_report_is_never_written_over_what_is_something_else_nor_where_nothing_belongs() {
    let repo = place();
    std::fs::create_dir(repo.at("outside")).unwrap();
    std::os::unix::fs::symlink(repo.at("outside"), repo.root().join("link")).unwrap();
    std::os::unix::fs::symlink(repo.at("outside/to.html"), repo.root().join("to.html")).unwrap();
    let readme = repo.root().join("README.md").to_string_lossy().into_owned();
    let git = repo.root().join(".git/hooks/post-commit").to_string_lossy().into_owned();
    import(&repo);
    let places = [
        "README.md",
        &readme,
        ".git/config",
        ".git/hooks/post-commit",
        &git,
        ".GIT/x.html",
        ".claude/commands/x.md",
        ".wfo/x.html",
        "../x.html",
        "docs/../x.html",
        "/",
        "..",
        "link/x.html",
        "to.html",
        "costs",
    ];
    for place in places {
        let before = (seen(&repo.at("")), repo.root().join(".git/hooks/post-commit").exists());
        let (status, code) = cost(&repo, &["report", "--html", place]).failure();
        assert!((20..=21).contains(&status), "{place}: {status} {code}");
        assert_eq!((seen(&repo.at("")), repo.root().join(".git/hooks/post-commit").exists()), before, "{place}");
    }
    repo.put("costs/cost-report.md", "# My own notes\n");
    assert_eq!(cost(&repo, &["report"]).failure(), (21, "output.refused".to_owned()));
    assert_eq!(kept(&repo, "cost-report.md"), "# My own notes\n");
}
