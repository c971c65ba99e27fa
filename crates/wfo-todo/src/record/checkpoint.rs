//! A checkpoint: an entry in the record and a section at the end of the body, so that the work can go on with an empty memory.
//! Names what the record holds; never judges whether a checkpoint is due.

use jiff::Timestamp;
use serde::Serialize;
use serde_yaml::Value;
use wfo_base::{Problem, template, text};

use super::task::status_edits;
use super::{progress, stamp, touched};
use crate::front::{Content, Edit, Front, Route};
use crate::todo_file::{TaskStatus, TodoTask, todo};
use crate::todo_yaml::scalar;

const TEMPLATE: &str = include_str!("../../../../templates/todo-checkpoint.md.tera");

/// The most tasks of one kind that are named.
const NAMED: usize = 20;

/// The most characters of the notes: front matter is bounded.
const NOTES: usize = 1000;

/// What a checkpoint holds beside the record itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint<'c> {
    /// Tokens in use.
    pub tokens: u64,
    /// What to remember.
    pub notes: &'c str,
    /// Tasks whose status is brought up to date at the same time.
    pub statuses: &'c [(String, TaskStatus)],
}

/// Appends the entry to `context_checkpoints` and a `## Context Checkpoint` section to the body; returns the whole page.
///
/// # Errors
/// `todo.edit-refused`, `todo.task-unknown`
pub fn checkpoint(front: &Front<'_>, taken: &Checkpoint<'_>, now: Timestamp) -> Result<String, Problem> {
    let last = taken.statuses.last().map(|(id, _)| id.clone());
    let last = last.or_else(|| front.get(&progress(front, "last_task")).and_then(scalar));
    let mut edits: Vec<Edit> =
        taken.statuses.iter().flat_map(|(id, status)| status_edits(front, id, *status, now)).collect();
    if !taken.statuses.is_empty() {
        let id = last.clone().map_or(Content::Null, Content::Text);
        edits.push(Edit::Set(progress(front, "last_task"), id));
    }
    edits.push(Edit::Append(Route::keys(["context_checkpoints"]), entry(front, taken, last.as_ref(), now)));
    edits.push(touched(front, now));
    let page = front.edit(&edits)?;
    let section = section(front, &page, taken, last.as_deref(), now)?;
    Ok(with_section(page, &section, front.line_ending()))
}

fn entry(front: &Front<'_>, taken: &Checkpoint<'_>, last: Option<&String>, now: Timestamp) -> Content {
    let present = |key: &str| front.get(&progress(front, key)).map_or(Content::Null, Content::of_value);
    let last = last.map_or(Content::Null, |id| Content::text(id.as_str()));
    Content::map([
        ("timestamp", Content::Text(stamp(now))),
        ("token_usage", Content::Number(taken.tokens.to_string())),
        ("phase", present("phase")),
        ("step", step(front).map_or(Content::Null, Content::Text)),
        ("last_task", last),
        ("notes", Content::text(text::clip(&text::one_line(taken.notes), NOTES))),
    ])
}

/// Returns the step as it is written: unquoted `6.10` is the number 6.1 to YAML.
fn step(front: &Front<'_>) -> Option<String> {
    todo(front.file(), front.page()).ok().and_then(|read| read.value.step)
}

#[derive(Serialize)]
struct Section {
    stamp: String,
    tokens: u64,
    phase: Option<String>,
    step: Option<String>,
    last_task: Option<String>,
    notes: String,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    title: &'static str,
    lines: Vec<String>,
    more: usize,
}

fn section(
    front: &Front<'_>,
    page: &str,
    taken: &Checkpoint<'_>,
    last: Option<&str>,
    now: Timestamp,
) -> Result<String, Problem> {
    let read = todo(front.file(), page)?.value;
    let over = |id: &String| read.tasks.iter().any(|task| task.id.as_ref() == Some(id) && task.status.is_over());
    let waits = |task: &TodoTask| !task.depends_on.iter().all(over);
    let pick = |keep: &dyn Fn(&TodoTask) -> bool| read.tasks.iter().filter(|task| keep(task)).collect::<Vec<_>>();
    let groups = vec![
        group("Completed", &pick(&|task| task.status == TaskStatus::Completed)),
        group("Current", &pick(&|task| task.status == TaskStatus::InProgress)),
        group("Next", &pick(&|task| task.status == TaskStatus::Pending && !waits(task))),
        group(
            "Blockers",
            &pick(&|task| task.status == TaskStatus::Blocked || task.status == TaskStatus::Pending && waits(task)),
        ),
    ];
    let values = Section {
        stamp: stamp(now),
        tokens: taken.tokens,
        phase: front.get(&progress(front, "phase")).filter(|value| !Value::is_null(value)).and_then(scalar),
        step: read.step.as_deref().map(text::quoted),
        last_task: last.map(text::quoted),
        notes: text::quoted(taken.notes),
        groups,
    };
    template::render("todo-checkpoint.md.tera", TEMPLATE, &values)
}

fn group(title: &'static str, tasks: &[&TodoTask]) -> Group {
    // of what is done, the latest tell most
    let skipped = if title == "Completed" { tasks.len().saturating_sub(NAMED) } else { 0 };
    let line = |task: &&TodoTask| {
        let id = task.id.as_deref().filter(|id| *id != task.description).map(text::quoted);
        id.map_or_else(|| text::quoted(&task.description), |id| format!("{id}: {}", text::quoted(&task.description)))
    };
    let lines: Vec<String> = tasks.iter().skip(skipped).take(NAMED).map(line).collect();
    Group { title, more: tasks.len() - lines.len(), lines }
}

/// Puts a section at the end of a page, a blank line before it.
fn with_section(mut page: String, section: &str, eol: &str) -> String {
    if !page.ends_with('\n') {
        page.push_str(eol);
    }
    if !page.ends_with("\n\n") && !page.ends_with("\n\r\n") {
        page.push_str(eol);
    }
    for line in section.trim().lines() {
        page.push_str(line);
        page.push_str(eol);
    }
    page
}
