//! What tools measure, as exact counts. No floats: a limit is compared with the counts themselves.

use super::{Ratio, Unreadable};

/// The figures of one report; what a format does not tell is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Lines that were run, of those that can be.
    pub lines: Option<Ratio>,
    /// Branches that were taken, where they were measured.
    pub branches: Option<Ratio>,
    /// Statements that were run.
    pub statements: Option<Ratio>,
    /// Functions or methods that were called.
    pub functions: Option<Ratio>,
    /// Which lines of which files were run, for the share of changed lines; where the format tells.
    pub files: Vec<FileLines>,
    /// How a test run came out.
    pub tests: Option<Tests>,
    /// Every function with its cyclomatic complexity.
    pub complexity: Vec<Complexity>,
    /// Duplicated lines, of all lines.
    pub duplication: Option<Ratio>,
    /// Vulnerable packages by severity; one advisory may hit many packages.
    pub packages: Option<Packages>,
    /// Vulnerabilities that a newer version fixes.
    pub fixable: Option<u64>,
    /// Messages by the tool's own levels.
    pub levels: Option<Levels>,
    /// Identifiers with a known type, of all.
    pub types: Option<Ratio>,
    /// Sizes of what is delivered.
    pub bundles: Vec<Bundle>,
}

impl Figures {
    /// The share that a coverage limit is about: lines, or statements where the format has no lines.
    #[must_use]
    pub fn coverage(&self) -> Option<Ratio> {
        self.lines.or(self.statements)
    }

    /// The function of the highest complexity.
    #[must_use]
    pub fn most_complex(&self) -> Option<&Complexity> {
        self.complexity.iter().max_by_key(|function| function.ccn)
    }
}

/// The lines of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLines {
    /// The file, as the tool names it.
    pub file: String,
    /// Which of its lines count, in the report's order; lines may come twice, and one hit is a hit.
    pub spans: Vec<Span>,
}

/// Some lines that were run, or were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first line, from 1.
    pub first: u32,
    /// The last line, itself included.
    pub last: u32,
    /// Whether they were run.
    pub hit: bool,
}

impl Span {
    /// One line; lines beyond what any file has are put at the end.
    pub(super) fn line(line: u64, hit: bool) -> Self {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Self { first: line, last: line, hit }
    }
}

/// How a test run came out, in tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tests {
    /// All that the report names, with the skipped ones.
    pub total: u64,
    /// Tests that ran and did not hold.
    pub failed: u64,
    /// What broke before it could hold or not: set-up, collection, a suite that did not load.
    pub errors: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Tests {
    /// Refuses a run in which nothing was tested and nothing went wrong.
    pub(super) fn require_some(self) -> Result<Self, Unreadable> {
        if self.failed > 0 || self.errors > 0 {
            return Ok(self);
        }
        match (self.total, self.skipped) {
            (0, _) => Unreadable::err("no test ran"),
            (total, skipped) if skipped >= total => Unreadable::err(format!("no test ran: all {total} were skipped")),
            _ => Ok(self),
        }
    }
}

/// One function's cyclomatic complexity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complexity {
    /// The function's name.
    pub function: String,
    /// Its file, as the tool names it.
    pub file: String,
    /// Its first line, from 1.
    pub line: Option<u64>,
    /// The cyclomatic complexity number, from 1.
    pub ccn: u64,
}

/// Vulnerable packages by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packages {
    /// `critical`
    pub critical: u64,
    /// `high`
    pub high: u64,
    /// `moderate`
    pub moderate: u64,
    /// `low`
    pub low: u64,
    /// `info`
    pub info: u64,
}

impl Packages {
    /// All of them; at most `u64::MAX`.
    #[must_use]
    pub fn total(self) -> u64 {
        [self.critical, self.high, self.moderate, self.low, self.info].into_iter().fold(0, u64::saturating_add)
    }
}

/// Messages by the tool's own levels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Levels {
    /// Errors, the fatal ones included.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Notes and other information.
    pub notes: u64,
    /// Errors for which a file could not be looked at.
    pub fatal: u64,
}

/// One delivered file or bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Makes a ratio, or says why the two counts cannot both be right.
pub(super) fn ratio(what: &str, part: u64, whole: u64) -> Result<Ratio, Unreadable> {
    Ratio::new(part, whole).ok_or_else(|| Unreadable::new(format!("{part} {what} of {whole}, which cannot be")))
}

/// Makes a ratio of something that was measured, or says that nothing was.
pub(super) fn some_ratio(what: &str, part: u64, whole: u64) -> Result<Ratio, Unreadable> {
    if whole == 0 {
        return Unreadable::err(format!("no {what} were measured: 0 in all"));
    }
    ratio(what, part, whole)
}

/// Makes a ratio of something that is measured only at times.
pub(super) fn maybe_ratio(what: &str, part: u64, whole: u64) -> Result<Option<Ratio>, Unreadable> {
    let ratio = ratio(what, part, whole)?;
    Ok((whole > 0).then_some(ratio))
}

/// Adds counts of foreign text.
pub(super) fn sum(a: u64, b: u64) -> Result<u64, Unreadable> {
    a.checked_add(b).ok_or_else(|| Unreadable::new("counts that are too large to be true"))
}
