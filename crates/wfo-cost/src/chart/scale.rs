//! Axes: steps of 1, 2 or 5 times a power of ten, their labels, and where an amount lies.
//! Whole numbers only; a drawing is as exact as the money in it.

use wfo_base::Usd;

/// The most steps of an axis.
const STEPS: i128 = 5;

/// An axis from 0 upwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The last tick, not below the largest amount.
    pub top: Usd,
    /// The ticks, 0 first.
    pub ticks: Vec<Usd>,
    step: Usd,
}

/// Makes the axis for amounts up to `largest`: at most 5 steps; one dollar for nothing.
#[must_use]
pub fn scale(largest: Usd) -> Scale {
    let largest = if largest.is_positive() { largest } else { Usd::from_cents(100) };
    let steps = (-12..=18).flat_map(|power| ["1", "2", "5"].map(|digit| format!("{digit}e{power}")));
    let fitting = steps.filter_map(|text| Usd::parse(&text)).find(|step| step.scaled(STEPS, 1) >= largest);
    let step = fitting.unwrap_or(largest);
    let mut ticks = vec![Usd::ZERO];
    let mut top = Usd::ZERO;
    while top < largest {
        top = top + step;
        ticks.push(top);
    }
    Scale { top, ticks, step }
}

impl Scale {
    /// Returns where an amount lies on an axis of `length` pixels, in hundredths of a pixel; never outside.
    #[must_use]
    pub fn place(&self, amount: Usd, length: i64) -> i64 {
        // tenths of a percent are too coarse for a pixel, so millionths
        let millionths = amount.scaled(1000, 1).percent_tenths_of(self.top).unwrap_or(0).clamp(0, 1_000_000);
        i64::try_from(millionths).unwrap_or(0).saturating_mul(length) / 10_000
    }

    /// Writes a tick: `$0`, `$0.50`, `$20`, `$1.5k`, `$2M`.
    #[must_use]
    pub fn label(&self, tick: Usd) -> String {
        label(tick, self.step)
    }
}

fn label(amount: Usd, step: Usd) -> String {
    let dollar = Usd::from_cents(100);
    for (unit, letter) in [(1_000_000_000_000, 'T'), (1_000_000_000, 'B'), (1_000_000, 'M'), (1_000, 'k')] {
        if amount >= dollar.scaled(unit, 1) {
            return format!("${}{letter}", amount.scaled(1, unit).plain());
        }
    }
    if amount == Usd::ZERO || step >= dollar || step < Usd::from_cents(1) {
        return format!("${}", amount.plain());
    }
    amount.cents()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(text: &str) -> Usd {
        Usd::parse(text).unwrap()
    }

    #[test]
    fn an_axis_has_few_round_ticks_and_holds_the_largest_amount() {
        for (largest, labels) in [
            ("0", "$0 $0.20 $0.40 $0.60 $0.80 $1.00"),
            ("-3", "$0 $0.20 $0.40 $0.60 $0.80 $1.00"),
            ("5", "$0 $1 $2 $3 $4 $5"),
            ("5.01", "$0 $2 $4 $6"),
            ("97", "$0 $20 $40 $60 $80 $100"),
            ("1200", "$0 $500 $1k $1.5k"),
            ("0.00023", "$0 $0.00005 $0.0001 $0.00015 $0.0002 $0.00025"),
            ("7000000", "$0 $2M $4M $6M $8M"),
            ("46000000000000", "$0 $10T $20T $30T $40T $50T"),
        ] {
            let scale = scale(usd(largest));
            let shown: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
            assert_eq!(shown.join(" "), labels, "{largest}");
        }
    }

    #[test]
    fn an_amount_lies_between_the_ends_of_the_axis() {
        let scale = scale(usd("10"));
        for (amount, place) in [("0", 0), ("5", 10_000), ("10", 20_000), ("99", 20_000), ("-4", 0), ("0.005", 10)] {
            assert_eq!(scale.place(usd(amount), 200), place, "{amount}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_has_an_axis_that_holds_it(cents in 0_i64..i64::MAX, small in any::<bool>()) {
            let amount = if small { Usd::from_cents(cents).scaled(1, 1_000_000_000_000_000) } else { Usd::from_cents(cents) };
            let scale = scale(amount);
            prop_assert!(scale.top >= amount);
            prop_assert!((2..=6).contains(&scale.ticks.len()));
            prop_assert!(scale.ticks.iter().all(|tick| scale.label(*tick).len() <= 16));
        }
    }
}
