//! The single calls that cost the most.
//! Lists them; what made them dear is for whoever reads the figures.

use jiff::{Timestamp, civil::Date};
use wfo_base::Usd;

use crate::spending::Call;
use crate::tokens::Tokens;

/// One dear call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopCall {
    /// When it was answered.
    pub at: Timestamp,
    /// The day in the configured zone.
    pub day: Date,
    /// The hour of that day.
    pub hour: u8,
    /// Its session.
    pub session: String,
    /// Its model.
    pub model: String,
    /// The feature it is put down to.
    pub feature: Option<String>,
    /// Its tokens.
    pub tokens: Tokens,
    /// What it cost.
    pub usd: Usd,
}

/// Returns the `count` dearest calls with a known price from `from` to `to`; of equal ones the earlier first.
#[must_use]
pub fn top_calls(calls: &[Call], from: Date, to: Date, count: usize) -> Vec<TopCall> {
    let mut priced: Vec<(Usd, &Call)> = calls
        .iter()
        .filter(|call| (from..=to).contains(&call.day))
        .filter_map(|call| call.usd.map(|usd| (usd, call)))
        .collect();
    let order = |a: &(Usd, &Call), b: &(Usd, &Call)| {
        b.0.cmp(&a.0).then(a.1.at.cmp(&b.1.at)).then_with(|| a.1.session.cmp(&b.1.session))
    };
    if priced.len() > count && count > 0 {
        // only the front has to be in order
        priced.select_nth_unstable_by(count - 1, order);
    }
    priced.truncate(count);
    priced.sort_by(order);
    priced.into_iter().map(|(usd, call)| top(usd, call)).collect()
}

fn top(usd: Usd, call: &Call) -> TopCall {
    TopCall {
        at: call.at,
        day: call.day,
        hour: call.hour,
        session: call.session.to_string(),
        model: call.model.to_string(),
        feature: call.feature.as_deref().map(str::to_owned),
        tokens: call.tokens,
        usd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{call, usd};
    use jiff::civil::date;

    #[test]
    fn the_dearest_calls_come_first_and_those_without_a_price_not_at_all() {
        let mut calls: Vec<Call> =
            (1..=20).map(|cents| call("2026-11-20T10:00:00Z", "m", &format!("0.{cents:02}"))).collect();
        calls[3].usd = None;
        calls[7].usd = Some(usd("5"));
        let found = top_calls(&calls, date(2026, 11, 20), date(2026, 11, 20), 3);
        assert_eq!(found.iter().map(|top| top.usd.plain()).collect::<Vec<_>>(), ["5", "0.2", "0.19"]);
        assert_eq!(top_calls(&calls, date(2026, 11, 21), date(2026, 11, 22), 3), []);
        assert_eq!(top_calls(&calls, date(2026, 11, 20), date(2026, 11, 20), 0), []);
        assert_eq!(top_calls(&calls, date(2026, 11, 20), date(2026, 11, 20), 90).len(), 19);
    }
}
