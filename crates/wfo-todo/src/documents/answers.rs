//! The answers file: a map from the id of a question to a text, or to a list of texts, as YAML or JSON.
//! Bounded: it is read as a stranger's.

use std::collections::BTreeMap;

use serde_yaml::Value;
use wfo_base::nearest::nearest;
use wfo_base::text::{clip, code_span, one_line};
use wfo_base::{Problem, codes, yaml};

use crate::questions::QuestionRow;
use crate::todo_yaml::scalar;
use crate::words::is_nothing;

/// The most bytes of an answers file.
pub const ANSWERS_LIMIT: u64 = 64 << 10;
/// The most texts of one answer.
const TEXTS: usize = 100;
/// The most characters of one text.
const LONGEST: usize = 2_000;

/// What was answered, by the id of the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Vec<String>>);

impl Answers {
    /// Reads an answers file; `file` is the path to show, `rows` are all questions that there are.
    ///
    /// # Errors
    /// `todo.answers-invalid` with the line where it is known: no map, an unknown question with the nearest ids, an answer that is
    /// no text, more than 100 texts or 2,000 characters.
    pub fn read(file: &str, page: &str, rows: &[QuestionRow]) -> Result<Self, Problem> {
        let value: Value = yaml::parse(page).map_err(|fault| {
            let problem = invalid(&format!("{} does not parse: {}", code_span(file), fault.message));
            match fault.place {
                Some((line, column)) => problem.at(file, line, column),
                None => problem.in_file(file),
            }
        })?;
        let map = match &value {
            Value::Mapping(map) => map,
            Value::Null => return Ok(Self::default()),
            _ => {
                let what = "is not a map from questions to answers";
                return Err(invalid(&format!("{} {what}", code_span(file))).at_line(file, 1));
            }
        };
        let mut out = BTreeMap::new();
        for (key, value) in map {
            let id = scalar(key).unwrap_or_default();
            let placed = |problem: Problem| match line_of(page, &id) {
                Some(line) => problem.at_line(file, line),
                None => problem.in_file(file),
            };
            if !rows.iter().any(|row| row.id == id) {
                return Err(placed(unknown(&id, rows)));
            }
            let texts = texts(value).map_err(|why| placed(invalid(&format!("the answer to `{id}` {why}"))))?;
            if !texts.is_empty() {
                out.insert(id, texts);
            }
        }
        Ok(Self(out))
    }

    /// Makes answers of pairs.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self(pairs.into_iter().filter(|(_, texts)| !texts.is_empty()).collect())
    }

    /// Returns the texts of an answer; none = not answered.
    #[must_use]
    pub fn get(&self, id: &str) -> &[String] {
        self.0.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the ids of the questions that are answered.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Adds what another one answers and this one does not.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (id, texts) in other.0 {
            self.0.entry(id).or_insert(texts);
        }
        self
    }
}

fn invalid(message: &str) -> Problem {
    Problem::new(codes::TODO_ANSWERS_INVALID, message)
        .hint("write one line for each question: `analyst-problem: \"text\"`, or a list of texts; `wfo-helper ref planning` has an example")
}

fn unknown(id: &str, rows: &[QuestionRow]) -> Problem {
    let near: Vec<String> = nearest(id, rows.iter().map(|row| row.id.as_str())).into_iter().map(code_span).collect();
    let problem = Problem::new(codes::TODO_ANSWERS_INVALID, format!("no question has the id {}", code_span(id)));
    match near.as_slice() {
        [] => problem.hint("without `--answers` the command lists the questions with their ids"),
        near => problem.hint(format!("the nearest are {}", near.join(", "))),
    }
}

/// Finds the line of a key at the start of a line.
fn line_of(page: &str, id: &str) -> Option<usize> {
    let names = |line: &str| {
        let line = line.trim_start_matches(['{', ' ', '\t']);
        let bare = line.trim_start_matches(['"', '\'']);
        bare.strip_prefix(id).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    };
    page.lines().position(names).map(|at| at + 1)
}

/// Reads one answer.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    let list = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Sequence(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut out = Vec::new();
    for value in list {
        if value.is_null() {
            continue;
        }
        let text = match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        let text = text.ok_or("is neither a text nor a list of texts; a text with `: ` in it needs quotes")?;
        if text.chars().count() > LONGEST {
            return Err(format!("has more than {LONGEST} characters; split it into a list, or say it shorter"));
        }
        for part in parts(&text) {
            let line = one_line(part);
            // a person who writes `TBD` has not answered; `none` is an answer
            if line.chars().any(char::is_alphanumeric) && !(is_nothing(&line) && is_later(&line)) {
                out.push(clip(&line, LONGEST).into_owned());
            }
        }
        if out.len() > TEXTS {
            return Err(format!("has more than {TEXTS} texts"));
        }
    }
    Ok(out)
}

fn is_later(line: &str) -> bool {
    let word = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(word.as_str(), "tbd" | "tba" | "todo")
}

/// Takes a text apart that is a list of its own: each line begins with `- `.
fn parts(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let item = |line: &str| line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).map(|rest| rest.len());
    let items: Option<Vec<&str>> =
        lines.iter().map(|line| item(line).and_then(|left| line.get(line.len() - left..)).map(str::trim)).collect();
    items.filter(|items| items.len() > 1).unwrap_or_else(|| vec![text])
}
