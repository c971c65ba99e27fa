//! Spending.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::Usd;
use wfo_cost::{Costs, Percent};

use crate::render::cost::AlertView;

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
    alerts: Vec<AlertView>,
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
            alerts: costs.alerts.iter().map(AlertView::new).collect(),
            complete,
        }
    }
}
