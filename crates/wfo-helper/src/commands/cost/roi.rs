//! `cost roi NAME`: whether a feature earns what it cost.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd, codes};
use wfo_cost::Percent;
use wfo_cost::report::roi::{compared, roi};
use wfo_day::cost::{Accounts, feature_parts};

use super::super::Outcome;
use super::add::amount;
use crate::answer::{Answer, View};
use crate::render::cost::dollars;
use crate::render::{Paint, Table};

/// Work out whether a feature earns what it cost
///
/// Revenue decides first; only without it does the cost of a user count, against the limit.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The feature
    name: String,
    /// How many people use it
    #[arg(long, value_name = "N")]
    users: Option<u64>,
    /// What it brought in, in dollars
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    revenue: Option<String>,
    /// What people's work on it cost, in dollars, where that shall count
    #[arg(long, value_name = "X")]
    development: Option<String>,
    /// What a user may cost
    #[arg(long, value_name = "X", default_value = "0.10")]
    limit_per_user: String,
    /// What it was expected to cost: the answer then compares
    #[arg(long, value_name = "X")]
    estimate: Option<String>,
}

/// What a feature cost and earned.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// The feature.
    feature: String,
    /// What it cost; null when it cannot be known.
    #[schemars(with = "Option<f64>")]
    cost_usd: Option<Usd>,
    /// Its parts.
    parts: PartsView,
    /// What each user cost; null without users.
    #[schemars(with = "Option<f64>")]
    cost_per_user_usd: Option<Usd>,
    /// (revenue - cost) / cost in percent; null when nothing was spent or no revenue is given.
    #[schemars(with = "Option<f64>")]
    roi_percent: Option<Percent>,
    /// healthy, optimise, review or unknown.
    verdict: &'static str,
    /// Estimate against actual, where an estimate is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<ComparedView>,
}

/// The parts of a cost.
#[derive(Debug, Serialize, JsonSchema)]
struct PartsView {
    /// Models, tests apart.
    #[schemars(with = "Option<f64>")]
    inference_usd: Option<Usd>,
    /// Machines, storage and services.
    #[schemars(with = "Option<f64>")]
    infrastructure_usd: Option<Usd>,
    /// People's work, as it was given.
    #[schemars(with = "Option<f64>")]
    development_usd: Option<Usd>,
    /// Models, where skill or agent say that it was testing.
    #[schemars(with = "Option<f64>")]
    testing_usd: Option<Usd>,
}

/// An estimate beside what it came to.
#[derive(Debug, Serialize, JsonSchema)]
struct ComparedView {
    /// The estimate.
    #[schemars(with = "f64")]
    estimate_usd: Usd,
    /// What it cost.
    #[schemars(with = "f64")]
    actual_usd: Usd,
    /// Actual less estimate.
    #[schemars(with = "f64")]
    difference_usd: Usd,
    /// That in percent of the estimate; null for an estimate of zero.
    #[schemars(with = "Option<f64>")]
    percent: Option<Percent>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
        row("cost", dollars(self.cost_usd));
        for (name, usd) in [
            ("  inference", self.parts.inference_usd),
            ("  infrastructure", self.parts.infrastructure_usd),
            ("  development", self.parts.development_usd),
            ("  testing", self.parts.testing_usd),
        ] {
            row(name, dollars(usd));
        }
        row("per user", dollars(self.cost_per_user_usd));
        row("return", self.roi_percent.map_or_else(|| "unknown".to_owned(), |percent| format!("{percent} %")));
        if let Some(one) = &self.estimate {
            row("estimate", format!("{} ({} off)", dollars(Some(one.estimate_usd)), dollars(Some(one.difference_usd))));
        }
        format!("{}: {}\n{}", paint.bold(&self.feature), self.verdict, table.lines(2))
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let positive = |text: &Option<String>| text.as_deref().map(not_negative).transpose();
    let limit = not_negative(&args.limit_per_user)?;
    let development = positive(&args.development)?.unwrap_or(Usd::ZERO);
    let revenue = positive(&args.revenue)?;
    let estimate = positive(&args.estimate)?;
    let mut parts = feature_parts(accounts, &args.name, notes)?;
    parts.development = Some(development);
    let found = roi(&parts, args.users, revenue, limit);
    let view = Shown {
        feature: wfo_base::text::one_line(&args.name).into_owned(),
        cost_usd: found.cost_usd,
        parts: PartsView {
            inference_usd: parts.inference,
            infrastructure_usd: parts.infrastructure,
            development_usd: parts.development,
            testing_usd: parts.testing,
        },
        cost_per_user_usd: found.cost_per_user_usd,
        roi_percent: found.roi_percent,
        verdict: found.verdict.word(),
        estimate: estimate.zip(found.cost_usd).map(|(estimate, actual)| {
            let one = compared(estimate, actual);
            ComparedView {
                estimate_usd: one.estimate,
                actual_usd: one.actual,
                difference_usd: one.difference,
                percent: one.percent,
            }
        }),
    };
    let unread = notes.iter().any(|note| note.problem.code == codes::COST_UNREAD);
    let next = unread.then(|| "wfo-helper cost import".to_owned());
    Ok(Answer::new("wfo.cost-roi/1", view).next(next).into())
}

fn not_negative(text: &str) -> Result<Usd, Problem> {
    amount(text).and_then(|usd| match usd < Usd::ZERO {
        true => Err(Problem::new(codes::COST_AMOUNT_INVALID, format!("{} is below zero", usd.cents()))
            .hint("write an amount of zero or more, like 1.25")),
        false => Ok(usd),
    })
}
