//! Reads what mypy prints: `file:line: error: text  [code]` with its summary, or the lines of `--output json`. A report
//! without an error is clean only with the words `Success: no issues found in N source files` as its last line.

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::{Finding, Severity};

#[derive(Deserialize)]
struct Row {
    file: String,
    #[serde(default)]
    line: Scalar,
    #[serde(default)]
    column: Scalar,
    message: String,
    code: Option<String>,
    severity: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::Mypy);
    let mut levels = Levels::default();
    let mut strange = 0_u64;
    let last = text.trim_end().lines().next_back().unwrap_or_default();
    let success = checked(last, "Success: no issues found in ")
        .filter(|_| last.ends_with(" source file") || last.ends_with(" source files"));
    let found = checked(last, "Found ");
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let finding = if line.starts_with('{') { of_json(line)? } else { of_text(line) };
        match finding {
            Some(finding) if finding.severity == Severity::Info => levels.notes += 1,
            Some(finding) => {
                levels.errors += 1;
                report.findings.push(finding);
            }
            // `--pretty` puts the source below a message
            None if line.starts_with(' ') || std::ptr::eq(line, last) => {}
            None => strange += 1,
        }
    }
    match (success, found, levels.errors) {
        // what was cut off may have been the plural
        (Some(files), ..) if (files == 1) == last.ends_with('s') => {
            return Unreadable::err("mypy's last line is cut off");
        }
        (Some(0), ..) => return Unreadable::err("mypy checked no file"),
        (Some(files), _, 0) if strange == 0 => report.scanned = Some(files),
        (None, Some(count), errors) if count == errors && errors > 0 => report.scanned = files_checked(last),
        (None, None, errors) if errors > 0 && strange == 0 => {}
        (None, None, 0) => return Unreadable::err(format!("not a report of mypy but {}", json::found(text))),
        _ => return Unreadable::err("mypy's messages and its last line do not agree"),
    }
    report.figures.levels = Some(levels);
    Ok(report)
}

/// The number that follows these words.
fn checked(line: &str, words: &str) -> Option<u64> {
    line.strip_prefix(words)?.split(' ').next()?.parse().ok()
}

/// N of `Found 1 error in 1 file (checked N source files)`.
fn files_checked(line: &str) -> Option<u64> {
    checked(line.split_once("(checked ")?.1, "")
}

fn of_json(line: &str) -> Result<Option<Finding>, Unreadable> {
    let row: Row = json::object("mypy", line)?;
    let (at, column) = (row.line.whole(), row.column.whole());
    Ok(Some(take(&row.file, at, column, &row.severity, &row.message, row.code.as_deref())))
}

/// `file:line: severity: text  [code]`, with a column and the end's line and column at times, or no line.
fn of_text(line: &str) -> Option<Finding> {
    let (severity, at) = ["error", "warning", "note"]
        .iter()
        .filter_map(|severity| Some((*severity, line.find(&format!(": {severity}: "))?)))
        .min_by_key(|(_, at)| *at)?;
    let (place, rest) = line.split_at_checked(at)?;
    let message = rest.get(severity.len() + 4..)?;
    let (message, code) = match message.strip_suffix(']').and_then(|message| message.rsplit_once("  [")) {
        Some((message, code)) => (message, Some(code)),
        None => (message, None),
    };
    let mut numbers = Vec::new();
    let mut file = place;
    while let Some((before, number)) = file.rsplit_once(':')
        && let Ok(number) = number.parse::<u64>()
        && numbers.len() < 4
    {
        numbers.insert(0, number);
        file = before;
    }
    Some(take(file, numbers.first().copied(), numbers.get(1).copied(), severity, message, code))
}

fn take(file: &str, line: Option<u64>, column: Option<u64>, level: &str, message: &str, code: Option<&str>) -> Finding {
    let severity = match level {
        "error" => Severity::High,
        "warning" => Severity::Medium,
        "note" => Severity::Info,
        _ => Severity::Unknown,
    };
    let id = code.unwrap_or("mypy");
    Found { id, title: message, severity: Some(severity), file: Some(file), line, column, value: message }.take()
}
