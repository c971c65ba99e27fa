//! Reads lizard's CSV, text and XML. Every function is kept with its cyclomatic complexity; which is too much is not judged
//! here. A cut between two lines of the CSV cannot be seen.

use super::figures::Complexity;
use super::taken;
use super::xml::{self, Node};
use super::{Report, Tool, Unreadable, json};

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let start = text.trim_start();
    let mut report = Report::new(Tool::Lizard);
    report.figures.complexity = if start.starts_with('<') {
        of_xml(text)?
    } else if start.starts_with('=') {
        of_text(text)?
    } else {
        of_csv(text)?
    };
    let functions = report.figures.complexity.len();
    if functions == 0 {
        return Unreadable::err("lizard measured no function");
    }
    report.scanned = Some(functions as u64);
    Ok(report)
}

/// Eleven columns: nloc, CCN, tokens, parameters, length, location, file, function, long name, first and last line.
fn of_csv(text: &str) -> Result<Vec<Complexity>, Unreadable> {
    let mut functions = Vec::new();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (number, row) in rows.records().enumerate() {
        let row = row.map_err(|_| Unreadable::new(format!("row {} is no CSV", number + 1)))?;
        let cell = |index| row.get(index).unwrap_or_default();
        if number == 0 && cell(0) == "NLOC" {
            continue;
        }
        let numbers = [0, 1, 2, 3, 4, 9, 10].map(|index| cell(index).parse::<u64>().ok());
        let ([Some(_), Some(ccn), Some(_), Some(_), Some(_), Some(line), Some(_)], 11) = (numbers, row.len()) else {
            let found = json::found(text);
            return Unreadable::err(format!("not a report of lizard but {found}: row {} is no function", number + 1));
        };
        functions.push(complexity(cell(7), cell(6), Some(line), ccn));
    }
    if !text.ends_with('\n') {
        return Unreadable::err("cut off: the last row has no end");
    }
    Ok(functions)
}

fn complexity(function: &str, file: &str, line: Option<u64>, ccn: u64) -> Complexity {
    Complexity { function: taken::word(function), file: taken::path(file), line, ccn }
}

/// Rows of `nloc CCN token PARAM length function@first-last@file` up to the list of files, then totals at the end.
fn of_text(text: &str) -> Result<Vec<Complexity>, Unreadable> {
    let mut functions = Vec::new();
    let mut lines = text.lines();
    let head = lines.by_ref().take(3).nth(1).unwrap_or_default();
    if !head.contains("NLOC") || !head.contains("CCN") {
        return Unreadable::err("not a report of lizard: no columns NLOC and CCN");
    }
    for line in lines.by_ref() {
        if line.ends_with("analyzed.") {
            break;
        }
        if let Some(function) = text_row(line) {
            functions.push(function);
        } else if !line.trim().is_empty() && !line.starts_with(['-', '=']) {
            return Unreadable::err("a row of lizard's text that is no function");
        }
    }
    let mut rest = lines.skip_while(|line| !line.starts_with("Total nloc")).skip(2);
    let total = rest.next().and_then(|line| line.split_whitespace().nth(4)?.parse::<usize>().ok());
    if total != Some(functions.len()) || !text.ends_with('\n') {
        return Unreadable::err("cut off: lizard's totals are missing or count other functions");
    }
    Ok(functions)
}

fn text_row(line: &str) -> Option<Complexity> {
    let mut rest = line;
    let mut numbers = [0_u64; 5];
    for number in &mut numbers {
        let (word, after) = rest.trim_start().split_once(' ')?;
        *number = word.parse().ok()?;
        rest = after;
    }
    let [_, ccn, ..] = numbers;
    let mut parts = rest.trim_start().rsplitn(3, '@');
    let (file, lines, function) = (parts.next()?, parts.next()?, parts.next()?);
    let first = lines.split('-').next()?.parse().ok()?;
    Some(complexity(function, file, Some(first), ccn))
}

/// What the XML tells of the measure that is open.
#[derive(Default)]
struct Measure {
    functions: bool,
    labels: Vec<String>,
    item: String,
    values: Vec<String>,
    text: String,
}

fn of_xml(text: &str) -> Result<Vec<Complexity>, Unreadable> {
    let mut functions = Vec::new();
    let mut measure = Measure::default();
    let mut total = None;
    xml::walk("lizard", &["cppncss"], text, &mut |parents, node| {
        match node {
            Node::Text(text) => measure.text.push_str(&text),
            Node::Open(element) => {
                measure.text.clear();
                match element.name().as_ref() {
                    "measure" => {
                        let functions = element.text("type")?.as_deref() == Some("Function");
                        measure = Measure { functions, ..Measure::default() };
                    }
                    "item" => {
                        measure.item = element.text("name")?.unwrap_or_default();
                        measure.values.clear();
                    }
                    "sum" if element.text("label")?.as_deref() == Some("Functions") => {
                        total = element.count("value")?;
                    }
                    _ => {}
                }
            }
            Node::Close => {
                let word = measure.text.trim().to_owned();
                match parents.last().map(String::as_str) {
                    Some("label") => measure.labels.push(word),
                    Some("value") => measure.values.push(word),
                    Some("item") if measure.functions => functions.push(xml_item(&measure)?),
                    _ => {}
                }
                measure.text.clear();
            }
        }
        Ok(())
    })?;
    if total.is_some_and(|total| total != functions.len() as u64) {
        return Unreadable::err("lizard's XML counts other functions than it lists");
    }
    Ok(functions)
}

/// `name(...) at file:line` with the value below the label `CCN`.
fn xml_item(measure: &Measure) -> Result<Complexity, Unreadable> {
    let column = measure.labels.iter().position(|label| label == "CCN");
    let value = column.and_then(|column| measure.values.get(column)?.parse().ok());
    let Some(ccn) = value else {
        return Unreadable::err("a function of lizard's XML without a CCN");
    };
    let (function, place) = measure.item.rsplit_once(" at ").unwrap_or((&measure.item, ""));
    let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
    Ok(complexity(function.trim_end_matches("(...)"), file, line.parse().ok(), ccn))
}
