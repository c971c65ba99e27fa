//! Judges a gate: reports and facts in, a verdict for each check and for the whole out. Only pass passes.
//! Reads nothing: whoever calls has read the reports, or says why they cannot be read.

mod approvals;
mod changed;
mod check;
mod measure;
mod project;

use crate::baseline::Baseline;
use crate::finding::Severity;
use crate::gates::{Check, ChecklistRow, GateRow, Kind, Limit};
use crate::report::{Report, Tool};
use crate::waivers::{Waiver, Waivers};

pub use approvals::{Answer, Approval};
pub use changed::{Changed, ChangedFile};
pub use project::Project;

/// What a check or a gate comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does not apply, by evidence.
    Skipped,
    /// It holds.
    Pass,
    /// Nobody can tell; that is a no.
    Unknown,
    /// It does not hold.
    Fail,
}

impl Verdict {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

/// A report that somebody gave.
#[derive(Debug, Clone)]
pub struct Given {
    /// Whose it is said to be.
    pub tool: Tool,
    /// The file, as it is shown.
    pub file: String,
    /// Whether it tells of the time before the change.
    pub before: bool,
    /// What it says, or why it says nothing.
    pub report: Result<Report, String>,
}

/// What is known besides the reports.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What the project is made of.
    pub project: &'a Project,
    /// Findings that are accepted for a time.
    pub waivers: &'a Waivers,
    /// Fingerprints that were there before; `None` without a baseline of this gate.
    pub baseline: Option<&'a std::collections::BTreeSet<String>>,
    /// Which lines were changed, where a check asks for it; or why nobody can tell.
    pub changed: Option<&'a Result<Changed, String>>,
    /// The checklists there are.
    pub checklists: &'a [ChecklistRow],
    /// What persons have answered, the newest last.
    pub approvals: &'a [Approval],
    /// The content that is judged; `None` when nobody can tell.
    pub content: Option<&'a str>,
    /// What was to be run and says nothing.
    pub lacks: &'a [Lack],
}

/// Something without which a check cannot pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The check's name.
    pub check: String,
    /// Why nobody can tell, one sentence.
    pub reason: String,
    /// What to do.
    pub fix: String,
}

impl Facts<'_> {
    /// Whether a finding was not there before.
    fn is_new(&self, fingerprint: &str) -> Option<bool> {
        self.baseline.map(|known| !known.contains(fingerprint))
    }
}

/// A number that a check compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A count.
    Count(u64),
    /// Hundredths of a percent, for showing only.
    Hundredths(u64),
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The rule or advisory.
    pub id: String,
    /// What it says, in one line.
    pub title: String,
    /// How bad it is; absent where the kind of check has no severities.
    pub severity: Option<Severity>,
    /// The file.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// What `gate waive` takes.
    pub fingerprint: String,
    /// Whether it counts against the limit.
    pub counts: bool,
    /// Whether it was not there before; `None` without a baseline.
    pub new: Option<bool>,
}

/// A waiver that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// The check.
    pub check: String,
    /// The rule or advisory of the finding.
    pub id: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Its file.
    pub file: Option<String>,
    /// The waiver.
    pub waiver: Waiver,
}

/// What one check comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// Its kind's word.
    pub kind: &'static str,
    /// Whether the gate needs it.
    pub required: bool,
    /// What it comes to.
    pub verdict: Verdict,
    /// What was compared.
    pub value: Option<Value>,
    /// With what.
    pub threshold: Option<Limit>,
    /// The tools that judged; of a check that nobody judged, those that could.
    pub tools: Vec<String>,
    /// Their versions, where reports tell them.
    pub versions: Vec<String>,
    /// How many findings there are that no waiver covers.
    pub findings: u64,
    /// The findings, those that count first.
    pub items: Vec<Item>,
    /// Why, one sentence.
    pub reason: String,
    /// What to do, where it does not pass.
    pub fix: Option<String>,
    /// What to know besides.
    pub notes: Vec<String>,
}

/// What a gate comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The whole.
    pub verdict: Verdict,
    /// Each check, in the gate's order, then each checklist.
    pub checks: Vec<Checked>,
    /// Every waiver that was used.
    pub waived: Vec<Waived>,
    /// Waivers in force that cover nothing of what the reports tell. They change no verdict.
    pub unmatched: Vec<Waiver>,
}

impl Judgement {
    /// Takes back what passed: the content that it was about is no longer there.
    pub fn unsettle(&mut self, reason: &str, fix: &str) {
        for check in self.checks.iter_mut().filter(|check| check.verdict == Verdict::Pass && check.threshold.is_some())
        {
            (check.verdict, check.value) = (Verdict::Unknown, None);
            (check.reason, check.fix) = (reason.to_owned(), Some(fix.to_owned()));
        }
        self.verdict = overall(&self.checks);
    }
}

/// Judges a gate.
#[must_use]
pub fn judge(gate: &GateRow, given: &[Given], facts: &Facts<'_>) -> Judgement {
    let mut waived = Vec::new();
    let mut checks: Vec<Checked> =
        gate.checks.iter().map(|check| check::judge(check, given, facts, &mut waived)).collect();
    checks.extend(gate.approvals.iter().map(|id| approvals::judge(id, facts)));
    let unmatched = unmatched(gate, given, facts.waivers, &waived);
    Judgement { verdict: overall(&checks), checks, waived, unmatched }
}

/// Waivers that cover nothing, as far as reports were read in which their finding would stand.
fn unmatched(gate: &GateRow, given: &[Given], waivers: &Waivers, waived: &[Waived]) -> Vec<Waiver> {
    let read = |check: &Check| given.iter().any(|one| one.report.is_ok() && check.rule(one.tool).is_some());
    let advisories = gate.checks.iter().any(|check| check.kind == Kind::Vulnerabilities && read(check));
    let anything = gate.checks.iter().any(read);
    let used = |waiver: &Waiver| {
        waived.iter().any(|one| one.fingerprint == waiver.finding || one.id.eq_ignore_ascii_case(&waiver.finding))
    };
    let could = |waiver: &Waiver| if waiver.names_advisory() { advisories } else { anything };
    waivers.in_force.iter().filter(|waiver| could(waiver) && !used(waiver)).cloned().collect()
}

/// Fail before unknown before pass; nothing but skipped checks is unknown.
fn overall(checks: &[Checked]) -> Verdict {
    let required = checks.iter().filter(|check| check.required).map(|check| check.verdict);
    match required.max() {
        None | Some(Verdict::Skipped) => Verdict::Unknown,
        Some(verdict) => verdict,
    }
}

/// The fingerprints of everything that was found: what a baseline is made of.
#[must_use]
pub fn fingerprints(judgement: &Judgement) -> std::collections::BTreeSet<String> {
    let found = judgement.checks.iter().flat_map(|check| &check.items).map(|item| item.fingerprint.clone());
    found.chain(judgement.waived.iter().map(|waived| waived.fingerprint.clone())).collect()
}

/// Finds the baseline of a gate.
#[must_use]
pub fn known<'a>(baseline: Option<&'a Baseline>, gate: &GateRow) -> Option<&'a std::collections::BTreeSet<String>> {
    baseline.and_then(|baseline| baseline.of(&gate.name))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
