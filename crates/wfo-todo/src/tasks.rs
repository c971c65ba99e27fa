//! Reads the task lists TASK.md and Backlog.md: checkboxes anywhere, plain bullets below headings that promise work.
//! Never takes a note, a detail or a finished line for open work.

use jiff::civil::Date;
use wfo_base::markdown::{Line, Tick, lines};

use crate::blocker::UNNAMED;
use crate::columns::{Column, Row, Table};
use crate::level::Level;
use crate::marks::{self, Marks};
use crate::nesting::Nesting;
use crate::sections::{Meaning, meaning};
use crate::todo_file::TaskStatus;
use crate::words::{is_nothing, value};

/// One line of work in a task list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// The task on one line, without priority, agent and blocker marks.
    pub text: String,
    /// The file it stands in, as given by the caller.
    pub file: String,
    /// Line in the page, from 1.
    pub line: usize,
    /// Ticked, struck through, or listed as done.
    pub done: bool,
    /// Half ticked, or listed as in progress.
    pub in_progress: bool,
    /// Urgency: the line's own mark, else that of the heading above.
    pub priority: Option<Level>,
    /// What blocks it, as written.
    pub blocked_by: Option<String>,
    /// Its id, such as `T-12`, `impl_001` or `#34`.
    pub id: Option<String>,
    /// Agent from `[AGENT: x]`.
    pub agent: Option<String>,
    /// Since when it waits, from `(since 2026-11-01)`.
    pub since: Option<Date>,
}

/// Reads all tasks of a page, done ones included, in page order. `file` is copied into each.
#[must_use]
pub fn tasks(page: &str, file: &str) -> Vec<Task> {
    let mut reader = Reader { file, ..Reader::default() };
    for (line, read) in lines(page) {
        match read {
            Line::Heading { level, text } => reader.heading(level, text),
            Line::Item { tick, indent, text } => reader.item(tick, indent, text, line),
            Line::Row(cells) => reader.row(&cells, line),
            Line::Text(_) => {}
        }
    }
    reader.out.into_iter().filter(|entry| !entry.group).map(|entry| entry.task).collect()
}

/// Leaves out what is done.
pub fn open(tasks: &[Task]) -> impl Iterator<Item = &Task> {
    tasks.iter().filter(|task| !task.done)
}

/// What holds below a heading.
#[derive(Debug, Clone, Copy, Default)]
struct Area {
    heading_level: usize,
    /// Bullets without a box are tasks.
    plain: bool,
    urgency: Option<Level>,
    in_progress: bool,
    blocked: bool,
    done: bool,
}

/// A task that may turn out to be the name of a group.
#[derive(Debug)]
struct Entry {
    task: Task,
    boxed: bool,
    group: bool,
}

#[derive(Debug, Default)]
struct Reader<'a> {
    file: &'a str,
    out: Vec<Entry>,
    areas: Vec<Area>,
    nesting: Nesting,
    /// Entry at each depth of the present list; `None` = the item there is no task.
    above: Vec<Option<usize>>,
    table: Table,
}

impl Reader<'_> {
    fn area(&self) -> Area {
        self.areas.last().copied().unwrap_or_default()
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.nesting = Nesting::default();
        self.above.clear();
        self.table = Table::default();
        while self.areas.last().is_some_and(|area| area.heading_level >= level) {
            self.areas.pop();
        }
        let parent = self.area();
        let fresh = Area { heading_level: level, plain: true, urgency: parent.urgency, ..Area::default() };
        self.areas.push(match meaning(text) {
            Meaning::Work(urgency) => Area { urgency: urgency.or(parent.urgency), ..fresh },
            Meaning::InProgress => Area { in_progress: true, ..fresh },
            Meaning::Blocked => Area { blocked: true, ..fresh },
            Meaning::Blockers => Area { plain: false, blocked: true, ..fresh },
            Meaning::Done => Area { done: true, ..fresh },
            Meaning::Prose => Area { plain: false, heading_level: level, ..parent },
            Meaning::Unknown => Area { heading_level: level, ..parent },
        });
    }

    fn item(&mut self, tick: Option<Tick>, indent: usize, text: &str, line: usize) {
        let depth = self.nesting.push(indent);
        self.above.truncate(depth);
        let parent = self.above.iter().rev().find_map(|above| *above);
        let marks = marks::read(text);
        if depth > 0 && tick.is_none() {
            self.detail(parent, &marks);
            self.above.push(None);
            return;
        }
        let area = self.area();
        if is_nothing(&marks.text) || (tick.is_none() && !area.plain) {
            self.above.push(None);
            return;
        }
        // a plain bullet with boxes below it names a group
        if let Some(group) = parent.and_then(|at| self.out.get_mut(at)).filter(|entry| !entry.boxed) {
            group.group = true;
        }
        let done = tick == Some(Tick::Done) || marks.struck || (tick.is_none() && area.done);
        let mut task = self.task(marks, line);
        task.done = done;
        task.in_progress = !done && (tick == Some(Tick::Half) || task.in_progress);
        self.above.push(Some(self.out.len()));
        self.out.push(Entry { task, boxed: tick.is_some(), group: false });
    }

    /// Makes a task from a line's marks and what its heading says.
    fn task(&self, marks: Marks, line: usize) -> Task {
        let area = self.area();
        Task {
            text: marks.text,
            file: self.file.to_owned(),
            line,
            done: false,
            in_progress: area.in_progress || marks.progress.is_some_and(|percent| (1..100).contains(&percent)),
            priority: marks.level.or(area.urgency),
            blocked_by: marks.blocked_by.or_else(|| area.blocked.then(|| UNNAMED.to_owned())),
            id: marks.id,
            agent: marks.agent,
            since: marks.since,
        }
    }

    /// Lets a detail line add what its task does not say itself, such as "blocked by: X".
    fn detail(&mut self, parent: Option<usize>, marks: &Marks) {
        let Some(entry) = parent.and_then(|at| self.out.get_mut(at)) else { return };
        let task = &mut entry.task;
        task.agent = task.agent.take().or_else(|| marks.agent.clone());
        task.since = task.since.or(marks.since);
        if is_nothing(&marks.text) {
            task.priority = marks.level.or(task.priority);
        }
        if task.blocked_by.as_deref().is_none_or(|name| name == UNNAMED) {
            task.blocked_by = marks.blocked_by.clone().or_else(|| task.blocked_by.take());
        }
    }

    fn row(&mut self, cells: &[&str], line: usize) {
        let mut table = std::mem::take(&mut self.table);
        let is_list = self.area().plain || table.has(Column::Status) || table.has(Column::Priority);
        if let Some(row) = table.row(line, cells, &[]).filter(|_| is_list)
            && let Some(task) = self.row_task(&row, line)
        {
            self.out.push(Entry { task, boxed: true, group: false });
        }
        self.table = table;
    }

    fn row_task(&self, row: &Row<'_, '_>, line: usize) -> Option<Task> {
        let text = row.cell(Column::Task).and_then(value)?;
        let status = row.cell(Column::Status).and_then(value);
        let known = status.as_deref().and_then(TaskStatus::from_word);
        let marks = marks::read(&text);
        let struck = marks.struck;
        let mut task = self.task(marks, line);
        let level = row.cell(Column::Priority).and_then(value).and_then(|word| marks::read(&format!("[{word}]")).level);
        task.priority = level.or(task.priority);
        task.id = row.cell(Column::Id).and_then(value).filter(|id| crate::words::task_id(id).is_some()).or(task.id);
        task.agent = row.cell(Column::Agent).and_then(value).or(task.agent);
        task.blocked_by = row.cell(Column::Blockers).and_then(value).or(task.blocked_by);
        if known == Some(TaskStatus::Blocked) {
            task.blocked_by.get_or_insert_with(|| UNNAMED.to_owned());
        }
        task.done = struck || known.map_or(self.area().done, TaskStatus::is_over);
        task.in_progress = !task.done && (task.in_progress || known == Some(TaskStatus::InProgress));
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(page: &str) -> Vec<Task> {
        tasks(page, "TASK.md")
    }

    fn texts(page: &str) -> Vec<String> {
        open(&read(page)).map(|task| task.text.clone()).collect()
    }

    #[test]
    fn boxes_are_tasks_anywhere_and_bullets_only_below_a_list_of_work() {
        let page = "intro\n- a\n- [ ] b\n## Notes\n- c\n- [ ] d\n## Now\n- e\n1. f\n### Auth\n- g\n### Links\n- h\n";
        assert_eq!(texts(page), vec!["b", "d", "e", "f", "g"]);
    }

    #[test]
    fn the_urgency_of_a_line_wins_over_that_of_its_heading() {
        let page = "# High\n- [ ] a\n- [ ] [P3] b\n## Later\n- c\n## Auth\n- [ ] d\n# Notes\n- [ ] e\n";
        let levels: Vec<_> = read(page).into_iter().map(|task| task.priority).collect();
        assert_eq!(levels, vec![Some(Level::High), Some(Level::P3), Some(Level::Low), Some(Level::High), None]);
    }

    #[test]
    fn ticked_struck_and_listed_as_done_is_done() {
        let page = "## Todo\n- [x] a\n- [X] b\n- ~~c~~\n- [ ] d\n## Done\n- e\n- [ ] f\n- [x] g\n";
        let done: Vec<_> = read(page).into_iter().map(|task| (task.text, task.done)).collect();
        let expected = [("a", true), ("b", true), ("c", true), ("d", false), ("e", true), ("f", false), ("g", true)];
        assert_eq!(done, expected.map(|(text, done)| (text.to_owned(), done)).to_vec());
        assert_eq!(texts(page), vec!["d", "f"]);
    }

    #[test]
    fn details_are_not_tasks_but_may_name_the_blocker_and_the_urgency() {
        let page = "- [ ] a\n  - detail\n  - Blocked by: T-3\n  - Priority: P1\n  - [ ] b\n    1. more\n- [ ] c\n";
        let all = read(page);
        assert_eq!(texts(page), vec!["a", "b", "c"]);
        let first = all.first().expect("a task");
        assert_eq!((first.blocked_by.as_deref(), first.priority), (Some("T-3"), Some(Level::P1)));
        assert!(all.iter().skip(1).all(|task| task.blocked_by.is_none()));
    }

    #[test]
    fn a_bullet_above_boxes_names_a_group() {
        assert_eq!(
            texts("## Now\n- Auth\n  - [ ] login\n  - [ ] logout\n- Docs\n  - why\n"),
            vec!["login", "logout", "Docs"]
        );
    }

    #[test]
    fn what_is_begun_or_blocked_says_so() {
        let page = "## In Progress\n- a\n## Blocked\n- b (waiting on Ann)\n- c\n## Now\n- [~] d\n- e (40%)\n- f — depends on T-1\n";
        let read: Vec<_> = read(page)
            .into_iter()
            .map(|task| (task.text, task.in_progress, task.blocked_by.unwrap_or_default()))
            .collect();
        let expected = [
            ("a", true, ""),
            ("b", false, "Ann"),
            ("c", false, UNNAMED),
            ("d", true, ""),
            ("e", true, ""),
            ("f", false, "T-1"),
        ];
        assert_eq!(read, expected.map(|(text, begun, name)| (text.to_owned(), begun, name.to_owned())).to_vec());
    }

    #[test]
    fn id_agent_age_and_line_are_read() {
        let page = "\n- [ ] T-12: Fix login [AGENT: debug-like-expert] (since 2026-11-01)\n- [ ] **impl_001** x\n- [ ] y (#34)\n";
        let all = read(page);
        let ids: Vec<_> = all.iter().filter_map(|task| task.id.as_deref()).collect();
        assert_eq!(ids, vec!["T-12", "impl_001", "#34"]);
        let first = all.first().expect("a task");
        assert_eq!((first.text.as_str(), first.line, first.file.as_str()), ("T-12: Fix login", 2, "TASK.md"));
        assert_eq!(first.agent.as_deref(), Some("debug-like-expert"));
        assert_eq!(first.since.map(|day| day.to_string()).as_deref(), Some("2026-11-01"));
    }

    #[test]
    fn rows_of_a_task_table_are_tasks() {
        let page = "| ID | Task | Status | Priority |\n|--|--|--|--|\n| T-1 | a | in progress | P1 |\n| T-2 | b | done | |\n| T-3 | c | blocked | High |\n\n## Data\n| name | size |\n|--|--|\n| x | 3 |\n";
        let read: Vec<_> = read(page)
            .into_iter()
            .map(|task| (task.text, task.done, task.in_progress, task.priority, task.blocked_by.is_some()))
            .collect();
        assert_eq!(
            read,
            vec![
                ("a".to_owned(), false, true, Some(Level::P1), false),
                ("b".to_owned(), true, false, None, false),
                ("c".to_owned(), false, false, Some(Level::High), true),
            ]
        );
    }

    #[test]
    fn code_comments_and_placeholders_hold_no_tasks() {
        assert_eq!(
            texts("```\n- [ ] a\n```\n<!-- - [ ] b -->\n- [ ] \n- [ ] [task]\n- [ ] None\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_long_page_is_read_in_linear_time() {
        let page = "- [ ] a (blocked by x)\n  ".repeat(40_000);
        let start = std::time::Instant::now();
        assert_eq!(read(&page).len(), 40_000);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }

    proptest! {
        #[test]
        fn any_page_is_read_without_a_panic(page in "(\\PC{0,20}|(#{1,3} (Now|Done|Auth|Notes)|[ ]{0,6}- \\[[ x~]\\] |[ ]{0,6}- |[|a0-9 (\\[:*~!]{0,12})\\n){0,14}") {
            let lines = page.lines().count();
            prop_assert!(read(&page).iter().all(|task| (1..=lines).contains(&task.line) && !(task.done && task.in_progress)));
        }
    }
}
