//! Reads lcov's tracefiles (geninfo(1)): records of one file each, ended by `end_of_record`. Totals are the sums of `LF` and
//! `LH`, or of the `DA` lines of a record that has neither. A cut between two records cannot be seen.

use super::figures::{FileLines, Span, maybe_ratio, some_ratio, sum};
use super::{Ratio, Report, Tool, Unreadable, json, taken};

#[derive(Default)]
struct Record {
    spans: Vec<Span>,
    /// Found and hit: lines, branches, functions.
    found: [Option<u64>; 3],
    hit: [Option<u64>; 3],
}

const FOUND: [&str; 3] = ["LF", "BRF", "FNF"];
const HIT: [&str; 3] = ["LH", "BRH", "FNH"];

/// Keys whose lines are passed over.
const OTHER: [&str; 10] = ["TN", "VER", "FN", "FNDA", "FNL", "FNA", "BRDA", "MCDC", "MCF", "MCH"];

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut report = Report::new(Tool::Lcov);
    let mut totals = [Ratio { part: 0, whole: 0 }; 3];
    let mut open: Option<(String, Record)> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let number = number + 1;
        if line == "end_of_record" {
            let Some((file, record)) = open.take() else {
                return Unreadable::err(format!("line {number} ends a record that did not begin"));
            };
            close(&record, &mut totals)?;
            report.figures.files.push(FileLines { file: taken::path(&file), spans: record.spans });
            continue;
        }
        match (line.split_once(':'), &mut open) {
            (Some(("SF", file)), None) => open = Some((file.to_owned(), Record::default())),
            (Some(("TN" | "VER", _)), None) => {}
            (Some((key, value)), Some((_, record))) if key != "SF" => take(record, key, value, number)?,
            _ if line.is_empty() || line.starts_with('#') => {}
            _ if number == 1 => return Unreadable::err(format!("not a report of lcov but {}", json::found(text))),
            _ => return Unreadable::err(format!("line {number} is out of place in an lcov tracefile")),
        }
    }
    if open.is_some() {
        return Unreadable::err("cut off: the last record of the tracefile has no end");
    }
    let [lines, branches, functions] = totals;
    report.scanned = Some(report.figures.files.len() as u64);
    report.figures.lines = Some(some_ratio("lines", lines.part, lines.whole)?);
    report.figures.branches = maybe_ratio("branches", branches.part, branches.whole)?;
    report.figures.functions = maybe_ratio("functions", functions.part, functions.whole)?;
    Ok(report)
}

fn take(record: &mut Record, key: &str, value: &str, number: usize) -> Result<(), Unreadable> {
    let wrong = || Unreadable::new(format!("line {number} of the tracefile has a broken {}", taken::word(key)));
    let slots = FOUND.iter().zip(&mut record.found).chain(HIT.iter().zip(&mut record.hit));
    for (name, slot) in slots {
        if *name == key {
            *slot = Some(value.parse().map_err(|_| wrong())?);
            return Ok(());
        }
    }
    if key == "DA" {
        let mut parts = value.split(',');
        let (line, count) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
        let line = line.parse().map_err(|_| wrong())?;
        // some writers give counts below zero or as decimals; only more than none matters
        let hits: f64 = count.parse().map_err(|_| wrong())?;
        record.spans.push(Span::line(line, hits > 0.0));
    } else if !OTHER.contains(&key) {
        return Err(wrong());
    }
    Ok(())
}

fn close(record: &Record, totals: &mut [Ratio; 3]) -> Result<(), Unreadable> {
    for ((total, found), hit) in totals.iter_mut().zip(record.found).zip(record.hit) {
        if found.is_some() != hit.is_some() {
            return Unreadable::err("a record that tells what was found or hit, and not both");
        }
        let (found, hit) = (found.unwrap_or_default(), hit.unwrap_or_default());
        if hit > found {
            return Unreadable::err(format!("a record with {hit} hit of {found} found"));
        }
        total.whole = sum(total.whole, found)?;
        total.part = sum(total.part, hit)?;
    }
    if let ([None, ..], [lines, ..]) = (record.found, totals) {
        lines.whole = sum(lines.whole, record.spans.len() as u64)?;
        lines.part = sum(lines.part, record.spans.iter().filter(|span| span.hit).count() as u64)?;
    }
    Ok(())
}
