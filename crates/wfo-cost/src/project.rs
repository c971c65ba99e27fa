//! What the options of a piece of research would cost a month, now and when use grows ten, a hundred and a thousand times.
//! Use is scaled, fixed cost is not, and free amounts are subtracted at each scale; an unknown price makes no option cheap.

use jiff::Timestamp;
use serde::Deserialize;
use wfo_base::text::code_span;
use wfo_base::{Diagnostic, Noted, Problem, Usd};

use crate::decimal::{Quantity, Rate, count, dollars};
use crate::prices::{InfraRow, PriceBook};
use crate::terms::{Reader, Service, Term, total};

/// How many times today's use is looked at.
pub const SCALES: [u64; 4] = [1, 10, 100, 1000];

/// All options at all scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Dollars a month above which an option is flagged, if the file says.
    pub threshold_usd: Option<Usd>,
    /// The options in the order of the file.
    pub options: Vec<Choice>,
    /// The cheapest at each scale, in the order of [`SCALES`].
    pub cheapest: Vec<Cheapest>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What it costs at each of [`SCALES`].
    pub scales: Vec<Scale>,
}

/// One option at one scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// How many times today's use.
    pub factor: u64,
    /// Every term, a month.
    pub terms: Vec<Term>,
    /// Dollars a month; `None` = a term is not known.
    pub total_usd: Option<Usd>,
    /// Whether the total lies above the threshold; `None` = there is no threshold, or the total is not known and its known
    /// terms do not exceed it.
    pub above_threshold: Option<bool>,
}

/// The cheapest option at a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cheapest {
    /// How many times today's use.
    pub factor: u64,
    /// The names of the cheapest of the options whose cost is known; several when they cost the same.
    pub names: Vec<String>,
    /// What they cost a month; `None` = no option's cost is known.
    pub usd: Option<Usd>,
    /// Options whose cost is not known: they might be cheaper.
    pub unknown: Vec<String>,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, deserialize_with = "dollars")]
    threshold_usd: Option<Usd>,
    usage: Option<Usage>,
    options: Vec<OptionRow>,
}

/// Use a month, for every option that does not state its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    tokens: Option<Quantity>,
    input_tokens: Option<Quantity>,
    output_tokens: Option<Quantity>,
    #[serde(default, deserialize_with = "count")]
    prompt_tokens: Option<u64>,
    storage_gb: Option<Quantity>,
    compute_hours: Option<Quantity>,
}

/// One option as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionRow {
    name: String,
    usage: Option<Usage>,
    #[serde(default, deserialize_with = "dollars")]
    cost_per_1k_tokens: Option<Usd>,
    included_tokens: Option<Quantity>,
    model: Option<String>,
    storage: Option<String>,
    #[serde(default, deserialize_with = "dollars")]
    storage_gb_cost: Option<Usd>,
    storage_gb_included: Option<Quantity>,
    compute: Option<String>,
    #[serde(default, deserialize_with = "dollars")]
    compute_hour_cost: Option<Usd>,
    compute_hours_included: Option<Quantity>,
    #[serde(default)]
    services: Vec<Service>,
    #[serde(default, deserialize_with = "dollars")]
    monthly_fixed: Option<Usd>,
}

/// Works out a list of options (YAML or JSON text of the file `name`) with the prices of the moment `at`.
///
/// An option's month: tokens / 1,000 x price for a thousand, or a model's tokens at its rates; storage x price for a GB;
/// hours x price for an hour; services; each less what is included; plus the fixed cost, which no scale changes.
///
/// # Errors
/// `cost.plan-invalid` with its line: not readable, an unknown key, a figure missing, negative or beyond reason.
pub fn project(
    name: &str,
    text: &str,
    prices: &PriceBook,
    infrastructure: &[InfraRow],
    at: Timestamp,
) -> Result<Noted<Projection>, Problem> {
    let reader = Reader { name, text, prices, infrastructure, at };
    let file: Option<File> = reader.parse()?;
    let Some(file) = file.filter(|file| !file.options.is_empty()) else {
        return Err(reader.wrong("there are no `options`", "options"));
    };
    let common = file.usage.unwrap_or_default();
    let mut notes = Vec::new();
    let mut options: Vec<Choice> = Vec::new();
    for row in &file.options {
        if options.iter().any(|option| option.name == row.name) {
            return Err(reader.wrong(format!("the option {} stands twice", code_span(&row.name)), &row.name));
        }
        let mut scales = Vec::new();
        for factor in SCALES {
            let terms = reader.option(row, &common, factor, &mut notes)?;
            let total_usd = total(&terms);
            let known: Usd = terms.iter().filter_map(|term| term.usd).sum();
            let above_threshold = file.threshold_usd.and_then(|threshold| match total_usd {
                Some(total) => Some(total > threshold),
                None => (known > threshold).then_some(true),
            });
            scales.push(Scale { factor, terms, total_usd, above_threshold });
        }
        options.push(Choice { name: row.name.clone(), scales });
    }
    let cheapest = SCALES.iter().enumerate().map(|(at, factor)| cheapest(&options, at, *factor)).collect();
    Ok(Noted { value: Projection { threshold_usd: file.threshold_usd, options, cheapest }, notes })
}

fn cheapest(options: &[Choice], at: usize, factor: u64) -> Cheapest {
    let totals =
        || options.iter().map(|option| (&option.name, option.scales.get(at).and_then(|scale| scale.total_usd)));
    let usd = totals().filter_map(|(_, total)| total).min();
    let names = |wanted: Option<Usd>| {
        let same = totals().filter(|(_, total)| *total == wanted);
        same.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    Cheapest { factor, names: if usd.is_some() { names(usd) } else { Vec::new() }, usd, unknown: names(None) }
}

impl Reader<'_> {
    fn option(
        &self,
        row: &OptionRow,
        common: &Usage,
        factor: u64,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Vec<Term>, Problem> {
        let own = row.usage.as_ref();
        let used = |pick: fn(&Usage) -> Option<Quantity>| own.and_then(pick).or_else(|| pick(common));
        let mut terms = self.tokens(row, common, factor, notes)?;
        let stored = ("storage", "GB-month", used(|usage| usage.storage_gb), &row.storage);
        let computed = ("compute", "hour", used(|usage| usage.compute_hours), &row.compute);
        let prices = [
            (stored, row.storage_gb_cost, row.storage_gb_included),
            (computed, row.compute_hour_cost, row.compute_hours_included),
        ];
        for ((name, unit, quantity, resource), usd, included) in prices {
            let Some(quantity) = quantity else {
                if usd.is_some() || resource.is_some() {
                    let message = format!(
                        "the option {} has a price for {name}, and no `usage` says how much",
                        code_span(&row.name)
                    );
                    return Err(self.wrong(message, &row.name));
                }
                continue;
            };
            let mut term = match resource {
                Some(resource) => self.service(
                    &Service::of(resource, quantity).priced(usd, included),
                    factor,
                    Quantity::from_count(1),
                    notes,
                )?,
                None => self.term(name, quantity, factor, included, unit, usd, notes)?,
            };
            term.name = name.to_owned();
            terms.push(term);
        }
        for service in &row.services {
            terms.push(self.service(service, factor, Quantity::from_count(1), notes)?);
        }
        if let Some(fixed) = row.monthly_fixed {
            terms.push(self.term("fixed", Quantity::from_count(1), 1, None, "month", Some(fixed), notes)?);
        }
        if terms.is_empty() {
            return Err(self.wrong(format!("the option {} has nothing that costs", code_span(&row.name)), &row.name));
        }
        Ok(terms)
    }

    /// Makes the terms of inference.
    fn tokens(
        &self,
        row: &OptionRow,
        common: &Usage,
        factor: u64,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Vec<Term>, Problem> {
        let own = row.usage.as_ref();
        let used = |pick: fn(&Usage) -> Option<Quantity>| own.and_then(pick).or_else(|| pick(common));
        let lacks = |what: &str| self.wrong(format!("the option {} {what}", code_span(&row.name)), &row.name);
        let split = (used(|usage| usage.input_tokens), used(|usage| usage.output_tokens));
        let all = used(|usage| usage.tokens).or_else(|| split.0?.plus(split.1?));
        match (&row.model, row.cost_per_1k_tokens) {
            (Some(_), Some(_)) => Err(lacks("has both `model` and `cost_per_1k_tokens`")),
            (Some(_), None) if row.included_tokens.is_some() => {
                Err(lacks("has `included_tokens`, which need `cost_per_1k_tokens`"))
            }
            (Some(model), None) => {
                let (Some(input), Some(output)) = split else {
                    return Err(lacks("names a model, and no `usage` gives `input_tokens` and `output_tokens`"));
                };
                let prompt = own.and_then(|own| own.prompt_tokens).or(common.prompt_tokens).unwrap_or(0);
                let known = self.model(model, prompt, notes);
                let rates = known.unwrap_or_default();
                // The note about an unknown model says it already.
                let mut said = Vec::new();
                let notes = if known.is_some() { notes } else { &mut said };
                let kinds = [("input tokens", input, rates.input), ("output tokens", output, rates.output)];
                let term = |(name, tokens, rate): (&str, Quantity, Option<Rate>)| {
                    let rate = rate.map(Rate::usd_per_million);
                    self.term(name, tokens.in_units_of(1_000_000), factor, None, "million tokens", rate, notes)
                };
                kinds.into_iter().map(term).collect()
            }
            (None, Some(_)) if all.is_none() => Err(lacks("has a price for tokens, and no `usage` says how many")),
            (None, rate) => {
                let included = row.included_tokens.map(|tokens| tokens.in_units_of(1000));
                let term = |tokens: Quantity| {
                    self.term("tokens", tokens.in_units_of(1000), factor, included, "thousand tokens", rate, notes)
                };
                all.map(term).into_iter().collect()
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of a term")]
    fn term(
        &self,
        name: &str,
        quantity: Quantity,
        factor: u64,
        included: Option<Quantity>,
        unit: &str,
        rate: Option<Usd>,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Term, Problem> {
        let scaled = quantity.times(factor);
        let term = scaled.and_then(|scaled| Term::new(name, scaled, included.unwrap_or_default(), unit, rate));
        let term = term.ok_or_else(|| self.too_large(name))?;
        self.note_unpriced(&term, notes);
        Ok(term)
    }
}

#[cfg(test)]
mod tests;
