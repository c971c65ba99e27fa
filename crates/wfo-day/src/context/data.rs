//! `.claude/context.json`: the hand-over as data, and what we have to remember about the page. Keys that are not ours stay.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_todo::Handover;
use wfo_todo::page::{Metrics, key};

use super::{DATA, LIMIT, Site};

/// What the file holds.
#[derive(Debug, Default)]
pub(super) struct Data {
    map: Map<String, Value>,
    /// It is there and no object: it is left as it is.
    foreign: bool,
    bytes: Option<Vec<u8>>,
}

/// What we remember from one call to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// The day of the last write.
    pub(super) day: Option<String>,
    /// Lines of "In Progress" that we wrote.
    pub(super) rows: BTreeSet<String>,
    /// Finished tasks that carry no date, with the day on which they were seen first.
    pub(super) finished: BTreeMap<String, String>,
}

impl Data {
    /// Reads the file; what cannot be read is named and left as it is.
    pub(super) fn load(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Self {
        let bytes = match read::raw(site.root(), DATA, LIMIT) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Self::default(),
            Err(problem) => {
                notes.push(problem.warning());
                return Self { foreign: true, ..Self::default() };
            }
        };
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        match serde_json::from_slice(text) {
            Ok(Value::Object(map)) => Self { map, foreign: false, bytes: Some(bytes) },
            _ => {
                let problem = Problem::new(
                    codes::CONTEXT_DATA_INVALID,
                    format!("`{DATA}` is no JSON object; it is left as it is"),
                );
                notes.push(problem.hint(format!("move `{DATA}` away; it is made anew")).in_file(DATA).warning());
                Self { map: Map::new(), foreign: true, bytes: Some(bytes) }
            }
        }
    }

    fn list(&self, name: &str) -> Option<Vec<String>> {
        let list = self.map.get(name)?.as_array()?;
        Some(list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    }

    /// Returns what was completed at the last write, by key.
    pub(super) fn completed(&self) -> Option<BTreeSet<String>> {
        Some(self.list("completed")?.iter().map(|text| key(text)).collect())
    }

    /// Returns the day and time of the last write as it stands there.
    pub(super) fn updated(&self) -> Option<&str> {
        self.map.get("last_updated")?.as_str()
    }

    /// Returns what we remember.
    pub(super) fn memory(&self) -> Memory {
        let Some(own) = self.map.get("wfo").and_then(Value::as_object) else { return Memory::default() };
        let strings =
            |name: &str| own.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let finished = own.get("finished").and_then(Value::as_object).into_iter().flatten();
        Memory {
            day: own.get("day").and_then(Value::as_str).map(str::to_owned),
            rows: strings("rows").map(str::to_owned).collect(),
            finished: finished.filter_map(|(key, day)| Some((key.clone(), day.as_str()?.to_owned()))).collect(),
        }
    }

    /// Writes the file; one that is not ours to write is left.
    pub(super) fn save(mut self, site: &Site<'_>, now: &Now<'_>) -> Result<bool, Problem> {
        if self.foreign {
            return Ok(false);
        }
        let own: BTreeMap<&str, Value> = now.values().into_iter().collect();
        for (name, value) in now.values() {
            self.map.insert(name.to_owned(), value);
        }
        let text = self.worded(&own);
        if self.bytes.as_deref() == Some(text.as_bytes()) {
            return Ok(false);
        }
        site.put(site.root(), DATA, text.as_bytes())?;
        Ok(true)
    }

    /// Writes every key in its order: ours anew, the others as they were spelled.
    fn worded(&self, own: &BTreeMap<&str, Value>) -> String {
        let bytes = self.bytes.as_deref().unwrap_or(b"{}");
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let spelled: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).unwrap_or_default();
        let keys = self.map.iter().map(|(name, value)| {
            let theirs = spelled.get(name).filter(|_| !own.contains_key(name.as_str())).map(|raw| raw.get().to_owned());
            let text =
                theirs.unwrap_or_else(|| serde_json::to_string_pretty(value).unwrap_or_default().replace('\n', "\n  "));
            format!("  {}: {text}", Value::String(name.clone()))
        });
        format!("{{\n{}\n}}\n", keys.collect::<Vec<_>>().join(",\n"))
    }
}

/// What is true now.
pub(super) struct Now<'a> {
    pub(super) project: String,
    pub(super) branch: Option<String>,
    pub(super) updated: String,
    pub(super) minutes: Option<i64>,
    pub(super) page: &'a Handover,
    pub(super) metrics: &'a Metrics,
    pub(super) memory: &'a Memory,
}

impl Now<'_> {
    fn values(&self) -> [(&'static str, Value); 12] {
        let rows = self.page.in_progress.iter().map(|row| {
            let mut value = json!({"task": row.task, "branch": row.branch});
            if let Some(map) = value.as_object_mut() {
                map.extend(row.progress.map(|progress| ("progress".to_owned(), json!(progress))));
                map.extend(row.status.clone().map(|status| ("status".to_owned(), Value::String(status))));
                map.extend(row.blockers.clone().map(|blockers| ("blockers".to_owned(), Value::String(blockers))));
                map.extend(row.port.map(|port| ("port".to_owned(), json!(port))));
            }
            value
        });
        let rows: Vec<Value> = rows.collect();
        let priorities: Vec<&str> = self.page.priorities.iter().map(|priority| priority.text.as_str()).collect();
        let memory = json!({"day": self.memory.day, "rows": self.memory.rows, "finished": self.memory.finished});
        let mut metrics = json!({
            "commits": self.metrics.commits,
            "files_changed": self.metrics.files_changed,
            "tests_added": self.metrics.tests_added,
            "coverage": self.metrics.coverage,
        });
        if let (Some(fresh), Some(map)) = (self.metrics.coverage_fresh, metrics.as_object_mut()) {
            map.insert("coverage_fresh".to_owned(), Value::Bool(fresh));
        }
        [
            ("schema", json!("wfo.context/1")),
            ("project", json!(self.project)),
            ("branch", json!(self.branch)),
            ("last_updated", json!(self.updated)),
            ("session_minutes", json!(self.minutes)),
            ("completed", json!(self.page.completed)),
            ("in_progress", Value::Array(rows)),
            ("blockers", json!(self.page.blockers)),
            ("decisions", json!(self.page.decisions)),
            ("priorities", json!(priorities)),
            ("metrics", metrics),
            ("wfo", memory),
        ]
    }
}
