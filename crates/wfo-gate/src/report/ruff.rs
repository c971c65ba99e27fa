//! Reads `ruff check --output-format json`: an array of violations, `[]` when there is none. Ruff has no levels: each
//! violation is an error, and one without a code is a file that could not be parsed.

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Row {
    code: Option<String>,
    message: String,
    filename: String,
    location: Place,
}

#[derive(Deserialize)]
struct Place {
    row: Scalar,
    column: Scalar,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let rows: Vec<Row> = json::array("ruff", text)?;
    let mut report = Report::new(Tool::Ruff);
    let mut levels = Levels { errors: rows.len() as u64, ..Levels::default() };
    for row in &rows {
        let code = row.code.as_deref().filter(|code| *code != "invalid-syntax");
        levels.fatal += u64::from(code.is_none());
        let found = Found {
            id: code.unwrap_or("invalid-syntax"),
            title: &row.message,
            severity: Some(Severity::High),
            file: Some(&row.filename),
            line: row.location.row.whole(),
            column: row.location.column.whole(),
            value: &row.message,
        };
        report.findings.push(found.take());
    }
    report.figures.levels = Some(levels);
    Ok(report)
}
