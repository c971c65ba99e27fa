//! How the registry's text is laid out, so that new rows, keys and ports look like those that are there.
//! Only chooses blanks: it never decides what is written.

use std::ops::Range;

use serde_json::Value;
use wfo_base::json_span::{self as span, Member};

use super::Site;

/// Longer runs of blanks than this are not taken over: a foreign file must not grow by them.
const LONGEST: usize = 200;
/// How many rows, from the last, are looked at for one to learn from.
const SAMPLES: usize = 8;

/// The blanks inside a list or an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gaps {
    /// After the opening bracket.
    pub(super) first: String,
    /// After a comma.
    pub(super) next: String,
    /// Before the closing bracket.
    pub(super) last: String,
}

impl Gaps {
    /// Everything on one line.
    pub(super) fn inline(spaced: bool) -> Self {
        Self { first: String::new(), next: if spaced { " " } else { "" }.to_owned(), last: String::new() }
    }

    /// Every item on a line of its own.
    fn lines(line_end: &str, indent: &str, unit: &str) -> Self {
        let inner = format!("{line_end}{indent}{unit}");
        Self { first: inner.clone(), next: inner, last: format!("{line_end}{indent}") }
    }

    /// Reads the blanks between the items of a list or an object that holds some.
    pub(super) fn of(text: &str, container: &Range<usize>, items: &[Range<usize>]) -> Self {
        let piece = |from: usize, to: usize| {
            text.get(from..to).filter(|blanks| blanks.len() <= LONGEST).unwrap_or_default().to_owned()
        };
        let close = container.end.saturating_sub(1);
        let (Some(head), Some(end)) = (items.first(), items.last()) else { return Self::inline(true) };
        let first = piece(container.start + 1, head.start);
        let between = items.len().checked_sub(2).and_then(|before| items.get(before)).map(|item| item.end);
        let next = match between.map(|from| piece(from, end.start)) {
            Some(blanks) => blanks.split_once(',').map(|(_, blanks)| blanks.to_owned()).unwrap_or_default(),
            None if first.contains('\n') => first.clone(),
            None => Self::inline(text.get(container.clone()).is_some_and(|text| text.contains("\": "))).next,
        };
        Self { first, next, last: piece(end.end, close) }
    }

    /// Reads the blanks of a list that holds some; one element on one line does not tell whether a blank follows a comma.
    pub(super) fn of_list(text: &str, place: &Range<usize>, spaced: bool) -> Option<Self> {
        let items = span::elements(text, place).filter(|items| !items.is_empty())?;
        let gaps = Self::of(text, place, &items);
        let next = Self::inline(spaced).next;
        Some(if items.len() == 1 && !gaps.first.contains('\n') { Self { next, ..gaps } } else { gaps })
    }

    /// Writes items between brackets.
    pub(super) fn wrapped(&self, open: char, close: char, items: &[String]) -> String {
        if items.is_empty() {
            return format!("{open}{close}");
        }
        format!("{open}{}{}{}{close}", self.first, items.join(&format!(",{}", self.next)), self.last)
    }

    /// Writes a value; these are the blanks of a list.
    pub(super) fn value(&self, value: &Value) -> String {
        match value {
            Value::Array(items) => self.wrapped('[', ']', &items.iter().map(Value::to_string).collect::<Vec<_>>()),
            other => other.to_string(),
        }
    }
}

/// The layout of a registry.
#[derive(Debug)]
pub(super) struct Layout {
    /// Between rows.
    pub(super) list: Gaps,
    /// Between the members of a row.
    pub(super) row: Gaps,
    /// Between the ports of a row.
    pub(super) ports: Gaps,
    /// After a key's colon.
    pub(super) colon: String,
    /// Between the members of a new `portPool`.
    pool: Gaps,
    /// Line end and one step of indentation; `None` for a text on one line.
    lines: Option<(&'static str, String)>,
}

impl Layout {
    pub(super) fn of(text: &str, site: &Site) -> Self {
        let outer: Vec<Range<usize>> = site.members.iter().map(|member| member.whole.clone()).collect();
        let outer = Gaps::of(text, &site.top, &outer);
        let line_end = if outer.first.contains("\r\n") { "\r\n" } else { "\n" };
        let unit = outer.first.rsplit_once('\n').map(|(_, blanks)| blanks.to_owned());
        let unit = unit.map(|unit| if unit.is_empty() { "  ".to_owned() } else { unit });
        let lines = unit.map(|unit| (line_end, unit));
        let base = indent_at(text, site.list.start);
        let sample = Sample::of(text, site);
        let colon = colon_of(text, sample.as_ref().map_or(&site.members, |sample| &sample.members));
        let at = |indent: &str| match &lines {
            Some((line_end, unit)) => Gaps::lines(line_end, indent, unit),
            None => Gaps::inline(!colon.is_empty()),
        };
        let list = match site.rows.is_empty() {
            true => at(&base),
            false => Gaps::of(text, &site.list, &site.rows),
        };
        let inner = list.first.rsplit_once('\n').map_or(base.as_str(), |(_, blanks)| blanks);
        let row = sample.as_ref().map_or_else(|| at(inner), |sample| sample.gaps.clone());
        let ports = sample.and_then(|sample| sample.ports).unwrap_or_else(|| Gaps::inline(!colon.is_empty()));
        let pool = at(lines.as_ref().map_or("", |(_, unit)| unit));
        Self { list, row, ports, pool, lines, colon }
    }

    /// Says whether blanks stand between the parts of one line.
    pub(super) fn is_spaced(&self) -> bool {
        !self.colon.is_empty()
    }

    /// Returns the blanks after the colons of an object, or the registry's where it is empty.
    pub(super) fn colon_of(&self, text: &str, members: &[Member]) -> String {
        if members.is_empty() { self.colon.clone() } else { colon_of(text, members) }
    }

    /// Writes a new `portPool`.
    pub(super) fn new_pool(&self, members: &[(&str, Value)]) -> String {
        let ports = Gaps::inline(self.is_spaced());
        let items: Vec<String> =
            members.iter().map(|(key, value)| format!("\"{key}\":{}{}", self.colon, ports.value(value))).collect();
        self.pool.wrapped('{', '}', &items)
    }

    /// Returns the blanks of a list of ports whose key stands at a place: in lines where the rows' ports are.
    pub(super) fn list_at(&self, text: &str, place: usize) -> Gaps {
        match &self.lines {
            Some((line_end, unit)) if self.ports.first.contains('\n') => {
                Gaps::lines(line_end, &indent_at(text, place), unit)
            }
            _ => Gaps::inline(self.is_spaced()),
        }
    }
}

/// A row that shows how rows are written.
struct Sample {
    members: Vec<Member>,
    gaps: Gaps,
    ports: Option<Gaps>,
}

impl Sample {
    fn of(text: &str, site: &Site) -> Option<Self> {
        site.rows.iter().rev().take(SAMPLES).find_map(|row| {
            let members = span::members(text, row).filter(|members| !members.is_empty())?;
            let wholes: Vec<Range<usize>> = members.iter().map(|member| member.whole.clone()).collect();
            let ports = members.iter().find(|member| member.key == "ports");
            let spaced = !colon_of(text, &members).is_empty();
            let ports = ports.and_then(|member| Gaps::of_list(text, &member.value, spaced));
            Some(Self { gaps: Gaps::of(text, row, &wholes), members, ports })
        })
    }
}

/// Returns the blanks after the colon of an object's first member.
fn colon_of(text: &str, members: &[Member]) -> String {
    let first = members.first().and_then(|member| text.get(member.whole.start..member.value.start));
    let blanks = first.and_then(|key| key.rsplit_once(':')).map_or(" ", |(_, blanks)| blanks);
    if blanks.len() <= LONGEST { blanks.to_owned() } else { " ".to_owned() }
}

/// Returns the blanks that begin the line of a place.
fn indent_at(text: &str, place: usize) -> String {
    let line = text.get(..place).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    line.chars().take_while(|c| matches!(c, ' ' | '\t')).take(LONGEST).collect()
}
