//! Sums of a period by every key: the parts make the whole.

use super::*;
use crate::report::samples::{call, row, usd};
use crate::spending::{Call, Name, Row};
use jiff::civil::date;
use proptest::prelude::*;

fn all(calls: &[Call], rows: &[Row]) -> Period {
    let spending = Spending { calls, rows };
    period(spending, date(2026, 11, 1), date(2026, 11, 30), "UTC", &Tasks::default())
}

fn shown(parts: &[Part]) -> Vec<(String, Option<String>, u64)> {
    let name = |part: &Part| part.name.clone().unwrap_or_else(|| "(none)".into());
    parts.iter().map(|part| (name(part), part.usd.map(Usd::plain), part.unpriced)).collect()
}

#[test]
fn groups_come_dearest_first_then_by_name_and_what_has_no_name_is_a_group_too() {
    let mut calls = vec![
        call("2026-11-20T10:00:00Z", "b", "1"),
        call("2026-11-20T10:00:00Z", "a", "1"),
        call("2026-11-20T11:00:00Z", "c", "5"),
    ];
    calls[2].feature = Some("login".into());
    let period = all(&calls, &[row(date(2026, 11, 20), Kind::Storage, Some("1"))]);
    let one = || Some("1".to_owned());
    assert_eq!(
        shown(&period.by_model),
        [
            ("c".into(), Some("5".into()), 0),
            ("a".into(), one(), 0),
            ("b".into(), one(), 0),
            ("(none)".into(), one(), 0)
        ]
    );
    assert_eq!(
        shown(&period.by_feature),
        [("login".into(), Some("5".into()), 0), ("(none)".into(), Some("3".into()), 0)]
    );
    assert_eq!(shown(&period.by_category), [("inference".into(), Some("7".into()), 0), ("storage".into(), one(), 0)]);
    assert_eq!(shown(&period.by_task), [("unknown".into(), Some("7".into()), 0), ("(none)".into(), one(), 0)]);
    assert_eq!(period.by_model[0].share.unwrap().plain(), "62.5");
    assert_eq!((period.total_usd, period.requests, period.sessions), (Some(usd("8")), 3, 1));
    assert_eq!(period.by_hour.len(), 25, "rows have no hour");
    assert_eq!(period.by_hour[11].sum.usd(), Some(usd("5")));
}

#[test]
fn a_price_that_is_not_known_is_named_and_never_a_zero() {
    let mut calls = vec![
        call("2026-11-20T10:00:00Z", "known", "2"),
        call("2026-11-20T10:00:00Z", "half", "1"),
        call("2026-11-20T10:00:00Z", "half", "1"),
        call("2026-11-20T10:00:00Z", "new", "1"),
    ];
    for at in [2, 3] {
        calls[at].usd = None;
        calls[at].tokens = Tokens { output: 7, ..Tokens::default() };
    }
    let period = all(&calls, &[]);
    assert_eq!(period.total_usd, Some(usd("3")));
    assert_eq!(
        shown(&period.by_model),
        [("known".into(), Some("2".into()), 0), ("half".into(), Some("1".into()), 1), ("new".into(), None, 1)]
    );
    assert_eq!(period.by_model[2].share, None);
    let unpriced: Vec<_> = period.unpriced.iter().map(|entry| (entry.model.as_deref(), entry.tokens.output)).collect();
    assert_eq!(unpriced, [(Some("half"), 7), (Some("new"), 7)]);
    let nothing_known = all(&calls[3..], &[]);
    assert_eq!(nothing_known.total_usd, None);
    assert_eq!(all(&[], &[]).total_usd, Some(Usd::ZERO));
}

#[test]
fn rows_that_were_cancelled_and_days_outside_do_not_count() {
    let calls = [call("2026-10-31T23:59:59Z", "m", "1"), call("2026-12-01T00:00:00Z", "m", "1")];
    let mut cancelled = row(date(2026, 11, 3), Kind::Inference, Some("0"));
    cancelled.session = Some("gone".into());
    let period = all(&calls, &[cancelled]);
    assert_eq!((period.total_usd, period.sessions, period.by_model.len()), (Some(Usd::ZERO), 0, 0));
    let spending = Spending { calls: &calls, rows: &[] };
    let reversed = super::period(spending, date(2026, 12, 31), date(2026, 1, 1), "UTC", &Tasks::default());
    assert_eq!(reversed.requests, 0);
}

#[test]
fn absurd_tokens_and_amounts_do_not_overflow() {
    let mut calls = vec![call("2026-11-20T10:00:00Z", "m", "1e18"); 3];
    for call in &mut calls {
        call.tokens = Tokens { input: 1 << 63, output: u64::MAX, ..Tokens::default() };
    }
    let period = all(&calls, &[]);
    assert_eq!(period.tokens.input, u64::MAX);
    assert_eq!(period.total_usd.unwrap().plain(), "3000000000000000000");
}

fn some_call() -> impl Strategy<Value = Call> {
    let name = || prop::option::of(0_u8..4);
    let as_name = |text: &str, id: Option<u8>| id.map(|id| Name::from(format!("{text}{id}")));
    (1_i8..=30, 0_i8..24, 0_i64..500, any::<bool>(), [name(), name(), name(), name(), name(), name()]).prop_map(
        move |(day, hour, cents, known, [session, model, project, branch, skill, feature])| {
            let at = date(2026, 11, day).at(hour, 0, 0, 0).in_tz("UTC").unwrap().timestamp();
            let mut made = call(&at.to_string(), "m", "0");
            made.session = as_name("s", session).unwrap_or_else(|| "s".into());
            made.model = as_name("m", model).unwrap_or_else(|| "m".into());
            made.project = as_name("p", project);
            made.branch = as_name("b", branch);
            made.skill = as_name("k", skill);
            made.feature = as_name("f", feature);
            made.usd = known.then_some(Usd::from_cents(cents));
            made
        },
    )
}

fn some_row() -> impl Strategy<Value = Row> {
    (1_i8..=30, 0_usize..4, prop::option::of(1_i64..500)).prop_map(|(day, kind, cents)| {
        let mut made = row(date(2026, 11, day), Kind::ALL[kind], None);
        made.usd = cents.map(Usd::from_cents);
        made
    })
}

proptest! {
    #[test]
    fn every_list_adds_up_to_the_total(
        calls in prop::collection::vec(some_call(), 0..40),
        rows in prop::collection::vec(some_row(), 0..10),
    ) {
        let tasks = Tasks::new([("k1".to_owned(), "code".to_owned())], []);
        let period = period(Spending { calls: &calls, rows: &rows }, date(2026, 11, 1), date(2026, 11, 30), "UTC", &tasks);
        let total = period.total_usd.unwrap_or_default();
        let truth: Usd =
            calls.iter().filter_map(|call| call.usd).chain(rows.iter().filter_map(|row| row.usd)).sum();
        prop_assert_eq!(total, truth);
        let lists = [
            &period.by_model, &period.by_project, &period.by_feature, &period.by_branch, &period.by_skill,
            &period.by_session, &period.by_category, &period.by_task,
        ];
        for list in lists {
            prop_assert_eq!(list.iter().filter_map(|part| part.usd).sum::<Usd>(), total);
            prop_assert_eq!(list.iter().map(|part| part.requests).sum::<u64>(), period.requests);
            prop_assert!(list.windows(2).all(|pair| pair[0].usd >= pair[1].usd));
        }
        prop_assert_eq!(period.by_hour.iter().filter_map(|hour| hour.sum.usd()).sum::<Usd>(), total);
        prop_assert_eq!(period.by_day.iter().filter_map(|day| day.sum.usd()).sum::<Usd>(), total);
        let unpriced = calls.iter().filter(|call| call.usd.is_none()).count() + rows.iter().filter(|row| row.usd.is_none()).count();
        prop_assert_eq!(period.unpriced.iter().map(|entry| entry.count).sum::<u64>(), unpriced as u64);
    }
}
