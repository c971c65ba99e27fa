//! Where the parts of a hand-over page lie, line by line, by the same rules by which it is read. Lines keep their bytes, so that
//! what is not understood (bad bytes, comments, code) is copied and never interpreted.

use wfo_base::markdown::{self, Line, Tick, lines};

use crate::handover_text::{Section, goes_on, is_duration, section, updated};
use crate::words::{clean, words};

/// The lists that we write into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Completed,
    InProgress,
    Blockers,
    Decisions,
    Priorities,
    Metrics,
}

impl Part {
    /// All, in the order of a new page.
    pub(super) const ALL: [Self; 6] =
        [Self::Completed, Self::InProgress, Self::Blockers, Self::Decisions, Self::Priorities, Self::Metrics];

    /// The heading that we write.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Completed => "Completed This Session",
            Self::InProgress => "In Progress",
            Self::Blockers => "Blockers",
            Self::Decisions => "Decisions Made",
            Self::Priorities => "Tomorrow's Priorities",
            Self::Metrics => "Session Metrics",
        }
    }

    fn of(heading: &str) -> Option<Self> {
        Some(match section(heading) {
            Some(Section::Completed) => Self::Completed,
            Some(Section::InProgress) => Self::InProgress,
            Some(Section::Blockers) => Self::Blockers,
            Some(Section::Decisions) => Self::Decisions,
            Some(Section::Priorities) => Self::Priorities,
            None if words(heading).iter().any(|word| word == "metrics") => Self::Metrics,
            None => return None,
        })
    }
}

/// A part with its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) part: Part,
    /// Line of the heading, from 0.
    pub(super) heading: usize,
    /// Number of `#`; 7 for a bold line.
    pub(super) level: usize,
    /// The first line behind what lies directly below the heading.
    pub(super) own_end: usize,
    /// The first line behind all of it, sub-headings included.
    pub(super) end: usize,
    /// Whether the heading speaks of the session: a person's list of "completed milestones" is no such part.
    pub(super) of_session: bool,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A list item.
    Item { tick: Option<Tick>, indent: usize, text: String },
    /// A row of a table.
    Row(Vec<String>),
    /// A heading.
    Heading(usize),
    /// Any other text.
    Text(String),
}

/// A page taken apart.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    /// The byte order mark, if there is one.
    pub(super) mark: &'a [u8],
    /// Every line with its end.
    pub(super) raw: Vec<&'a [u8]>,
    /// What each line is; `None` for blank lines, code, comments and table rulers.
    pub(super) what: Vec<Option<What>>,
    /// The parts, in page order.
    pub(super) areas: Vec<Area>,
    /// The line `Last Updated:`.
    pub(super) updated: Option<usize>,
    /// The line `Session Duration:`.
    pub(super) duration: Option<usize>,
    /// The first heading that is none of ours.
    pub(super) title: Option<usize>,
}

const BOM: &[u8] = b"\xef\xbb\xbf";
const BOLD: usize = 7;

impl<'a> Layout<'a> {
    /// Takes a page apart.
    pub(super) fn new(page: &'a [u8]) -> Self {
        let body = page.strip_prefix(BOM).unwrap_or(page);
        let text = String::from_utf8_lossy(body);
        let raw: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
        let mark = page.get(..page.len() - body.len()).unwrap_or_default();
        let mut layout = Self { mark, what: vec![None; raw.len()], raw, ..Self::default() };
        let (skipped, rest) = match markdown::front_matter(&text) {
            Ok(split) => (split.body_line - 1, split.body),
            Err(_) => (0, &*text),
        };
        let mut open = None;
        for (number, line) in lines(rest) {
            layout.line(number - 1 + skipped, &line, &mut open);
        }
        let end = layout.raw.len();
        layout.close(open, end);
        layout
    }

    fn line(&mut self, at: usize, line: &Line<'_>, open: &mut Option<usize>) {
        let what = match line {
            Line::Heading { level, text } => {
                self.heading(at, *level, text, open);
                What::Heading(*level)
            }
            Line::Item { tick, indent, text } => What::Item { tick: *tick, indent: *indent, text: (*text).to_owned() },
            Line::Row(cells) => What::Row(cells.iter().map(|cell| (*cell).to_owned()).collect()),
            Line::Text(text) => {
                self.text(at, text, open);
                What::Text((*text).to_owned())
            }
        };
        if let Some(slot) = self.what.get_mut(at) {
            *slot = Some(what);
        }
    }

    fn heading(&mut self, at: usize, level: usize, text: &str, open: &mut Option<usize>) {
        if self.is_updated(text) {
            self.updated.get_or_insert(at);
            self.close(*open, at);
            *open = None;
            return;
        }
        match Part::of(text) {
            Some(part) => self.open(part, at, level, text, open),
            None => {
                let area = open.and_then(|open| self.areas.get_mut(open));
                match area {
                    Some(area) if level > area.level => area.own_end = area.own_end.min(at),
                    _ => {
                        self.close(*open, at);
                        *open = None;
                    }
                }
                self.title.get_or_insert(at);
            }
        }
    }

    fn text(&mut self, at: usize, text: &str, open: &mut Option<usize>) {
        if self.is_updated(text) {
            self.updated.get_or_insert(at);
        } else if self.duration.is_none() && is_duration(text) {
            self.duration = Some(at);
        } else if let Some((bold, rest)) = text.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
            let alone = rest.trim_matches([':', ' ']).is_empty();
            let in_heading = open.and_then(|open| self.areas.get(open)).is_some_and(|area| area.level < BOLD);
            match Part::of(bold) {
                Some(part) if !in_heading || alone => self.open(part, at, BOLD, bold, open),
                None if alone && !in_heading => {
                    self.close(*open, at);
                    *open = None;
                }
                _ => {}
            }
        }
    }

    fn is_updated(&self, text: &str) -> bool {
        let bare = clean(text);
        let bare = bare.trim_start_matches(['*', '_', ' ']).to_ascii_lowercase();
        self.updated.is_none() && bare.starts_with("last update") && updated(text).is_some()
    }

    fn open(&mut self, part: Part, at: usize, level: usize, heading: &str, open: &mut Option<usize>) {
        self.close(*open, at);
        *open = Some(self.areas.len());
        let end = usize::MAX;
        self.areas.push(Area { part, heading: at, level, own_end: end, end, of_session: is_of_session(heading) });
    }

    fn close(&mut self, open: Option<usize>, at: usize) {
        if let Some(area) = open.and_then(|open| self.areas.get_mut(open)) {
            area.end = at;
            area.own_end = area.own_end.min(at);
        }
    }

    /// Returns the area that new entries of a part go to.
    pub(super) fn home(&self, part: Part) -> Option<&Area> {
        self.areas.iter().find(|area| area.part == part && (part != Part::Completed || area.of_session))
    }

    /// Returns all areas of a part.
    pub(super) fn areas_of(&self, part: Part) -> impl Iterator<Item = &Area> {
        self.areas.iter().filter(move |area| area.part == part)
    }

    /// Returns what a line is.
    pub(super) fn what(&self, at: usize) -> Option<&What> {
        self.what.get(at)?.as_ref()
    }

    /// Returns the line behind the entry that begins at `at`: itself, the text that goes on with it (indented or not) and what is
    /// indented below it, up to the first line that is blank, code or a comment.
    pub(super) fn entry_end(&self, at: usize) -> usize {
        let Some(What::Item { indent: own, .. }) = self.what(at) else { return at + 1 };
        let belongs = |line: &usize| match self.what(*line) {
            Some(What::Item { indent, .. }) => *indent >= own + 2,
            Some(What::Text(text)) => goes_on(text) || (self.is_indented(*line) && !self.is_head(*line)),
            _ => false,
        };
        (at + 1..self.raw.len()).find(|line| !belongs(line)).unwrap_or(self.raw.len())
    }

    /// Returns the text of the entry that begins at `at`, with the lines that go on with it.
    pub(super) fn entry_text(&self, at: usize, first: &str) -> String {
        let more = (at + 1..self.entry_end(at)).map_while(|line| match self.what(line) {
            Some(What::Text(text)) if goes_on(text) => Some(text.as_str()),
            _ => None,
        });
        std::iter::once(first).chain(more).collect::<Vec<_>>().join(" ")
    }

    /// Returns the first line from `at` on before which a new entry stands by itself: behind text that would otherwise go on with
    /// it, and behind paragraphs that are indented below the entry before it.
    pub(super) fn clear_of(&self, at: usize, end: usize) -> usize {
        let mut at = at;
        loop {
            let next = (at..end).find(|line| !self.is_blank(*line)).unwrap_or(end);
            let joins = match self.what(next).filter(|_| next < end) {
                Some(What::Text(text)) if next == at => goes_on(text) || is_duration(text),
                Some(What::Text(text)) => goes_on(text) && self.is_indented(next),
                _ => false,
            };
            if !joins {
                return at;
            }
            at = next + 1;
        }
    }

    fn is_indented(&self, at: usize) -> bool {
        self.raw.get(at).is_some_and(|raw| raw.starts_with(b"  ") || raw.starts_with(b"\t"))
    }

    /// Says whether a line is a heading, the date or the duration, which an entry never takes along.
    fn is_head(&self, at: usize) -> bool {
        [self.updated, self.duration].contains(&Some(at)) || self.areas.iter().any(|area| area.heading == at)
    }

    /// Returns the line end that new lines get: that of the first line which has one.
    pub(super) fn line_end(&self) -> &'static str {
        let first = self.raw.iter().find(|line| line.ends_with(b"\n"));
        if first.is_some_and(|line| line.ends_with(b"\r\n")) { "\r\n" } else { "\n" }
    }

    /// Says whether a line is blank.
    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.raw.get(at).is_some_and(|line| line.trim_ascii().is_empty())
    }

    /// Returns where a line below `end` may be added: before the blank lines that end the stretch from `from` on.
    pub(super) fn tail(&self, from: usize, end: usize) -> usize {
        let mut at = end;
        while at > from + 1 && self.is_blank(at - 1) {
            at -= 1;
        }
        at
    }
}

/// Says whether a heading such as "Completed (Last Session)" has no word of its own.
fn is_of_session(heading: &str) -> bool {
    const PLAIN: [&str; 20] = [
        "completed",
        "accomplished",
        "finished",
        "done",
        "shipped",
        "this",
        "last",
        "previous",
        "session",
        "today",
        "yesterday",
        "tasks",
        "work",
        "items",
        "so",
        "far",
        "in",
        "the",
        "recently",
        "list",
    ];
    words(heading).iter().all(|word| PLAIN.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(page: &str) -> Vec<(Part, usize, usize, usize)> {
        let layout = Layout::new(page.as_bytes());
        layout.areas.iter().map(|area| (area.part, area.heading, area.own_end, area.end)).collect()
    }

    #[test]
    fn parts_end_where_a_heading_of_the_same_level_or_another_part_begins() {
        let page = "# P\n## Blockers\n- a\n### Deep\n- b\n## Links\n- c\n#### In progress\n- d\n";
        assert_eq!(parts(page), vec![(Part::Blockers, 1, 3, 5), (Part::InProgress, 7, 9, 9)]);
    }

    #[test]
    fn bold_lines_are_headings_where_there_are_none_above() {
        let page = "**Blockers:** waiting\n\n**Next steps**\n- a\n\n**Links**\n- b\n";
        assert_eq!(parts(page), vec![(Part::Blockers, 0, 2, 2), (Part::Priorities, 2, 5, 5)]);
    }

    #[test]
    fn the_lines_of_date_and_duration_are_found_in_all_their_variants() {
        for (page, updated, duration) in [
            ("## Last Updated: 2026-11-20\n", Some(0), None),
            ("x\n**Last Updated:** 2026\nSession Duration: 2 h\n", Some(1), Some(2)),
            ("---\nlast updated: 1\n---\nLast update: y\n**Session duration**: 3 h\n", Some(3), Some(4)),
            ("```\nLast Updated: x\n```\n<!-- Session Duration: 3 -->\n", None, None),
        ] {
            let layout = Layout::new(page.as_bytes());
            assert_eq!((layout.updated, layout.duration), (updated, duration), "{page}");
        }
    }

    #[test]
    fn a_list_of_milestones_is_not_the_list_of_the_session() {
        let sessions = |page: &str| Layout::new(page.as_bytes()).home(Part::Completed).is_some();
        for heading in ["Completed This Session", "COMPLETED (Last Session)", "✅ Done", "Completed"] {
            assert!(sessions(&format!("### {heading}\n")), "{heading}");
        }
        assert!(!sessions("### Completed milestones\n"));
    }
}
