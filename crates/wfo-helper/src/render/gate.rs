//! What gates come to, as answers show it: checks, findings, waivers.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::tables::Origin;
use wfo_base::text::quoted;
use wfo_gate::Severity;
use wfo_gate::judge::{Checked, Item, Value, Waived};
use wfo_gate::waivers::Waiver;

use super::{Paint, cut};

/// The most findings of one check that an answer lists.
const ITEMS: usize = 100;

/// What one check comes to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckedView {
    /// Its name.
    name: String,
    /// What is compared with the threshold; `approval` for a checklist.
    kind: &'static str,
    /// pass, fail, unknown, or skipped where it does not apply.
    verdict: &'static str,
    /// What was compared: a count, or a percentage rounded so that it never looks better than it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    value: Option<serde_json::Number>,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    threshold: Option<serde_json::Number>,
    /// The tool that judged, or those that could; several are joined by a comma.
    tool: String,
    /// The tools' versions, where their reports tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_version: Option<String>,
    /// Whether the gate needs it.
    required: bool,
    /// How many findings there are that no waiver covers.
    findings: u64,
    /// The findings, those that count first.
    items: Vec<ItemView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    items_more: Option<usize>,
    /// Why, one sentence.
    reason: String,
    /// What to do, where it does not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// What to know besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
struct ItemView {
    /// The rule or advisory.
    id: String,
    /// What it says, in one line.
    title: String,
    /// info, low, medium, high, critical, or unknown, which counts like critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    /// The file, as the tool names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// What `gate waive` takes.
    fingerprint: String,
    /// Whether it counts against the threshold.
    counts: bool,
    /// Whether the baseline does not hold it; absent without a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<bool>,
}

impl ItemView {
    fn new(item: &Item) -> Self {
        Self {
            id: quoted(&item.id),
            title: quoted(&item.title),
            severity: item.severity.map(severity_word),
            file: item.file.as_deref().map(quoted),
            line: item.line,
            fingerprint: item.fingerprint.clone(),
            counts: item.counts,
            new: item.new,
        }
    }

    fn line(&self) -> String {
        let place = match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}:{line} "),
            (Some(file), None) => format!("{file} "),
            _ => String::new(),
        };
        let new = if self.new == Some(true) { "new " } else { "" };
        format!("{new}{place}{} {} [{}]", self.id, self.title, self.fingerprint)
    }
}

impl CheckedView {
    /// Shows a check with its first findings.
    pub(crate) fn new(checked: &Checked) -> Self {
        let version = checked.versions.join(", ");
        Self {
            name: checked.name.clone(),
            kind: checked.kind,
            verdict: checked.verdict.word(),
            value: checked.value.and_then(shown),
            threshold: checked.threshold.and_then(|limit| number(&limit.to_string())),
            tool: checked.tools.join(", "),
            tool_version: (!version.is_empty()).then(|| quoted(&version)),
            required: checked.required,
            findings: checked.findings,
            items: checked.items.iter().take(ITEMS).map(ItemView::new).collect(),
            items_more: checked.items.len().checked_sub(ITEMS).filter(|more| *more > 0),
            reason: quoted_long(&checked.reason),
            fix: checked.fix.as_deref().map(quoted),
            notes: checked.notes.iter().take(ITEMS).map(|note| quoted(note)).collect(),
        }
    }

    /// Words it for a terminal.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut out = format!("  {} {}: {}\n", verdict_word(self.verdict, paint), self.name, self.reason);
        for item in self.items.iter().filter(|item| item.counts).take(10) {
            out += &format!("      {}\n", item.line());
        }
        let more =
            self.items.iter().filter(|item| item.counts).count().saturating_sub(10) + self.items_more.unwrap_or(0);
        if more > 0 {
            out += &format!("      ... and {more} more\n");
        }
        if let Some(fix) = &self.fix {
            out += &format!("      {} {fix}\n", paint.dim("to do:"));
        }
        out
    }

    /// Cuts its findings.
    pub(crate) fn cut(&mut self, limit: usize) {
        cut(&mut self.items, &mut self.items_more, limit);
    }
}

/// A waiver that was used.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WaivedView {
    /// The check.
    check: String,
    /// The rule or advisory of the finding.
    id: String,
    /// The finding's fingerprint.
    finding: String,
    /// Its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Why it is accepted.
    reason: String,
    /// Who accepted it.
    by: String,
    /// The last day on which that counts.
    until: String,
}

impl WaivedView {
    /// Shows one use.
    pub(crate) fn new(waived: &Waived) -> Self {
        Self {
            check: waived.check.clone(),
            id: quoted(&waived.id),
            finding: waived.fingerprint.clone(),
            file: waived.file.as_deref().map(quoted),
            reason: quoted(&waived.waiver.reason),
            by: quoted(&waived.waiver.by),
            until: waived.waiver.until.to_string(),
        }
    }

    /// Words it in one line.
    pub(crate) fn line(&self) -> String {
        let file = self.file.as_deref().map(|file| format!(" in {file}")).unwrap_or_default();
        format!("{}: {}{file} until {} by {}: {}", self.check, self.id, self.until, self.by, self.reason)
    }
}

/// A waiver that covers nothing.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UnmatchedView {
    /// The fingerprint or advisory that it names.
    finding: String,
    /// Why it was accepted.
    reason: String,
    /// Who accepted it.
    by: String,
    /// The last day on which that counts.
    until: String,
}

impl UnmatchedView {
    /// Shows one.
    pub(crate) fn new(waiver: &Waiver) -> Self {
        Self {
            finding: quoted(&waiver.finding),
            reason: quoted(&waiver.reason),
            by: quoted(&waiver.by),
            until: waiver.until.to_string(),
        }
    }

    /// Words it in one line.
    pub(crate) fn line(&self) -> String {
        format!("{} until {} by {}: {}", self.finding, self.until, self.by, self.reason)
    }
}

/// A sentence that may name several files.
fn quoted_long(text: &str) -> String {
    let line = wfo_base::text::one_line(text).replace("```", "'''").replace('<', "‹").replace('>', "›");
    wfo_base::text::clip(&line, 600).into_owned()
}

/// Colours a verdict.
pub(crate) fn verdict_word(verdict: &str, paint: Paint) -> String {
    match verdict {
        "pass" => paint.green(verdict),
        "fail" => paint.red(verdict),
        "unknown" => paint.yellow(verdict),
        other => paint.dim(other),
    }
}

/// A decimal as a JSON number.
pub(crate) fn number(text: &str) -> Option<serde_json::Number> {
    text.parse().ok()
}

fn shown(value: Value) -> Option<serde_json::Number> {
    match value {
        Value::Count(count) => Some(count.into()),
        Value::Hundredths(hundredths) if hundredths % 100 == 0 => Some((hundredths / 100).into()),
        Value::Hundredths(hundredths) => number(&format!("{}.{:02}", hundredths / 100, hundredths % 100)),
    }
}

/// A moment of UTC.
pub(crate) fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// A severity's word.
pub(crate) const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
        Severity::Unknown => "unknown",
    }
}

/// An origin's word.
pub(crate) const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::BuiltIn => "built-in",
        Origin::Team => "team",
        Origin::User => "user",
        Origin::Repository => "repository",
    }
}
