//! What the project is made of, as far as it decides which checks apply and whether reports speak for all of it.

use crate::gates::{Check, Kind};

/// Languages and files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Each language.
    pub languages: Vec<String>,
    /// The files that checks ask for and that are there.
    pub files: Vec<String>,
    /// Whether there may be parts that nobody looked at.
    pub incomplete: bool,
}

impl Project {
    /// Says by what evidence a check does not apply; `None` when it does, or when nobody can tell.
    pub(crate) fn spared(&self, check: &Check) -> Option<String> {
        if self.incomplete {
            return None;
        }
        let none_of =
            |wanted: &[String], have: &[String]| !wanted.is_empty() && !wanted.iter().any(|one| have.contains(one));
        // code without a manifest is code all the same, but it has no dependencies that could be looked up
        let shows = !self.languages.is_empty() || check.kind == Kind::Vulnerabilities;
        if shows && none_of(&check.languages, &self.languages) {
            let have = if self.languages.is_empty() { "no language".to_owned() } else { self.languages.join(", ") };
            return Some(format!("does not apply: the project shows {have}, none of {}", check.languages.join(", ")));
        }
        if none_of(&check.when, &self.files) {
            return Some(format!("does not apply: there is no {}", check.when.join(", no ")));
        }
        None
    }

    /// The languages of the project that the check is about.
    pub(crate) fn asked<'a>(&'a self, check: &'a Check) -> impl Iterator<Item = &'a String> {
        self.languages.iter().filter(|one| check.languages.is_empty() || check.languages.contains(one))
    }
}
