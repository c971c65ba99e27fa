//! Reads the reports of tools: bytes in, findings and exact figures out.
//! A report is read whole or not at all: what is empty, cut off, of another shape, an error answer, or about nothing
//! is [`Unreadable`] with the reason, never a clean report. No value of a secret is taken over.
//! A reader is one file and one row of the table below.

mod bandit;
mod betterleaks;
mod bundle_size;
mod cargo_audit;
mod clippy;
mod cobertura;
mod coverage_py;
pub mod cvss;
mod detect_secrets;
mod eslint;
pub mod figures;
mod gitleaks;
mod gocover;
mod istanbul;
mod jacoco;
mod jest;
mod jscpd;
mod json;
mod junit;
mod kingfisher;
mod lcov;
mod lizard;
mod llvm_cov;
mod mypy;
mod npm_audit;
mod osv_scanner;
mod percent;
mod pip_audit;
mod ripsecrets;
mod ruff;
mod sarif;
mod semgrep;
mod taken;
mod tsc;
mod type_coverage;
mod xml;
mod yarn_audit;

use std::fmt;

pub use figures::Figures;
pub use percent::{Percent, Ratio};

use crate::finding::Finding;

/// The largest report that is read, in bytes: 128 MiB.
pub const LARGEST: usize = 128 << 20;

/// The most findings of one report; more of them say that something else is wrong, and would fill the memory.
pub const MOST_FINDINGS: usize = 200_000;

/// The id of the sweep that needs no tool.
pub const BUILT_IN: &str = "built-in";

/// What a reader makes of a report's text.
type Reader = fn(&str) -> Result<Report, Unreadable>;

/// What the table holds of one tool.
struct Row {
    id: &'static str,
    read: Reader,
    /// The word that a driver's name in SARIF must hold, where this tool writes SARIF as well.
    driver: Option<&'static str>,
}

/// Makes [`Tool`] of the table of readers.
macro_rules! tools {
    (@driver) => { None };
    (@driver $driver:literal) => { Some($driver) };
    ($($variant:ident $id:literal $reader:path $(, sarif $driver:literal)?;)+) => {
        /// A tool, or a format that many tools write.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tool {
            $(#[doc = concat!("`", $id, "`")] $variant,)+
            /// `built-in`: the sweep of this program itself, which writes no report that could be given.
            BuiltIn,
        }

        impl Tool {
            /// Every tool whose reports are read from files.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row { id: $id, read: $reader, driver: tools!(@driver $($driver)?) },)+
                    Self::BuiltIn => Row { id: BUILT_IN, read: no_report, driver: None },
                }
            }
        }
    };
}

tools! {
    Semgrep "semgrep" semgrep::read, sarif "semgrep";
    Bandit "bandit" bandit::read, sarif "bandit";
    Gitleaks "gitleaks" gitleaks::read, sarif "gitleaks";
    Betterleaks "betterleaks" betterleaks::read, sarif "betterleaks";
    Kingfisher "kingfisher" kingfisher::read, sarif "kingfisher";
    DetectSecrets "detect-secrets" detect_secrets::read;
    Ripsecrets "ripsecrets" ripsecrets::read;
    NpmAudit "npm-audit" npm_audit::read_npm;
    PnpmAudit "pnpm-audit" npm_audit::read_pnpm;
    YarnAudit "yarn-audit" yarn_audit::read;
    PipAudit "pip-audit" pip_audit::read;
    CargoAudit "cargo-audit" cargo_audit::read;
    OsvScanner "osv-scanner" osv_scanner::read, sarif "osv-scanner";
    CoveragePy "coverage-py" coverage_py::read;
    Istanbul "istanbul" istanbul::read;
    Lcov "lcov" lcov::read;
    Cobertura "cobertura" cobertura::read;
    Jacoco "jacoco" jacoco::read;
    Gocover "gocover" gocover::read;
    LlvmCov "llvm-cov" llvm_cov::read;
    Junit "junit" junit::read;
    Jest "jest" jest::read;
    Eslint "eslint" eslint::read, sarif "eslint";
    Ruff "ruff" ruff::read, sarif "ruff";
    Mypy "mypy" mypy::read;
    Tsc "tsc" tsc::read;
    Clippy "clippy" clippy::read, sarif "clippy";
    Jscpd "jscpd" jscpd::read;
    Lizard "lizard" lizard::read;
    Sarif "sarif" sarif::read;
    TypeCoverage "type-coverage" type_coverage::read;
    BundleSize "bundle-size" bundle_size::read;
}

/// Puts `…` for whatever in a text looks like a token: for paths and names, which findings carry as their tools tell them.
#[must_use]
pub fn redacted(text: &str) -> String {
    taken::without_tokens(&wfo_base::text::one_line(text))
}

fn no_report(_: &str) -> Result<Report, Unreadable> {
    Unreadable::err("the built-in sweep writes no report; `gate run` runs it")
}

impl Tool {
    /// Its id on the command line and in tables, in kebab case.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.row().id
    }

    /// The tool of an id; `None` for an id that no reader has.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tool| tool.id() == id)
    }

    /// The tool of an id that a check may name: the built-in sweep as well.
    #[must_use]
    pub fn in_check(id: &str) -> Option<Self> {
        if id == BUILT_IN { Some(Self::BuiltIn) } else { Self::from_id(id) }
    }

    /// Whether what it finds are secrets: then no text of its report is shown but the names of rules and places.
    #[must_use]
    pub const fn finds_secrets(self) -> bool {
        matches!(
            self,
            Self::Gitleaks
                | Self::Betterleaks
                | Self::Kingfisher
                | Self::DetectSecrets
                | Self::Ripsecrets
                | Self::BuiltIn
        )
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A report that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whose it is.
    pub tool: Tool,
    /// The tool's version, where the report tells it.
    pub version: Option<String>,
    /// What it found, in the report's order.
    pub findings: Vec<Finding>,
    /// What it measured.
    pub figures: Figures,
    /// How many files, targets, packages or functions it looked at; `None` where the format does not tell.
    pub scanned: Option<u64>,
    /// What a reader of the verdict should know besides, one line each.
    pub notes: Vec<String>,
}

impl Report {
    fn new(tool: Tool) -> Self {
        Self {
            tool,
            version: None,
            findings: Vec::new(),
            figures: Figures::default(),
            scanned: None,
            notes: Vec::new(),
        }
    }

    /// What a tool says by printing nothing at all, from whoever saw it end well after looking at so many files; `None` for
    /// tools whose silence says nothing.
    #[must_use]
    pub fn of_silence(tool: Tool, files: u64) -> Option<Self> {
        let mut report = Self::new(tool);
        report.scanned = Some(files);
        match tool {
            _ if files == 0 => None,
            Tool::Ripsecrets => Some(report),
            Tool::Tsc => {
                report.figures.levels = Some(figures::Levels::default());
                Some(report)
            }
            _ => None,
        }
    }

    /// What the built-in sweep found.
    #[must_use]
    pub fn of_sweep(findings: Vec<Finding>, files: u64) -> Self {
        Self { findings, scanned: Some(files), ..Self::new(Tool::BuiltIn) }
    }

    /// Whether there is anything in it that could be meant by an exit status that says "found something".
    #[must_use]
    pub fn shows_something(&self) -> bool {
        let figures = &self.figures;
        !self.findings.is_empty()
            || !figures.complexity.is_empty()
            || figures.tests.is_some_and(|tests| tests.failed > 0 || tests.errors > 0)
            || figures.levels.is_some_and(|levels| levels != figures::Levels::default())
            || figures.duplication.is_some_and(|share| share.part > 0)
            || figures.types.is_some()
    }

    /// Takes over the version, if there is one.
    fn with_version(mut self, version: Option<&str>) -> Self {
        self.version = version.map(taken::word).filter(|version| !version.is_empty());
        self
    }
}

/// Why a report says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// One lower-case sentence with what was found instead.
    pub reason: String,
}

impl Unreadable {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }

    fn err<T>(reason: impl Into<String>) -> Result<T, Self> {
        Err(Self::new(reason))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// Reads one report. SARIF is taken under a tool's own id too, where that tool writes it and is named as the driver.
///
/// # Errors
/// When the bytes are not a whole report of this tool about something: see [`Unreadable`].
pub fn read(tool: Tool, bytes: &[u8]) -> Result<Report, Unreadable> {
    let text = text_of(bytes)?;
    let row = tool.row();
    let report = match row.driver.filter(|_| sarif::may_be(text)) {
        None => (row.read)(text)?,
        Some(driver) => {
            sarif::read_as(tool, Some(driver), text).or_else(|sarif| (row.read)(text).map_err(|_| sarif))?
        }
    };
    if report.findings.len() > MOST_FINDINGS {
        return Unreadable::err(format!(
            "{} findings, more than the {MOST_FINDINGS} that are read",
            report.findings.len()
        ));
    }
    Ok(report)
}

/// Gives the report's text, without a byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > LARGEST {
        return Unreadable::err(format!("{} bytes, more than the {LARGEST} that are read", bytes.len()));
    }
    if bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.iter().take(2).any(|byte| *byte == 0)
    {
        return Unreadable::err("UTF-16 or binary text; write the report as UTF-8");
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Unreadable::err(format!("not UTF-8 at byte {}", error.valid_up_to())),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Unreadable::err(if bytes.is_empty() { "an empty file" } else { "a file with nothing but blanks" });
    }
    Ok(text)
}
