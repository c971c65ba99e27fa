//! What commands change in the record: a task's status, a new task, one key, a checkpoint, the step, a fresh file, TODO.md.
//! Each change is one guarded edit of front matter: done as a whole or not at all. Derives nothing from git; that is the caller's.

mod advance;
mod checkpoint;
mod circles;
mod fresh;
mod keys;
mod manifest;
mod plan;
mod rows;
mod slug;
mod task;
mod validate;

#[cfg(test)]
mod tests;

pub use advance::{Position, advance};
pub use checkpoint::{Checkpoint, checkpoint};
pub use fresh::{Fresh, FreshTodo, fresh_todo};
pub use keys::{KeyChange, set_key};
pub use manifest::{Listed, Rebuilt, fresh_manifest, rebuild_manifest};
pub use plan::bring_in;
pub use slug::require_slug;
pub use task::{Added, NewTask, TaskChange, add_tasks, set_task};
pub use validate::{Rules, validate};

use jiff::Timestamp;
use serde_yaml::Value;

use crate::front::{Content, Edit, Front, Route};

/// Writes a moment as TODO files have it: `2026-11-21T10:15:00Z`.
#[must_use]
pub fn stamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Writes a moment as file names have it: `20261121T101500Z`.
#[must_use]
pub fn compact_stamp(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Returns the route to a key of the progress: below `workflow_progress`, or at the top in files that have no such mapping.
fn progress(front: &Front<'_>, key: &str) -> Route {
    let parent = front.value().get("workflow_progress");
    // a reader looks at the top only where there is no mapping
    if parent.is_some_and(|value| value.is_mapping() || value.is_null()) || front.value().get("phase").is_none() {
        Route::keys(["workflow_progress", key])
    } else {
        Route::keys([key])
    }
}

/// Returns the edit that notes the time of the change.
fn touched(front: &Front<'_>, now: Timestamp) -> Edit {
    let older = progress(front, "last_updated");
    let route = if front.get(&older).is_some() { older } else { progress(front, "last_update") };
    Edit::Set(route, Content::Text(stamp(now)))
}

/// Says whether there is a value that is not null.
fn is_there(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null())
}
