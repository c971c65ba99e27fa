//! What building a feature will cost: model calls of its development and tests, machine time, storage, services.
//! Reckons with the prices of one moment, shows every term, and never fills in a price that is not known.

use jiff::Timestamp;
use serde::Deserialize;
use wfo_base::{Diagnostic, Noted, Problem, Usd};

use crate::decimal::{Quantity, count};
use crate::prices::{InfraRow, PriceBook};
use crate::terms::{Reader, Service, Term, total};

/// Model calls in an hour of development, where the plan does not say.
pub const DEVELOPMENT_CALLS: u64 = 50;
/// Model calls in an hour of testing, where the plan does not say.
pub const TESTING_CALLS: u64 = 30;
/// The model of development, where the plan does not say.
pub const DEVELOPMENT_MODEL: &str = "claude-sonnet-5-5";
/// The model of testing, where the plan does not say.
pub const TESTING_MODEL: &str = "deepseek-flash";
/// Prompt tokens of a call, where the plan does not say.
pub const INPUT_TOKENS: u64 = 1_000;
/// Generated tokens of a call, where the plan does not say.
pub const OUTPUT_TOKENS: u64 = 500;
/// The machine of `compute_hours`.
pub const COMPUTE: &str = "runpod/default";
/// The storage of `storage_gb`.
pub const STORAGE: &str = "supabase/storage";

/// What a feature will cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The feature's name, if the plan says it.
    pub feature: Option<String>,
    /// `development`, `testing`, `infrastructure`, in this order, those that the plan has.
    pub parts: Vec<Part>,
    /// Dollars in all; `None` = a term is not known.
    pub total_usd: Option<Usd>,
}

/// One part of an estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `development`, `testing` or `infrastructure`.
    pub name: &'static str,
    /// The work behind it; `None` for infrastructure.
    pub work: Option<Work>,
    /// Every term.
    pub terms: Vec<Term>,
    /// Their sum; `None` = one of them is not known.
    pub usd: Option<Usd>,
}

/// Hours of work and the model calls that they make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Hours.
    pub hours: Quantity,
    /// Hours times calls an hour.
    pub calls: Quantity,
    /// The model as the plan (or the default) names it.
    pub model: String,
    /// Prompt tokens of a call, without cache reads.
    pub input_tokens: u64,
    /// Prompt tokens of a call that a cache answers.
    pub cache_read_tokens: u64,
    /// Generated tokens of a call.
    pub output_tokens: u64,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    feature: Option<String>,
    development: Option<Hours>,
    testing: Option<Hours>,
    /// Short for `development: {hours: ...}`.
    dev_hours: Option<Quantity>,
    /// Short for `testing: {hours: ...}`.
    test_hours: Option<Quantity>,
    compute_hours: Option<Quantity>,
    storage_gb: Option<Quantity>,
    months: Option<Quantity>,
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    hours: Quantity,
    calls_per_hour: Option<Quantity>,
    #[serde(default, deserialize_with = "count")]
    input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    output_tokens: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    cache_read_tokens: Option<u64>,
    model: Option<String>,
}

/// Works out a plan (YAML or JSON text of the file `name`) with the prices of the moment `at`.
///
/// A call costs its prompt tokens at the input rate, plus cached ones at the cache rate, plus generated ones at the output
/// rate; its prompt's length picks the tier; where hours matter the dearer ones hold. Machines and services cost what is
/// used beyond the included amount; `storage_gb` is held for `months` (1), and included amounts count for each month.
///
/// # Errors
/// `cost.plan-invalid` with its line: not readable, an unknown key, a figure missing, negative or beyond reason.
pub fn estimate(
    name: &str,
    text: &str,
    prices: &PriceBook,
    infrastructure: &[InfraRow],
    at: Timestamp,
) -> Result<Noted<Estimate>, Problem> {
    let reader = Reader { name, text, prices, infrastructure, at };
    let plan: Option<Plan> = reader.parse()?;
    let Some(plan) = plan else { return Err(reader.wrong("the plan is empty", "")) };
    let mut notes = Vec::new();
    let mut parts = Vec::new();
    let kinds = [
        ("development", "dev_hours", plan.development, plan.dev_hours, DEVELOPMENT_CALLS, DEVELOPMENT_MODEL),
        ("testing", "test_hours", plan.testing, plan.test_hours, TESTING_CALLS, TESTING_MODEL),
    ];
    for (part, short, long, hours, calls, model) in kinds {
        let hours = match (long, hours) {
            (Some(_), Some(_)) => return Err(reader.wrong(format!("both `{part}` and `{short}` are there"), short)),
            (Some(long), None) => Some(long),
            (None, hours) => hours.map(Hours::plain),
        };
        if let Some(hours) = hours {
            parts.push(reader.work(part, &hours, calls, model, &mut notes)?);
        }
    }
    let months = plan.months.unwrap_or(Quantity::from_count(1));
    let stored = match plan.storage_gb {
        Some(held) => Some(held.by(months).ok_or_else(|| reader.too_large("storage_gb"))?),
        None => None,
    };
    let named = [(COMPUTE, plan.compute_hours), (STORAGE, stored)];
    let services = named.into_iter().filter_map(|(resource, quantity)| Some(Service::of(resource, quantity?)));
    let terms = services
        .chain(plan.services)
        .map(|service| reader.service(&service, 1, months, &mut notes))
        .collect::<Result<Vec<_>, _>>()?;
    if !terms.is_empty() {
        parts.push(Part { name: "infrastructure", work: None, usd: total(&terms), terms });
    }
    if parts.is_empty() {
        return Err(reader.wrong("the plan has neither hours nor services", ""));
    }
    let total_usd = total(parts.iter().flat_map(|part| &part.terms));
    Ok(Noted { value: Estimate { feature: plan.feature, parts, total_usd }, notes })
}

impl Hours {
    fn plain(hours: Quantity) -> Self {
        let (input_tokens, output_tokens, cache_read_tokens) = (None, None, None);
        Self { hours, calls_per_hour: None, input_tokens, output_tokens, cache_read_tokens, model: None }
    }
}

impl Reader<'_> {
    fn work(
        &self,
        name: &'static str,
        hours: &Hours,
        calls: u64,
        model: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Part, Problem> {
        let calls = hours.hours.by(hours.calls_per_hour.unwrap_or(Quantity::from_count(calls)));
        let work = Work {
            hours: hours.hours,
            calls: calls.ok_or_else(|| self.too_large(name))?,
            model: hours.model.clone().unwrap_or_else(|| model.to_owned()),
            input_tokens: hours.input_tokens.unwrap_or(INPUT_TOKENS),
            cache_read_tokens: hours.cache_read_tokens.unwrap_or(0),
            output_tokens: hours.output_tokens.unwrap_or(OUTPUT_TOKENS),
        };
        let known = self.model(&work.model, work.input_tokens.saturating_add(work.cache_read_tokens), notes);
        let rates = known.unwrap_or_default();
        let kinds = [
            ("input tokens", work.input_tokens, rates.input),
            ("cache reads", work.cache_read_tokens, rates.cache_read),
            ("output tokens", work.output_tokens, rates.output),
        ];
        let mut terms = Vec::new();
        for (kind, tokens, rate) in kinds.into_iter().filter(|(_, tokens, _)| *tokens > 0) {
            let rate = rate.map(crate::decimal::Rate::usd_per_million);
            let millions = work.calls.times(tokens).map(|all| all.in_units_of(1_000_000));
            let term = millions.and_then(|millions| {
                Term::new(&format!("{name}: {kind}"), millions, Quantity::ZERO, "million tokens", rate)
            });
            let term = term.ok_or_else(|| self.too_large(name))?;
            // The note about an unknown model says it already.
            if known.is_some() {
                self.note_unpriced(&term, notes);
            }
            terms.push(term);
        }
        Ok(Part { name, usd: total(&terms), work: Some(work), terms })
    }
}

#[cfg(test)]
mod tests;
