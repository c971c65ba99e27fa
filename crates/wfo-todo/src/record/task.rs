//! A task's status, and new tasks. Never touches another task.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_yaml::Value;
use wfo_base::{Problem, codes, text};

use super::rows::{TaskRow, rows};
use super::{is_there, progress, require_slug, stamp, touched};
use crate::front::{Content, Edit, Front, Route};
use crate::todo_file::TaskStatus;
use crate::todo_yaml::scalar;

/// The categories that have ids of their own.
const PREFIXES: [(&str, &str); 7] = [
    ("planning", "plan"),
    ("specification", "spec"),
    ("implementation", "impl"),
    ("testing", "test"),
    ("containerization", "container"),
    ("qa", "qa"),
    ("integration", "int"),
];

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskChange {
    /// The whole page.
    pub page: String,
    /// What it was before; `None` where no status or an unknown word stood.
    pub was: Option<TaskStatus>,
    /// What it is now.
    pub status: TaskStatus,
}

/// Gives a task another status: only its `status`, `completed_at`, `started_at`, and the record's `last_update` and `last_task`.
/// A word that says the same already, such as `complete`, stays; so does the time of what was completed before.
///
/// # Errors
/// `todo.task-unknown`, or `todo.edit-refused` for an id that stands twice and for what cannot be edited safely.
pub fn set_task(front: &Front<'_>, id: &str, status: TaskStatus, now: Timestamp) -> Result<TaskChange, Problem> {
    let was = front.get(&Route::task(id).key("status")).and_then(scalar).and_then(|word| TaskStatus::from_word(&word));
    let mut edits = status_edits(front, id, status, now);
    edits.push(Edit::Set(progress(front, "last_task"), Content::text(id)));
    edits.push(touched(front, now));
    Ok(TaskChange { page: front.edit(&edits)?, was, status })
}

/// Returns the edits of a task's own keys.
pub(super) fn status_edits(front: &Front<'_>, id: &str, status: TaskStatus, now: Timestamp) -> Vec<Edit> {
    let route = |key: &str| Route::task(id).key(key);
    let present = |key: &str| front.get(&route(key));
    let same = present("status").and_then(scalar).is_some_and(|word| TaskStatus::from_word(&word) == Some(status));
    let mut edits = Vec::new();
    if !same {
        edits.push(Edit::Set(route("status"), Content::text(status.as_str())));
    }
    let now = || Content::Text(stamp(now));
    let completed = is_there(present("completed_at"));
    if status == TaskStatus::Completed && !completed {
        edits.push(Edit::Set(route("completed_at"), now()));
    } else if status != TaskStatus::Completed && completed {
        edits.push(Edit::Set(route("completed_at"), Content::Null));
    }
    let started = is_there(present("started_at"));
    if status == TaskStatus::InProgress && !started {
        edits.push(Edit::Set(route("started_at"), now()));
    } else if status == TaskStatus::Pending && started {
        edits.push(Edit::Set(route("started_at"), Content::Null));
    }
    edits
}

/// A task to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTask {
    /// Its id; without one the next of its category is taken.
    pub id: Option<String>,
    /// The list it belongs to, such as `implementation`.
    pub category: String,
    /// What is to be done.
    pub description: String,
    /// Ids of the tasks it waits for.
    pub depends_on: Vec<String>,
}

/// The page with new tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The whole page.
    pub page: String,
    /// The ids, in the order of the tasks.
    pub ids: Vec<String>,
}

/// Adds tasks at the end of their categories, pending, with the next free ids.
///
/// # Errors
/// `todo.value-invalid` for an empty description, a category or id that cannot be one, an id that is there already;
/// `todo.edit-refused`.
pub fn add_tasks(front: &Front<'_>, tasks: &[NewTask], now: Timestamp) -> Result<Added, Problem> {
    let present = rows(front);
    let mut taken: BTreeSet<String> = present.iter().filter_map(|row| row.id.clone()).collect();
    let mut ids = Vec::new();
    let mut edits = Vec::new();
    for task in tasks {
        require_name(&task.category, "category")?;
        let description = text::one_line(&task.description).into_owned();
        if description.is_empty() {
            return Err(invalid(
                "a task needs a description",
                "`wfo-helper todo task add implementation \"Guard the redirect\"`",
            ));
        }
        let id = match &task.id {
            Some(id) => id.clone(),
            None => next_id(&task.category, &present, &taken),
        };
        require_name(&id, "task id")?;
        if !taken.insert(id.clone()) {
            return Err(invalid(&format!("task id `{id}` is taken"), "leave the id out: the next free one is taken"));
        }
        edits.push(added(front, task, &id, description));
        ids.push(id);
    }
    if !edits.is_empty() {
        edits.push(touched(front, now));
    }
    Ok(Added { page: front.edit(&edits)?, ids })
}

/// Returns the edit that adds one task, in the shape that the file has.
fn added(front: &Front<'_>, task: &NewTask, id: &str, description: String) -> Edit {
    let entries = vec![
        ("id".to_owned(), Content::text(id)),
        ("description".to_owned(), Content::Text(description)),
        ("status".to_owned(), Content::text(TaskStatus::Pending.as_str())),
        ("completed_at".to_owned(), Content::Null),
    ];
    new_task(front, &task.category, id, entries, &task.depends_on)
}

/// As [`added`], with entries of its own; `id` comes first.
pub(super) fn new_task(
    front: &Front<'_>,
    category: &str,
    id: &str,
    mut entries: Vec<(String, Content)>,
    depends_on: &[String],
) -> Edit {
    if !depends_on.is_empty() {
        let ids = depends_on.iter().map(Content::text).collect();
        entries.push(("depends_on".to_owned(), Content::List(ids)));
    }
    let tasks = Route::keys(["tasks"]);
    let list = tasks.clone().key(category);
    if front.get(&tasks).is_some_and(Value::is_sequence) {
        return Edit::Append(tasks, Content::Map(entries));
    }
    if front.get(&list).and_then(Value::as_mapping).is_some_and(|map| !map.is_empty()) {
        entries.remove(0);
        return Edit::Set(list.key(id), Content::Map(entries));
    }
    Edit::Append(list, Content::Map(entries))
}

/// Returns the next free id of a category: one more than the highest number with its prefix.
fn next_id(category: &str, present: &[TaskRow<'_>], taken: &BTreeSet<String>) -> String {
    let known = PREFIXES.iter().find(|(name, _)| *name == category).map(|(_, prefix)| (*prefix).to_owned());
    let neighbour = || {
        let row = present.iter().find(|row| row.category == category && row.id.is_some())?;
        row.id.as_deref()?.rsplit_once('_').map(|(prefix, _)| prefix.to_owned())
    };
    let prefix = known.or_else(neighbour).unwrap_or_else(|| category.to_owned());
    let numbers = taken.iter().filter_map(|id| id.strip_prefix(&prefix)?.strip_prefix('_')?.parse::<u32>().ok());
    let next = numbers.max().unwrap_or(0).saturating_add(1);
    format!("{prefix}_{next:03}")
}

pub(super) fn require_name(name: &str, what: &str) -> Result<(), Problem> {
    require_slug(name).map_err(|_| {
        let shown = text::clip(&text::one_line(name), 60).into_owned();
        invalid(
            &format!("{what} `{shown}` is not made of letters, digits, `-` and `_`"),
            "take a name like `implementation` or `impl_001`",
        )
    })
}

fn invalid(message: &str, hint: &str) -> Problem {
    Problem::new(codes::TODO_VALUE_INVALID, message).hint(hint)
}
