//! The TODO files of the main checkout: their names, their bytes, what they record. Links are named and left alone.

use std::path::Path;

use serde_json::Value;
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_todo::front::Front;
use wfo_todo::{TodoName, Workflow};

use super::choose::{Meant, meant};
use super::{ARCHIVE, Site};

/// From how many files on they are read side by side.
const MANY: usize = 64;
/// How many readers then.
const READERS: usize = 4;
/// The most files that one call reads.
const MOST: usize = 5_000;

/// Lists the TODO files of a folder by name, each with its parts.
pub(super) fn names(folder: &Path) -> Vec<(String, TodoName)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter_map(|name| wfo_todo::todo_name(&name).map(|parts| (name, parts))).collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names
}

/// Refuses a TODO file that is a link: it would be edited somewhere else than it seems.
///
/// # Errors
/// `todo.unreadable`
pub(super) fn require_no_link(root: &Path, file: &str) -> Result<(), Problem> {
    match root.join(file).symlink_metadata() {
        Ok(meta) if meta.is_symlink() => {
            Err(Problem::new(codes::TODO_UNREADABLE, format!("`{file}` is a link, so it is neither read nor written"))
                .hint("replace the link by the file itself")
                .in_file(file))
        }
        _ => Ok(()),
    }
}

/// Reads the bytes of a TODO file.
///
/// # Errors
/// `todo.unreadable` for a link, `todo.unknown` when it is gone, `file.*`.
pub(crate) fn bytes(root: &Path, file: &str) -> Result<Vec<u8>, Problem> {
    require_no_link(root, file)?;
    read::raw(root, file, read::PAGE_LIMIT)?.ok_or_else(|| {
        Problem::new(codes::TODO_UNKNOWN, format!("`{file}` is gone"))
            .hint("`wfo-helper todo list` shows what is there")
    })
}

/// Reads what one file records.
pub(crate) fn workflow(root: &Path, file: &str, notes: &mut Vec<Diagnostic>) -> Result<Workflow, Problem> {
    require_no_link(root, file)?;
    let page = read::page(root, file, read::PAGE_LIMIT)?;
    let page = page.ok_or_else(|| Problem::new(codes::TODO_UNKNOWN, format!("`{file}` is gone")))?;
    wfo_todo::todo(file, &page.text).map(|read| read.drain_into(notes))
}

/// Reads what these files record, in their order; what cannot be read is a note.
pub(super) fn workflows(root: &Path, files: &[String], notes: &mut Vec<Diagnostic>) -> Vec<Workflow> {
    if files.len() > MOST {
        let message = format!("{} TODO files; only the first {MOST} were read", files.len());
        notes.push(Problem::new(codes::TODO_UNREADABLE, message).hint("move finished ones to ARCHIVED/").warning());
    }
    let files = files.get(..MOST).unwrap_or(files);
    let some = |files: &[String]| {
        let mut notes = Vec::new();
        let mut found = Vec::new();
        for file in files {
            match workflow(root, file, &mut notes) {
                Ok(one) => found.push(one),
                Err(problem) => notes.push(problem.warning()),
            }
        }
        (found, notes)
    };
    if files.len() < MANY {
        let (found, mut noted) = some(files);
        notes.append(&mut noted);
        return found;
    }
    let share = files.len().div_ceil(READERS);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let readers: Vec<_> = files.chunks(share).map(|chunk| (chunk, scope.spawn(move || some(chunk)))).collect();
        readers.into_iter().map(|(chunk, reader)| reader.join().unwrap_or_else(|_| some(chunk))).collect()
    });
    let mut all = Vec::new();
    for (found, mut noted) in parts {
        all.extend(found);
        notes.append(&mut noted);
    }
    all
}

/// One TODO file, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What it records.
    pub workflow: Workflow,
    /// Its front matter as values.
    pub front: Value,
    /// Whether it lies in ARCHIVED/.
    pub archived: bool,
}

/// Reads one TODO file: the one that is named, also among the archived ones, else the one that is chosen here.
///
/// # Errors
/// `todo.unknown`, `todo.ambiguous`, `todo.unreadable`.
pub fn show(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Shown, Problem> {
    let root = site.root();
    let Meant { file, archived, .. } = meant(site.place(), wanted, notes)?;
    let bytes = bytes(root, &file)?;
    let workflow = workflow(root, &file, notes)?;
    let front = Front::read(&file, &bytes).map(|front| serde_json::to_value(front.value()).unwrap_or(Value::Null));
    // It can be read, and only not be edited: what it records is shown all the same.
    let front = front.unwrap_or_else(|problem| {
        notes.push(problem.warning());
        Value::Null
    });
    Ok(Shown { workflow, front, archived })
}

/// Finds an archived file by slug, stamp and slug, or name; of several the newest.
pub(super) fn archived_file(root: &Path, wanted: &str) -> Option<String> {
    let found = names(&root.join(ARCHIVE)).into_iter().rfind(|(name, parts)| fits(name, parts, wanted));
    found.map(|(name, _)| format!("{ARCHIVE}/{name}"))
}

/// Says whether a person may mean this file by a word.
pub(super) fn fits(name: &str, parts: &TodoName, wanted: &str) -> bool {
    parts.slug == wanted || name == wanted || format!("{}_{}", parts.stamp, parts.slug) == wanted
}
