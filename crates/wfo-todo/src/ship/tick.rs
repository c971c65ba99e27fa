//! The lines of TASK.md that belong to a feature, ticked: boxes, plain bullets, rows of tables.
//! Each line is read again after the edit; one that would then say something else stays as it was.

use super::link::Feature;
use super::{PageLine, line_end, raw_lines};
use crate::tasks::{Task, tasks};
use crate::todo_file::TaskStatus;

/// The most lines that are ticked.
const MOST: usize = 200;

/// A page with the feature's lines ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// The whole page.
    pub page: String,
    /// What was ticked.
    pub lines: Vec<PageLine>,
    /// Lines that belong to it and were left, each with why.
    pub left: Vec<PageLine>,
}

/// Ticks the open lines that belong to a feature. A line whose task is not completed is left.
#[must_use]
pub fn tick(page: &str, file: &str, feature: &Feature<'_>) -> Ticked {
    let mut out = Ticked { page: page.to_owned(), ..Ticked::default() };
    let before = tasks(page, file);
    let raw = raw_lines(page);
    for task in before.iter().filter(|task| !task.done) {
        let Some(line) = task.line.checked_sub(1).and_then(|at| raw.get(at)) else { continue };
        let Some(link) = feature.task_line(line, &task.text, task.id.as_deref()) else { continue };
        let told = |why| PageLine { line: task.line, text: task.text.clone(), why };
        if link.task.is_some_and(|task| task.status != TaskStatus::Completed) {
            out.left.push(told("its task is not completed"));
        } else if out.lines.len() >= MOST {
            out.left.push(told("there are very many"));
        } else if let Some(page) = ticked(&out.page, file, task) {
            out.page = page;
            out.lines.push(told(link.why));
        } else {
            out.left.push(told("it has no box and no status that could be changed"));
        }
    }
    out
}

/// Ticks one line; `None` where that would change more, or nothing.
fn ticked(page: &str, file: &str, task: &Task) -> Option<String> {
    let raw = raw_lines(page);
    let at = task.line - 1;
    let (text, end) = line_end(raw.get(at)?);
    let new = line(text)?;
    let mut lines: Vec<&str> = raw.clone();
    let new = format!("{new}{end}");
    *lines.get_mut(at)? = &new;
    let after = lines.concat();
    let (was, is) = (tasks(page, file), tasks(&after, file));
    let same = |(a, b): (&Task, &Task)| {
        let told = a.text == b.text && a.line == b.line && a.id == b.id;
        told && if a.line == task.line { b.done } else { a == b }
    };
    (was.len() == is.len() && was.iter().zip(&is).all(same)).then_some(after)
}

/// Ticks the text of one line.
pub(super) fn line(text: &str) -> Option<String> {
    if text.trim_start().starts_with('|') {
        return row(text);
    }
    let (head, words) = item(text)?;
    Some(match open_box(words) {
        Some(after) => format!("{head}[x]{after}"),
        None => format!("{head}[x] {words}"),
    })
}

/// Says whether the text of a list item begins with a box that is not ticked.
pub(super) fn has_open_box(text: &str) -> bool {
    item(text).is_some_and(|(_, words)| open_box(words).is_some())
}

/// Splits a list item into its mark with the blanks around it, and its words.
fn item(text: &str) -> Option<(&str, &str)> {
    let bare = text.trim_start();
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    let (_, rest) = bare.split_at_checked(if digits > 0 { digits + 1 } else { 1 })?;
    let words = rest.trim_start();
    text.split_at_checked(text.len() - words.len())
}

fn open_box(words: &str) -> Option<&str> {
    ["[ ]", "[~]", "[-]", "[/]"].iter().find_map(|open| words.strip_prefix(open))
}

/// Changes the one cell of a row that is a box or a status.
fn row(text: &str) -> Option<String> {
    let mut cells: Vec<String> = text.split('|').map(str::to_owned).collect();
    let open = |cell: &&mut String| {
        let word = cell.trim();
        let boxed = ["[ ]", "[~]", "[-]", "[/]", "☐"].contains(&word);
        boxed || TaskStatus::from_word(word.trim_matches(['`', '*', '_'])).is_some_and(|status| !status.is_over())
    };
    let cell = cells.iter_mut().find(open)?;
    let word = cell.trim().to_owned();
    let new = match word.chars().next() {
        Some('[') => "[x]".to_owned(),
        Some(first) if first.is_uppercase() => "Done".to_owned(),
        Some(first) if first.is_alphabetic() => "done".to_owned(),
        _ => "✅".to_owned(),
    };
    *cell = cell.replacen(&word, &new, 1);
    Some(cells.join("|"))
}
