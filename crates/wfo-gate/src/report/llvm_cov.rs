//! Reads `llvm-cov export --format=text`, which is JSON (also what `cargo llvm-cov --json` writes). Figures are the totals.

use serde::Deserialize;

use super::figures::{maybe_ratio, some_ratio, sum};
use super::json::{self, Count};
use super::{Ratio, Report, Tool, Unreadable, taken};

#[derive(Deserialize)]
struct Document {
    data: Vec<Export>,
    #[serde(rename = "type")]
    kind: String,
    version: String,
}

#[derive(Deserialize)]
struct Export {
    #[serde(default)]
    files: Count,
    totals: Totals,
}

#[derive(Deserialize)]
struct Totals {
    lines: Counts,
    functions: Counts,
    branches: Option<Counts>,
}

#[derive(Deserialize)]
struct Counts {
    count: u64,
    covered: u64,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("llvm-cov", text)?;
    if document.kind != "llvm.coverage.json.export" {
        return Unreadable::err(format!("not a report of llvm-cov but of type `{}`", taken::word(&document.kind)));
    }
    if !["2.", "3."].iter().any(|known| document.version.starts_with(known)) {
        let version = taken::word(&document.version);
        return Unreadable::err(format!("an llvm-cov export of version {version}, where 2 and 3 are known"));
    }
    let nothing = Ratio { part: 0, whole: 0 };
    let (mut lines, mut functions, mut branches, mut files) = (nothing, nothing, nothing, 0);
    for export in &document.data {
        files = sum(files, export.files.0)?;
        add(&mut lines, &export.totals.lines)?;
        add(&mut functions, &export.totals.functions)?;
        if let Some(counts) = &export.totals.branches {
            add(&mut branches, counts)?;
        }
    }
    let mut report = Report::new(Tool::LlvmCov).with_version(Some(&document.version));
    report.scanned = Some(files);
    report.figures.lines = Some(some_ratio("lines", lines.part, lines.whole)?);
    report.figures.functions = maybe_ratio("functions", functions.part, functions.whole)?;
    report.figures.branches = maybe_ratio("branches", branches.part, branches.whole)?;
    Ok(report)
}

fn add(ratio: &mut Ratio, counts: &Counts) -> Result<(), Unreadable> {
    ratio.part = sum(ratio.part, counts.covered)?;
    ratio.whole = sum(ratio.whole, counts.count)?;
    Ok(())
}
