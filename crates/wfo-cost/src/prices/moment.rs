//! The price book at one moment, as somebody looks things up in it: which model a name means, what it costs then, whether
//! it can still be had, and which names come near to one that nobody knows.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

use super::{KindRates, PriceBook, PriceRow, Status};
use crate::decimal::Rate;
use crate::route::{ModelFacts, Models};
use wfo_base::nearest::nearest;

/// The price book at one moment.
#[derive(Debug, Clone, Copy)]
pub struct PricesAt<'a> {
    book: &'a PriceBook,
    at: Timestamp,
}

impl PriceBook {
    /// Returns the book as it is at a moment.
    #[must_use]
    pub const fn at(&self, at: Timestamp) -> PricesAt<'_> {
        PricesAt { book: self, at }
    }
}

impl<'a> PricesAt<'a> {
    /// Finds a model by any of its names; see [`PriceBook::find`].
    ///
    /// # Errors
    /// `model.unknown` with the nearest names.
    pub fn require(self, name: &str) -> Result<&'a PriceRow, Problem> {
        self.book.find(name).ok_or_else(|| {
            let mut rows: Vec<&PriceRow> = self.book.rows().collect();
            rows.sort_by_key(|row| self.status(row) == Status::Retired);
            unknown_model(name, rows.into_iter().flat_map(|row| std::iter::once(&row.id).chain(&row.aliases)))
        })
    }

    /// Returns the standard rates of the moment: for the shortest prompts, outside of dearer hours.
    #[must_use]
    pub fn rates(self, row: &PriceRow) -> KindRates {
        self.book.rates(&row.id).map_or_else(|| row.rates(), |rates| rates.standard(self.at))
    }

    /// Returns whether the model may be asked at the moment: from the day of `retires` on it is retired.
    #[must_use]
    pub fn status(self, row: &PriceRow) -> Status {
        if row.retires.is_some_and(|day| day <= self.day()) { Status::Retired } else { row.status }
    }

    fn day(self) -> Date {
        self.at.to_zoned(TimeZone::UTC).date()
    }

    fn facts(self, row: &PriceRow) -> ModelFacts {
        let rates = self.rates(row);
        let usd = |rate: Option<Rate>| rate.map(Rate::usd_per_million);
        ModelFacts {
            id: row.id.clone(),
            provider: row.provider.clone(),
            kind: row.kind,
            status: self.status(row),
            input_per_m: usd(rates.input),
            output_per_m: usd(rates.output),
            cache_read_per_m: usd(rates.cache_read),
            cache_write_per_m: usd(rates.cache_write_5m),
        }
    }
}

impl Models for PricesAt<'_> {
    fn get(&self, name: &str) -> Option<ModelFacts> {
        self.book.find(name).map(|row| self.facts(row))
    }

    fn all(&self) -> Vec<ModelFacts> {
        self.book.rows().map(|row| self.facts(row)).collect()
    }
}

/// Makes the problem of a model that no row names, with the names that come near; of names as near as each other the first.
pub(crate) fn unknown_model<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Problem {
    let word = name.trim().to_ascii_lowercase();
    let near: Vec<String> = nearest(&word, known.map(String::as_str)).into_iter().map(code_span).collect();
    let list = "`wfo-helper cost price` lists the models";
    let hint = if near.is_empty() { list.to_owned() } else { format!("the nearest are {}; {list}", near.join(", ")) };
    Problem::new(codes::MODEL_UNKNOWN, format!("no price is known for a model {}", code_span(name))).hint(hint)
}

#[cfg(test)]
mod tests;
