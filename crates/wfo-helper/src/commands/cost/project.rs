//! `cost project --options FILE`: what options would cost a month, today and when use grows ten, a hundred, a thousand times.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd};
use wfo_cost::project::{Cheapest, Choice, Scale};
use wfo_day::cost::Accounts;

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::cost::dollars;
use crate::render::terms::{TermView, clean};
use crate::render::{Paint, Table, and_more, cut};

/// Project what options would cost a month at 1, 10, 100 and 1,000 times today's use
///
/// The list is YAML or JSON; `wfo-helper ref costs` shows one that works. Use is scaled, fixed cost is not, and what is included
/// is subtracted at each scale. An option with a price that is not known is never called the cheapest.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The list of options; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    options: PathBuf,
}

/// What options would cost.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// The file that was read; `-` = standard input.
    file: String,
    /// Dollars a month above which an option is flagged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    threshold_usd: Option<Usd>,
    /// The options in the order of the file.
    options: Vec<OptionView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    options_more: Option<usize>,
    /// The cheapest at each scale, of all options.
    cheapest: Vec<CheapestView>,
}

/// One option.
#[derive(Debug, Serialize, JsonSchema)]
struct OptionView {
    /// Its name.
    name: String,
    /// What it costs at 1, 10, 100 and 1,000 times today's use.
    scales: Vec<ScaleView>,
}

/// One option at one scale.
#[derive(Debug, Serialize, JsonSchema)]
struct ScaleView {
    /// How many times today's use.
    factor: u64,
    /// Dollars a month; null when a price is not known.
    #[schemars(with = "Option<f64>")]
    total_usd: Option<Usd>,
    /// Whether that is above the threshold; null when the total is not known, absent without a threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    above_threshold: Option<Option<bool>>,
    /// Every term, a month.
    terms: Vec<TermView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms_more: Option<usize>,
}

/// The cheapest option at a scale.
#[derive(Debug, Serialize, JsonSchema)]
struct CheapestView {
    /// How many times today's use.
    factor: u64,
    /// The cheapest of the options whose cost is known; several when they cost the same.
    names: Vec<String>,
    /// What they cost a month; null when no option's cost is known.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
    /// Options whose cost is not known: they might be cheaper.
    unknown: Vec<String>,
}

impl OptionView {
    fn new(choice: &Choice, threshold: bool) -> Self {
        let scale = |scale: &Scale| ScaleView {
            factor: scale.factor,
            total_usd: scale.total_usd,
            above_threshold: threshold.then_some(scale.above_threshold),
            terms: scale.terms.iter().map(TermView::from).collect(),
            terms_more: None,
        };
        Self { name: clean(&choice.name), scales: choice.scales.iter().map(scale).collect() }
    }
}

impl From<&Cheapest> for CheapestView {
    fn from(cheapest: &Cheapest) -> Self {
        let all = |names: &[String]| names.iter().map(|name| clean(name)).collect();
        Self {
            factor: cheapest.factor,
            names: all(&cheapest.names),
            usd: cheapest.usd,
            unknown: all(&cheapest.unknown),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        let scales = self.cheapest.iter().map(|best| paint.bold(&format!("x{}", best.factor)));
        table.row([String::new()].into_iter().chain(scales));
        for option in &self.options {
            let total = |scale: &ScaleView| {
                let words = dollars(scale.total_usd);
                if scale.above_threshold == Some(Some(true)) { paint.red(&format!("{words} !")) } else { words }
            };
            table.row([option.name.clone()].into_iter().chain(option.scales.iter().map(total)));
        }
        let best = self.cheapest.iter().map(|best| match best.names.as_slice() {
            [] => "unknown".to_owned(),
            names => names.join(", "),
        });
        table.row([paint.bold("cheapest")].into_iter().chain(best));
        let mut out = format!("dollars a month\n{}{}", table.lines(2), and_more(self.options_more.unwrap_or(0)));
        if let Some(threshold) = self.threshold_usd {
            out += &format!("! above {} a month\n", dollars(Some(threshold)));
        }
        let unknown = self.cheapest.iter().flat_map(|best| &best.unknown);
        let mut unknown: Vec<&str> = unknown.map(String::as_str).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            out += &format!("{} {}: might be cheaper\n", paint.yellow("not known:"), unknown.join(", "));
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.options, &mut self.options_more, limit);
        for scale in self.options.iter_mut().flat_map(|option| &mut option.scales) {
            cut(&mut scale.terms, &mut scale.terms_more, limit);
        }
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let worked = accounts.project(&args.options, notes)?;
    let projection = &worked.value;
    let threshold = projection.threshold_usd.is_some();
    let view = Shown {
        file: worked.file,
        threshold_usd: projection.threshold_usd,
        options: projection.options.iter().map(|choice| OptionView::new(choice, threshold)).collect(),
        options_more: None,
        cheapest: projection.cheapest.iter().map(CheapestView::from).collect(),
    };
    Ok(Answer::new("wfo.cost-project/1", view).into())
}
