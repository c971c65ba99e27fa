//! What a row says besides its standard rates, for those who show it: long prompts, dearer hours, earlier prices.
//! Nothing is reckoned from these; that is `rates`.

use jiff::civil::Date;

use super::rates::KindRates;
use super::row::{Day, PriceRow, PromptTier};

/// Prices of a whole request with a long prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The prompt (input, cache reads and cache writes) is longer than so many tokens.
    pub above: u64,
    /// What holds then.
    pub rates: KindRates,
}

/// Prices in some hours of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeakHours {
    /// From one hour to the next, UTC, within 0 to 24.
    pub utc: Vec<(u8, u8)>,
    /// `mon` to `sun`.
    pub days: Vec<&'static str>,
    /// What holds then.
    pub rates: KindRates,
}

/// Prices of an earlier time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The last day (UTC) on which they held.
    pub until: Date,
    /// What held, with that which has not changed since.
    pub rates: KindRates,
    /// For long prompts.
    pub bands: Vec<Band>,
}

impl PriceRow {
    /// Returns the prices for long prompts, by length.
    #[must_use]
    pub fn bands(&self) -> Vec<Band> {
        bands(&self.tiers)
    }

    /// Returns the prices of dearer hours.
    #[must_use]
    pub fn peak(&self) -> Option<PeakHours> {
        let hours = self.hours.as_ref()?;
        let days = hours.days.iter().map(|day| day_word(*day)).collect();
        Some(PeakHours { utc: hours.utc.clone(), days, rates: hours.rates() })
    }

    /// Returns earlier prices, oldest first.
    #[must_use]
    pub fn earlier(&self) -> Vec<Earlier> {
        let earlier = self.history.iter().map(|past| Earlier {
            until: past.until,
            rates: past.rates().or(self.rates()),
            bands: bands(past.tiers.as_ref().unwrap_or(&self.tiers)),
        });
        earlier.collect()
    }
}

fn bands(tiers: &[PromptTier]) -> Vec<Band> {
    tiers.iter().map(|tier| Band { above: tier.above, rates: tier.rates() }).collect()
}

const fn day_word(day: Day) -> &'static str {
    match day {
        Day::Mon => "mon",
        Day::Tue => "tue",
        Day::Wed => "wed",
        Day::Thu => "thu",
        Day::Fri => "fri",
        Day::Sat => "sat",
        Day::Sun => "sun",
    }
}
