//! Days that cost far more than the days before them.
//! A stated, robust rule; it names the figures that made a day one, and never a cause.

use std::collections::BTreeMap;

use jiff::civil::Date;
use wfo_base::Usd;

/// How many earlier days with spend a day is compared with.
const WINDOW: usize = 28;
/// The least number of them.
const LEAST_DAYS: usize = 7;
/// How many median deviations above the median a day must be.
const DEVIATIONS: i128 = 3;
/// How far above the median it must be in any case.
const LEAST_EXCESS: Usd = Usd::from_cents(100);

/// A day above median + 3 x median absolute deviation of the up to 28 days with spend before it (at least 7), and at
/// least 1 USD above that median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anomaly {
    /// The day.
    pub day: Date,
    /// What it cost.
    pub usd: Usd,
    /// The median of the days before.
    pub median: Usd,
    /// Their median absolute deviation.
    pub deviation: Usd,
    /// What it had to exceed.
    pub threshold: Usd,
    /// How many days it was compared with.
    pub compared: usize,
}

/// Finds the anomalies from `from` to `to`, newest first. `days` are known amounts.
pub(crate) fn anomalies(days: &BTreeMap<Date, Usd>, from: Date, to: Date) -> Vec<Anomaly> {
    if from > to {
        return Vec::new();
    }
    let judged = days.range(from..=to).rev();
    judged.filter_map(|(day, usd)| judge(days, *day, *usd)).collect()
}

fn judge(days: &BTreeMap<Date, Usd>, day: Date, usd: Usd) -> Option<Anomaly> {
    let before = days.range(..day).rev().map(|(_, usd)| *usd).filter(|usd| usd.is_positive());
    let before: Vec<Usd> = before.take(WINDOW).collect();
    if before.len() < LEAST_DAYS {
        return None;
    }
    let middle = median(&before)?;
    let distance = |usd: &Usd| if *usd > middle { *usd - middle } else { middle - *usd };
    let deviation = median(&before.iter().map(distance).collect::<Vec<_>>())?;
    let threshold = middle + deviation.scaled(DEVIATIONS, 1);
    let found = usd > threshold && usd - middle >= LEAST_EXCESS;
    found.then_some(Anomaly { day, usd, median: middle, deviation, threshold, compared: before.len() })
}

/// Returns the middle amount, of two the mean.
fn median(amounts: &[Usd]) -> Option<Usd> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    (lower + upper).mean(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::usd;
    use jiff::{ToSpan, civil::date};

    fn days(amounts: &[&str]) -> BTreeMap<Date, Usd> {
        let first = date(2026, 10, 1);
        amounts.iter().zip(0_i64..).map(|(text, at)| (first.saturating_add(at.days()), usd(text))).collect()
    }

    fn found(amounts: &[&str]) -> Vec<(i8, String)> {
        let list = anomalies(&days(amounts), date(2026, 10, 1), date(2026, 12, 31));
        list.iter().map(|found| (found.day.day(), found.threshold.plain())).collect()
    }

    #[test]
    fn a_day_far_above_the_median_is_named_with_what_it_had_to_exceed() {
        // median 2, deviations 1 1 0 1 1 0 1: median 1, so 2 + 3 x 1
        let before = ["1", "3", "2", "1", "3", "2", "1"];
        for (last, hits) in [("5", 0), ("5.01", 1), ("50", 1)] {
            let amounts: Vec<&str> = before.into_iter().chain([last]).collect();
            let list = found(&amounts);
            assert_eq!(list.len(), hits, "{last}");
            assert!(list.iter().all(|(day, limit)| *day == 8 && limit == "5"), "{list:?}");
        }
    }

    #[test]
    fn too_few_days_or_less_than_a_dollar_above_are_no_anomaly() {
        assert_eq!(found(&["1", "1", "1", "1", "1", "1", "90"]), []);
        assert_eq!(found(&["0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "1.09"]), []);
        assert_eq!(found(&["0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "1.10"]).len(), 1);
        assert_eq!(found(&["0", "0", "0", "0", "0", "0", "0", "90"]), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn only_the_last_28_days_with_spend_count() {
        let amounts: Vec<&str> = std::iter::repeat_n("100", 20).chain(std::iter::repeat_n("1", 28)).collect();
        let amounts: Vec<&str> = amounts.into_iter().chain(["9"]).collect();
        assert_eq!(found(&amounts).len(), 1);
    }
}
