//! Reads what yarn prints with `--json`: classic's lines, which end with an `auditSummary`; Berry 2 and 3's single answer in
//! npm's version 1; Berry 4's lines of `value` and `children`. Berry 4 tells that it found nothing in words only.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::{self, Scalar};
use super::npm_audit::{self, Advisory, Metadata, Seen, severity_of};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};

const TOOL: Tool = Tool::YarnAudit;

/// A line of classic or of Berry 4, told apart by what it has.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    data: Option<Data>,
    value: Option<String>,
    children: Option<Children>,
}

/// Text of a message, or the data of an advisory or a summary.
#[derive(Deserialize)]
#[serde(untagged)]
enum Data {
    Text(String),
    Advisory { advisory: Box<Advisory> },
    Summary(Box<Metadata>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Children {
    #[serde(rename = "ID")]
    id: Scalar,
    #[serde(rename = "Issue", default)]
    issue: String,
    #[serde(rename = "URL")]
    url: Option<String>,
    #[serde(rename = "Severity")]
    severity: Option<String>,
    #[serde(rename = "Vulnerable Versions", default)]
    versions: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    if !text.trim_start().starts_with('{') {
        return Unreadable::err(format!("not a report of yarn-audit but {}", json::found(text)));
    }
    match npm_audit::read_as(TOOL, text) {
        Ok(report) => return Ok(report),
        Err(error) if text.trim().lines().nth(1).is_none_or(|line| !line.starts_with('{')) => {
            // one line may still be all that yarn prints
            return lines(text).map_err(|by_lines| if text.contains("\"type\"") { by_lines } else { error });
        }
        Err(_) => {}
    }
    lines(text)
}

fn lines(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(TOOL);
    let mut seen = Seen::default();
    let (mut summary, mut none) = (false, false);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Ok(Line { kind, data, value, children }) = json::object::<Line>("yarn-audit", line) else {
            return Unreadable::err(format!("line {} is no whole message of yarn", number + 1));
        };
        match (kind.as_deref(), data, value, children) {
            (Some("auditAdvisory"), Some(Data::Advisory { advisory }), ..) => seen.add(advisory.take()),
            (Some("auditSummary"), Some(Data::Summary(metadata)), ..) if !summary => {
                metadata.fill(TOOL, &mut report)?;
                summary = true;
            }
            (Some("error"), Some(Data::Text(words)), ..) => {
                return Unreadable::err(format!("yarn answers with an error: {}", taken::line(&words)));
            }
            (Some("info"), Some(Data::Text(words)), ..) if words == "No audit suggestions" => none = true,
            (Some("info" | "warning" | "activityStart" | "activityEnd" | "auditAction"), ..) => {}
            (None, None, Some(package), Some(children)) => seen.add(take(&package, &children)),
            _ => return Unreadable::err(format!("line {} is no message of a yarn audit", number + 1)),
        }
    }
    report.findings = seen.findings;
    match (summary, none, report.findings.is_empty()) {
        (true, ..) => npm_audit::require_both(&report)?,
        (false, false, false) | (false, true, true) => {}
        _ => return Unreadable::err("a yarn audit without its summary: it is cut off or did not come to one"),
    }
    Ok(report)
}

fn take(package: &str, children: &Children) -> crate::finding::Finding {
    Found {
        id: &npm_audit::advisory_id(children.url.as_deref(), &children.id),
        title: &format!("{package}: {}", children.issue),
        severity: Some(severity_of(children.severity.as_deref())),
        file: Some(package),
        value: &children.versions,
        ..Found::default()
    }
    .take_package()
}
