//! Reads Istanbul's `coverage-summary.json` and `coverage-final.json`. A percentage that is the string `Unknown` means that
//! nothing was measured. In the final report a line is run as often as the statement of it that was run most.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::figures::{FileLines, Span, maybe_ratio, some_ratio, sum};
use super::json::{self, Pairs, Scalar, count};
use super::{Ratio, Report, Tool, Unreadable, taken};

/// A row of the summary, or a file of the final report, told apart by what it has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    lines: Option<Counts>,
    statements: Option<Counts>,
    functions: Option<Counts>,
    branches: Option<Counts>,
    statement_map: Option<Pairs<Place>>,
    s: Option<Pairs<u64>>,
    f: Option<Pairs<u64>>,
    b: Option<Pairs<Vec<u64>>>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(deserialize_with = "count")]
    total: u64,
    #[serde(deserialize_with = "count")]
    covered: u64,
    pct: Scalar,
}

#[derive(Deserialize)]
struct Place {
    start: Start,
}

#[derive(Deserialize)]
struct Start {
    #[serde(deserialize_with = "count")]
    line: u64,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let entries: Pairs<Entry> = json::object("istanbul", text)?;
    let mut totals = entries.0.iter().filter(|(name, _)| name == "total");
    let mut report = Report::new(Tool::Istanbul);
    match (totals.next(), totals.next()) {
        (Some((_, total)), None) => summary(total, &mut report)?,
        (None, _) if !entries.0.is_empty() => final_report(&entries, &mut report)?,
        _ => return Unreadable::err(format!("not a report of istanbul but {}", json::found(text))),
    }
    report.scanned = Some(entries.0.iter().filter(|(name, _)| name != "total").count() as u64);
    Ok(report)
}

fn summary(total: &Entry, report: &mut Report) -> Result<(), Unreadable> {
    let (Some(lines), Some(statements), Some(functions), Some(branches)) =
        (&total.lines, &total.statements, &total.functions, &total.branches)
    else {
        return Unreadable::err("not a report of istanbul: its total has no lines, statements, functions and branches");
    };
    if lines.pct == Scalar::Text("Unknown".to_owned()) {
        return Unreadable::err("istanbul measured nothing: the percentage of lines is `Unknown`");
    }
    report.figures.lines = Some(some_ratio("lines", lines.covered, lines.total)?);
    report.figures.statements = maybe_ratio("statements", statements.covered, statements.total)?;
    report.figures.functions = maybe_ratio("functions", functions.covered, functions.total)?;
    report.figures.branches = maybe_ratio("branches", branches.covered, branches.total)?;
    Ok(())
}

fn final_report(entries: &Pairs<Entry>, report: &mut Report) -> Result<(), Unreadable> {
    let nothing = Ratio { part: 0, whole: 0 };
    let (mut lines, mut statements, mut functions, mut branches) = (nothing, nothing, nothing, nothing);
    for (name, file) in &entries.0 {
        let (Some(map), Some(s), Some(f), Some(b)) = (&file.statement_map, &file.s, &file.f, &file.b) else {
            return Unreadable::err("not a report of istanbul: a file without its statements, functions and branches");
        };
        let counts: BTreeMap<&str, u64> = s.0.iter().map(|(id, count)| (id.as_str(), *count)).collect();
        let mut hit: BTreeMap<u64, bool> = BTreeMap::new();
        for (id, place) in &map.0 {
            let Some(count) = counts.get(id.as_str()) else {
                return Unreadable::err("not a whole report of istanbul: a statement without a count");
            };
            *hit.entry(place.start.line).or_default() |= *count > 0;
        }
        add(&mut lines, hit.values().copied())?;
        add(&mut statements, s.0.iter().map(|(_, count)| *count > 0))?;
        add(&mut functions, f.0.iter().map(|(_, count)| *count > 0))?;
        add(&mut branches, b.0.iter().flat_map(|(_, arms)| arms.iter().map(|count| *count > 0)))?;
        let spans = hit.into_iter().map(|(line, hit)| Span::line(line, hit)).collect();
        report.figures.files.push(FileLines { file: taken::path(name), spans });
    }
    report.figures.lines = Some(some_ratio("lines", lines.part, lines.whole)?);
    report.figures.statements = maybe_ratio("statements", statements.part, statements.whole)?;
    report.figures.functions = maybe_ratio("functions", functions.part, functions.whole)?;
    report.figures.branches = maybe_ratio("branches", branches.part, branches.whole)?;
    Ok(())
}

fn add(ratio: &mut Ratio, hits: impl Iterator<Item = bool>) -> Result<(), Unreadable> {
    for hit in hits {
        ratio.whole = sum(ratio.whole, 1)?;
        ratio.part = sum(ratio.part, u64::from(hit))?;
    }
    Ok(())
}
