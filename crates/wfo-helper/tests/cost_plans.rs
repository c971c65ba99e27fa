//! `cost estimate` and `cost project`: what a file comes to, where it may come from, and what is wrong with one.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod support;

use serde_json::{Value, json};
use support::{Call, Done, Repo, Sandbox, binary};

/// Both commands with the flag that names their file.
const BOTH: [[&str; 3]; 2] = [["cost", "estimate", "--plan"], ["cost", "project", "--options"]];

fn call(sandbox: &Sandbox, command: [&str; 3], file: &str) -> Done {
    sandbox.helper(&[&command[..], &[file, "--json"]].concat())
}

fn given(command: [&str; 3], text: &str) -> Done {
    Call::new(binary()).args(command).args(["-", "--json"]).stdin(text).run(&Sandbox::new())
}

fn estimate(text: &str) -> Done {
    given(BOTH[0], text)
}

fn project(text: &str) -> Done {
    given(BOTH[1], text)
}

fn number(value: &Value) -> String {
    value.to_string()
}

#[test]
fn an_estimate_shows_every_term_and_their_exact_sum() {
    let done = estimate(
        "{\"feature\": \"login\", \"dev_hours\": 2.5, \"test_hours\": 1, \"compute_hours\": 3, \"storage_gb\": 20}",
    );
    let data = done.data();
    assert_eq!((&data["file"], &data["feature"]), (&json!("-"), &json!("login")));
    let parts: Vec<_> =
        data["parts"].as_array().unwrap().iter().map(|part| (part["name"].clone(), number(&part["usd"]))).collect();
    // 125 calls x (1,000 x 2 + 500 x 10) / 10^6; 30 x (1,000 x 0.30 + 500 x 1.20) / 10^6; 3 x 0.50 + 19 x 0.021
    let expected = [("development", "0.875"), ("testing", "0.027"), ("infrastructure", "1.899")];
    assert_eq!(parts, expected.map(|(name, usd)| (json!(name), usd.to_owned())));
    assert_eq!(number(&data["total_usd"]), "2.801");
    let work = &data["parts"][0]["work"];
    assert_eq!((&work["calls"], &work["model"]), (&json!(125), &json!("claude-sonnet-5-5")));
    let storage = &data["parts"][2]["terms"][1];
    assert_eq!(
        (&storage["quantity"], &storage["included"], number(&storage["usd"])),
        (&json!(20), &json!(1), "0.399".to_owned())
    );
    assert!(data["parts"][2].get("work").is_none());
    assert!(done.codes().is_empty());
}

#[test]
fn a_projection_divides_by_a_thousand_scales_use_and_not_the_fixed_cost() {
    let data = project("options: [{name: a, cost_per_1k_tokens: 0.003, monthly_fixed: 7, usage: {tokens: 1000000}}, {name: b, monthly_fixed: 10}]").data();
    let totals = |at: usize| {
        let scales = data["options"][at]["scales"].as_array().unwrap().iter();
        scales.map(|scale| (scale["factor"].as_u64().unwrap(), number(&scale["total_usd"]))).collect::<Vec<_>>()
    };
    let expected = |usd: [&str; 4]| [1, 10, 100, 1000].into_iter().zip(usd.map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(totals(0), expected(["10", "37", "307", "3007"]));
    assert_eq!(totals(1), expected(["10", "10", "10", "10"]));
    let cheapest: Vec<_> = data["cheapest"].as_array().unwrap().iter().map(|best| best["names"].clone()).collect();
    assert_eq!(
        cheapest,
        [json!(["a", "b"]), json!(["b"]), json!(["b"]), json!(["b"])],
        "those that cost the same are both named"
    );
    assert!(data.get("threshold_usd").is_none() && data["options"][0]["scales"][0].get("above_threshold").is_none());
}

#[test]
fn an_option_is_above_the_threshold_only_when_that_is_known() {
    let text = "threshold_usd: 10\noptions:\n- {name: a, monthly_fixed: 10}\n- {name: b, monthly_fixed: 10.01}\n\
                - {name: c, services: [{name: x, quantity: 1}]}\n- {name: d, monthly_fixed: 11, services: [{name: x, quantity: 1}]}\n";
    let done = project(text);
    let data = done.data();
    let flag = |at: usize| data["options"][at]["scales"][0]["above_threshold"].clone();
    assert_eq!([flag(0), flag(1), flag(2), flag(3)], [json!(false), json!(true), json!(null), json!(true)]);
    assert_eq!((&data["cheapest"][0]["names"], &data["cheapest"][0]["unknown"]), (&json!(["a"]), &json!(["c", "d"])));
    assert_eq!(done.codes(), ["cost.unpriced"]);
}

#[test]
fn an_unknown_price_makes_the_total_null_and_is_named() {
    for (text, code) in [
        ("dev_hours: 1\ndevelopment:\n", None),
        ("development: {hours: 1, model: gpt-17}", Some("model.unknown")),
        ("services: [{resource: runpod/a6000, quantity: 3}]", Some("cost.unpriced")),
        ("services: [{resource: runpod/a6000, quantity: 3, usd: 0}]", None),
    ] {
        let done = estimate(text);
        let known = code.is_none();
        assert_eq!(
            (done.data()["total_usd"].is_null(), done.codes()),
            (!known, code.map(str::to_owned).into_iter().collect()),
            "{text}"
        );
    }
}

#[test]
fn a_model_that_nobody_knows_is_named_once_and_its_option_is_never_the_cheapest() {
    let text =
        "usage: {input_tokens: 1, output_tokens: 1}\noptions:\n- {name: a, model: gpt-17}\n- {name: b, model: gpt-5}\n";
    let done = project(text);
    let data = done.data();
    assert_eq!(done.codes(), ["model.unknown"]);
    let best = &data["cheapest"][0];
    assert_eq!((&best["names"], &best["unknown"]), (&json!(["b"]), &json!(["a"])));
}

#[test]
fn a_path_is_relative_to_the_folder_that_the_command_works_in() {
    let repo = Repo::new();
    repo.put("deep/plan.yaml", "dev_hours: 1\n");
    let deep = repo.root().join("deep");
    let inside = repo.call(&["cost", "estimate", "--plan", "plan.yaml", "--json"]).folder(&deep).run(&repo);
    assert_eq!(inside.data()["file"], "deep/plan.yaml", "shown relative to the repository");
    let outside = repo.write("elsewhere/plan.yaml", "test_hours: 1\n");
    let named = outside.to_string_lossy().into_owned();
    assert_eq!(call(&repo, BOTH[0], &named).data()["file"], named.as_str());
    let with = repo.call(&["-C", "deep", "cost", "estimate", "--plan", "plan.yaml", "--json"]).run(&repo);
    assert_eq!(with.data()["file"], "deep/plan.yaml");
}

#[test]
fn files_that_cannot_be_read_are_named_and_nothing_hangs() {
    let repo = Repo::new();
    repo.put("empty.yaml", "");
    repo.put("huge.yaml", &"a: 1\n".repeat(300_000));
    std::fs::create_dir(repo.root().join("folder")).unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    wfo_base::atomic::write(&repo.root().join("binary"), &bytes).unwrap();
    let made = Call::new("mkfifo").args(["fifo"]).run(&repo);
    assert_eq!(made.status, Some(0));
    for command in BOTH {
        for (file, code) in [
            ("nowhere.yaml", "file.missing"),
            ("empty.yaml/x", "file.missing"),
            ("empty.yaml", "cost.plan-invalid"),
            ("huge.yaml", "file.too-large"),
            ("folder", "file.not-regular"),
            ("fifo", "file.not-regular"),
            ("binary", "file.not-utf8"),
        ] {
            assert_eq!(call(&repo, command, file).failure(), (20, code.to_owned()), "{command:?} {file}");
        }
        let huge = Call::new(binary()).args(command).args(["-", "--json"]).stdin(&"a".repeat(2 << 20)).run(&repo);
        assert_eq!(huge.failure(), (20, "file.too-large".to_owned()));
        assert_eq!(repo.helper(&[command[0], command[1], "--json"]).failure(), (64, "usage.invalid".to_owned()));
        assert_eq!(repo.helper(&[command[0], command[1], command[2], "--json"]).failure().0, 64);
    }
}

#[test]
fn a_wrong_file_is_named_with_its_line() {
    let bad_plans: [(&str, u64); 12] = [
        ("feature: x\nhours: 2\n", 2),
        ("feature: x\ndev_hours: -1\n", 2),
        ("feature: x\n\ndev_hours: NaN\n", 3),
        ("dev_hours: .inf\n", 1),
        ("dev_hours: 1e40\n", 1),
        ("dev_hours: lots\n", 1),
        ("feature: x\n", 1),
        ("feature: x\ndevelopment: {}\n", 2),
        ("services:\n- {name: a, usd: 1}\n", 2),
        ("services:\n- {resource: nowhere/nothing, quantity: 1}\n", 2),
        ("[1, 2]\n", 1),
        ("feature: \u{0}\n", 1),
    ];
    let bad_options: [(&str, u64); 8] = [
        ("options: []\n", 1),
        ("options:\n- {name: a}\n", 2),
        ("options:\n- {name: a, monthly_fixed: 1}\n- {name: a, monthly_fixed: 2}\n", 2),
        ("options:\n- {name: a, monthly_fixed: -3}\n", 2),
        ("options:\n- {name: a, fixed: 3}\n", 2),
        ("threshold_usd: NaN\noptions:\n- {name: a, monthly_fixed: 3}\n", 1),
        ("options:\n- {name: a, cost_per_1k_tokens: 1}\n", 2),
        ("options:\n- {name: a, model: claude-haiku-5-5}\n", 2),
    ];
    let plans = bad_plans.into_iter().map(|bad| (BOTH[0], bad));
    for (command, (text, line)) in plans.chain(bad_options.into_iter().map(|bad| (BOTH[1], bad))) {
        let done = given(command, text);
        assert_eq!(done.failure(), (20, "cost.plan-invalid".to_owned()), "{text}");
        let place = &done.answer()["diagnostics"][0]["where"];
        assert_eq!((&place["file"], &place["line"]), (&json!("-"), &json!(line)), "{text}");
    }
}

#[test]
fn hostile_names_reach_no_terminal_and_deep_files_end_at_once() {
    let name = "\\e[31m\\u202Eevil\\n```";
    let text = format!("feature: \"{name}\"\nservices: [{{name: \"{name}\", quantity: 1}}]\n");
    for format in ["json", "text", "markdown"] {
        let done = Call::new(binary()).args(BOTH[0]).args(["-", "--format", format]).stdin(&text).run(&Sandbox::new());
        assert_eq!(done.status, Some(0));
        assert!(
            !done.stdout.contains(['\u{1b}', '\u{202e}']) && !done.stderr.contains(['\u{1b}', '\u{202e}']),
            "{format}"
        );
    }
    for text in ["[".repeat(900_000), "- ".repeat(400_000), format!("a: {}", "{a: ".repeat(200_000))] {
        let done = estimate(&text);
        assert_eq!(done.failure().1, "cost.plan-invalid");
        assert!(done.took.as_secs() < 10, "{:?}", done.took);
    }
}

#[test]
fn long_lists_are_cut_and_counted() {
    let services: String = (0..30).map(|n| format!("- {{name: s{n}, quantity: 1, usd: 1}}\n")).collect();
    let cut = |command: [&str; 3], text: &str| {
        let call = Call::new(binary()).args(command).args(["-", "--json", "--limit", "4"]);
        call.stdin(text).run(&Sandbox::new()).data()
    };
    let data = cut(BOTH[0], &format!("services:\n{services}"));
    let part = &data["parts"][0];
    assert_eq!(
        (part["terms"].as_array().unwrap().len(), &part["terms_more"], &data["total_usd"]),
        (4, &json!(26), &json!(30))
    );
    let options: String = (0..9).map(|n| format!("- {{name: o{n}, monthly_fixed: {}}}\n", 9 - n)).collect();
    let data = cut(BOTH[1], &format!("options:\n{options}"));
    assert_eq!((data["options"].as_array().unwrap().len(), &data["options_more"]), (4, &json!(5)));
    assert_eq!(data["cheapest"][0]["names"], json!(["o8"]), "of all options, not of those that are shown");
}

#[test]
fn text_and_markdown_say_what_json_says() {
    let shown = |command: [&str; 3], text: &str, format: &str| {
        let done = Call::new(binary()).args(command).args(["-", "--format", format]).stdin(text).run(&Sandbox::new());
        assert_eq!(done.status, Some(0), "{done:?}");
        done.stdout
    };
    for format in ["text", "markdown"] {
        let plan = shown(
            BOTH[0],
            "feature: login\ndev_hours: 2\nservices: [{name: x, quantity: 3, included: 1, unit: mail}]\n",
            format,
        );
        for words in [
            "unknown  login",
            "2 h, 100 calls of claude-sonnet-5-5",
            "  input tokens   $0.20",
            "3 x mail, 1 of them free, unknown each",
        ] {
            assert!(plan.contains(words), "{words}: {plan}");
        }
        let options = shown(
            BOTH[1],
            "threshold_usd: 5\noptions:\n- {name: a, monthly_fixed: 6}\n- {name: b, services: [{name: x, quantity: 1}]}\n",
            format,
        );
        for words in ["$6.00 !", "! above $5.00 a month", "not known: b: might be cheaper"] {
            assert!(options.contains(words), "{words}: {options}");
        }
    }
}

#[test]
fn the_same_file_gives_the_same_answer_and_nothing_is_written() {
    let repo = Repo::new();
    repo.put("plan.yaml", "dev_hours: 1\n");
    let before = support::tree::picture(&repo.root());
    let first = call(&repo, BOTH[0], "plan.yaml").stdout;
    assert_eq!(call(&repo, BOTH[0], "plan.yaml").stdout, first);
    assert_eq!(support::tree::picture(&repo.root()), before);
}
