//! Percentages with one decimal, as integers: shown and serialised without a float.

use std::fmt;

use serde::{Serialize, Serializer};
use wfo_base::Usd;

/// A percentage in tenths of a percent: `123` is 12.3 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i128);

impl Percent {
    /// Returns `part` as a percentage of `whole`, rounded half-even; `None` when `whole` is not above zero.
    #[must_use]
    pub fn of(part: Usd, whole: Usd) -> Option<Self> {
        part.percent_tenths_of(whole).map(Self)
    }

    /// Returns tenths of a percent.
    #[must_use]
    pub const fn tenths(self) -> i128 {
        self.0
    }

    /// Writes plain decimal notation with one decimal (`12.3`, `80.0`).
    #[must_use]
    pub fn plain(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{}", magnitude / 10, magnitude % 10)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain())
    }
}

impl Serialize for Percent {
    /// A JSON number with one decimal (serde_json only).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wfo_base::money::raw_number(&self.plain(), serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(part: &str, whole: &str) -> Option<Percent> {
        Percent::of(Usd::parse(part).unwrap(), Usd::parse(whole).unwrap())
    }

    #[test]
    fn one_decimal_is_shown_and_serialised_as_a_plain_number() {
        for (part, whole, shown) in [
            ("12.34", "100", "12.3"),
            ("80", "100", "80.0"),
            ("1", "3", "33.3"),
            ("0", "5", "0.0"),
            ("-1.25", "100", "-1.2"),
            ("0.0004", "1", "0.0"),
            ("-0.0004", "1", "0.0"),
        ] {
            let percent = of(part, whole).unwrap();
            assert_eq!(percent.plain(), shown);
            assert_eq!(serde_json::to_string(&percent).unwrap(), shown);
        }
    }

    #[test]
    fn a_percentage_of_a_zero_budget_is_unknown() {
        assert_eq!(of("5", "0"), None);
        assert_eq!(of("5", "-1"), None);
    }
}
