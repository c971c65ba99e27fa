//! What the drawings hold: bars, lines, labels and ticks of made-up amounts.

use super::days::filled;
use super::*;
use crate::report::samples::usd;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use wfo_base::Usd;

fn bars(days: &[(Date, Option<Usd>)], budget: Option<&str>, width: i64) -> String {
    DayBars { days, budget: budget.map(usd), label: "days" }.draw(width)
}

fn run(from: Date, to: Date, amount: &str) -> Vec<(Date, Option<Usd>)> {
    filled(from, to, 5000, |_| Some(Some(usd(amount))))
}

/// Where elements lie: every value of an attribute.
fn numbers(svg: &str, attribute: &str) -> Vec<f64> {
    let mark = format!(" {attribute}=\"");
    let parts = svg.split(&mark).skip(1);
    parts.map(|part| part.split('"').next().unwrap().parse().unwrap()).collect()
}

/// The texts of a class with the middle and half of the width they may take.
fn labels(svg: &str, class: &str) -> Vec<(f64, String)> {
    let mark = format!("<text class=\"{class}\" x=\"");
    let parts = svg.split(&mark).skip(1);
    parts
        .map(|part| {
            let x: f64 = part.split('"').next().unwrap().parse().unwrap();
            (x, part.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn a_bar_is_as_high_as_its_amount_and_the_budget_line_lies_at_the_budget() {
    let days = [(date(2026, 11, 20), Some(usd("5"))), (date(2026, 11, 21), Some(usd("2.5")))];
    let svg = bars(&days, Some("4"), WIDE);
    let heights: Vec<f64> = numbers(&svg, "height");
    assert_eq!(heights, [180.0, 90.0]);
    assert_eq!(svg.matches("class=\"bar over\"").count(), 1);
    let line = svg.split("class=\"budget\"").nth(1).unwrap();
    assert_eq!(numbers(line, "y1")[0], 58.0, "a fifth of 180 below the top");
    assert!(svg.contains("<title>2026-11-20: $5.00</title>") && svg.contains(">budget $4.00<"), "{svg}");
}

#[test]
fn no_day_one_day_and_years_of_days_are_drawn() {
    let none = bars(&[], Some("5"), NARROW);
    assert!(none.contains("nothing was spent") && none.contains("budget $5.00"));
    let one = bars(&run(date(2026, 11, 21), date(2026, 11, 21), "3"), None, WIDE);
    assert_eq!(numbers(&one, "width").len(), 1);
    assert!(numbers(&one, "width")[0] <= 36.0);
    let years = bars(&run(date(2023, 1, 1), date(2026, 11, 21), "3"), Some("5"), NARROW);
    assert_eq!(years.matches("class=\"bar\"").count(), 1421);
    assert!(numbers(&years, "x").iter().all(|x| *x >= 0.0 && *x <= 320.0));
}

#[test]
fn labels_of_days_neither_overlap_nor_leave_the_drawing() {
    for (from, width) in [
        (date(2026, 11, 20), WIDE),
        (date(2026, 11, 1), WIDE),
        (date(2026, 11, 1), NARROW),
        (date(2026, 9, 25), NARROW),
        (date(2025, 10, 18), WIDE),
        (date(2025, 10, 18), NARROW),
        (date(2020, 1, 1), NARROW),
    ] {
        let svg = bars(&run(from, date(2026, 11, 21), "3"), Some("5"), width);
        let shown: Vec<(f64, String)> =
            labels(&svg, "tick").into_iter().filter(|(_, words)| !words.starts_with('$')).collect();
        assert!(shown.len() >= 2, "{from} {width}: {shown:?}");
        let half = |words: &str| words.len() as f64 * 6.9 / 2.0;
        for pair in shown.windows(2) {
            assert!(pair[0].0 + half(&pair[0].1) < pair[1].0 - half(&pair[1].1), "{from} {width}: {pair:?}");
        }
        let (x, words) = shown.last().unwrap();
        assert!(x + half(words) <= width as f64, "{from} {width}: {words} at {x}");
    }
}

#[test]
fn a_day_without_a_known_price_is_marked_and_not_drawn_as_nothing() {
    let svg = bars(&[(date(2026, 11, 20), None), (date(2026, 11, 21), Some(Usd::ZERO))], None, WIDE);
    assert_eq!((svg.matches("class=\"open\"").count(), svg.matches("class=\"bar\"").count()), (1, 0));
    assert!(svg.contains("2026-11-20: no price is known"));
}

#[test]
fn a_budget_far_above_does_not_flatten_the_bars() {
    let days = run(date(2026, 11, 1), date(2026, 11, 21), "0.02");
    let svg = bars(&days, Some("100"), WIDE);
    assert!(svg.contains("budget $100.00 is far above") && !svg.contains("class=\"budget\""));
    assert!(numbers(&svg, "height").iter().all(|height| *height > 100.0));
}

#[test]
fn a_ranking_fills_the_width_cuts_long_names_and_sums_up_the_rest() {
    let part = |at: i64| (format!("{}-{at}", "feature".repeat(20)), Some(Usd::from_cents(1000 - at * 10)));
    let parts: Vec<(String, Option<Usd>)> = (0..12).map(part).chain([("new".to_owned(), None)]).collect();
    let svg = Ranking { parts: &parts, label: "features" }.draw(NARROW);
    let names = labels(&svg, "name");
    assert_eq!(names.len(), 8);
    assert_eq!(names[7].1, "6 others");
    assert_eq!(labels(&svg, "value")[7].1, "$45.50");
    assert_eq!(svg.matches("class=\"bar\"").count(), 7, "the rest is no rank");
    assert!(names[0].1.ends_with('…') && names[0].1.chars().count() as f64 * 6.9 < 280.0, "{names:?}");
    assert!(numbers(&svg, "width").iter().all(|width| *width <= 320.0));
    assert!(Ranking { parts: &[], label: "none" }.draw(WIDE).contains("nothing was spent"));
}

#[test]
fn what_has_no_price_is_a_row_without_a_bar() {
    let svg = Ranking { parts: &[("a".to_owned(), Some(usd("1"))), ("b".to_owned(), None)], label: "m" }.draw(WIDE);
    assert_eq!((svg.matches("class=\"track\"").count(), svg.matches("class=\"bar\"").count()), (2, 1));
    assert_eq!(labels(&svg, "value")[1].1, "n/a");
}

fn month(today: Date, days: &[(Date, Usd)], budget: Option<&str>, projected: Option<&str>) -> String {
    MonthLine { today, days, budget: budget.map(usd), projected: projected.map(usd), label: "month" }.draw(WIDE)
}

#[test]
fn a_month_adds_up_and_goes_on_to_its_projection() {
    let today = date(2026, 11, 15);
    let days = [(date(2026, 10, 31), usd("90")), (date(2026, 11, 3), usd("20")), (date(2026, 11, 15), usd("30"))];
    let svg = month(today, &days, Some("80"), Some("100"));
    assert!(svg.contains("<title>2026-11-15: $50.00</title>") && svg.contains("<title>projected $100.00</title>"));
    // 50 of 100 and 100 of 100
    assert_eq!(numbers(&svg, "cy"), [22.0, 22.0 + 90.0]);
    let ends = numbers(&svg, "cx");
    assert!((ends[0] - 512.0).abs() < 0.1, "{ends:?}");
    assert_eq!(labels(&svg, "tick").iter().filter(|(_, words)| !words.starts_with('$')).count(), 5);
}

#[test]
fn the_first_and_the_last_day_of_a_month_have_no_projection_line() {
    let first = date(2026, 11, 1);
    assert!(!month(first, &[(first, usd("3"))], Some("100"), None).contains("class=\"projection\""));
    let last = date(2026, 2, 28);
    let svg = month(last, &[(last, usd("3"))], Some("100"), Some("3"));
    assert!(!svg.contains("class=\"projection\"") && svg.contains("is far above"));
    assert!(month(last, &[], Some("100"), Some("0")).contains("budget $100.00"));
}

proptest! {
    #[test]
    fn nothing_is_drawn_outside_whatever_the_amounts(
        cents in prop::collection::vec(prop::option::of(any::<i64>()), 0..80),
        budget in prop::option::of(any::<i64>()),
        wide in any::<bool>(),
    ) {
        let width = if wide { WIDE } else { NARROW };
        let days: Vec<(Date, Option<Usd>)> = filled(date(2026, 1, 1), date(2026, 12, 31), 80, |_| None)
            .into_iter().zip(&cents).map(|((day, _), cents)| (day, cents.map(Usd::from_cents))).collect();
        let svg = DayBars { days: &days, budget: budget.map(Usd::from_cents), label: "days" }.draw(width);
        prop_assert!(numbers(&svg, "height").iter().all(|height| (0.0..=180.0).contains(height)));
        prop_assert!(numbers(&svg, "x").iter().all(|x| (0.0..=width as f64).contains(x)));
        let parts: Vec<(String, Option<Usd>)> = days.iter().map(|(day, usd)| (day.to_string(), *usd)).collect();
        let svg = Ranking { parts: &parts, label: "days" }.draw(width);
        prop_assert!(numbers(&svg, "width").iter().all(|bar| *bar <= width as f64));
    }
}
