//! The context watch of a session: how full it is by the last usage line of its transcript, what is told once for each crossing,
//! and what a session needs to know when its memory was emptied. Reads the end of a file, never all of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wfo_base::home::Home;
use wfo_base::{Clock, Problem, atomic, codes, read, text};
use wfo_todo::phase::{ContextLevel, level_of};
use wfo_todo::{TaskStatus, TodoTask, Workflow};

use super::choose::choose;
use super::files::workflow;
use super::save::{Save, checkpoint};
use super::window::window_of;
use super::{Here, Site};
use crate::tables;

/// How much of a transcript's end is read: first, and where that holds no usage line.
const TAIL: [u64; 2] = [64 << 10, 2 << 20];
/// Where it is noted which limit a session has crossed.
const TOLD: &str = "state/context-watch.json";
/// The most sessions that are remembered, and for how many days.
const SESSIONS: usize = 200;
const DAYS: i64 = 7;
/// The most tasks that are named to a session.
const NAMED: usize = 5;

/// A limit that was crossed since the last call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Which one.
    pub level: ContextLevel,
    /// Tokens in use.
    pub tokens: u64,
    /// The TODO file that the state was saved to.
    pub saved: Option<String>,
    /// Why it was not saved, where it should have been.
    pub not_saved: Option<Problem>,
}

/// A session that is watched.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Its id.
    pub session: &'a str,
    /// Its transcript.
    pub transcript: &'a Path,
    /// The size of its window, where the hook was told.
    pub window: Option<u64>,
}

/// Says whether a session has crossed a limit that `listener` (the person, the model) was not told of, and saves the state once at
/// the higher one.
#[must_use]
pub fn crossing(site: &Site<'_>, watched: &Watched<'_>, listener: &str) -> Option<Crossing> {
    let Watched { session, transcript, window } = *watched;
    let tokens = in_use(site.home, transcript)?;
    let rows = site.rows(&tables::LIMITS, &mut Vec::new());
    let level = level_of(&rows, tokens, window_of(site.home, session, window));
    if !note(site.home, &format!("{session} {listener}"), level) {
        return None;
    }
    let save = note(site.home, &format!("{session} saved"), level);
    let mut crossed = Crossing { level, tokens, saved: None, not_saved: None };
    if level == ContextLevel::Checkpoint {
        let saved =
            if save { saved(site, tokens, "saved by the context watch") } else { choose(site, None, &mut Vec::new()) };
        match saved {
            Ok(file) => crossed.saved = Some(file),
            Err(problem) if problem.code == codes::TODO_UNKNOWN => {}
            Err(problem) => crossed.not_saved = Some(problem),
        }
    }
    Some(crossed)
}

/// Saves the state because the host is about to compact the context; returns the file it is in.
///
/// # Errors
/// As [`checkpoint`].
pub fn save_before_compaction(site: &Site<'_>, transcript: Option<&Path>) -> Result<String, Problem> {
    let tokens = transcript.and_then(|transcript| in_use(site.home, transcript)).unwrap_or(0);
    saved(site, tokens, "saved before the context was compacted")
}

fn saved(site: &Site<'_>, tokens: u64, notes: &str) -> Result<String, Problem> {
    let save = Save { tokens, notes, always: true, ..Save::default() };
    let checked = checkpoint(site, None, &save, &mut Vec::new())?;
    Ok(checked.file.unwrap_or_default())
}

/// What a session needs to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the TODO records.
    pub workflow: Workflow,
    /// Skills that serve its phase.
    pub skills: Vec<String>,
    /// Tasks in work, then those that come next.
    pub current: Vec<TodoTask>,
    /// What waits and is free to begin.
    pub next: Vec<TodoTask>,
}

/// Reads what a session with an emptied memory needs; `None` where no TODO belongs to its place.
#[must_use]
pub fn restored(site: &Site<'_>) -> Option<Restored> {
    let file = choose(site, None, &mut Vec::new()).ok()?;
    let workflow = workflow(site.root(), &file, &mut Vec::new()).ok()?;
    let here = Here::look(site, std::slice::from_ref(&workflow), &mut Vec::new());
    let over = |id: &String| workflow.tasks.iter().any(|task| task.id.as_ref() == Some(id) && task.status.is_over());
    let pick = |keep: &dyn Fn(&TodoTask) -> bool| {
        workflow.tasks.iter().filter(|task| keep(task)).take(NAMED).cloned().collect::<Vec<_>>()
    };
    let current = pick(&|task| task.status == TaskStatus::InProgress);
    let next = pick(&|task| task.status == TaskStatus::Pending && task.depends_on.iter().all(over));
    Some(Restored { skills: here.skills, current, next, workflow })
}

/// Returns the tokens in use by the last usage line of the session itself; `None` where it was compacted since.
fn in_use(home: &Home, transcript: &Path) -> Option<u64> {
    let is_ours = transcript.is_absolute()
        && transcript.extension().is_some_and(|end| end == "jsonl")
        && !transcript.components().any(|part| part == std::path::Component::ParentDir)
        && home.transcripts().iter().any(|folder| transcript.starts_with(folder))
        && transcript.symlink_metadata().is_ok_and(|meta| meta.is_file());
    if !is_ours {
        return None;
    }
    TAIL.into_iter().find_map(|limit| match last_usage(&read::tail(transcript, limit)?) {
        Found::Usage(tokens) => Some(Some(tokens)),
        Found::Compacted => Some(None),
        Found::Nothing => None,
    })?
}

/// What the end of a transcript holds.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Usage(u64),
    Compacted,
    Nothing,
}

fn last_usage(bytes: &[u8]) -> Found {
    for line in bytes.rsplit(|byte| *byte == b'\n') {
        let has = |word: &str| memchr::memmem::find(line, word.as_bytes()).is_some();
        let (usage, compacted) = (has("\"usage\""), has("\"compact_boundary\""));
        if !usage && !compacted {
            continue;
        }
        // The first line of a tail is mostly half a line, and no JSON.
        let Ok(row) = serde_json::from_slice::<Value>(line) else { continue };
        if row.get("isSidechain").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        if row.get("subtype").and_then(Value::as_str) == Some("compact_boundary") {
            return Found::Compacted;
        }
        let Some(usage) = row.get("message").and_then(|message| message.get("usage")) else { continue };
        let count = |key: &str| usage.get(key).and_then(Value::as_u64).unwrap_or(0);
        let keys = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"];
        let tokens = keys.into_iter().map(count).fold(0, u64::saturating_add);
        // A message that the host made up says nothing.
        if tokens > 0 {
            return Found::Usage(tokens);
        }
    }
    Found::Nothing
}

/// What one session was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    /// When, in seconds.
    at: i64,
    /// Up to which level: 0, 1 or 2.
    level: u8,
}

fn rank(level: ContextLevel) -> u8 {
    match level {
        ContextLevel::Ok => 0,
        ContextLevel::Warn => 1,
        ContextLevel::Checkpoint => 2,
    }
}

/// Notes the level of a session; true when it rose. A context that was emptied crosses its limits anew.
fn note(home: &Home, session: &str, level: ContextLevel) -> bool {
    let key: String = wfo_base::trust::digest(session).chars().take(16).collect();
    let known = |all: &BTreeMap<String, Row>| all.get(&key).map_or(0, |row| row.level);
    let path = home.wfo(TOLD);
    let load = || -> BTreeMap<String, Row> {
        let bytes = read::own_bytes(&path, read::PAGE_LIMIT).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    };
    // Mostly nothing changed, and then nothing is locked or written.
    if known(&load()) == rank(level) {
        return false;
    }
    let Some(folder) = path.parent() else { return false };
    let noted = atomic::make_folder(folder, true).and_then(|()| {
        atomic::locked_within(&path, Duration::from_millis(200), || {
            let mut all = load();
            let (before, now) = (known(&all), Clock::real().as_second());
            all.insert(key.clone(), Row { at: now, level: rank(level) });
            all.retain(|_, row| row.at >= now.saturating_sub(DAYS * 86_400) && row.at <= now);
            while all.len() > SESSIONS {
                let oldest = all.iter().min_by_key(|(_, row)| row.at).map(|(key, _)| key.clone());
                oldest.and_then(|oldest| all.remove(&oldest));
            }
            atomic::write_cache(&path, &serde_json::to_vec(&all).unwrap_or_default())?;
            Ok(rank(level) > before)
        })
    });
    noted.unwrap_or(false)
}

/// Words one task on a line.
#[must_use]
pub fn task_line(task: &TodoTask) -> String {
    let id = task.id.as_deref().filter(|id| *id != task.description).map(text::quoted);
    let words = text::quoted(&task.description);
    id.map_or_else(|| words.clone(), |id| format!("{id}: {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_usage_line_of_the_session_itself_counts() {
        let usage = |counts: [u64; 4]| {
            let [input, written, read, output] = counts;
            let usage = serde_json::json!({
                "input_tokens": input, "cache_creation_input_tokens": written,
                "cache_read_input_tokens": read, "output_tokens": output,
            });
            serde_json::json!({"type": "assistant", "message": {"usage": usage}}).to_string()
        };
        let own = &*usage([3, 10, 100, 1_000]);
        let side = r#"{"isSidechain":true,"message":{"usage":{"input_tokens":7}}}"#;
        let made_up = r#"{"message":{"usage":{"input_tokens":0,"output_tokens":0}}}"#;
        let boundary = r#"{"type":"system","subtype":"compact_boundary"}"#;
        let quoted = r#"{"type":"user","message":{"content":"\"compact_boundary\" and \"usage\""}}"#;
        for (lines, expected) in [
            (vec![own], Found::Usage(1_113)),
            (vec![own, side], Found::Usage(1_113)),
            (vec![own, made_up, quoted, ""], Found::Usage(1_113)),
            (vec![own, boundary], Found::Compacted),
            (vec![boundary, own], Found::Usage(1_113)),
            (vec![&own[20..]], Found::Nothing),
            (vec!["{\"usage\":[[[[", "\u{0}"], Found::Nothing),
            (vec![], Found::Nothing),
        ] {
            assert_eq!(last_usage(lines.join("\n").as_bytes()), expected, "{lines:?}");
        }
    }
}
