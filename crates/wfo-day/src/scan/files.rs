//! `scan env` and `scan files`: what names, permissions and sizes of files say, without reading any.
//! Looks at what git tracks and at what it would take in.

use std::collections::BTreeSet;

use wfo_base::Problem;
use wfo_gate::files::{Kind, env_file, large_file, permissions};
use wfo_gate::secrets::Confidence;
use wfo_gate::{Finding, Severity};
use wfo_git::{Reader, Version, Versions};

use super::secrets::repository;
use super::{Found, Report, Rules, Spot};
use crate::Place;

/// Looks for files of secret settings that are in the index, or that nothing ignores.
///
/// # Errors
/// As [`super::secrets()`].
pub fn env(place: &Place, rules: &Rules) -> Result<Report, Problem> {
    let (versions, mut report) = listed(place, rules)?;
    let rows = rules.files();
    let found = |version: &Version| env_file(&rows, &String::from_utf8_lossy(&version.path), version.tracked, false);
    report.findings = versions.list.iter().filter_map(found).map(|finding| shown(rules, finding)).collect();
    report.files = versions.list.len() as u64;
    report.notes.extend(rules.notes());
    Ok(report.sorted())
}

/// Looks for files and folders that everybody may write, and for large files.
///
/// # Errors
/// As [`super::secrets()`].
pub fn files(place: &Place, rules: &Rules) -> Result<Report, Problem> {
    let (versions, mut report) = listed(place, rules)?;
    let rows = rules.files();
    let mut reader = Reader::new(repository(place)?, 0);
    let mut folders = BTreeSet::new();
    let mut entries: Vec<(String, Kind, u32)> = Vec::new();
    let mut findings = Vec::new();
    for version in &versions.list {
        let Some(meta) = reader.meta(&version.path) else { continue };
        let path = String::from_utf8_lossy(&version.path).into_owned();
        let kind = if meta.mode & 0o170_000 == 0o120_000 { Kind::Link } else { Kind::File };
        if kind == Kind::File {
            findings.extend(large_file(&rows, &path, meta.bytes));
            report.bytes += meta.bytes;
        }
        report.files += 1;
        entries.push((path, kind, meta.mode));
        let above = version.path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        folders.extend(above.filter_map(|(end, _)| version.path.get(..end)));
    }
    for folder in folders {
        if let Some(meta) = reader.meta(folder) {
            entries.push((String::from_utf8_lossy(folder).into_owned(), Kind::Folder, meta.mode));
        }
    }
    let said = permissions(entries.iter().map(|(path, kind, mode)| (path.as_str(), *kind, *mode)));
    findings.extend(said.findings);
    report.findings = findings.into_iter().map(|finding| shown(rules, finding)).collect();
    if said.meaningless {
        report.cut.push("everything here has the mode 0777, so permissions say nothing".to_owned());
    }
    report.notes.extend(rules.notes());
    Ok(report.sorted())
}

fn listed(place: &Place, rules: &Rules) -> Result<(Versions, Report), Problem> {
    let listed = repository(place).and_then(wfo_git::checkout);
    let mut versions = listed.map_err(|problem| rules.hide_in(problem))?;
    let notes = std::mem::take(&mut versions.notes).into_iter().map(|note| rules.hide(note)).collect();
    let cut = std::mem::take(&mut versions.cut);
    Ok((versions, Report { notes, cut, ..Report::default() }))
}

fn shown(rules: &Rules, finding: Finding) -> Found {
    Found {
        rule: finding.id,
        title: finding.title,
        confidence: match finding.severity {
            Severity::Critical | Severity::Unknown => Confidence::High,
            Severity::High | Severity::Medium => Confidence::Medium,
            Severity::Low | Severity::Info => Confidence::Low,
        },
        spot: Spot::Path,
        file: finding.file.as_deref().map(|path| rules.shown(path)),
        at: None,
        length: None,
        commit: None,
        fingerprint: finding.fingerprint,
        reason: None,
    }
}
