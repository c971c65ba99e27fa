//! Reads `semgrep --json`. A report that looked at no file, or names errors of level `error`, says nothing.
//! `errors: []` does not prove that every file was parsed: semgrep passes over broken sources without a word.

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Count, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Document {
    version: Option<String>,
    results: Vec<Row>,
    errors: Vec<Trouble>,
    paths: Paths,
    #[serde(default)]
    skipped_rules: Count,
}

#[derive(Deserialize)]
struct Paths {
    scanned: Count,
}

#[derive(Deserialize)]
struct Trouble {
    level: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    check_id: String,
    path: String,
    start: Place,
    extra: Extra,
}

#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    line: Scalar,
    #[serde(default)]
    col: Scalar,
}

#[derive(Deserialize)]
struct Extra {
    #[serde(default)]
    message: String,
    severity: Option<String>,
    lines: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("semgrep", text)?;
    let mild = |trouble: &&Trouble| matches!(trouble.level.as_deref(), Some("warn" | "warning" | "info"));
    let warnings = document.errors.iter().filter(mild).count();
    let errors = document.errors.len().saturating_sub(warnings);
    if errors > 0 {
        return Unreadable::err(format!(
            "semgrep reports {errors} errors of its own beside {} findings",
            document.results.len()
        ));
    }
    if document.paths.scanned.0 == 0 {
        return Unreadable::err("semgrep scanned no file");
    }
    let mut report = Report::new(Tool::Semgrep).with_version(document.version.as_deref());
    report.scanned = Some(document.paths.scanned.0);
    if warnings > 0 {
        report.notes.push(format!("semgrep warns {warnings} times that it did not understand all of a file"));
    }
    if document.skipped_rules.0 > 0 {
        report.notes.push(format!("{} rules were skipped", document.skipped_rules.0));
    }
    let mut levels = Levels::default();
    for row in &document.results {
        let severity = severity_of(row.extra.severity.as_deref());
        match severity {
            Severity::Medium | Severity::Low => levels.warnings += 1,
            Severity::Info => levels.notes += 1,
            Severity::High | Severity::Critical | Severity::Unknown => levels.errors += 1,
        }
        let lines = row.extra.lines.as_deref().filter(|lines| *lines != "requires login");
        let found = Found {
            id: &row.check_id,
            title: &row.extra.message,
            severity: Some(severity),
            file: Some(&row.path),
            line: row.start.line.whole(),
            column: row.start.col.whole(),
            value: lines.unwrap_or(&row.extra.message),
        };
        report.findings.push(found.take());
    }
    report.figures.levels = Some(levels);
    Ok(report)
}

fn severity_of(severity: Option<&str>) -> Severity {
    match severity {
        Some("CRITICAL") => Severity::Critical,
        Some("ERROR" | "HIGH") => Severity::High,
        Some("WARNING" | "MEDIUM") => Severity::Medium,
        Some("LOW") => Severity::Low,
        Some("INFO") => Severity::Info,
        _ => Severity::Unknown,
    }
}
