//! Reads `cargo clippy --message-format=json`: one message a line, `build-finished` as the last one of cargo's. Without it
//! the build was cut off; without a crate that was looked at, nothing was checked. Renderings and quoted code are not shown.

use std::collections::HashSet;

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::{Finding, Severity};

#[derive(Deserialize)]
struct Line {
    reason: String,
    success: Option<bool>,
    package_id: Option<String>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    #[serde(default)]
    is_primary: bool,
    #[serde(default)]
    line_start: Scalar,
    #[serde(default)]
    column_start: Scalar,
    #[serde(default)]
    text: Vec<SpanText>,
}

#[derive(Deserialize)]
struct SpanText {
    #[serde(default)]
    text: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::Clippy);
    let mut levels = Levels::default();
    let mut crates = HashSet::new();
    let mut prints = HashSet::new();
    let mut finished = None;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = json::object("clippy", line)
            .map_err(|error| Unreadable::new(format!("line {} is no message of cargo: {error}", number + 1)))?;
        match line.reason.as_str() {
            "build-finished" => finished = line.success,
            "compiler-artifact" => crates.extend(line.package_id),
            "compiler-message" => {
                crates.extend(line.package_id);
                if let Some(finding) = line.message.and_then(|message| take(&message)) {
                    // a crate's library and its tests are checked one after the other
                    if prints.insert((finding.fingerprint.clone(), finding.line, finding.column)) {
                        count(&mut levels, finding.severity);
                        report.findings.push(finding);
                    }
                }
            }
            _ => {}
        }
    }
    match finished {
        None => return Unreadable::err("cut off: cargo does not say that the build finished"),
        Some(false) if levels.errors == 0 => {
            return Unreadable::err("the build failed without an error of the compiler");
        }
        Some(_) if crates.is_empty() => return Unreadable::err("clippy looked at no crate"),
        Some(_) => {}
    }
    report.scanned = Some(crates.len() as u64);
    report.figures.levels = Some(levels);
    Ok(report)
}

fn count(levels: &mut Levels, severity: Severity) {
    match severity {
        Severity::Medium => levels.warnings += 1,
        Severity::Info => levels.notes += 1,
        _ => levels.errors += 1,
    }
}

fn take(message: &Message) -> Option<Finding> {
    let severity = match message.level.as_str() {
        "error" | "error: internal compiler error" => Severity::High,
        "warning" => Severity::Medium,
        "note" | "help" | "failure-note" => Severity::Info,
        _ => Severity::Unknown,
    };
    let span = message.spans.iter().find(|span| span.is_primary).or(message.spans.first());
    // "3 warnings emitted" and its like sum up what was told before
    let sums_up = span.is_none() && message.code.is_none() && message.message.contains("emitted");
    if severity == Severity::Info || (sums_up && severity == Severity::Medium) {
        return None;
    }
    let code = span.map(|span| span.text.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join("\n"));
    let found = Found {
        id: message.code.as_ref().map_or("rustc", |code| code.code.as_str()),
        title: &message.message,
        severity: Some(severity),
        file: span.map(|span| span.file_name.as_str()),
        line: span.and_then(|span| span.line_start.whole()),
        column: span.and_then(|span| span.column_start.whole()),
        value: code.as_deref().filter(|code| !code.is_empty()).unwrap_or(&message.message),
    };
    Some(found.take())
}
