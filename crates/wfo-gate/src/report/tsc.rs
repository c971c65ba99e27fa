//! Reads what `tsc --noEmit` prints, plain or pretty. It prints nothing when it found nothing, so there is no clean report
//! of its own: an empty one is left to whoever saw it run.

use super::figures::Levels;
use super::taken::Found;
use super::{Report, Tool, Unreadable, json};
use crate::finding::{Finding, Severity};

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::Tsc);
    for (number, line) in text.lines().enumerate() {
        let line = wfo_base::text::one_line(line);
        match message(&line) {
            Some(finding) => report.findings.push(finding),
            None if number == 0 => return Unreadable::err(format!("not a report of tsc but {}", json::found(text))),
            // what follows an error belongs to it, or sums up
            None => {}
        }
    }
    report.figures.levels = Some(Levels { errors: report.findings.len() as u64, ..Levels::default() });
    Ok(report)
}

/// `file(line,column): error TS1: text`, `file:line:column - error TS1: text`, or `error TS1: text`.
fn message(line: &str) -> Option<Finding> {
    let (place, rest) = line.split_once("error TS")?;
    let (code, text) = rest.split_once(": ")?;
    if code.is_empty() || code.len() > 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (file, numbers) = match place.strip_suffix("): ").and_then(|place| place.rsplit_once('(')) {
        Some((file, numbers)) => (file, numbers.split_once(',')),
        None => match place.strip_suffix(" - ").and_then(|place| place.rsplit_once(':')) {
            Some((place, column)) => {
                let (file, line) = place.rsplit_once(':')?;
                (file, Some((line, column)))
            }
            None if place.is_empty() => ("", None),
            None => return None,
        },
    };
    let parsed = |of: fn((&str, &str)) -> Option<u64>| numbers.and_then(of);
    let found = Found {
        id: &format!("TS{code}"),
        title: text,
        severity: Some(Severity::High),
        file: Some(file),
        line: parsed(|(line, _)| line.parse().ok()),
        column: parsed(|(_, column)| column.parse().ok()),
        value: text,
    };
    Some(found.take())
}
