//! TODO.md, the list of all workflows: made anew from the files. Only its `workflows`, `last_update` and `version` are written.
//! A TODO.md that a person keeps is left alone.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_yaml::{Mapping, Value};
use wfo_base::markdown::FRONT_MATTER_LIMIT;
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
    let bytes = |one: &Listed| [&one.slug, &one.timestamp, &one.title, &one.status, &one.file].map(String::len);
    let least: usize = active.iter().chain(archived).flat_map(bytes).sum();
    if least > FRONT_MATTER_LIMIT {
        let count = active.len() + archived.len();
        let message = format!("`{file}` cannot list {count} workflows: its front matter would exceed 64 KiB");
        let problem = Problem::new(codes::TODO_EDIT_REFUSED, message).in_file(file);
        return Err(
            problem.hint("`wfo-helper todo list` lists them all; old files of ARCHIVED/ can be moved elsewhere")
        );
    }
    let rows = |key: &str| {
        let rows = front.get(&Route::keys(["workflows", key])).and_then(Value::as_sequence);
        rows.map(Vec::as_slice).unwrap_or_default()
    };
    let old = Old::of(rows("active").iter().chain(rows("archived")));
    let there: HashSet<Name<'_>> = active.iter().chain(archived).flat_map(names).collect();
    let mut history: Vec<Content> = Vec::new();
    for row in rows("archived").iter().filter_map(Value::as_mapping) {
        let gone = !names_of(row).into_iter().flatten().any(|name| there.contains(&name.borrowed()));
        history.extend(gone.then(|| Content::of_value(&Value::Mapping(row.clone()))));
    }
    let listed = |listed: &Listed| row(listed, old.find(listed));
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

/// What tells a row: the name of its file, or slug and stamp.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Name<'a> {
    File(Cow<'a, str>),
    Slug(Cow<'a, str>, Cow<'a, str>),
}

impl Name<'_> {
    fn borrowed(&self) -> Name<'_> {
        match self {
            Self::File(file) => Name::File(Cow::Borrowed(file)),
            Self::Slug(slug, stamp) => Name::Slug(Cow::Borrowed(slug), Cow::Borrowed(stamp)),
        }
    }
}

fn names(listed: &Listed) -> [Name<'_>; 2] {
    let base = listed.file.rsplit('/').next().unwrap_or(&listed.file);
    let (slug, stamp) = (listed.slug.as_str().into(), listed.timestamp.as_str().into());
    [Name::File(base.into()), Name::Slug(slug, stamp)]
}

fn names_of(row: &Mapping) -> [Option<Name<'static>>; 2] {
    let text = |key: &str| row.get(key).and_then(scalar);
    let file = text("file").map(|file| Name::File(file.rsplit('/').next().unwrap_or(&file).to_owned().into()));
    let slug = text("slug").zip(text("timestamp"));
    [file, slug.map(|(slug, stamp)| Name::Slug(slug.into(), stamp.into()))]
}

/// The rows that are there, by what tells them.
struct Old<'a> {
    rows: Vec<&'a Mapping>,
    by_name: HashMap<Name<'static>, usize>,
}

impl<'a> Old<'a> {
    fn of(rows: impl Iterator<Item = &'a Value>) -> Self {
        let rows: Vec<&Mapping> = rows.filter_map(Value::as_mapping).collect();
        let mut by_name = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            for name in names_of(row).into_iter().flatten() {
                by_name.entry(name).or_insert(index);
            }
        }
        Self { rows, by_name }
    }

    /// Finds the first row of a workflow.
    fn find(&self, listed: &Listed) -> Option<&'a Mapping> {
        let first = names(listed).iter().filter_map(|name| self.by_name.get(name)).min();
        first.and_then(|index| self.rows.get(*index)).copied()
    }
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
