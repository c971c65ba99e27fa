//! A feature's entry in PLANNING.md, moved to the section of what is completed: a list item with what belongs to it, or a heading
//! with its section. All other lines stay byte for byte.

use wfo_base::markdown::{Line, lines};

use super::link::Feature;
use super::{PageLine, line_end, raw_lines, tick};
use crate::sections::{Meaning, meaning};

/// The heading of a section where there is none.
const HEADING: &str = "## Completed";

/// A page with the entry moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completed {
    /// The whole page.
    pub page: String,
    /// The entry, as its first line says it; none = there is none to move.
    pub entry: Option<PageLine>,
    /// How many lines it has.
    pub count: usize,
    /// The heading it stands below now.
    pub heading: String,
    /// Whether that heading is new.
    pub new_heading: bool,
    /// Other lines that name the feature and were left.
    pub left: Vec<PageLine>,
}

/// A heading that counts.
#[derive(Debug, Clone)]
struct Head {
    at: usize,
    level: usize,
    done: bool,
    text: String,
}

/// The entry that is moved: its lines and its shape.
struct Entry {
    from: usize,
    to: usize,
    level: Option<usize>,
}

/// Moves the entry of a feature. The first that belongs to it and does not stand below a completed heading is moved.
#[must_use]
pub fn complete(page: &str, feature: &Feature<'_>) -> Completed {
    let mut out = Completed { page: page.to_owned(), ..Completed::default() };
    let raw = raw_lines(page);
    let read: Vec<(usize, Line<'_>)> = lines(page).map(|(number, line)| (number - 1, line)).collect();
    let heads = heads(&read);
    let is_done = |at: usize| done_at(&heads, at);
    let mut entry: Option<Entry> = None;
    for (at, line) in &read {
        let inside = entry.as_ref().is_some_and(|entry| (entry.from..entry.to).contains(at));
        let text = raw.get(*at).copied().unwrap_or_default();
        let (said, level) = match line {
            Line::Heading { text, level } => (*text, Some(*level)),
            Line::Item { text, .. } => (*text, None),
            Line::Row(_) | Line::Text(_) => (text, None),
        };
        let Some(why) = feature.entry(text, said).filter(|_| !inside && !is_done(*at)) else { continue };
        let told = |why| PageLine { line: at + 1, text: crate::words::clean(said), why };
        let end = match line {
            Line::Heading { level, .. } if *level > 1 => Some(section_end(&heads, *at, *level, raw.len())),
            Line::Item { indent, .. } => Some(item_end(&raw, &read, *at, *indent)),
            _ => None,
        };
        match end {
            Some(end) if entry.is_none() => {
                entry = Some(Entry { from: *at, to: trimmed(&raw, *at, end), level });
                out.entry = Some(told(why));
            }
            Some(_) => out.left.push(told("only the first entry is moved")),
            None => out.left.push(told("only list items and sections are moved")),
        }
    }
    let Some(entry) = entry else { return out };
    let target = heads.iter().find(|head| head.done && !(entry.from..entry.to).contains(&head.at));
    if let (Some(target), Some(level)) = (target, entry.level)
        && level <= target.level
    {
        out.left.extend(
            out.entry.take().map(|told| PageLine { why: "its heading is not below the completed one", ..told }),
        );
        return out;
    }
    out.count = entry.to - entry.from;
    out.new_heading = target.is_none();
    out.heading = target.map_or_else(|| HEADING.trim_start_matches("## ").to_owned(), |head| head.text.clone());
    out.page = moved(&raw, &read, &heads, &entry, target);
    out
}

fn heads(read: &[(usize, Line<'_>)]) -> Vec<Head> {
    let head = |(at, line): &(usize, Line<'_>)| match line {
        Line::Heading { level, text } => {
            Some(Head { at: *at, level: *level, done: meaning(text) == Meaning::Done, text: crate::words::clean(text) })
        }
        _ => None,
    };
    read.iter().filter_map(head).collect()
}

/// Says whether a line stands below a heading of what is completed, or is one.
fn done_at(heads: &[Head], at: usize) -> bool {
    let mut level = usize::MAX;
    for head in heads.iter().rev().filter(|head| head.at <= at) {
        if head.level < level {
            level = head.level;
            if head.done {
                return true;
            }
        }
    }
    false
}

fn section_end(heads: &[Head], at: usize, level: usize, end: usize) -> usize {
    heads.iter().find(|head| head.at > at && head.level <= level).map_or(end, |head| head.at)
}

/// Finds the end of a list item: deeper lines belong to it, and a sentence that goes on right below.
fn item_end(raw: &[&str], read: &[(usize, Line<'_>)], from: usize, indent: usize) -> usize {
    let mut end = from + 1;
    let mut blank = false;
    for (at, line) in raw.iter().enumerate().skip(from + 1) {
        let (text, _) = line_end(line);
        if text.trim().is_empty() {
            blank = true;
            continue;
        }
        let depth: usize = text.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let goes_on = !blank && read.iter().any(|(known, line)| *known == at && matches!(line, Line::Text(_)));
        if depth <= indent && !goes_on {
            break;
        }
        end = at + 1;
        blank = false;
    }
    end
}

/// Leaves blank lines at the end of an entry where they are.
fn trimmed(raw: &[&str], from: usize, to: usize) -> usize {
    let last = (from..to).rev().find(|at| raw.get(*at).is_some_and(|line| !line.trim().is_empty()));
    last.map_or(to, |last| last + 1)
}

fn moved(raw: &[&str], read: &[(usize, Line<'_>)], heads: &[Head], entry: &Entry, target: Option<&Head>) -> String {
    let end = if raw.iter().any(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let block = block(raw, entry, end);
    let Some(target) = target else {
        let mut out: String = rest(raw, entry, 0, raw.len());
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(end);
        }
        if !out.trim().is_empty() && !out.ends_with(&format!("{end}{end}")) {
            out.push_str(end);
        }
        return format!("{out}{HEADING}{end}{end}{block}");
    };
    let section = match entry.level {
        Some(_) => section_end(heads, target.at, target.level, raw.len()),
        None => heads.iter().find(|head| head.at > target.at).map_or(raw.len(), |head| head.at),
    };
    let at = trimmed(raw, target.at, section);
    let mut head = rest(raw, entry, 0, at);
    if !head.is_empty() && !head.ends_with('\n') {
        head.push_str(end);
    }
    let last = at.saturating_sub(1);
    let in_list = raw.get(last).is_some_and(|line| line.starts_with([' ', '\t']))
        || read.iter().any(|(known, line)| *known == last && matches!(line, Line::Item { .. }));
    let before = if in_list && entry.level.is_none() && last != target.at { "" } else { end };
    let tail = rest(raw, entry, at, raw.len());
    let after = if tail.trim().is_empty() || tail.starts_with(['\n', '\r']) { "" } else { end };
    format!("{head}{before}{block}{after}{tail}")
}

/// The lines from `from` to `to` without the entry.
fn rest(raw: &[&str], entry: &Entry, from: usize, to: usize) -> String {
    let keeps = |at: &usize| !(entry.from..entry.to).contains(at);
    (from..to).filter(keeps).filter_map(|at| raw.get(at)).copied().collect()
}

/// The entry as it is put in: to the left, its box ticked.
fn block(raw: &[&str], entry: &Entry, end: &str) -> String {
    let lines = raw.get(entry.from..entry.to).unwrap_or_default();
    let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let (text, ending) = line_end(line);
        let own = text.len() - text.trim_start().len();
        let text = text.get(indent.min(own)..).unwrap_or(text);
        let ticked = (at == 0 && entry.level.is_none() && tick::has_open_box(text)).then(|| tick::line(text)).flatten();
        out.push_str(ticked.as_deref().unwrap_or(text));
        out.push_str(if ending.is_empty() { end } else { ending });
    }
    out
}
