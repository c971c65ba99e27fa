//! Reads JaCoCo's XML. Only the counters of the root count: those of groups, packages, classes and methods repeat them.
//! The DTD that it names is never fetched.

use super::figures::{FileLines, Span, maybe_ratio, some_ratio, sum};
use super::xml::{self, Element, Node};
use super::{Report, Tool, Unreadable, taken};

#[derive(Default)]
struct Counters {
    line: Option<(u64, u64)>,
    branch: Option<(u64, u64)>,
    method: Option<(u64, u64)>,
    instruction: Option<(u64, u64)>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut counters = Counters::default();
    let mut files: Vec<FileLines> = Vec::new();
    let mut package = String::new();
    xml::walk("jacoco", &["report"], text, &mut |parents, node| {
        let Node::Open(element) = node else { return Ok(()) };
        match (element.name().as_ref(), parents) {
            ("counter", [_]) => take(&mut counters, &element)?,
            ("package", _) => package = element.text("name")?.unwrap_or_default(),
            ("sourcefile", _) => {
                let name = element.text("name")?.unwrap_or_default();
                let file = taken::path(&format!("{package}/{name}"));
                files.push(FileLines { file, spans: Vec::new() });
            }
            ("line", [.., parent]) if parent == "sourcefile" => {
                let (Some(number), Some(covered)) = (element.count("nr")?, element.count("ci")?) else {
                    return Unreadable::err("a line without its number or covered instructions");
                };
                if let Some(file) = files.last_mut() {
                    file.spans.push(Span::line(number, covered > 0));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    let Some((covered, missed)) = counters.line else {
        return Unreadable::err("no LINE counter of the whole report: the classes were compiled without line numbers");
    };
    let mut report = Report::new(Tool::Jacoco);
    report.figures.lines = Some(some_ratio("lines", covered, sum(covered, missed)?)?);
    if let Some((covered, missed)) = counters.branch {
        report.figures.branches = maybe_ratio("branches", covered, sum(covered, missed)?)?;
    }
    if let Some((covered, missed)) = counters.method {
        report.figures.functions = maybe_ratio("methods", covered, sum(covered, missed)?)?;
    }
    if let Some((covered, missed)) = counters.instruction {
        report.figures.statements = maybe_ratio("instructions", covered, sum(covered, missed)?)?;
    }
    report.figures.files = files;
    Ok(report)
}

fn take(counters: &mut Counters, element: &Element<'_>) -> Result<(), Unreadable> {
    let kind = element.text("type")?.unwrap_or_default();
    let slot = match kind.as_str() {
        "LINE" => &mut counters.line,
        "BRANCH" => &mut counters.branch,
        "METHOD" => &mut counters.method,
        "INSTRUCTION" => &mut counters.instruction,
        _ => return Ok(()),
    };
    let (Some(covered), Some(missed)) = (element.count("covered")?, element.count("missed")?) else {
        return Unreadable::err(format!("a {kind} counter without covered and missed"));
    };
    if slot.replace((covered, missed)).is_some() {
        return Unreadable::err(format!("two {kind} counters of the whole report"));
    }
    Ok(())
}
