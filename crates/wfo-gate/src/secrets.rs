//! The built-in sweep for secrets: rules from `secrets.yaml` over texts, file names and logs, and the redactor.
//! Text in, places out: never touches disk, and no value or part of one is in any answer, title or `Debug` output.

mod assign;
mod encoded;
mod engine;
mod keywords;
mod place;
mod position;
mod prose;
mod rows;
mod shape;
mod sql;
mod suspect;
mod sweep;
mod value;

use std::ops::Range;

pub use place::{LARGEST, Skip, skip};
pub use rows::{Checksum, Confidence, Kind, SecretRow, ValueTest, WordsRow};
pub use suspect::could_hold;
pub use sweep::Sweep;

use crate::finding::{Finding, Severity};

/// A secret that was found: where it is and which rule says so, never what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Name of the rule, such as `github-pat`.
    pub rule: String,
    /// What it is, in a few words.
    pub title: String,
    /// How sure the rule is. High and medium block, low warns.
    pub confidence: Confidence,
    /// Line of its first character, from 1.
    pub line: u64,
    /// Column of its first character, from 1.
    pub column: u64,
    /// How many characters it has.
    pub length: usize,
    /// 16 hex digits over rule, path and value: stays when lines move.
    pub fingerprint: String,
    /// Where it is, in bytes of the text (of the text as UTF-8 when it was UTF-16).
    pub span: Range<usize>,
    /// Why its line says that it is allowed, as it stands there.
    pub reason: Option<String>,
}

impl Secret {
    /// Says whether it blocks (high, medium) or only warns (low).
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.confidence >= Confidence::Medium
    }

    /// Returns it in the shape of all findings.
    #[must_use]
    pub fn finding(&self, path: &str) -> Finding {
        Finding {
            id: self.rule.clone(),
            title: format!("{} ({} characters)", self.title, self.length),
            severity: match self.confidence {
                Confidence::High => Severity::Critical,
                Confidence::Medium => Severity::High,
                Confidence::Low => Severity::Low,
            },
            file: Some(path.to_owned()),
            line: Some(self.line),
            column: Some(self.column),
            fingerprint: self.fingerprint.clone(),
        }
    }
}

/// What a look at one file came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// What was found and is not allowed.
    pub secrets: Vec<Secret>,
    /// What was found on lines that say `wfo:allow REASON`.
    pub allowed: Vec<Secret>,
    /// Why the file was not looked at, or only for formats of high confidence.
    pub skipped: Option<Skip>,
}

#[cfg(test)]
mod false_positive_tests;
#[cfg(test)]
mod leaky_tests;
#[cfg(test)]
mod measure_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
