//! TODO.md, the list of all workflows: made anew from the files. Only its `workflows`, `last_update` and `version` are written.
//! A TODO.md that a person keeps is left alone.

use jiff::Timestamp;
use serde::Serialize;
use serde_yaml::{Mapping, Value};
use wfo_base::{Diagnostic, Problem, codes, template};

use super::stamp;
use crate::front::{Content, Edit, Front, Route};
use crate::todo_yaml::scalar;

const TEMPLATE: &str = include_str!("../../../../templates/todo-manifest.md.tera");

/// The front matter's `type` that hands a TODO.md over.
const TYPE: &str = "workflow-master-manifest";

/// One workflow of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its slug.
    pub slug: String,
    /// `YYYYMMDDTHHMMSSZ`
    pub timestamp: String,
    /// Its title.
    pub title: String,
    /// The word of its record.
    pub status: String,
    /// Path of its file from the main checkout.
    pub file: String,
    /// Archived: when it was completed.
    pub completed_at: Option<String>,
    /// Archived: the version it became.
    pub semantic_version: Option<String>,
    /// Archived: what it brought.
    pub summary: Option<String>,
}

/// What became of TODO.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebuilt {
    /// A person's; left as it is.
    Foreign(Diagnostic),
    /// It says all this already.
    Same,
    /// The whole new page.
    Page(String),
}

/// Writes an empty list of workflows, for a repository that has no TODO.md.
///
/// # Errors
/// `template.invalid`
pub fn fresh_manifest(now: Timestamp) -> Result<String, Problem> {
    #[derive(Serialize)]
    struct Values {
        stamp: String,
    }
    let values = Values { stamp: Content::Text(stamp(now)).spelled() };
    template::render("todo-manifest.md.tera", TEMPLATE, &values)
}

/// Brings the list of workflows up to date. Keys of a row that are not ours stay; so do archived rows whose file is gone. Where no row
/// goes and the order stays, only the values that differ are written, and comments and spelling stay as well.
///
/// # Errors
/// `todo.unreadable` and `todo.edit-refused` for a list of ours that cannot be edited.
pub fn rebuild_manifest(
    file: &str,
    bytes: &[u8],
    active: &[Listed],
    archived: &[Listed],
    now: Timestamp,
) -> Result<Rebuilt, Problem> {
    let front = match Front::read(file, bytes) {
        Ok(front) if front.value().get("type").and_then(Value::as_str) == Some(TYPE) => front,
        Err(problem) if String::from_utf8_lossy(bytes).contains(TYPE) => return Err(problem),
        Ok(_) | Err(_) => return Ok(Rebuilt::Foreign(foreign(file))),
    };
    let rows = |key: &str| {
        let rows = front.get(&Route::keys(["workflows", key])).and_then(Value::as_sequence);
        rows.map(Vec::as_slice).unwrap_or_default()
    };
    let old: Vec<&Mapping> = rows("active").iter().chain(rows("archived")).filter_map(Value::as_mapping).collect();
    let mut history: Vec<Content> = Vec::new();
    for row in rows("archived").iter().filter_map(Value::as_mapping) {
        if !active.iter().chain(archived).any(|listed| is_same(row, listed)) {
            history.push(Content::of_value(&Value::Mapping(row.clone())));
        }
    }
    let listed = |listed: &Listed| row(listed, old.iter().find(|row| is_same(row, listed)).copied());
    history.extend(archived.iter().map(listed));
    let mut edits = list_edits("active", rows("active"), active.iter().map(listed).collect());
    edits.extend(list_edits("archived", rows("archived"), history));
    if edits.is_empty() {
        return Ok(Rebuilt::Same);
    }
    edits.push(Edit::Set(Route::keys(["last_update"]), Content::Text(stamp(now))));
    if front.get(&Route::keys(["version"])).is_none() {
        edits.push(Edit::Set(Route::keys(["version"]), Content::text("1.0.0")));
    }
    front.edit(&edits).map(Rebuilt::Page)
}

/// Returns the edits that make a list say this: single keys and new rows where the order is kept, else the whole list.
fn list_edits(name: &str, old: &[Value], new: Vec<Content>) -> Vec<Edit> {
    let route = Route::keys(["workflows", name]);
    let kept = old.len() <= new.len() && old.iter().zip(&new).all(|(old, new)| is_same_row(old, &new.value()));
    if !kept {
        return vec![Edit::Set(route, Content::List(new))];
    }
    let mut edits = Vec::new();
    for (index, row) in new.into_iter().enumerate() {
        let (Some(present), Content::Map(entries)) = (old.get(index), &row) else {
            edits.push(Edit::Append(route.clone(), row));
            continue;
        };
        for (key, value) in entries {
            if present.get(key.as_str()) != Some(&value.value()) {
                edits.push(Edit::Set(route.clone().at(index).key(key), value.clone()));
            }
        }
    }
    edits
}

fn is_same_row(old: &Value, new: &Value) -> bool {
    let same = |key: &str| old.get(key).is_some_and(|value| new.get(key).and_then(scalar) == scalar(value));
    old == new || old.is_mapping() && (same("file") || same("slug") && same("timestamp"))
}

fn foreign(file: &str) -> Diagnostic {
    Problem::new(
        codes::TODO_MANIFEST_FOREIGN,
        format!("`{file}` is not a list of workflows of wfo, so it was left as it is"),
    )
    .hint(format!("nothing to do; `type: {TYPE}` in its front matter would hand it over"))
    .in_file(file)
    .warning()
}

fn is_same(row: &Mapping, listed: &Listed) -> bool {
    let text = |key: &str| row.get(key).and_then(scalar);
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let file = text("file").map(|file| base(&file));
    file == Some(base(&listed.file))
        || text("slug").as_ref() == Some(&listed.slug) && text("timestamp").as_ref() == Some(&listed.timestamp)
}

/// Makes a row: our keys as they are now, then what else the old row had.
fn row(listed: &Listed, old: Option<&Mapping>) -> Content {
    let mut entries: Vec<(String, Content)> = Vec::new();
    for (key, value) in [
        ("slug", &listed.slug),
        ("timestamp", &listed.timestamp),
        ("title", &listed.title),
        ("status", &listed.status),
        ("file", &listed.file),
    ] {
        entries.push((key.to_owned(), Content::text(value.as_str())));
    }
    for (key, value) in [
        ("completed_at", &listed.completed_at),
        ("semantic_version", &listed.semantic_version),
        ("summary", &listed.summary),
    ] {
        if let Some(value) = value {
            entries.push((key.to_owned(), Content::text(value.as_str())));
        }
    }
    for (key, value) in old.into_iter().flatten() {
        let Some(key) = scalar(key) else { continue };
        if !entries.iter().any(|(present, _)| *present == key) {
            entries.push((key, Content::of_value(value)));
        }
    }
    Content::Map(entries)
}
