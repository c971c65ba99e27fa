//! Reads coverage.py's JSON report. Lines are its statements; branches stand apart, although its own percentage mixes them.
//! The totals must be the sum of the files.

use serde::Deserialize;

use super::figures::{FileLines, Span, maybe_ratio, some_ratio, sum};
use super::json::{self, Pairs};
use super::{Report, Tool, Unreadable, taken};

#[derive(Deserialize)]
struct Document {
    meta: Meta,
    files: Pairs<File>,
    totals: Summary,
}

#[derive(Deserialize)]
struct Meta {
    format: Option<u64>,
    version: String,
}

#[derive(Deserialize)]
struct File {
    executed_lines: Vec<u64>,
    missing_lines: Vec<u64>,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    covered_lines: u64,
    num_statements: u64,
    missing_lines: u64,
    #[serde(default)]
    covered_branches: u64,
    #[serde(default)]
    num_branches: u64,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("coverage-py", text)?;
    if let Some(format) = document.meta.format.filter(|format| !(1..=3).contains(format)) {
        return Unreadable::err(format!("a coverage.py report of format {format}, where 1 to 3 are known"));
    }
    let totals = &document.totals;
    let (mut covered, mut statements) = (0, 0);
    for (_, file) in &document.files.0 {
        covered = sum(covered, file.summary.covered_lines)?;
        statements = sum(statements, file.summary.num_statements)?;
    }
    let missing = sum(totals.covered_lines, totals.missing_lines)?;
    if (covered, statements) != (totals.covered_lines, totals.num_statements) || missing != totals.num_statements {
        return Unreadable::err("coverage.py's totals are not the sum of its files");
    }
    let mut report = Report::new(Tool::CoveragePy).with_version(Some(&document.meta.version));
    report.scanned = Some(document.files.0.len() as u64);
    report.figures.lines = Some(some_ratio("lines", totals.covered_lines, totals.num_statements)?);
    report.figures.branches = maybe_ratio("branches", totals.covered_branches, totals.num_branches)?;
    for (name, file) in &document.files.0 {
        let hit = file.executed_lines.iter().map(|line| Span::line(*line, true));
        let missed = file.missing_lines.iter().map(|line| Span::line(*line, false));
        report.figures.files.push(FileLines { file: taken::path(name), spans: hit.chain(missed).collect() });
    }
    Ok(report)
}
