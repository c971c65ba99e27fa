//! Answers brought into a document that is there: only lines that still wait for them change, every other byte stays.

use std::fmt::Write as _;

use super::answers::Answers;
use super::line;
use super::page::answer_lines;
use crate::questions::QuestionRow;

/// A document with answers filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The whole page.
    pub page: String,
    /// Ids of the questions whose lines were filled.
    pub filled: Vec<String>,
    /// Answers that the page neither waits for nor says, by question.
    pub unused: Vec<String>,
}

/// Fills the lines of a page that wait for one of these questions.
#[must_use]
pub fn fill(page: &str, rows: &[&QuestionRow], answers: &Answers) -> Filled {
    let open = super::page::open_lines(page);
    let mut out = String::with_capacity(page.len() + 256);
    let mut filled = Vec::new();
    for (at, raw) in page.split_inclusive('\n').enumerate() {
        let row = open.iter().find(|(number, _)| *number == at + 1);
        let row = row.and_then(|(_, id)| rows.iter().find(|row| row.id == *id));
        let lines = row.filter(|row| !filled.contains(&row.id)).map(|row| {
            let next = row.ids.as_deref().map_or(1, |ids| next_number(&format!("{out}{page}"), ids));
            (row, answer_lines(row, answers.get(&row.id), next))
        });
        match lines {
            Some((row, lines)) if !lines.is_empty() => {
                let end = raw.get(raw.trim_end_matches(['\r', '\n']).len()..).unwrap_or_default();
                let indent: String = raw.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
                let last = lines.len() - 1;
                for (at, line) in lines.iter().enumerate() {
                    // a last line without an end keeps none
                    let end = if at == last { end } else { eol(page) };
                    let _ = write!(out, "{indent}{line}{end}");
                }
                filled.push(row.id.clone());
            }
            _ => out.push_str(raw),
        }
    }
    let said = |row: &QuestionRow| {
        let text = |answer: &String| crate::plan_list::notes_of(answer).0.to_owned();
        answers.get(&row.id).iter().all(|answer| out.contains(&line::item(&text(answer))))
    };
    let unused = rows.iter().filter(|row| !answers.get(&row.id).is_empty() && !said(row));
    let unused = unused.map(|row| row.id.clone()).filter(|id| !filled.contains(id)).collect();
    Filled { page: out, filled, unused }
}

fn eol(page: &str) -> &'static str {
    if page.lines().next().is_some_and(|first| page.get(first.len()..).is_some_and(|rest| rest.starts_with("\r\n"))) {
        "\r\n"
    } else {
        "\n"
    }
}

/// Returns one more than the highest number of an id such as `AC-3` on a page.
fn next_number(page: &str, ids: &str) -> usize {
    let numbers = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter_map(|word| {
        let number = word.strip_prefix(ids)?.strip_prefix('-')?;
        number.parse::<usize>().ok().filter(|number| *number < 100_000)
    });
    numbers.max().unwrap_or(0) + 1
}
