//! Reads kingfisher's JSON report. It counts only when every repository of its audit was scanned through and blobs were
//! read. Snippets and validation answers are not taken over.

use serde::Deserialize;

use super::json::{self, Scalar};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Document {
    findings: Vec<Row>,
    audit: Audit,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Audit {
    schema: String,
    summary: AuditSummary,
}

#[derive(Deserialize)]
struct AuditSummary {
    fetch_failed: u64,
    scan_succeeded: u64,
    scan_partial: u64,
    scan_failed: u64,
    pending: u64,
}

#[derive(Deserialize)]
struct Metadata {
    kingfisher_version: Option<String>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    findings: u64,
    blobs_scanned: u64,
    rules_applied: Option<u64>,
}

#[derive(Deserialize)]
struct Row {
    rule: Rule,
    finding: Hit,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(default)]
    fingerprint: Scalar,
    confidence: Option<String>,
    validation: Option<Validation>,
    path: Option<String>,
    #[serde(default)]
    line: Scalar,
    #[serde(default)]
    column_start: Scalar,
}

#[derive(Deserialize)]
struct Validation {
    status: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("kingfisher", text)?;
    require_whole(&document)?;
    let mut report = Report::new(Tool::Kingfisher).with_version(document.metadata.kingfisher_version.as_deref());
    report.scanned = Some(document.metadata.summary.blobs_scanned);
    for row in &document.findings {
        let hit = &row.finding;
        let active = hit.validation.as_ref().and_then(|validation| validation.status.as_deref());
        let severity = match (active, hit.confidence.as_deref()) {
            (Some("Active Credential"), _) => Severity::Critical,
            (_, Some("high")) => Severity::High,
            (_, Some("medium")) => Severity::Medium,
            (_, Some("low")) => Severity::Low,
            _ => Severity::Unknown,
        };
        let title = format!("secret found by rule {}", row.rule.id);
        let value = hit.fingerprint.text();
        let found = Found {
            id: &row.rule.id,
            title: &title,
            severity: Some(severity),
            file: hit.path.as_deref(),
            line: hit.line.whole(),
            column: hit.column_start.whole().map(|column| column.saturating_add(1)),
            value: &value,
        };
        report.findings.push(found.take());
    }
    Ok(report)
}

fn require_whole(document: &Document) -> Result<(), Unreadable> {
    if document.audit.schema != "kingfisher.repository-audit.v1" {
        let schema = taken::word(&document.audit.schema);
        return Unreadable::err(format!("a kingfisher report with the audit schema `{schema}`, which is not known"));
    }
    let audit = &document.audit.summary;
    let open = [audit.fetch_failed, audit.scan_partial, audit.scan_failed, audit.pending];
    if open.iter().any(|count| *count > 0) || audit.scan_succeeded == 0 {
        return Unreadable::err("kingfisher did not scan everything it was given");
    }
    let summary = &document.metadata.summary;
    if summary.findings != document.findings.len() as u64 {
        return Unreadable::err(format!(
            "kingfisher counts {} findings and lists {}",
            summary.findings,
            document.findings.len()
        ));
    }
    if summary.blobs_scanned == 0 || summary.rules_applied == Some(0) {
        return Unreadable::err("kingfisher scanned nothing");
    }
    Ok(())
}
