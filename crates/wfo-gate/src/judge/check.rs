//! One check: every report that it reads has to hold, every language has to be spoken for, and nothing missing passes.

use super::measure::{self, Measured};
use super::{Checked, Facts, Given, Lack, Verdict, Waived};
use crate::finding::Severity;
use crate::gates::{Check, Kind, ToolRule};
use crate::report::{BUILT_IN, Report, Tool};

/// A report that could be read, with what its tool's rule says.
pub(super) struct Read<'a> {
    pub(super) given: &'a Given,
    pub(super) report: &'a Report,
    pub(super) threshold: Severity,
}

/// Judges one check.
pub(super) fn judge(check: &Check, given: &[Given], facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Checked {
    let mut out = empty(check);
    let mine: Vec<(&Given, &ToolRule)> = given.iter().filter_map(|one| Some((one, check.rule(one.tool)?))).collect();
    let lacks: Vec<&Lack> = facts.lacks.iter().filter(|lack| lack.check == check.name).collect();
    if mine.is_empty() && lacks.is_empty() {
        match facts.project.spared(check) {
            Some(reason) => (out.verdict, out.reason, out.fix) = (Verdict::Skipped, reason, None),
            None => {
                let many = if check.tools.len() > 1 { "any of " } else { "" };
                out.reason = format!("no report of {many}{}, so nobody can tell", names(check));
                out.fix = Some(give(check));
            }
        }
        return out;
    }
    if !mine.is_empty() {
        out.tools = unique(mine.iter().map(|(one, _)| one.tool.id().to_owned()));
    }
    let mut results: Vec<Measured> = Vec::new();
    let mut read: Vec<Read<'_>> = Vec::new();
    for (one, rule) in &mine {
        match &one.report {
            Ok(report) => read.push(Read { given: one, report, threshold: check.threshold(rule) }),
            Err(reason) => results.push(Measured::unknown(format!("{}: {reason}", one.file))),
        }
    }
    out.versions = unique(
        read.iter()
            .filter_map(|one| one.report.version.as_ref().map(|version| format!("{} {version}", one.given.tool))),
    );
    out.notes = unique(read.iter().flat_map(|one| one.report.notes.iter().cloned()));
    if !read.is_empty() {
        results.extend(measure::all(check, &read, facts, waived));
    }
    results.extend(unspoken(check, &mine, facts).map(Measured::unknown));
    results.extend(lacks.iter().map(|lack| Measured::unknown(lack.reason.clone())));
    combine(check, results, &mut out);
    if let (Verdict::Unknown, Some(_)) = (out.verdict, lacks.first()) {
        out.fix = Some(unique(lacks.iter().map(|lack| lack.fix.clone())).join("; "));
    }
    out
}

fn empty(check: &Check) -> Checked {
    Checked {
        name: check.name.clone(),
        kind: check.kind.word(),
        required: check.required,
        verdict: Verdict::Unknown,
        value: None,
        threshold: Some(check.limit()),
        tools: check.tools.iter().map(|rule| rule.id.clone()).collect(),
        versions: Vec::new(),
        findings: 0,
        items: Vec::new(),
        reason: String::new(),
        fix: check.fix.clone(),
        notes: Vec::new(),
    }
}

fn names(check: &Check) -> String {
    of_reports(check).collect::<Vec<_>>().join(", ")
}

/// The tools of which a report can be given.
fn of_reports(check: &Check) -> impl Iterator<Item = &str> {
    check.tools.iter().map(|rule| rule.id.as_str()).filter(|id| *id != BUILT_IN)
}

/// What to do for a check that has no report.
fn give(check: &Check) -> String {
    let tool = of_reports(check).next().unwrap_or("TOOL");
    let run = if check.tools.len() > 1 { "one of them" } else { tool };
    let before = if check.kind == Kind::Growth { " and the one of before" } else { "" };
    format!("run {run} and give its report{before}: `--report {tool}=FILE`")
}

/// The languages for which no report that can be read speaks.
fn unspoken(check: &Check, mine: &[(&Given, &ToolRule)], facts: &Facts<'_>) -> Option<String> {
    let speaks = |language: &String| {
        mine.iter().any(|(one, rule)| {
            one.report.is_ok() && !one.before && (rule.languages.is_empty() || rule.languages.contains(language))
        })
    };
    let missing: Vec<&str> =
        facts.project.asked(check).filter(|language| !speaks(language)).map(String::as_str).collect();
    // where nothing could be read, that is the reason
    let some_read = mine.iter().any(|(one, _)| one.report.is_ok());
    (some_read && !missing.is_empty()).then(|| format!("no report speaks for {}", missing.join(", ")))
}

/// Puts together what the reports say: the worst counts, and its value is shown.
fn combine(check: &Check, results: Vec<Measured>, out: &mut Checked) {
    let verdict = results.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Unknown);
    out.verdict = verdict;
    out.reason = unique(results.iter().filter(|one| one.verdict == verdict).map(|one| one.reason.clone())).join("; ");
    let worst = results.iter().filter(|one| one.verdict == verdict && one.value.is_some()).map(|one| one.value);
    out.value = match check.kind.is_share() {
        true => worst.flatten().min_by_key(|value| value.order()),
        false => worst.flatten().max_by_key(|value| value.order()),
    };
    if verdict == Verdict::Unknown {
        out.value = None;
    }
    for one in results {
        out.findings = out.findings.saturating_add(one.items.len() as u64);
        out.items.extend(one.items);
    }
    out.items.sort_by_key(|item| !item.counts);
    match verdict {
        Verdict::Pass | Verdict::Skipped => out.fix = None,
        // What would mend a failure does not help against a report that says nothing.
        Verdict::Unknown => out.fix = Some(give(check)),
        Verdict::Fail => {}
    }
}

/// Each text once, in order.
fn unique(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = Vec::new();
    for text in texts {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// Whether what a tool finds is an advisory, which its id names.
pub(super) const fn is_about_advisories(check: &Check) -> bool {
    matches!(check.kind, Kind::Vulnerabilities)
}

/// The file of a report, as reasons name it.
pub(super) fn of_file(read: &Read<'_>) -> String {
    let tool: Tool = read.given.tool;
    format!("{tool} ({})", read.given.file)
}
