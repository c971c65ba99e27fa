//! Reads lists of tasks that wait for each other: TODO files, `plan.md` check lists, YAML and JSON lists.
//! Takes what is written; whether the waiting makes sense is for the planner to say.

use serde_yaml::{Mapping, Value};
use wfo_base::markdown::{self, Line, Tick, lines};
use wfo_base::{Problem, codes, text::code_span, yaml};

use crate::todo_file::TaskStatus;
use crate::todo_yaml::{first, mapping, scalar};
use crate::words::{clean, is_nothing};

/// One task of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanTask {
    /// Its id; a task without one is named after its line or place, such as `L12`.
    pub id: String,
    /// What is to be done, on one line.
    pub title: String,
    /// Ids of the tasks it waits for.
    pub depends_on: Vec<String>,
    /// Files it will change, as written.
    pub files: Vec<String>,
    /// How long it takes, as written, such as `2h`.
    pub estimate: Option<String>,
    /// Nothing is left to do.
    pub done: bool,
    /// It waits for something outside the list.
    pub blocked: bool,
    /// Line in the file, from 1, where the format tells.
    pub line: Option<usize>,
}

/// Reads the tasks of one file. `.yaml`, `.yml` and `.json`: a list, or a list or lists by category below `tasks`; Markdown: the
/// `tasks` of the front matter, else check boxes `- [ ] impl_001: text (depends: a, b; files: x; estimate: 2h)`.
///
/// # Errors
/// `plan.unreadable` when it does not parse or holds no task; `todo.unreadable` for broken front matter.
pub fn plan_tasks(file: &str, page: &str) -> Result<Vec<PlanTask>, Problem> {
    let is_data = [".yaml", ".yml", ".json"].iter().any(|end| file.to_ascii_lowercase().ends_with(end));
    let tasks = if is_data {
        let value: Value = yaml::parse(page).map_err(|fault| {
            let (line, column) = fault.place.unwrap_or((1, 1));
            unreadable(file, &format!("does not parse: {}", fault.message)).at(file, line, column)
        })?;
        of_value(&value)
    } else {
        match markdown::front_matter(page) {
            Ok(front) => {
                let tasks = of_value(&Value::Mapping(mapping(file, front.yaml)?));
                if tasks.is_empty() { of_markdown(page) } else { tasks }
            }
            Err(_) => of_markdown(page),
        }
    };
    if tasks.is_empty() { Err(unreadable(file, "holds no task")) } else { Ok(tasks) }
}

fn unreadable(file: &str, what: &str) -> Problem {
    Problem::new(codes::PLAN_UNREADABLE, format!("{} {what}", code_span(file)))
        .hint("`wfo-helper ref worktree` shows the forms of a task list")
        .in_file(file)
}

fn of_value(value: &Value) -> Vec<PlanTask> {
    let mut out = Vec::new();
    match value {
        Value::Sequence(list) => add(list, &mut out),
        Value::Mapping(map) => match map.get("tasks") {
            Some(Value::Sequence(list)) => add(list, &mut out),
            Some(Value::Mapping(categories)) => {
                categories.values().filter_map(Value::as_sequence).for_each(|list| add(list, &mut out));
            }
            // A list below a tag, as task managers write it.
            _ => {
                let tagged = map.values().filter_map(Value::as_mapping).filter_map(|tag| tag.get("tasks"));
                tagged.filter_map(Value::as_sequence).for_each(|list| add(list, &mut out));
            }
        },
        _ => {}
    }
    out
}

fn add(list: &[Value], out: &mut Vec<PlanTask>) {
    for value in list {
        let place = format!("T{}", out.len() + 1);
        match value {
            Value::Mapping(map) => out.push(of_mapping(map, place)),
            other => {
                out.extend(scalar(other).map(|title| PlanTask { id: title.clone(), title, ..PlanTask::default() }));
            }
        }
    }
}

fn of_mapping(map: &Mapping, place: String) -> PlanTask {
    let text = |keys: &[&str]| first(map, keys).and_then(scalar);
    let list = |keys: &[&str]| first(map, keys).map(words).unwrap_or_default();
    let status = text(&["status", "state"]).and_then(|word| TaskStatus::from_word(&word));
    let done = text(&["done", "completed"]).is_some_and(|word| word == "true")
        || first(map, &["completed_at"]).is_some()
        || status.is_some_and(TaskStatus::is_over);
    let id = text(&["id"]).unwrap_or(place);
    PlanTask {
        title: text(&["title", "description", "name"]).unwrap_or_else(|| id.clone()),
        id,
        depends_on: list(&["depends_on", "dependencies", "depends", "needs"]),
        files: list(&["files", "file"]),
        estimate: text(&["estimate", "estimated_time", "estimated_hours", "hours"]),
        done,
        blocked: status == Some(TaskStatus::Blocked),
        line: None,
    }
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(list) => list.iter().filter_map(scalar).filter(|word| !is_nothing(word)).collect(),
        other => scalar(other).map(|text| split(&text)).unwrap_or_default(),
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(|word| clean(word.trim())).filter(|word| !word.is_empty() && !is_nothing(word)).collect()
}

fn of_markdown(page: &str) -> Vec<PlanTask> {
    lines(page)
        .filter_map(|(number, line)| match line {
            Line::Item { tick: Some(tick), text, .. } if !is_nothing(text) => Some(of_item(tick, text, number)),
            _ => None,
        })
        .collect()
}

fn of_item(tick: Tick, text: &str, number: usize) -> PlanTask {
    let (id, task) = read_item(tick, text, number);
    PlanTask { id: id.unwrap_or_else(|| format!("L{number}")), ..task }
}

/// Reads a check box line; the id stands apart, since a line need not have one.
pub(crate) fn read_item(tick: Tick, text: &str, number: usize) -> (Option<String>, PlanTask) {
    let (text, notes) = notes_of(text);
    let (id, title) = match text.split_once(':') {
        Some((id, title)) if is_id(id) => (Some(bare(id).to_owned()), title.trim()),
        _ => (None, text.trim()),
    };
    let done = tick == Tick::Done;
    let mut task = PlanTask { title: clean(title), done, line: Some(number), ..PlanTask::default() };
    for note in notes.split(';') {
        let Some((key, value)) = note.split_once(':') else { continue };
        match key.trim().to_lowercase().as_str() {
            "depends" | "depends on" | "needs" | "after" | "blocked by" => task.depends_on = split(value),
            "files" | "file" => task.files = split(value),
            "estimate" | "est" | "time" => task.estimate = Some(clean(value.trim())),
            _ => {}
        }
    }
    (id, task)
}

/// Splits the closing `(key: value; ...)` off an item.
pub(crate) fn notes_of(text: &str) -> (&str, &str) {
    let trimmed = text.trim_end();
    let inner = trimmed.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    inner.filter(|(_, notes)| notes.contains(':')).unwrap_or((trimmed, ""))
}

/// Says whether the words before a colon are an id: one word with a digit, or in bold or code.
fn is_id(word: &str) -> bool {
    let name = bare(word);
    let plain = name.chars().all(|c| c.is_alphanumeric() || "_-.#".contains(c)) && !name.is_empty();
    plain && name.len() <= 64 && (name.chars().any(|c| c.is_ascii_digit()) || name != word.trim())
}

fn bare(word: &str) -> &str {
    word.trim().trim_matches(['*', '`', '[', ']'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brief(tasks: &[PlanTask]) -> Vec<(&str, &str, Vec<&str>, bool)> {
        tasks
            .iter()
            .map(|task| {
                let waits = task.depends_on.iter().map(String::as_str).collect();
                (task.id.as_str(), task.title.as_str(), waits, task.done)
            })
            .collect()
    }

    #[test]
    fn a_check_list_is_read_with_ids_waiting_files_and_estimates() {
        let page = "# Plan\n## Implementation\n- [ ] impl_001: Make the form (files: a.rs, b.rs; estimate: 2h)\n- [x] **impl_002**: Done (depends: impl_001)\n- [ ] no id here: at all\n- plain\n";
        let read = plan_tasks("plan.md", page).unwrap();
        assert_eq!(
            brief(&read),
            [
                ("impl_001", "Make the form", vec![], false),
                ("impl_002", "Done", vec!["impl_001"], true),
                ("L5", "no id here: at all", vec![], false)
            ]
        );
        assert_eq!((read[0].files.len(), read[0].estimate.as_deref(), read[0].line), (2, Some("2h"), Some(3)));
    }

    #[test]
    fn front_matter_yaml_and_json_are_read_alike() {
        let yaml = "tasks:\n  implementation:\n    - {id: a, description: A, status: completed}\n    - {id: b, name: B, dependencies: [a], estimated_hours: 3}\n  testing:\n    - {id: c, depends_on: \"a, b\", status: blocked}\n";
        let expected = [("a", "A", vec![], true), ("b", "B", vec!["a"], false), ("c", "c", vec!["a", "b"], false)];
        let json = r#"{"master":{"tasks":[{"id":1,"title":"One","status":"done"},{"id":2,"title":"Two","dependencies":[1]}]}}"#;
        for (file, page) in [("tasks.yaml", yaml.to_owned()), ("TODO_feature_x.md", format!("---\n{yaml}---\nbody\n"))]
        {
            let read = plan_tasks(file, &page).unwrap();
            assert_eq!(brief(&read), expected, "{file}");
            assert_eq!((read[1].estimate.as_deref(), read[2].blocked), (Some("3"), true), "{file}");
        }
        let read = plan_tasks("tasks.json", json).unwrap();
        assert_eq!(brief(&read), [("1", "One", vec![], true), ("2", "Two", vec!["1"], false)]);
    }

    #[test]
    fn what_holds_no_task_is_a_problem_with_its_place() {
        for (file, page, code) in [
            ("x.yaml", "tasks: [", codes::PLAN_UNREADABLE),
            ("x.json", "{}", codes::PLAN_UNREADABLE),
            ("x.md", "# nothing\n", codes::PLAN_UNREADABLE),
        ] {
            assert_eq!(plan_tasks(file, page).unwrap_err().code, code, "{file}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(page in "\\PC{0,80}", end in "(md|yaml|json)") {
            let _ = plan_tasks(&format!("x.{end}"), &page);
            let _ = plan_tasks("x.md", &format!("- [ ] {page}"));
        }
    }
}
