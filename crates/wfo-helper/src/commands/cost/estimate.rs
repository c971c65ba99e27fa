//! `cost estimate --plan FILE`: what building a feature will cost, term by term.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd};
use wfo_cost::Quantity;
use wfo_cost::estimate::{Part, Work};
use wfo_day::cost::Accounts;

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::cost::dollars;
use crate::render::terms::{TermView, clean};
use crate::render::{Paint, Table, and_more, cut};

/// Estimate what building a feature will cost: model calls, machines, storage, services
///
/// The plan is YAML or JSON; `wfo-helper ref costs` shows one that works. Prices are those of the tables in force; a price that
/// is not known makes the total unknown and is named.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
}

/// What a feature will cost.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// The file that was read; `-` = standard input.
    file: String,
    /// The feature's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<String>,
    /// development, testing, infrastructure: those that the plan has, in this order.
    parts: Vec<PartView>,
    /// Dollars in all; null when a price is not known.
    #[schemars(with = "Option<f64>")]
    total_usd: Option<Usd>,
}

/// One part.
#[derive(Debug, Serialize, JsonSchema)]
struct PartView {
    /// development, testing or infrastructure.
    name: &'static str,
    /// The work behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<WorkView>,
    /// Every term.
    terms: Vec<TermView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms_more: Option<usize>,
    /// Their sum; null when a price is not known.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
}

impl From<&Part> for PartView {
    fn from(part: &Part) -> Self {
        Self {
            name: part.name,
            work: part.work.as_ref().map(WorkView::from),
            terms: part.terms.iter().map(TermView::from).collect(),
            terms_more: None,
            usd: part.usd,
        }
    }
}

/// Hours of work and the model calls that they make.
#[derive(Debug, Serialize, JsonSchema)]
struct WorkView {
    /// Hours.
    #[schemars(with = "f64")]
    hours: Quantity,
    /// Hours times calls an hour.
    #[schemars(with = "f64")]
    calls: Quantity,
    /// The model that is asked.
    model: String,
    /// Prompt tokens of a call, without cache reads.
    input_tokens: u64,
    /// Prompt tokens of a call that a cache answers.
    cache_read_tokens: u64,
    /// Generated tokens of a call.
    output_tokens: u64,
}

impl From<&Work> for WorkView {
    fn from(work: &Work) -> Self {
        Self {
            hours: work.hours,
            calls: work.calls,
            model: clean(&work.model),
            input_tokens: work.input_tokens,
            cache_read_tokens: work.cache_read_tokens,
            output_tokens: work.output_tokens,
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let name = self.feature.as_deref().unwrap_or("the plan");
        let mut out = format!("{}  {name}\n", paint.bold(&dollars(self.total_usd)));
        for part in &self.parts {
            out += &format!("\n{}  {}", paint.bold(part.name), dollars(part.usd));
            if let Some(work) = &part.work {
                out += &format!("  {} h, {} calls of {}", work.hours.plain(), work.calls.plain(), work.model);
            }
            let mut table = Table::new();
            part.terms.iter().for_each(|term| term.row(part.name, &mut table));
            out += &format!("\n{}{}", table.lines(2), and_more(part.terms_more.unwrap_or(0)));
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        for part in &mut self.parts {
            cut(&mut part.terms, &mut part.terms_more, limit);
        }
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let worked = accounts.estimate(&args.plan, notes)?;
    let view = Shown {
        file: worked.file,
        feature: worked.value.feature.as_deref().map(clean),
        parts: worked.value.parts.iter().map(PartView::from).collect(),
        total_usd: worked.value.total_usd,
    };
    Ok(Answer::new("wfo.cost-estimate/1", view).into())
}
