//! `cost price`: what is known of a model, a machine or a service; the list and its filters; names that nobody knows.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Repo, Sandbox, binary};

fn price(name: &str) -> Value {
    Sandbox::new().helper(&["cost", "price", name, "--json"]).data()
}

#[test]
fn a_model_is_told_with_its_five_rates_date_and_source() {
    let data = price("claude-sonnet-5-5");
    let keys = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h"];
    let rates: Vec<String> = keys.iter().map(|key| data[format!("{key}_usd_per_m")].to_string()).collect();
    assert_eq!(rates, ["2", "10", "0.1", "2.5", "4"]);
    assert_eq!(
        (&data["model"], &data["kind"], &data["status"]),
        (&json!("claude-sonnet-5-5"), &json!("chat"), &json!("current"))
    );
    assert_eq!((&data["as_of"], &data["provider"]), (&json!("2026-11-21"), &json!("anthropic")));
    assert!(data["source"].as_str().is_some_and(|source| source.contains("litellm")));
    assert_eq!((data["batch"].to_string(), data["us"].to_string()), ("0.5".to_owned(), "1.1".to_owned()));
    assert!(data.get("fast").is_none() && data.get("hours").is_none(), "what does not apply is absent: {data:#}");
    let history = &data["history"][0];
    assert_eq!(
        (&history["until"], history["cache_read_usd_per_m"].to_string()),
        (&json!("2026-10-07"), "0.2".to_owned())
    );
    assert_eq!(history["input_usd_per_m"].to_string(), "2", "what is not named there was as it is now");
}

#[test]
fn long_prompts_dear_hours_and_unknown_factors_are_told_apart() {
    let tiers = &price("claude-haiku-5-5")["tiers"];
    assert_eq!(
        (&tiers[0]["above_tokens"], tiers[0]["input_usd_per_m"].to_string()),
        (&json!(100_000), "0.5".to_owned())
    );
    let flash = price("deepseek-flash");
    assert_eq!(
        (&flash["hours"]["utc"], flash["hours"]["input_usd_per_m"].to_string()),
        (&json!([[1, 4], [6, 10]]), "0.3".to_owned())
    );
    assert_eq!(flash["hours"]["days"], json!(["mon", "tue", "wed", "thu", "fri"]));
    assert!(flash["batch"].is_null() && flash["cache_write_1h_usd_per_m"].is_null(), "not published is null, not 0");
    let fable = price("claude-fable-5-2");
    assert_eq!(fable.get("fast"), Some(&Value::Null), "there is a fast mode, and its factor is not known");
    assert_eq!(price("claude-opus-5-5")["fast"], json!(2));
}

#[test]
fn every_form_of_a_name_leads_to_the_same_row() {
    let repo = Repo::new();
    for (name, model) in [
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-opus-5-5", "claude-opus-5-5"),
        ("claude-opus-5-5[1m]", "claude-opus-5-5"),
        ("DeepSeek-Flash", "deepseek-flash"),
        ("ollama/anything", "ollama-local"),
    ] {
        let data = repo.helper(&["cost", "price", name, "--json"]).data();
        assert_eq!(data["model"], model, "{name}");
    }
}

#[test]
fn an_unknown_model_is_no_price_but_the_nearest_names() {
    let repo = Repo::new();
    for (name, near) in
        [("claude-sonet-5-5", "`claude-sonnet-5-5`"), ("haiku", "`claude-haiku-5-5`"), ("runpod/a1000", "cost price")]
    {
        let done = repo.helper(&["cost", "price", name, "--json"]);
        assert_eq!(done.failure(), (20, "model.unknown".to_owned()), "{name}");
        let hint = done.answer()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(near), "{name}: {hint}");
    }
    for name in ["", " ", "\u{1b}[31mx\u{202e}", &"x".repeat(100_000), "*", "ollama/*"] {
        let done = repo.helper(&["cost", "price", name, "--json"]);
        assert_eq!(done.failure(), (20, "model.unknown".to_owned()), "{name:.20}");
        assert!(!done.stdout.contains(['\u{1b}', '\u{202e}']) && done.stdout.len() < 2_000, "{name:.20}");
    }
}

#[test]
fn a_machine_is_told_with_what_is_free_and_an_unknown_price_is_null() {
    let storage = price("supabase/storage");
    assert_eq!((&storage["resource"], &storage["unit"]), (&json!("supabase/storage"), &json!("GB-month")));
    assert_eq!(
        (storage["usd_per_unit"].to_string(), &storage["included"]),
        ("0.021".to_owned(), &json!({"free": 1, "pro": 100}))
    );
    let machine = price("runpod/a6000");
    assert!(machine["usd_per_unit"].is_null() && machine["as_of"].is_null(), "{machine:#}");
    assert_eq!(price("runpod/a100-80gb")["usd_per_unit"].to_string(), "1.79");
}

#[test]
fn the_list_holds_every_row_and_is_filtered_and_cut() {
    let repo = Repo::new();
    let list = |flags: &[&str]| repo.helper(&[&["cost", "price", "--json"], flags].concat()).data();
    let all = list(&[]);
    let rows = |data: &Value, key: &str| data[key].as_array().expect("a list").clone();
    let count =
        |text: &str| text.lines().filter(|line| line.starts_with("  - {id: ") || line.starts_with("  - id: ")).count();
    let table = |name: &str| support::text_of(&support::repository().join(format!("reference/data/{name}.yaml")));
    assert_eq!(rows(&all, "models").len(), count(&table("prices")));
    assert_eq!(rows(&all, "infrastructure").len(), count(&table("infrastructure")));
    for (flags, key, word) in [
        (["--kind", "chat"], "kind", "chat"),
        (["--kind", "embedding"], "kind", "embedding"),
        (["--status", "current"], "status", "current"),
        (["--status", "legacy"], "status", "legacy"),
        (["--status", "retired"], "status", "retired"),
        (["--status", "local"], "status", "local"),
    ] {
        let found = list(&flags);
        let models = rows(&found, "models");
        assert!(!models.is_empty() && models.iter().all(|row| row[key] == word), "{flags:?}");
        assert_eq!(found["infrastructure"], json!([]), "{flags:?}");
        let expected = rows(&all, "models").iter().filter(|row| row[key] == word).count();
        assert_eq!(models.len(), expected, "{flags:?}");
    }
    let machines = list(&["--kind", "infrastructure"]);
    assert_eq!((&machines["models"], machines["infrastructure"] == all["infrastructure"]), (&json!([]), true));
    assert_eq!(list(&["--kind", "infrastructure", "--status", "local"]), json!({"models": [], "infrastructure": []}));
    let cut = list(&["--limit", "2"]);
    let more = |key: &str| cut[format!("{key}_more")].as_u64().unwrap() + cut[key].as_array().unwrap().len() as u64;
    assert_eq!(more("models"), rows(&all, "models").len() as u64);
    assert_eq!(more("infrastructure"), rows(&all, "infrastructure").len() as u64);
}

#[test]
fn a_model_is_retired_from_its_last_day_on_and_prices_are_those_of_the_day() {
    let sandbox = Sandbox::new();
    let on = |day: &str, name: &str| {
        let call = Call::new(binary()).args(["cost", "price", name, "--json"]);
        call.env("WFO_NOW", format!("{day}T12:00:00Z")).run(&sandbox).data()
    };
    assert_eq!(
        (&on("2026-12-10", "gpt-5")["status"], &on("2026-12-11", "gpt-5")["status"]),
        (&json!("current"), &json!("retired"))
    );
    assert_eq!(on("2026-10-07", "claude-sonnet-5-5")["cache_read_usd_per_m"].to_string(), "0.2");
    // a Monday, in a dear hour
    let call =
        Call::new(binary()).args(["cost", "price", "deepseek-flash", "--json"]).env("WFO_NOW", "2026-11-23T02:00:00Z");
    assert_eq!(call.run(&sandbox).data()["input_usd_per_m"].to_string(), "0.15", "the standard rate");
}

#[test]
fn old_prices_are_named_as_old() {
    let sandbox = Sandbox::new();
    let call = Call::new(binary()).args(["cost", "price", "claude-opus-5-5", "--json"]);
    let done = call.env("WFO_NOW", "2027-06-01T12:00:00Z").run(&sandbox);
    assert_eq!((done.status, done.codes()), (Some(0), vec!["cost.prices-old".to_owned()]));
}

#[test]
fn a_row_of_the_user_counts_and_a_repository_makes_nothing_cheaper() {
    let repo = Repo::new();
    let row = |input: &str| {
        format!(
            "rows:\n  - {{id: mine, provider: me, kind: chat, status: current, input: \"{input}\", output: \"2\", source: me, as_of: \"2026-11-01\"}}\n"
        )
    };
    repo.put_config("wfo/data/prices.yaml", &row("1.5"));
    let mine = || repo.helper(&["cost", "price", "mine", "--json"]);
    assert_eq!(mine().data()["input_usd_per_m"].to_string(), "1.5");
    repo.put(".wfo/data/prices.yaml", &row("0.5"));
    let done = mine();
    assert_eq!(
        (done.data()["input_usd_per_m"].to_string(), done.codes()),
        ("1.5".to_owned(), vec!["table.row-ignored".to_owned()])
    );
    repo.put(".wfo/data/prices.yaml", "rows: [[[");
    let done = mine();
    assert_eq!(
        (done.data()["input_usd_per_m"].to_string(), done.codes()),
        ("1.5".to_owned(), vec!["table.invalid".to_owned()])
    );
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    let sandbox = Sandbox::new();
    for words in [
        &["--kind", "image"][..],
        &["--status", "gone"],
        &["deepseek-flash", "--kind", "chat"],
        &["deepseek-flash", "--status", "current"],
        &["one", "two"],
    ] {
        let done = sandbox.helper(&[&["cost", "price", "--json"], words].concat());
        assert_eq!(done.failure(), (64, "usage.invalid".to_owned()), "{words:?}");
    }
}

#[test]
fn text_and_markdown_show_every_digit() {
    let sandbox = Sandbox::new();
    for format in ["text", "markdown"] {
        let show = |words: &[&str]| {
            let done = sandbox.helper(&[&["cost", "price", "--format", format], words].concat());
            assert_eq!(done.status, Some(0), "{words:?}");
            done.stdout
        };
        let flash = show(&["deepseek-flash"]);
        assert!(flash.contains("$0.003  $0.006") && flash.contains("mon-fri 1-4,6-10 UTC"), "{flash}");
        let fable = show(&["claude-fable-5-2"]);
        assert!(fable.contains("fast x unknown"), "{fable}");
        let sonnet = show(&["claude-sonnet-5-5"]);
        assert!(sonnet.contains("until 2026-10-07"), "{sonnet}");
        let list = show(&["--limit", "1"]);
        assert!(list.contains("... and ") && list.contains("machines and services"), "{list}");
        assert!(show(&["runpod/a6000"]).contains("unknown for one hour"));
        assert!(show(&["--kind", "infrastructure", "--status", "local"]).contains("no price is known"));
    }
}
