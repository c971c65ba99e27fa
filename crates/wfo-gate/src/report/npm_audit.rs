//! Reads `npm audit --json`, version 2 of its report, and version 1 as pnpm and older yarns write it. An answer without
//! `metadata` is an error of the registry or of the tool, and says nothing. Packages are counted as npm counts them; findings are
//! advisories, each once.

use std::collections::HashSet;

use serde::Deserialize;

use super::figures::Packages;
use super::json::{self, Pairs, Scalar, or_default};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};
use crate::finding::{Finding, Severity};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    audit_report_version: Scalar,
    vulnerabilities: Option<Pairs<Package>>,
    advisories: Option<Pairs<Advisory>>,
    metadata: Option<Metadata>,
    message: Option<String>,
    error: Option<Trouble>,
}

#[derive(Deserialize)]
struct Trouble {
    summary: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) vulnerabilities: Counts,
    #[serde(default)]
    dependencies: Dependencies,
    #[serde(default)]
    dev_dependencies: u64,
    #[serde(default)]
    optional_dependencies: u64,
    total_dependencies: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Counts {
    info: u64,
    low: u64,
    moderate: u64,
    high: u64,
    critical: u64,
}

/// Version 1 gives a number, version 2 an object with a total.
#[derive(Deserialize)]
#[serde(untagged)]
enum Dependencies {
    Number(u64),
    Kinds { total: u64 },
}

impl Default for Dependencies {
    fn default() -> Self {
        Self::Number(0)
    }
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
    severity: String,
    #[serde(default)]
    via: Vec<Via>,
    #[serde(default)]
    range: String,
}

/// Another package by name, or an advisory.
#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    Name(#[allow(dead_code, reason = "only told from an advisory")] String),
    Advisory(Box<ViaAdvisory>),
}

#[derive(Deserialize)]
struct ViaAdvisory {
    #[serde(default)]
    source: Scalar,
    name: Option<String>,
    title: Option<String>,
    url: Option<String>,
    severity: Option<String>,
    #[serde(default)]
    range: String,
}

/// An advisory of version 1, which yarn repeats line by line.
#[derive(Deserialize)]
pub(super) struct Advisory {
    #[serde(default)]
    id: Scalar,
    github_advisory_id: Option<String>,
    #[serde(default)]
    module_name: String,
    severity: Option<String>,
    #[serde(default)]
    title: String,
    url: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    vulnerable_versions: String,
}

pub(super) fn read_npm(text: &str) -> Result<Report, Unreadable> {
    read_as(Tool::NpmAudit, text)
}

pub(super) fn read_pnpm(text: &str) -> Result<Report, Unreadable> {
    read_as(Tool::PnpmAudit, text)
}

/// Reads npm's version, or that of pnpm and an older yarn.
pub(super) fn read_as(tool: Tool, text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object(tool.id(), text)?;
    let Some(metadata) = &document.metadata else {
        return Unreadable::err(error_answer(tool, &document, text));
    };
    if document.error.is_some() {
        return Unreadable::err(error_answer(tool, &document, text));
    }
    let mut report = Report::new(tool);
    metadata.fill(tool, &mut report)?;
    let mut seen = Seen::default();
    match (document.audit_report_version.whole(), &document.vulnerabilities, &document.advisories) {
        (Some(2), Some(packages), None) if tool == Tool::NpmAudit => {
            require_same(metadata, packages)?;
            packages.0.iter().for_each(|(key, package)| take_package(key, package, &mut seen));
        }
        (None, None, Some(advisories)) if tool != Tool::NpmAudit => {
            advisories.0.iter().for_each(|(_, advisory)| seen.add(advisory.take()))
        }
        (Some(version), ..) if version != 2 => {
            return Unreadable::err(format!("an audit report of version {version}, where 2 is known of npm"));
        }
        _ => return Unreadable::err(format!("not a report of {tool} but {}", json::found(text))),
    }
    report.findings = seen.findings;
    require_both(&report)?;
    Ok(report)
}

fn error_answer(tool: Tool, document: &Document, text: &str) -> String {
    let trouble = document.error.as_ref();
    let words = [
        trouble.and_then(|trouble| trouble.summary.as_deref()),
        trouble.and_then(|trouble| trouble.message.as_deref()),
        document.message.as_deref(),
    ];
    match words.into_iter().flatten().find(|word| !word.trim().is_empty()) {
        Some(words) => format!("{tool} answers with an error: {}", taken::line(words)),
        None => format!("not a report of {tool} but {}", json::found(text)),
    }
}

impl Metadata {
    /// Puts the counts into the report; an audit of no dependency is none.
    pub(super) fn fill(&self, tool: Tool, report: &mut Report) -> Result<(), Unreadable> {
        let counts = &self.vulnerabilities;
        let packages = Packages {
            critical: counts.critical,
            high: counts.high,
            moderate: counts.moderate,
            low: counts.low,
            info: counts.info,
        };
        let dependencies = match (&self.total_dependencies, &self.dependencies) {
            (Some(total), _) | (None, Dependencies::Kinds { total }) => *total,
            (None, Dependencies::Number(number)) => {
                number.saturating_add(self.dev_dependencies).saturating_add(self.optional_dependencies)
            }
        };
        if dependencies == 0 && packages.total() == 0 {
            return Unreadable::err(format!("{tool} looked at no dependency"));
        }
        report.scanned = Some(dependencies);
        report.figures.packages = Some(packages);
        Ok(())
    }
}

/// Refuses a report whose counts and lists contradict each other.
pub(super) fn require_both(report: &Report) -> Result<(), Unreadable> {
    let counted = report.figures.packages.map_or(0, Packages::total);
    if (counted == 0) != report.findings.is_empty() {
        return Unreadable::err(format!("{} counts {counted} and lists {}", report.tool, report.findings.len()));
    }
    Ok(())
}

/// Version 2 counts the very packages that it lists.
fn require_same(metadata: &Metadata, packages: &Pairs<Package>) -> Result<(), Unreadable> {
    let of = |severity: &str| packages.0.iter().filter(|(_, package)| package.severity == severity).count() as u64;
    let counts = &metadata.vulnerabilities;
    let pairs = [
        ("critical", counts.critical),
        ("high", counts.high),
        ("moderate", counts.moderate),
        ("low", counts.low),
        ("info", counts.info),
    ];
    for (severity, count) in pairs {
        if of(severity) != count {
            return Unreadable::err(format!("npm counts {count} {severity} packages and lists {}", of(severity)));
        }
    }
    Ok(())
}

/// Findings, each once.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    prints: HashSet<String>,
}

impl Seen {
    pub(super) fn add(&mut self, finding: Finding) {
        if self.prints.insert(finding.fingerprint.clone()) {
            self.findings.push(finding);
        }
    }
}

fn take_package(key: &str, package: &Package, seen: &mut Seen) {
    let name = package.name.as_deref().unwrap_or(key);
    for via in &package.via {
        let Via::Advisory(advisory) = via else { continue };
        let module = advisory.name.as_deref().unwrap_or(name);
        let title = format!("{module}: {}", advisory.title.as_deref().unwrap_or("vulnerable"));
        let id = advisory_id(advisory.url.as_deref(), &advisory.source);
        let severity = severity_of(advisory.severity.as_deref());
        let found =
            Found { id: &id, title: &title, severity: Some(severity), value: &advisory.range, ..Found::default() };
        seen.add(Found { file: Some(module), ..found }.take_package());
    }
    if package.via.is_empty() {
        let title = format!("{name}: vulnerable");
        let severity = Some(severity_of(Some(&package.severity)));
        let found =
            Found { id: name, title: &title, severity, file: Some(name), value: &package.range, ..Found::default() };
        seen.add(found.take_package());
    }
}

impl Found<'_> {
    /// A package is part of the fingerprint like a file, but it is none.
    pub(super) fn take_package(self) -> Finding {
        Finding { file: None, ..self.take() }
    }
}

impl Advisory {
    pub(super) fn take(&self) -> Finding {
        let id = match self.github_advisory_id.as_deref() {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => advisory_id(self.url.as_deref(), &self.id),
        };
        Found {
            id: &id,
            title: &format!("{}: {}", self.module_name, self.title),
            severity: Some(severity_of(self.severity.as_deref())),
            file: Some(&self.module_name),
            value: &self.vulnerable_versions,
            ..Found::default()
        }
        .take_package()
    }
}

/// The advisory's name in its address, or its number.
pub(super) fn advisory_id(url: Option<&str>, number: &Scalar) -> String {
    let last =
        url.and_then(|url| url.rsplit('/').next()).filter(|last| last.starts_with("GHSA-") || last.starts_with("CVE-"));
    last.map_or_else(|| number.text(), str::to_owned)
}

pub(super) fn severity_of(severity: Option<&str>) -> Severity {
    match severity {
        Some("critical") => Severity::Critical,
        Some("high") => Severity::High,
        Some("moderate" | "medium") => Severity::Medium,
        Some("low") => Severity::Low,
        Some("info" | "none") => Severity::Info,
        _ => Severity::Unknown,
    }
}
