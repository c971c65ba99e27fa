//! What the batch discount saved, and which calls could have had it.
//! The rule is simple and stated; whether somebody waited for an answer is known only as far as it goes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use wfo_base::Usd;

use super::{Facts, Hint, Saving, listed};
use crate::report::words;
use crate::spending::Call;
use crate::tier::Tier;

/// How many calls of one model and task in one hour of the clock make a bulk.
const LEAST_CALLS: usize = 20;
/// The task type that needs no answer at once.
const BULK: &str = "bulk";

/// Finds calls that could have run as a batch: of sub-agents or bulk tasks, in standard serving, at least 20 of one model
/// and task type within one hour of the clock.
pub(super) fn hint(facts: &Facts<'_>) -> Option<Hint> {
    let mut groups: BTreeMap<(&str, &str, Date, u8), Vec<&Call>> = BTreeMap::new();
    for call in facts.calls {
        let task = facts.task(call);
        if !call.tier.batch && !call.tier.fast && (call.agent.is_some() || task == BULK) {
            groups.entry((&call.model, task, call.day, call.hour)).or_default().push(call);
        }
    }
    let (mut paid, mut saved, mut count, mut models) = (Usd::ZERO, Usd::ZERO, 0, Vec::new());
    for ((model, ..), calls) in groups.iter().filter(|(_, calls)| calls.len() >= LEAST_CALLS) {
        let cost: Option<Usd> = calls.iter().map(|call| call.usd).sum();
        let batch: Option<Usd> = calls.iter().map(|call| at_tier(facts, call, Tier { batch: true, ..call.tier })).sum();
        if let (Some(cost), Some(batch)) = (cost, batch)
            && batch < cost
        {
            paid = paid + cost;
            saved = saved + (cost - batch);
            count += calls.len() as u64;
            if models.last().map(String::as_str) != Some(*model) {
                models.push((*model).to_owned());
            }
        }
    }
    (count > 0).then(|| Hint {
        kind: "batch",
        title: "batch instead of one by one".to_owned(),
        usd: Some(saved),
        basis: format!(
            "{} to {} by sub-agents or for bulk tasks, at least {LEAST_CALLS} of one model and task type within an hour, cost {}; at the batch price {}",
            words::counted(count, "call"),
            listed(&models),
            words::usd(paid),
            words::usd(paid - saved),
        ),
        action: "send work whose answers can wait, up to a day, as a batch".to_owned(),
    })
}

/// Says what the calls that ran as a batch saved.
pub(super) fn saved(facts: &Facts<'_>) -> Option<Saving> {
    let (mut paid, mut standard, mut count) = (Usd::ZERO, Usd::ZERO, 0);
    for call in facts.calls.iter().filter(|call| call.tier.batch) {
        let plain = at_tier(facts, call, Tier { batch: false, ..call.tier });
        if let (Some(usd), Some(plain)) = (call.usd, plain) {
            paid = paid + usd;
            standard = standard + plain;
            count += 1;
        }
    }
    (count > 0).then(|| Saving {
        kind: "batch",
        title: "batch discount".to_owned(),
        usd: standard - paid,
        basis: format!(
            "{} ran as a batch for {}; one by one they had been {}",
            words::counted(count, "call"),
            words::usd(paid),
            words::usd(standard)
        ),
    })
}

fn at_tier(facts: &Facts<'_>, call: &Call, tier: Tier) -> Option<Usd> {
    facts.pricing.usd(&call.model, tier, call.at, call.tokens, call.searches)
}
