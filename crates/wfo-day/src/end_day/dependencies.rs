//! The sweep's check of dependencies: what fresh evidence of the gate `security` says, else what its auditors say now. What a person
//! has to approve first is not run.

use wfo_base::Diagnostic;
use wfo_gate::Verdict;
use wfo_gate::judge::{self, Checked};

use super::EndDay;
use super::sweep::{BUILT_IN, Check, Item};
use crate::gate::Gates;

/// The gate whose evidence counts.
const GATE: &str = "security";
/// Its check.
const CHECK: &str = "dependencies";

/// Judges the dependencies.
pub(super) fn dependencies(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> Check {
    let unknown = |why: String| Check::unknown(CHECK, why).next(run_gate());
    if ask.place.repository().is_none() {
        return Check::unknown(CHECK, "there is no repository, so there is no evidence".to_owned());
    }
    let gates = Gates::open(ask.place, ask.home, ask.clock, notes);
    let standing = match gates.of_check(GATE, CHECK, notes) {
        Ok(Some(standing)) => standing,
        Ok(None) => return unknown(format!("the gate `{GATE}` has no check `{CHECK}`")),
        Err(problem) => return unknown(problem.message),
    };
    let age = standing.taken_at.map(|at| format!(", taken {}", at.strftime("%Y-%m-%dT%H:%M:%SZ")));
    let reason = standing.reason + &age.unwrap_or_default();
    let check = match standing.verdict {
        Verdict::Unknown => return audited(&gates, notes).unwrap_or_else(|| unknown(reason)),
        Verdict::Skipped => Check { verdict: Verdict::Skipped, ..Check::unknown(CHECK, reason) },
        verdict => {
            let findings = usize::try_from(standing.findings).unwrap_or(usize::MAX);
            let what = match (verdict, findings) {
                (Verdict::Fail, _) | (_, 1..) => format!("{findings} known: "),
                _ => String::new(),
            };
            Check { verdict, findings, ..Check::unknown(CHECK, format!("{what}{reason}")) }
        }
    };
    let check = match check.verdict {
        Verdict::Fail => check.next(run_gate()),
        _ => check,
    };
    let engine = if standing.tools.is_empty() { BUILT_IN.to_owned() } else { standing.tools.join(", ") };
    Check { engine, ..check }
}

/// Asks the auditors that are installed; `None` when there is none, when a person has to say yes to it first, or when it was ended.
fn audited(gates: &Gates<'_>, notes: &mut Vec<Diagnostic>) -> Option<Check> {
    let mut prepared = gates.prepare(GATE, &[CHECK.to_owned()], notes).ok()?;
    prepared.approve_unattended(gates).ok()?;
    if prepared.needs_person() || prepared.planned().next().is_none() {
        return None;
    }
    let ran = gates.run(&prepared, false, notes).ok()?;
    let checked = ran.judged.judgement.checks.into_iter().find(|check| check.name == CHECK)?;
    let check = Check {
        verdict: checked.verdict,
        findings: usize::try_from(checked.findings).unwrap_or(usize::MAX),
        items: checked.items.iter().map(Item::from).collect(),
        engine: engine(&checked),
        ..Check::unknown(CHECK, checked.reason)
    };
    Some(if checked.verdict == Verdict::Pass { check } else { check.next(run_gate()) })
}

fn engine(checked: &Checked) -> String {
    match checked.versions.as_slice() {
        [] => checked.tools.join(", "),
        versions => versions.join(", "),
    }
}

impl From<&judge::Item> for Item {
    fn from(item: &judge::Item) -> Self {
        Self {
            rule: item.id.clone(),
            title: item.title.clone(),
            blocks: item.counts,
            file: item.file.clone(),
            line: item.line,
            commit: None,
            fingerprint: item.fingerprint.clone(),
        }
    }
}

/// The command that settles it.
fn run_gate() -> String {
    format!("wfo-helper gate run {GATE}")
}
