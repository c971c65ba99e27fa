//! Gates: reports of tools and the built-in sweep in, findings and verdicts out.
//! Text and facts in, values out: never touches disk, clock, network or processes, and never shows a secret.

pub mod finding;
pub mod report;

pub use finding::{Finding, Severity};
