//! `cost price [MODEL]`: what a model, a machine or a service costs, since when, and who says so; without a name the list.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_cost::PricesAt;
use wfo_day::cost::Accounts;

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::price::{InfraView, ModelLine, PriceView};
use crate::render::{Paint, Table, and_more, cut};

/// Show what a model, a machine or a service costs, since when, and who says so
///
/// Prices are dollars for a million tokens at the standard rate of the moment: for the shortest prompts, outside of dearer
/// hours. A price that is not published is null, which is not the same as free. Without a name: the list.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A model by any of its names, or a row of infrastructure.yaml such as runpod/a100-80gb
    #[arg(value_name = "MODEL")]
    model: Option<String>,
    /// List only these
    #[arg(long, value_parser = ["chat", "embedding", "infrastructure"], conflicts_with = "model")]
    kind: Option<String>,
    /// List only models with this status
    #[arg(long, value_parser = ["current", "legacy", "retired", "local"], conflicts_with = "model")]
    status: Option<String>,
}

/// One model, one machine or service, or the list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Shown {
    /// A model.
    Model(Box<PriceView>),
    /// A machine or a service.
    Infrastructure(InfraView),
    /// The list.
    List(List),
}

/// All prices, in the order of the tables.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct List {
    /// The models.
    models: Vec<ModelLine>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    models_more: Option<usize>,
    /// Machines and services.
    infrastructure: Vec<InfraView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    infrastructure_more: Option<usize>,
}

impl List {
    fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        if !self.models.is_empty() || self.models_more.is_some() {
            let mut table = Table::new();
            let heads = ["model", "input", "output", "cache read", "write 5m", "write 1h", "status", "as of"];
            table.row(heads.map(|head| paint.bold(head)));
            self.models.iter().for_each(|model| model.row(&mut table));
            out += &format!("dollars for a million tokens\n{}", table.lines(2));
            out += &and_more(self.models_more.unwrap_or(0));
        }
        if !self.infrastructure.is_empty() || self.infrastructure_more.is_some() {
            let mut table = Table::new();
            self.infrastructure.iter().for_each(|row| row.row(&mut table));
            let gap = if out.is_empty() { "" } else { "\n" };
            out += &format!("{gap}machines and services\n{}", table.lines(2));
            out += &and_more(self.infrastructure_more.unwrap_or(0));
        }
        if out.is_empty() { "no price is known for any such model\n".to_owned() } else { out }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        match self {
            Self::Model(model) => model.text(paint),
            Self::Infrastructure(row) => row.text(paint),
            Self::List(list) => list.text(paint),
        }
    }

    fn cut(&mut self, limit: usize) {
        match self {
            Self::Model(model) => model.cut(limit),
            Self::Infrastructure(_) => {}
            Self::List(list) => {
                cut(&mut list.models, &mut list.models_more, limit);
                cut(&mut list.infrastructure, &mut list.infrastructure_more, limit);
            }
        }
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let prices = accounts.prices.at(accounts.clock.now().timestamp());
    notes.extend(accounts.prices.stale(accounts.clock.today()));
    let view = match &args.model {
        Some(name) => one(name, prices, accounts, notes)?,
        None => list(args, prices, accounts, notes),
    };
    Ok(Answer::new("wfo.cost-price/1", view).into())
}

fn one(
    name: &str,
    prices: PricesAt<'_>,
    accounts: &Accounts<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Shown, Problem> {
    let unknown = match prices.require(name) {
        Ok(row) => return Ok(Shown::Model(Box::new(PriceView::new(row, prices)))),
        Err(unknown) => unknown,
    };
    let rows = accounts.infrastructure(notes);
    let row = rows.iter().find(|row| row.id.eq_ignore_ascii_case(name.trim()));
    row.map(|row| Shown::Infrastructure(InfraView::from(row))).ok_or(unknown)
}

fn list(args: &Args, prices: PricesAt<'_>, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Shown {
    let (kind, status) = (args.kind.as_deref(), args.status.as_deref());
    let wanted = |word: &str, filter: Option<&str>| filter.is_none_or(|filter| filter == word);
    let models = accounts.prices.rows().filter(|row| wanted(row.kind.word(), kind));
    let models = models.filter(|row| wanted(prices.status(row).word(), status));
    // Machines have no status, so a list by status is one of models.
    let infrastructure = match (wanted("infrastructure", kind), status) {
        (true, None) => accounts.infrastructure(notes).iter().map(InfraView::from).collect(),
        _ => Vec::new(),
    };
    Shown::List(List {
        models: models.map(|row| ModelLine::new(row, prices)).collect(),
        models_more: None,
        infrastructure,
        infrastructure_more: None,
    })
}
