//! Exact shares: counts against a limit in percent, never a rounded number against another.

use std::fmt;
use std::str::FromStr;

/// Millionths of a percent in one percent.
const SCALE: u64 = 1_000_000;

/// A limit in percent, exact to six decimals, from 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u64);

impl Percent {
    /// So many whole percent.
    #[must_use]
    pub const fn whole(percent: u32) -> Self {
        Self(percent as u64 * SCALE)
    }

    /// It in millionths of a percent.
    #[must_use]
    pub const fn millionths(self) -> u64 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is not a percentage such as 80 or 79.5", super::taken::word(text));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let decimals: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
        if whole > 1000 {
            return Err(wrong());
        }
        Ok(Self(whole * SCALE + decimals))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.0 % SCALE);
        let decimals = decimals.trim_end_matches('0');
        write!(f, "{}", self.0 / SCALE)?;
        if decimals.is_empty() { Ok(()) } else { write!(f, ".{decimals}") }
    }
}

/// A part of a whole, as counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// What was counted; never more than `whole`.
    pub part: u64,
    /// What it was counted among.
    pub whole: u64,
}

impl Ratio {
    /// Makes a ratio; `None` when the part is more than the whole.
    #[must_use]
    pub const fn new(part: u64, whole: u64) -> Option<Self> {
        if part <= whole { Some(Self { part, whole }) } else { None }
    }

    /// Whether the part is at least so much of the whole; of nothing, no share is enough.
    #[must_use]
    pub fn at_least(self, percent: Percent) -> bool {
        self.whole > 0 && self.scaled() >= self.limit(percent)
    }

    /// Whether the part is at most so much of the whole; of nothing, every share is too much.
    #[must_use]
    pub fn at_most(self, percent: Percent) -> bool {
        self.whole > 0 && self.scaled() <= self.limit(percent)
    }

    /// The share in hundredths of a percent, rounded towards zero, for showing only; `None` of nothing.
    #[must_use]
    pub fn hundredths(self) -> Option<u64> {
        let share = (u128::from(self.part) * 10_000).checked_div(u128::from(self.whole))?;
        u64::try_from(share).ok()
    }

    /// The two together; `None` when the counts do not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self { part: self.part.checked_add(other.part)?, whole: self.whole.checked_add(other.whole)? })
    }

    fn scaled(self) -> u128 {
        u128::from(self.part) * 100 * u128::from(SCALE)
    }

    fn limit(self, percent: Percent) -> u128 {
        u128::from(self.whole) * u128::from(percent.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    fn ratio(part: u64, whole: u64) -> Ratio {
        Ratio::new(part, whole).unwrap()
    }

    #[test]
    fn a_share_is_compared_exactly_and_not_as_it_is_shown() {
        for (part, whole, limit, enough) in [
            (199, 249, "80", false),
            (8, 10, "80", true),
            (7992, 10_000, "79.92", true),
            (7992, 10_000, "79.920001", false),
            (0, 0, "0", false),
            (u64::MAX - 1, u64::MAX, "100", false),
            (u64::MAX, u64::MAX, "100", true),
            (1, 3, "33.333333", true),
            (1, 3, "33.333334", false),
        ] {
            assert_eq!(ratio(part, whole).at_least(limit.parse().unwrap()), enough, "{part}/{whole} {limit}");
        }
        assert!(ratio(5, 100).at_most(Percent::whole(5)));
        assert!(!ratio(501, 10_000).at_most(Percent::whole(5)));
        assert!(!ratio(0, 0).at_most(Percent::whole(5)), "of nothing there is no share");
        assert_eq!(ratio(199, 249).hundredths(), Some(7991));
    }

    #[test]
    fn a_percentage_is_a_plain_decimal() {
        for good in ["0", "80", "79.5", "99.999999"] {
            assert_eq!(good.parse::<Percent>().unwrap().to_string(), good);
        }
        for bad in ["", "-1", "+8", "80%", "8e1", "1.", ".5", "NaN", "1001", "1.0000001", "8 0", "80,5"] {
            assert!(bad.parse::<Percent>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_part_is_never_more_than_its_whole_and_sums_do_not_wrap() {
        assert_eq!(Ratio::new(9, 5), None);
        assert_eq!(ratio(1, u64::MAX).plus(ratio(1, 1)), None);
        assert_eq!(ratio(1, 2).plus(ratio(1, 1)), Some(ratio(2, 3)));
    }
}
