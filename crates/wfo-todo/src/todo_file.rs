//! Reads `TODO_<type>_<stamp>_<slug>.md`: the plan and record of one feature, release or hotfix.
//! Never trusts the record as truth and never edits it; TODO.md, the manifest, is not such a file.

use jiff::civil::Date;
use serde_yaml::{Mapping, Value};
use wfo_base::markdown::{self, FenceFault};
use wfo_base::{Diagnostic, Noted, Problem, codes};

use crate::level::Level;
use crate::todo_yaml::{Places, first, mapping, scalar, unreadable};
use crate::words::{date_in, is_nothing};

/// The last phase, hotfix: 1 planning, 2 implementation, 3 quality, 4 integration, 5 release, 6 hotfix; 0 is none yet.
const LAST_PHASE: u8 = 6;

/// What kind of work a TODO file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A feature, from the contributor's branch.
    Feature,
    /// A release, from develop.
    Release,
    /// A hotfix, from main.
    Hotfix,
}

/// The parts of a TODO file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoName {
    /// Feature, release or hotfix.
    pub kind: Kind,
    /// UTC stamp `YYYYMMDDTHHMMSSZ`.
    pub stamp: String,
    /// Letters, digits, `-` and `_`.
    pub slug: String,
}

/// How far a task is, whatever word the file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not begun.
    Pending,
    /// Begun.
    InProgress,
    /// Finished.
    Completed,
    /// Waits for something.
    Blocked,
    /// Will not be done.
    Cancelled,
}

impl TaskStatus {
    /// Reads a status word in any of the spellings that files use; `None` for an unknown one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        match word.as_str() {
            "pending" | "todo" | "to_do" | "open" | "not_started" | "planned" | "ready" | "new" | "⏳" => {
                Some(Self::Pending)
            }
            "in_progress" | "inprogress" | "started" | "active" | "doing" | "wip" | "ongoing" | "🚧" => {
                Some(Self::InProgress)
            }
            "completed" | "complete" | "done" | "finished" | "closed" | "merged" | "true" | "✅" | "✓" | "100%" => {
                Some(Self::Completed)
            }
            "blocked" | "waiting" | "on_hold" | "stuck" => Some(Self::Blocked),
            "cancelled" | "canceled" | "skipped" | "dropped" | "wontfix" | "won't_fix" | "obsolete" => {
                Some(Self::Cancelled)
            }
            _ => None,
        }
    }

    /// Says whether nothing is left to do.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// One task of a TODO file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoTask {
    /// Its id, such as `impl_001`.
    pub id: Option<String>,
    /// The list it stands in, such as `implementation`; empty when the file has none.
    pub category: String,
    /// What is to be done, on one line.
    pub description: String,
    /// How far it is.
    pub status: TaskStatus,
    /// Ids of the tasks it waits for.
    pub depends_on: Vec<String>,
    /// Urgency from its `priority` key.
    pub priority: Option<Level>,
    /// The day in its `completed_at`.
    pub completed_on: Option<Date>,
    /// Line in the file, from 1.
    pub line: usize,
}

/// One TODO file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// The file, as given by the caller.
    pub file: String,
    /// From the file's name, else from `workflow_type`.
    pub kind: Option<Kind>,
    /// From the file's name, else from `slug`.
    pub slug: String,
    /// `metadata.title`, else the slug.
    pub title: String,
    /// 0-6.
    pub phase: Option<u8>,
    /// Such as `2.4`.
    pub step: Option<String>,
    /// The word of the record, such as `planning`.
    pub status: Option<String>,
    /// As written.
    pub last_update: Option<String>,
    /// All tasks, in file order.
    pub tasks: Vec<TodoTask>,
}

impl Workflow {
    /// Returns the tasks that are neither completed nor cancelled.
    pub fn open_tasks(&self) -> impl Iterator<Item = &TodoTask> {
        self.tasks.iter().filter(|task| !task.status.is_over())
    }

    /// Says whether the record itself calls the work finished.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        let over =
            |word: &Option<String>| word.as_deref().and_then(TaskStatus::from_word).is_some_and(TaskStatus::is_over);
        over(&self.status) || over(&self.step)
    }
}

impl Kind {
    /// Reads `feature`, `release` or `hotfix`, without case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "feature" => Some(Self::Feature),
            "release" => Some(Self::Release),
            "hotfix" => Some(Self::Hotfix),
            _ => None,
        }
    }

    /// Returns the word that names it in files and branches.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Release => "release",
            Self::Hotfix => "hotfix",
        }
    }
}

/// Takes a file name apart; `None` for anything but `TODO_<type>_<stamp>_<slug>.md`.
#[must_use]
pub fn todo_name(file_name: &str) -> Option<TodoName> {
    let inner = file_name.strip_prefix("TODO_")?.strip_suffix(".md")?;
    let (kind, rest) = inner.split_once('_')?;
    let (stamp, slug) = rest.split_once('_')?;
    let kind = Kind::from_word(kind).filter(|known| known.as_str() == kind)?;
    let digits =
        |range: std::ops::Range<usize>| stamp.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let stamped =
        stamp.len() == 16 && digits(0..8) && stamp.get(8..9) == Some("T") && digits(9..15) && stamp.ends_with('Z');
    let named = !slug.starts_with('-') && slug.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (stamped && named && !slug.is_empty()).then(|| TodoName { kind, stamp: stamp.to_owned(), slug: slug.to_owned() })
}

/// Reads a TODO file; what is odd but readable becomes a note. `file` is the path to show.
///
/// # Errors
/// `todo.unreadable` with line and column where known: no or unclosed front matter, more than 64 KiB of it,
/// broken YAML, duplicate keys, the manifest TODO.md.
pub fn todo(file: &str, page: &str) -> Result<Noted<Workflow>, Problem> {
    if let Some((line, text)) = page.lines().enumerate().find(|(_, text)| text.contains('\0')) {
        let column = text.chars().take_while(|c| *c != '\0').count() + 1;
        return Err(unreadable(file, "a NUL byte, so it is not a text file").at(file, line + 1, column));
    }
    let split = markdown::front_matter(page).map_err(|fault| match fault {
        FenceFault::Absent => unreadable(file, "no front matter: its first line is not `---`").at_line(file, 1),
        FenceFault::Unclosed => unreadable(file, "front matter without a closing `---`").at_line(file, 1),
        FenceFault::TooLarge => unreadable(file, "more than 64 KiB of front matter").at_line(file, 1),
    })?;
    let map = mapping(file, split.yaml)?;
    if first(&map, &["type"]).and_then(Value::as_str) == Some("workflow-master-manifest") {
        return Err(unreadable(file, "the manifest of all workflows, not one workflow").at_line(file, 2));
    }
    let mut reader = TodoReader { file, places: Places::new(split.yaml), notes: Vec::new() };
    let workflow = reader.workflow(&map);
    Ok(Noted { value: workflow, notes: reader.notes })
}

/// Reads one file's mapping and collects what is odd.
struct TodoReader<'a> {
    file: &'a str,
    places: Places<'a>,
    notes: Vec<Diagnostic>,
}

impl TodoReader<'_> {
    fn workflow(&mut self, map: &Mapping) -> Workflow {
        let base = self.file.rsplit('/').next().unwrap_or(self.file);
        let name = todo_name(base);
        let text = |keys: &[&str]| first(map, keys).and_then(scalar);
        let nested = |key: &str| map.get(key).and_then(Value::as_mapping);
        // older files keep these keys at the top
        let progress = nested("workflow_progress").unwrap_or(map);
        let title = nested("metadata").and_then(|meta| first(meta, &["title"])).and_then(scalar);
        let slug = name.as_ref().map(|name| name.slug.clone()).or_else(|| text(&["slug"]));
        let slug = slug.unwrap_or_else(|| base.trim_end_matches(".md").to_owned());
        let step = first(progress, &["current_step", "step"]);
        Workflow {
            file: self.file.to_owned(),
            kind: name
                .map(|name| name.kind)
                .or_else(|| text(&["workflow_type"]).and_then(|word| Kind::from_word(&word))),
            title: title.or_else(|| text(&["title"])).unwrap_or_else(|| slug.clone()),
            slug,
            phase: first(progress, &["phase"]).and_then(|value| self.phase(value)),
            step: step.and_then(|value| self.step(value)),
            status: first(progress, &["status"]).and_then(scalar),
            last_update: first(progress, &["last_update", "last_updated"]).and_then(scalar),
            tasks: self.tasks(map),
        }
    }

    fn phase(&mut self, value: &Value) -> Option<u8> {
        let shown = scalar(value).unwrap_or_else(|| "a list".to_owned());
        let whole = shown.strip_suffix(".0").unwrap_or(&shown);
        if let Some(phase) = whole.parse().ok().filter(|phase| *phase <= LAST_PHASE) {
            return Some(phase);
        }
        let line = self.places.raw("workflow_progress", "phase").map_or(2, |(line, _)| line);
        let message = format!("phase `{shown}` in {} line {line} is not one of 0-{LAST_PHASE}", self.file);
        self.notes.push(
            Problem::new(codes::TODO_PHASE_UNKNOWN, message)
                .hint("set one of 0 setup, 1 planning, 2 development, 3 quality, 4 integration, 5 release, 6 hotfix")
                .at_line(self.file, line)
                .warning(),
        );
        None
    }

    /// Returns the step as written: unquoted `6.10` is the number 6.1 to YAML.
    fn step(&self, value: &Value) -> Option<String> {
        let raw = || self.places.raw("workflow_progress", "current_step").map(|(_, raw)| raw.to_owned());
        if value.is_number() {
            raw().filter(|raw| raw.parse::<f64>().is_ok()).or_else(|| scalar(value))
        } else {
            scalar(value)
        }
    }

    fn tasks(&mut self, map: &Mapping) -> Vec<TodoTask> {
        let mut tasks = Vec::new();
        match map.get("tasks") {
            Some(Value::Mapping(categories)) => {
                for (category, list) in categories {
                    let category = scalar(category).unwrap_or_default();
                    self.category(&category, list, &mut tasks);
                }
            }
            Some(list @ Value::Sequence(_)) => self.category("", list, &mut tasks),
            _ => {}
        }
        let held = map.get("blocked_tasks").map(ids).unwrap_or_default();
        for task in &mut tasks {
            if task.status == TaskStatus::Pending && task.id.as_ref().is_some_and(|id| held.contains(id)) {
                task.status = TaskStatus::Blocked;
            }
        }
        self.name_doubles(&tasks);
        tasks
    }

    fn category(&mut self, category: &str, list: &Value, tasks: &mut Vec<TodoTask>) {
        match list {
            Value::Sequence(rows) => {
                for row in rows {
                    tasks.extend(self.task(category, None, row));
                }
            }
            Value::Mapping(rows) => {
                for (id, row) in rows {
                    tasks.extend(self.task(category, scalar(id), row));
                }
            }
            _ => {}
        }
    }

    fn task(&mut self, category: &str, key: Option<String>, row: &Value) -> Option<TodoTask> {
        let empty = Mapping::new();
        let map = row.as_mapping().unwrap_or(&empty);
        let text = |keys: &[&str]| first(map, keys).and_then(scalar);
        let id = text(&["id"]).or(key);
        let description =
            text(&["description", "name", "title", "task"]).or_else(|| scalar(row)).or_else(|| id.clone())?;
        let line = id.as_deref().and_then(|id| self.places.task(id)).or_else(|| self.places.key("tasks")).unwrap_or(2);
        let finished = first(map, &["completed_at"]);
        let completed_on = finished.and_then(scalar).as_deref().and_then(date_in);
        let status = match text(&["status"]) {
            Some(word) => TaskStatus::from_word(&word).unwrap_or_else(|| {
                self.odd(line, &format!("the task status `{word}`, taken for pending"), "write `status: pending`");
                TaskStatus::Pending
            }),
            None if finished.is_some() => TaskStatus::Completed,
            None => TaskStatus::Pending,
        };
        let depends_on = first(map, &["depends_on", "dependencies", "depends"]).map(ids).unwrap_or_default();
        let priority = text(&["priority"]).and_then(|word| Level::from_word(&word));
        Some(TodoTask {
            id,
            category: category.to_owned(),
            description,
            status,
            depends_on,
            priority,
            completed_on,
            line,
        })
    }

    fn name_doubles(&mut self, tasks: &[TodoTask]) {
        let mut seen = std::collections::HashSet::new();
        for task in tasks {
            if let Some(id) = task.id.as_deref().filter(|id| !seen.insert(*id)) {
                self.odd(task.line, &format!("the task id `{id}` twice"), "give each task an id of its own");
            }
        }
    }

    /// Notes something odd; `what` follows "FILE has".
    fn odd(&mut self, line: usize, what: &str, hint: &str) {
        let message = format!("{} has {what} (line {line})", self.file);
        self.notes.push(Problem::new(codes::TODO_TASK_ODD, message).hint(hint).at_line(self.file, line).warning());
    }
}

/// Reads a list of ids: a YAML list of ids or of tasks, or one text with commas.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(rows) => {
            let id = |row: &Value| {
                scalar(row).or_else(|| row.as_mapping().and_then(|map| first(map, &["id"])).and_then(scalar))
            };
            rows.iter().filter_map(id).collect()
        }
        other => scalar(other)
            .map(|text| text.split(',').map(str::trim).filter(|id| !is_nothing(id)).map(str::to_owned).collect())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "TODO_hotfix_20261121T090000Z_login-loop.md";

    fn read(front: &str) -> Noted<Workflow> {
        todo(FILE, &format!("---\n{front}---\n# Body\n- [ ] not a task of the record\n")).expect(front)
    }

    #[test]
    fn only_todo_names_are_taken_apart() {
        let name = todo_name(FILE).expect("a TODO name");
        assert_eq!(
            (name.kind, name.stamp.as_str(), name.slug.as_str()),
            (Kind::Hotfix, "20261121T090000Z", "login-loop")
        );
        let odd = todo_name("TODO_feature_20261121T090000Z_a_b-C9.md").map(|name| name.slug);
        assert_eq!(odd.as_deref(), Some("a_b-C9"));
        for name in [
            "TODO.md",
            "TODO_feature_20261121T090000Z_.md",
            "TODO_feature_20261121T090000Z_-x.md",
            "TODO_feature_20261121T090000Z_a/b.md",
            "TODO_feature_20261121T090000Z_a..b.md",
            "TODO_feature_20261121_x.md",
            "TODO_feature_2026112éT09000Z_x.md",
            "TODO_chore_20261121T090000Z_x.md",
            "TODO_Feature_20261121T090000Z_x.md",
            "todo_feature_20261121T090000Z_x.md",
            "TODO_feature_20261121T090000Z_x.md.bak",
        ] {
            assert_eq!(todo_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_whole_record_is_read() {
        let noted = read(
            "type: workflow-manifest\nworkflow_type: hotfix\nslug: login-loop\nmetadata: {title: \"Login loop\"}\n\
             workflow_progress: {phase: 6, current_step: \"6.4\", last_update: \"2026-11-21T10:15:00Z\", status: hotfix}\n\
             tasks:\n  implementation:\n    - {id: impl_001, description: \"Guard the redirect\", status: in_progress}\n  testing:\n    \
             - id: test_001\n      name: Cover it\n      status: pending\n      dependencies: [impl_001]\n      priority: high\n",
        );
        assert_eq!(noted.notes, vec![]);
        let read = noted.value;
        assert_eq!(
            (read.kind, read.slug.as_str(), read.title.as_str()),
            (Some(Kind::Hotfix), "login-loop", "Login loop")
        );
        assert_eq!((read.phase, read.step.as_deref(), read.status.as_deref()), (Some(6), Some("6.4"), Some("hotfix")));
        assert_eq!(read.last_update.as_deref(), Some("2026-11-21T10:15:00Z"));
        let [first, second] = read.tasks.as_slice() else { panic!("two tasks") };
        assert_eq!((first.id.as_deref(), first.category.as_str(), first.line), (Some("impl_001"), "implementation", 9));
        assert_eq!(first.status, TaskStatus::InProgress);
        assert_eq!((second.description.as_str(), second.line), ("Cover it", 11));
        assert_eq!((second.depends_on.as_slice(), second.priority), (&["impl_001".to_owned()][..], Some(Level::High)));
    }

    #[test]
    fn the_category_is_the_list_a_task_stands_in_and_not_the_prefix_of_its_id() {
        let read = read("tasks:\n  testing:\n    - {id: impl_001, description: x}\n").value;
        assert_eq!(read.tasks.first().map(|task| task.category.as_str()), Some("testing"));
    }

    #[test]
    fn every_spelling_of_a_status_is_read_and_an_unknown_one_is_named() {
        for (word, status) in [
            ("complete", TaskStatus::Completed),
            ("Completed", TaskStatus::Completed),
            ("done", TaskStatus::Completed),
            ("in-progress", TaskStatus::InProgress),
            ("In Progress", TaskStatus::InProgress),
            ("blocked", TaskStatus::Blocked),
            ("canceled", TaskStatus::Cancelled),
            ("true", TaskStatus::Completed),
            ("~", TaskStatus::Pending),
        ] {
            let read = read(&format!("tasks:\n  a:\n    - id: a_01\n      description: x\n      status: {word}\n"));
            assert_eq!(
                (read.value.tasks.first().map(|task| task.status), read.notes.len()),
                (Some(status), 0),
                "{word}"
            );
        }
        let odd = read("tasks:\n  a:\n    - {id: a_01, status: maybe}\n");
        assert_eq!(odd.value.tasks.first().map(|task| task.status), Some(TaskStatus::Pending));
        let [note] = odd.notes.as_slice() else { panic!("one note") };
        assert_eq!(
            (note.problem.code, note.problem.location.as_ref().and_then(|at| at.line)),
            (codes::TODO_TASK_ODD, Some(4))
        );
    }

    #[test]
    fn a_phase_may_be_a_text_and_an_unknown_one_is_named_with_its_line_while_the_rest_is_read() {
        for (written, phase) in [("2", Some(2)), ("\"2\"", Some(2)), ("0", Some(0)), ("6", Some(6)), ("2.0", Some(2))] {
            let read = read(&format!("workflow_progress:\n  phase: {written}\n"));
            assert_eq!((read.value.phase, read.notes.len()), (phase, 0), "{written}");
        }
        for written in ["7", "-1", "2.4", "planning", "[1]"] {
            let read = read(&format!("slug: x\nworkflow_progress:\n  phase: {written}\n  status: planning\n"));
            assert_eq!((read.value.phase, read.value.status.as_deref()), (None, Some("planning")), "{written}");
            let [note] = read.notes.as_slice() else { panic!("one note for {written}") };
            assert_eq!(note.problem.code, codes::TODO_PHASE_UNKNOWN);
            assert_eq!(note.problem.location.as_ref().and_then(|place| place.line), Some(4), "{written}");
        }
        let message = read("workflow_progress: {phase: 7}\n").notes.first().map(|note| note.problem.message.clone());
        assert_eq!(message.as_deref(), Some(format!("phase `7` in {FILE} line 2 is not one of 0-6").as_str()));
    }

    #[test]
    fn an_unquoted_step_keeps_its_spelling() {
        for (written, step) in
            [("6.10", "6.10"), ("2.4", "2.4"), ("\"0.0\"", "0.0"), ("complete", "complete"), ("3", "3")]
        {
            let read = read(&format!("workflow_progress:\n  phase: 2\n  current_step: {written} # note\n")).value;
            assert_eq!(read.step.as_deref(), Some(step));
        }
    }

    #[test]
    fn older_shapes_are_read() {
        let read = todo(
            "ARCHIVED/TODO_release_20250101T000000Z_v2.md",
            "\u{feff}---\r\nslug: 2\r\ncreated_at: x\r\nphase: 5\r\nstatus: complete\r\nblocked_tasks: [qa_002]\r\ntasks:\r\n  - qa_001\r\n  - {id: qa_002, depends_on: \"qa_001, none\"}\r\n  - {id: qa_003, completed_at: \"2025\"}\r\n...\r\n",
        )
        .expect("readable")
        .value;
        assert_eq!(
            (read.kind, read.slug.as_str(), read.title.as_str(), read.phase),
            (Some(Kind::Release), "v2", "v2", Some(5))
        );
        assert!(read.is_finished());
        let tasks: Vec<_> =
            read.tasks.iter().map(|task| (task.description.as_str(), task.status, task.depends_on.len())).collect();
        assert_eq!(
            tasks,
            vec![
                ("qa_001", TaskStatus::Pending, 0),
                ("qa_002", TaskStatus::Blocked, 1),
                ("qa_003", TaskStatus::Completed, 0)
            ]
        );
        assert_eq!(read.open_tasks().count(), 2);
    }

    #[test]
    fn a_task_id_that_stands_twice_is_named() {
        let read = read("tasks:\n  a:\n    - {id: a_01}\n    - {id: a_01}\n");
        assert_eq!((read.value.tasks.len(), read.notes.len()), (2, 1));
    }

    #[test]
    fn what_is_no_todo_file_is_refused_with_its_place() {
        let large = format!("---\n{}---\n", "a: b\n".repeat(20_000));
        for (page, line, column) in [
            ("# Tasks\n", Some(1), None),
            ("---\na: 1\n", Some(1), None),
            (large.as_str(), Some(1), None),
            ("---\na: 1\nb: x\0\n---\n", Some(3), Some(5)),
            ("---\na: 1\na: 2\n---\n", Some(3), Some(1)),
            ("---\ntype: workflow-master-manifest\n---\n", Some(2), None),
            ("---\n- a\n---\n", Some(2), None),
        ] {
            let problem = todo("TODO_x.md", page).expect_err("refused");
            let place = problem.location.expect("a place");
            assert_eq!((problem.code, place.line, place.column), (codes::TODO_UNREADABLE, line, column));
            assert!(problem.hint.is_some());
        }
    }

    proptest! {
        #[test]
        fn any_front_matter_is_read_or_refused_without_a_panic(front in "((type|slug|tasks|workflow_progress|phase|status|id|a)?[:\\-\\[\\]{},&*|>\"' 0-9a-cé]{0,10}\n){0,10}") {
            let page = format!("---\n{front}---\n");
            if let Ok(read) = todo(FILE, &page) {
                prop_assert!(read.value.phase.is_none_or(|phase| phase <= LAST_PHASE));
            }
        }
    }
}
