//! TODO files, task lists and the hand-over, read into facts; and the order in which open work is offered.
//! Text in, values out: never touches disk, clock, ports or processes.

pub mod as_built;
mod blocker;
mod blocks;
mod columns;
pub mod documents;
mod escape;
pub mod feedback;
pub mod front;
pub mod handover;
mod handover_text;
pub mod items;
pub mod level;
mod marks;
mod merge;
mod nesting;
pub mod page;
pub mod phase;
pub mod plan_list;
pub mod plan_merge;
pub mod questions;
pub mod rank;
pub mod record;
mod sections;
pub mod ship;
pub mod tasks;
pub mod todo_file;
mod todo_name;
mod todo_yaml;
pub mod trace;
pub mod version;
pub mod weights;
mod words;

pub use blocker::UNNAMED;
pub use handover::{Handover, InProgress, Priority, handover};
pub use items::{of_handover, of_tasks, of_workflow};
pub use level::Level;
pub use plan_list::{PlanTask, plan_tasks};
pub use rank::{Item, Origin, Place, Ranked, rank};
pub use tasks::{Task, open, tasks};
pub use todo_file::{Kind, Label, TaskStatus, TodoName, TodoTask, Workflow, todo, todo_name};
pub use weights::{QueueRow, Rule, Weights};
pub use words::date_in;
