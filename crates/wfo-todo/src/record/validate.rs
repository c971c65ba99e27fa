//! The rules of a TODO file: each that is broken, with its line. A file that cannot be read at all is another outcome.
//! Judges the file alone, never whether it tells the truth about the repository.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_yaml::Value;
use wfo_base::{Problem, codes, text};

use super::circles::circles;
use super::progress;
use super::require_slug;
use super::rows::{TaskRow, rows};
use crate::front::{Front, Route};
use crate::todo_file::{Kind, LAST_PHASE, TaskStatus, TodoName, ids, todo_name};
use crate::todo_yaml::{first, scalar};

/// What a file may say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules<'r> {
    /// All steps, such as `2.4`; empty: every `N.M` will do.
    pub steps: &'r [&'r str],
}

/// The words that a record's status may be.
const STATUSES: [&str; 7] = ["planning", "implementation", "qa", "integration", "release", "hotfix", "completed"];

/// Finds every broken rule, in the order of lines.
///
/// # Errors
/// `todo.unreadable` for a file that cannot be read.
pub fn validate(file: &str, bytes: &[u8], rules: Rules<'_>) -> Result<Vec<Problem>, Problem> {
    let front = match Front::read(file, bytes) {
        // it can be read, but no command could change it
        Err(problem) if problem.code == codes::TODO_EDIT_REFUSED => {
            return Ok(vec![Problem { code: codes::TODO_RULE_BROKEN, ..problem }]);
        }
        other => other?,
    };
    let mut check = Check { front: &front, file, found: Vec::new() };
    check.names();
    check.position(rules);
    check.gates();
    let tasks = rows(&front);
    check.tasks(&tasks);
    check.dependencies(&tasks);
    check.checkpoints();
    check.found.sort_by_key(|problem| problem.location.as_ref().and_then(|place| place.line));
    Ok(check.found)
}

struct Check<'f, 'a> {
    front: &'f Front<'a>,
    file: &'f str,
    found: Vec<Problem>,
}

impl<'f> Check<'f, '_> {
    fn broken(&mut self, line: usize, what: &str, hint: impl Into<String>) {
        let message = format!("`{}` line {line}: {what}", self.file);
        self.found.push(Problem::new(codes::TODO_RULE_BROKEN, message).hint(hint).at_line(self.file, line));
    }

    /// Returns the text of a key with its line.
    fn text(&self, route: &Route) -> Option<(String, usize)> {
        let value = self.front.get(route).and_then(scalar)?;
        Some((value, self.front.line(route).unwrap_or(2)))
    }

    /// Returns the text of a key that must be there.
    fn required(&mut self, route: &Route, example: &str) -> Option<(String, usize)> {
        let found = self.text(route);
        if found.is_none() {
            let line = self.front.line(route).unwrap_or(2);
            self.broken(line, &format!("`{route}` is missing"), format!("write `{example}`"));
        }
        found
    }

    /// Type, slug, stamp and title, and whether the file's name says the same.
    fn names(&mut self) {
        let name = todo_name(self.file.rsplit('/').next().unwrap_or(self.file));
        if name.is_none() {
            self.broken(
                1,
                "the file's name is not `TODO_<type>_<stamp>_<slug>.md`",
                "rename it, or make it with `wfo-helper todo new`",
            );
        }
        if let Some((word, line)) = self.required(&Route::keys(["type"]), "type: workflow-manifest")
            && word != "workflow-manifest"
        {
            self.broken(
                line,
                &format!("type `{}` is not `workflow-manifest`", shown(&word)),
                "write `type: workflow-manifest`",
            );
        }
        if let Some((word, line)) = self.required(&Route::keys(["workflow_type"]), "workflow_type: feature") {
            let kind = Kind::from_word(&word);
            if kind.is_none() {
                self.broken(
                    line,
                    &format!("workflow type `{}` is not feature, release or hotfix", shown(&word)),
                    "write one of the three",
                );
            } else if name.as_ref().is_some_and(|name| Some(name.kind) != kind) {
                self.broken(
                    line,
                    &format!("workflow type `{}` is not the one of the file's name", shown(&word)),
                    "let both say the same",
                );
            }
        }
        if let Some((slug, line)) = self.required(&Route::keys(["slug"]), "slug: login-loop") {
            if require_slug(&slug).is_err() {
                self.broken(
                    line,
                    &format!("slug `{}` cannot be part of a file name", shown(&slug)),
                    "take letters, digits, `-` and `_`",
                );
            } else if name.as_ref().is_some_and(|name| name.slug != slug) {
                self.broken(
                    line,
                    &format!("slug `{}` is not the one of the file's name", shown(&slug)),
                    "let both say the same",
                );
            }
        }
        self.required(&Route::keys(["metadata", "title"]), "title: Login loop");
        self.time(&Route::keys(["metadata", "created"]));
        self.stamp(name.as_ref());
    }

    /// The stamp, which older files call `created_at`.
    fn stamp(&mut self, name: Option<&TodoName>) {
        let older = self.front.get(&Route::keys(["created_at"])).is_some();
        let key = Route::keys([if older { "created_at" } else { "timestamp" }]);
        if let Some((stamp, line)) = self.required(&key, "timestamp: 20261121T090000Z") {
            if !is_time(&stamp) {
                self.broken(
                    line,
                    &format!("`{key}` is `{}`, which is no time", shown(&stamp)),
                    "write it like `20261121T090000Z`",
                );
            } else if key.to_string() == "timestamp"
                && name.is_some_and(|name| stamp.len() == 16 && name.stamp != stamp)
            {
                self.broken(
                    line,
                    &format!("timestamp `{stamp}` is not the one of the file's name"),
                    "let both say the same",
                );
            }
        }
    }

    /// Phase, step and status of the record.
    fn position(&mut self, rules: Rules<'_>) {
        let key = |name: &str| progress(self.front, name);
        let (phase_key, step_key, status_key, update_key) =
            (key("phase"), key("current_step"), key("status"), key("last_update"));
        let mut phase = None;
        if let Some((word, line)) = self.required(&phase_key, "phase: 1") {
            phase = word.trim_end_matches(".0").parse::<u8>().ok().filter(|phase| *phase <= LAST_PHASE);
            if phase.is_none() {
                let message =
                    format!("phase `{}` in {} line {line} is not one of 0-{LAST_PHASE}", shown(&word), self.file);
                self.found.push(
                    Problem::new(codes::TODO_PHASE_UNKNOWN, message)
                        .hint("run `wfo-helper todo reconcile --dry-run`")
                        .at_line(self.file, line),
                );
            }
        }
        if self.required(&step_key, "current_step: \"1.1\"").is_some() {
            let line = self.front.line(&step_key).unwrap_or(2);
            // as written: unquoted 6.10 is the number 6.1 to YAML
            let read = crate::todo_file::todo(self.file, self.front.page());
            let step = read.ok().and_then(|read| read.value.step).unwrap_or_default();
            let over = TaskStatus::from_word(&step).is_some_and(TaskStatus::is_over) || step == "0.0";
            let known = if rules.steps.is_empty() { is_step(&step) } else { rules.steps.contains(&step.as_str()) };
            if !known && !over {
                self.broken(
                    line,
                    &format!("step `{}` is not a step of any phase", shown(&step)),
                    "run `wfo-helper next`, which names the step",
                );
            } else if !over && phase.is_some_and(|phase| !step.starts_with(&format!("{phase}."))) {
                self.broken(
                    line,
                    &format!("step `{}` does not belong to the phase", shown(&step)),
                    "run `wfo-helper todo reconcile`",
                );
            }
        }
        if let Some((word, line)) = self.required(&status_key, "status: planning") {
            let over = TaskStatus::from_word(&word).is_some_and(TaskStatus::is_over);
            if !STATUSES.contains(&word.as_str()) && !over && phase != Some(0) {
                self.broken(
                    line,
                    &format!("status `{}` is not known", shown(&word)),
                    format!("write one of {}", STATUSES.join(", ")),
                );
            }
        }
        self.time(&update_key);
    }

    fn gates(&mut self) {
        let key = Route::keys(["quality_gates", "test_coverage"]);
        let Some(value) = self.front.get(&key).filter(|value| !value.is_null()) else { return };
        if !value.as_f64().is_some_and(|percent| (0.0..=100.0).contains(&percent)) {
            let line = self.front.line(&key).unwrap_or(2);
            self.broken(
                line,
                "`quality_gates.test_coverage` is not a number from 0 to 100",
                "write `test_coverage: 80`",
            );
        }
    }

    fn time(&mut self, route: &Route) {
        if let Some((word, line)) = self.text(route)
            && !is_time(&word)
        {
            self.broken(
                line,
                &format!("`{route}` is `{}`, which is no time", shown(&word)),
                "write it like `\"2026-11-21T09:00:00Z\"`",
            );
        }
    }

    /// Ids, descriptions, status words and times of the tasks.
    fn tasks(&mut self, tasks: &[TaskRow<'f>]) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for row in tasks {
            let Some(id) = row.id.as_deref() else {
                self.broken(row.line, "a task has no id", "give it one, such as `id: impl_001`");
                continue;
            };
            let id_shown = shown(id);
            match seen.get(id) {
                Some(first) => {
                    let what = format!("task id `{id_shown}` stands in line {first} already");
                    self.broken(row.line, &what, "give each task an id of its own");
                }
                None => {
                    seen.insert(id, row.line);
                }
            }
            if row.text(&["description", "name", "title", "task"]).is_none() {
                self.broken(row.line, &format!("task `{id_shown}` has no description"), "write `description: ...`");
            }
            match row.text(&["status"]) {
                Some(word) if TaskStatus::from_word(&word).is_none() => {
                    let what = format!("task `{id_shown}` has the status `{}`", shown(&word));
                    self.broken(row.line, &what, "write pending, in_progress, completed, blocked or cancelled");
                }
                _ => {}
            }
            for key in ["completed_at", "started_at"] {
                if let Some(word) = row.text(&[key]).filter(|word| !is_time(word)) {
                    let what = format!("`{key}` of task `{id_shown}` is `{}`, which is no time", shown(&word));
                    self.broken(row.line, &what, "write it like `\"2026-11-21T09:00:00Z\"`, or null");
                }
            }
        }
    }

    /// Tasks that wait for one that is not there, or for each other.
    fn dependencies(&mut self, tasks: &[TaskRow<'f>]) {
        let mut waits: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for row in tasks {
            let Some(id) = row.id.clone() else { continue };
            let list = row.value.as_mapping().and_then(|map| first(map, &["depends_on", "dependencies", "depends"]));
            lines.entry(id.clone()).or_insert(row.line);
            waits.entry(id).or_default().extend(list.map(ids).unwrap_or_default());
        }
        for row in tasks {
            for wanted in row.id.as_ref().and_then(|id| waits.get(id)).into_iter().flatten() {
                if !lines.contains_key(wanted) {
                    let id = shown(row.id.as_deref().unwrap_or_default());
                    let what = format!("task `{id}` waits for `{}`, which is not there", shown(wanted));
                    self.broken(row.line, &what, "correct the id, or take it out");
                }
            }
        }
        for circle in circles(&waits) {
            let line = circle.first().and_then(|id| lines.get(id)).copied().unwrap_or(2);
            let names: Vec<String> = circle.iter().take(10).map(|id| shown(id)).collect();
            let what = format!("tasks wait for each other: {}", names.join(" -> "));
            self.broken(line, &what, "take one of the dependencies out");
        }
    }

    fn checkpoints(&mut self) {
        let key = Route::keys(["context_checkpoints"]);
        let Some(value) = self.front.get(&key).filter(|value| !value.is_null()) else { return };
        let Some((at, _)) = self.front.child(&[], "context_checkpoints") else { return };
        let Some(list) = value.as_sequence() else {
            let line = self.front.line(&key).unwrap_or(2);
            return self.broken(line, "`context_checkpoints` is not a list", "write `context_checkpoints: []`");
        };
        for (index, entry) in list.iter().enumerate() {
            let word = entry.get("timestamp").and_then(scalar).unwrap_or_default();
            if !is_time(&word) {
                let line = self.front.line_at(&[at, index]);
                let what = format!("a checkpoint has the timestamp `{}`, which is no time", shown(&word));
                self.broken(line, &what, "write it like `\"2026-11-21T09:00:00Z\"`");
            } else if !entry.get("token_usage").is_none_or(Value::is_number) {
                let line = self.front.line_at(&[at, index]);
                self.broken(line, "`token_usage` of a checkpoint is not a number", "write `token_usage: 100000`");
            }
        }
    }
}

/// Says whether a text is a moment: RFC 3339, the compact form of file names, or a day.
fn is_time(word: &str) -> bool {
    let compact = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", word).is_ok();
    compact
        || word.parse::<Timestamp>().is_ok()
        || word.parse::<jiff::civil::Date>().is_ok()
        || word.parse::<jiff::civil::DateTime>().is_ok()
}

fn is_step(step: &str) -> bool {
    let part = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    step.split_once('.').is_some_and(|(phase, step)| part(phase) && part(step))
}

fn shown(word: &str) -> String {
    text::clip(&text::one_line(word), 60).into_owned()
}
