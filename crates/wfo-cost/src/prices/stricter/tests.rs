//! Tests of what a repository may say about prices; the last one asks the prices themselves.

use proptest::prelude::*;
use wfo_base::tables::{Origin, parse};

use super::*;
use crate::prices::PriceBook;
use crate::prices::tests::{at, row, tokens};
use crate::tier::Tier;

#[test]
fn a_repository_may_raise_prices_and_add_models_but_lower_and_drop_nothing() {
    let old = r#"id: m, input: "1", output: "5", cache_read: "0.1", tiers: [{above: 100, input: "2", output: "9", cache_read: "0.2"}], batch: "0.5", us: "1.1", search: "0.01", aliases: [n], history: [{until: 2026-01-31, input: "1.5"}]"#;
    let old = row(old);
    let same = r#"id: m, input: "1", output: "5", cache_read: "0.1", tiers: [{above: 100, input: "2", output: "9", cache_read: "0.2"}], batch: "0.5", us: "1.1", search: "0.01", aliases: [n], history: [{until: 2026-01-31, input: "1.5"}]"#;
    for (from, to, may) in [
        ("", "", true),
        (r#"input: "1""#, r#"input: "1.5""#, true),
        (r#"input: "1""#, r#"input: "0.9""#, false),
        (r#", cache_read: "0.1""#, "", false),
        (r#"cache_read: "0.1""#, r#"cache_read: "0.1", cache_write_5m: "1""#, true),
        (r#", tiers: [{above: 100, input: "2", output: "9", cache_read: "0.2"}]"#, "", false),
        ("above: 100", "above: 200", false),
        ("above: 100", "above: 50", true),
        (r#"output: "9""#, r#"output: "8""#, false),
        (r#", output: "9""#, "", false),
        (r#"output: "9", cache_read: "0.2""#, r#"output: "9""#, false),
        (r#"batch: "0.5""#, r#"batch: "0.4""#, false),
        (r#", batch: "0.5""#, "", false),
        (r#", us: "1.1""#, "", false),
        (r#"us: "1.1""#, r#"us: "1.1", fast: "2""#, true),
        (r#"us: "1.1""#, r#"us: "1.1", fast: "0.5""#, false),
        (r#"us: "1.1""#, r#"us: "1.1", fast: unknown"#, false),
        (r#", search: "0.01""#, "", false),
        (", aliases: [n]", "", false),
        ("[n]", "[n, o]", false),
        (r#", history: [{until: 2026-01-31, input: "1.5"}]"#, "", false),
        ("2026-01-31", "2026-03-31", true),
        ("2026-01-31", "2025-01-31", false),
        (
            r#"{until: 2026-01-31, input: "1.5"}"#,
            r#"{until: 2020-01-01, input: "0"}, {until: 2026-01-31, input: "1.5"}"#,
            false,
        ),
        (r#"id: m"#, r#"id: m, status: local"#, false),
        (r#"id: m"#, r#"id: m, kind: embedding"#, false),
        (r#"id: m"#, r#"id: m, provider: local"#, false),
    ] {
        assert!(same.contains(from));
        assert_eq!(stricter_price(Some(&old), &row(&same.replacen(from, to, 1))), may, "{from} -> {to}");
    }
    for (id, may) in
        [("new-model", true), ("anthropic/m", false), ("m-20260101", false), ("M2", false), ("m[1m]", false)]
    {
        assert_eq!(stricter_price(None, &row(&format!(r#"id: "{id}", input: "0""#))), may, "{id}");
    }
    assert!(!stricter_price(None, &row(r#"id: new, input: "0", aliases: [claude-opus-5-5]"#)));
}

#[test]
fn a_repository_drops_no_dear_hours() {
    let text = r#"id: d, input: "2", hours: {utc: [[1, 4]], days: [mon, tue], input: "4"}"#;
    let old = row(text);
    for (from, to, may) in [
        ("[[1, 4]]", "[[1, 5]]", true),
        ("[[1, 4]]", "[[2, 4]]", false),
        ("[mon, tue]", "[tue]", false),
        (r#"input: "4""#, r#"input: "3""#, false),
        (r#", hours: {utc: [[1, 4]], days: [mon, tue], input: "4"}"#, "", false),
        (r#"input: "2", hours: {utc: [[1, 4]], days: [mon, tue], input: "4"}"#, r#"input: "4""#, true),
    ] {
        assert_eq!(stricter_price(Some(&old), &row(&text.replacen(from, to, 1))), may, "{from} -> {to}");
    }
}

#[test]
fn a_repository_lowers_no_price_of_a_machine_and_includes_no_more() {
    let infra = |text: &str| {
        let text = format!("rows:\n- {{id: a, source: s, {text}}}\n");
        let mut parsed = parse::<InfraRow>("infrastructure.yaml", &text);
        assert_eq!(parsed.notes, vec![], "{text}");
        parsed.value.remove(0).0
    };
    let old = infra(r#"unit: GB, usd: "0.09", included: {free: "5"}"#);
    for (text, may) in [
        (r#"unit: GB, usd: "0.09", included: {free: "5"}"#, true),
        (r#"unit: GB, usd: "0.1""#, true),
        (r#"unit: GB, usd: "0.08", included: {free: "5"}"#, false),
        (r#"unit: GB, included: {free: "5"}"#, false),
        (r#"unit: GB, usd: "0.09", included: {free: "6"}"#, false),
        (r#"unit: GB, usd: "0.09", included: {pro: "1"}"#, false),
        (r#"unit: TB, usd: "0.09""#, false),
    ] {
        assert_eq!(stricter_infrastructure(Some(&old), &infra(text)), may, "{text}");
    }
    assert!(stricter_infrastructure(None, &old));
}

/// A row from few values, so that two of them are often comparable.
fn any_row() -> impl Strategy<Value = String> {
    let rates = || {
        (0..4_u8, 0..4_u8).prop_map(|(input, output)| {
            let part = |key: &str, n: u8| if n == 0 { String::new() } else { format!(r#", {key}: "{n}""#) };
            part("input", input) + &part("output", output)
        })
    };
    let band = (0..3_u8, rates(), 1..3_u8, rates(), 1..3_u8, 0..3_u8, 0..3_u8);
    band.prop_map(|(form, extra, bound, past, until, fast, us)| {
        let mut text = String::from(r#"id: m, cache_read: "1""#);
        text += &match form {
            0 => String::new(),
            1 => format!(", tiers: [{{above: {bound}00{extra}}}]"),
            _ => format!(", hours: {{utc: [[0, {bound}]], days: [mon]{extra}}}"),
        };
        text += &format!(", history: [{{until: 2026-01-0{until}{past}}}]");
        text += [r#", batch: "0.5""#, r#", fast: "2""#, ", fast: unknown"][usize::from(fast)];
        text + ["", r#", us: "0.9""#, r#", us: "1.1""#][usize::from(us)]
    })
    .prop_flat_map(move |text| rates().prop_map(move |base| text.clone() + &base))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn what_may_count_prices_nothing_lower_at_any_time_length_and_tier(old in any_row(), new in any_row()) {
        let (old, new) = (row(&old), row(&new));
        let may = stricter_price(Some(&old), &new);
        let [old, new] = [old, new].map(|row| PriceBook::new(vec![(row, Origin::User)]).value);
        let mut lower = false;
        for when in ["2025-06-02T00:30:00Z", "2026-01-01T23:59:59Z", "2026-01-02T12:00:00Z", "2026-01-05T00:30:00Z", "2026-01-05T01:30:00Z", "2026-01-06T00:30:00Z"] {
            for counts in [tokens(100, 0, 0, 0, 0), tokens(101, 0, 0, 0, 0), tokens(201, 0, 0, 0, 0), tokens(0, 9, 0, 0, 0), tokens(0, 9, 101, 0, 0), tokens(0, 9, 201, 0, 0), tokens(0, 0, 101, 0, 0), tokens(0, 0, 201, 0, 0)] {
                for tier in ["standard", "batch", "fast", "us", "batch+fast+us"] {
                    let usd = |book: &PriceBook| book.usd("m", Tier::parse(tier), at(when), counts, 0);
                    lower |= usd(&old).is_some_and(|known| usd(&new).is_none_or(|amount| amount < known));
                }
            }
        }
        prop_assert!(!(may && lower));
    }
}
