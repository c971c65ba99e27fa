//! Reads `bandit -f json`. A file that bandit could not parse is named in `errors` and was not looked at, so the report
//! says nothing then. The code that it quotes is not shown.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::{self, Count, Pairs, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Document {
    errors: Count,
    #[serde(rename = "generated_at")]
    _generated_at: String,
    metrics: Pairs<IgnoredAny>,
    results: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    test_id: String,
    #[serde(default)]
    test_name: String,
    issue_severity: Option<String>,
    #[serde(default)]
    issue_text: String,
    filename: String,
    #[serde(default)]
    line_number: Scalar,
    #[serde(default)]
    col_offset: Scalar,
    #[serde(default)]
    code: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("bandit", text)?;
    if document.errors.0 > 0 {
        let (errors, found) = (document.errors.0, document.results.len());
        return Unreadable::err(format!("bandit could not look at {errors} files, beside {found} findings in others"));
    }
    let files = document.metrics.0.iter().filter(|(name, _)| name != "_totals").count();
    if files == 0 {
        return Unreadable::err("bandit scanned no file");
    }
    let mut report = Report::new(Tool::Bandit);
    report.scanned = Some(files as u64);
    for row in &document.results {
        let severity = match row.issue_severity.as_deref() {
            Some("HIGH") => Severity::High,
            Some("MEDIUM") => Severity::Medium,
            Some("LOW") => Severity::Low,
            _ => Severity::Unknown,
        };
        // the texts of these rules quote the password
        let quotes =
            row.test_name.starts_with("hardcoded_password") || matches!(row.test_id.as_str(), "B105" | "B106" | "B107");
        let code = without_numbers(&row.code);
        let found = Found {
            id: &row.test_id,
            title: if quotes { &row.test_name } else { &row.issue_text },
            severity: Some(severity),
            file: Some(&row.filename),
            line: row.line_number.whole(),
            column: row.col_offset.whole().map(|offset| offset.saturating_add(1)),
            value: if code.is_empty() { &row.issue_text } else { &code },
        };
        report.findings.push(found.take());
    }
    Ok(report)
}

/// The code without the line numbers that bandit puts before each line.
fn without_numbers(code: &str) -> String {
    let lines = code.lines().map(|line| line.trim_start_matches(|c: char| c.is_ascii_digit()).trim());
    lines.collect::<Vec<_>>().join("\n")
}
