//! What a choice has to know about a model, and its price for a mix of tokens as one figure.
//! Where the figures come from is the price table's business.

use wfo_base::Usd;

use super::tables::MixRow;
use crate::prices::{ModelKind, Status};

/// A model as far as a choice goes. Prices are dollars per million tokens at the standard rate; `None` = not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFacts {
    /// The id in the price table.
    pub id: String,
    /// Who serves it.
    pub provider: String,
    /// What it makes.
    pub kind: ModelKind,
    /// Whether it can be had.
    pub status: Status,
    /// Price of input.
    pub input_per_m: Option<Usd>,
    /// Price of output.
    pub output_per_m: Option<Usd>,
    /// Price of input that a cache answers.
    pub cache_read_per_m: Option<Usd>,
    /// Price of writing to a cache for 5 minutes.
    pub cache_write_per_m: Option<Usd>,
}

impl ModelFacts {
    /// Says whether it runs on the own machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.status == Status::Local
    }

    /// Returns what a million tokens of a mix cost. Cached tokens without a price of their own cost what input costs, since
    /// a provider without a cache reads them anew. `None` when a price that the mix needs is unknown.
    #[must_use]
    pub fn blended(&self, mix: &MixRow) -> Option<Usd> {
        let parts = [
            (mix.input, self.input_per_m),
            (mix.cache_write, self.cache_write_per_m.or(self.input_per_m)),
            (mix.cache_read, self.cache_read_per_m.or(self.input_per_m)),
            (mix.output, self.output_per_m),
        ];
        let needed = parts.into_iter().filter(|(percent, _)| *percent > 0);
        needed.map(|(percent, price)| Some(price?.scaled(i128::from(percent), 100))).sum()
    }
}

/// The price table, as a choice sees it.
pub trait Models {
    /// Finds a model by its id or any other name of it; `None` when no row names it.
    fn get(&self, name: &str) -> Option<ModelFacts>;

    /// Returns every model, in the order of the table.
    fn all(&self) -> Vec<ModelFacts>;
}
