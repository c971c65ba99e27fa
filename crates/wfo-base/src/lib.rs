//! Ground floor of wfo: problems, clock, paths, safe files, tables, trust, processes, templates.
//! Disk, clock, ports and processes are reached only through this crate (and git through `wfo-git`).

pub mod atomic;
pub mod clock;
pub mod codes;
pub mod config;
pub mod copy;
pub mod exit;
pub mod home;
pub mod ids;
pub mod interrupt;
pub mod json_span;
pub mod lines;
pub mod listeners;
pub mod markdown;
pub mod money;
pub mod mounts;
pub mod nearest;
pub mod pending;
pub mod ports;
pub mod problem;
pub mod process;
pub mod processes;
pub mod read;
pub mod resources;
pub mod scratch;
pub mod stack;
pub mod store;
pub mod tables;
pub mod template;
pub mod text;
pub mod trust;
pub mod walk;
pub mod watched;
pub mod yaml;

pub use clock::Clock;
pub use exit::Exit;
pub use money::Usd;
pub use problem::{Diagnostic, Noted, Problem, Severity};
