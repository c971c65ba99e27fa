//! Waivers: findings that somebody accepts for a time, with a reason. A row that lacks anything waives nothing and is an error.

use jiff::civil::Date;
use serde::Deserialize;
use serde_yaml::Value;
use wfo_base::text;

use crate::finding::Finding;

/// The longest time that a waiver may run, in days.
pub const LONGEST_DAYS: i64 = 90;

/// The most characters of a reason or a name.
const WORDS: usize = 500;

/// A waiver as it stands in `.wfo/waivers.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The fingerprint or the advisory's id.
    pub finding: String,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// The last day on which it counts.
    pub until: Date,
    /// Its line in the file, from 1; 0 when nobody knows.
    pub line: usize,
}

/// Why a row waives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What is wrong, one sentence.
    pub message: String,
}

/// What a file of waivers comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers {
    /// Rows that count.
    pub in_force: Vec<Waiver>,
    /// Whole rows that nobody has confirmed here; they waive nothing.
    pub unapproved: Vec<Waiver>,
    /// Rows that waive nothing.
    pub faults: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    finding: Option<Value>,
    reason: Option<Value>,
    by: Option<Value>,
    until: Option<Value>,
    #[serde(default, rename = "check")]
    _check: Option<Value>,
}

impl Waiver {
    /// Makes a waiver, or says what it lacks.
    ///
    /// # Errors
    /// One sentence: no exact finding, no reason, no name, or a date that is past, too far, or none.
    pub fn new(finding: &str, reason: &str, by: &str, until: &str, today: Date) -> Result<Self, String> {
        let clean = |words: &str| text::clip(&crate::report::redacted(words), WORDS).into_owned();
        let finding = text::one_line(finding).into_owned();
        if finding.is_empty() {
            return Err("a waiver without a finding waives nothing".to_owned());
        }
        if !is_exact(&finding) {
            return Err(format!(
                "`{}` is neither a fingerprint of 16 hex digits nor an advisory's id; a wildcard or a rule waives nothing",
                text::quoted(&crate::report::redacted(&finding))
            ));
        }
        let (reason, by) = (clean(reason), clean(by));
        if reason.is_empty() {
            return Err(format!("the waiver of `{finding}` has no reason, so it waives nothing"));
        }
        if by.is_empty() {
            return Err(format!("the waiver of `{finding}` names nobody, so it waives nothing"));
        }
        let date: Date = until.trim().parse().map_err(|_| {
            format!("the waiver of `{finding}` has no last day (`until` like 2026-12-31), so it waives nothing")
        })?;
        let left = today.until(date).map(|span| i64::from(span.get_days())).unwrap_or(i64::MAX);
        if date < today {
            return Err(format!("the waiver of `{finding}` expired on {date}"));
        }
        if left > LONGEST_DAYS {
            return Err(format!("the waiver of `{finding}` runs until {date}, more than {LONGEST_DAYS} days"));
        }
        Ok(Self { finding, reason, by, until: date, line: 0 })
    }

    /// Whether it is about this finding; an advisory's id counts only among vulnerabilities.
    #[must_use]
    pub fn covers(&self, finding: &Finding, among_vulnerabilities: bool) -> bool {
        self.finding == finding.fingerprint
            || (among_vulnerabilities && is_advisory(&self.finding) && self.finding.eq_ignore_ascii_case(&finding.id))
    }

    /// Whether it names an advisory, and no single finding by its fingerprint.
    #[must_use]
    pub fn names_advisory(&self) -> bool {
        is_advisory(&self.finding)
    }

    /// The row in one line, such as approvals and seals are bound to.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::json!([self.finding, self.reason, self.by, self.until.to_string()]).to_string()
    }

    /// The row as it is written.
    #[must_use]
    pub fn yaml(&self) -> String {
        let word = |text: &str| serde_json::Value::from(text).to_string();
        let (finding, reason, by) = (word(&self.finding), word(&self.reason), word(&self.by));
        format!("{{finding: {finding}, reason: {reason}, by: {by}, until: \"{}\"}}", self.until)
    }
}

/// Whether it names one finding: 16 hex digits, or an advisory.
#[must_use]
pub fn is_exact(finding: &str) -> bool {
    let hex = finding.len() == 16 && finding.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    hex || is_advisory(finding)
}

/// Whether it is shaped as advisories' ids are: letters, then parts with at least one digit, or npm's bare number.
fn is_advisory(id: &str) -> bool {
    let bytes = id.bytes();
    if (3..=12).contains(&id.len()) && bytes.clone().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let Some((kind, rest)) = id.split_once('-') else { return false };
    (2..=12).contains(&kind.len())
        && kind.bytes().all(|byte| byte.is_ascii_uppercase())
        && (4..=40).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b':')
        && (rest.bytes().any(|byte| byte.is_ascii_digit()) || kind == "GHSA")
}

impl Waivers {
    /// Reads the file's text: a list, or a mapping with the list below `rows` or `waivers`. `confirmed` says whether a person
    /// here has said yes to a row.
    #[must_use]
    pub fn parse(yaml: &str, today: Date, confirmed: impl Fn(&Waiver) -> bool) -> Self {
        let mut out = Self::default();
        let lines = row_lines(yaml);
        let rows = match rows_of(yaml) {
            Ok(rows) => rows,
            Err(fault) => {
                out.faults.push(fault);
                return out;
            }
        };
        for (index, value) in rows.into_iter().enumerate() {
            let line = lines.get(index).copied().unwrap_or(1);
            match waiver_of(value, today) {
                Err(message) => out.faults.push(Fault { line, message }),
                Ok(waiver) => {
                    let waiver = Waiver { line, ..waiver };
                    let list = if confirmed(&waiver) { &mut out.in_force } else { &mut out.unapproved };
                    list.push(waiver);
                }
            }
        }
        out
    }

    /// The waiver of a finding.
    #[must_use]
    pub fn of(&self, finding: &Finding, among_vulnerabilities: bool) -> Option<&Waiver> {
        self.in_force.iter().find(|waiver| waiver.covers(finding, among_vulnerabilities))
    }
}

fn rows_of(yaml: &str) -> Result<Vec<Value>, Fault> {
    let fault = |message: String, line| Fault { line, message };
    let whole: Value = wfo_base::yaml::parse(yaml).map_err(|error| {
        let line = error.place.map_or(1, |place| place.0);
        fault(
            format!(
                "not readable as YAML, so nothing in it waives anything: {}",
                crate::report::redacted(&error.message)
            ),
            line,
        )
    })?;
    let list = match whole {
        Value::Mapping(map) => map.get("rows").or_else(|| map.get("waivers")).cloned().unwrap_or(Value::Bool(false)),
        other => other,
    };
    match list {
        Value::Sequence(rows) => Ok(rows),
        Value::Null => Ok(Vec::new()),
        _ => Err(fault("waivers are a list below `rows:`".to_owned(), 1)),
    }
}

fn waiver_of(value: Value, today: Date) -> Result<Waiver, String> {
    let row: Row = serde_yaml::from_value(value).map_err(|error| {
        format!("a waiver cannot be read: {}", text::quoted(&crate::report::redacted(&error.to_string())))
    })?;
    let word = |value: Option<Value>| match value {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    Waiver::new(&word(row.finding), &word(row.reason), &word(row.by), &word(row.until), today)
}

/// The line (from 1) of each item of the outermost list.
fn row_lines(yaml: &str) -> Vec<usize> {
    let mut indent = None;
    let items = yaml.lines().enumerate().filter_map(|(index, line)| {
        let bare = line.trim_start();
        (bare == "-" || bare.starts_with("- ")).then_some((index + 1, line.len() - bare.len()))
    });
    items.filter(|(_, blanks)| *indent.get_or_insert(*blanks) == *blanks).map(|(line, _)| line).collect()
}

#[cfg(test)]
#[path = "waivers_tests.rs"]
mod tests;
