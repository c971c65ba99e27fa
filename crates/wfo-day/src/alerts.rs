//! What of a briefing needs a look: conflicts, limits, secrets, files of settings, the last check of dependencies.
//! Facts in, sentences out; no value of a secret is known here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use wfo_base::Severity;
use wfo_cost::Level;
use wfo_gate::evidence::Evidence;
use wfo_gate::{Kind, Verdict};

use crate::briefing::{Alert, Briefing};
use crate::scan::Changed;

/// The gate whose evidence tells about dependencies.
pub(crate) const SECURITY: &str = "security";
/// How many files an alert names.
const NAMED: usize = 10;

/// What is known about safety.
#[derive(Debug, Default)]
pub(crate) struct Safety {
    /// What is changed.
    pub(crate) changed: Changed,
    /// The last evidence of the gate [`SECURITY`].
    pub(crate) evidence: Option<Evidence>,
}

/// Picks what needs a look, worst first, then by area.
pub(crate) fn alerts(briefing: &Briefing, safety: &Safety, now: Timestamp) -> Vec<Alert> {
    let mut found = Vec::new();
    let mut add = |severity, area, message| found.push(Alert { severity, area, message, files: Vec::new(), more: 0 });
    if let Some(git) = &briefing.git {
        if let Some(operation) = git.operation {
            add(Severity::Warning, "git", format!("a {} is under way", operation.word()));
        }
        if let Some(status) = git.status.filter(|status| status.conflicted > 0) {
            add(Severity::Error, "git", format!("{} in conflict", plural(status.conflicted, "file")));
        }
        if let Some(wfo_git::Upstream::Gone { .. }) = &git.upstream {
            add(Severity::Warning, "git", "the upstream of this branch is gone".to_owned());
        }
    }
    for alert in &briefing.costs.alerts {
        let severity = if alert.level == Level::Critical { Severity::Error } else { Severity::Warning };
        let share = alert.percent.map_or("more than nothing".to_owned(), |percent| format!("{percent} %"));
        add(
            severity,
            "costs",
            format!("{share} of the {} limit spent ({} of {})", alert.scope.word(), alert.spent, alert.limit),
        );
    }
    let drifted = briefing.workflows.iter().filter(|workflow| !workflow.drift.is_empty()).count() as u64;
    if drifted > 0 {
        add(Severity::Warning, "tasks", format!("{} not as reality is", plural(drifted, "workflow record")));
    }
    let stale = briefing.worktrees.iter().filter(|row| row.stale).count() as u64;
    if stale > 0 {
        add(Severity::Info, "worktrees", format!("{} without a commit for long", plural(stale, "worktree")));
    }
    let orphaned = briefing.worktrees.iter().filter(|row| row.orphaned).count() as u64;
    if orphaned > 0 {
        add(Severity::Info, "worktrees", format!("{} without a worktree", plural(orphaned, "registry row")));
    }
    if briefing.ports.is_some_and(|pool| pool.complete && pool.next.is_none()) {
        add(Severity::Warning, "ports", "no free pair of ports is left in the pool".to_owned());
    }
    if briefing.extra.proposal.is_some() {
        add(Severity::Warning, "trust", "the repository wants to run a command that nobody has approved".to_owned());
    }
    of_safety(safety, now, &mut found);
    found.sort_by_key(|alert| alert.severity);
    found
}

/// Adds secrets in changed files, files of settings, and what was last known about dependencies.
fn of_safety(safety: &Safety, now: Timestamp, found: &mut Vec<Alert>) {
    let mut add = |severity, area, message: String, files: Vec<String>| {
        let more = files.len().saturating_sub(NAMED);
        found.push(Alert { severity, area, message, files: files.into_iter().take(NAMED).collect(), more });
    };
    let changed = &safety.changed;
    if let Some(first) = changed.secrets.first() {
        let files: BTreeSet<String> = changed.secrets.iter().filter_map(|secret| secret.file.clone()).collect();
        let line = first.at.map(|(line, _)| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line}", first.file.as_deref().unwrap_or_default());
        let rest = if changed.secrets.len() > 1 { ", first " } else { ": " };
        let count = plural(changed.secrets.len() as u64, "likely secret");
        let message =
            format!("{count} in {}{rest}{} at {place}", plural(files.len() as u64, "changed file"), first.rule);
        add(Severity::Error, "secrets", message, files.into_iter().collect());
    }
    if changed.unseen > 0 {
        let count = plural(changed.unseen as u64, "changed file");
        let message =
            format!("{count} not looked through for secrets; `wfo-helper scan secrets` looks through all of them");
        add(Severity::Info, "secrets", message, Vec::new());
    }
    for (files, severity, what) in
        [(&changed.tracked, Severity::Error, "in the index"), (&changed.not_ignored, Severity::Warning, "not ignored")]
    {
        if let Some(first) = files.first() {
            let count = plural(files.len() as u64, "file");
            let rest = if files.len() > 1 { ", first " } else { ": " };
            let message = format!("{count} of secret settings {what}{rest}{first}");
            add(severity, "env", message, files.clone());
        }
    }
    let check = safety.evidence.as_ref().and_then(|evidence| Some((evidence, evidence.check(Kind::Vulnerabilities)?)));
    if let Some((evidence, check)) = check {
        let ago = ago(evidence.taken_at, now);
        let told = match check.verdict {
            Verdict::Fail => {
                let count = plural(check.findings, "finding");
                Some((Severity::Error, format!("the last check of dependencies failed with {count}, {ago}")))
            }
            Verdict::Unknown => {
                Some((Severity::Warning, format!("the last check of dependencies told nothing, {ago}")))
            }
            Verdict::Pass => Some((Severity::Info, format!("the last check of dependencies passed, {ago}"))),
            Verdict::Skipped => None,
        };
        if let Some((severity, message)) = told {
            add(severity, "dependencies", message, Vec::new());
        }
    }
}

/// Words how long something is past.
fn ago(then: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(then).as_mins().max(0).unsigned_abs();
    match (minutes / (60 * 24), minutes / 60, minutes) {
        (0, 0, 0) => "just now".to_owned(),
        (0, 0, minutes) => format!("{} ago", plural(minutes, "minute")),
        (0, hours, _) => format!("{} ago", plural(hours, "hour")),
        (days, ..) => format!("{} ago", plural(days, "day")),
    }
}

fn plural(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_past_moment_is_worded_in_its_largest_unit() {
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        for (then, words) in [
            ("2026-11-21T09:00:10Z", "just now"),
            ("2026-11-21T08:59:30Z", "just now"),
            ("2026-11-21T08:59:00Z", "1 minute ago"),
            ("2026-11-21T08:00:01Z", "59 minutes ago"),
            ("2026-11-20T09:00:01Z", "23 hours ago"),
            ("2026-11-13T09:00:00Z", "8 days ago"),
        ] {
            assert_eq!(ago(then.parse().unwrap(), now), words);
        }
    }
}
