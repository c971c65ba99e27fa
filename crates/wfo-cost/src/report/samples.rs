//! Calls, rows, prices and limits for tests.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use wfo_base::Usd;
use wfo_base::tables::{FromRepository, Table, built_in};

use crate::budget::{Budgets, Limits, Origin, Scope, Share};
use crate::prices::{InfraRow, PriceBook, PriceRow};
use crate::spending::{Call, Kind, Row, Source};
use crate::tier::Tier;
use crate::tokens::Tokens;

pub(crate) fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// A call of session `s1` at a UTC time.
pub(crate) fn call(at: &str, model: &str, amount: &str) -> Call {
    let at: Timestamp = at.parse().unwrap();
    let local = at.to_zoned(TimeZone::UTC);
    Call {
        at,
        day: local.date(),
        hour: local.hour().unsigned_abs(),
        session: "s1".into(),
        model: model.into(),
        tier: Tier::default(),
        project: None,
        branch: None,
        skill: None,
        agent: None,
        feature: None,
        tokens: Tokens::default(),
        searches: 0,
        usd: Some(usd(amount)),
    }
}

pub(crate) fn row(day: Date, kind: Kind, amount: Option<&str>) -> Row {
    Row { zone: "UTC".into(), kind, usd: amount.map(usd), source: Source::Manual, ..Row::transcript(day) }
}

/// Dollars a million tokens: input, output, read, write 5 m, write 1 h.
pub(crate) fn rates(model: &str) -> Option<[i128; 5]> {
    match model {
        "big" => Some([4_000_000, 20_000_000, 200_000, 5_000_000, 8_000_000]),
        "small" => Some([100_000, 500_000, 10_000, 125_000, 200_000]),
        "vectors" => Some([20_000, 0, 20_000, 20_000, 20_000]),
        _ => None,
    }
}

/// Prices of `big`, `small` and `vectors`; half of them as a batch.
pub(crate) fn price(model: &str, tier: Tier, _: Timestamp, tokens: Tokens, _: u32) -> Option<Usd> {
    let counts =
        [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h].map(i128::from);
    let pico: i128 = rates(model)?.iter().zip(counts).map(|(rate, count)| rate * count).sum();
    Usd::parse(&format!("{pico}e-12")).map(|usd| if tier.batch { usd.scaled(1, 2) } else { usd })
}

/// A priced call.
pub(crate) fn priced(at: &str, model: &str, tokens: Tokens) -> Call {
    let mut made = call(at, model, "0");
    made.tokens = tokens;
    made.usd = price(model, made.tier, made.at, tokens, 0);
    made
}

/// Soft limits of day, week and month; the hard ones are half as much again.
pub(crate) fn budgets(soft: [Option<&str>; 3]) -> Budgets {
    let limits = Scope::ALL.into_iter().zip(soft).map(|(scope, soft)| {
        let soft = soft.map(usd);
        let hard = soft.map(|soft| soft.scaled(3, 2));
        Limits { scope, soft, hard, threshold: Share::USUAL, origin: Origin::Default }
    });
    let limits: Vec<Limits> = limits.collect();
    Budgets { in_force: limits.clone(), judged: limits, ..Budgets::default() }
}

/// The prices that are built in, of models and of infrastructure.
pub(crate) fn built_in_prices() -> (PriceBook, Vec<InfraRow>) {
    let prices =
        Table::<PriceRow> { name: "prices", built_in: built_in::PRICES, from_repository: FromRepository::Free };
    let rows = Table::<InfraRow> {
        name: "infrastructure",
        built_in: built_in::INFRASTRUCTURE,
        from_repository: FromRepository::Free,
    };
    let rows = rows.built_in().value.into_iter().map(|(row, _)| row).collect();
    (PriceBook::new(prices.built_in().value).value, rows)
}
