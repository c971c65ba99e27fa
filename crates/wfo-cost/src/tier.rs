//! How a request was served, as far as it changes the price.

/// Batch, fast and US-only serving; none of them is the standard tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tier {
    /// Answered within a day at the batch discount (`usage.service_tier: "batch"`).
    pub batch: bool,
    /// Fast mode (`usage.speed: "fast"`).
    pub fast: bool,
    /// Inference in the US only (`usage.inference_geo: "us"`).
    pub us: bool,
}

impl Tier {
    /// Returns the word that ledgers and answers use: `standard`, or the marks joined by `+` (`batch+us`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match (self.batch, self.fast, self.us) {
            (false, false, false) => "standard",
            (true, false, false) => "batch",
            (false, true, false) => "fast",
            (false, false, true) => "us",
            (true, true, false) => "batch+fast",
            (true, false, true) => "batch+us",
            (false, true, true) => "fast+us",
            (true, true, true) => "batch+fast+us",
        }
    }

    /// Reads the word back; words that are not known leave the tier standard.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut tier = Self::default();
        for word in text.split('+') {
            match word.trim() {
                "batch" => tier.batch = true,
                "fast" => tier.fast = true,
                "us" => tier.us = true,
                _ => {}
            }
        }
        tier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_reads_back_from_its_word() {
        for bits in 0..8_u8 {
            let tier = Tier { batch: bits & 1 != 0, fast: bits & 2 != 0, us: bits & 4 != 0 };
            assert_eq!(Tier::parse(tier.word()), tier);
        }
        assert_eq!(Tier::parse("priority"), Tier::default());
    }
}
