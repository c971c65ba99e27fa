//! Reads betterleaks' JSON report of schema 1. It counts only when the scan's state is `complete` and bytes were scanned.
//! Matches are not taken over; the value's own fingerprint tells findings apart.

use serde::Deserialize;

use super::json::{self, Scalar};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Document {
    schema_version: String,
    findings: Vec<Row>,
    scan: Scan,
}

#[derive(Deserialize)]
struct Scan {
    state: String,
    betterleaks_version: Option<String>,
    bytes_scanned: u64,
    num_findings: u64,
}

#[derive(Deserialize)]
struct Row {
    rule_id: String,
    confidence: Option<String>,
    #[serde(rename = "match")]
    matched: Match,
    location: Place,
}

#[derive(Deserialize)]
struct Match {
    #[serde(default)]
    fingerprint: String,
}

#[derive(Deserialize)]
struct Place {
    path: Option<String>,
    #[serde(default)]
    start_line: Scalar,
    #[serde(default)]
    start_column: Scalar,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("betterleaks", text)?;
    let scan = &document.scan;
    if document.schema_version != "1" {
        let schema = taken::word(&document.schema_version);
        return Unreadable::err(format!("a betterleaks report of schema {schema}, where 1 is known"));
    }
    if scan.state != "complete" {
        return Unreadable::err(format!("the betterleaks scan is `{}`, not complete", taken::word(&scan.state)));
    }
    if scan.num_findings != document.findings.len() as u64 {
        let listed = document.findings.len();
        return Unreadable::err(format!("betterleaks counts {} findings and lists {listed}", scan.num_findings));
    }
    if scan.bytes_scanned == 0 {
        return Unreadable::err("betterleaks scanned 0 bytes");
    }
    let mut report = Report::new(Tool::Betterleaks).with_version(scan.betterleaks_version.as_deref());
    for row in &document.findings {
        let severity = match row.confidence.as_deref() {
            Some("high") => Severity::High,
            Some("medium") => Severity::Medium,
            Some("low") => Severity::Low,
            _ => Severity::Unknown,
        };
        let title = format!("secret found by rule {}", row.rule_id);
        let found = Found {
            id: &row.rule_id,
            title: &title,
            severity: Some(severity),
            file: row.location.path.as_deref(),
            line: row.location.start_line.whole(),
            column: row.location.start_column.whole(),
            value: &row.matched.fingerprint,
        };
        report.findings.push(found.take());
    }
    Ok(report)
}
