//! Trend, projection, burn rate and tomorrow, at the edges of months and without spend.

use super::*;
use crate::report::samples::{budgets, usd};
use jiff::civil::date;
use proptest::prelude::*;

fn now(text: &str) -> Zoned {
    text.parse().unwrap()
}

fn spent(list: &[(Date, &str)]) -> BTreeMap<Date, Usd> {
    list.iter().map(|(day, text)| (*day, usd(text))).collect()
}

fn projection(month: &str, at: &str) -> Option<String> {
    let at = now(at);
    let days = BTreeMap::from([(at.date().first_of_month(), usd(month))]);
    outlook(&days, &Budgets::default(), &at).projected.map(Usd::plain)
}

#[test]
fn a_projection_uses_the_real_length_of_the_month_and_needs_a_whole_day() {
    for (month, at, projected) in [
        ("10", "2026-11-11T00:00:00+00:00[UTC]", Some("30")),
        ("10", "2026-01-11T00:00:00+00:00[UTC]", Some("31")),
        ("10", "2026-02-11T00:00:00+00:00[UTC]", Some("28")),
        ("10", "2028-02-11T00:00:00+00:00[UTC]", Some("29")),
        ("29", "2028-02-29T00:00:00+00:00[UTC]", Some("30.035714285714")),
        ("10", "2026-11-06T00:00:00+00:00[UTC]", Some("60")),
        ("3", "2026-11-02T12:00:00+00:00[UTC]", Some("60")),
        ("10", "2026-11-01T23:59:59+00:00[UTC]", None),
        ("0", "2026-11-11T00:00:00+00:00[UTC]", Some("0")),
    ] {
        assert_eq!(projection(month, at).as_deref(), projected, "{at}");
    }
}

#[test]
fn a_month_in_which_the_clocks_change_is_as_long_as_it_is() {
    // October has 745 hours in Berlin; 20 days and the changed night are 481 of them after the 21st at 0:00
    let at = now("2026-10-21T00:00:00+02:00[Europe/Berlin]");
    let days = BTreeMap::from([(date(2026, 10, 2), usd("480"))]);
    assert_eq!(outlook(&days, &Budgets::default(), &at).projected.unwrap().plain(), "745");
}

#[test]
fn the_trend_compares_whole_days_and_leaves_today_out() {
    let today = date(2026, 11, 21);
    let days = spent(&[
        (today, "100"),
        (date(2026, 11, 20), "3"),
        (date(2026, 11, 14), "3"),
        (date(2026, 11, 13), "4"),
        (date(2026, 11, 7), "4"),
        (date(2026, 11, 6), "50"),
        (date(2026, 10, 22), "7"),
        (date(2026, 10, 21), "900"),
    ]);
    let trend = outlook(&days, &Budgets::default(), &now("2026-11-21T09:00:00+00:00[UTC]")).trend;
    assert_eq!((trend.last_7, trend.before_7, trend.last_30), (usd("6"), usd("8"), usd("71")));
    assert_eq!(trend.change.unwrap().plain(), "-25.0");
    assert_eq!(
        outlook(&BTreeMap::new(), &Budgets::default(), &now("2026-11-21T09:00:00+00:00[UTC]")).trend.change,
        None
    );
}

#[test]
fn burning_too_fast_is_not_said_of_the_first_requests_of_a_month() {
    let limits = budgets([None, None, Some("100")]);
    for (spent, at, fast) in [
        ("5.5", "2026-11-01T12:00:00+00:00[UTC]", false),
        ("9.9", "2026-11-01T12:00:00+00:00[UTC]", false),
        ("10", "2026-11-01T12:00:00+00:00[UTC]", true),
        ("50", "2026-11-11T00:00:00+00:00[UTC]", false),
        ("50.01", "2026-11-11T00:00:00+00:00[UTC]", true),
        ("120", "2026-11-30T23:00:00+00:00[UTC]", false),
    ] {
        let at = now(at);
        let days = BTreeMap::from([(at.date(), usd(spent))]);
        assert_eq!(outlook(&days, &limits, &at).burn.unwrap().too_fast, fast, "{spent} {at}");
    }
    let at = now("2026-11-11T00:00:00+00:00[UTC]");
    for limits in [budgets([None, None, Some("0")]), budgets([None; 3]), Budgets::default()] {
        assert_eq!(outlook(&BTreeMap::new(), &limits, &at).burn, None);
    }
}

#[test]
fn tomorrow_has_the_smallest_of_what_day_week_and_month_leave() {
    let friday = "2026-11-20T18:00:00+00:00[UTC]";
    let limits = budgets([Some("5"), Some("25"), Some("100")]);
    // Monday to Friday 21 of 25: 4 for two days; the month 90 of 100: 10 for ten days
    let days = spent(&[(date(2026, 11, 2), "69"), (date(2026, 11, 16), "21")]);
    let plan = outlook(&days, &limits, &now(friday)).tomorrow.unwrap();
    let parts: Vec<_> = plan.parts.iter().map(|(scope, usd)| (scope.word(), usd.plain())).collect();
    assert_eq!(parts, [("daily", "5".into()), ("weekly", "2".into()), ("monthly", "1".into())]);
    assert_eq!((plan.usd, plan.binding), (usd("1"), Scope::Monthly));
    // Sunday: a new week begins; the last of the month: a new month does
    let sunday = outlook(&days, &limits, &now("2026-11-22T18:00:00+00:00[UTC]")).tomorrow.unwrap();
    assert_eq!(sunday.parts[1].1.cents(), "$3.57");
    let last = outlook(&days, &limits, &now("2026-11-30T18:00:00+00:00[UTC]")).tomorrow.unwrap();
    assert_eq!(last.parts[2].1, usd("100").scaled(1, 31));
    // overspent: nothing is left, never less than nothing
    let over = spent(&[(date(2026, 11, 17), "400")]);
    assert_eq!(outlook(&over, &limits, &now(friday)).tomorrow.unwrap().usd, Usd::ZERO);
    assert_eq!(outlook(&over, &budgets([None; 3]), &now(friday)).tomorrow, None);
}

#[test]
fn days_ahead_of_the_clock_are_in_no_figure() {
    let calls = [crate::report::samples::call("2026-11-25T10:00:00Z", "m", "50")];
    assert!(super::days(Spending { calls: &calls, rows: &[] }, date(2026, 11, 21)).is_empty());
    let days = spent(&[(date(2026, 11, 25), "50")]);
    assert_eq!(outlook(&days, &Budgets::default(), &now("2026-11-21T09:00:00+00:00[UTC]")).month_to_date, Usd::ZERO);
}

proptest! {
    #[test]
    fn a_projection_is_linear_and_not_below_what_was_spent(cents in 0_i64..1_000_000_000, second in 86_400_i64..2_592_000) {
        let start: Zoned = now("2026-11-01T00:00:00+00:00[UTC]");
        let at = start.saturating_add(jiff::SignedDuration::from_secs(second));
        let on = |cents: i64| {
            let days = BTreeMap::from([(date(2026, 11, 1), Usd::from_cents(cents))]);
            outlook(&days, &Budgets::default(), &at).projected.unwrap()
        };
        prop_assert!(on(cents) >= Usd::from_cents(cents));
        let twice = on(cents * 2) - on(cents).scaled(2, 1);
        prop_assert!(twice <= usd("2e-12") && twice >= usd("-2e-12"));
    }
}
