//! What the work cost: transcripts read into counted responses, prices, ledgers, budgets, model choice, projections, reports.
//! Texts in, facts out: it reads no file, asks no clock, and never lets a float near an amount.

pub mod alerts;
pub mod amounts;
pub mod budget;
pub mod chart;
pub mod costs;
pub mod daily;
pub mod decimal;
pub mod derived;
pub mod estimate;
pub mod feature;
pub mod features;
pub mod index;
pub mod json;
pub mod ledger;
pub mod legacy;
pub mod month;
pub mod percent;
pub mod prices;
pub mod project;
pub mod report;
pub mod route;
pub mod spending;
pub mod terms;
pub mod tier;
pub mod tokens;
pub mod transcript;

pub use alerts::{Alert, Level};
pub use amounts::{Amounts, Spent, amounts};
pub use budget::{BudgetRow, Budgets, Limits, Origin, Scope};
pub use costs::{CostPages, Costs, Page, costs, wanted_days};
pub use decimal::{Factor, Quantity, Rate};
pub use estimate::{Estimate, estimate};
pub use ledger::Ledger;
pub use legacy::{Known, Legacy, LegacyPages, legacy};
pub use percent::Percent;
pub use prices::{InfraRow, KindRates, ModelKind, PriceBook, PriceRow, PricesAt, Rates, Status};
pub use project::{Projection, project};
pub use spending::{Call, Kind, Name, Row, Source, Spending};
pub use terms::Term;
pub use tier::Tier;
pub use tokens::Tokens;
