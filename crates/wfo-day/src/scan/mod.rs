//! `scan`: the built-in sweep over what is staged, what lies in the work tree, what commits brought and what is piped in.
//! Joins git's lists with the rules of the domain; no value of a secret leaves this module, not even in a file name.

mod changed;
mod files;
mod rules;
mod secrets;
mod tally;

pub(crate) use changed::{Changed, Most, NAMED, changed};
pub use files::{env, files};
pub use rules::Rules;
pub use secrets::{Ask, TEXT_LIMIT, secrets};
pub use wfo_gate::secrets::Confidence;
pub use wfo_git::{Pending, Range, Surroundings};

use wfo_base::Diagnostic;

/// Where in its file a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spot {
    /// In the text.
    Content,
    /// In the path's own words.
    Name,
    /// The path alone says it.
    Path,
    /// In the message of the commit.
    Message,
}

/// One finding, without any character of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The rule.
    pub rule: String,
    /// What it says.
    pub title: String,
    /// How sure it is; high and medium mean no.
    pub confidence: Confidence,
    /// Where in the file.
    pub spot: Spot,
    /// The file, fit to be shown; `None` for the message of a commit and for text that is no file.
    pub file: Option<String>,
    /// Line and column, from 1, for what is in a text.
    pub at: Option<(u64, u64)>,
    /// How many characters the value has; `None` when there is none.
    pub length: Option<usize>,
    /// The commit that brought it.
    pub commit: Option<String>,
    /// What tells it from others and stays when lines move.
    pub fingerprint: String,
    /// Why its line says that it is allowed.
    pub reason: Option<String>,
}

impl Found {
    /// Says whether it means no.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.confidence >= Confidence::Medium
    }
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unscanned {
    /// The file, fit to be shown; `None` for the rest of a text that is no file.
    pub file: Option<String>,
    /// The commit that brought this version.
    pub commit: Option<String>,
    /// Why, in one word.
    pub why: &'static str,
    /// What the system said.
    pub detail: Option<String>,
    /// Its size in bytes, where that is why.
    pub bytes: Option<u64>,
    /// Whether the answer is unknown because of it.
    pub unknown: bool,
}

/// What a scan came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What counts, by file and place.
    pub findings: Vec<Found>,
    /// What its line allows.
    pub allowed: Vec<Found>,
    /// What was not looked at; first what makes the answer unknown.
    pub unscanned: Vec<Unscanned>,
    /// Versions of files that were looked at.
    pub files: u64,
    /// How many of these only for formats of high confidence: lock files, other people's code, minified files.
    pub partly: u64,
    /// How many bytes.
    pub bytes: u64,
    /// How many commits.
    pub commits: u64,
    /// Why there may be more than was looked at.
    pub cut: Vec<String>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

impl Report {
    /// Says whether all was looked at that should have been.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.cut.is_empty() && !self.unscanned.iter().any(|one| one.unknown)
    }

    /// Says whether something was found that means no.
    #[must_use]
    pub fn blocked(&self) -> bool {
        self.findings.iter().any(Found::blocks)
    }

    /// Brings the lists into their order.
    fn sorted(mut self) -> Self {
        let key = |found: &Found| (found.file.clone(), found.spot, found.at, found.rule.clone());
        self.findings.sort_by_cached_key(key);
        self.allowed.sort_by_cached_key(key);
        self.unscanned.sort_by_cached_key(|one| (!one.unknown, one.file.clone(), one.commit.clone(), one.why));
        self.unscanned.dedup();
        self
    }
}
