//! Reads Go's cover profiles (`go test -coverprofile`): a mode, then blocks with their statements and count. A block that
//! comes twice, as with several packages, is one block. A cut between two lines cannot be seen.

use std::collections::HashMap;

use super::figures::{FileLines, Span, some_ratio, sum};
use super::{Report, Tool, Unreadable, json, taken};

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let mut lines = text.lines();
    let mode = lines.next().and_then(|line| line.strip_prefix("mode: "));
    if !mode.is_some_and(|mode| matches!(mode.trim_end(), "set" | "count" | "atomic")) {
        return Unreadable::err(format!("not a Go cover profile but {}", json::found(text)));
    }
    if !text.ends_with('\n') {
        return Unreadable::err("cut off: the last line of the profile has no end");
    }
    let mut blocks: HashMap<&str, (u64, bool)> = HashMap::new();
    let mut files: Vec<FileLines> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (number, line) in lines.enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        // profiles that were put one behind the other
        if line.strip_prefix("mode: ") == mode {
            continue;
        }
        let Some(block) = Block::of(line) else {
            return Unreadable::err(format!("line {} is no block of a Go cover profile", number + 2));
        };
        let merged = blocks.entry(block.place).or_insert((block.statements, false));
        if merged.0 != block.statements {
            return Unreadable::err(format!("line {} gives a block another number of statements", number + 2));
        }
        merged.1 |= block.hit;
        let next = files.len();
        let at = *places.entry(block.file).or_insert_with(|| {
            files.push(FileLines { file: taken::path(block.file), spans: Vec::new() });
            next
        });
        if let Some(file) = files.get_mut(at) {
            file.spans.push(Span { first: block.first, last: block.last, hit: block.hit });
        }
    }
    let (mut covered, mut total) = (0, 0);
    for (statements, hit) in blocks.values() {
        total = sum(total, *statements)?;
        covered = sum(covered, if *hit { *statements } else { 0 })?;
    }
    let mut report = Report::new(Tool::Gocover);
    report.scanned = Some(files.len() as u64);
    report.figures.statements = Some(some_ratio("statements", covered, total)?);
    report.figures.files = files;
    Ok(report)
}

/// One line: `file:line.column,line.column statements count`.
struct Block<'a> {
    /// File and positions, which make the block the same.
    place: &'a str,
    file: &'a str,
    first: u32,
    last: u32,
    statements: u64,
    hit: bool,
}

impl<'a> Block<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (rest, count) = line.trim_end().rsplit_once(' ')?;
        let (place, statements) = rest.rsplit_once(' ')?;
        let (file, positions) = place.rsplit_once(':')?;
        let (from, to) = positions.split_once(',')?;
        let row = |position: &str| {
            let (line, column) = position.split_once('.')?;
            column.parse::<u32>().ok()?;
            line.parse::<u32>().ok()
        };
        let count: u64 = count.parse().ok()?;
        Some(Self {
            place,
            file,
            first: row(from)?,
            last: row(to)?,
            statements: statements.parse().ok()?,
            hit: count > 0,
        })
    }
}
