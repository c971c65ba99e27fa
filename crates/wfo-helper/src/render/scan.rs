//! What `scan` shows: findings without values, what was looked at, what was not.
//! All text from the repository comes here hidden and on one line already.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_day::scan::{Confidence, Found, Report, Spot, Unscanned};

use super::{Paint, Table, and_more, count, cut};
use crate::answer::View;

/// What a scan is about, in words.
#[derive(Debug)]
pub(crate) struct Subject {
    parts: Vec<&'static str>,
    nothing: &'static str,
}

impl Subject {
    /// Secrets in these parts.
    pub(crate) fn secrets(parts: impl IntoIterator<Item = &'static str>) -> Self {
        Self { parts: parts.into_iter().collect(), nothing: "no secrets" }
    }

    /// Files of settings.
    pub(crate) fn env() -> Self {
        Self { parts: vec!["tree"], nothing: "no files of secret settings" }
    }

    /// Permissions and sizes.
    pub(crate) fn files() -> Self {
        Self { parts: vec!["tree"], nothing: "nothing that everybody may write, no large files" }
    }
}

/// What a scan came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// `pass`, `fail` (high or medium confidence), `unknown` (not all could be looked at).
    verdict: &'static str,
    /// What was looked at: `staged`, `tree`, `history`, `stdin`.
    looked_at: Vec<&'static str>,
    /// What was found, by file and line.
    findings: Vec<FoundView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings_more: Option<usize>,
    /// How much was looked at.
    scanned: ScannedView,
    /// What was not looked at; first what makes the answer unknown.
    unscanned: Vec<UnscannedView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    unscanned_more: Option<usize>,
    /// What was found on lines that say `wfo:allow REASON`.
    allowed: Vec<FoundView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_more: Option<usize>,
    #[serde(skip)]
    nothing: &'static str,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
struct FoundView {
    /// The rule; a row of `secrets.yaml` or `file-rules.yaml`.
    rule: String,
    /// What it is.
    title: String,
    /// `high` and `medium` mean no, `low` warns.
    confidence: &'static str,
    /// `content`, `name` (in the words of the path), `path` (the path alone says it), `message` (of the commit).
    r#in: &'static str,
    /// The file; absent for the message of a commit and for standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Line, from 1; absent where the path is what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    /// The commit that brought it; absent for index, work tree and standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// 16 hex digits over rule, path and value: stays when lines move.
    fingerprint: String,
    /// Rule and length; no character of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
    /// Why its line says that it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// How much was looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct ScannedView {
    /// Versions of files.
    files: u64,
    /// How many of these only for formats of high confidence.
    partly: u64,
    /// Bytes.
    bytes: u64,
    /// Commits.
    commits: u64,
}

/// Something that was not looked at.
#[derive(Debug, Serialize, JsonSchema)]
struct UnscannedView {
    /// The file; absent for the rest of standard input.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The commit that brought this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// `binary`, `too-large`, `repository` (another one), `not-regular`, and those that make the answer unknown:
    /// `unreadable`, `conflict`, and `too-large` for standard input.
    why: &'static str,
    /// What the system said.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Its size in bytes; for standard input, how much was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// Whether the answer is unknown because of it.
    unknown: bool,
}

impl FoundView {
    fn new(found: Found) -> Self {
        Self {
            redacted: found.length.map(|length| format!("[REDACTED {} {length}]", found.rule)),
            confidence: match found.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            r#in: match found.spot {
                Spot::Content => "content",
                Spot::Name => "name",
                Spot::Path => "path",
                Spot::Message => "message",
            },
            rule: found.rule,
            title: found.title,
            file: found.file,
            line: found.at.map(|at| at.0),
            column: found.at.map(|at| at.1),
            commit: found.commit,
            fingerprint: found.fingerprint,
            reason: found.reason,
        }
    }

    /// Words where it is.
    fn place(&self) -> String {
        let mut place = match (&self.file, self.r#in) {
            (_, "message") => "message".to_owned(),
            (Some(file), _) => file.clone(),
            (None, _) => "-".to_owned(),
        };
        if let (Some(line), Some(column)) = (self.line, self.column) {
            place += &format!(":{line}:{column}");
        }
        if let Some(commit) = &self.commit {
            place += &format!(" ({})", commit.chars().take(8).collect::<String>());
        }
        place
    }
}

impl Shown {
    /// Turns a report into what is shown.
    pub(crate) fn new(subject: Subject, report: Report) -> Self {
        let verdict = match (report.blocked(), report.complete()) {
            (true, _) => "fail",
            (false, false) => "unknown",
            (false, true) => "pass",
        };
        let unscanned = |one: Unscanned| UnscannedView {
            file: one.file,
            commit: one.commit,
            why: one.why,
            detail: one.detail,
            bytes: one.bytes,
            unknown: one.unknown,
        };
        Self {
            verdict,
            looked_at: subject.parts,
            nothing: subject.nothing,
            scanned: ScannedView {
                files: report.files,
                partly: report.partly,
                bytes: report.bytes,
                commits: report.commits,
            },
            findings: report.findings.into_iter().map(FoundView::new).collect(),
            findings_more: None,
            unscanned: report.unscanned.into_iter().map(unscanned).collect(),
            unscanned_more: None,
            allowed: report.allowed.into_iter().map(FoundView::new).collect(),
            allowed_more: None,
        }
    }

    fn headline(&self, paint: Paint) -> String {
        let found = self.findings.len() + self.findings_more.unwrap_or(0);
        match (self.verdict, found) {
            ("fail", _) => paint.red(&count(found, "finding")),
            ("unknown", 0) => paint.yellow(&format!("unknown: {}, but not all could be looked at", self.nothing)),
            ("unknown", _) => paint.yellow(&format!("unknown: {} of low confidence, and not all could be looked at", count(found, "finding"))),
            (_, 0) => paint.green(self.nothing),
            _ => paint.yellow(&format!("{} of low confidence", count(found, "finding"))),
        }
    }

    /// Words what was not looked at: for each reason the number and the first names.
    fn left(&self) -> String {
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in &self.unscanned {
            by_reason.entry(one.why).or_default().push(one.file.as_deref().unwrap_or("the rest of standard input"));
        }
        let mut table = Table::new();
        for (why, files) in by_reason {
            let mut names = files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            if files.len() > NAMED {
                names += ", ...";
            }
            table.row([why.to_owned(), files.len().to_string(), names]);
        }
        table.lines(2)
    }
}

/// How many files of one reason are named in text.
const NAMED: usize = 3;

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = format!("{} in {}\n", self.headline(paint), self.looked_at.join(", "));
        let mut table = Table::new();
        for found in &self.findings {
            let confidence = match found.confidence {
                "low" => paint.dim("low"),
                "medium" => paint.yellow("medium"),
                _ => paint.red("high"),
            };
            let what = match &found.redacted {
                Some(redacted) => format!("{} {}", found.title, paint.dim(redacted)),
                None => found.title.clone(),
            };
            table.row([confidence, paint.bold(&found.place()), what]);
        }
        out += &table.lines(2);
        out += &and_more(self.findings_more.unwrap_or(0));
        if !self.allowed.is_empty() {
            let mut table = Table::new();
            for found in &self.allowed {
                table.row([found.place(), found.rule.clone(), found.reason.clone().unwrap_or_default()]);
            }
            out += &format!("allowed by their lines:\n{}", table.lines(2));
            out += &and_more(self.allowed_more.unwrap_or(0));
        }
        if !self.unscanned.is_empty() {
            out += &format!("not looked at:\n{}", self.left());
            out += &and_more(self.unscanned_more.unwrap_or(0));
        }
        let ScannedView { files, bytes, commits, .. } = self.scanned;
        let mut looked = format!("looked at {}, {}", count(usize::try_from(files).unwrap_or(usize::MAX), "file"), size(bytes));
        if commits > 0 {
            looked += &format!(", {}", count(usize::try_from(commits).unwrap_or(usize::MAX), "commit"));
        }
        out + &paint.dim(&looked) + "\n"
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.findings, &mut self.findings_more, limit);
        cut(&mut self.unscanned, &mut self.unscanned_more, limit);
        cut(&mut self.allowed, &mut self.allowed_more, limit);
    }
}

/// Words a number of bytes.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
