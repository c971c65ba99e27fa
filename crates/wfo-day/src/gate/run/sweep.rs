//! The built-in sweep as one of the tools of a gate: always there, never a report on disk.

use wfo_base::Diagnostic;
use wfo_base::home::Home;
use wfo_gate::judge::Given;
use wfo_gate::report::{Report, Tool};
use wfo_gate::{Finding, Scope, Severity};
use wfo_git::Range;

use crate::Place;
use crate::scan::{self, Ask, Confidence, Rules};

/// How many commits are gone through at least.
const LAST: usize = 10;
/// How many unpushed ones at most.
const UNPUSHED: usize = 10_000;

/// What it came to.
pub(super) struct Swept {
    pub(super) given: Given,
    /// Why there may be more than was found.
    pub(super) lacks: Vec<String>,
    pub(super) notes: Vec<Diagnostic>,
}

/// Sweeps.
pub(super) fn sweep(place: &Place, home: &Home, scope: Scope) -> Swept {
    let rules = Rules::new(place, home);
    let ask = match scope {
        Scope::Staged => Ask { staged: true, ..Ask::default() },
        Scope::Work => {
            let history = Some(Range { last: LAST, unpushed: true, most: UNPUSHED });
            Ask { staged: true, tree: true, history, ..Ask::default() }
        }
    };
    let swept = |report: Result<Report, String>, lacks, notes| Swept {
        given: Given { tool: Tool::BuiltIn, file: "built-in sweep".to_owned(), before: false, report },
        lacks,
        notes,
    };
    let found = match scan::secrets(place, &rules, ask) {
        Ok(found) => found,
        Err(problem) => return swept(Err(rules.hide_in(problem).message), Vec::new(), Vec::new()),
    };
    let mut lacks = found.cut.clone();
    let unread = found.unscanned.iter().filter(|one| one.unknown).count();
    if unread > 0 {
        lacks.push(format!("the built-in sweep could not look at {unread} files"));
    }
    if found.files == 0 && !found.blocked() {
        let what = if scope == Scope::Staged { "nothing is staged" } else { "there is no file" };
        return swept(Err(format!("{what}, so nothing was looked at")), lacks, found.notes);
    }
    let findings = found.findings.iter().map(finding).collect();
    swept(Ok(Report::of_sweep(findings, found.files)), lacks, found.notes)
}

fn finding(found: &scan::Found) -> Finding {
    let severity = match found.confidence {
        Confidence::High => Severity::High,
        Confidence::Medium => Severity::Medium,
        Confidence::Low => Severity::Low,
    };
    let commit = found.commit.as_deref().map(|commit| commit.chars().take(12).collect::<String>());
    let title = match &commit {
        Some(commit) => format!("{} (built-in, commit {commit})", found.title),
        None => format!("{} (built-in)", found.title),
    };
    Finding {
        id: found.rule.clone(),
        title,
        severity,
        file: found.file.clone(),
        line: found.at.map(|(line, _)| line),
        column: found.at.map(|(_, column)| column),
        fingerprint: found.fingerprint.clone(),
    }
}
