//! Sums of the three periods over calls and rows.

use super::*;
use crate::report::samples;
use crate::spending::{Call, Kind, Row, Source};
use jiff::civil::date;
use wfo_base::Severity;

/// A Saturday; its week began on Monday the 16th.
const TODAY: Date = date(2026, 11, 21);

fn call(day: Date, model: &str, cents: Option<i64>) -> Call {
    Call { usd: cents.map(Usd::from_cents), ..samples::call(&format!("{day}T12:00:00Z"), model, "0") }
}

fn row(day: Date, cents: Option<i64>) -> Row {
    Row { kind: Kind::Compute, usd: cents.map(Usd::from_cents), source: Source::Manual, ..Row::transcript(day) }
}

fn plain(amounts: Amounts) -> String {
    [amounts.today, amounts.week, amounts.month].map(|usd| usd.map_or("null".into(), Usd::plain)).join(" ")
}

#[test]
fn calls_and_rows_are_added_up_by_day_week_and_month() {
    let calls = [
        call(date(2026, 10, 31), "m", Some(9_900)),
        call(date(2026, 11, 1), "m", Some(100)),
        call(date(2026, 11, 15), "m", Some(200)),
        call(date(2026, 11, 16), "m", Some(400)),
        call(TODAY, "m", Some(800)),
    ];
    let rows = [row(TODAY, Some(1_600)), row(date(2026, 11, 2), Some(3_200)), row(date(2026, 10, 2), Some(5))];
    let found = amounts(Spending { calls: &calls, rows: &rows }, TODAY);
    assert_eq!((plain(found.value).as_str(), found.notes), ("24 28 63", vec![]));
}

#[test]
fn a_week_may_reach_into_the_month_before() {
    let calls = [call(date(2026, 11, 30), "m", Some(100)), call(date(2026, 12, 1), "m", Some(200))];
    let found = amounts(Spending { calls: &calls, rows: &[] }, date(2026, 12, 1));
    assert_eq!(plain(found.value), "2 3 2");
    let leap = [call(date(2028, 2, 29), "m", Some(100))];
    assert_eq!(plain(amounts(Spending { calls: &leap, rows: &[] }, date(2028, 2, 29)).value), "1 1 1");
}

#[test]
fn what_has_no_price_is_named_once_and_only_where_it_would_count() {
    let calls = [
        call(date(2026, 10, 1), "ancient", None),
        call(TODAY, "new-\u{1b}[31mmodel", None),
        call(TODAY, "new-\u{1b}[31mmodel", None),
        call(TODAY, "m", Some(100)),
    ];
    let found = amounts(Spending { calls: &calls, rows: &[row(TODAY, None)] }, TODAY);
    assert_eq!(plain(found.value), "1 1 1");
    let [note] = found.notes.as_slice() else { panic!("{:?}", found.notes) };
    assert_eq!((note.severity, note.problem.code), (Severity::Warning, codes::COST_UNPRICED));
    assert!(note.problem.message.contains("`new-model`") && note.problem.message.contains("a row without model"));
    assert!(!note.problem.message.contains("ancient"));
}

#[test]
fn many_models_without_a_price_are_counted_and_not_all_named() {
    let calls: Vec<Call> = (0..9).map(|at| call(TODAY, &format!("m{at}"), None)).collect();
    let found = amounts(Spending { calls: &calls, rows: &[] }, TODAY);
    assert!(found.notes[0].problem.message.contains("and 4 more"), "{}", found.notes[0].problem.message);
}

#[test]
fn what_was_not_read_to_the_end_is_unknown() {
    let here = amounts(Spending { calls: &[], rows: &[] }, TODAY).value;
    assert_eq!(plain(here), "0 0 0");
    let spent = Spent { here, everywhere: Some(here), complete: false };
    assert_eq!(spent.known(), Spent::UNKNOWN);
}
