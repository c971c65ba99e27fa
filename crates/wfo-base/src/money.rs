//! Money as exact integers. Never a float on the way in, inside, or on the way out.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// How many units one dollar has: pico-dollars, so that a price per million tokens is a whole number per token.
const UNITS: i128 = 1_000_000_000_000;
/// Decimal places of [`UNITS`].
const PLACES: usize = 12;

/// US dollars, held as pico-dollars (10^-12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Makes an amount from whole cents.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents as i128 * (UNITS / 100))
    }

    /// Makes an amount from whole pico-dollars.
    #[must_use]
    pub const fn from_pico(pico: i128) -> Self {
        Self(pico)
    }

    /// Returns the amount in pico-dollars: what exact arithmetic with rates goes on with.
    #[must_use]
    pub const fn pico(self) -> i128 {
        self.0
    }

    /// Reads plain or exponent decimal notation (`12.34`, `1e-7`), as JSON and YAML write numbers.
    /// Digits below a pico-dollar are rounded half-even. `None` when it is not a number or beyond 10^18 dollars.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match digits.find(['e', 'E']) {
            Some(at) => (&digits[..at], digits[at + 1..].parse::<i32>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() || mantissa.len() > 60 || exponent.abs() > 60 {
            return None;
        }
        let mut number: i128 = 0;
        for digit in whole.chars().chain(fraction.chars()) {
            number = number.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
        }
        // value = number x 10^(exponent - fraction digits); units = value x 10^12
        let shift = exponent - i32::try_from(fraction.len()).ok()? + 12;
        let units = if shift >= 0 {
            number.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?
        } else {
            match 10_i128.checked_pow(shift.unsigned_abs()) {
                Some(divisor) => divide_half_even(number, divisor),
                None => 0,
            }
        };
        (units <= 1_000_000_000_000_000_000 * UNITS).then_some(Self(if negative { -units } else { units }))
    }

    /// Returns `self` as a percentage of `whole` in tenths of a percent, rounded half-even; `None` when `whole` is not above zero.
    #[must_use]
    pub fn percent_tenths_of(self, whole: Self) -> Option<i128> {
        (whole.0 > 0).then(|| divide_half_even(self.0.saturating_mul(1000), whole.0))
    }

    /// Returns `self` x `parts` / `of`, rounded half-even: a threshold such as 0.8 of a limit without a float.
    #[must_use]
    pub fn scaled(self, parts: i128, of: i128) -> Self {
        Self(divide_half_even(self.0.saturating_mul(parts), of.max(1)))
    }

    /// Returns the mean of a sum over `count` items; `None` for no items.
    #[must_use]
    pub fn mean(self, count: usize) -> Option<Self> {
        let count = i128::try_from(count).ok().filter(|n| *n > 0)?;
        Some(Self(divide_half_even(self.0, count)))
    }

    /// Says whether it is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Writes plain decimal notation without an exponent, trailing zeros or `-0`.
    #[must_use]
    pub fn plain(self) -> String {
        let magnitude = self.0.unsigned_abs();
        let unit = UNITS.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = format!("{:0PLACES$}", magnitude % unit);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{}{dot}{fraction}", magnitude / unit)
    }

    /// Writes dollars and cents for people (`$12.34`), rounded half-even.
    #[must_use]
    pub fn cents(self) -> String {
        let cents = divide_half_even(self.0, UNITS / 100);
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        format!("{sign}${}.{:02}", cents / 100, cents % 100)
    }
}

impl std::ops::Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |a, b| a + b)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cents())
    }
}

impl Serialize for Usd {
    /// A JSON number in plain decimal notation, taken from the integer (serde_json only).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        raw_number(&self.plain(), serializer)
    }
}

/// Serialises decimal text as a JSON number with exactly these digits.
///
/// # Errors
/// When the text is not a JSON number.
pub fn raw_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(text.to_owned()).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

fn divide_half_even(number: i128, divisor: i128) -> i128 {
    let quotient = number.div_euclid(divisor);
    let twice = number.rem_euclid(divisor).saturating_mul(2);
    if twice > divisor || (twice == divisor && quotient.rem_euclid(2) == 1) { quotient + 1 } else { quotient }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimal_text_goes_through_unchanged() {
        for text in ["0", "12.34", "0.1", "-3.5", "0.000000000001", "100", "0.3"] {
            assert_eq!(Usd::parse(text).expect(text).plain(), text);
        }
        assert_eq!((Usd::parse("0.1").unwrap() + Usd::parse("0.2").unwrap()).plain(), "0.3");
        assert_eq!(Usd::parse("1e-7").unwrap().plain(), "0.0000001");
        assert_eq!(Usd::parse("-0").unwrap().plain(), "0");
        assert_eq!(Usd::parse("1.5E2").unwrap().plain(), "150");
    }

    #[test]
    fn what_is_not_a_number_is_none() {
        for text in ["", ".", "-", "1,5", "NaN", "inf", "1e999", "0x10", "--1", "1e", "9999999999999999999999"] {
            assert_eq!(Usd::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_price_for_a_million_is_a_whole_number_of_pico_dollars_for_one() {
        assert_eq!(Usd::parse("0.125").unwrap().pico(), 125_000 * 1_000_000);
        assert_eq!(Usd::from_pico(-1).plain(), "-0.000000000001");
    }

    #[test]
    fn cents_round_half_to_even() {
        for (amount, shown) in
            [("0.005", "$0.00"), ("0.015", "$0.02"), ("0.025", "$0.02"), ("-0.004", "$0.00"), ("-1.239", "-$1.24")]
        {
            assert_eq!(Usd::parse(amount).unwrap().cents(), shown);
        }
    }

    #[test]
    fn a_percentage_of_nothing_is_unknown() {
        assert_eq!(Usd::parse("12.34").unwrap().percent_tenths_of(Usd::from_cents(10_000)), Some(123));
        assert_eq!(Usd::from_cents(5).percent_tenths_of(Usd::ZERO), None);
        assert_eq!(Usd::ZERO.mean(0), None);
    }

    proptest! {
        #[test]
        fn plain_text_reads_back_as_the_same_amount(units in -1_000_000_000_000_000_000_000i128..1_000_000_000_000_000_000_000) {
            prop_assert_eq!(Usd::parse(&Usd(units).plain()), Some(Usd(units)));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,40}") {
            let _ = Usd::parse(&text);
        }
    }
}
