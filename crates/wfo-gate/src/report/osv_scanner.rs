//! Reads `osv-scanner --format json`. Its list has only packages with vulnerabilities, so how many it looked at is not told;
//! a clean report is known by its `experimental_config`. Severity is a group's highest score, else the worst that the
//! advisories tell.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::{self, or_default};
use super::npm_audit::severity_of;
use super::taken::Found;
use super::{Report, Tool, Unreadable, cvss};
use crate::finding::{Finding, Severity};

#[derive(Deserialize)]
struct Document {
    results: Vec<Source>,
    experimental_config: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Source {
    source: Place,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Place {
    path: String,
}

#[derive(Deserialize)]
struct Package {
    package: Name,
    #[serde(default, deserialize_with = "or_default")]
    vulnerabilities: Vec<Vulnerability>,
    #[serde(default, deserialize_with = "or_default")]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    summary: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Score>,
    database_specific: Option<Specific>,
}

#[derive(Deserialize)]
struct Score {
    #[serde(default)]
    score: String,
}

#[derive(Deserialize)]
struct Specific {
    severity: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    ids: Vec<String>,
    max_severity: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("osv-scanner", text)?;
    if document.results.is_empty() && document.experimental_config.is_none() {
        return Unreadable::err("not a report of osv-scanner: no results and no `experimental_config`");
    }
    let mut report = Report::new(Tool::OsvScanner);
    for source in &document.results {
        for package in &source.packages {
            take_package(&source.source.path, package, &mut report.findings);
        }
    }
    Ok(report)
}

fn take_package(path: &str, package: &Package, findings: &mut Vec<Finding>) {
    for group in &package.groups {
        let members = package.vulnerabilities.iter().filter(|one| group.ids.contains(&one.id));
        let scored = group.max_severity.as_deref().and_then(cvss::of_score);
        let severity = scored.or_else(|| members.clone().map(told).max()).unwrap_or(Severity::Unknown);
        let summary = members.clone().map(|one| one.summary.as_str()).find(|summary| !summary.is_empty());
        let id = group.ids.first().map_or("unnamed", String::as_str);
        findings.push(take(path, package, id, summary.unwrap_or("vulnerable"), severity));
    }
    let lonely =
        package.vulnerabilities.iter().filter(|one| !package.groups.iter().any(|group| group.ids.contains(&one.id)));
    findings.extend(lonely.map(|one| take(path, package, &one.id, &one.summary, told(one))));
}

/// The worst that an advisory tells; unknown when it tells nothing.
fn told(one: &Vulnerability) -> Severity {
    let vectors =
        one.severity.iter().map(|score| cvss::of_vector(&score.score)).filter(|told| *told != Severity::Unknown);
    let words = one.database_specific.as_ref().and_then(|specific| specific.severity.as_deref());
    let words = words.map(|words| severity_of(Some(&words.to_lowercase()))).filter(|told| *told != Severity::Unknown);
    vectors.chain(words).max().unwrap_or(Severity::Unknown)
}

fn take(path: &str, package: &Package, id: &str, summary: &str, severity: Severity) -> Finding {
    let Name { name, version } = &package.package;
    let title = format!("{name} {version}: {summary}");
    let value = format!("{name} {version}");
    Found { id, title: &title, severity: Some(severity), file: Some(path), value: &value, ..Found::default() }.take()
}
