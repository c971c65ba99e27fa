//! What went wrong, as data: a code, a sentence with the value in it, and the next step.
//! Never prints and never decides the wording of a whole answer; rendering does that.

use std::fmt;

use crate::codes::Code;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The command could not do what it was asked.
    Error,
    /// The answer stands, but a part of it is missing or doubtful.
    Warning,
    /// Worth knowing; nothing is wrong.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// Points at the place a [`Problem`] is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Location {
    /// Path of the file, relative to the repository where inside it.
    pub file: String,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in characters, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// One thing that is wrong: code, message with the value shown, hint with the next command or edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row of `reference/errors.md` this belongs to.
    pub code: Code,
    /// What is wrong, lower case, with the value in it.
    pub message: String,
    /// The next command or edit.
    pub hint: Option<String>,
    /// Where it is.
    pub location: Option<Location>,
}

impl Problem {
    /// Makes a problem from its code and the sentence that says what is wrong.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, location: None }
    }

    /// Adds the next command or edit.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.location = Some(Location { file: file.into(), line: None, column: None });
        self
    }

    /// Adds file and line (from 1).
    #[must_use]
    pub fn at_line(mut self, file: impl Into<String>, line: usize) -> Self {
        self.location = Some(Location { file: file.into(), line: Some(line), column: None });
        self
    }

    /// Adds file, line and column (both from 1).
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: usize, column: usize) -> Self {
        self.location = Some(Location { file: file.into(), line: Some(line), column: Some(column) });
        self
    }

    /// Turns the problem into an error line of the answer.
    #[must_use]
    pub fn error(self) -> Diagnostic {
        Diagnostic { severity: Severity::Error, problem: self }
    }

    /// Turns the problem into a warning: the rest of the answer stands.
    #[must_use]
    pub fn warning(self) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, problem: self }
    }

    /// Turns the problem into a note.
    #[must_use]
    pub fn info(self) -> Diagnostic {
        Diagnostic { severity: Severity::Info, problem: self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.id, self.message)
    }
}

impl std::error::Error for Problem {}

/// A [`Problem`] with the weight it has in this answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is here.
    pub severity: Severity,
    /// What it is.
    pub problem: Problem,
}

/// A value together with what was noticed while it was made: a broken part never loses the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted<T> {
    /// The value, as far as it could be made.
    pub value: T,
    /// What was noticed, in order.
    pub notes: Vec<Diagnostic>,
}

impl<T> Noted<T> {
    /// Wraps a value about which there is nothing to say.
    pub fn clean(value: T) -> Self {
        Self { value, notes: Vec::new() }
    }

    /// Moves the notes to `sink` and returns the value.
    pub fn drain_into(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.notes);
        self.value
    }
}
