//! Reads the baseline that `detect-secrets scan` writes. Entries that somebody marked as no secret count all the same: the
//! mark is text in the repository. Hashes only tell findings apart.

use serde::Deserialize;

use super::json::{self, Count, Pairs, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};

#[derive(Deserialize)]
struct Document {
    version: String,
    plugins_used: Count,
    results: Pairs<Vec<Row>>,
    #[serde(rename = "generated_at")]
    _generated_at: String,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: String,
    #[serde(default)]
    line_number: Scalar,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("detect-secrets", text)?;
    if document.plugins_used.0 == 0 {
        return Unreadable::err("detect-secrets ran without a plugin, so it looked for nothing");
    }
    if !document.version.starts_with("1.") {
        return Unreadable::err(format!(
            "detect-secrets {}, where 1.x is known",
            super::taken::word(&document.version)
        ));
    }
    let mut report = Report::new(Tool::DetectSecrets).with_version(Some(&document.version));
    for (file, rows) in &document.results.0 {
        for row in rows {
            let title = format!("secret found by detector {}", row.kind);
            let found = Found {
                id: &row.kind,
                title: &title,
                file: Some(file),
                line: row.line_number.whole(),
                value: &row.hashed_secret,
                ..Found::default()
            };
            report.findings.push(found.take());
        }
    }
    Ok(report)
}
