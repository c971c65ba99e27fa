//! `cost budget [--request X]`: what is left, and whether the next step fits.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Exit, Problem, Usd};
use wfo_cost::Percent;
use wfo_cost::budget::request::{Judged, Priority, Verdict};
use wfo_cost::budget::standing::State as Standing;
use wfo_day::cost::Accounts;

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::cost::{AlertView, dollars};
use crate::render::{Paint, Table};

/// Show what is left of each budget, and whether a request of so many dollars fits
///
/// Both sides count, and the stricter verdict wins: the repository's `costs/budget-config.json` against this repository's
/// spend, your `CONFIG/wfo/budgets.yaml` against the spend of all projects. A request over a hard limit is denied only where
/// `block_on_limit` says so.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the next step is expected to cost
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    request: Option<String>,
    /// How much depends on it; critical is never denied
    #[arg(long, value_parser = ["low", "normal", "high", "critical"], default_value = "normal")]
    priority: String,
}

/// The verdict and what it rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// allow, warn or deny.
    verdict: &'static str,
    /// One sentence.
    reason: String,
    /// What was asked for.
    #[schemars(with = "f64")]
    request_usd: Usd,
    /// Every limit of both sides: by scope, soft before hard.
    limits: Vec<LimitView>,
    /// Which of `limits` decided, from 0; null when none is near.
    binding: Option<usize>,
    /// normal, saving or emergency: what `model route` and the hooks go by; null when spend is unknown.
    state: Option<&'static str>,
    /// Whether agents are started with a cheaper model when the budget runs low.
    auto_switch_models: bool,
    /// Whether a request over a hard limit is denied.
    block_on_limit: bool,
    /// Limits that are near or passed, worst first.
    alerts: Vec<AlertView>,
    /// Whether every transcript was read.
    complete: bool,
}

/// One limit.
#[derive(Debug, Serialize, JsonSchema)]
struct LimitView {
    /// daily, weekly or monthly.
    scope: &'static str,
    /// Whose limit it is: repository, user or default.
    side: &'static str,
    /// soft or hard.
    kind: &'static str,
    /// The limit.
    #[schemars(with = "f64")]
    limit_usd: Usd,
    /// What was spent; null when it is not known.
    #[schemars(with = "Option<f64>")]
    spent_usd: Option<Usd>,
    /// What will have been spent with the request.
    #[schemars(with = "Option<f64>")]
    after_usd: Option<Usd>,
    /// That as a percentage of the limit; null for a limit of zero.
    #[schemars(with = "Option<f64>")]
    percent: Option<Percent>,
    /// allow, warn or deny.
    verdict: &'static str,
}

impl LimitView {
    fn new(judged: &Judged) -> Self {
        Self {
            scope: judged.scope.word(),
            side: judged.side.word(),
            kind: judged.kind.word(),
            limit_usd: judged.limit,
            spent_usd: judged.spent,
            after_usd: judged.after,
            percent: judged.after.and_then(|after| Percent::of(after, judged.limit)),
            verdict: judged.verdict.word(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = match self.verdict {
            "allow" => paint.green(self.verdict),
            "deny" => paint.red(self.verdict),
            _ => paint.yellow(self.verdict),
        };
        let mut table = Table::new();
        for limit in &self.limits {
            table.row([
                format!("{} {}", limit.scope, limit.kind),
                dollars(limit.after_usd),
                format!("of {}", dollars(Some(limit.limit_usd))),
                limit.percent.map_or_else(String::new, |percent| format!("{percent} %")),
                limit.side.to_owned(),
                if limit.verdict == "allow" { String::new() } else { limit.verdict.to_owned() },
            ]);
        }
        format!("{word}: {}\n\n{}", self.reason, table.lines(2))
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let request = args.request.as_deref().map(super::add::amount).transpose()?.unwrap_or(Usd::ZERO);
    if request < Usd::ZERO {
        return Err(Problem::new(wfo_base::codes::COST_AMOUNT_INVALID, format!("{} cannot be spent", request.cents()))
            .hint("say what the next step is expected to cost, like --request 0.50"));
    }
    let priority = Priority::parse(&args.priority).unwrap_or(Priority::Normal);
    let state = accounts.state(notes);
    let decision = state.decide(request, priority);
    let view = Shown {
        verdict: decision.verdict.word(),
        reason: decision.reason.clone(),
        request_usd: request,
        limits: decision.limits.iter().map(LimitView::new).collect(),
        binding: decision.binding,
        state: state.standing().map(Standing::word),
        auto_switch_models: state.controls.auto_switch_models,
        block_on_limit: state.controls.block_on_limit,
        alerts: state
            .costs
            .alerts
            .iter()
            .map(AlertView::new)
            .collect(),
        complete: state.complete,
    };
    let exit = if decision.verdict == Verdict::Deny { Exit::No } else { Exit::Done };
    let next = (!state.complete).then(|| "wfo-helper cost import".to_owned());
    Ok(Answer::new("wfo.cost-budget/1", view).next(next).exit(exit).into())
}
