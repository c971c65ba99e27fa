//! Which task types a cheaper model could do: the very tokens at the other model's prices.
//! Only models that are offered for that task type, of the same kind, and strictly cheaper.

use std::collections::BTreeMap;

use wfo_base::{Usd, text::code_span};

use super::{Facts, Hint};
use crate::report::tasks::UNKNOWN;
use crate::report::words;
use crate::spending::Call;

/// Gives one hint for each task type and model that an offered model could replace.
pub(super) fn cheaper(facts: &Facts<'_>) -> Vec<Hint> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Call>> = BTreeMap::new();
    for call in facts.calls {
        let task = facts.task(call);
        if call.usd.is_some() && task != UNKNOWN {
            groups.entry((task, &call.model)).or_default().push(call);
        }
    }
    groups.into_iter().filter_map(|((task, model), calls)| hint(facts, task, model, &calls)).collect()
}

fn hint(facts: &Facts<'_>, task: &str, model: &str, calls: &[&Call]) -> Option<Hint> {
    let kind = (facts.offers.kind)(model)?;
    let paid: Usd = calls.iter().filter_map(|call| call.usd).sum();
    let offers = facts.offers.list.iter().filter(|offer| offer.task == task && offer.model != model);
    let (price, best) = offers
        .filter(|offer| (facts.offers.kind)(&offer.model).as_ref() == Some(&kind))
        .filter_map(|offer| Some((at_prices_of(facts, calls, &offer.model)?, offer.model.as_str())))
        .filter(|(price, _)| *price < paid)
        .min()?;
    let (from, to) = (code_span(&words::name(Some(model))), code_span(&words::name(Some(best))));
    let saved = paid - price;
    Some(Hint {
        kind: "cheaper-model",
        title: format!("{to} for {} tasks", words::name(Some(task))),
        usd: Some(saved),
        basis: format!(
            "{} of {from} cost {}; the same tokens at the prices of {to} are {}",
            words::counted(calls.len() as u64, "call"),
            words::usd(paid),
            words::usd(price),
        ),
        action: format!("give {} tasks to {to}, and check a sample of its answers first", words::name(Some(task))),
    })
}

/// Prices calls at another model; `None` as soon as one of them has no price there.
fn at_prices_of(facts: &Facts<'_>, calls: &[&Call], model: &str) -> Option<Usd> {
    calls.iter().map(|call| facts.pricing.usd(model, call.tier, call.at, call.tokens, call.searches)).sum()
}
