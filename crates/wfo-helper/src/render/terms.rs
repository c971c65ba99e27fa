//! Terms of a calculation as answers show them, and prices with all their digits.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Usd, text};
use wfo_cost::{Quantity, Term};

use super::Table;
use super::cost::dollars;

/// So much of something, at so much for one.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TermView {
    /// What is paid for.
    name: String,
    /// How much of it is used.
    #[schemars(with = "f64")]
    quantity: Quantity,
    /// How much of that is free of charge.
    #[schemars(with = "f64")]
    included: Quantity,
    /// What one is.
    unit: String,
    /// Dollars for one; null when it is not known.
    #[schemars(with = "Option<f64>")]
    usd_per_unit: Option<Usd>,
    /// Dollars; null when it is not known.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
}

impl From<&Term> for TermView {
    fn from(term: &Term) -> Self {
        Self {
            name: clean(&term.name),
            quantity: term.quantity,
            included: term.included,
            unit: clean(&term.unit),
            usd_per_unit: term.rate_usd,
            usd: term.usd,
        }
    }
}

impl TermView {
    /// Adds it as a row: what (without the part's name), dollars, how much at what price.
    pub(crate) fn row(&self, part: &str, table: &mut Table) {
        let name = self.name.strip_prefix(part).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&self.name);
        let free = if self.included == Quantity::ZERO {
            String::new()
        } else {
            format!(", {} of them free", self.included.plain())
        };
        table.row([
            name.to_owned(),
            dollars(self.usd),
            format!("{} x {}{free}, {} each", self.quantity.plain(), self.unit, exact(self.usd_per_unit)),
        ]);
    }
}

/// Makes a name of a file fit for an answer.
pub(crate) fn clean(name: &str) -> String {
    text::clip(&text::one_line(name), 200).into_owned()
}

/// Writes a price with all its digits, at least cents; or that it is not known.
pub(crate) fn exact(usd: Option<Usd>) -> String {
    let Some(usd) = usd else { return "unknown".to_owned() };
    let plain = usd.plain();
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match decimals {
        0 => format!("${plain}.00"),
        1 => format!("${plain}0"),
        _ => format!("${plain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_shows_every_digit_and_at_least_cents() {
        for (text, shown) in
            [("4", "$4.00"), ("0.1", "$0.10"), ("0.125", "$0.125"), ("0.003", "$0.003"), ("0", "$0.00")]
        {
            assert_eq!(exact(Usd::parse(text)), shown);
        }
        assert_eq!(exact(None), "unknown");
    }
}
