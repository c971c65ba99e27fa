//! The price book as a choice sees it: the prices of one moment, for a prompt as an agent usually sends it.
//! Invents no price: what the book does not know stays absent.

use jiff::Timestamp;

use super::models::{ModelFacts, ModelKind, ModelStatus, Models};
use crate::decimal::Rate;
use crate::prices::{self, PriceBook, PriceRow};

/// Tokens of the prompt that prices are taken for, where they depend on its length.
const PROMPT: u64 = 50_000;

/// The prices in force at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    /// The price table.
    pub book: &'a PriceBook,
    /// When.
    pub at: Timestamp,
}

impl Priced<'_> {
    fn facts(&self, row: &PriceRow) -> Option<ModelFacts> {
        let rates = self.book.rates(&row.id)?.planned(self.at, PROMPT);
        let dollars = |rate: Option<Rate>| rate.map(Rate::usd_per_million);
        Some(ModelFacts {
            id: row.id.clone(),
            provider: row.provider.clone(),
            kind: match row.kind {
                prices::ModelKind::Chat => ModelKind::Chat,
                prices::ModelKind::Embedding => ModelKind::Embedding,
            },
            status: match row.status {
                prices::Status::Current => ModelStatus::Current,
                prices::Status::Legacy => ModelStatus::Legacy,
                prices::Status::Retired => ModelStatus::Retired,
                prices::Status::Local => ModelStatus::Local,
            },
            input_per_m: dollars(rates.input),
            output_per_m: dollars(rates.output),
            cache_read_per_m: dollars(rates.cache_read),
            cache_write_per_m: dollars(rates.cache_write_5m),
        })
    }
}

impl Models for Priced<'_> {
    fn get(&self, name: &str) -> Option<ModelFacts> {
        self.facts(self.book.find(name)?)
    }

    fn all(&self) -> Vec<ModelFacts> {
        self.book.rows().filter_map(|row| self.facts(row)).collect()
    }
}
