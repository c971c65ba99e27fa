//! Takes a page apart at its fences, byte for byte, and tells where in the file a byte stands.
//! Never changes a byte: byte order mark, line endings and body are given back as they are.

use wfo_base::codes::Code;
use wfo_base::markdown::{self, FenceFault};
use wfo_base::{Problem, codes};

use crate::todo_yaml::unreadable;

/// A page and where its front matter lies.
#[derive(Debug, Clone)]
pub(crate) struct Split<'a> {
    /// The whole page.
    pub(crate) text: &'a str,
    /// Where the YAML begins.
    start: usize,
    /// Where the closing fence begins.
    end: usize,
    /// Where the body begins.
    body: usize,
    /// The ending of the first line.
    pub(crate) eol: &'static str,
}

impl<'a> Split<'a> {
    /// Finds the fences.
    ///
    /// # Errors
    /// `todo.unreadable` with line and column.
    pub(crate) fn of(file: &str, bytes: &'a [u8]) -> Result<Self, Problem> {
        let text = match str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = bytes.get(..error.valid_up_to()).and_then(|good| str::from_utf8(good).ok());
                let (line, column) = place(good.unwrap_or_default());
                return Err(unreadable(file, "bytes that are not UTF-8").at(file, line, column));
            }
        };
        if let Some(at) = text.find('\0') {
            let (line, column) = place(text.get(..at).unwrap_or_default());
            return Err(unreadable(file, "a NUL byte, so it is not a text file").at(file, line, column));
        }
        let front = markdown::front_matter(text).map_err(|fault| {
            let what = match fault {
                FenceFault::Absent => "no front matter: its first line is not `---`",
                FenceFault::Unclosed => "front matter without a closing `---`",
                FenceFault::TooLarge => "more than 64 KiB of front matter",
            };
            unreadable(file, what).at(file, 1, 1)
        })?;
        let start = text.find('\n').map_or(text.len(), |at| at + 1);
        let eol = if text.get(..start).is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
        Ok(Self { text, start, end: start + front.yaml.len(), body: text.len() - front.body.len(), eol })
    }

    /// Returns the text between the fences.
    pub(crate) fn yaml(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns what follows the closing fence.
    pub(crate) fn body(&self) -> &'a str {
        self.text.get(self.body..).unwrap_or_default()
    }

    /// Returns the page with other text between its fences.
    pub(crate) fn with(&self, yaml: &str) -> String {
        let (head, tail) = (self.text.get(..self.start), self.text.get(self.end..));
        [head.unwrap_or_default(), yaml, tail.unwrap_or_default()].concat()
    }

    /// Returns line and column in the file, from 1, of a byte of the YAML.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        let mut at = (self.start + at).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        place(self.text.get(..at).unwrap_or_default())
    }

    /// Makes a problem about a byte of the YAML; `what` follows "`FILE` line N".
    pub(crate) fn problem(&self, file: &str, at: usize, code: Code, what: &str) -> Problem {
        let (line, column) = self.place(at);
        let problem = Problem::new(code, format!("`{file}` line {line} {what}")).at(file, line, column);
        if code == codes::TODO_EDIT_REFUSED {
            problem.hint(format!("edit line {line} of `{file}` by hand; nothing was written"))
        } else {
            problem
        }
    }
}

fn place(before: &str) -> (usize, usize) {
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.trim_start_matches('\u{feff}').chars().count() + 1)
}
