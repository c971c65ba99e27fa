//! Tests of the price book: names, amounts to the last pico-dollar, layers, and what a repository may not do.

use jiff::Timestamp;
use proptest::prelude::*;
use wfo_base::tables::{FromRepository, Origin, Row, Rows, Table, built_in, parse};
use wfo_base::{Usd, codes};

use super::*;

static TABLE: Table<PriceRow> =
    Table { name: "prices", built_in: built_in::PRICES, from_repository: FromRepository::Stricter(stricter_price) };

fn rows() -> Rows<PriceRow> {
    let loaded = TABLE.built_in();
    assert_eq!(loaded.notes, vec![]);
    loaded.value
}

fn book() -> PriceBook {
    let made = PriceBook::new(rows());
    assert_eq!(made.notes, vec![]);
    made.value
}

/// A row from the text between its braces; what is required and not given is filled in.
pub(super) fn row(text: &str) -> PriceRow {
    let mut all = text.to_owned();
    for (key, value) in [("provider", "anthropic"), ("kind", "chat"), ("status", "current"), ("source", "test")] {
        if !all.contains(&format!("{key}:")) {
            all += &format!(", {key}: {value}");
        }
    }
    if !all.contains("as_of:") {
        all += ", as_of: \"2026-11-21\"";
    }
    let mut parsed = parse::<PriceRow>("prices.yaml", &format!("rows:\n- {{{all}}}\n"));
    assert_eq!(parsed.notes, vec![], "{text}");
    parsed.value.remove(0).0
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-21T12:00:00Z")
}

pub(super) fn tokens(input: u64, output: u64, cache_read: u64, cache_write_5m: u64, cache_write_1h: u64) -> Tokens {
    Tokens { input, output, cache_read, cache_write_5m, cache_write_1h }
}

fn shown(amount: Option<Usd>) -> String {
    amount.map_or_else(|| "unknown".to_owned(), Usd::plain)
}

#[test]
fn every_built_in_row_is_sound_and_says_where_it_comes_from() {
    let rows = rows();
    assert_eq!(rows.len(), 89);
    for (row, _) in &rows {
        row.check().unwrap_or_else(|fault| panic!("{}: {fault}", row.id));
        let rates = row.rates();
        let [input, five, hour] = [rates.input, rates.cache_write_5m, rates.cache_write_1h]
            .map(|rate| rate.map_or(0, |rate| rate.pico_per_token()));
        // the vendor's rule; claude-3-haiku was rounded
        if row.provider == "anthropic" && row.id != "claude-3-haiku" {
            assert_eq!((five * 4, hour), (input * 5, input * 2), "{}", row.id);
            assert_eq!(row.search, Some(Usd::from_cents(1)), "{}", row.id);
        }
    }
    let infrastructure = Table::<InfraRow> {
        name: "infrastructure",
        built_in: built_in::INFRASTRUCTURE,
        from_repository: FromRepository::Stricter(stricter_infrastructure),
    }
    .built_in();
    assert_eq!((infrastructure.notes.len(), infrastructure.value.len()), (0, 13));
    for (row, _) in &infrastructure.value {
        row.check().unwrap();
    }
}

#[test]
fn a_model_is_found_by_every_form_of_its_name() {
    let book = book();
    for (name, id) in [
        ("claude-opus-5-5", "claude-opus-5-5"),
        (" Claude-Opus-5-5 ", "claude-opus-5-5"),
        ("claude-opus-5-5[1m]", "claude-opus-5-5"),
        ("anthropic/claude-opus-5-5", "claude-opus-5-5"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("eu.anthropic.claude-opus-5-5-v1:0[1m]", "claude-opus-5-5"),
        ("claude-haiku-5-5@20261007", "claude-haiku-5-5"),
        ("claude-haiku-5-5-20261007", "claude-haiku-5-5"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
        ("claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("groq-mixtral", "mixtral-8x7b"),
        ("groq/llama-3.1-8b-instant", "llama-3.1-8b"),
        ("groq/gpt-oss-120b", "groq/gpt-oss-120b"),
        ("deepseek/deepseek-flash", "deepseek-flash"),
        ("voyage-embed", "voyage-3"),
        ("ollama/llama3", "ollama-llama3"),
        ("ollama/anything:7b", "ollama-local"),
    ] {
        assert_eq!(book.find(name).map(|row| row.id.as_str()), Some(id), "{name}");
    }
}

#[test]
fn a_name_that_only_looks_like_a_model_has_no_price() {
    let book = book();
    let long = "claude-opus-5-5".repeat(100);
    for name in [
        "",
        " ",
        "claude",
        "claude-opus",
        "claude-opus-5-6",
        "opus-5-5",
        "claude-opus-5-5-fast",
        "claude-opus-5-5-latest",
        "claude-opus-5-5-2026",
        "claude-opus-5-5-20261399",
        "claude-opus-5-5-99999999",
        "deepseek/claude-opus-5-5",
        "openai/claude-opus-5-5",
        "anthropic/gpt-5",
        "ollama/",
        "ollama/*",
        "gpt-oss-120b",
        "gpt-4o-2024-05-13",
        "<synthetic>",
        "claude-opus-5-5\u{1b}[0m",
        "-20261007",
        "claude opus 5 5",
        "[1m]",
        "anthropic/",
        &long,
    ] {
        assert_eq!(book.find(name).map(|row| &row.id), None, "{name}");
        assert_eq!(book.usd(name, Tier::default(), noon(), tokens(1, 1, 0, 0, 0), 0), None, "{name}");
    }
}

#[test]
fn five_kinds_of_tokens_are_priced_apart() {
    let book = book();
    let million = tokens(1_000_000, 0, 0, 0, 0);
    for (counts, usd) in [
        (million, "4"),
        (tokens(0, 1_000_000, 0, 0, 0), "20"),
        (tokens(0, 0, 1_000_000, 0, 0), "0.2"),
        (tokens(0, 0, 0, 1_000_000, 0), "5"),
        (tokens(0, 0, 0, 0, 1_000_000), "8"),
        (tokens(3, 5, 7, 11, 13), "0.0002724"),
        (Tokens::default(), "0"),
    ] {
        assert_eq!(shown(book.usd("claude-opus-5-5", Tier::default(), noon(), counts, 0)), usd);
    }
    assert_eq!(shown(book.usd("claude-opus-5-5", Tier::default(), noon(), million, 3)), "4.03");
}

#[test]
fn a_prompt_above_the_threshold_makes_the_whole_request_dearer_its_output_too() {
    let book = book();
    for (model, counts, usd) in [
        ("claude-haiku-5-5", tokens(100_000, 1000, 0, 0, 0), "0.0105"),
        ("claude-haiku-5-5", tokens(100_001, 1000, 0, 0, 0), "0.0525005"),
        ("claude-haiku-5-5", tokens(1, 1000, 50_000, 25_000, 25_000), "0.0456255"),
        ("claude-haiku-5-5", tokens(0, 200_000, 50_000, 25_000, 25_000), "0.108625"),
        ("qwen3-coder-plus", tokens(32_000, 0, 0, 0, 0), "0.032"),
        ("qwen3-coder-plus", tokens(100_000, 0, 0, 0, 0), "0.18"),
        ("qwen3-coder-plus", tokens(200_000, 0, 0, 0, 0), "0.6"),
        ("qwen3-coder-plus", tokens(256_001, 1, 0, 0, 0), "1.536066"),
    ] {
        assert_eq!(shown(book.usd(model, Tier::default(), noon(), counts, 0)), usd, "{model} {counts:?}");
    }
}

#[test]
fn a_price_holds_up_to_its_last_day_in_utc() {
    let book = book();
    for (when, usd) in [
        ("2025-01-01T00:00:00Z", "0.2"),
        ("2026-10-07T23:59:59.999Z", "0.2"),
        ("2026-10-08T00:00:00Z", "0.1"),
        ("2026-10-08T01:30:00+02:00", "0.2"),
    ] {
        assert_eq!(
            shown(book.usd("claude-sonnet-5-5", Tier::default(), at(when), tokens(0, 0, 1_000_000, 0, 0), 0)),
            usd
        );
        let input = book.usd("claude-sonnet-5-5", Tier::default(), at(when), tokens(1_000_000, 0, 0, 0, 0), 0);
        assert_eq!(shown(input), "2", "kinds that the history does not name stay");
    }
}

#[test]
fn the_earliest_period_that_has_not_ended_counts() {
    let text = r#"id: m, input: "3", output: "9", history: [{until: 2026-01-31, input: "1"}, {until: 2026-03-31, input: "2", tiers: [{above: 10, input: "7"}]}]"#;
    let book = PriceBook::new(vec![(row(text), Origin::BuiltIn)]).value;
    for (when, input, usd) in [
        ("2026-01-31T23:00:00Z", 1, "0.000001"),
        ("2026-02-01T00:00:00Z", 1, "0.000002"),
        ("2026-02-01T00:00:00Z", 11, "0.000077"),
        ("2026-04-01T00:00:00Z", 11, "0.000033"),
    ] {
        assert_eq!(
            shown(book.usd("m", Tier::default(), at(when), tokens(input, 0, 0, 0, 0), 0)),
            usd,
            "{when} {input}"
        );
    }
}

#[test]
fn deepseek_costs_twice_in_its_hours_on_working_days() {
    let book = book();
    for (when, usd) in [
        ("2026-11-20T00:59:59Z", "0.15"),
        ("2026-11-20T01:00:00Z", "0.3"),
        ("2026-11-20T03:59:59Z", "0.3"),
        ("2026-11-20T04:00:00Z", "0.15"),
        ("2026-11-20T06:00:00Z", "0.3"),
        ("2026-11-20T10:00:00Z", "0.15"),
        ("2026-11-21T02:00:00Z", "0.15"),
        ("2026-11-22T09:00:00Z", "0.15"),
        ("2026-11-23T09:00:00Z", "0.3"),
        ("2026-11-23T09:00:00+08:00", "0.3"),
        ("1969-12-31T02:00:00Z", "0.3"),
    ] {
        let million = tokens(1_000_000, 0, 0, 0, 0);
        assert_eq!(shown(book.usd("deepseek-flash", Tier::default(), at(when), million, 0)), usd, "{when}");
    }
    let planned = book.rates("deepseek-flash").unwrap().planned(noon(), 0);
    assert_eq!(planned.input.unwrap().usd_per_million().plain(), "0.3", "a plan reckons with the dearer hours");
}

#[test]
fn dear_hours_began_when_the_last_period_of_the_history_ended() {
    let text = r#"id: m, input: "2", hours: {utc: [[1, 4]], days: [mon, tue, wed, thu, fri], input: "4"}, history: [{until: 2026-11-17, input: "1"}]"#;
    let book = PriceBook::new(vec![(row(text), Origin::BuiltIn)]).value;
    for (when, usd) in [("2026-11-17T02:00:00Z", "1"), ("2026-11-18T02:00:00Z", "4"), ("2026-11-18T05:00:00Z", "2")] {
        let million = tokens(1_000_000, 0, 0, 0, 0);
        assert_eq!(shown(book.usd("m", Tier::default(), at(when), million, 0)), usd, "{when}");
        let planned = book.rates("m").unwrap().planned(at(when), 0).input.unwrap().usd_per_million().plain();
        assert_eq!(planned, if usd == "1" { "1" } else { "4" }, "{when}");
    }
}

#[test]
fn the_way_of_serving_multiplies_tokens_and_not_searches() {
    let book = book();
    let million = tokens(1_000_000, 0, 0, 0, 0);
    for (model, tier, searches, usd) in [
        ("claude-opus-5-5", "batch", 0, "2"),
        ("claude-opus-5-5", "fast", 0, "8"),
        ("claude-opus-5-5", "us", 0, "4.4"),
        ("claude-opus-5-5", "batch+fast+us", 0, "4.4"),
        ("claude-opus-5-5", "batch", 2, "2.02"),
        ("claude-sonnet-5-5", "fast", 0, "2"),
        ("claude-opus-4-5", "us", 0, "5"),
        ("claude-fable-5-2", "standard", 0, "8"),
        ("claude-fable-5-2", "fast", 0, "unknown"),
        ("claude-fable-5-2", "batch", 0, "unknown"),
        ("gpt-5.3-codex", "batch", 0, "unknown"),
        ("gpt-5", "standard", 1, "unknown"),
    ] {
        assert_eq!(shown(book.usd(model, Tier::parse(tier), noon(), million, searches)), usd, "{model} {tier}");
    }
}

#[test]
fn factors_are_rounded_once_and_half_to_even() {
    // 3 pico x 1/2 x 11/10 = 1.65; rounding in between would give 2 x 1.1 = 2.2
    let text = r#"id: m, input: "0.000003", output: "0.000001", batch: "0.5", us: "1.1""#;
    let book = PriceBook::new(vec![(row(text), Origin::BuiltIn)]).value;
    for (tier, input, output, pico) in
        [("batch+us", 1, 0, 2), ("batch", 0, 1, 0), ("batch", 1, 0, 2), ("batch", 0, 5, 2), ("us", 0, 5, 6)]
    {
        let usd = book.usd("m", Tier::parse(tier), noon(), tokens(input, output, 0, 0, 0), 0);
        assert_eq!(usd, Some(Usd::from_pico(pico)), "{tier} {input} {output}");
    }
}

#[test]
fn a_kind_without_a_rate_makes_the_amount_unknown_only_when_it_occurs() {
    let book = book();
    for (model, counts, usd) in [
        ("gpt-5", tokens(1_000_000, 0, 0, 0, 0), "1.25"),
        ("gpt-5", tokens(1_000_000, 0, 0, 1, 0), "unknown"),
        ("gpt-5.6", tokens(0, 0, 0, 1_000_000, 0), "10"),
        ("gpt-5.6", tokens(0, 0, 0, 0, 1), "unknown"),
        ("qwen-flash", tokens(0, 0, 1, 0, 0), "unknown"),
        ("ollama/x", tokens(5, 5, 0, 0, 0), "0"),
    ] {
        assert_eq!(shown(book.usd(model, Tier::default(), noon(), counts, 0)), usd, "{model} {counts:?}");
    }
}

#[test]
fn absurd_counts_are_reckoned_or_unknown_and_never_wrap() {
    let book = book();
    let most = tokens(1 << 63, 0, 0, 0, 0);
    assert_eq!(shown(book.usd("claude-opus-5-5", Tier::default(), noon(), most, 0)), "36893488147419.103232");
    let all = tokens(u64::MAX, u64::MAX, u64::MAX, u64::MAX, u64::MAX);
    assert!(book.usd("claude-3-opus", Tier::default(), noon(), all, u32::MAX).unwrap().is_positive());
    let text = r#"id: m, input: "1000000", output: "1000000", batch: "99.999", fast: "99.999", us: "99.999""#;
    let dear = PriceBook::new(vec![(row(text), Origin::User)]).value;
    assert_eq!(dear.usd("m", Tier::parse("batch+fast+us"), noon(), tokens(u64::MAX, u64::MAX, 0, 0, 0), 0), None);
}

#[test]
fn a_wrong_row_is_refused_with_a_sentence() {
    let good = r#"id: m, provider: x, kind: chat, status: current, source: s, as_of: "2026-11-21""#;
    for (text, sentence) in [
        (format!("{good}, input: 0.1"), "in quotes"),
        (format!(r#"{good}, input: "-1""#), "`-1` is not dollars"),
        (format!(r#"{good}, input: "0.0000001""#), "6 decimal places"),
        (format!(r#"{good}, input: "1", batch: "0""#), "above 0"),
        (format!(r#"{good}, input: "1", fast: "slow""#), "the word unknown"),
        (format!(r#"{good}, input: "1", search: "-1""#), "zero or more"),
        (format!(r#"{good}, input: "1", price: "1""#), "unknown field"),
        (format!(r#"{good}, input: "1", aliases: [M]"#), "stands twice"),
        (format!(r#"{good}, input: "1", aliases: ["x/*"]"#), "only an alias of a local model"),
        (format!(r#"{good}, input: "1", aliases: ["a b"]"#), "no name"),
        (
            format!(r#"{good}, input: "1", tiers: [{{above: 5, input: "1"}}, {{above: 5, input: "2"}}]"#),
            "order of `above`",
        ),
        (format!(r#"{good}, input: "1", history: [{{until: 2026-02-30, input: "1"}}]"#), "cannot be read"),
        (format!(r#"{good}, input: "1", history: [{{until: 1999-12-31}}]"#), "2000 to 2199"),
        (format!(r#"{good}, input: "1", tiers: [{}]"#, "{above: 1},".repeat(9)), "more than 8"),
        (format!(r#"{good}, input: "1", history: [{}]"#, "{until: 2026-02-03},".repeat(17)), "more than 16"),
        (format!(r#"{good}, input: "1", history: [{{until: 2026-02-03}}, {{until: 2026-02-01}}]"#), "order of `until`"),
        (format!(r#"{good}, input: "1", hours: {{utc: [[4, 1]], days: [mon]}}"#), "pairs of hours"),
        (format!(r#"{good}, input: "1", hours: {{utc: [[1, 25]], days: [mon]}}"#), "pairs of hours"),
        (format!(r#"{good}, input: "1", hours: {{utc: [[1, 2]], days: [mon]}}, tiers: [{{above: 5}}]"#), "together"),
        (format!(r#"{good}, input: "1", released: 2026-05-01, retires: 2026-04-01"#), "before its release"),
        (good.to_owned(), "no rate at all"),
        (good.replace("2026-11-21", "last week"), "cannot be read"),
        (good.replace("2026-11-21", "2026-13"), "cannot be read"),
    ] {
        let parsed = parse::<PriceRow>("prices.yaml", &format!("rows:\n- {{{text}}}\n"));
        assert!(parsed.value.is_empty(), "{text}");
        let message = &parsed.notes[0].problem.message;
        assert!(message.contains(sentence), "{text}: {message}");
    }
}

#[test]
fn a_name_belongs_to_the_id_then_to_the_stronger_layer_and_otherwise_to_nobody() {
    let a = r#"id: a, input: "1", aliases: [x]"#;
    for (other, origin, name, found, code) in [
        (r#"id: x, input: "2""#, Origin::BuiltIn, "x", Some("x"), Some(codes::TABLE_INVALID)),
        (r#"id: b, input: "2", aliases: [X]"#, Origin::BuiltIn, "x", None, Some(codes::TABLE_INVALID)),
        (r#"id: b, input: "2", aliases: [x]"#, Origin::User, "x", Some("b"), None),
        (r#"id: b, input: "2", aliases: [a]"#, Origin::User, "a", Some("a"), Some(codes::TABLE_INVALID)),
        (r#"id: x, input: "0""#, Origin::Repository, "x", Some("a"), Some(codes::TABLE_ROW_IGNORED)),
        (r#"id: b, input: "0", aliases: [x]"#, Origin::Repository, "x", Some("a"), Some(codes::TABLE_ROW_IGNORED)),
    ] {
        for swap in [false, true] {
            let mut rows = vec![(row(a), Origin::BuiltIn), (row(other), origin)];
            if swap {
                rows.reverse();
            }
            let made = PriceBook::new(rows);
            assert_eq!(made.value.find(name).map(|row| row.id.as_str()), found, "{other} {origin:?}");
            assert_eq!(made.notes.first().map(|note| note.problem.code), code, "{other} {origin:?}");
        }
    }
}

#[test]
fn prices_older_than_90_days_say_so_with_their_date() {
    let book = book();
    for (today, old) in [("2026-11-21", false), ("2027-02-19", false), ("2027-02-20", true), ("2020-01-01", false)] {
        let note = book.stale(today.parse().unwrap());
        assert_eq!(note.is_some(), old, "{today}");
        if let Some(note) = note {
            assert_eq!(note.problem.code, codes::COST_PRICES_OLD);
            assert!(note.problem.message.contains("2026-11-21, 91 days ago"), "{}", note.problem.message);
        }
    }
    let mut rows = rows();
    rows.push((row(r#"id: new, input: "1", as_of: "2027-02-01""#), Origin::Repository));
    assert!(
        PriceBook::new(rows.clone()).value.stale("2027-02-20".parse().unwrap()).is_some(),
        "a repository makes nothing younger"
    );
    rows.push((row(r#"id: newer, input: "1", as_of: "2027-02""#), Origin::User));
    assert!(PriceBook::new(rows).value.stale("2027-02-20".parse().unwrap()).is_none());
    assert_eq!(book.as_of("claude-opus-4-1-20250805"), Some("2026-09"));
    assert_eq!(book.as_of("nobody"), None);
}

#[test]
fn the_fingerprint_changes_with_amounts_and_with_nothing_else() {
    let base = r#"id: m, input: "1", output: "5", tiers: [{above: 100, input: "2"}], history: [{until: 2026-01-31, input: "3"}]"#;
    let mark = |text: &str| PriceBook::new(vec![(row(text), Origin::BuiltIn)]).value.fingerprint();
    let first = mark(base);
    for (from, to, same) in [
        ("id: m", "id: m, note: other", true),
        ("id: m", r#"id: m, as_of: "2020""#, true),
        ("id: m", "id: m2", false),
        ("id: m", "id: m, aliases: [o]", false),
        ("id: m", r#"id: m, batch: "0.5""#, false),
        ("id: m", r#"id: m, fast: "2""#, false),
        ("id: m", "id: m, fast: unknown", false),
        ("id: m", r#"id: m, us: "1.1""#, false),
        ("id: m", r#"id: m, search: "0.01""#, false),
        ("id: m", r#"id: m, cache_read: "0""#, false),
        ("above: 100", "above: 101", false),
        (r#"input: "2""#, r#"input: "3""#, false),
        ("2026-01-31", "2026-01-30", false),
        (r#"input: "3""#, r#"input: "4""#, false),
        (r#", tiers: [{above: 100, input: "2"}]"#, r#", hours: {utc: [[1, 2]], days: [mon], input: "2"}"#, false),
    ] {
        assert_eq!(mark(&base.replacen(from, to, 1)) == first, same, "{from} -> {to}");
    }
    assert_eq!(book().fingerprint(), book().fingerprint());
}

/// A cache of amounts outlives the program, so the number may depend on nothing that differs between runs.
#[test]
fn the_fingerprint_is_the_same_in_every_run() {
    let text = r#"id: m, input: "1""#;
    assert_eq!(PriceBook::new(vec![(row(text), Origin::BuiltIn)]).value.fingerprint(), 10_657_246_364_935_242_993);
}

fn any_tokens(most: u64) -> impl Strategy<Value = Tokens> {
    (0..most, 0..most, 0..most, 0..most, 0..most).prop_map(|(a, b, c, d, e)| tokens(a, b, c, d, e))
}

proptest! {
    #[test]
    fn pricing_a_sum_is_the_sum_of_the_prices(a in any_tokens(12_000), b in any_tokens(12_000), bits in 0_usize..8, at in 0_i64..2_000_000_000) {
        let book = book();
        let at = Timestamp::from_second(at).unwrap();
        let tier = Tier { batch: bits & 1 != 0, fast: bits & 2 != 0, us: bits & 4 != 0 };
        for model in ["claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-5-5"] {
            let usd = |tokens| book.usd(model, tier, at, tokens, 1);
            let (one, two) = (usd(a).unwrap(), usd(b).unwrap());
            prop_assert_eq!(usd(a + b).unwrap() + Usd::from_cents(1), one + two);
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(turn in 0_usize..89, counts in any_tokens(300_000), at in 0_i64..2_000_000_000, pick in 0_usize..89) {
        let mut turned = rows();
        turned.rotate_left(turn);
        turned.swap(0, 44);
        let name = rows()[pick].0.id.clone();
        let (book, turned) = (book(), PriceBook::new(turned).value);
        let at = Timestamp::from_second(at).unwrap();
        prop_assert_eq!(book.fingerprint(), turned.fingerprint());
        prop_assert_eq!(book.usd(&name, Tier::default(), at, counts, 0), turned.usd(&name, Tier::default(), at, counts, 0));
    }

    #[test]
    fn any_name_is_found_or_not_without_a_panic(name in "\\PC{0,40}|[a-z0-9./@:\\[\\]-]{0,40}") {
        let _ = book().find(&name);
    }

    #[test]
    fn any_row_is_read_or_refused_without_a_panic(text in "[a-z0-9\"'{}\\[\\],: .-]{0,60}") {
        let _ = parse::<PriceRow>("prices.yaml", &format!("rows:\n- {{id: m, input: \"1\", {text}}}\n"));
    }
}
