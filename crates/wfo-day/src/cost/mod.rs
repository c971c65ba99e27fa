//! Costs: reads transcripts into the index, prices what counts, keeps the ledger of a repository and what is derived from it.
//! Every file of the cost domain is opened here; the arithmetic is `wfo-cost`'s.

mod accounts;
mod add;
mod advice;
mod board;
mod book;
mod collect;
mod entered;
mod import;
mod keep;
mod live;
mod models;
mod plans;
mod reading;
mod report;
mod span;
mod state;
mod statusline;
mod sums;
mod told;
mod transcripts;

pub use accounts::Accounts;
pub use add::{Entered, Entry, add};
pub(crate) use board::{task_of, tasks_of};
pub use book::Here;
pub use collect::{Collected, unpriced};
pub use import::{EVER, Imported, import};
pub use keep::Kept;
pub use models::Advised;
pub use plans::Worked;
pub use report::{Extent, ReportAsk, Reported, feature_parts, report};
pub(crate) use span::{Span, span};
pub use state::State;
pub(crate) use state::state;
pub use statusline::{Standing, standing};
pub use told::fresh_alerts;
pub use transcripts::{Look, Transcripts, look};
