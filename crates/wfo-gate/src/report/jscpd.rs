//! Reads `jscpd --reporters json`. The share is that of duplicated lines; its own percentage is rounded. The fragments that
//! it quotes only tell findings apart.

use serde::Deserialize;

use super::figures::{some_ratio, sum};
use super::json::{self, Pairs, Scalar};
use super::taken::Found;
use super::{Report, Tool, Unreadable};
use crate::finding::Severity;

#[derive(Deserialize)]
struct Document {
    statistics: Statistics,
    duplicates: Vec<Clone>,
}

#[derive(Deserialize)]
struct Statistics {
    formats: Pairs<Format>,
    total: Total,
}

#[derive(Deserialize)]
struct Format {
    total: Total,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Total {
    lines: u64,
    sources: u64,
    duplicated_lines: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Clone {
    lines: u64,
    #[serde(default)]
    fragment: String,
    first_file: Place,
    second_file: Place,
}

#[derive(Deserialize)]
struct Place {
    name: String,
    #[serde(default)]
    start: Scalar,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("jscpd", text)?;
    let total = &document.statistics.total;
    if total.sources == 0 {
        return Unreadable::err("jscpd looked at no file");
    }
    if (total.duplicated_lines == 0) != document.duplicates.is_empty() {
        let (lines, clones) = (total.duplicated_lines, document.duplicates.len());
        return Unreadable::err(format!("jscpd counts {lines} duplicated lines and lists {clones} clones"));
    }
    let (mut lines, mut duplicated) = (0, 0);
    for (_, format) in &document.statistics.formats.0 {
        lines = sum(lines, format.total.lines)?;
        duplicated = sum(duplicated, format.total.duplicated_lines)?;
    }
    if (lines, duplicated) != (total.lines, total.duplicated_lines) {
        return Unreadable::err("jscpd's total is not the sum of its formats");
    }
    let mut report = Report::new(Tool::Jscpd);
    report.scanned = Some(total.sources);
    report.figures.duplication = Some(some_ratio("lines", total.duplicated_lines, total.lines)?);
    for clone in &document.duplicates {
        let (first, second) = (&clone.first_file, &clone.second_file);
        let title = format!("{} lines as in {} line {}", clone.lines, first.name, first.start.text());
        let found = Found {
            id: "duplicate",
            title: &title,
            severity: Some(Severity::Low),
            file: Some(&second.name),
            line: second.start.whole(),
            column: None,
            value: &clone.fragment,
        };
        report.findings.push(found.take());
    }
    Ok(report)
}
