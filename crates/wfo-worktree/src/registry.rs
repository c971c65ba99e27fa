//! Reads `CONFIG/worktree-registry.json`, which other tools write too: rows with branch, folder and ports, and the pool.
//! Takes looser spellings, names what it cannot read, and never writes.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use wfo_base::{Diagnostic, Problem, codes, text::code_span};

use crate::json_raw::{Document, Object};

/// The name that problems carry.
pub const FILE: &str = "worktree-registry.json";

/// How many broken rows are named one by one.
const NAMED: usize = 5;

/// One row: a worktree with its ports, or a lease of ports without a worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Which row of the list, from 0.
    pub index: usize,
    /// `id`.
    pub id: Option<String>,
    /// Name of the project; two repositories may share it.
    pub project: Option<String>,
    /// The main checkout: what identifies the repository.
    pub repo_path: Option<PathBuf>,
    /// Branch, without `refs/heads/`.
    pub branch: Option<String>,
    /// The branch as a folder name.
    pub branch_slug: Option<String>,
    /// The worktree's folder (also read as `path`); `None` for a lease without one.
    pub worktree_path: Option<PathBuf>,
    /// Ports it holds.
    pub ports: Vec<u16>,
    /// `createdAt` as written.
    pub created_at: Option<String>,
    /// `validatedAt` as written.
    pub validated_at: Option<String>,
    /// `agentLaunchedAt` as written.
    pub agent_launched_at: Option<String>,
    /// What the worktree is for.
    pub task: Option<String>,
    /// Number of the pull request.
    pub pr_number: Option<u64>,
    /// `active`, `orphaned` or `merged` as recorded; never taken for the truth.
    pub status: Option<String>,
}

/// The range that leases come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// First port.
    pub start: u16,
    /// Last port, part of the pool.
    pub end: u16,
    /// Ports that are recorded as taken.
    pub allocated: Vec<u16>,
}

/// The registry of all repositories of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    /// Rows, in the order of the file.
    pub entries: Vec<Entry>,
    /// `portPool`; `None` when it is absent or no range.
    pub pool: Option<Pool>,
    /// Ports in `portPool.allocated`, readable even where the range is not.
    pub allocated: Vec<u16>,
    /// Whether a row or a port could not be read, so that more ports may be taken than are listed.
    pub ports_unreadable: bool,
    /// Rows and values that could not be read.
    pub notes: Vec<Diagnostic>,
}

/// Reads the registry's text.
///
/// # Errors
/// `worktree.registry-invalid` for text that is no JSON, or no object with a list `worktrees`. A single bad row is a note.
pub fn registry(text: &str) -> Result<Registry, Problem> {
    read(text).map(|(registry, _)| registry)
}

/// Reads the registry's text, and returns the parts of the text with it.
pub(crate) fn read(text: &str) -> Result<(Registry, Document<'_>), Problem> {
    let top = Document::read(text).map_err(|error| {
        let object = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let what = match (text.trim().is_empty(), error.is_data(), object) {
            (true, _, _) => "is empty".to_owned(),
            (_, true, true) => "has no list `worktrees`".to_owned(),
            (_, true, false) => "is not a JSON object".to_owned(),
            _ => format!("does not parse: {error}"),
        };
        invalid(&what).at(FILE, error.line().max(1), error.column().max(1))
    })?;
    let rows = top.rows.as_ref().ok_or_else(|| invalid("has no list `worktrees`"))?;
    let mut out = Registry::default();
    let mut bad = Vec::new();
    for (index, row) in rows.iter().map(|row| row.get()).enumerate() {
        if !row.starts_with('{') {
            bad.push(format!("row {} is not an object", index + 1));
            continue;
        }
        match serde_json::from_str::<Known>(row) {
            Ok(row) => out.entries.push(entry(index, row, &mut bad)),
            Err(error) => bad.push(format!("row {}: {error}", index + 1)),
        }
    }
    let pool = top.get("portPool").or_else(|| top.get("port_pool")).filter(|pool| *pool != "null");
    // What is no object has neither a range nor ports.
    let pool = pool.map(|pool| Object::read(pool).unwrap_or_default());
    if let Some(ports) = pool.as_ref().and_then(|pool| pool.get("allocated")).filter(|ports| *ports != "null") {
        match serde_json::from_str(ports) {
            Ok(ports) => out.allocated = list(&ports, "portPool.allocated", &mut bad),
            Err(error) => bad.push(format!("portPool.allocated: {error}")),
        }
    }
    out.ports_unreadable = !bad.is_empty();
    out.pool = pool.and_then(|pool| range(&pool, &out.allocated, &mut bad));
    out.notes = notes(&bad);
    Ok((out, top))
}

/// Makes the problem of a registry that is not touched; `what` ends the sentence that the file's name begins.
pub(crate) fn invalid(what: &str) -> Problem {
    Problem::new(codes::REGISTRY_INVALID, format!("`{FILE}` {what}, so it is neither read nor written"))
        .hint(format!("correct CONFIG/{FILE} or restore a copy of it; start afresh with {{\"worktrees\":[]}}"))
        .in_file(FILE)
}

/// Refuses a registry with rows or ports that cannot be read: nobody can say which ports are taken.
///
/// # Errors
/// `worktree.registry-row-invalid`, naming the first of them.
pub(crate) fn require_readable(registry: &Registry) -> Result<(), Problem> {
    if !registry.ports_unreadable {
        return Ok(());
    }
    let first = registry.notes.first().map_or("a row cannot be read", |note| note.problem.message.as_str());
    Err(Problem::new(codes::REGISTRY_ROW_INVALID, format!("{first}, so nobody can say which ports are taken"))
        .hint(format!("correct CONFIG/{FILE}, then run the command again"))
        .in_file(FILE))
}

fn notes(bad: &[String]) -> Vec<Diagnostic> {
    let warn = |message: String| {
        Problem::new(codes::REGISTRY_ROW_INVALID, message)
            .hint(format!("correct CONFIG/{FILE}"))
            .in_file(FILE)
            .warning()
    };
    let mut notes: Vec<Diagnostic> =
        bad.iter().take(NAMED).map(|message| warn(format!("`{FILE}`: {message}"))).collect();
    if bad.len() > NAMED {
        notes.push(warn(format!("`{FILE}`: {} more values cannot be read", bad.len() - NAMED)));
    }
    notes
}

/// The members of a row that are read.
const KEYS: [&str; 21] = [
    "id",
    "project",
    "repoPath",
    "repo_path",
    "branch",
    "branchSlug",
    "branch_slug",
    "worktreePath",
    "worktree_path",
    "path",
    "ports",
    "createdAt",
    "created_at",
    "validatedAt",
    "validated_at",
    "agentLaunchedAt",
    "agent_launched_at",
    "task",
    "prNumber",
    "pr_number",
    "status",
];

/// A row's known members; the last of a doubled key counts, as for every other reader.
struct Known(Vec<(&'static str, Value)>);

impl Known {
    /// Takes a value out.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.iter_mut().rev().find(|(known, _)| *known == name).map(|(_, value)| value.take())
    }

    /// Takes a text out: the first of these names that holds one, since a spelling without does not hide one with.
    fn text(&mut self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| match self.take(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if text.trim().len() == text.len() => Some(text),
            Value::String(text) => Some(text.trim().to_owned()),
            _ => None,
        })
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = Known;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Known, A::Error> {
                let mut known: Vec<(&'static str, Value)> = Vec::with_capacity(KEYS.len());
                while let Some(Name(name)) = map.next_key()? {
                    let Some(name) = name else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    // Two tools may take different ones, and ports that one of them took would look free.
                    if name == "ports" && known.iter().any(|(other, _)| *other == name) {
                        return Err(serde::de::Error::custom("the key `ports` stands twice"));
                    }
                    known.push((name, map.next_value()?));
                }
                Ok(Known(known))
            }
        }
        deserializer.deserialize_map(Row)
    }
}

/// A key, if it is a known one.
struct Name(Option<&'static str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;
        impl Visitor<'_> for Key {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, text: &str) -> Result<Name, E> {
                Ok(Name(KEYS.into_iter().find(|name| *name == text)))
            }
        }
        deserializer.deserialize_str(Key)
    }
}

fn entry(index: usize, mut row: Known, bad: &mut Vec<String>) -> Entry {
    let ports = row.take("ports").filter(|ports| !ports.is_null());
    let branch = row.text(&["branch"]);
    Entry {
        index,
        id: row.text(&["id"]),
        project: row.text(&["project"]),
        repo_path: row.text(&["repoPath", "repo_path"]).map(PathBuf::from),
        branch: branch.map(|branch| branch.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(branch)),
        branch_slug: row.text(&["branchSlug", "branch_slug"]),
        worktree_path: row.text(&["worktreePath", "worktree_path", "path"]).map(PathBuf::from),
        ports: ports.map(|ports| list(&ports, &format!("row {}, ports", index + 1), bad)).unwrap_or_default(),
        created_at: row.text(&["createdAt", "created_at"]),
        validated_at: row.text(&["validatedAt", "validated_at"]),
        agent_launched_at: row.text(&["agentLaunchedAt", "agent_launched_at"]),
        task: row.text(&["task"]),
        pr_number: row.take("prNumber").or_else(|| row.take("pr_number")).as_ref().and_then(number),
        status: row.text(&["status"]),
    }
}

/// Reads a list of ports; a bare port counts as a list of one.
fn list(value: &Value, place: &str, bad: &mut Vec<String>) -> Vec<u16> {
    let single = [value.clone()];
    let values = value.as_array().map_or(&single[..], Vec::as_slice);
    let (mut ports, mut seen) = (Vec::new(), BTreeSet::new());
    for value in values {
        match port(value) {
            Some(port) if seen.insert(port) => ports.push(port),
            Some(_) => {}
            None => bad.push(format!("{place}: {} is not a port", code_span(&value.to_string()))),
        }
    }
    ports
}

fn range(pool: &Object<'_>, allocated: &[u16], bad: &mut Vec<String>) -> Option<Pool> {
    let end = |name: &str| pool.get(name).and_then(|end| port(&serde_json::from_str(end).ok()?));
    match end("start").zip(end("end")) {
        Some((start, end)) if start < end => Some(Pool { start, end, allocated: allocated.to_vec() }),
        _ => {
            bad.push("portPool has no `start` below its `end`, so the usual range holds".to_owned());
            None
        }
    }
}

fn port(value: &Value) -> Option<u16> {
    number(value).and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0)
}

/// Reads a whole number, also in quotes or written as `8100.0`.
fn number(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.strip_suffix(".0").unwrap_or(&text).parse().ok()
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
