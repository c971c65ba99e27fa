//! What stands in a hand-over page's lists: items with and without boxes, paragraphs, and the lines that go on.

use wfo_base::markdown::Tick;

use super::reader::{Before, Reader};
use super::{InProgress, Priority};
use crate::handover_text::{Section, begun};
use crate::marks::{self, Marks};
use crate::words::{clean, is_nothing};

impl Reader {
    /// Takes a paragraph as an entry; tasks, unlike blockers and decisions, are always list items.
    pub(super) fn paragraph(&mut self, text: &str, line: usize) {
        let entry = clean(text);
        let list = match self.section {
            Some(Section::Completed) => &mut self.out.completed,
            Some(Section::Blockers) => &mut self.out.blockers,
            Some(Section::Decisions) => &mut self.out.decisions,
            _ => return self.after(Before::Skipped, line),
        };
        if is_nothing(&entry) || entry.ends_with(':') {
            return self.after(Before::Skipped, line);
        }
        list.push(entry);
        self.after(Before::Entry, line);
    }

    /// Joins the second line of an entry to it.
    pub(super) fn append(&mut self, text: &str) {
        let entry = match self.section {
            Some(Section::Completed) => self.out.completed.last_mut(),
            Some(Section::Blockers) => self.out.blockers.last_mut(),
            Some(Section::Decisions) => self.out.decisions.last_mut(),
            Some(Section::Priorities) => self.out.priorities.last_mut().map(|priority| &mut priority.text),
            Some(Section::InProgress) | None => None,
        };
        if let Some(entry) = entry {
            *entry = clean(&format!("{entry} {}", clean(text)));
        }
    }

    pub(super) fn item(&mut self, tick: Option<Tick>, indent: usize, text: &str, line: usize) {
        self.after(Before::Skipped, line);
        let nested = self.nesting.push(indent) > 0;
        let Some(section) = self.section else { return };
        let entry = clean(text);
        if is_nothing(&entry) || (nested && tick.is_none()) {
            return;
        }
        let marks = marks::read(&entry);
        let done = tick == Some(Tick::Done) || marks.struck;
        match section {
            Section::Completed if tick.is_none() || done => self.out.completed.push(entry),
            Section::InProgress if done => return self.out.completed.push(entry),
            Section::InProgress => self.begun(marks, line),
            Section::Blockers if !done => self.out.blockers.push(entry),
            Section::Decisions => self.out.decisions.push(entry),
            Section::Priorities if !done && !is_nothing(&marks.text) => self.priority(marks, line),
            Section::Completed | Section::Blockers | Section::Priorities => return,
        }
        self.before = Before::Entry;
    }

    fn begun(&mut self, marks: Marks, line: usize) {
        let begun = begun(&marks.text);
        if is_nothing(&begun.task) {
            return;
        }
        self.out.in_progress.push(InProgress {
            task: begun.task,
            branch: begun.branch,
            status: None,
            progress: marks.progress.or(begun.progress),
            blockers: marks.blocked_by,
            port: begun.port,
            level: marks.level,
            id: marks.id,
            agent: marks.agent,
            line,
        });
    }

    pub(super) fn priority(&mut self, marks: Marks, line: usize) {
        self.out.priorities.push(Priority {
            text: marks.text,
            agent: marks.agent,
            level: marks.level,
            blocked_by: marks.blocked_by,
            id: marks.id,
            line,
        });
    }
}
