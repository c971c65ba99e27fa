//! Reads what type-coverage prints: its `--json-output`, or the line `(2015 / 2027) 99.40%`. Counts are compared, the
//! percentage is not read.

use serde::Deserialize;

use super::figures::some_ratio;
use super::json;
use super::{Report, Tool, Unreadable};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    succeeded: bool,
    correct_count: Option<u64>,
    total_count: Option<u64>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let (correct, total) = if text.trim_start().starts_with('{') { of_json(text)? } else { of_text(text)? };
    let mut report = Report::new(Tool::TypeCoverage);
    report.scanned = Some(total);
    report.figures.types = Some(some_ratio("identifiers", correct, total)?);
    Ok(report)
}

fn of_json(text: &str) -> Result<(u64, u64), Unreadable> {
    let document: Document = json::object("type-coverage", text)?;
    match (document.correct_count, document.total_count) {
        (Some(correct), Some(total)) => Ok((correct, total)),
        _ if !document.succeeded => Unreadable::err("type-coverage says that it did not succeed"),
        _ => Unreadable::err("a type-coverage report without its counts"),
    }
}

fn of_text(text: &str) -> Result<(u64, u64), Unreadable> {
    let mut counts = None;
    let last = text.trim_end().lines().next_back().unwrap_or_default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let told = line.starts_with("type-coverage ") || line.starts_with("The type coverage rate");
        match of_line(line) {
            Some(_) if counts.is_some() => return Unreadable::err("more than one line of counts"),
            Some(found) => counts = Some(found),
            None if told || is_detail(line) => {}
            None => return Unreadable::err(format!("not a report of type-coverage but {}", json::found(text))),
        }
    }
    if last != "type-coverage success." && !(last.starts_with("The type coverage rate") && last.ends_with('.')) {
        return Unreadable::err(format!("not a whole report of type-coverage but {}", json::found(text)));
    }
    counts.ok_or_else(|| Unreadable::new("a type-coverage report without its counts"))
}

/// `(correct / total) percent%`; a line without its end is cut off.
fn of_line(line: &str) -> Option<(u64, u64)> {
    let (counts, percent) = line.trim().strip_prefix('(')?.split_once(") ")?;
    let (correct, total) = counts.split_once(" / ")?;
    percent.ends_with('%').then_some((correct.parse().ok()?, total.parse().ok()?))
}

/// `file:line:column: name`, which `--detail` adds.
fn is_detail(line: &str) -> bool {
    let mut parts = line.splitn(4, ':').skip(1).take(2);
    parts.clone().count() == 2 && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
