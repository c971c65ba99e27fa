//! Tests of projections, among them the options that the reference page shows.

use proptest::prelude::*;
use wfo_base::codes;

use super::*;
use crate::report::samples::built_in_prices;

/// Options that work.
const SAMPLE: &str = r#"threshold_usd: 50
usage: {input_tokens: 3000000, output_tokens: 1000000, storage_gb: 5, compute_hours: 10}
options:
  - name: hosted model
    model: claude-haiku-5-5
    storage: supabase/storage
    compute_hour_cost: 0
  - name: price per thousand
    cost_per_1k_tokens: 0.0002
    included_tokens: 1000000
    storage_gb_cost: 0.02
    storage_gb_included: 1
    compute_hour_cost: 0
    monthly_fixed: 25
  - name: own machine
    cost_per_1k_tokens: 0
    storage_gb_cost: 0
    compute: runpod/a100-40gb
    monthly_fixed: 5
"#;

fn run(text: &str) -> Result<Noted<Projection>, Problem> {
    let (book, rows) = built_in_prices();
    project("options.yaml", text, &book, &rows, "2026-11-21T12:00:00Z".parse().unwrap())
}

fn totals(choice: &Choice) -> Vec<String> {
    choice.scales.iter().map(|scale| scale.total_usd.map_or("unknown".into(), Usd::plain)).collect()
}

#[test]
fn use_grows_fixed_cost_does_not_and_free_amounts_are_subtracted_each_time() {
    let made = run(SAMPLE).unwrap();
    assert_eq!(made.notes, vec![]);
    let [hosted, thousand, own] = &made.value.options[..] else { panic!() };
    // 3 x 0.10 + 1 x 0.50 = 0.80, and (5 x scale - 1) x 0.021
    assert_eq!(totals(hosted), ["0.884", "9.029", "90.479", "904.979"]);
    // (4,000 x scale - 1,000) x 0.0002 + (5 x scale - 1) x 0.02 + 25
    assert_eq!(totals(thousand), ["25.68", "33.78", "114.78", "924.78"]);
    assert_eq!(totals(own), ["15", "105", "1005", "10005"]);
    let cheapest: Vec<_> = made.value.cheapest.iter().map(|best| (best.factor, best.names.join("+"))).collect();
    assert_eq!(cheapest, SCALES.map(|factor| (factor, "hosted model".to_owned())));
    let flags = |choice: &Choice| choice.scales.iter().map(|scale| scale.above_threshold).collect::<Vec<_>>();
    assert_eq!(flags(hosted), [Some(false), Some(false), Some(true), Some(true)]);
    assert_eq!(flags(own), [Some(false), Some(true), Some(true), Some(true)]);
    let names: Vec<_> = thousand.scales[0].terms.iter().map(|term| term.name.as_str()).collect();
    assert_eq!(names, ["tokens", "storage", "compute", "fixed"]);
}

#[test]
fn a_price_for_a_thousand_tokens_is_divided_by_a_thousand() {
    let text = "options: [{name: a, cost_per_1k_tokens: 0.003, usage: {tokens: 1000000}}]";
    assert_eq!(totals(&run(text).unwrap().value.options[0]), ["3", "30", "300", "3000"]);
}

#[test]
fn the_cheapest_changes_with_the_scale_and_ties_are_all_named() {
    let text = "usage: {tokens: 1000000}\noptions:\n- {name: flat, cost_per_1k_tokens: 0, monthly_fixed: 100}\n- {name: metered, cost_per_1k_tokens: 0.01}\n";
    let made = run(text).unwrap().value;
    let names: Vec<_> = made.cheapest.iter().map(|best| best.names.join("+")).collect();
    assert_eq!(names, ["metered", "flat+metered", "flat", "flat"]);
}

#[test]
fn an_unknown_price_makes_no_option_cheap() {
    let text = "threshold_usd: 20\nusage: {tokens: 1000000}\noptions:\n- {name: mystery, monthly_fixed: 5}\n- {name: odd, monthly_fixed: 21}\n- {name: known, cost_per_1k_tokens: 0.01}\n";
    let made = run(text).unwrap();
    assert_eq!(totals(&made.value.options[0])[0], "unknown");
    assert_eq!(made.value.cheapest[0].names, ["known"]);
    assert_eq!(made.value.cheapest[0].unknown, ["mystery", "odd"]);
    let flags: Vec<_> = made.value.options.iter().map(|option| option.scales[0].above_threshold).collect();
    assert_eq!(flags, [None, Some(true), Some(false)]);
    assert_eq!((made.notes.len(), made.notes[0].problem.code), (1, codes::COST_UNPRICED));
    let none = run("usage: {tokens: 1}\noptions: [{name: a}]").unwrap().value;
    assert_eq!((none.cheapest[0].names.len(), none.cheapest[0].usd), (0, None));
    let model = run("usage: {input_tokens: 1, output_tokens: 1}\noptions: [{name: a, model: gpt-17}]").unwrap();
    assert_eq!(model.notes[0].problem.code, codes::MODEL_UNKNOWN);
}

#[test]
fn wrong_options_are_named_with_their_line() {
    for (text, line, message) in [
        ("", 1, "no `options`"),
        ("threshold_usd: 5\noptions: []\n", 2, "no `options`"),
        ("options:\n- {name: a, monthly_fixed: -1}\n", 2, "`-1` is not an amount"),
        ("options:\n- {monthly_fixed: 1}\n", 2, "missing field `name`"),
        ("options:\n- {name: a, fixed: 1}\n", 2, "unknown field `fixed`"),
        ("options:\n- {name: a}\n", 2, "nothing that costs"),
        ("options:\n- {name: a, monthly_fixed: 1}\n- {name: a, monthly_fixed: 1}\n", 2, "stands twice"),
        ("options:\n- {name: a, model: m, cost_per_1k_tokens: 1}\n", 2, "both `model` and"),
        ("options:\n- {name: a, model: gpt-5}\n", 2, "no `usage` gives"),
        ("options:\n- {name: a, cost_per_1k_tokens: 1}\n", 2, "says how many"),
        ("options:\n- {name: a, storage_gb_cost: 1}\n", 2, "says how much"),
        ("options:\n- {name: a, cost_per_1k_tokens: 1, usage: {tokens: 1e15}}\n", 2, "cannot be"),
        ("usage: {storage_gb: 1}\noptions:\n- {name: a, storage: moon/base}\n", 3, "no row `moon/base`"),
    ] {
        let problem = run(text).unwrap_err();
        assert_eq!(problem.code, codes::COST_PLAN_INVALID, "{text}");
        assert!(problem.message.contains(message), "{text}: {}", problem.message);
        assert_eq!(problem.location.as_ref().unwrap().line, Some(line), "{text}: {}", problem.message);
    }
}

proptest! {
    #[test]
    fn without_fixed_and_free_amounts_ten_times_the_use_costs_ten_times(tokens in 0_u64..1_000_000_000, gb in 0_u64..10_000) {
        let text = format!("usage: {{tokens: {tokens}, storage_gb: {gb}}}\noptions: [{{name: a, cost_per_1k_tokens: 0.0003, storage_gb_cost: 0.021}}]");
        let made = run(&text).unwrap().value;
        let usd: Vec<_> = made.options[0].scales.iter().map(|scale| scale.total_usd.unwrap()).collect();
        prop_assert_eq!(usd[0].scaled(10, 1), usd[1]);
        prop_assert_eq!(usd[0].scaled(1000, 1), usd[3]);
    }

    #[test]
    fn any_text_is_answered_without_a_panic(text in "[a-z0-9\"'{}\\[\\],:\n .-]{0,80}") {
        let _ = run(&text);
        let _ = run(&format!("usage: {{tokens: 1}}\noptions:\n- {{name: a, {text}}}\n"));
    }
}
