//! How much ceremony a change needs: rows of `reference/data/paths.yaml` on its files, lines and tasks.
//! The rules are stated; what is not known makes no change tiny.

use serde::Deserialize;
use wfo_base::tables::Row;
use wfo_base::text::{clip, one_line};

use super::patterns::{is_pattern, names};
use super::phrases::{is_phrase, says};
use crate::words::counted;

/// How much ceremony a change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    /// A small fix: straight to code, tests and pull request.
    Tiny,
    /// Every step.
    Normal,
    /// Every step, and a second look.
    Risky,
}

/// What a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Files that change.
    Files,
    /// Lines added and removed.
    Lines,
    /// Tasks of the plan.
    Tasks,
    /// Files that the patterns name, and tasks that say one of the phrases.
    Touches,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRow {
    /// Its name.
    pub id: String,
    /// The path it speaks for: tiny or risky.
    pub path: Path,
    /// What it counts.
    pub measure: Measure,
    /// Tiny up to it, risky from it on.
    pub limit: u64,
    /// What it means, a few words.
    pub reason: String,
    /// Files that count.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// Tasks of the plan that count: those that say it in whole words, and do not deny it.
    #[serde(default)]
    pub phrases: Vec<String>,
}

impl Row for PathRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let id = &self.id;
        if self.path == Path::Normal {
            return Err(format!("`{id}` speaks for normal, which is what is neither tiny nor risky"));
        }
        if self.reason.trim().is_empty() || self.reason.len() > 100 || self.reason.chars().any(char::is_control) {
            return Err(format!("`reason` of `{id}` is not one line of 1 to 100 characters"));
        }
        if (self.measure == Measure::Touches) == self.patterns.is_empty() {
            return Err(format!("`{id}` needs `patterns` with `touches`, and only with it"));
        }
        if let Some(pattern) = self.patterns.iter().find(|pattern| !is_pattern(pattern)) {
            return Err(format!("`{pattern}` in `{id}` is not a file's name with `*` or a folder's name with `/`"));
        }
        if self.measure != Measure::Touches && !self.phrases.is_empty() {
            return Err(format!("`{id}` may have `phrases` only with `touches`"));
        }
        if let Some(phrase) = self.phrases.iter().find(|phrase| !is_phrase(phrase)) {
            return Err(format!("`{phrase}` in `{id}` is not a phrase of 1 to 5 words"));
        }
        if self.path == Path::Risky && self.limit == 0 {
            return Err(format!("`{id}` would call everything risky"));
        }
        Ok(())
    }
}

impl PathRow {
    /// Whether a repository's row counts: it is new, or no wider.
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        let Some(old) = old else { return true };
        let same = old.path == new.path && old.measure == new.measure && new.limit <= old.limit;
        let holds = |new: &[String], old: &[String]| old.iter().all(|one| new.contains(one));
        same && holds(&new.patterns, &old.patterns) && holds(&new.phrases, &old.phrases)
    }
}

/// A file that changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its path in the repository.
    pub path: String,
    /// Lines added and removed; none for a binary file, or where nobody has counted.
    pub lines: Option<u64>,
}

/// What is known about the extent of a change; none = not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Files that differ from the base, documents of the workflow left out.
    pub changes: Option<Vec<Change>>,
    /// Files that the plan names.
    pub planned: Vec<String>,
    /// Tasks of plan.md; none where there is no plan.
    pub tasks: Option<u64>,
    /// What these tasks say.
    pub said: Vec<String>,
}

/// The path, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// How much ceremony.
    pub path: Path,
    /// The rules that decided, one line each.
    pub reasons: Vec<String>,
    /// Migrations or schema files are in the plan or the diff: the rule `schema` holds.
    pub touches_schema: bool,
}

/// The id of the rule that puts the schema step in.
const SCHEMA: &str = "schema";

/// Chooses the path by the rules.
#[must_use]
pub fn path(rows: &[PathRow], scope: &Scope) -> Chosen {
    let found: Vec<(&PathRow, Option<Count>)> = rows.iter().map(|row| (row, count(row, scope))).collect();
    let risky = found.iter().filter(|(row, count)| {
        row.path == Path::Risky && count.as_ref().is_some_and(|count| count.number >= row.limit)
    });
    let risky: Vec<&(&PathRow, Option<Count>)> = risky.collect();
    let touches_schema = risky.iter().any(|(row, _)| row.id == SCHEMA);
    let say = |(row, count): &(&PathRow, Option<Count>)| {
        let shown = count.as_ref().map(Count::shown).unwrap_or_default();
        format!("{}: {shown}", row.reason)
    };
    if !risky.is_empty() {
        return Chosen { path: Path::Risky, reasons: risky.into_iter().map(say).collect(), touches_schema };
    }
    let tiny: Vec<_> = found.iter().filter(|(row, _)| row.path == Path::Tiny).collect();
    // The tasks of a plan need not be known: a tiny change has none.
    let in_the_way = |(row, count): &&&(&PathRow, Option<Count>)| match count {
        Some(count) => count.number > row.limit,
        None => row.measure != Measure::Tasks,
    };
    let changes = scope.changes.as_ref().is_some_and(|changes| !changes.is_empty()) || !scope.planned.is_empty();
    let against: Vec<String> = tiny
        .iter()
        .filter(in_the_way)
        .map(|(row, count)| {
            count.as_ref().map_or_else(
                || format!("not known: {}", row.reason),
                |count| format!("not {}: {}", row.reason, count.shown()),
            )
        })
        .collect();
    match (changes, tiny.is_empty(), against.is_empty()) {
        (true, false, true) => {
            Chosen { path: Path::Tiny, reasons: tiny.into_iter().map(say).collect(), touches_schema }
        }
        (true, _, _) => Chosen { path: Path::Normal, reasons: against, touches_schema },
        (false, ..) => {
            Chosen { path: Path::Normal, reasons: vec!["nothing has changed yet".to_owned()], touches_schema }
        }
    }
}

/// What a rule counted.
struct Count {
    number: u64,
    what: &'static str,
    example: Option<String>,
}

impl Count {
    fn shown(&self) -> String {
        match &self.example {
            Some(example) => {
                format!("{}, such as {}", counted(self.number, self.what), wfo_base::text::code_span(example))
            }
            None => counted(self.number, self.what),
        }
    }
}

fn count(row: &PathRow, scope: &Scope) -> Option<Count> {
    let plain = |number: u64, what| Count { number, what, example: None };
    match row.measure {
        Measure::Tasks => scope.tasks.map(|tasks| plain(tasks, "task")),
        Measure::Files => {
            let changed = scope.changes.as_ref().map_or(0, Vec::len);
            let known = scope.changes.is_some() || !scope.planned.is_empty();
            known.then(|| plain(changed.max(scope.planned.len()) as u64, "file"))
        }
        // One file whose lines nobody knows makes the sum a lower bound: enough for risky, not for tiny.
        Measure::Lines => {
            let changes = scope.changes.as_ref()?;
            let sum = changes.iter().filter_map(|change| change.lines).fold(0, u64::saturating_add);
            let whole = changes.iter().all(|change| change.lines.is_some());
            (whole || row.path == Path::Risky).then(|| plain(sum, "line"))
        }
        Measure::Touches => {
            let changed = scope.changes.iter().flatten().map(|change| change.path.as_str());
            let files = changed.chain(scope.planned.iter().map(String::as_str));
            let files = files.filter(|path| row.patterns.iter().any(|pattern| names(pattern, path)));
            let files: Vec<&str> = files.collect();
            let tasks = scope.said.iter().filter(|text| row.phrases.iter().any(|phrase| says(phrase, text)));
            let tasks: Vec<&str> = tasks.map(String::as_str).collect();
            let what = if files.is_empty() && !tasks.is_empty() { "task" } else { "file" };
            let first = files.iter().chain(&tasks).next();
            let first = first.map(|text| clip(&one_line(text), 120).into_owned());
            let number = if files.is_empty() { tasks.len() } else { files.len() } as u64;
            Some(Count { number, what, example: first })
        }
    }
}

#[cfg(test)]
mod tests;
