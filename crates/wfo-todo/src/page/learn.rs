//! Writes what was learned into a section of CLAUDE.md: the same text never twice, everything else as it was.

use wfo_base::markdown::{Line, lines};
use wfo_base::{Problem, codes};

use super::edit::Edit;
use super::layout::Layout;
use super::{entry, key};

/// The section's heading.
const HEADING: &str = "Session Learnings";
/// The page's name.
const PAGE: &str = "CLAUDE.md";

/// What kind of thing was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A way of doing something here.
    Pattern,
    /// What is not to be done again.
    Mistake,
    /// A tool or command that helped.
    Tool,
    /// What made something faster or cheaper.
    Optimization,
    /// A decision about the architecture.
    Decision,
}

impl Kind {
    /// All, in the order of the section.
    pub const ALL: [Self; 5] = [Self::Pattern, Self::Mistake, Self::Tool, Self::Optimization, Self::Decision];

    /// Returns the word of the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Mistake => "mistake",
            Self::Tool => "tool",
            Self::Optimization => "optimization",
            Self::Decision => "decision",
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::Pattern => "Patterns",
            Self::Mistake => "Mistakes to avoid",
            Self::Tool => "Useful tools",
            Self::Optimization => "Optimizations",
            Self::Decision => "Decisions",
        }
    }
}

/// A page with its learnings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// The page.
    pub bytes: Vec<u8>,
    /// What was added, as it stands there.
    pub added: Vec<(Kind, String)>,
    /// What stood there already.
    pub known: Vec<(Kind, String)>,
}

/// Adds learnings to the page; `day` stands behind each.
///
/// # Errors
/// `handover.unreadable` where what was added could not be read again.
pub fn learn(page: &[u8], learnings: &[(Kind, String)], day: &str) -> Result<Learned, Problem> {
    if page.contains(&0) {
        return Err(Problem::new(codes::HANDOVER_UNREADABLE, format!("{PAGE} has a NUL byte, so it is not written"))
            .hint("write the page again as plain UTF-8 text")
            .in_file(PAGE));
    }
    let text = String::from_utf8_lossy(page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page)).into_owned();
    let section = Section::find(&text);
    let mut seen = section.keys.clone();
    let mut out = Learned::default();
    for (kind, raw) in learnings {
        let Some(words) = entry(raw) else { continue };
        let list = if seen.contains(&key(&words)) { &mut out.known } else { &mut out.added };
        list.push((*kind, words.clone()));
        seen.push(key(&words));
    }
    if out.added.is_empty() {
        out.bytes = page.to_vec();
        return Ok(out);
    }
    let layout = Layout::new(page);
    let mut edit = Edit::new(&layout);
    let count = layout.raw.len();
    let (from, end) = section.place.unwrap_or((0, count));
    if section.place.is_none() {
        let gap = (layout.tail(0, count) > 0 && !text.trim().is_empty()).then(String::new);
        edit.add(layout.tail(0, count), gap.into_iter().chain([format!("## {HEADING}")]));
    }
    for kind in Kind::ALL {
        let lines: Vec<String> =
            out.added.iter().filter(|(known, _)| *known == kind).map(|(_, text)| format!("- {text} ({day})")).collect();
        if lines.is_empty() {
            continue;
        }
        match section.kinds.iter().find(|(known, ..)| *known == kind) {
            Some((_, from, end)) => edit.add(layout.tail(*from, *end), lines),
            None => {
                let head = [String::new(), format!("### {}", kind.heading())];
                edit.add(layout.tail(from, end), head.into_iter().chain(lines));
            }
        }
    }
    out.bytes = edit.finish();
    let again = Section::find(&String::from_utf8_lossy(&out.bytes));
    if out.added.iter().all(|(_, text)| again.keys.contains(&key(text))) {
        return Ok(out);
    }
    Err(Problem::new(
        codes::HANDOVER_UNREADABLE,
        format!("{PAGE} would hide what is added to it, so it is not written"),
    )
    .hint("look for a comment (`<!--`) or a code fence that never ends")
    .in_file(PAGE))
}

/// Our section of a page.
#[derive(Debug, Default)]
struct Section {
    /// Line of the heading (from 0) and the line behind the last one.
    place: Option<(usize, usize)>,
    /// The kinds that have a heading: its line and the line behind the last one.
    kinds: Vec<(Kind, usize, usize)>,
    /// What stands there.
    keys: Vec<String>,
}

impl Section {
    fn find(page: &str) -> Self {
        let mut section = Self::default();
        let (mut level_of, mut open) = (0, false);
        let count = page.split_inclusive('\n').count();
        for (number, line) in lines(page) {
            let at = number - 1;
            match line {
                Line::Heading { level, text } if open && level <= level_of => {
                    section.close(at);
                    open = false;
                    let _ = text;
                }
                Line::Heading { text, .. } if open => {
                    section.close_kind(at);
                    let kind = Kind::ALL.into_iter().find(|kind| kind.heading().eq_ignore_ascii_case(text));
                    section.kinds.extend(kind.map(|kind| (kind, at, usize::MAX)));
                }
                Line::Heading { level, text } if section.place.is_none() && text.eq_ignore_ascii_case(HEADING) => {
                    section.place = Some((at, usize::MAX));
                    (level_of, open) = (level, true);
                }
                Line::Item { text, .. } if open => section.keys.push(key(without_day(text))),
                _ => {}
            }
        }
        if open {
            section.close(count);
        }
        section
    }

    fn close(&mut self, at: usize) {
        self.place = self.place.map(|(from, _)| (from, at));
        self.close_kind(at);
    }

    fn close_kind(&mut self, at: usize) {
        if let Some((.., end)) = self.kinds.last_mut() {
            *end = (*end).min(at);
        }
    }
}

/// Takes the day off the end of a line that we wrote.
fn without_day(text: &str) -> &str {
    let day = text.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    day.filter(|(_, day)| crate::words::date_in(day).is_some() && day.len() == 10).map_or(text, |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(page: &str, learnings: &[(Kind, &str)]) -> Learned {
        let learnings: Vec<_> = learnings.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
        learn(page.as_bytes(), &learnings, "2026-11-21").unwrap()
    }

    fn text(learned: &Learned) -> String {
        String::from_utf8(learned.bytes.clone()).unwrap()
    }

    #[test]
    fn learnings_get_a_section_of_their_own_and_stand_there_once() {
        let first = add("# Rules\n\nBe kind.\n", &[(Kind::Tool, "ripgrep"), (Kind::Pattern, "small files")]);
        let page = "# Rules\n\nBe kind.\n\n## Session Learnings\n\n### Patterns\n- small files (2026-11-21)\n\n\
                    ### Useful tools\n- ripgrep (2026-11-21)\n";
        assert_eq!(text(&first), page);
        let again = add(page, &[(Kind::Tool, "Ripgrep!"), (Kind::Mistake, "small files")]);
        assert_eq!((text(&again).as_str(), again.added.len(), again.known.len()), (page, 0, 2));
    }

    #[test]
    fn a_later_learning_joins_its_kind_and_what_follows_the_section_stays_behind_it() {
        let page = "## Session Learnings\r\n\r\n### Patterns\r\n- a (2026-11-20)\r\nmine\r\n\r\n## Links\r\n- x";
        let more = add(page, &[(Kind::Pattern, "b"), (Kind::Decision, "c")]);
        assert_eq!(
            text(&more),
            "## Session Learnings\r\n\r\n### Patterns\r\n- a (2026-11-20)\r\nmine\r\n- b (2026-11-21)\r\n\r\n### Decisions\r\n\
             - c (2026-11-21)\r\n\r\n## Links\r\n- x"
        );
    }

    #[test]
    fn a_page_that_would_hide_them_is_refused() {
        let hide = learn(b"text\n<!-- never closed\n", &[(Kind::Tool, "x".to_owned())], "2026-11-21");
        assert_eq!(hide.unwrap_err().code, codes::HANDOVER_UNREADABLE);
        let closes = add("<!-- a -->\n", &[(Kind::Tool, "<!-- x"), (Kind::Tool, "  ")]);
        assert_eq!(closes.added, vec![(Kind::Tool, "<! -- x".to_owned())]);
    }
}
