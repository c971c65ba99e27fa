//! The tasks of a page with their lines, in every shape in which they are written, doubles included.
//! Judges nothing.

use serde_yaml::Value;

use crate::front::Front;
use crate::todo_yaml::{first, scalar};

/// One task as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct TaskRow<'f> {
    /// Its id, from `id` or from the key it stands under.
    pub(super) id: Option<String>,
    /// The list it stands in.
    pub(super) category: String,
    /// Line in the file, from 1.
    pub(super) line: usize,
    /// The task itself, a mapping or a word.
    pub(super) value: &'f Value,
}

impl TaskRow<'_> {
    /// Returns the text of the first of these keys that is there.
    pub(super) fn text(&self, keys: &[&str]) -> Option<String> {
        first(self.value.as_mapping()?, keys).and_then(scalar)
    }
}

/// Returns all tasks in file order.
pub(super) fn rows<'f>(front: &'f Front<'_>) -> Vec<TaskRow<'f>> {
    let mut out = Vec::new();
    let Some((at, tasks)) = front.child(&[], "tasks") else { return out };
    let mut push = |category: &str, key: Option<String>, trail: &[usize], value: &'f Value| {
        let id = value.as_mapping().and_then(|map| first(map, &["id"])).and_then(scalar);
        let line = front.line_at(trail);
        out.push(TaskRow { id: id.or(key), category: category.to_owned(), line, value });
    };
    match tasks {
        Value::Sequence(list) => {
            for (index, row) in list.iter().enumerate() {
                push("", None, &[at, index], row);
            }
        }
        Value::Mapping(categories) => {
            for (place, (category, list)) in categories.iter().enumerate() {
                let category = scalar(category).unwrap_or_default();
                match list {
                    Value::Sequence(list) => {
                        for (index, row) in list.iter().enumerate() {
                            push(&category, None, &[at, place, index], row);
                        }
                    }
                    Value::Mapping(map) => {
                        for (index, (key, row)) in map.iter().enumerate() {
                            push(&category, scalar(key), &[at, place, index], row);
                        }
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    out
}
