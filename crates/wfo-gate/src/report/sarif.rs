//! Reads SARIF 2.1 (OASIS, "Static Analysis Results Interchange Format"): levels come from the result, from an override of
//! the invocation, or from the rule, in this order; a run that did not succeed or has no `results` says nothing.

mod shape;

use std::borrow::Cow;
use std::collections::HashMap;

use super::figures::Levels;
use super::taken::Found;
use super::{Report, Tool, Unreadable, cvss, json, taken};
use crate::finding::{Finding, Severity};
use shape::{Document, Result as Row, Rule, RuleRef, Run};

pub(super) fn read(text: &str) -> Result<Report, Unreadable> {
    read_as(Tool::Sarif, None, text)
}

/// Whether it is worth trying; a cheap look only.
pub(super) fn may_be(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"runs\"")
}

/// Reads it as a tool's own; then the driver's name must hold this word.
pub(super) fn read_as(tool: Tool, driver: Option<&str>, text: &str) -> Result<Report, Unreadable> {
    let document: Document = json::object("SARIF", text)?;
    if !document.version.starts_with("2.1.") {
        return Unreadable::err(format!("SARIF of version {}, where 2.1.0 is known", taken::word(&document.version)));
    }
    if document.runs.is_empty() {
        return Unreadable::err("SARIF without a run");
    }
    if document.inline_external_properties.0 > 0 {
        return Unreadable::err("SARIF with a part of its results outside of its runs");
    }
    let mut report = Report::new(tool);
    let mut levels = Levels::default();
    let mut suppressed = 0_usize;
    for run in &document.runs {
        let name = &run.tool.driver.name;
        if driver.is_some_and(|driver| !name.to_lowercase().contains(driver)) {
            return Unreadable::err(format!("SARIF of {}, not of {tool}", taken::word(name)));
        }
        require_done(run)?;
        let rules = Rules::of(run);
        for row in run.results.as_deref().unwrap_or_default() {
            if row.is_none_to_act_on() {
                continue;
            }
            if row.suppressions.iter().any(|one| one.status.as_deref().unwrap_or("accepted") == "accepted") {
                suppressed += 1;
                continue;
            }
            report.findings.push(finding(tool, run, &rules, row, &mut levels));
        }
        let driver = &run.tool.driver;
        let version = driver.semantic_version.as_deref().or(driver.version.as_deref());
        if report.version.is_none() {
            report = report.with_version(version);
        }
    }
    if suppressed > 0 {
        report.notes.push(format!("{suppressed} results are suppressed in the source"));
    }
    report.figures.levels = Some(levels);
    Ok(report)
}

/// A run whose tool broke, or whose results are elsewhere, is no run.
fn require_done(run: &Run) -> Result<(), Unreadable> {
    let name = taken::word(&run.tool.driver.name);
    if run.results.is_none() {
        return Unreadable::err(format!("SARIF of {name} without results: the scan did not come to any"));
    }
    if run.external_property_file_references.as_ref().is_some_and(|files| files.results.0 > 0) {
        return Unreadable::err(format!("SARIF of {name} whose results are in other files"));
    }
    for invocation in &run.invocations {
        if invocation.execution_successful == Some(false) {
            return Unreadable::err(format!("the run of {name} did not go through, as it says"));
        }
        let notes = invocation.tool_execution_notifications.iter().chain(&invocation.tool_configuration_notifications);
        let errors = notes.filter(|note| note.level.as_deref() == Some("error")).count();
        if errors > 0 {
            return Unreadable::err(format!("the run of {name} reports {errors} errors of its own"));
        }
    }
    Ok(())
}

/// The rules of a run by id, for a short way to each.
struct Rules<'a> {
    run: &'a Run,
    by_id: HashMap<&'a str, &'a Rule>,
}

impl<'a> Rules<'a> {
    fn of(run: &'a Run) -> Self {
        let parts = run.tool.extensions.iter().chain([&run.tool.driver]);
        Self { run, by_id: parts.flat_map(|part| &part.rules).map(|rule| (rule.id.as_str(), rule)).collect() }
    }

    fn of_row(&self, row: &Row) -> Option<&'a Rule> {
        let reference = row.rule.as_ref();
        let index = row.rule_index.whole().or_else(|| reference.and_then(|rule| rule.index.whole()));
        let part = match reference.and_then(|rule| rule.tool_component.as_ref()).and_then(|part| part.index.whole()) {
            Some(extension) => self.run.tool.extensions.get(usize::try_from(extension).ok()?)?,
            None => &self.run.tool.driver,
        };
        let indexed = index.and_then(|index| part.rules.get(usize::try_from(index).ok()?));
        let id = row.id();
        let matching = indexed.filter(|rule| id.is_none_or(|id| id == rule.id || is_below(id, &rule.id)));
        matching.or_else(|| {
            let mut id = id?;
            loop {
                if let Some(rule) = self.by_id.get(id) {
                    return Some(rule);
                }
                // `CA1000/1` is told of more exactly than its rule `CA1000`
                id = id.rsplit_once('/')?.0;
            }
        })
    }

    /// The worst level that an override of an invocation gives the rule.
    fn overridden(&self, id: &str) -> Option<&'a str> {
        let overrides = self.run.invocations.iter().flat_map(|invocation| &invocation.rule_configuration_overrides);
        let ours = overrides.filter(|one| {
            let index = one.descriptor.index.whole().and_then(|index| usize::try_from(index).ok());
            let indexed = index.and_then(|index| self.run.tool.driver.rules.get(index)).map(|rule| rule.id.as_str());
            one.descriptor.id.as_deref().or(indexed) == Some(id)
        });
        ours.filter_map(|one| one.configuration.level.as_deref()).max_by_key(|level| severity_of(level))
    }
}

fn is_below(id: &str, rule: &str) -> bool {
    id.strip_prefix(rule).is_some_and(|rest| rest.starts_with('/'))
}

impl Row {
    fn id(&self) -> Option<&str> {
        self.rule_id.as_deref().or_else(|| self.rule.as_ref().and_then(|rule: &RuleRef| rule.id.as_deref()))
    }

    /// What passed, does not apply, is only told, or is gone since the baseline is nothing that was found.
    fn is_none_to_act_on(&self) -> bool {
        let told = matches!(self.kind.as_deref(), Some("pass" | "notApplicable" | "informational"));
        (told && self.level.as_deref().is_none_or(|level| level == "none"))
            || self.baseline_state.as_deref() == Some("absent")
    }
}

fn finding(tool: Tool, run: &Run, rules: &Rules<'_>, row: &Row, levels: &mut Levels) -> Finding {
    let rule = rules.of_row(row);
    let id = row.id().or(rule.map(|rule| rule.id.as_str())).unwrap_or_default();
    let configured = rule.and_then(|rule| rule.default_configuration.as_ref()?.level.as_deref());
    let level = row.level.as_deref().or_else(|| rules.overridden(id)).or(configured);
    let severity = match (level, tool.finds_secrets()) {
        (Some(level), _) => severity_of(level),
        (None, true) => Severity::Unknown,
        (None, false) => severity_of("warning"),
    };
    let count = match severity {
        Severity::Medium => &mut levels.warnings,
        Severity::Info => &mut levels.notes,
        _ => &mut levels.errors,
    };
    *count += 1;
    let scores = [row.properties.as_ref(), rule.and_then(|rule| rule.properties.as_ref())];
    let scored = scores.into_iter().flatten().filter_map(|bag| cvss::of_score(&bag.security_severity.text())).max();
    let place = row.locations.iter().find_map(|location| location.physical_location.as_ref());
    let region = place.and_then(|place| place.region.as_ref());
    let file = place.and_then(|place| place.artifact_location.as_ref()).and_then(|artifact| uri(run, artifact));
    let snippet = region.and_then(|region| region.snippet.as_ref()).and_then(|snippet| snippet.text.as_deref());
    let prints = row.partial_fingerprints.0.iter().chain(&row.fingerprints.0).map(|(_, value)| value.text());
    let print = prints.into_iter().find(|value| !value.is_empty() && value != "requires login");
    let message = row.message.text.as_deref().or(rule.and_then(Rule::text)).unwrap_or(id);
    let secret = format!("secret found by rule {id}");
    Found {
        id,
        title: if tool.finds_secrets() { &secret } else { message },
        severity: Some(scored.map_or(severity, |scored| scored.max(severity))),
        file: file.as_deref(),
        line: region.and_then(|region| region.start_line.whole()),
        column: region.and_then(|region| region.start_column.whole()),
        value: snippet.filter(|text| !text.contains("REDACTED")).or(print.as_deref()).unwrap_or(message),
    }
    .take()
}

/// The severity of a level; one that the standard does not name is unknown.
fn severity_of(level: &str) -> Severity {
    match level {
        "error" => Severity::High,
        "warning" => Severity::Medium,
        "note" | "none" => Severity::Info,
        _ => Severity::Unknown,
    }
}

/// A path of an artifact's location: its own URI or that of the run's list of artifacts.
fn uri<'a>(run: &'a Run, artifact: &'a shape::Artifact) -> Option<Cow<'a, str>> {
    let listed = || {
        let index = usize::try_from(artifact.index.whole()?).ok()?;
        run.artifacts.get(index)?.location.as_ref()?.uri.as_deref()
    };
    let uri = artifact.uri.as_deref().or_else(listed)?;
    let path = uri.strip_prefix("file://").unwrap_or(uri);
    Some(if path.contains('%') { Cow::Owned(decoded(path)) } else { Cow::Borrowed(path) })
}

/// Takes percent codes away; one that is none stays.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok()).filter(|_| *byte == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[path = "sarif_tests.rs"]
mod tests;
