//! What costs/ says: spend of today, this week and this month, the budget in force, and alerts.
//! Texts in, facts out: it reads no file, asks no clock, and never lets a float near an amount.

pub mod alerts;
pub mod budget;
pub mod chart;
pub mod costs;
pub mod daily;
pub mod features;
pub mod json;
pub mod ledger;
pub mod month;
pub mod percent;
pub mod report;
pub mod spending;
pub mod tier;
pub mod tokens;

pub use alerts::{Alert, Level};
pub use budget::{BudgetRow, Budgets, Limits, Origin, Scope};
pub use costs::{CostPages, Costs, Page, costs, wanted_days};
pub use percent::Percent;
pub use spending::{Call, Kind, Name, Row, Source, Spending};
pub use tier::Tier;
pub use tokens::Tokens;
