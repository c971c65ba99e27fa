//! `cost feature [NAME]`: what features cost.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd, codes};
use wfo_cost::report::period;
use wfo_day::cost::{Accounts, EVER, unpriced};

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::cost::{PeriodView, dollars};
use crate::render::{Paint, Table, and_more, cut};

/// Show what each feature cost, or one of them in detail
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The feature: slug of a TODO workflow, or of the branch
    name: Option<String>,
}

/// What features cost.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether every transcript was read.
    complete: bool,
    /// Each feature, dearest first; with a name, that one.
    features: Vec<FeatureView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    features_more: Option<usize>,
    /// The one that was asked about, in detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<PeriodView>,
}

/// One feature.
#[derive(Debug, Serialize, JsonSchema)]
struct FeatureView {
    /// Its slug.
    feature: String,
    /// What it cost so far; null when no price is known for any of it.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
    /// How many responses.
    requests: u64,
    /// First day with spend.
    from: String,
    /// Last day with spend.
    to: String,
    /// Its branches.
    branches: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if let Some(detail) = &self.detail {
            return detail.text(paint);
        }
        let mut table = Table::new();
        for row in &self.features {
            table.row([
                dollars(row.usd),
                paint.bold(&row.feature),
                format!("{} to {}", row.from, row.to),
                row.branches.join(", "),
            ]);
        }
        let out = if table.is_empty() { "nothing is put down to a feature yet\n".to_owned() } else { table.lines(0) };
        out + &and_more(self.features_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.features, &mut self.features_more, limit);
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let mut collected = accounts.collect(EVER.0, EVER.1, false, notes)?;
    if let Some(name) = &args.name {
        collected.calls.retain(|call| call.feature.as_deref() == Some(name));
        collected.rows.retain(|row| row.feature.as_ref() == Some(name));
        if collected.calls.is_empty() && collected.rows.is_empty() && collected.complete {
            let shown = wfo_base::text::clip(&wfo_base::text::one_line(name), 60).into_owned();
            return Err(Problem::new(codes::COST_FEATURE_UNKNOWN, format!("nothing was spent on a feature `{shown}`"))
                .hint("`wfo-helper cost feature` lists the features"));
        }
    }
    let tasks = accounts.tasks(notes);
    let days = collected.calls.iter().map(|call| call.day).chain(collected.rows.iter().map(|row| row.day));
    let today = accounts.clock.today();
    let (from, to) = days.fold((today, today), |(from, to), day| (from.min(day), to.max(day)));
    let whole = period(collected.spending(), from, to, &accounts.zone_name, &tasks);
    notes.extend(unpriced(&whole));
    let features = whole.by_feature.iter().filter_map(|part| {
        let name = part.name.as_deref()?;
        let of = collected.of_feature(name);
        Some(FeatureView {
            feature: wfo_base::text::one_line(name).into_owned(),
            usd: part.usd.filter(|_| collected.complete),
            requests: part.requests,
            from: of.from.map(|day| day.to_string()).unwrap_or_default(),
            to: of.to.map(|day| day.to_string()).unwrap_or_default(),
            branches: of.branches.iter().map(|branch| wfo_base::text::one_line(branch).into_owned()).collect(),
        })
    });
    let features: Vec<FeatureView> = features.collect();
    let detail = args.name.is_some().then(|| PeriodView::new(&whole, false, collected.complete));
    let view = Shown { complete: collected.complete, features, features_more: None, detail };
    let next = (!collected.complete).then(|| "wfo-helper cost import".to_owned());
    Ok(Answer::new("wfo.cost-feature/1", view).next(next).into())
}
