//! The share of changed lines that were run: which lines changed comes from git, which were run from coverage reports.

use std::collections::HashMap;

use super::check::{Read, of_file};
use super::measure::Measured;
use super::{Facts, Value, Verdict};
use crate::gates::Check;
use crate::report::figures::Span;
use crate::report::{Ratio, redacted};

/// The lines that differ from a base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// What they were compared with.
    pub base: String,
    /// Each changed file that is still there, relative to the top, `/` between parts.
    pub files: Vec<ChangedFile>,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path.
    pub path: String,
    /// First and last line of each changed stretch, from 1.
    pub lines: Vec<(u32, u32)>,
}

/// Measures all coverage reports together: one hit in any of them is a hit.
pub(super) fn measure(check: &Check, read: &[Read<'_>], facts: &Facts<'_>) -> Measured {
    let changed = match facts.changed {
        Some(Ok(changed)) => changed,
        Some(Err(reason)) => return Measured::unknown(reason.clone()),
        None => return Measured::unknown("nobody can tell which lines were changed".to_owned()),
    };
    let changed_files: Vec<&ChangedFile> = changed.files.iter().filter(|file| !file.lines.is_empty()).collect();
    if changed_files.is_empty() {
        return skipped(format!("does not apply: no line is changed against {}", changed.base));
    }
    let lines = Lines::of(read);
    if lines.files.is_empty() {
        let reports: Vec<String> = read.iter().map(of_file).collect();
        return Measured::unknown(format!("{} does not tell which lines were run", reports.join(", ")));
    }
    let (mut hit, mut all, mut unseen) = (0_u64, 0_u64, Vec::new());
    for file in changed_files {
        match lines.find(&file.path) {
            Some(spans) => {
                for state in states(&file.lines, &spans).into_values() {
                    all += 1;
                    hit += u64::from(state);
                }
            }
            None if lines.is_like(&file.path) => unseen.push(redacted(&file.path)),
            None => {}
        }
    }
    judged(check, changed, (hit, all), &unseen)
}

fn judged(check: &Check, changed: &Changed, (hit, all): (u64, u64), unseen: &[String]) -> Measured {
    let limit = check.limit();
    let measured = Ratio::new(hit, all).and_then(|ratio| Some((ratio, ratio.hundredths()?)));
    if let Some((ratio, hundredths)) = measured
        && (!ratio.at_least(limit.percent()) || unseen.is_empty())
    {
        let reason =
            format!("{hit} of {all} changed lines were run, at least {limit} % wanted (against {})", changed.base);
        let verdict = if ratio.at_least(limit.percent()) { Verdict::Pass } else { Verdict::Fail };
        return Measured { verdict, value: Some(Value::Hundredths(hundredths)), reason, items: Vec::new() };
    }
    match unseen {
        [] => {
            skipped(format!("does not apply: no changed line is one that coverage counts (against {})", changed.base))
        }
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            Measured::unknown(format!(
                "`{first}`{more} is changed and in no report, so nobody can tell whether it was run"
            ))
        }
    }
}

fn skipped(reason: String) -> Measured {
    Measured { verdict: Verdict::Skipped, value: None, reason, items: Vec::new() }
}

/// The files of all reports with their lines.
struct Lines<'a> {
    files: HashMap<String, Vec<&'a Span>>,
}

impl<'a> Lines<'a> {
    fn of(read: &[Read<'a>]) -> Self {
        let mut files: HashMap<String, Vec<&Span>> = HashMap::new();
        for file in read.iter().flat_map(|one| &one.report.figures.files) {
            let name = file.file.trim_start_matches("./").trim_start_matches('/').to_owned();
            files.entry(name).or_default().extend(&file.spans);
        }
        Self { files }
    }

    /// The lines of a changed file: under its own path, under one that ends with it (absolute paths, packages), or under its end
    /// (reports of a workspace), where that is one file only.
    fn find(&self, path: &str) -> Option<Vec<&'a Span>> {
        if let Some(spans) = self.files.get(path) {
            return Some(spans.clone());
        }
        let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'));
        let mut found = self.files.iter().filter(|(name, _)| ends(name, path) || ends(path, name));
        match (found.next(), found.next()) {
            (Some((_, spans)), None) => Some(spans.clone()),
            _ => None,
        }
    }

    /// Whether a file that no report names is of a kind that reports name: then it is missing, and not merely no code.
    fn is_like(&self, path: &str) -> bool {
        let ending =
            |name: &str| name.rsplit('/').next().and_then(|last| last.rsplit_once('.')).map(|(_, end)| end.to_owned());
        let Some(end) = ending(path) else { return false };
        !is_test_or_setting(path) && self.files.keys().any(|name| ending(name).as_deref() == Some(end.as_str()))
    }
}

/// Tests and settings are code that coverage usually leaves out.
fn is_test_or_setting(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folders = ["test", "tests", "__tests__", "spec", "specs", "testing", "benches", "examples"];
    parts.iter().any(|part| folders.contains(part))
        || ["conftest", "setup", "noxfile", "build"].contains(&stem)
        || stem.starts_with("test_")
        || ["_test", ".test", ".spec", "_spec", ".config", "Test"].iter().any(|end| stem.ends_with(end))
}

/// For each changed line that counts: whether it was run.
fn states(changed: &[(u32, u32)], spans: &[&Span]) -> HashMap<u32, bool> {
    let mut states = HashMap::new();
    for span in spans {
        for (first, last) in changed {
            for line in span.first.max(*first)..=span.last.min(*last) {
                *states.entry(line).or_insert(false) |= span.hit;
            }
        }
    }
    states
}
