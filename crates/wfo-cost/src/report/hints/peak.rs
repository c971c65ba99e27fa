//! Whether half of the cost falls into few hours of the day.
//! Says which hours; what moving them would save is not known, so it names no amount.

use wfo_base::Usd;

use super::{Hint, LEAST};
use crate::report::period::Period;
use crate::report::words;

/// How many hours are few.
const FEW: usize = 3;

/// Says so when at most 3 hours of the day hold half of what was spent, and something was spent in other hours too.
pub(super) fn hint(period: &Period) -> Option<Hint> {
    let mut hours: Vec<(Usd, u8)> = period
        .by_hour
        .iter()
        .filter_map(|hour| hour.hour.zip(hour.sum.usd()))
        .filter_map(|(hour, usd)| usd.is_positive().then_some((usd, hour)))
        .collect();
    hours.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let total: Usd = hours.iter().map(|(usd, _)| *usd).sum();
    if total < LEAST {
        return None;
    }
    let mut held = Usd::ZERO;
    let mut peak = Vec::new();
    for (usd, hour) in &hours {
        if held.scaled(2, 1) >= total {
            break;
        }
        held = held + *usd;
        peak.push(*hour);
    }
    if peak.len() > FEW || peak.len() == hours.len() {
        return None;
    }
    peak.sort_unstable();
    let shown: Vec<String> = peak.iter().map(|hour| format!("{hour:02}:00")).collect();
    Some(Hint {
        kind: "peak-hours",
        title: format!("half of the cost falls into {}", words::counted(peak.len() as u64, "hour")),
        usd: None,
        basis: format!(
            "{} of {} were spent in the {} at {}",
            words::usd(held),
            words::usd(total),
            if peak.len() == 1 { "hour that begins" } else { "hours that begin" },
            shown.join(", ")
        ),
        action: "look at what runs then; work that nobody waits for can run as a batch, or at a model's cheaper hours"
            .to_owned(),
    })
}
