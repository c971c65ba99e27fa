//! `model route` and `model degrade`: each flag, what is left of the budget, models of the own machine, and wrong words.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Repo, Sandbox, binary};

fn route(flags: &str) -> Value {
    model(&format!("route --task {flags}"))
}

fn degrade(flags: &str) -> Value {
    model(&format!("degrade {flags}"))
}

fn model(words: &str) -> Value {
    Call::new(binary()).args(["model"]).args(words.split(' ')).args(["--json"]).run(&Sandbox::new()).data()
}

/// A repository that spent so much of a daily 10 dollars today.
fn spent(usd: &str) -> Repo {
    let repo = Repo::new();
    let row = format!(
        "{{\"session\":\"s1\",\"day\":\"2026-11-21\",\"zone\":\"UTC\",\"model\":\"claude-sonnet-5-5\",\"project\":\"project\",\"branch\":\"main\",\
         \"kind\":\"inference\",\"tokens\":{{\"input\":900000,\"output\":80000}},\"usd\":{usd},\"source\":\"transcript\"}}\n"
    );
    repo.put("costs/ledger.jsonl", &row);
    repo.put("costs/budget-config.json", "{\"budgets\": {\"daily\": {\"soft_limit\": 10, \"hard_limit\": 20}}}\n");
    repo
}

#[test]
fn every_task_has_a_model_a_reason_and_a_way_to_send() {
    for task in ["reasoning", "code", "bulk", "chat", "summary", "extraction", "embeddings", "analysis"] {
        let data = route(&format!("{task} --left 90"));
        assert!(data["model"].is_string() && data["reason"].as_str().is_some_and(|why| !why.is_empty()), "{data:#}");
        assert_eq!((&data["task"], &data["state"]), (&json!(task), &json!("normal")));
        assert!(data["usd_per_m_blended"].is_number() && data["processing"]["mode"].is_string(), "{data:#}");
        assert_eq!(data["left_percent"].to_string(), "90.0");
        for other in data["alternatives"].as_array().unwrap() {
            assert!(other["model"] != data["model"] && other["reason"].is_string(), "{data:#}");
        }
    }
}

#[test]
fn each_flag_changes_the_choice() {
    let of = |flags: &str| route(flags)["model"].as_str().unwrap().to_owned();
    assert_eq!(of("reasoning --quality critical --left 90"), "claude-sonnet-5-5");
    assert_ne!(of("reasoning --quality low --complexity low --left 90"), "claude-sonnet-5-5");
    assert_eq!(of("code --complexity high --left 90"), "claude-sonnet-5-5");
    assert_ne!(of("code --complexity low --left 90"), of("code --complexity high --left 90"));
    assert_ne!(of("bulk --urgency high --left 90"), of("bulk --urgency normal --left 90"));
    assert_ne!(of("chat --left 90"), of("chat --left 8"));
    assert_eq!(of("chat --local --left 90"), "ollama-llama3");
    let mode = |flags: &str| route(flags)["processing"]["mode"].clone();
    assert_eq!((mode("bulk --volume 1000"), mode("bulk --volume 1001")), (json!("standard"), json!("batch")));
    assert_eq!((mode("bulk --volume 5000 --urgency high"), mode("chat")), (json!("streaming"), json!("streaming")));
}

#[test]
fn answers_are_kept_as_long_as_the_table_says() {
    let kept = |task: &str| {
        let data = route(task);
        (data.get("cache_days").cloned(), data.get("cache_never_ages").cloned())
    };
    assert_eq!(kept("code"), (Some(json!(7)), None));
    assert_eq!(kept("embeddings"), (Some(json!(30)), None));
    assert_eq!(kept("search"), (Some(json!(1)), None));
    assert_eq!(kept("static-analysis"), (None, Some(json!(true))));
}

#[test]
fn what_is_left_comes_from_what_was_spent() {
    for (usd, left, state) in
        [("1", "90.0", "normal"), ("8.5", "15.0", "saving"), ("9.6", "4.0", "emergency"), ("30", "0.0", "emergency")]
    {
        let repo = spent(usd);
        let data = repo.helper(&["model", "route", "--task", "chat", "--json"]).data();
        assert_eq!((data["left_percent"].to_string().as_str(), &data["state"]), (left, &json!(state)), "{usd}");
        let said = route(&format!("chat --left {left}"));
        assert_eq!((&data["model"], &data["reason"]), (&said["model"], &said["reason"]), "{usd}: as with --left");
    }
    let repo = spent("9.6");
    let data = repo.helper(&["model", "route", "--task", "chat", "--left", "90", "--json"]).data();
    assert_eq!(
        (data["left_percent"].to_string().as_str(), &data["state"]),
        ("90.0", &json!("normal")),
        "the flag goes first"
    );
}

#[test]
fn an_unknown_budget_is_null_and_no_reason_to_panic() {
    let repo = Repo::new();
    repo.put("costs", "no folder\n");
    let done = repo.helper(&["model", "route", "--task", "reasoning", "--quality", "critical", "--json"]);
    let data = done.data();
    assert_eq!(
        (&data["left_percent"], &data["state"], &data["model"]),
        (&json!(null), &json!(null), &json!("claude-sonnet-5-5"))
    );
    let text = repo.helper(&["model", "degrade", "claude-opus-5-5", "--format", "text"]).stdout;
    assert!(text.contains("what is left of the budget is unknown"), "{text}");
}

#[test]
fn degrading_goes_to_a_strictly_cheaper_model_or_says_why_not() {
    let rungs = ["90", "45", "20", "10", "0"].map(|left| degrade(&format!("claude-opus-5-5 --left {left}")));
    let price = |model: &Value| {
        let all = rungs[0]["alternatives"].as_array().unwrap();
        all.iter().position(|other| other["model"] == *model)
    };
    assert_eq!((&rungs[0]["model"], &rungs[0]["from"]), (&json!(null), &json!("claude-opus-5-5")));
    assert!(rungs[0]["reason"].as_str().unwrap().contains("no need"));
    let steps: Vec<_> = rungs[1..].iter().map(|data| price(&data["model"])).collect();
    assert!(steps.iter().all(Option::is_some) && steps.is_sorted(), "the less is left, the further down: {steps:?}");
    assert_eq!(steps[0], Some(0), "one step down first");
    // every other is cheaper than the one above it
    let usd: Vec<f64> = rungs[0]["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| other["usd_per_m_blended"].as_f64().unwrap())
        .collect();
    assert!(usd.len() >= 3 && usd.windows(2).all(|two| two[0] > two[1]), "{usd:?}");
    assert_eq!(degrade("opus --left 45")["from"], "claude-opus-5-5", "a short name of the host");
    for (model, why) in [("ollama-llama3", "costs nothing"), ("deepseek-flash", "nothing of its kind")] {
        let data = degrade(&format!("{model} --left 1"));
        assert!(data["model"].is_null() && data["reason"].as_str().unwrap().contains(why), "{data:#}");
    }
    let retired = degrade("claude-3-opus --left 45");
    assert_eq!(retired["from"], "claude-3-opus");
    assert!(
        retired["model"].as_str().is_some_and(|model| !model.contains("claude-3")),
        "never a retired one: {retired:#}"
    );
}

#[test]
fn a_model_that_is_unfit_for_the_task_is_passed_over() {
    let data = degrade("claude-sonnet-5-5 --task code --left 1");
    let named: Vec<&Value> =
        data["alternatives"].as_array().unwrap().iter().map(|other| &other["model"]).chain([&data["model"]]).collect();
    assert!(
        named.iter().all(|model| !["groq/gpt-oss-20b", "qwen-72b"].contains(&model.as_str().unwrap_or_default())),
        "{named:?}"
    );
}

#[test]
fn a_local_model_is_offered_when_it_was_asked_for_or_is_installed_in_an_emergency() {
    let missing = route("chat --local --left 90");
    assert!(missing["warning"].as_str().unwrap().contains("not among the installed"), "{missing:#}");
    assert_eq!(missing["usd_per_m_blended"], json!(0));
    let paid = route("chat --left 0");
    assert!(paid["warning"].as_str().unwrap().contains("costs money"), "{paid:#}");
    assert!(!paid["model"].as_str().unwrap().contains("ollama"));
    let sandbox = Sandbox::new();
    let library = "manifests/registry.ollama.ai/library";
    sandbox.write(&format!("home/.ollama/models/{library}/llama3/latest"), "{}");
    let call = |words: &str| Call::new(binary()).args(words.split(' ')).args(["--json"]);
    let there = call("model route --task chat --left 0").run(&sandbox).data();
    assert_eq!((&there["model"], there.get("warning")), (&json!("ollama-llama3"), None));
    assert_eq!(call("model degrade claude-opus-5-5 --left 0").run(&sandbox).data()["model"], "ollama-llama3");
    assert_eq!(call("model degrade claude-opus-5-5 --left 90 --local").run(&sandbox).data()["model"], "ollama-llama3");
    sandbox.write(&format!("models/{library}/qwen2.5-coder/7b"), "{}");
    let elsewhere = sandbox.at("models").to_string_lossy().into_owned();
    let named = call("model route --task chat --left 0").env("OLLAMA_MODELS", elsewhere).run(&sandbox).data();
    assert_eq!(named["model"], "ollama/qwen2.5-coder");
}

#[test]
fn wrong_words_are_answered_with_the_nearest_right_ones() {
    let sandbox = Sandbox::new();
    for (words, failure, near) in [
        ("route --task resoning", (64, "usage.invalid"), "`reasoning`"),
        ("route --task code --quality best", (64, "usage.invalid"), ""),
        ("route --task code --complexity hard", (64, "usage.invalid"), ""),
        ("route --task code --urgency low", (64, "usage.invalid"), ""),
        ("route --task code --volume -1", (64, "usage.invalid"), ""),
        ("route --task code --volume 99999999999999999999", (64, "usage.invalid"), ""),
        ("route --task code --left 101", (64, "usage.invalid"), "--left 20"),
        ("route --task code --left -1", (64, "usage.invalid"), "--left 20"),
        ("route --task code --left NaN", (64, "usage.invalid"), "--left 20"),
        ("route", (64, "usage.invalid"), ""),
        ("degrade", (64, "usage.invalid"), ""),
        ("degrade opus --task resoning", (64, "usage.invalid"), "`reasoning`"),
        ("degrade opus --left half", (64, "usage.invalid"), "--left 20"),
        ("degrade claude-opus-5-6", (20, "model.unknown"), "`claude-opus-5-5`"),
        ("degrade \u{1b}[31mx", (20, "model.unknown"), "cost price"),
        ("", (64, "usage.invalid"), ""),
    ] {
        let words = words.split(' ').filter(|word| !word.is_empty());
        let done = Call::new(binary()).args(["model"]).args(words.clone()).args(["--json"]).run(&sandbox);
        let words: Vec<&str> = words.collect();
        assert_eq!(done.failure(), (failure.0, failure.1.to_owned()), "{words:?}");
        let hint = done.answer()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains(near) && !done.stdout.contains('\u{1b}'), "{words:?}: {hint}");
    }
}

#[test]
fn rows_that_the_user_lays_over_the_tables_count() {
    let sandbox = Sandbox::new();
    let row = "rows:\n  - {id: poetry, of: chat, kind: chat, mix: plain, cache: model-answers, local: ollama-llama3, model: claude-haiku-5-5, why: short lines}\n";
    sandbox.write("config/wfo/data/model-tasks.yaml", row);
    let data = sandbox.helper(&["model", "route", "--task", "poetry", "--left", "90", "--json"]).data();
    assert_eq!((&data["model"], &data["reason"]), (&json!("claude-haiku-5-5"), &json!("short lines")));
}

#[test]
fn text_and_markdown_say_what_json_says_and_lists_are_cut() {
    let sandbox = Sandbox::new();
    for format in ["text", "markdown"] {
        let show = |words: &str| {
            let done = Call::new(binary()).args(words.split(' ')).args(["--format", format]).run(&sandbox);
            assert_eq!(done.status, Some(0), "{words}");
            done.stdout
        };
        let routed = show("model route --task static-analysis --left 60");
        for words in [
            "send: standard, up to 20 together",
            "keep answers: for ever",
            "60.0 % of the budget is left (normal)",
            "others",
        ] {
            assert!(routed.contains(words), "{words}: {routed}");
        }
        let kept = show("model degrade ollama-llama3 --left 20");
        assert!(kept.contains("keep ollama-llama3"), "{kept}");
        assert!(show("model route --task chat --local --left 90").contains("note: "));
    }
    let cut = route("chat --left 90 --limit 1");
    assert_eq!(cut["alternatives"].as_array().unwrap().len(), 1);
    assert!(cut["alternatives_more"].as_u64().is_some_and(|more| more > 0), "{cut:#}");
}
