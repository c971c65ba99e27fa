//! What the host's task tools say in a transcript: the old list that is written whole each time, and the new one whose tasks are
//! made and changed one by one. The format is the host's own affair, so whatever is odd is passed over.

use std::collections::BTreeMap;

use serde_json::Value;

/// The most bytes of a line that is looked into.
const LINE: usize = 1 << 20;
/// The most tasks of one session.
const TASKS: usize = 2_000;

/// The tasks of one session.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// The list as it was written last, within the day.
    list: BTreeMap<String, bool>,
    /// Tasks that were made and whose number is not known yet, by the call that made them.
    made: BTreeMap<String, String>,
    /// Tasks by number.
    tasks: BTreeMap<String, Numbered>,
}

/// One task of the new tools.
#[derive(Debug, Default)]
struct Numbered {
    /// What it is; nothing until the line that made it was seen.
    subject: String,
    /// Whether it was finished within the day.
    finished: bool,
}

impl Board {
    /// Says whether a line could tell something; cheap.
    pub(super) fn asks_for(&self, line: &[u8]) -> bool {
        line.len() <= LINE && (names_tool(line) || (!self.made.is_empty() && contains(line, b"\"tool_result\"")))
    }

    /// Takes in a line; `today` = it was written within the day.
    pub(super) fn read(&mut self, line: &[u8], today: bool) {
        let Ok(value) = serde_json::from_slice::<Value>(line) else { return };
        let blocks = value.get("message").and_then(|message| message.get("content")).and_then(Value::as_array);
        for block in blocks.into_iter().flatten() {
            let input = block.get("input").unwrap_or(&Value::Null);
            match text(block, "name").or_else(|| text(block, "type")) {
                Some("TodoWrite") if today => self.list = input.get("todos").map(tasks_of).unwrap_or_default(),
                Some("TaskCreate") => self.make(block, input),
                Some("TaskUpdate") => self.change(input, today),
                Some("tool_result") => self.number(block, &value),
                _ => {}
            }
        }
    }

    fn make(&mut self, block: &Value, input: &Value) {
        let subject = text(input, "subject").or_else(|| text(input, "content"));
        if let (Some(call), Some(subject)) = (text(block, "id"), subject)
            && self.made.len() < TASKS
        {
            self.made.insert(call.to_owned(), subject.to_owned());
        }
    }

    /// Gives a task that was made its number, which only the answer tells.
    fn number(&mut self, block: &Value, line: &Value) {
        let Some(subject) = text(block, "tool_use_id").and_then(|call| self.made.remove(call)) else { return };
        let told = line.get("toolUseResult").and_then(|result| result.get("task")?.get("id").and_then(word));
        let Some(number) = told.or_else(|| said(block)) else { return };
        if let Some(task) = self.task(number) {
            task.subject = subject;
        }
    }

    fn change(&mut self, input: &Value, today: bool) {
        let Some(number) = input.get("taskId").or_else(|| input.get("id")).and_then(word) else { return };
        let (status, subject) = (text(input, "status"), text(input, "subject"));
        let Some(task) = self.task(number) else { return };
        if let Some(subject) = subject {
            task.subject = subject.to_owned();
        }
        if let Some(status) = status {
            task.finished = today && status == "completed";
        }
    }

    fn task(&mut self, number: String) -> Option<&mut Numbered> {
        let room = self.tasks.len() < TASKS || self.tasks.contains_key(&number);
        room.then(|| self.tasks.entry(number).or_default())
    }

    /// Returns the tasks with whether they are finished.
    pub(super) fn tasks(self) -> impl Iterator<Item = (String, bool)> {
        let numbered = self.tasks.into_values().filter(|task| !task.subject.is_empty());
        self.list.into_iter().chain(numbered.map(|task| (task.subject, task.finished)))
    }
}

const TOOLS: [&[u8]; 3] = [b"\"TodoWrite\"", b"\"TaskCreate\"", b"\"TaskUpdate\""];

/// Looks for all names in one pass.
fn names_tool(line: &[u8]) -> bool {
    let begins = |two: &[u8]| two == b"\"T";
    let rest = |at: usize| line.get(at..).unwrap_or_default();
    line.windows(2).enumerate().any(|(at, two)| begins(two) && TOOLS.iter().any(|name| rest(at).starts_with(name)))
}

fn contains(line: &[u8], words: &[u8]) -> bool {
    line.windows(words.len()).any(|window| window == words)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// Returns a number that may be written as text.
fn word(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}

/// Returns the number from an answer such as `Task #3 created successfully: ...`.
fn said(block: &Value) -> Option<String> {
    let content = block.get("content")?;
    let words = content.as_str().or_else(|| content.get(0)?.get("text")?.as_str())?;
    let digits: String = words.strip_prefix("Task #")?.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Reads a task list of the host's: `[{content, status}]`.
pub(crate) fn tasks_of(list: &Value) -> BTreeMap<String, bool> {
    let rows = list.as_array().into_iter().flatten();
    rows.filter_map(task_of).take(TASKS).collect()
}

/// Reads one task of the host's.
pub(crate) fn task_of(row: &Value) -> Option<(String, bool)> {
    let subject = text(row, "content").or_else(|| text(row, "subject"))?;
    Some((subject.to_owned(), text(row, "status") == Some("completed")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(id: &str, name: &str, input: Value) -> Value {
        json!({"type": "assistant", "message": {"content": [{"type": "tool_use", "id": id, "name": name, "input": input}]}})
    }

    fn answer(id: &str, words: &str, result: Value) -> Value {
        json!({"type": "user", "toolUseResult": result,
            "message": {"content": [{"type": "tool_result", "tool_use_id": id, "content": words}]}})
    }

    fn board(lines: &[(Value, bool)]) -> Vec<(String, bool)> {
        let mut board = Board::default();
        for (line, today) in lines {
            let line = line.to_string();
            if board.asks_for(line.as_bytes()) {
                board.read(line.as_bytes(), *today);
            }
        }
        board.tasks().collect()
    }

    fn tasks(list: &[(&str, bool)]) -> Vec<(String, bool)> {
        list.iter().map(|(text, finished)| ((*text).to_owned(), *finished)).collect()
    }

    #[test]
    fn tasks_that_are_made_and_changed_one_by_one_are_finished_on_the_day_of_the_change() {
        let made = |id: &str, subject: &str| call(id, "TaskCreate", json!({"subject": subject, "description": "d"}));
        let lines = [
            (made("a", "Write it"), false),
            (answer("a", "Task #1 created successfully: Write it", json!({"task": {"id": "1"}})), false),
            (made("b", "Test it"), true),
            (answer("b", "Task #2 created successfully: Test it", Value::Null), true),
            (made("c", "Yesterday's"), false),
            (answer("c", "ok", json!({"task": {"id": 3}})), false),
            (made("d", "Without an answer"), true),
            (call("e", "TaskUpdate", json!({"taskId": "3", "status": "completed"})), false),
            (
                call("f", "TaskUpdate", json!({"taskId": "1", "status": "in_progress", "subject": "Write it well"})),
                true,
            ),
            (call("g", "TaskUpdate", json!({"taskId": "1", "status": "completed"})), true),
            (call("h", "TaskUpdate", json!({"taskId": "9", "status": "completed"})), true),
            (call("i", "TaskUpdate", json!({"taskId": "1", "owner": "x"})), true),
        ];
        assert_eq!(board(&lines), tasks(&[("Write it well", true), ("Test it", false), ("Yesterday's", false)]));
    }

    #[test]
    fn the_list_that_is_written_whole_counts_as_it_stood_last_on_the_day() {
        let list = |rows: Value| call("a", "TodoWrite", json!({"todos": rows}));
        let lines = [
            (list(json!([{"content": "Old", "status": "completed"}])), false),
            (list(json!([{"content": "One", "status": "pending"}])), true),
            (list(json!([{"content": "One", "status": "completed"}, {"content": "Two", "status": "pending"}])), true),
        ];
        assert_eq!(board(&lines), tasks(&[("One", true), ("Two", false)]));
    }

    #[test]
    fn odd_lines_tell_nothing_and_break_nothing() {
        let lines = [
            (json!("\"TaskCreate\""), true),
            (json!({"message": {"content": "\"TaskUpdate\""}}), true),
            (call("a", "TaskCreate", json!([1])), true),
            (call("b", "TaskUpdate", json!({"taskId": {}, "status": 3})), true),
            (call("c", "TodoWrite", json!({"todos": {"a": 1}})), true),
            (call("d", "TaskCreate", json!({"subject": "Lost"})), true),
            (answer("d", "no number", json!({"task": 7})), true),
        ];
        assert_eq!(board(&lines), []);
        let mut board = Board::default();
        board.read(b"{\"message\": not json \"TaskCreate\"", true);
        assert_eq!(board.tasks().count(), 0);
    }
}
