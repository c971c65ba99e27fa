//! Reads `cargo audit --json`. Severities are computed from CVSS vectors; a vulnerability without one that can be computed
//! is of unknown severity. Warnings (unmaintained, unsound, yanked) are findings of their own kind.

use serde::Deserialize;

use super::figures::Levels;
use super::json::{self, Pairs, or_default};
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable, cvss};
use crate::finding::{Finding, Severity};

#[derive(Deserialize)]
struct Document {
    database: Database,
    lockfile: Lockfile,
    #[serde(default)]
    settings: Settings,
    vulnerabilities: Vulnerabilities,
    warnings: Pairs<Vec<Row>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Database {
    advisory_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lockfile {
    dependency_count: u64,
}

#[derive(Deserialize, Default)]
struct Settings {
    #[serde(default, deserialize_with = "or_default")]
    ignore: Vec<String>,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    found: bool,
    count: u64,
    list: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    advisory: Option<Advisory>,
    package: Package,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    #[serde(default)]
    title: String,
    cvss: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("cargo-audit", text)?;
    let vulnerabilities = &document.vulnerabilities;
    if vulnerabilities.count != vulnerabilities.list.len() as u64
        || vulnerabilities.found == vulnerabilities.list.is_empty()
    {
        let (count, listed) = (vulnerabilities.count, vulnerabilities.list.len());
        return Unreadable::err(format!("cargo-audit counts {count} vulnerabilities and lists {listed}"));
    }
    if document.database.advisory_count == 0 {
        return Unreadable::err("cargo-audit had an empty advisory database");
    }
    if document.lockfile.dependency_count == 0 {
        return Unreadable::err("cargo-audit looked at no dependency");
    }
    let mut report = Report::new(Tool::CargoAudit);
    report.scanned = Some(document.lockfile.dependency_count);
    let ignored = document.settings.ignore.len();
    if ignored > 0 {
        let first = document.settings.ignore.first().map(|id| taken::word(id)).unwrap_or_default();
        report.notes.push(format!("{ignored} advisories are ignored by cargo-audit's own settings, {first} first"));
    }
    for row in &vulnerabilities.list {
        let vector = row.advisory.as_ref().and_then(|advisory| advisory.cvss.as_deref());
        report.findings.push(take(row, "vulnerability", vector.map_or(Severity::Unknown, cvss::of_vector)));
    }
    let mut levels = Levels { errors: report.findings.len() as u64, ..Levels::default() };
    for (kind, rows) in &document.warnings.0 {
        let severity = match kind.as_str() {
            "unmaintained" | "notice" => Severity::Info,
            "yanked" => Severity::Low,
            "unsound" => Severity::Medium,
            _ => Severity::Unknown,
        };
        levels.warnings += rows.len() as u64;
        report.findings.extend(rows.iter().map(|row| take(row, kind, severity)));
    }
    report.figures.levels = Some(levels);
    Ok(report)
}

fn take(row: &Row, kind: &str, severity: Severity) -> Finding {
    let advisory = row.advisory.as_ref();
    let (name, version) = (&row.package.name, &row.package.version);
    let title = advisory.map_or(kind, |advisory| advisory.title.as_str());
    Found {
        id: advisory.map_or(kind, |advisory| advisory.id.as_str()),
        title: &format!("{name} {version}: {title}"),
        severity: Some(severity),
        file: Some(name),
        value: version,
        ..Found::default()
    }
    .take_package()
}
