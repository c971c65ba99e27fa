//! The rules in force, made when something has to be looked at or hidden, and never before.
//! Also makes foreign text fit to be shown: one line, no unsafe characters, no secret.

use std::cell::{OnceCell, RefCell};

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::tables::{Layers, Row, Rows, Table};
use wfo_base::{Diagnostic, Problem, text};
use wfo_gate::files::FileRow;
use wfo_gate::secrets::{Sweep, could_hold};

use crate::{Place, tables};

/// The most characters of a reason that a line gives.
const REASON: usize = 200;

/// The rules of one place.
pub struct Rules {
    layers: Layers,
    sweep: OnceCell<Sweep>,
    notes: RefCell<Vec<Diagnostic>>,
}

impl Rules {
    /// Finds out which tables count at a place.
    #[must_use]
    pub fn new(place: &Place, home: &Home) -> Self {
        let config = place.config(home);
        let layers = config.layers(home, place.settings_root());
        Self { layers, sweep: OnceCell::new(), notes: RefCell::new(config.notes.clone()) }
    }

    /// As [`Rules::new`], with settings that were read already and whose notes somebody else tells.
    #[must_use]
    pub fn with(place: &Place, home: &Home, config: &Config) -> Self {
        let layers = config.layers(home, place.settings_root());
        Self { layers, sweep: OnceCell::new(), notes: RefCell::new(Vec::new()) }
    }

    /// Returns the sweep.
    pub fn sweep(&self) -> &Sweep {
        self.sweep.get_or_init(|| {
            let (rows, words) = (self.rows(&tables::SECRETS), self.rows(&tables::SECRET_WORDS));
            Sweep::new(&rows, &words).drain_into(&mut self.notes.borrow_mut())
        })
    }

    /// Returns the rules about files.
    pub(super) fn files(&self) -> Vec<FileRow> {
        self.rows(&tables::FILE_RULES)
    }

    fn rows<R: Row>(&self, table: &Table<R>) -> Vec<R> {
        let rows: Rows<R> = table.load(&self.layers).drain_into(&mut self.notes.borrow_mut());
        rows.into_iter().map(|(row, _)| row).collect()
    }

    /// Takes what was noticed about the rules, fit to be shown.
    pub fn notes(&self) -> Vec<Diagnostic> {
        let notes = self.notes.take();
        let mut notes: Vec<Diagnostic> = notes.into_iter().map(|note| self.hide(note)).collect();
        // Hiding may have been the first to need the rules.
        notes.append(&mut self.notes.take());
        notes
    }

    /// Makes a path fit to be shown: what is unsafe in it is escaped, secrets are replaced.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        let hidden = self.sweep().redact(path);
        let escaped = escaped(&hidden);
        if escaped == *hidden {
            return hidden.into_owned();
        }
        // A secret with unsafe characters within is one for whoever sees it without them.
        let plain = text::one_line(&hidden);
        let again = self.sweep().redact(&plain);
        if again == plain { escaped } else { again.into_owned() }
    }

    /// Makes words fit to be shown on one line: no secret, at most 200 characters.
    #[must_use]
    pub fn words(&self, words: &str) -> String {
        let hidden = self.sweep().redact(words).into_owned();
        let plain = text::one_line(&hidden).into_owned();
        text::clip(&self.sweep().redact(&plain), REASON).into_owned()
    }

    /// As [`Rules::without_secrets`], in place, for many short texts: rules are not even read for what can hold no secret.
    pub(crate) fn hide_words(&self, words: &mut String) {
        if could_hold(words) {
            let hidden = self.without_secrets(words);
            if hidden != *words {
                *words = hidden;
            }
        }
    }

    /// Replaces the secrets in a text of several lines, and keeps the lines.
    #[must_use]
    pub fn without_secrets_in_lines(&self, text: &str) -> String {
        let whole = self.sweep().redact(text);
        let mut out = String::with_capacity(whole.len());
        for line in whole.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            out.push_str(&self.without_secrets(bare));
            out.push_str(line.get(bare.len()..).unwrap_or_default());
        }
        out
    }

    /// Replaces secrets, those too that only show when unsafe characters are taken away.
    #[must_use]
    pub fn without_secrets(&self, words: &str) -> String {
        let hidden = self.sweep().redact(words).into_owned();
        let plain = text::one_line(&hidden).into_owned();
        let again = self.sweep().redact(&plain);
        if again == plain { hidden } else { again.into_owned() }
    }

    /// Hides secrets in what was noticed.
    #[must_use]
    pub fn hide(&self, note: Diagnostic) -> Diagnostic {
        Diagnostic { problem: self.hide_in(note.problem), ..note }
    }

    /// Hides secrets in a problem.
    #[must_use]
    pub fn hide_in(&self, mut problem: Problem) -> Problem {
        problem.message = self.without_secrets(&problem.message);
        problem.hint = problem.hint.as_deref().map(|hint| self.without_secrets(hint));
        if let Some(place) = &mut problem.location {
            place.file = self.shown(&place.file);
        }
        problem
    }
}

/// Writes what is unsafe on one line as Rust would escape it; all else stays.
fn escaped(path: &str) -> String {
    if text::one_line(path) == path {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len() + 8);
    for c in path.chars() {
        let alone = format!("a{c}b");
        if c == ' ' || text::one_line(&alone) == alone {
            out.push(c);
        } else {
            out.extend(c.escape_default());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_on_one_line_and_stays_tellable() {
        for (path, expected) in [
            ("src/main.rs", "src/main.rs"),
            ("a  b", "a  b"),
            ("naïve/ü.txt", "naïve/ü.txt"),
            ("a\nb", "a\\nb"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{202e}b", "a\\u{202e}b"),
        ] {
            assert_eq!(escaped(path), expected);
        }
    }
}
