//! Walks a hand-over page: its headings, bold lines and dates say which list a line belongs to.

use wfo_base::{Diagnostic, Noted, Problem, codes};

use super::Handover;
use crate::columns::Table;
use crate::handover_text::{Section, is_duration, is_rule, section, updated};
use crate::nesting::Nesting;
use crate::words::date_in;

/// The page that is read here.
const PAGE: &str = "PROJECT_CONTEXT.md";

/// Level of a section that a bold line opened, below all headings.
const BOLD: usize = 7;

/// What a following line of plain text would belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: it is a paragraph of its own.
    #[default]
    Nothing,
    /// The last entry of the section.
    Entry,
    /// Something that is not an entry.
    Skipped,
}

/// Walks the page and keeps the list it is in.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) out: Handover,
    pub(super) notes: Vec<Diagnostic>,
    pub(super) section: Option<Section>,
    /// Level of the heading that opened the section.
    opened: usize,
    seen: bool,
    pub(super) table: Table,
    pub(super) nesting: Nesting,
    pub(super) before: Before,
    last_line: usize,
}

impl Reader {
    pub(super) fn heading(&mut self, level: usize, text: &str, line: usize) {
        self.nesting = Nesting::default();
        self.after(Before::Nothing, line);
        if let Some(date) = updated(text) {
            self.set_updated(date);
            self.section = None;
            return;
        }
        match section(text) {
            Some(found) => self.open_section(found, level),
            None if level <= self.opened => self.section = None,
            None => {}
        }
    }

    fn open_section(&mut self, section: Section, level: usize) {
        self.section = Some(section);
        self.opened = level;
        self.seen = true;
        self.table = Table::default();
    }

    fn set_updated(&mut self, date: Option<String>) {
        self.seen = true;
        if self.out.updated.is_none() {
            self.out.updated_on = date.as_deref().and_then(date_in);
            self.out.updated = date;
        }
    }

    pub(super) fn after(&mut self, before: Before, line: usize) {
        self.before = before;
        self.last_line = line;
    }

    pub(super) fn text(&mut self, text: &str, line: usize) {
        if let Some(date) = updated(text) {
            self.after(Before::Skipped, line);
            return self.set_updated(date);
        }
        if let Some((bold, rest)) = text.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
            let rest = rest.trim_start_matches([':', ' ']);
            if let Some(found) = section(bold) {
                self.open_section(found, BOLD);
                self.after(Before::Nothing, line);
                if !rest.is_empty() {
                    self.item(None, 0, rest, line);
                }
                return;
            }
            if rest.is_empty() {
                self.section = self.section.filter(|_| self.opened != BOLD);
                return self.after(Before::Skipped, line);
            }
        }
        if is_rule(text) || is_duration(text) {
            return self.after(Before::Skipped, line);
        }
        let adjacent = self.last_line + 1 == line;
        match self.before {
            Before::Entry if adjacent => self.append(text),
            Before::Skipped if adjacent => {}
            _ => return self.paragraph(text, line),
        }
        self.last_line = line;
    }

    /// Notes something odd; `what` follows "PAGE has".
    pub(super) fn note(&mut self, what: &str, hint: &str, line: usize) {
        self.notes.push(
            Problem::new(codes::HANDOVER_UNREADABLE, format!("{PAGE} has {what} (line {line})"))
                .hint(hint)
                .at_line(PAGE, line)
                .warning(),
        );
    }

    pub(super) fn finish(mut self, page: &str) -> Noted<Handover> {
        if !self.seen && !page.trim().is_empty() {
            let message = format!("{PAGE} has none of the headings of a hand-over, so nothing was read from it");
            self.notes.push(
                Problem::new(codes::HANDOVER_UNREADABLE, message)
                    .hint("add headings such as `### In Progress` and `### Tomorrow's Priorities`")
                    .in_file(PAGE)
                    .warning(),
            );
        }
        Noted { value: self.out, notes: self.notes }
    }
}
