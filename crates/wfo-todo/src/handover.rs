//! Reads PROJECT_CONTEXT.md, the hand-over from one session to the next, in all the shapes people and tools write it.
//! Never decides what to do with it, and never loses the rest of a page because one line is odd.

use jiff::civil::Date;
use wfo_base::markdown::{Line, Tick, lines};
use wfo_base::{Diagnostic, Noted, Problem, codes};

use crate::columns::{Column, Row, Table};
use crate::handover_text::{Section, begun, branch_and_port, first_number, section, updated};
use crate::level::Level;
use crate::marks::{self, Marks, percent};
use crate::nesting::Nesting;
use crate::words::{clean, date_in, is_nothing, task_id, value};

/// The page that is read here.
const PAGE: &str = "PROJECT_CONTEXT.md";

/// Level of a section that a bold line opened, below all headings.
const BOLD: usize = 7;

/// What the last session left behind. All text is one line and free of control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// When the page was last updated, as written.
    pub updated: Option<String>,
    /// The day in `updated`, when it holds one.
    pub updated_on: Option<Date>,
    /// What was finished, in page order.
    pub completed: Vec<String>,
    /// What was begun, in page order.
    pub in_progress: Vec<InProgress>,
    /// What stands in the way, open ones only.
    pub blockers: Vec<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// What comes next, in the order of the page.
    pub priorities: Vec<Priority>,
}

/// One task that was begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InProgress {
    /// The task.
    pub task: String,
    /// Branch or worktree.
    pub branch: Option<String>,
    /// Status as written, such as `70%` or `in review`.
    pub status: Option<String>,
    /// Percent done, 0-100.
    pub progress: Option<u8>,
    /// What blocks it.
    pub blockers: Option<String>,
    /// Port from a cell such as `feature/api @ 8100`.
    pub port: Option<u16>,
    /// Urgency from a mark in the line.
    pub level: Option<Level>,
    /// Its id, such as `T-12`.
    pub id: Option<String>,
    /// Agent from `[AGENT: x]`.
    pub agent: Option<String>,
    /// Line in the page, from 1.
    pub line: usize,
}

/// One task that is to come next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Priority {
    /// The task, without priority mark and agent mark.
    pub text: String,
    /// Agent from `[AGENT: x]`.
    pub agent: Option<String>,
    /// Urgency from a mark in the line.
    pub level: Option<Level>,
    /// What blocks it, as written.
    pub blocked_by: Option<String>,
    /// Its id, such as `T-12`.
    pub id: Option<String>,
    /// Line in the page, from 1.
    pub line: usize,
}

/// Reads the hand-over page. The notes name what could not be understood.
#[must_use]
pub fn handover(page: &str) -> Noted<Handover> {
    let mut reader = Reader::default();
    if let Some(line) = page.lines().position(|line| line.contains('\0')) {
        reader.note("a NUL byte, so it may not be a text page", "write the page again as plain text", line + 1);
    }
    for (line, read) in lines(page) {
        match read {
            Line::Heading { level, text } => reader.heading(level, text, line),
            Line::Item { tick, indent, text } => reader.item(tick, indent, text, line),
            Line::Row(cells) => reader.row(&cells, line),
            Line::Text(text) => reader.text(text, line),
        }
    }
    reader.finish(page)
}

/// What a following line of plain text would belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Before {
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
struct Reader {
    out: Handover,
    notes: Vec<Diagnostic>,
    section: Option<Section>,
    /// Level of the heading that opened the section.
    opened: usize,
    seen: bool,
    table: Table,
    nesting: Nesting,
    before: Before,
    last_line: usize,
}

impl Reader {
    fn heading(&mut self, level: usize, text: &str, line: usize) {
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

    fn after(&mut self, before: Before, line: usize) {
        self.before = before;
        self.last_line = line;
    }

    fn text(&mut self, text: &str, line: usize) {
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
        let adjacent = self.last_line + 1 == line;
        match self.before {
            Before::Entry if adjacent => self.append(text),
            Before::Skipped if adjacent => {}
            _ => return self.paragraph(text, line),
        }
        self.last_line = line;
    }

    /// Takes a paragraph as an entry; tasks, unlike blockers and decisions, are always list items.
    fn paragraph(&mut self, text: &str, line: usize) {
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
    fn append(&mut self, text: &str) {
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

    fn item(&mut self, tick: Option<Tick>, indent: usize, text: &str, line: usize) {
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

    fn priority(&mut self, marks: Marks, line: usize) {
        self.out.priorities.push(Priority {
            text: marks.text,
            agent: marks.agent,
            level: marks.level,
            blocked_by: marks.blocked_by,
            id: marks.id,
            line,
        });
    }

    fn row(&mut self, cells: &[&str], line: usize) {
        self.after(Before::Skipped, line);
        let Some(section) = self.section else { return };
        let otherwise: &[Column] = match section {
            Section::InProgress => &[Column::Task, Column::Branch, Column::Status, Column::Blockers],
            Section::Blockers | Section::Decisions | Section::Completed => &[Column::Task],
            Section::Priorities => &[],
        };
        let mut table = std::mem::take(&mut self.table);
        if let Some(row) = table.row(line, cells, otherwise) {
            let task = row.cell(Column::Task).and_then(value);
            match section {
                Section::InProgress => self.progress_row(&row, line),
                Section::Priorities => self.priority_row(&row, line),
                Section::Blockers => self.out.blockers.extend(row.cell(Column::Blockers).and_then(value).or(task)),
                Section::Decisions => self.out.decisions.extend(task),
                Section::Completed => self.out.completed.extend(task),
            }
        }
        self.table = table;
    }

    fn priority_row(&mut self, row: &Row<'_, '_>, line: usize) {
        let Some(task) = row.cell(Column::Task).and_then(value) else { return };
        let agent = row.cell(Column::Agent).and_then(value).map(|name| format!("[agent: {name}] "));
        let level = row.cell(Column::Priority).and_then(value).map(|name| format!("[{name}] "));
        let id = row.cell(Column::Id).and_then(value).filter(|id| task_id(id).is_some()).map(|id| format!("{id} "));
        let marked: String = [level, agent, id, Some(task)].into_iter().flatten().collect();
        self.priority(marks::read(&marked), line);
    }

    fn progress_row(&mut self, row: &Row<'_, '_>, line: usize) {
        let Some(task) = row.cell(Column::Task).and_then(value) else { return };
        let marks = marks::read(&task);
        let (branch, port) = row.cell(Column::Branch).map(branch_and_port).unwrap_or_default();
        let status = row.cell(Column::Status).and_then(value);
        let progress = status.as_deref().and_then(|status| status.split_whitespace().find_map(percent));
        let progress = progress.or_else(|| status.as_deref().and_then(percent));
        if let Some(odd) = status.as_deref().filter(|status| progress.is_none() && status.ends_with('%')) {
            let what = format!("the progress `{odd}`, which is not within 0-100 %");
            self.note(&what, "write it like `70%`", line);
        }
        let own_port = row.cell(Column::Port).and_then(first_number).and_then(|number| u16::try_from(number).ok());
        self.out.in_progress.push(InProgress {
            task: marks.text,
            branch,
            progress: progress.or(marks.progress),
            status,
            blockers: row.cell(Column::Blockers).and_then(value).or(marks.blocked_by),
            port: port.or(own_port).filter(|port| *port > 0),
            level: marks.level,
            id: marks.id,
            agent: row.cell(Column::Agent).and_then(value).or(marks.agent),
            line,
        });
    }

    /// Notes something odd; `what` follows "PAGE has".
    fn note(&mut self, what: &str, hint: &str, line: usize) {
        self.notes.push(
            Problem::new(codes::HANDOVER_UNREADABLE, format!("{PAGE} has {what} (line {line})"))
                .hint(hint)
                .at_line(PAGE, line)
                .warning(),
        );
    }

    fn finish(mut self, page: &str) -> Noted<Handover> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(page: &str) -> Handover {
        let noted = handover(page);
        assert_eq!(noted.notes, vec![], "{page}");
        noted.value
    }

    fn texts(priorities: &[Priority]) -> Vec<&str> {
        priorities.iter().map(|priority| priority.text.as_str()).collect()
    }

    /// The shape that a session writes when it ends.
    const EVENING: &str = "## Project Context
Last Updated: 2026-11-20T18:04:00+01:00
Session Duration: 3h

### Completed This Session
- [x] Login form
- [x] Token refresh

### In Progress
| Task | Branch | Status | Blockers |
|------|--------|--------|----------|
| Rate limits | feature/limits | 40% | None |
| Export | `feature/export` @ 8102 | 75% | Waiting on the schema |

### Blockers
- Waiting on the schema
- None

### Decisions Made
- Redis for counters (one process less)

### Tomorrow's Priorities
1. [P1] Finish export
2. [AGENT: unit-testing:test-automator] Cover the limits

### Session Metrics
- Commits: 4
";

    #[test]
    fn the_page_of_the_evening_is_read_whole() {
        let page = read(EVENING);
        assert_eq!(page.updated.as_deref(), Some("2026-11-20T18:04:00+01:00"));
        assert_eq!(page.updated_on.map(|day| day.to_string()), Some("2026-11-20".into()));
        assert_eq!(page.completed, vec!["Login form", "Token refresh"]);
        assert_eq!(page.blockers, vec!["Waiting on the schema"]);
        assert_eq!(page.decisions, vec!["Redis for counters (one process less)"]);
        assert_eq!(texts(&page.priorities), vec!["Finish export", "Cover the limits"]);
        let [first, second] = page.priorities.as_slice() else { panic!("two priorities") };
        assert_eq!((first.level, first.line, second.line), (Some(Level::P1), 23, 24));
        assert_eq!(second.agent.as_deref(), Some("unit-testing:test-automator"));
        let [limits, export] = page.in_progress.as_slice() else { panic!("two rows") };
        assert_eq!((limits.progress, &limits.blockers, limits.port, limits.line), (Some(40), &None, None, 12));
        assert_eq!((export.branch.as_deref(), export.port), (Some("feature/export"), Some(8102)));
        assert_eq!(
            (export.status.as_deref(), export.blockers.as_deref()),
            (Some("75%"), Some("Waiting on the schema"))
        );
    }

    #[test]
    fn the_page_of_the_morning_is_read_whole() {
        let page = read(
            "## Last Updated: 2026-11-20

# COMPLETED (Last Session)
- [x] a
- [ ] not ticked
#### In progress
- [ ] Front end (70%)
- [~] Export (feature/export @ 8102)
- [x] Import
| Task | Branch/Worktree | Status |
|--|--|--|
| API endpoint | feature/api @ 8100 | 70% |

### Blockers
- [ ] Waiting on X
- [x] Waiting on Y
- [ ] None

### Today's Priority Queue
1. [AGENT: research-skill] Compare frameworks
",
        );
        assert_eq!(page.updated.as_deref(), Some("2026-11-20"));
        assert_eq!(page.completed, vec!["a", "Import"]);
        assert_eq!(page.blockers, vec!["Waiting on X"]);
        let rows: Vec<_> = page.in_progress.iter().map(|row| (row.task.as_str(), row.progress, row.port)).collect();
        assert_eq!(
            rows,
            vec![("Front end", Some(70), None), ("Export", None, Some(8102)), ("API endpoint", Some(70), Some(8100))]
        );
        assert_eq!(page.priorities.first().and_then(|first| first.agent.as_deref()), Some("research-skill"));
    }

    #[test]
    fn template_placeholders_are_not_entries() {
        let page = read(
            "## Last Updated: [DATE]\n### Completed\n[List]\n- [x] [List from PROJECT_CONTEXT.md]\n### In Progress\n\
             _No tasks currently in progress_\n### Blockers\n_none_\n- [ ] None\n- N/A\n### Decisions\n- {decisions}\n\
             ### Priorities\n1. \n2. ...\n3. [AGENT: x]\n",
        );
        assert_eq!(page, Handover::default());
    }

    #[test]
    fn sections_end_where_a_heading_of_the_same_level_begins() {
        let page = read(
            "# Notes\n- n\n## Decisions\n- a\n### Backend\n- b\n## Links\n- c\n# Priorities\n- d\n# Session Metrics\n- e\n",
        );
        assert_eq!(page.decisions, vec!["a", "b"]);
        assert_eq!(texts(&page.priorities), vec!["d"]);
    }

    #[test]
    fn bold_lines_serve_as_headings_where_there_are_none() {
        let page = read(
            "**Last Updated:** 2026-11-20\n\n**Blockers:** Waiting on X\n\n**Next steps**:\n- a\n\n**Session Metrics**\n- 4 commits\n",
        );
        assert_eq!((page.blockers.as_slice(), texts(&page.priorities)), (&["Waiting on X".to_owned()][..], vec!["a"]));
    }

    #[test]
    fn a_second_line_joins_its_entry_and_details_below_it_do_not() {
        let page = read(
            "### Blockers\nThe vendor\nis silent.\n\n- Waiting on\n  design\n### Priorities\nIn this order:\n1. a\n   b\n   - detail\n   more detail\n2. c\n\nWrite often.\n",
        );
        assert_eq!(page.blockers, vec!["The vendor is silent.", "Waiting on design"]);
        assert_eq!(texts(&page.priorities), vec!["a b", "c"]);
    }

    #[test]
    fn struck_through_lines_are_settled() {
        let page =
            read("### Blockers\n- ~~Waiting on X~~\n### In Progress\n- [ ] ~~Old~~\n### Priorities\n1. ~~Old~~\n");
        assert_eq!((page.blockers.len(), page.in_progress.len(), page.priorities.len()), (0, 0, 0));
    }

    #[test]
    fn a_progress_above_a_hundred_is_named_and_the_row_stays() {
        let noted = handover("### In Progress\n| Task | Status |\n|-|-|\n| a | 170% |\n| b | in review |\n");
        let rows: Vec<_> = noted.value.in_progress.iter().map(|row| (row.status.as_deref(), row.progress)).collect();
        assert_eq!(rows, vec![(Some("170%"), None), (Some("in review"), None)]);
        let [note] = noted.notes.as_slice() else { panic!("one note: {:?}", noted.notes) };
        assert!(note.problem.message.contains("170%"));
        assert_eq!(note.problem.location.as_ref().and_then(|place| place.line), Some(4));
    }

    #[test]
    fn a_page_that_is_no_handover_says_so_and_an_empty_one_does_not() {
        for (page, notes) in [("", 0), (" \n", 0), ("# Shopping\n- milk\n", 1), ("\0\0\n### Blockers\n- a\n", 1)] {
            assert_eq!(handover(page).notes.len(), notes, "{page:?}");
        }
        assert_eq!(handover("\0\n### Blockers\n- a\n").value.blockers, vec!["a"]);
    }

    #[test]
    fn text_is_harmless_and_bounded() {
        let page = format!("### Blockers\r\n- \u{1b}[31mred\u{202e}\r\n- {}\r\n", "x".repeat(100_000));
        let blockers = read(&page).blockers;
        assert_eq!(blockers.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), vec![3, 500]);
    }

    proptest! {
        #[test]
        fn any_page_is_read_without_a_panic(page in "(\\PC{0,20}|(## (In Progress|Blockers|Priorities|Done)|- \\[[ x]\\] |[|a@%0-9 (\\[:*~]{0,12})\n){0,12}") {
            let read = handover(&page).value;
            prop_assert!(read.in_progress.iter().all(|row| row.progress.is_none_or(|percent| percent <= 100) && row.line > 0));
        }
    }
}
