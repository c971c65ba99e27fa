//! Which limits hold, from each file and from several.

use super::*;
use wfo_base::tables;

const TABLE: &str = include_str!("../../../../reference/data/budgets.yaml");

fn table() -> Vec<BudgetRow> {
    let parsed = tables::parse("budgets.yaml", TABLE);
    assert_eq!(parsed.notes, vec![]);
    parsed.value.into_iter().map(|(row, _)| row).collect()
}

/// `soft hard threshold-of-100 origin` for daily, weekly, monthly.
fn hold(repository: Option<&str>, older: Option<&str>, user: Option<&str>) -> (Vec<String>, usize) {
    let mut notes = Vec::new();
    let repository = repository.map(|text| Page::new("costs/budget-config.json", text));
    let user = user.map(|text| Page::new("budgets.yaml", text));
    let older = older.map(|text| Usd::parse(text).unwrap());
    let found = limits(repository.as_ref(), older, user.as_ref(), &table(), &mut notes);
    let plain = |amount: Option<Usd>| amount.map_or("-".to_owned(), Usd::plain);
    let shown = found.in_force.iter().map(|limit| {
        let part = limit.threshold.part_of(Usd::from_cents(10_000)).plain();
        format!("{} {} {part} {}", plain(limit.soft), plain(limit.hard), limit.origin.word())
    });
    (shown.collect(), notes.len())
}

const DEFAULTS: [&str; 3] = ["5 7.5 80 default", "25 35 80 default", "100 150 80 default"];

#[test]
fn the_table_holds_where_nobody_has_set_anything() {
    assert_eq!(hold(None, None, None), (DEFAULTS.map(str::to_owned).to_vec(), 0));
    assert_eq!(hold(Some("{}"), None, Some("")), (DEFAULTS.map(str::to_owned).to_vec(), 0));
    assert_eq!(hold(None, None, Some("# nothing\n")), (DEFAULTS.map(str::to_owned).to_vec(), 0));
}

#[test]
fn each_scope_comes_from_the_repository_else_the_user_else_the_table() {
    let repository =
        "{\"budgets\": {\"daily\": {\"soft_limit\": 3.00, \"hard_limit\": 4.10, \"alert_threshold\": 0.5}}}";
    let user =
        "budgets:\n  daily: {soft_limit: 9}\n  weekly: {soft_limit: 20.10, hard_limit: 30, alert_threshold: 0.8125}\n";
    let expected = ["3 4.1 50 repository", "20.1 30 81.25 user", "100 150 80 default"];
    assert_eq!(hold(Some(repository), None, Some(user)), (expected.map(str::to_owned).to_vec(), 0));
}

#[test]
fn the_hard_limit_of_the_table_is_not_laid_over_a_scope_that_somebody_set() {
    assert_eq!(hold(None, None, Some("monthly: {soft_limit: 500}")).0[2], "500 - 80 user");
    assert_eq!(hold(Some("{\"monthly\": {\"hard_limit\": 50}}"), None, None).0[2], "50 50 80 repository");
    assert_eq!(
        hold(Some("{\"monthly\": {\"hard_limit\": 50}}"), None, Some("monthly: {soft_limit: 40}")).0[2],
        "40 50 80 user"
    );
}

#[test]
fn spend_is_judged_by_the_limits_of_both_files_and_by_the_table_only_where_neither_sets_a_scope() {
    let repository = Page::new(
        "costs/budget-config.json",
        "{\"budgets\": {\"daily\": {\"hard_limit\": 3}, \"monthly\": {\"soft_limit\": 1000000}}}",
    );
    let user = Page::new("budgets.yaml", "monthly: {soft_limit: 20, alert_threshold: 0.5}\n");
    let found = limits(Some(&repository), None, Some(&user), &table(), &mut Vec::new());
    let shown: Vec<String> = found
        .judged
        .iter()
        .map(|limit| format!("{} {} {}", limit.scope.word(), limit.soft.unwrap().plain(), limit.origin.word()))
        .collect();
    assert_eq!(shown, ["daily 3 repository", "weekly 25 default", "monthly 1000000 repository", "monthly 20 user"]);
}

#[test]
fn older_shapes_of_the_configuration_are_read() {
    assert_eq!(
        hold(Some("{\"daily\": 6.00, \"monthly\": \"$80\", \"alert_threshold\": 0.9}"), None, None).0,
        ["6 - 90 repository", "25 35 80 default", "80 - 90 repository"]
    );
    assert_eq!(hold(None, Some("70"), None).0[2], "70 - 80 repository");
    assert_eq!(
        hold(Some("{\"budgets\": {\"monthly\": {\"soft_limit\": 60}}}"), Some("70"), None).0[2],
        "60 - 80 repository"
    );
    assert_eq!(hold(None, Some("0"), Some("monthly: {soft_limit: 70}")).0[2], "0 - 80 repository");
}

#[test]
fn a_value_that_is_no_limit_is_named_and_the_next_source_counts() {
    for text in [
        "{\"budgets\": {\"daily\": {\"soft_limit\": \"much\"}}}",
        "{\"budgets\": {\"daily\": {\"soft_limit\": -1}}}",
        "{\"budgets\": {\"daily\": [5]}}",
        "{\"budgets\": {\"daily\": {\"alert_threshold\": 0}}}",
        "{\"budgets\": ",
        "[]",
    ] {
        assert_eq!(hold(Some(text), None, None), (DEFAULTS.map(str::to_owned).to_vec(), 1), "{text}");
    }
    for text in ["budgets: [1]", "daily: {soft_limit: {}}", "\tdaily: 5", "daily: {soft_limit: x}"] {
        assert_eq!(hold(None, None, Some(text)), (DEFAULTS.map(str::to_owned).to_vec(), 1), "{text}");
    }
}

#[test]
fn a_threshold_is_exact_and_may_be_written_as_a_percentage() {
    let of = |text: &str| Share::parse(text).map(|share| share.part_of(Usd::parse("100").unwrap()).plain());
    for (text, part) in [
        ("0.8", Some("80")),
        ("80", Some("80")),
        ("1", Some("100")),
        ("1.0", Some("100")),
        ("0.123456", Some("12.3456")),
        ("100", Some("100")),
        ("0", None),
        ("-0.5", None),
        ("101", None),
        ("x", None),
    ] {
        assert_eq!(of(text).as_deref(), part, "{text}");
    }
}

#[test]
fn an_amount_of_the_table_that_is_not_in_quotes_is_refused_and_not_rounded() {
    let row = |soft: &str, threshold: &str| {
        format!("rows:\n- {{id: daily, soft_limit: {soft}, hard_limit: \"7\", alert_threshold: {threshold}}}\n")
    };
    for (text, good) in [
        (row("\"5.10\"", "\"0.8\""), 1),
        (row("5.10", "\"0.8\""), 0),
        (row("\"-5\"", "\"0.8\""), 0),
        (row("\"5\"", "\"8000\""), 0),
        ("rows:\n- {id: hourly, soft_limit: \"5\", hard_limit: \"7\", alert_threshold: \"0.8\"}\n".to_owned(), 0),
    ] {
        let parsed = tables::parse::<BudgetRow>("budgets.yaml", &text);
        assert_eq!((parsed.value.len(), parsed.notes.len()), (good, 1 - good), "{text}");
    }
}
