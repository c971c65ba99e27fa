//! What was noticed, worded for stderr, and kept from flooding an answer: a stranger's file may hold any number of faults.

use std::collections::HashMap;

use wfo_base::{Diagnostic, Severity, text};

use super::Form;
use crate::render::Paint;

/// The most diagnostics with one code about one file.
const ALIKE: usize = 10;
/// The most diagnostics of one answer.
const MOST: usize = 100;

/// The most characters of a message, which may quote what a stranger wrote.
const MESSAGE: usize = 2_000;

/// Leaves the first few of each kind and returns how many went.
pub(super) fn bound(notes: &mut Vec<Diagnostic>) -> usize {
    let before = notes.len();
    let mut alike: HashMap<(&str, Option<String>), usize> = HashMap::new();
    notes.retain(|note| {
        let file = note.problem.location.as_ref().map(|place| place.file.clone());
        let seen = alike.entry((note.problem.code.id, file)).or_default();
        *seen += 1;
        *seen <= ALIKE
    });
    notes.truncate(MOST);
    before - notes.len()
}

/// Words all that is to be shown on stderr.
pub(super) fn told(notes: &[Diagnostic], more: usize, form: &Form) -> String {
    let shown = notes.iter().filter(|note| match note.severity {
        Severity::Error => true,
        Severity::Warning => !form.quiet,
        Severity::Info => form.verbose,
    });
    let mut lines: String = shown.map(|note| worded(note, form.paint)).collect();
    if more > 0 && !form.quiet {
        lines += &format!("... and {more} more of the same\n");
    }
    lines
}

/// Words one diagnostic for a terminal.
pub(super) fn worded(note: &Diagnostic, paint: Paint) -> String {
    let problem = &note.problem;
    let place = match &problem.location {
        Some(place) => match place.line {
            Some(line) if !problem.message.contains(&place.file) => {
                format!(" ({}:{line})", text::one_line(&place.file))
            }
            _ => String::new(),
        },
        None => String::new(),
    };
    let head = format!("{}[{}]", note.severity, problem.code.id);
    let head = if note.severity == Severity::Error { paint.red(&head) } else { paint.yellow(&head) };
    let mut lines = format!("{head}: {}{place}\n", lines_kept(&problem.message));
    if let Some(hint) = &problem.hint {
        lines += &format!("  hint: {}\n", text::clip(&text::one_line(hint), MESSAGE));
    }
    lines
}

/// Cleans a message line by line: a template's report with its source excerpt keeps its lines and blanks.
fn lines_kept(message: &str) -> String {
    let harmless = |c: &char| *c == ' ' || !text::one_line(c.encode_utf8(&mut [0; 4])).is_empty();
    let lines: Vec<String> = message.lines().map(|line| line.chars().filter(harmless).collect()).collect();
    text::clip(&lines.join("\n  "), MESSAGE).into_owned()
}
