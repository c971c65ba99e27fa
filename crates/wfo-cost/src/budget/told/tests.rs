//! Each alert once for its scope, level and period.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use wfo_base::Usd;

const DAY: Date = date(2026, 11, 21);

fn alert(scope: Scope, level: Level) -> Alert {
    Alert { scope, level, percent: None, limit: Usd::from_cents(500), spent: Usd::from_cents(499) }
}

fn words(alerts: &[Alert]) -> Vec<(Scope, Level)> {
    alerts.iter().map(|alert| (alert.scope, alert.level)).collect()
}

#[test]
fn periods_are_named_by_day_iso_week_and_month() {
    for (day, names) in [
        (DAY, ["2026-11-21", "2026-W47", "2026-11"]),
        (date(2026, 1, 1), ["2026-01-01", "2026-W01", "2026-01"]),
        // the week belongs to another year than the day
        (date(2027, 1, 1), ["2027-01-01", "2026-W53", "2027-01"]),
        (date(2024, 12, 30), ["2024-12-30", "2025-W01", "2024-12"]),
        (date(2028, 2, 29), ["2028-02-29", "2028-W09", "2028-02"]),
    ] {
        assert_eq!(Scope::ALL.map(|scope| period(scope, day)), names);
    }
}

#[test]
fn an_alert_is_told_once_and_again_in_the_next_period() {
    let day = [alert(Scope::Daily, Level::Warning), alert(Scope::Monthly, Level::Warning)];
    let (first, told) = fresh(&day, &Told::default(), DAY);
    assert_eq!(first.len(), 2);
    let (again, told) = fresh(&day, &told, DAY);
    assert_eq!(again, vec![]);
    // error 11: the day's alert comes back on the next day, the month's does not
    let (next, told) = fresh(&day, &told, DAY.tomorrow().unwrap());
    assert_eq!(words(&next), [(Scope::Daily, Level::Warning)]);
    let (later, _) = fresh(&day, &told, date(2026, 12, 1));
    assert_eq!(words(&later), [(Scope::Daily, Level::Warning), (Scope::Monthly, Level::Warning)]);
}

#[test]
fn a_critical_alert_is_news_after_a_warning_and_comes_first_but_not_the_other_way_round() {
    let (_, told) = fresh(&[alert(Scope::Daily, Level::Warning)], &Told::default(), DAY);
    let worse = [alert(Scope::Weekly, Level::Warning), alert(Scope::Daily, Level::Critical)];
    let (news, told) = fresh(&worse, &told, DAY);
    assert_eq!(words(&news), [(Scope::Daily, Level::Critical), (Scope::Weekly, Level::Warning)]);
    assert_eq!(fresh(&[alert(Scope::Daily, Level::Warning)], &told, DAY).0, vec![]);
    let (_, told) = fresh(&[alert(Scope::Daily, Level::Critical)], &Told::default(), DAY);
    assert_eq!(fresh(&[alert(Scope::Daily, Level::Warning)], &told, DAY).0, vec![]);
}

#[test]
fn what_was_told_reads_back_and_old_periods_drop_out() {
    let all = [
        alert(Scope::Daily, Level::Warning),
        alert(Scope::Weekly, Level::Critical),
        alert(Scope::Monthly, Level::Warning),
    ];
    let (_, told) = fresh(&all, &Told::default(), DAY);
    assert_eq!(Told::parse(&told.text(), DAY), told);
    assert_eq!(
        Told::parse(&told.text(), date(2026, 11, 30)).text(),
        r#"[{"scope":"monthly","level":"warning","period":"2026-11"}]"#
    );
    assert_eq!(fresh(&[], &told, date(2026, 12, 31)).1, Told::default());
}

#[test]
fn text_that_is_no_record_was_nothing_told() {
    for text in ["", "{}", "[1]", "[{\"scope\":\"hourly\",\"level\":\"warning\",\"period\":\"x\"}]", "\u{0}", "[[[["] {
        assert_eq!(Told::parse(text, DAY), Told::default(), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_is_ever_told_twice_in_one_period(days in prop::collection::vec((0i32..70, 0usize..3, prop::bool::ANY), 0..60)) {
        let mut sorted = days;
        sorted.sort();
        let mut told = Told::default();
        let mut seen = BTreeSet::new();
        for (offset, scope, critical) in sorted {
            let today = DAY.saturating_add(jiff::Span::new().days(offset));
            let level = if critical { Level::Critical } else { Level::Warning };
            let (news, next) = fresh(&[alert(Scope::ALL[scope], level)], &told, today);
            for alert in news {
                prop_assert!(seen.insert((alert.scope, alert.level, period(alert.scope, today))));
            }
            told = Told::parse(&next.text(), today);
            prop_assert_eq!(&told, &next);
        }
    }
}
