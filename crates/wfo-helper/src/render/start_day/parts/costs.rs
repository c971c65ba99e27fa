//! Spending.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::Usd;
use wfo_cost::{Costs, Percent};

/// Spending in US dollars; null when it could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CostsView {
    /// Spent today.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) today_usd: Option<Usd>,
    /// Spent since the first of the month.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) month_usd: Option<Usd>,
    /// The monthly soft limit.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) budget_usd: Option<Usd>,
    /// Where the budget was set: repository, user or default.
    budget_origin: &'static str,
    /// Budget less month.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) remaining_usd: Option<Usd>,
    /// Month as a percentage of the budget; null for a budget of zero.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) percent_used: Option<Percent>,
    /// Mean cost of the recorded tasks; null when none has a cost.
    #[schemars(with = "Option<f64>")]
    pub(in crate::render::start_day) average_task_usd: Option<Usd>,
    /// Limits that are near or passed, worst first.
    alerts: Vec<CostAlertView>,
    /// Whether every transcript was read; when false, totals are null and `wfo-helper cost import` reads the rest.
    complete: bool,
}

impl CostsView {
    /// Makes the view; `complete` = every transcript was read.
    pub(in crate::render::start_day) fn new(costs: &Costs, complete: bool) -> Self {
        Self {
            today_usd: costs.today,
            month_usd: costs.month,
            budget_usd: costs.budget,
            budget_origin: costs.budget_origin.word(),
            remaining_usd: costs.remaining,
            percent_used: costs.percent_used,
            average_task_usd: costs.average_task,
            alerts: costs
                .alerts
                .iter()
                .map(|alert| CostAlertView {
                    scope: alert.scope.word(),
                    level: alert.level.word(),
                    percent: alert.percent,
                    limit_usd: alert.limit,
                    spent_usd: alert.spent,
                })
                .collect(),
            complete,
        }
    }
}

/// A limit that is near or passed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CostAlertView {
    /// daily, weekly or monthly.
    scope: &'static str,
    /// warning or critical.
    level: &'static str,
    /// Spend as a percentage of the limit; null for a limit of zero.
    #[schemars(with = "Option<f64>")]
    percent: Option<Percent>,
    /// The limit.
    #[schemars(with = "f64")]
    limit_usd: Usd,
    /// What was spent.
    #[schemars(with = "f64")]
    spent_usd: Usd,
}
