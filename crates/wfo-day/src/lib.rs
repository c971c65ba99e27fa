//! Every command that joins domains: start-day, end-day, init, doctor, setup.
//! Reads through floor 1, hands text and facts to the domains, and returns values; it words and prints nothing.

mod alerts;
mod bounds;
pub mod briefing;
pub mod context;
mod context_files;
pub mod cost;
pub mod dirs;
pub mod doctor;
pub mod end_day;
mod extra;
pub mod gate;
pub mod guard;
mod hidden;
pub mod init;
pub mod next;
mod place;
pub mod pr;
mod queue;
pub mod release;
mod resolved;
pub mod scan;
pub mod setup;
pub mod setup_facts;
mod start_day;
pub mod tables;
pub mod todo;
pub mod tools;
pub mod triggers;
pub mod unsaved;
mod workflows;
pub mod worktree;

pub use extra::TEMPLATE;
pub use place::{Place, Spot};
pub use start_day::{StartDay, start_day};
pub use wfo_worktree::active as active_worktrees;

use wfo_base::{Noted, config::Config, home::Home, stack::Stack};

/// Tells what the project is built with.
#[must_use]
pub fn stack(place: &Place, config: &Config, home: &Home) -> Noted<Stack> {
    let mut notes = Vec::new();
    let rows = tables::STACKS.load(&config.layers(home, place.settings_root())).drain_into(&mut notes);
    let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
    let mut found = wfo_base::stack::detect(place.root(), &rows);
    notes.append(&mut found.notes);
    Noted { value: found.value, notes }
}
