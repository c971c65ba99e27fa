//! One key of the front matter, set by name: `workflow_progress.phase=3`.
//! Text stays text; only where a number, a boolean or null stands is the new value read as one.

use serde_yaml::Value;
use wfo_base::{Problem, codes, text};

use crate::front::{Content, Edit, Front, Route, Step};
use crate::todo_file::LAST_PHASE;
use crate::todo_yaml::scalar;

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The whole page.
    pub page: String,
    /// The value before, on one line; `None` for a new key or null.
    pub before: Option<String>,
    /// Whether the key was not there.
    pub added: bool,
}

/// Sets a key, a dotted path; `tasks.impl_001.priority` leads to a task in any category.
///
/// # Errors
/// `todo.phase-unknown` for a phase that is not one of 0-6, `todo.value-invalid` for a key that has no single value or has its own
/// command, `todo.edit-refused`.
pub fn set_key(front: &Front<'_>, key: &str, value: &str) -> Result<KeyChange, Problem> {
    let names: Vec<&str> = key.split('.').collect();
    if names.iter().any(|name| name.trim().is_empty()) {
        let shown = text::clip(&text::one_line(key), 60).into_owned();
        return Err(Problem::new(codes::TODO_VALUE_INVALID, format!("`{shown}` is not a key"))
            .hint("write names with dots between: `metadata.title=Login loop`"));
    }
    let route = route(front, &names);
    if names.last() == Some(&"status") && route.0.iter().any(|step| matches!(step, Step::Item(_))) {
        return Err(Problem::new(codes::TODO_VALUE_INVALID, format!("`{key}` has dates that change with it")).hint(
            format!("run `wfo-helper todo task set {} --status {value}`", names.get(1).copied().unwrap_or("ID")),
        ));
    }
    let present = front.get(&route);
    let is_phase = matches!(names.as_slice(), ["workflow_progress", "phase"] | ["phase"]);
    if is_phase && !value.parse::<u8>().is_ok_and(|phase| phase <= LAST_PHASE) {
        let shown = text::clip(&text::one_line(value), 60).into_owned();
        return Err(Problem::new(codes::TODO_PHASE_UNKNOWN, format!("phase `{shown}` is not one of 0-{LAST_PHASE}"))
            .hint("take one of 0 setup, 1 planning, 2 development, 3 quality, 4 integration, 5 release, 6 hotfix"));
    }
    // 6.10 as a number would be 6.1
    let is_step = names.last() == Some(&"current_step");
    let content = match present {
        Some(Value::Number(_) | Value::Bool(_) | Value::Null) if !is_step => Content::of_word(value),
        None if is_phase => Content::of_word(value),
        _ => Content::text(value),
    };
    let before = present.and_then(scalar);
    let added = present.is_none();
    Ok(KeyChange { page: front.edit(&[Edit::Set(route, content)])?, before, added })
}

fn route(front: &Front<'_>, names: &[&str]) -> Route {
    match names {
        ["tasks", id, rest @ ..] if !rest.is_empty() && front.get(&Route::keys(["tasks", id])).is_none() => {
            rest.iter().fold(Route::task(id), |route, key| route.key(key))
        }
        _ => Route::keys(names.iter().copied()),
    }
}
