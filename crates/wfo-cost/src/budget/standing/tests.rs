//! What is left, and the one rule.

use super::*;
use proptest::prelude::*;

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn limit(scope: Scope, soft: Option<&str>, origin: Origin) -> Limits {
    Limits { scope, soft: soft.map(usd), hard: None, threshold: Share::USUAL, origin }
}

fn spent(scope: Scope, side: Origin, text: Option<&str>) -> Spent {
    Spent { scope, side, usd: text.map(usd) }
}

#[test]
fn there_is_one_emergency_rule_and_it_is_a_part_of_the_budget_and_no_amount() {
    let controls = Controls::default();
    for (spent, limit, expected) in [
        // error 16: with a daily budget of 5 the first cent is no emergency
        ("0.01", "5", State::Normal),
        ("3.99", "5", State::Normal),
        ("4", "5", State::Saving),
        ("4.749999999999", "5", State::Saving),
        ("4.75", "5", State::Emergency),
        ("5", "5", State::Emergency),
        ("500", "5", State::Emergency),
        ("0", "100", State::Normal),
        ("79.999999999999", "100", State::Normal),
        ("80", "100", State::Saving),
        ("95", "100", State::Emergency),
        ("0", "0", State::Emergency),
        ("1", "0", State::Emergency),
        ("-3", "5", State::Normal),
    ] {
        assert_eq!(state(Some(Left::of(usd(spent), usd(limit))), &controls), Some(expected), "{spent} of {limit}");
    }
    assert_eq!(state(None, &controls), None);
}

#[test]
fn a_lower_threshold_comes_first_whatever_the_order_of_the_two() {
    let controls = Controls { emergency: Share::parse("0.5").unwrap(), ..Controls::default() };
    let of = |percent| state(Some(Left::percent(percent)), &controls).unwrap();
    assert_eq!((of(51), of(50), of(0)), (State::Normal, State::Emergency, State::Emergency));
}

#[test]
fn the_tightest_soft_limit_of_both_sides_decides() {
    let limits = [
        limit(Scope::Daily, Some("5"), Origin::Repository),
        limit(Scope::Weekly, None, Origin::Repository),
        limit(Scope::Monthly, Some("100"), Origin::User),
        limit(Scope::Weekly, Some("25"), Origin::Default),
    ];
    let known = [
        spent(Scope::Daily, Origin::Repository, Some("1")),
        spent(Scope::Daily, Origin::User, Some("400")),
        spent(Scope::Monthly, Origin::Repository, Some("2")),
        spent(Scope::Monthly, Origin::User, Some("90")),
        spent(Scope::Weekly, Origin::Repository, Some("5")),
    ];
    let found = tightest(&known, &limits).unwrap();
    assert_eq!(
        (found.scope, found.side, found.left, found.complete),
        (Scope::Monthly, Origin::User, Left::percent(10), true)
    );
    let partly = [spent(Scope::Daily, Origin::Repository, Some("1"))];
    let found = tightest(&partly, &limits).unwrap();
    assert_eq!((found.scope, found.left, found.complete), (Scope::Daily, Left::percent(80), false));
    assert_eq!(tightest(&[], &limits), None);
    assert_eq!(tightest(&known, &[]), None);
}

#[test]
fn what_is_left_is_shown_with_one_decimal() {
    for (spent, limit, shown) in [("1", "3", "66.6"), ("5", "5", "0.0"), ("0", "5", "100.0"), ("9", "5", "0.0")] {
        assert_eq!(Left::of(usd(spent), usd(limit)).plain(), shown);
    }
}

proptest! {
    #[test]
    fn the_state_is_that_of_exact_arithmetic(spent in 0i64..3_000_000, limit in 1i64..2_000_000) {
        let left = Left::of(Usd::from_cents(spent), Usd::from_cents(limit));
        let reached = |percent: i64| spent * 100 >= limit * percent;
        let expected = if reached(95) { State::Emergency } else if reached(80) { State::Saving } else { State::Normal };
        prop_assert_eq!(state(Some(left), &Controls::default()), Some(expected));
    }

    #[test]
    fn more_spend_never_leaves_more(a in 0i64..i64::MAX / 200, b in 0i64..i64::MAX / 200, limit in 0i64..i64::MAX / 200) {
        let of = |spent: i64| Left::of(Usd::from_cents(spent), Usd::from_cents(limit));
        prop_assert!(of(a.min(b)) >= of(a.max(b)));
    }
}

#[test]
fn what_is_left_is_read_as_percent_and_nothing_else() {
    for (text, shown) in [
        ("100", Some("100.0")),
        ("0", Some("0.0")),
        ("12.34", Some("12.3")),
        (" 20 % ", Some("20.0")),
        ("0.00001", Some("0.0")),
        ("100.1", None),
        ("-1", None),
        ("NaN", None),
        ("", None),
        ("%", None),
        ("1e99", None),
        ("half", None),
    ] {
        assert_eq!(Left::parse(text).map(Left::plain).as_deref(), shown, "{text}");
    }
    assert_eq!(Left::parse("20"), Some(Left::percent(20)));
    assert!(Left::parse("0.000001") > Some(Left::NOTHING), "rounded up, so that nothing is used up too early");
    assert_eq!(serde_json::to_string(&Left::percent(7)).unwrap(), "7.0");
}
