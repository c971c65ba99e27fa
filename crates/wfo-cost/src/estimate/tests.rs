//! Tests of estimates, among them the plan that the reference page shows.

use wfo_base::codes;

use super::*;
use crate::report::samples::built_in_prices;

/// A plan that works.
const SAMPLE: &str = r#"feature: user-login
development: {hours: 40, input_tokens: 12000, cache_read_tokens: 30000, output_tokens: 800}
testing: {hours: 10, calls_per_hour: 30, model: deepseek-flash}
compute_hours: 6
storage_gb: 21
months: 1
services:
  - {resource: supabase/bandwidth, quantity: 12}
  - {name: mail service, quantity: 2500, included: 1000, unit: mail, usd: 0.001}
"#;

fn run(text: &str) -> Result<Noted<Estimate>, Problem> {
    let (book, rows) = built_in_prices();
    estimate("plan.yaml", text, &book, &rows, "2026-11-21T12:00:00Z".parse().unwrap())
}

fn terms(estimate: &Estimate) -> Vec<(String, String, String)> {
    let all = estimate.parts.iter().flat_map(|part| &part.terms);
    all.map(|term| (term.name.clone(), term.quantity.plain(), term.usd.map_or("unknown".into(), Usd::plain))).collect()
}

#[test]
fn calls_times_both_rates_plus_machines_beyond_what_is_included() {
    let made = run(SAMPLE).unwrap();
    assert_eq!(made.notes, vec![]);
    let expected = [
        ("development: input tokens", "24", "48"),
        ("development: cache reads", "60", "6"),
        ("development: output tokens", "1.6", "16"),
        ("testing: input tokens", "0.3", "0.09"),
        ("testing: output tokens", "0.15", "0.18"),
        ("runpod/default", "6", "3"),
        ("supabase/storage", "21", "0.42"),
        ("supabase/bandwidth", "12", "0.63"),
        ("mail service", "2500", "1.5"),
    ];
    assert_eq!(terms(&made.value), expected.map(|(a, b, c)| (a.into(), b.into(), c.into())));
    assert_eq!(made.value.total_usd.unwrap().plain(), "75.82");
    assert_eq!(made.value.feature.as_deref(), Some("user-login"));
    let parts: Vec<_> = made.value.parts.iter().map(|part| (part.name, part.usd.unwrap().plain())).collect();
    assert_eq!(parts, [("development", "70".into()), ("testing", "0.27".into()), ("infrastructure", "5.55".into())]);
    assert_eq!(made.value.parts[0].work.as_ref().unwrap().calls.plain(), "2000");
}

#[test]
fn a_plan_in_json_with_the_short_names_is_the_same_plan() {
    let long = run("development: {hours: 2.5}\ntesting: {hours: 1}\n").unwrap().value;
    assert_eq!(run("{\"dev_hours\": 2.5,\n\t\"test_hours\": 1}").unwrap().value, long);
    // 125 calls x (1,000 x 2 + 500 x 10) / 10^6 + 30 calls x (1,000 x 0.30 + 500 x 1.20) / 10^6
    assert_eq!(long.total_usd.unwrap().plain(), "0.902");
}

#[test]
fn a_free_amount_counts_for_each_month_and_is_never_paid_back() {
    for (text, usd) in [
        ("storage_gb: 1", "0"),
        ("storage_gb: 0.5", "0"),
        ("storage_gb: 2\nmonths: 3", "0.063"),
        ("services: [{resource: supabase/storage, quantity: 120, plan: pro}]", "0.42"),
        ("services: [{resource: vercel/bandwidth, quantity: 0}]", "0"),
        ("services: [{resource: vercel/bandwidth, quantity: 10, included: 20}]", "0"),
    ] {
        assert_eq!(run(text).unwrap().value.total_usd.unwrap().plain(), usd, "{text}");
    }
}

#[test]
fn a_long_prompt_is_priced_by_its_tier() {
    for (input, usd) in [(100_000, "10.25"), (100_001, "51.250500")] {
        let text = format!("development: {{hours: 20, model: claude-haiku-5-5, input_tokens: {input}}}");
        let expected = Usd::parse(usd).unwrap();
        assert_eq!(run(&text).unwrap().value.total_usd, Some(expected), "{input}");
    }
}

#[test]
fn an_unknown_price_makes_the_total_unknown_and_is_named() {
    for (text, code) in [
        ("development: {hours: 1, model: gpt-17}", codes::MODEL_UNKNOWN),
        ("compute_hours: 1\nservices: [{resource: runpod/a6000, quantity: 3}]", codes::COST_UNPRICED),
        ("services: [{name: \"\\e[31mx\", quantity: 3}]", codes::COST_UNPRICED),
    ] {
        let made = run(text).unwrap();
        assert_eq!(made.value.total_usd, None, "{text}");
        assert_eq!(made.notes[0].problem.code, code, "{text}");
        assert!(!made.notes[0].problem.message.contains('\u{1b}'), "{text}");
    }
    let qwen = run("development: {hours: 1, model: qwen-flash, cache_read_tokens: 5}").unwrap();
    assert_eq!((qwen.value.total_usd, qwen.notes.len()), (None, 1));
}

#[test]
fn a_wrong_plan_is_named_with_its_line() {
    for (text, line, message) in [
        ("", 1, "empty"),
        ("feature: x\n", 1, "neither hours nor services"),
        ("feature: x\ndevelopment: {}\n", 2, "missing field `hours`"),
        ("feature: x\ndevelopment:\n  calls_per_hour: 5\n  hours: -3\n", 4, "`-3` is not a number of zero or more"),
        ("dev_hours: 1\nstorage_gb: lots\n", 2, "`lots` is not a number"),
        ("dev_hours: 1\ndev_hour: 2\n", 2, "unknown field `dev_hour`"),
        ("dev_hours: 1\ndev_hours: 2\n", 1, "duplicate field `dev_hours`"),
        ("development: {hours: 1}\ndev_hours: 2\n", 2, "both `development` and `dev_hours`"),
        ("development: {hours: 1, input_tokens: 1.5}\n", 1, "whole number"),
        ("{\"development\": {\n \"hours\": NaN}}", 2, "`NaN` is not a number"),
        ("dev_hours: 1\nservices:\n  - {resource: moon/base, quantity: 1}\n", 3, "no row `moon/base`"),
        ("dev_hours: 1\nservices:\n  - {resource: runpod/default, quantity: 1, plan: pro}\n", 3, "plan `pro`"),
        ("dev_hours: 1\nservices:\n  - {quantity: 1}\n", 3, "needs `resource`"),
        ("dev_hours: 1\nservices:\n  - {name: a, usd: -1, quantity: 1}\n", 3, "`-1` is not an amount"),
        ("dev_hours: 1e15\n", 1, "cannot be"),
        ("a: [", 1, ""),
        ("- 1", 1, ""),
        ("\u{0}\u{7}", 1, ""),
    ] {
        let problem = run(text).unwrap_err();
        let place = problem.location.clone().unwrap();
        assert_eq!(problem.code, codes::COST_PLAN_INVALID, "{text}");
        assert!(problem.message.contains(message), "{text}: {}", problem.message);
        assert_eq!((place.file.as_str(), place.line), ("plan.yaml", Some(line)), "{text}: {}", problem.message);
    }
}
