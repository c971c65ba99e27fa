//! Reads `pip-audit --format json`. The format has no severities. A dependency that was skipped was not audited, so the
//! report says nothing then, but for those that somebody installed as editable: they are the project itself.

use serde::Deserialize;

use super::json;
use super::taken::{self, Found};
use super::{Report, Tool, Unreadable};

#[derive(Deserialize)]
struct Document {
    dependencies: Vec<Dependency>,
    #[serde(rename = "fixes")]
    _fixes: json::Count,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    vulns: Option<Vec<Vulnerability>>,
    skip_reason: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    fix_versions: json::Count,
    #[serde(default)]
    description: String,
}

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("pip-audit", text)?;
    let mut report = Report::new(Tool::PipAudit);
    let (mut audited, mut editable, mut fixable) = (0, 0, 0);
    let mut skipped: Vec<&Dependency> = Vec::new();
    for dependency in &document.dependencies {
        let own = dependency.skip_reason.as_deref() == Some("distribution marked as editable");
        match (&dependency.vulns, own) {
            (Some(vulnerabilities), _) if dependency.skip_reason.is_none() => {
                audited += 1;
                fixable += vulnerabilities.iter().filter(|one| one.fix_versions.0 > 0).count() as u64;
                report.findings.extend(vulnerabilities.iter().map(|one| take(dependency, one)));
            }
            (_, true) => editable += 1,
            _ => skipped.push(dependency),
        }
    }
    if let Some(first) = skipped.first() {
        let (count, all, found) = (skipped.len(), document.dependencies.len(), report.findings.len());
        let name = taken::word(&first.name);
        let reason =
            format!("{count} of {all} dependencies were not audited ({name} first), beside {found} vulnerabilities");
        return Unreadable::err(reason);
    }
    if audited == 0 {
        return Unreadable::err("pip-audit looked at no dependency");
    }
    if editable > 0 {
        report.notes.push(format!("{editable} editable packages were not audited"));
    }
    report.scanned = Some(audited);
    report.figures.fixable = Some(fixable);
    Ok(report)
}

fn take(dependency: &Dependency, one: &Vulnerability) -> crate::finding::Finding {
    let version = dependency.version.as_deref().unwrap_or("?");
    let title = format!("{} {version}: {}", dependency.name, one.description);
    let file = Some(dependency.name.as_str());
    Found { id: &one.id, title: &title, file, value: version, ..Found::default() }.take_package()
}
