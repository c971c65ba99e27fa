//! The built-in table at some moments.

use wfo_base::tables::{FromRepository, Table, built_in};

use super::*;

fn book() -> PriceBook {
    let table = Table::<PriceRow> { name: "prices", built_in: built_in::PRICES, from_repository: FromRepository::Free };
    PriceBook::new(table.built_in().value).value
}

fn at<'a>(book: &'a PriceBook, at: &str) -> PricesAt<'a> {
    book.at(at.parse().unwrap())
}

#[test]
fn a_model_is_retired_from_its_last_day_on() {
    let book = book();
    for (moment, status) in [
        ("2026-12-10T23:59:59Z", Status::Current),
        ("2026-12-11T00:00:00Z", Status::Retired),
        ("2030-01-01T00:00:00Z", Status::Retired),
    ] {
        assert_eq!(at(&book, moment).get("gpt-5").unwrap().status, status, "{moment}");
    }
    assert_eq!(at(&book, "2020-01-01T00:00:00Z").get("gpt-4").unwrap().status, Status::Retired, "the table says so");
}

#[test]
fn the_standard_rate_is_that_of_the_day_for_short_prompts_outside_of_dearer_hours() {
    let book = book();
    let cache = |moment: &str| at(&book, moment).get("claude-sonnet-5-5").unwrap().cache_read_per_m.unwrap().plain();
    assert_eq!((cache("2026-10-07T23:59:59Z"), cache("2026-10-08T00:00:00Z")), ("0.2".into(), "0.1".into()));
    // Monday 02:00 UTC is a dear hour
    let dear = at(&book, "2026-11-23T02:00:00Z").get("deepseek-flash").unwrap();
    assert_eq!(dear.input_per_m.unwrap().plain(), "0.15");
    let haiku = at(&book, "2026-11-21T09:00:00Z").get("claude-haiku-5-5").unwrap();
    assert_eq!(haiku.input_per_m.unwrap().plain(), "0.1");
}

#[test]
fn an_unknown_model_is_answered_with_the_nearest_names() {
    let book = book();
    let now = at(&book, "2026-11-21T09:00:00Z");
    for (name, near) in [
        ("claude-sonet-5-5", "`claude-sonnet-5-5`"),
        ("DEEPSEEK-FLSH", "`deepseek-flash`"),
        ("claude-3-opuss", "`claude-3-opus`"),
        ("haiku", "`claude-haiku-5-5`"),
    ] {
        let problem = now.require(name).unwrap_err();
        let hint = problem.hint.unwrap();
        assert!(problem.code == codes::MODEL_UNKNOWN && hint.contains(near), "{name}: {hint}");
    }
    for name in ["", "xyzzy xyzzy", &"a".repeat(1 << 20), "\u{1b}[31m\u{202e}"] {
        let problem = now.require(name).unwrap_err();
        assert!(problem.hint.unwrap().starts_with("`wfo-helper cost price`"));
        assert!(!problem.message.contains(['\u{1b}', '\u{202e}']) && problem.message.len() < 1000);
    }
    assert_eq!(now.require("anthropic/claude-opus-5-5").unwrap().id, "claude-opus-5-5");
}

#[test]
fn a_row_tells_its_bands_hours_and_earlier_prices() {
    let book = book();
    let bands = book.find("claude-haiku-5-5").unwrap().bands();
    assert_eq!((bands.len(), bands[0].above), (1, 100_000));
    assert_eq!(bands[0].rates.input.unwrap().usd_per_million().plain(), "0.5");
    let peak = book.find("deepseek-flash").unwrap().peak().unwrap();
    assert_eq!((peak.utc, peak.days), (vec![(1, 4), (6, 10)], vec!["mon", "tue", "wed", "thu", "fri"]));
    let earlier = book.find("claude-sonnet-5-5").unwrap().earlier();
    assert_eq!(earlier[0].until.to_string(), "2026-10-07");
    let rates = earlier[0].rates;
    let plain = |rate: Option<Rate>| rate.unwrap().usd_per_million().plain();
    assert_eq!((plain(rates.cache_read), plain(rates.input)), ("0.2".into(), "2".into()), "the rest as now");
}
