//! The host's task lists as they lie below CONFIG: `todos/<session>-agent-<agent>.json`, one list a file, and
//! `tasks/<session>/<number>.json`, one task a file. Their format is the host's own affair: what cannot be read says nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use wfo_base::home::Home;
use wfo_base::read;

use crate::cost::{Span, task_of, tasks_of};

/// The most names of a folder that are looked at.
const NAMES: usize = 10_000;
/// The most tasks of one session.
const TASKS: usize = 2_000;
/// The most bytes of one file.
const BYTES: u64 = 1 << 20;

/// Returns what the lists of today's sessions call finished, of files that were written today.
pub(super) fn finished(home: &Home, span: &Span) -> Vec<String> {
    let mut files = of_todos(home, &span.sessions);
    files.extend(span.sessions.iter().flat_map(|session| of_tasks(home, session)));
    let start = UNIX_EPOCH + Duration::from_millis(u64::try_from(span.day).unwrap_or_default());
    let of_today = |path: &PathBuf| {
        std::fs::metadata(path)
            .is_ok_and(|meta| meta.is_file() && meta.modified().is_ok_and(|modified| modified >= start))
    };
    let mut found = Vec::new();
    for path in files.into_iter().filter(of_today) {
        let Ok(Some(bytes)) = read::own_bytes(&path, BYTES) else { continue };
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let list = value.get("todos").unwrap_or(&value);
        let tasks = tasks_of(list).into_iter().chain(task_of(&value));
        found.extend(tasks.filter(|(_, finished)| *finished).map(|(text, _)| text));
    }
    found
}

fn of_todos(home: &Home, sessions: &BTreeSet<String>) -> Vec<PathBuf> {
    let folder = home.config().join("todos");
    let mut names = read::names(&folder, NAMES);
    names.retain(|name| {
        let Some(stem) = name.strip_suffix(".json") else { return false };
        sessions.contains(stem.split_once("-agent-").map_or(stem, |(session, _)| session))
    });
    names.sort();
    names.into_iter().take(TASKS).map(|name| folder.join(name)).collect()
}

/// Lists the files of a session's tasks by number.
fn of_tasks(home: &Home, session: &str) -> Vec<PathBuf> {
    let plain = Path::new(session).components().count() == 1 && !session.starts_with('.');
    if !plain {
        return Vec::new();
    }
    let folder = home.config().join("tasks").join(session);
    let names = read::names(&folder, NAMES).into_iter();
    let mut numbers: Vec<u64> = names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.into_iter().take(TASKS).map(|number| folder.join(format!("{number}.json"))).collect()
}
