//! Reads Cobertura's XML. Counts are `lines-covered` and `lines-valid` of the root, as `line-rate` is rounded; without them
//! the lines of the classes are counted. The DTD is never fetched.

use std::collections::HashMap;

use super::figures::{FileLines, Span, maybe_ratio, some_ratio};
use super::xml::{self, Node};
use super::{Report, Tool, Unreadable, taken};

#[derive(Default)]
struct Totals {
    version: Option<String>,
    lines: (Option<u64>, Option<u64>),
    branches: (Option<u64>, Option<u64>),
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut totals = Totals::default();
    let mut files: Vec<FileLines> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut at = None;
    xml::walk("cobertura", &["coverage"], text, &mut |parents, node| {
        let Node::Open(element) = node else { return Ok(()) };
        let name = element.name();
        if parents.is_empty() {
            totals.version = element.text("version")?;
            totals.lines = (element.count("lines-covered")?, element.count("lines-valid")?);
            totals.branches = (element.count("branches-covered")?, element.count("branches-valid")?);
        } else if name == "class" {
            let file = element.text("filename")?.unwrap_or_default();
            let next = files.len();
            at = Some(*places.entry(file).or_insert_with_key(|file| {
                files.push(FileLines { file: taken::path(file), spans: Vec::new() });
                next
            }));
        } else if name == "line" && ends_with(parents, "class", "lines") {
            let (Some(number), Some(hits)) = (element.count("number")?, element.count("hits")?) else {
                return Unreadable::err("a line without its number or hits");
            };
            if let Some(file) = at.and_then(|at| files.get_mut(at)) {
                file.spans.push(Span::line(number, hits > 0));
            }
        }
        Ok(())
    })?;
    let (covered, valid) = match totals.lines {
        (Some(covered), Some(valid)) => (covered, valid),
        (None, None) => counted(&files),
        _ => return Unreadable::err("only one of lines-covered and lines-valid"),
    };
    let mut report = Report::new(Tool::Cobertura).with_version(totals.version.as_deref());
    report.scanned = Some(files.len() as u64);
    report.figures.lines = Some(some_ratio("lines", covered, valid)?);
    if let (Some(covered), Some(valid)) = totals.branches {
        report.figures.branches = maybe_ratio("branches", covered, valid)?;
    }
    report.figures.files = files;
    Ok(report)
}

fn ends_with(parents: &[String], outer: &str, inner: &str) -> bool {
    matches!(parents, [.., a, b] if a == outer && b == inner)
}

/// Lines of files, each line once.
fn counted(files: &[FileLines]) -> (u64, u64) {
    let mut lines: HashMap<(usize, u32), bool> = HashMap::new();
    for (index, file) in files.iter().enumerate() {
        for span in &file.spans {
            *lines.entry((index, span.first)).or_default() |= span.hit;
        }
    }
    (lines.values().filter(|hit| **hit).count() as u64, lines.len() as u64)
}
