//! The derived files, as they are written and as sums.

use super::*;
use crate::costs::Page;
use crate::{daily as reader, json};
use jiff::civil::date;
use proptest::prelude::*;

const DAY: Date = date(2026, 11, 21);

fn now() -> Zoned {
    "2026-11-21T18:30:00+01:00[Europe/Berlin]".parse().unwrap()
}

fn row(day: Date, kind: Kind, model: Option<&str>, usd: Option<&str>) -> Row {
    Row {
        session: Some("s".into()),
        zone: "Europe/Berlin".into(),
        model: model.map(str::to_owned),
        kind,
        tokens: Tokens { input: 10, output: 2, ..Tokens::default() },
        requests: 1,
        usd: usd.map(|usd| Usd::parse(usd).unwrap()),
        ..Row::transcript(day)
    }
}

#[test]
fn a_day_is_written_by_kind_and_name_and_its_total_counts_each_dollar_once() {
    let rows = [
        row(DAY, Kind::Inference, Some("claude-opus-5-5"), Some("0.1")),
        Row { session: Some("t".into()), ..row(DAY, Kind::Inference, Some("claude-opus-5-5"), Some("0.2")) },
        row(DAY, Kind::Inference, Some("new-model"), None),
        row(DAY, Kind::Inference, None, Some("0.05")),
        Row { session: None, tokens: Tokens::default(), ..row(DAY, Kind::Compute, Some("a100"), Some("1.79")) },
        Row {
            session: None,
            tokens: Tokens::default(),
            id: Some("job".into()),
            ..row(DAY, Kind::Api, None, Some("0.5"))
        },
        row(date(2026, 11, 20), Kind::Inference, Some("m"), Some("9")),
    ];
    let expected = r#"{
  "schema": "wfo.costs-daily/1",
  "date": "2026-11-21",
  "zone": "Europe/Berlin",
  "inference": {
    "claude-opus-5-5": 0.3,
    "other": 0.05
  },
  "compute": {
    "a100": 1.79
  },
  "storage": {},
  "api": {
    "job": 0.5
  },
  "total": 2.64,
  "unpriced": [
    "new-model"
  ],
  "tokens": {
    "input": 40,
    "output": 8,
    "cache_read": 0,
    "cache_write_5m": 0,
    "cache_write_1h": 0
  },
  "sessions": 2,
  "last_updated": "2026-11-21T18:30:00+01:00"
}
"#;
    assert_eq!(daily(DAY, &rows, "Europe/Berlin", &now()), expected);
}

#[test]
fn a_month_starts_at_nothing_and_a_zero_or_missing_budget_has_no_percentage() {
    let rows = [
        row(date(2026, 10, 31), Kind::Inference, Some("m"), Some("50")),
        row(date(2026, 11, 1), Kind::Inference, Some("m"), Some("12.34")),
        row(date(2026, 11, 30), Kind::Storage, Some("m"), Some("0.66")),
    ];
    let budget = |text: &str| Some((Usd::parse(text).unwrap(), Origin::User));
    for (limit, wanted) in [
        (budget("100"), "100 13 87 13.0"),
        (budget("10"), "10 13 -3 130.0"),
        (budget("0"), "0 13 -13 null"),
        (None, "null 13 null null"),
    ] {
        let text = month(&rows, limit, DAY, &now());
        let object = Object::parse(&text).unwrap();
        let raw = |key: &str| object.raw(key).unwrap_or("null").to_owned();
        let shown = ["budget", "total", "remaining", "percent_used"].map(raw).join(" ");
        assert_eq!((shown.as_str(), raw("month").as_str()), (wanted, "\"2026-11\""));
        let categories = object.object("categories").unwrap();
        let parts = ["inference", "compute", "storage", "api"].map(|key| categories.raw(key).unwrap_or("-"));
        assert_eq!(parts, ["12.34", "0", "0.66", "0"]);
    }
    let next = month(&rows, budget("100"), date(2026, 12, 1), &now());
    assert_eq!(Object::parse(&next).unwrap().raw("total"), Some("0"));
}

#[test]
fn each_feature_has_one_line_with_its_last_day_and_branch() {
    let of = |feature: &str, day: i8, branch: &str, usd: Option<&str>| Row {
        feature: Some(feature.into()),
        branch: Some(branch.into()),
        ..row(date(2026, 11, day), Kind::Inference, Some("m"), usd)
    };
    let rows = [
        of("pay", 3, "feature/pay", Some("1")),
        of("login", 21, "feature/login-2", Some("0.2")),
        of("login", 2, "feature/login", Some("0.1")),
        of("new", 2, "n", None),
        row(DAY, Kind::Inference, Some("m"), Some("7")),
    ];
    assert_eq!(
        by_feature(&rows),
        "{\"schema\":\"wfo.costs-feature/1\",\"feature\":\"login\",\"cost\":0.3,\"date\":\"2026-11-21\",\"tokens\":24,\"branch\":\"feature/login-2\"}\n\
         {\"schema\":\"wfo.costs-feature/1\",\"feature\":\"new\",\"cost\":null,\"date\":\"2026-11-02\",\"tokens\":12,\"branch\":\"n\",\"unpriced\":[\"m\"]}\n\
         {\"schema\":\"wfo.costs-feature/1\",\"feature\":\"pay\",\"cost\":1,\"date\":\"2026-11-03\",\"tokens\":12,\"branch\":\"feature/pay\"}\n"
    );
    assert_eq!(by_feature(&[]), "");
}

#[test]
fn a_file_that_differs_in_nothing_but_its_time_may_stay() {
    let at = |usd: &str, now: &Zoned| daily(DAY, &[row(DAY, Kind::Inference, Some("m"), Some(usd))], "UTC", now);
    let later = now().tomorrow().unwrap();
    assert_ne!(at("1", &now()), at("1", &later));
    assert!(same_but_time(&at("1", &now()), &at("1", &later)));
    assert!(!same_but_time(&at("1", &now()), &at("2", &now())));
    for (old, new, same) in
        [("", "", true), ("{", "{}", false), ("{\"a\":1}", "{}", false), ("{}", "{\"last_updated\":1}", true)]
    {
        assert_eq!(same_but_time(old, new), same, "{old} {new}");
    }
}

#[test]
fn only_what_was_written_here_is_ours() {
    let rows = [Row { feature: Some("x".into()), ..row(DAY, Kind::Inference, Some("m"), Some("1")) }];
    for text in [daily(DAY, &rows, "UTC", &now()), month(&rows, None, DAY, &now()), by_feature(&rows)] {
        assert!(is_ours(&Object::parse(&text).unwrap()), "{text}");
    }
    for text in ["{}", "{\"schema\": 1}", "{\"schema\": \"other\"}", "{\"feature\": \"x\", \"cost\": 1}"] {
        assert!(!is_ours(&Object::parse(text).unwrap()), "{text}");
    }
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let one = (1i8..=30, 0usize..4, proptest::option::of("[abc]"), proptest::option::of(0u64..u64::MAX / 2));
    let row = one.prop_map(|(day, kind, model, pico)| {
        let usd = pico.map(|pico| format!("{pico}e-12"));
        row(date(2026, 11, day), Kind::ALL[kind], model.as_deref(), usd.as_deref())
    });
    proptest::collection::vec(row, 0..40)
}

proptest! {
    #[test]
    fn a_month_is_the_sum_of_its_days_and_a_day_of_its_parts(rows in any_rows()) {
        let mut sum = Usd::ZERO;
        for day in 1..=30 {
            let day = date(2026, 11, day);
            let text = daily(day, &rows, "UTC", &now());
            let object = Object::parse(&text).unwrap();
            let total = object.amount("total");
            let parts = ["inference", "compute", "storage", "api"].map(|key| object.object(key).unwrap());
            let added: Usd = parts.iter().flat_map(|part| part.entries()).filter_map(|(_, raw)| json::amount(raw)).sum();
            prop_assert_eq!(added, total.unwrap_or_default());
            let of_day: Vec<&Row> = rows.iter().filter(|row| row.day == day).collect();
            prop_assert_eq!(total.is_none(), !of_day.is_empty() && of_day.iter().all(|row| row.usd.is_none()));
            prop_assert_eq!(reader::day(&Page::new("x", text.as_str()), day).value, total);
            sum = sum + added;
        }
        let text = month(&rows, None, DAY, &now());
        let object = Object::parse(&text).unwrap();
        prop_assert_eq!(object.amount("total").unwrap_or_default(), sum);
        let categories = object.object("categories").unwrap();
        prop_assert_eq!(categories.entries().filter_map(|(_, raw)| json::amount(raw)).sum::<Usd>(), sum);
    }
}
