//! The sweep's check of dependencies: what fresh evidence of the gate `security` says. Runs no auditor.

use wfo_base::Diagnostic;
use wfo_gate::Verdict;

use super::EndDay;
use super::sweep::{BUILT_IN, Check};
use crate::gate::Gates;

/// The gate whose evidence counts.
const GATE: &str = "security";
/// Its check.
const CHECK: &str = "dependencies";

/// Judges the dependencies. This is where an auditor that runs now would be asked first.
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
        Verdict::Unknown => return unknown(reason),
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

/// The command that settles it.
fn run_gate() -> String {
    format!("{} gate run {GATE}", "wfo-helper")
}
