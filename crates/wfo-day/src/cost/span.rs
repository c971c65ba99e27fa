//! When the day's work in a repository began and ended, by the transcripts, and what their task lists call finished.
//! Reads; the index may be brought up to date under CONFIG.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use wfo_base::Diagnostic;
use wfo_base::lines::Lines;

use super::accounts::Accounts;
use super::transcripts::{Look, look};

/// The most bytes of a line that is looked into for a task list.
const TASK_LINE: usize = 1 << 20;

/// The day's work as transcripts tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first event, in milliseconds since the Unix epoch.
    pub(crate) first: i64,
    /// The last one.
    pub(crate) last: i64,
    /// Tasks of the host's lists with whether they are finished, as each list stood last.
    pub(crate) tasks: Vec<(String, bool)>,
}

/// Looks at the transcripts of today; `None` when there are none, or when not all could be read in the time that a person waits.
pub(crate) fn span(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Option<Span> {
    let ask = Look { dry_run: accounts.dry_run, ..Look::quick(accounts.home) };
    let transcripts = match look(&ask, notes) {
        Ok(transcripts) => transcripts,
        Err(problem) => {
            notes.push(problem.warning());
            return None;
        }
    };
    if !transcripts.complete {
        return None;
    }
    let today = accounts.clock.today();
    let start =
        |day: jiff::civil::Date| day.to_zoned(accounts.zone.clone()).ok().map(|at| at.timestamp().as_millisecond());
    let (from, to) = (start(today)?, start(today.saturating_add(1.day()))?);
    let index = &transcripts.index;
    let (mut files, mut first, mut last) = (BTreeSet::new(), i64::MAX, i64::MIN);
    index.between(&transcripts.source(), from, to, &mut |record| {
        let folder = index.name(record.cwd).map(|name| name.to_string()).unwrap_or_default();
        if accounts.here.holds(&folder, index.root_of(record.cwd).map(|root| &**root)) {
            files.insert(record.file);
            (first, last) = (first.min(record.at), last.max(record.at));
        }
    })?;
    if files.is_empty() {
        return None;
    }
    let mut span = Span { first, last, tasks: Vec::new() };
    for file in files {
        let Some(mark) = index.files().get(file as usize) else { continue };
        read(&PathBuf::from(OsStr::from_bytes(&mark.path)), from..to, &mut span);
    }
    Some(span)
}

/// Reads one transcript: the events of the day, and its task list. One that is gone changes nothing.
fn read(path: &std::path::Path, day: std::ops::Range<i64>, span: &mut Span) {
    let mut tasks: BTreeMap<String, bool> = BTreeMap::new();
    let _ = Lines::default().feed(path, 0, &mut |line| {
        let Some(at) = moment(line.bytes).filter(|at| day.contains(at)) else { return };
        (span.first, span.last) = (span.first.min(at), span.last.max(at));
        let head = line.bytes.get(..TASK_LINE.min(line.bytes.len())).unwrap_or_default();
        if line.bytes.len() <= TASK_LINE
            && contains(head, b"\"TodoWrite\"")
            && let Some(list) = todo_list(line.bytes)
        {
            tasks = list;
        }
    });
    span.tasks.extend(tasks);
}

/// Returns the moment of a line: the value of its last `timestamp` key (an earlier one may be quoted in a message).
fn moment(line: &[u8]) -> Option<i64> {
    const KEY: &[u8] = b"\"timestamp\":";
    let at = line.windows(KEY.len()).rposition(|window| window == KEY)?;
    let rest = line.get(at + KEY.len()..)?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let stamp: Timestamp = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    Some(stamp.as_millisecond())
}

fn contains(line: &[u8], words: &[u8]) -> bool {
    line.windows(words.len()).any(|window| window == words)
}

fn todo_list(line: &[u8]) -> Option<BTreeMap<String, bool>> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let blocks = value.get("message")?.get("content")?.as_array()?;
    let call = blocks.iter().rfind(|block| block.get("name").and_then(Value::as_str) == Some("TodoWrite"))?;
    Some(tasks_of(call.get("input")?.get("todos")?))
}

/// Reads a task list of the host's: `[{content, status}]`.
pub(crate) fn tasks_of(list: &Value) -> BTreeMap<String, bool> {
    let rows = list.as_array().into_iter().flatten();
    let task = |row: &Value| {
        let text = row.get("content").or_else(|| row.get("subject"))?.as_str()?.to_owned();
        Some((text, row.get("status").and_then(Value::as_str) == Some("completed")))
    };
    rows.filter_map(task).collect()
}
