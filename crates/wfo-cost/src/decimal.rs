//! Decimal numbers that are read from their digits: rates, factors and quantities.
//! Nothing here is ever a float, not even on the way in; what is no such number is refused with its place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use wfo_base::{Usd, money, text::code_span};

/// Parts of a whole [`Quantity`].
const WHOLE: i128 = 1_000_000_000_000;

/// A price for a million tokens, held as whole pico-dollars for one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

impl Rate {
    /// Reads dollars for a million tokens; `None` below zero, above a million dollars, or with more than 6 decimal places.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let pico = Usd::parse(text).filter(|amount| *amount <= Usd::from_cents(100_000_000))?.pico();
        if pico % 1_000_000 == 0 { u64::try_from(pico / 1_000_000).ok().map(Self) } else { None }
    }

    /// Returns pico-dollars for one token.
    #[must_use]
    pub const fn pico_per_token(self) -> u64 {
        self.0
    }

    /// Returns dollars for a million tokens.
    #[must_use]
    pub const fn usd_per_million(self) -> Usd {
        Usd::from_pico(self.0 as i128 * 1_000_000)
    }
}

/// What a rate is multiplied by, as a fraction: `0.5` is 1/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Factor {
    parts: i128,
    of: i128,
}

impl Factor {
    /// One: nothing changes.
    pub const ONE: Self = Self { parts: 1, of: 1 };

    /// Reads a number above 0 and at most 100 with at most 3 decimal places.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let amount = Usd::parse(text).filter(|amount| amount.is_positive() && *amount <= Usd::from_cents(10_000))?;
        if amount.pico() % (WHOLE / 1000) != 0 {
            return None;
        }
        Some(Self::reduced(amount.pico() / (WHOLE / 1000), 1000))
    }

    /// Returns both factors as one.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::reduced(self.parts * other.parts, self.of * other.of)
    }

    /// Returns an amount times this factor, rounded half-even below a pico-dollar; `None` beyond all reason.
    #[must_use]
    pub fn of(self, amount: Usd) -> Option<Usd> {
        if self == Self::ONE {
            return Some(amount);
        }
        amount.pico().checked_mul(self.parts)?;
        Some(amount.scaled(self.parts, self.of))
    }

    /// Says whether it makes dearer than the other, or as dear.
    #[must_use]
    pub const fn at_least(self, other: Self) -> bool {
        self.parts * other.of >= other.parts * self.of
    }

    /// Writes plain decimal notation.
    #[must_use]
    pub fn plain(self) -> String {
        Usd::from_pico(WHOLE).scaled(self.parts, self.of).plain()
    }

    const fn reduced(parts: i128, of: i128) -> Self {
        let (mut a, mut b) = (parts, of);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { parts: parts / a, of: of / a }
    }
}

/// How much of something, zero or more: hours, gigabytes, calls, millions of tokens; 12 decimal places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads a number from 0 to 10^15.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts = Usd::parse(text)?.pico();
        (0..=1_000_000_000_000_000 * WHOLE).contains(&parts).then_some(Self(parts))
    }

    /// Makes a whole quantity.
    #[must_use]
    pub const fn from_count(count: u64) -> Self {
        Self(count as i128 * WHOLE)
    }

    /// Returns `count` times as much; `None` beyond all reason.
    #[must_use]
    pub fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(i128::from(count)).map(Self)
    }

    /// Returns both together; `None` beyond all reason.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Returns this quantity for each of another: hours times calls an hour; `None` beyond all reason.
    #[must_use]
    pub fn by(self, other: Self) -> Option<Self> {
        Some(Self(Usd::from_pico(self.0.checked_mul(other.0)?).scaled(1, WHOLE).pico()))
    }

    /// Returns it counted in units of `size`: tokens in thousands.
    #[must_use]
    pub fn in_units_of(self, size: u32) -> Self {
        Self(Usd::from_pico(self.0).scaled(1, i128::from(size)).pico())
    }

    /// Returns what is left beyond `included`, never below zero.
    #[must_use]
    pub fn beyond(self, included: Self) -> Self {
        Self((self.0 - included.0).max(0))
    }

    /// Returns what it costs at `each` for one, rounded half-even below a pico-dollar; `None` beyond all reason.
    #[must_use]
    pub fn cost(self, each: Usd) -> Option<Usd> {
        Some(Usd::from_pico(self.0.checked_mul(each.pico())?).scaled(1, WHOLE))
    }

    /// Says whether it is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Writes plain decimal notation.
    #[must_use]
    pub fn plain(self) -> String {
        Usd::from_pico(self.0).plain()
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        money::raw_number(&self.plain(), serializer)
    }
}

/// Asks a deserializer for the digits of a scalar, so that YAML and JSON hand them over untouched, and reads them.
/// An error carries the place of that scalar. `expects` goes into the message: "`-1` is not a number of zero or more".
pub(crate) fn from_digits<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expects: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Digits { expects, read })
}

struct Digits<T> {
    expects: &'static str,
    read: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for Digits<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expects)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text.trim()).ok_or_else(|| E::custom(format!("{} is not {}", code_span(text), self.expects)))
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        money::raw_number(&self.plain(), serializer)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expects = "dollars for a million tokens in quotes, zero or more, with at most 6 decimal places";
        from_digits(deserializer, expects, Self::parse)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expects = "a factor in quotes, above 0 and at most 100, with at most 3 decimal places";
        from_digits(deserializer, expects, Self::parse)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_digits(deserializer, "a number of zero or more", Self::parse)
    }
}

/// Reads an amount of zero or more, with or without `$`: for `#[serde(deserialize_with)]`.
pub(crate) fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Usd>, D::Error> {
    from_digits(deserializer, "an amount in quotes, zero or more", amount).map(Some)
}

fn amount(text: &str) -> Option<Usd> {
    Usd::parse(text.strip_prefix('$').unwrap_or(text)).filter(|amount| *amount >= Usd::ZERO)
}

/// Reads a whole count of zero or more: for `#[serde(deserialize_with)]`.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    from_digits(deserializer, "a whole number of zero or more", whole).map(Some)
}

fn whole(text: &str) -> Option<u64> {
    let parts = Quantity::parse(text)?.0;
    if parts % WHOLE == 0 { u64::try_from(parts / WHOLE).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).expect(text)
    }

    #[test]
    fn a_rate_is_a_whole_number_of_pico_dollars_for_a_token() {
        for (text, pico) in [
            ("0.10", Some(100_000)),
            ("12.5", Some(12_500_000)),
            ("0", Some(0)),
            ("0.000001", Some(1)),
            ("0.0000001", None),
            ("-1", None),
            ("1000001", None),
            ("free", None),
        ] {
            assert_eq!(Rate::parse(text).map(Rate::pico_per_token), pico, "{text}");
        }
        assert_eq!(Rate::parse("0.125").unwrap().usd_per_million().plain(), "0.125");
    }

    #[test]
    fn factors_multiply_as_fractions_and_round_once() {
        let [half, us] = ["0.5", "1.1"].map(|text| Factor::parse(text).unwrap());
        assert_eq!((half.parts, half.of, us.parts, us.of), (1, 2, 11, 10));
        // 5 x 11/20 = 2.75; rounding after each step would say 2 x 1.1 = 2.2 -> 2
        assert_eq!(half.times(us).of(Usd::from_pico(5)), Some(Usd::from_pico(3)));
        assert_eq!(half.of(Usd::from_pico(5)), Some(Usd::from_pico(2)), "half to even");
        assert_eq!(us.of(Usd::from_pico(i128::MAX)), None);
        assert!(us.at_least(Factor::ONE) && !half.at_least(Factor::ONE) && half.at_least(half));
        for text in ["0", "-1", "101", "0.0001", "unknown", ""] {
            assert_eq!(Factor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_included_is_subtracted_and_never_paid_back() {
        for (used, included, cost) in [("20", "1", "0.399"), ("1", "1", "0"), ("0.5", "1", "0"), ("0", "0", "0")] {
            let billed = quantity(used).beyond(quantity(included));
            assert_eq!(billed.cost(Usd::parse("0.021").unwrap()).unwrap().plain(), cost, "{used}");
        }
    }

    #[test]
    fn quantities_that_cannot_be_are_refused_and_products_never_wrap() {
        for text in ["-1", "1e16", "NaN", "", "1 GB"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
        let most = quantity("1e15");
        assert_eq!(most.by(most), None);
        assert_eq!(most.cost(Usd::from_cents(100_000_000_000)), None);
        assert_eq!(quantity("0.5").by(quantity("50")), Some(quantity("25")));
        assert_eq!(quantity("1500").in_units_of(1000), quantity("1.5"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[-+0-9.eE $a-z]{0,30}") {
            let _ = (Rate::parse(&text), Factor::parse(&text), Quantity::parse(&text), amount(&text), whole(&text));
        }

        #[test]
        fn the_cost_of_a_sum_is_the_sum_of_the_costs(a in 0_u64..1_000_000_000, b in 0_u64..1_000_000_000, rate in 0_i128..1_000_000_000_000) {
            let each = Usd::from_pico(rate);
            let [both, one, two] = [a + b, a, b].map(|count| Quantity::from_count(count).cost(each).unwrap());
            prop_assert_eq!(both, one + two);
        }
    }
}
