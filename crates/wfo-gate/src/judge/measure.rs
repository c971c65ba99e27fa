//! What one report comes to: the figure of the check's kind, compared exactly with its limit.

use super::check::{Read, is_about_advisories, of_file};
use super::{Facts, Item, Value, Verdict, Waived};
use crate::finding::{Finding, Severity, fingerprint};
use crate::gates::{Check, Kind};
use crate::report::figures::Packages;
use crate::report::{Ratio, redacted};

/// What one report, or several together, come to.
pub(super) struct Measured {
    pub(super) verdict: Verdict,
    pub(super) value: Option<Value>,
    pub(super) reason: String,
    pub(super) items: Vec<Item>,
}

impl Measured {
    pub(super) fn unknown(reason: String) -> Self {
        Self { verdict: Verdict::Unknown, value: None, reason, items: Vec::new() }
    }

    fn judged(holds: bool, value: Value, reason: String) -> Self {
        let verdict = if holds { Verdict::Pass } else { Verdict::Fail };
        Self { verdict, value: Some(value), reason, items: Vec::new() }
    }

    fn with(mut self, items: Vec<Item>) -> Self {
        self.items = items;
        self
    }
}

impl Value {
    /// Sorts values of one kind.
    pub(super) const fn order(self) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Hundredths(hundredths) => hundredths,
        }
    }
}

/// Measures all reports of a check that could be read.
pub(super) fn all(check: &Check, read: &[Read<'_>], facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Vec<Measured> {
    match check.kind {
        Kind::Growth => vec![growth(check, read, facts, waived)],
        Kind::ChangedCoverage => vec![super::changed::measure(check, read, facts)],
        _ => read.iter().map(|one| single(check, one, facts, waived)).collect(),
    }
}

fn single(check: &Check, read: &Read<'_>, facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Measured {
    let figures = &read.report.figures;
    match check.kind {
        Kind::Coverage => share(check, read, figures.coverage(), "lines were run"),
        Kind::Types => share(check, read, figures.types, "identifiers have a type"),
        Kind::Duplication => {
            let items = sift(check, read, facts, waived, |_| false).items;
            let mut out = at_most(check, read, figures.duplication);
            mark_counting(&mut out, items)
        }
        Kind::Tests => match figures.tests {
            None => lacks(read, "no result of tests"),
            Some(tests) => {
                let bad = tests.failed.saturating_add(tests.errors);
                let words = format!("{bad} of {} tests did not hold", tests.total.max(bad));
                let items = read.report.findings.iter().map(|one| item(one, true, facts)).collect();
                counted(check, read, bad, &words).with(items)
            }
        },
        Kind::Complexity => complexity(check, read, facts, waived),
        Kind::Lint => lint(check, read, facts, waived),
        Kind::Vulnerabilities => vulnerabilities(check, read, facts, waived),
        _ => {
            let sifted = sift(check, read, facts, waived, |one| one.severity >= read.threshold);
            let word = if check.kind == Kind::Secrets { "secrets" } else { "findings" };
            let words = match read.threshold {
                Severity::Info => format!("{} {word}", sifted.counting),
                threshold => format!("{} {word} of severity {} or more", sifted.counting, word_of(threshold)),
            };
            counted(check, read, sifted.counting, &words).with(sifted.items)
        }
    }
}

fn lacks(read: &Read<'_>, what: &str) -> Measured {
    Measured::unknown(format!("{} holds {what}", of_file(read)))
}

fn counted(check: &Check, read: &Read<'_>, count: u64, words: &str) -> Measured {
    let limit = check.limit();
    let holds = limit.count().is_some_and(|limit| count <= limit);
    Measured::judged(holds, Value::Count(count), format!("{words}, at most {limit} allowed: {}", of_file(read)))
}

fn share(check: &Check, read: &Read<'_>, ratio: Option<Ratio>, words: &str) -> Measured {
    let Some((ratio, hundredths)) = ratio.and_then(|ratio| Some((ratio, ratio.hundredths()?))) else {
        return lacks(read, "no such figure");
    };
    let limit = check.limit();
    let reason = format!("{} of {} {words}, at least {limit} % wanted: {}", ratio.part, ratio.whole, of_file(read));
    Measured::judged(ratio.at_least(limit.percent()), Value::Hundredths(hundredths), reason)
}

fn at_most(check: &Check, read: &Read<'_>, ratio: Option<Ratio>) -> Measured {
    let Some((ratio, hundredths)) = ratio.and_then(|ratio| Some((ratio, ratio.hundredths()?))) else {
        return lacks(read, "no such figure");
    };
    let limit = check.limit();
    // what is over the limit must not be shown as the limit
    let whole = u128::from(hundredths) * u128::from(ratio.whole) == u128::from(ratio.part) * 10_000;
    let shown = hundredths.saturating_add(u64::from(!whole));
    let reason =
        format!("{} of {} lines stand twice, at most {limit} % allowed: {}", ratio.part, ratio.whole, of_file(read));
    Measured::judged(ratio.at_most(limit.percent()), Value::Hundredths(shown), reason)
}

/// Hands the findings over; they count when the figure does not hold.
fn mark_counting(out: &mut Measured, mut items: Vec<Item>) -> Measured {
    items.iter_mut().for_each(|item| item.counts = out.verdict == Verdict::Fail);
    Measured { verdict: out.verdict, value: out.value, reason: std::mem::take(&mut out.reason), items }
}

fn complexity(check: &Check, read: &Read<'_>, facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Measured {
    let limit = check.limit();
    let most = limit.count().unwrap_or(0);
    if read.report.figures.complexity.is_empty() {
        return lacks(read, "no function");
    }
    let (mut highest, mut items) = (0, Vec::new());
    for function in &read.report.figures.complexity {
        let name = redacted(&function.function);
        let finding = Finding {
            id: "complexity".to_owned(),
            title: format!("{name} has {}, at most {most} allowed", function.ccn),
            severity: Severity::Unknown,
            file: Some(function.file.clone()),
            line: function.line,
            column: None,
            fingerprint: fingerprint("complexity", &function.file, function.function.as_bytes()),
        };
        if function.ccn > most {
            if use_waiver(check, &finding, facts, waived) {
                continue;
            }
            items.push(Item { severity: None, ..item(&finding, true, facts) });
        }
        highest = highest.max(function.ccn);
    }
    let words = format!("the highest complexity is {highest}, {} functions are over the limit", items.len());
    counted(check, read, highest, &words).with(items)
}

fn lint(check: &Check, read: &Read<'_>, facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Measured {
    let threshold = check.severity.unwrap_or(Severity::High);
    let sifted = sift(check, read, facts, waived, |one| one.severity >= threshold);
    let Some(levels) = read.report.figures.levels else { return lacks(read, "no levels") };
    let errors = levels.errors.saturating_sub(sifted.waived).max(sifted.counting);
    counted(check, read, errors, &format!("{errors} errors")).with(sifted.items)
}

fn vulnerabilities(check: &Check, read: &Read<'_>, facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Measured {
    let sifted = sift(check, read, facts, waived, |one| one.severity >= read.threshold);
    let packages = read.report.figures.packages.map_or(0, |packages| at_least(packages, read.threshold));
    // packages hang on advisories: where each advisory is waived, none of its packages counts
    let all_waived = sifted.counting == 0 && sifted.waived > 0;
    let count = if all_waived { 0 } else { packages.max(sifted.counting) };
    let severity = match read.threshold {
        Severity::Info => String::new(),
        threshold => format!(" of severity {} or unknown", word_of(threshold)),
    };
    counted(check, read, count, &format!("{count} vulnerabilities{severity}")).with(sifted.items)
}

fn at_least(packages: Packages, threshold: Severity) -> u64 {
    let rows = [
        (Severity::Critical, packages.critical),
        (Severity::High, packages.high),
        (Severity::Medium, packages.moderate),
        (Severity::Low, packages.low),
        (Severity::Info, packages.info),
    ];
    rows.iter().filter(|(severity, _)| *severity >= threshold).fold(0, |sum, (_, count)| sum.saturating_add(*count))
}

fn growth(check: &Check, read: &[Read<'_>], facts: &Facts<'_>, waived: &mut Vec<Waived>) -> Measured {
    let sum = |before: bool| {
        let reports = read.iter().filter(|one| one.given.before == before);
        let bundles = reports.flat_map(|one| &one.report.figures.bundles).map(|bundle| u128::from(bundle.bytes));
        bundles.sum::<u128>()
    };
    let (before, after) = (sum(true), sum(false));
    let Some(first) = read.iter().find(|one| !one.given.before) else {
        return Measured::unknown("only sizes of before the change were given".to_owned());
    };
    let over = sift(check, first, facts, waived, |_| true);
    if before == 0 {
        let mut out = Measured::unknown("no sizes of before the change, so nobody can tell the growth".to_owned());
        if over.counting > 0 {
            out = Measured::judged(
                false,
                Value::Count(over.counting),
                format!("{} bundles are over their own limits", over.counting),
            );
        }
        return out.with(over.items);
    }
    let limit = check.limit();
    let hundred = u128::from(crate::report::Percent::whole(100).millionths());
    let holds = after * hundred <= before * (hundred + u128::from(limit.percent().millionths()));
    let grown = (after.saturating_sub(before) * 10_000).div_ceil(before);
    let value = Value::Hundredths(u64::try_from(grown).unwrap_or(u64::MAX));
    let reason = match over.counting {
        0 => format!("{before} bytes before, {after} now, at most {limit} % more allowed"),
        count => format!("{count} bundles are over their own limits; {before} bytes before, {after} now"),
    };
    Measured::judged(holds && over.counting == 0, value, reason).with(over.items)
}

/// Findings without the waived ones, how many of them count, and how many of the waived ones would.
struct Sifted {
    items: Vec<Item>,
    counting: u64,
    waived: u64,
}

fn sift(
    check: &Check,
    read: &Read<'_>,
    facts: &Facts<'_>,
    waived: &mut Vec<Waived>,
    counts: impl Fn(&Finding) -> bool,
) -> Sifted {
    let mut out = Sifted { items: Vec::new(), counting: 0, waived: 0 };
    for finding in &read.report.findings {
        if use_waiver(check, finding, facts, waived) {
            out.waived += u64::from(counts(finding));
            continue;
        }
        let counts = counts(finding);
        out.counting += u64::from(counts);
        out.items.push(item(finding, counts, facts));
    }
    out
}

/// Whether a waiver covers a finding; the use is written down.
fn use_waiver(check: &Check, finding: &Finding, facts: &Facts<'_>, waived: &mut Vec<Waived>) -> bool {
    let Some(waiver) = facts.waivers.of(finding, is_about_advisories(check)) else { return false };
    waived.push(Waived {
        check: check.name.clone(),
        id: finding.id.clone(),
        fingerprint: finding.fingerprint.clone(),
        file: finding.file.as_deref().map(redacted),
        waiver: waiver.clone(),
    });
    true
}

fn item(finding: &Finding, counts: bool, facts: &Facts<'_>) -> Item {
    Item {
        id: redacted(&finding.id),
        title: redacted(&finding.title),
        severity: Some(finding.severity),
        file: finding.file.as_deref().map(redacted),
        line: finding.line,
        fingerprint: finding.fingerprint.clone(),
        counts,
        new: facts.is_new(&finding.fingerprint),
    }
}

/// A severity's word.
#[must_use]
pub(crate) const fn word_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
        Severity::Unknown => "unknown",
    }
}
