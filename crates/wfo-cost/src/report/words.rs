//! How reports word amounts, counts and names.
//! Rounds only here, after all arithmetic is done; lets no foreign text through unfolded.

use jiff::Zoned;
use wfo_base::{Usd, text};

use crate::budget::Scope;
use crate::percent::Percent;

/// The name of a group without one.
pub(crate) const NONE: &str = "(none)";
/// What stands for a figure that is not known.
pub(crate) const UNKNOWN: &str = "n/a";
/// The most characters of a name.
const NAME_LIMIT: usize = 60;

/// Writes a moment as day and minute of its own zone, which the page names.
pub(crate) fn minute(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Writes dollars and cents with separators; less than a cent that is not nothing is said to be that.
pub(crate) fn usd(amount: Usd) -> String {
    let cent = Usd::from_cents(1);
    let small = amount != Usd::ZERO && amount < cent && amount > Usd::ZERO - cent;
    if small {
        return if amount.is_positive() { "< $0.01".to_owned() } else { "> -$0.01".to_owned() };
    }
    let plain = amount.cents();
    let (sign, rest) = plain.split_once('$').unwrap_or(("", &plain));
    let (whole, cents) = rest.split_once('.').unwrap_or((rest, "00"));
    format!("{sign}${}.{cents}", grouped(whole))
}

/// Writes dollars and cents; from 10,000 dollars on without the cents.
pub(crate) fn usd_large(amount: Usd) -> String {
    let text = usd(amount);
    if amount < Usd::from_cents(1_000_000) {
        return text;
    }
    text.split_once('.').map_or_else(|| text.clone(), |(whole, _)| whole.to_owned())
}

/// Writes dollars and cents, or that they are not known.
pub(crate) fn maybe_usd(amount: Option<Usd>) -> String {
    amount.map_or_else(|| UNKNOWN.to_owned(), usd)
}

/// Writes a known amount of which a part has no price as a lower bound.
pub(crate) fn at_least(amount: Option<Usd>, unpriced: u64) -> String {
    match amount {
        Some(known) if unpriced > 0 => format!("{} + ?", usd(known)),
        other => maybe_usd(other),
    }
}

/// Writes a percentage.
pub(crate) fn percent(share: Option<Percent>) -> String {
    share.map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"))
}

/// Writes a count with separators.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// Writes tokens short: `950`, `12.3k`, `4.5M`, `1.2B`.
pub(crate) fn tokens(number: u64) -> String {
    for (unit, letter) in [(1_000_000_000, 'B'), (1_000_000, 'M'), (1_000, 'k')] {
        if number >= unit {
            return format!("{}.{}{letter}", grouped(&(number / unit).to_string()), number % unit / (unit / 10));
        }
    }
    number.to_string()
}

/// Names the period of a limit.
pub(crate) const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Daily => "Today",
        Scope::Weekly => "This week",
        Scope::Monthly => "This month",
    }
}

/// Writes `1 day`, `2 days`.
pub(crate) fn counted(number: u64, word: &str) -> String {
    plural(number, word, &format!("{word}s"))
}

/// Writes a count with the word for one, or the word for several.
pub(crate) fn plural(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// Begins a sentence with a capital; a name in a code span keeps its letters.
pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a name as one harmless, bounded line.
pub(crate) fn name(name: Option<&str>) -> String {
    name.map_or_else(|| NONE.to_owned(), |name| text::clip(&text::one_line(name), NAME_LIMIT).into_owned())
}

/// Returns the first characters of a session's id, which tell it apart well enough.
pub(crate) fn session(id: &str) -> String {
    text::one_line(id).chars().take(8).collect()
}

/// Returns the ratio of two counts as a percentage; `None` when `whole` is 0.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<Percent> {
    // percentages are made of amounts; a count rides on cents
    let cents = |count: u64| Usd::from_cents(i64::try_from(count).unwrap_or(i64::MAX));
    Percent::of(cents(part), cents(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_less_than_a_cent_is_not_nothing() {
        for (amount, shown) in [
            ("0", "$0.00"),
            ("0.004", "< $0.01"),
            ("-0.004", "> -$0.01"),
            ("999.994", "$999.99"),
            ("1234567.5", "$1,234,567.50"),
            ("-1234.5", "-$1,234.50"),
        ] {
            assert_eq!(usd(Usd::parse(amount).unwrap()), shown);
        }
        assert_eq!(
            (usd_large(Usd::from_cents(999_999)), usd_large(Usd::from_cents(1_234_567))),
            ("$9,999.99".into(), "$12,345".into())
        );
        assert_eq!(at_least(None, 2), "n/a");
        assert_eq!(at_least(Some(Usd::from_cents(150)), 2), "$1.50 + ?");
    }

    #[test]
    fn counts_stay_short() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1.0k"), (12_345, "12.3k"), (4_560_000, "4.5M")] {
            assert_eq!(tokens(number), shown);
        }
        assert_eq!(tokens(u64::MAX), "18,446,744,073.7B");
        assert_eq!((counted(1, "day"), counted(1200, "day")), ("1 day".into(), "1,200 days".into()));
    }

    #[test]
    fn a_name_is_one_bounded_line() {
        assert_eq!(name(Some("a\u{1b}[31m\nb\u{202e}")), "a b");
        assert_eq!(name(Some(&"x".repeat(200))).chars().count(), 60);
        assert_eq!(name(None), "(none)");
    }
}
