//! When the day's work in a repository began and ended, by the transcripts, and what their task lists call finished.
//! Reads; the index may be brought up to date under CONFIG.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};
use wfo_base::Diagnostic;
use wfo_base::lines::Lines;

use super::accounts::Accounts;
use super::board::Board;
use super::transcripts::{Look, look};

/// The day's work as transcripts tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first event, in milliseconds since the Unix epoch.
    pub(crate) first: i64,
    /// The last one.
    pub(crate) last: i64,
    /// Tasks of the host's lists with whether they are finished, as each list stood last.
    pub(crate) tasks: Vec<(String, bool)>,
    /// The sessions that worked here.
    pub(crate) sessions: BTreeSet<String>,
    /// When the day began, in milliseconds since the Unix epoch.
    pub(crate) day: i64,
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
    let mut span = Span { first, last, day: from, ..Span::default() };
    let mut boards: BTreeMap<String, Board> = BTreeMap::new();
    for file in files {
        let Some(mark) = index.files().get(file as usize) else { continue };
        let path = PathBuf::from(OsStr::from_bytes(&mark.path));
        read(&path, &(from..to), &mut span, boards.entry(session(&path)).or_default());
    }
    span.sessions = boards.keys().filter(|name| !name.is_empty()).cloned().collect();
    span.tasks = boards.into_values().flat_map(Board::tasks).collect();
    Some(span)
}

/// Reads one transcript: the events of the day, and what the task tools say. One that is gone changes nothing.
fn read(path: &Path, day: &Range<i64>, span: &mut Span, board: &mut Board) {
    let _ = Lines::default().feed(path, 0, &mut |line| {
        let asks = board.asks_for(line.bytes);
        let today = moment(line.bytes).filter(|at| day.contains(at));
        if let Some(at) = today {
            (span.first, span.last) = (span.first.min(at), span.last.max(at));
        }
        if asks {
            board.read(line.bytes, today.is_some());
        }
    });
}

/// Returns the session of a transcript: the file's name, and of a sub-agent's the folder's above `subagents`.
fn session(path: &Path) -> String {
    let folder = path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == "subagents"));
    let name = folder.map_or_else(|| path.file_stem(), |folder| folder.parent().and_then(Path::file_name));
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
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
