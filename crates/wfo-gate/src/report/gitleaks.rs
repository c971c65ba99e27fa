//! Reads gitleaks' JSON report of version 8: a bare array, `[]` when nothing was found. Entries with the names of version 7
//! count as well; nothing else is an entry. Neither `Secret` nor `Match` nor anything of the commit is taken over.

use serde::Deserialize;

use super::json::{self, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};

#[derive(Deserialize)]
struct Row {
    #[serde(alias = "rule", rename = "RuleID")]
    rule: String,
    #[serde(alias = "file", rename = "File")]
    file: String,
    #[serde(default, alias = "lineNumber", rename = "StartLine")]
    line: Scalar,
    #[serde(default, rename = "StartColumn")]
    column: Scalar,
    /// `Secret` of version 8, `offender` of version 7: only for the fingerprint.
    #[serde(alias = "offender", rename = "Secret")]
    secret: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let rows: Vec<Row> = json::array("gitleaks", text)?;
    let mut report = Report::new(Tool::Gitleaks);
    for row in &rows {
        let title = format!("secret found by rule {}", row.rule);
        let found = Found {
            id: &row.rule,
            title: &title,
            severity: None,
            file: Some(&row.file),
            line: row.line.whole(),
            column: row.column.whole(),
            value: if row.secret == "REDACTED" { "" } else { &row.secret },
        };
        report.findings.push(found.take());
    }
    Ok(report)
}
