//! Gates: reports of tools and the built-in sweep in, findings and verdicts out.
//! Text and facts in, values out: never touches disk, clock, network or processes, and never shows a secret.

pub mod baseline;
pub mod evidence;
pub mod files;
pub mod finding;
pub mod freshness;
pub mod gates;
pub mod guard;
pub mod judge;
pub mod report;
pub mod run;
pub mod secrets;
pub mod waivers;

pub use finding::{Finding, Severity};
pub use gates::{Check, ChecklistRow, GateRow, Kind, Scope};
pub use judge::Verdict;
