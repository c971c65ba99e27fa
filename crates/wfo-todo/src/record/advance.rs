//! Where the record says the work stands: phase, step, status. Written after a person has said yes; never decides.

use jiff::Timestamp;
use serde_yaml::Value;
use wfo_base::Problem;

use super::{progress, touched};
use crate::front::{Content, Edit, Front};

/// A place in the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// 0-6.
    pub phase: u8,
    /// Such as `2.4`.
    pub step: String,
    /// The word of the record, such as `implementation`.
    pub status: String,
}

/// Moves the record there; what says the same already keeps its spelling. Returns the whole page.
///
/// # Errors
/// `todo.edit-refused`
pub fn advance(front: &Front<'_>, to: &Position, now: Timestamp) -> Result<String, Problem> {
    front.edit(&position_edits(front, to, now))
}

fn position_edits(front: &Front<'_>, to: &Position, now: Timestamp) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut set = |key: &str, content: Content| {
        let route = progress(front, key);
        if front.get(&route) != Some(&content.value()) {
            edits.push(Edit::Set(route, content));
        }
    };
    let is_text = front.get(&progress(front, "phase")).is_some_and(Value::is_string);
    let phase = to.phase.to_string();
    set("phase", if is_text { Content::Text(phase) } else { Content::Number(phase) });
    set("current_step", Content::text(to.step.as_str()));
    set("status", Content::text(to.status.as_str()));
    edits.push(touched(front, now));
    edits
}
