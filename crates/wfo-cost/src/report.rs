//! What was spent, what it will come to, and what could be saved: figures first, then pages made of them.
//! Takes responses and ledger rows as values; reads no file, asks no clock, and leaves unknown prices unknown.

use jiff::Timestamp;
use wfo_base::Usd;

use crate::tier::Tier;
use crate::tokens::Tokens;

mod anomaly;
pub mod dashboard;
pub mod figures;
pub mod hints;
mod item;
pub mod outlook;
pub mod page;
pub mod period;
pub mod roi;
mod table;
pub mod tasks;
pub mod top;
pub(crate) mod words;

pub use anomaly::Anomaly;
pub use figures::{Figures, Inputs, figures};
pub use hints::{Hint, Offer, Offers, Saving};
pub use outlook::{Burn, Outlook, Tomorrow, Trend};
pub use period::{Day, Hour, Part, Period, Unpriced, period};
pub use tasks::Tasks;

/// What tokens cost: the door to the price tables, for re-pricing real tokens another way.
pub trait Pricing {
    /// Returns the price of one request; `None` = no price is known.
    fn usd(&self, model: &str, tier: Tier, at: Timestamp, tokens: Tokens, searches: u32) -> Option<Usd>;
}

impl<F: Fn(&str, Tier, Timestamp, Tokens, u32) -> Option<Usd>> Pricing for F {
    fn usd(&self, model: &str, tier: Tier, at: Timestamp, tokens: Tokens, searches: u32) -> Option<Usd> {
        self(model, tier, at, tokens, searches)
    }
}

#[cfg(test)]
pub(crate) mod samples;
