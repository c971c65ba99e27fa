//! Costs: reads transcripts into the index, prices what counts, keeps the ledger of a repository and what is derived from it.
//! Every file of the cost domain is opened here; the arithmetic is `wfo-cost`'s.

mod book;
mod reading;
mod sums;
mod transcripts;

pub use book::{Book, Scope};
pub use transcripts::{Look, Transcripts, look};
