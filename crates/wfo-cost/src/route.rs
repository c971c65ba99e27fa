//! Which model to take: for a task, instead of a dearer one, and where an agent is started.
//! Judges by tables and prices that it is given; starts nothing and knows no price of its own.

use wfo_base::Usd;

use crate::budget::controls::Controls;
use crate::budget::standing::{Left, State, state};

mod choose;
mod degrade;
mod local;
pub mod models;
mod nearest;
mod priced;
pub mod processing;
mod resolve;
mod switch;
pub mod tables;

pub use degrade::{Degrade, Step};
pub use models::{ModelFacts, ModelKind, ModelStatus, Models};
pub use priced::Priced;
pub use processing::Processing;
pub use switch::Switch;
pub use tables::Tables;

use tables::{Grade, Quality, Urgency};

/// Everything that a choice is made from.
#[derive(Clone, Copy)]
pub struct Advisor<'a> {
    /// The tables in force.
    pub tables: &'a Tables,
    /// The models that have a price.
    pub models: &'a dyn Models,
    /// When to save and when it is an emergency.
    pub controls: &'a Controls,
}

/// What a model is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask<'a> {
    /// A task or use case, by any of its words.
    pub task: &'a str,
    /// How hard it is.
    pub complexity: Grade,
    /// How good it has to be.
    pub quality: Quality,
    /// How soon.
    pub urgency: Urgency,
    /// What is left of the tightest soft limit; `None` = unknown.
    pub left: Option<Left>,
    /// Whether a model on the own machine is wanted.
    pub local: bool,
    /// The models that are installed or configured on the own machine, by their own names (`llama3:latest`).
    pub installed_local: &'a [String],
    /// How many requests there will be; `None` = unknown.
    pub volume: Option<u64>,
}

impl<'a> Ask<'a> {
    /// Asks for a task as usual: medium complexity, high quality, not urgent, nothing local, the budget unknown.
    #[must_use]
    pub const fn usual(task: &'a str) -> Self {
        Self {
            task,
            complexity: Grade::Medium,
            quality: Quality::High,
            urgency: Urgency::Normal,
            left: None,
            local: false,
            installed_local: &[],
            volume: None,
        }
    }
}

/// A model that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id in the price table, or `ollama/<name>` for an installed one without a row of its own.
    pub model: String,
    /// The task whose rules held.
    pub task: String,
    /// One sentence.
    pub reason: String,
    /// What a person should know before following: a local model that is not installed, an emergency without one.
    pub warning: Option<String>,
    /// What a million tokens cost in the task's mix; `None` = unknown.
    pub usd_per_m_blended: Option<Usd>,
    /// Others that could do it, best first.
    pub alternatives: Vec<Alternative>,
    /// How to send the requests.
    pub processing: Option<Processing>,
    /// For how long answers may be kept; `None` when no row of the table says.
    pub cache: Option<Lifetime>,
}

/// Another model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// Its id.
    pub model: String,
    /// Why it is named.
    pub reason: String,
    /// What a million tokens cost in the task's mix; `None` = unknown.
    pub usd_per_m_blended: Option<Usd>,
}

/// For how long something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// This many days.
    Days(u32),
    /// It never ages.
    ForEver,
}

impl Advisor<'_> {
    /// Returns the state of the budget by the one rule; `None` when it is unknown what is left.
    fn state(&self, left: Option<Left>) -> Option<State> {
        state(left, self.controls)
    }
}

#[cfg(test)]
mod tests;
