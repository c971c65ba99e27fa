//! Reads `TODO_<type>_<stamp>_<slug>.md`: the plan and record of one feature, release or hotfix.
//! Never trusts the record as truth and never edits it; TODO.md, the manifest, is not such a file.

use jiff::civil::Date;
use serde_yaml::{Mapping, Value};
use wfo_base::markdown::{self, FenceFault};
use wfo_base::{Diagnostic, Noted, Problem, codes};

use crate::level::Level;
pub use crate::todo_name::{Kind, TaskStatus, TodoName, todo_name};
use crate::todo_yaml::{Places, first, mapping, scalar, unreadable};
use crate::words::{date_in, is_nothing};

/// The last phase, hotfix: 1 planning, 2 implementation, 3 quality, 4 integration, 5 release, 6 hotfix; 0 is none yet.
pub(crate) const LAST_PHASE: u8 = 6;

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
    if is_manifest(&map) {
        return Err(unreadable(file, "the manifest of all workflows, not one workflow").at_line(file, 2));
    }
    let mut reader = TodoReader { file, places: Places::new(split.yaml), notes: Vec::new() };
    let workflow = reader.workflow(&map);
    Ok(Noted { value: workflow, notes: reader.notes })
}

/// What a list of workflows says about one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Label {
    /// From the file's name, else from `slug`.
    pub slug: String,
    /// `metadata.title`, else the slug.
    pub title: String,
    /// The word of the record.
    pub status: Option<String>,
}

impl Label {
    /// Takes it out of front matter; `None` for the manifest TODO.md and what is no mapping.
    #[must_use]
    pub fn of(file: &str, front: &Value) -> Option<Self> {
        let map = front.as_mapping().filter(|map| !is_manifest(map))?;
        let base = file.rsplit('/').next().unwrap_or(file);
        Some(label(base, todo_name(base).as_ref(), map))
    }
}

fn is_manifest(map: &Mapping) -> bool {
    first(map, &["type"]).and_then(Value::as_str) == Some("workflow-master-manifest")
}

/// Older files keep these keys at the top.
fn progress(map: &Mapping) -> &Mapping {
    map.get("workflow_progress").and_then(Value::as_mapping).unwrap_or(map)
}

fn label(base: &str, name: Option<&TodoName>, map: &Mapping) -> Label {
    let text = |keys: &[&str]| first(map, keys).and_then(scalar);
    let title = map.get("metadata").and_then(Value::as_mapping).and_then(|meta| first(meta, &["title"]));
    let slug = name.map(|name| name.slug.clone()).or_else(|| text(&["slug"]));
    let slug = slug.unwrap_or_else(|| base.trim_end_matches(".md").to_owned());
    Label {
        title: title.and_then(scalar).or_else(|| text(&["title"])).unwrap_or_else(|| slug.clone()),
        slug,
        status: first(progress(map), &["status"]).and_then(scalar),
    }
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
        let Label { slug, title, status } = label(base, name.as_ref(), map);
        let progress = progress(map);
        let text = |keys: &[&str]| first(map, keys).and_then(scalar);
        let step = first(progress, &["current_step", "step"]);
        Workflow {
            file: self.file.to_owned(),
            kind: name
                .map(|name| name.kind)
                .or_else(|| text(&["workflow_type"]).and_then(|word| Kind::from_word(&word))),
            title,
            slug,
            phase: first(progress, &["phase"]).and_then(|value| self.phase(value)),
            step: step.and_then(|value| self.step(value)),
            status,
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
pub(crate) fn ids(value: &Value) -> Vec<String> {
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
mod tests;
