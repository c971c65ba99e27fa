//! What a folder's manifests name: packages, TOML tables, scripts, a declared package manager.
//! A manifest that does not parse is a note; the language is still there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::folder::Folder;
use super::table::{Format, StackRow};
use super::toml::{self, Toml};
use crate::codes;
use crate::problem::{Diagnostic, Problem};
use crate::text::{QUOTE_LIMIT, clip, one_line};

/// What the manifests of one language say in one folder.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Names of packages with the file that names them, lower case, `_` as `-`.
    packages: Vec<(String, BTreeSet<String>)>,
    /// TOML files.
    tomls: Vec<(String, Toml)>,
    /// Names of scripts that do something.
    pub(super) scripts: BTreeSet<String>,
    /// Names of scripts that are only stand-ins.
    pub(super) stand_ins: BTreeSet<String>,
    /// The declared package manager, without version.
    pub(super) declared: Option<String>,
}

impl Facts {
    /// Returns the file that names one of the packages.
    pub(super) fn package(&self, names: &[String]) -> Option<&str> {
        let named = |packages: &BTreeSet<String>| names.iter().any(|name| packages.contains(&normal(name)));
        self.packages.iter().find(|(_, packages)| named(packages)).map(|(file, _)| file.as_str())
    }

    /// Returns the file that has one of the TOML tables.
    pub(super) fn table(&self, names: &[String]) -> Option<&str> {
        let there = |toml: &Toml| names.iter().any(|name| toml.has(name));
        self.tomls.iter().find(|(_, toml)| there(toml)).map(|(file, _)| file.as_str())
    }
}

/// Reads the manifests of one language.
pub(super) fn facts(folder: &Folder<'_>, row: &StackRow, notes: &mut Vec<Diagnostic>) -> Facts {
    let mut facts = Facts::default();
    for manifest in &row.manifests {
        for name in folder.all(&manifest.file) {
            let Some(text) = folder.page(&name, notes) else { continue };
            let shown = folder.shown(&name);
            let mut packages = BTreeSet::new();
            match manifest.format {
                Format::Json => {
                    if let Some(value) = json(&shown, &text, notes) {
                        json_packages(&value, &mut packages);
                    }
                }
                Format::Toml => {
                    let toml = toml::scan(&text);
                    toml_packages(&toml, &mut packages);
                    facts.tomls.push((shown.clone(), toml));
                }
                Format::Lines => packages.extend(text.lines().filter_map(requirement)),
                Format::Words | Format::Tags | Format::Yaml | Format::GoWork => packages = words(&text),
            }
            facts.packages.push((shown, packages));
        }
    }
    scripts(folder, row, &mut facts, notes);
    facts
}

fn scripts(folder: &Folder<'_>, row: &StackRow, facts: &mut Facts, notes: &mut Vec<Diagnostic>) {
    if let Some(scripts) = &row.scripts {
        let value = folder.page(&scripts.file, notes).and_then(|text| json(&folder.shown(&scripts.file), &text, notes));
        let found = value.as_ref().and_then(|value| value.get(&scripts.key)).and_then(Value::as_object);
        for (name, script) in found.into_iter().flatten() {
            let stand_in = match (script, &scripts.stand_in) {
                (Value::String(text), _) if text.trim().is_empty() => true,
                (Value::String(text), Some(mark)) => text.contains(mark.as_str()),
                (Value::String(_) | Value::Array(_) | Value::Object(_), _) => false,
                _ => true,
            };
            if stand_in { &mut facts.stand_ins } else { &mut facts.scripts }.insert(name.clone());
        }
    }
    if let Some(declared) = &row.declared {
        let value =
            folder.page(&declared.file, notes).and_then(|text| json(&folder.shown(&declared.file), &text, notes));
        let name = value.as_ref().and_then(|value| value.get(&declared.key)).and_then(Value::as_str);
        facts.declared = name.map(|name| name.split('@').next().unwrap_or_default().trim().to_owned());
    }
}

/// Reads JSON that must be an object; anything else is a note, made once.
pub(super) fn json(shown: &str, text: &str, notes: &mut Vec<Diagnostic>) -> Option<Value> {
    let problem = match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => return Some(value),
        Ok(_) => invalid(shown, "is not a JSON object", 1),
        Err(error) => invalid(shown, &format!("does not parse: {error}"), error.line().max(1)),
    };
    let note = problem.warning();
    if !notes.contains(&note) {
        notes.push(note);
    }
    None
}

/// Makes the problem for a manifest that does not parse.
pub(super) fn invalid(shown: &str, what: &str, line: usize) -> Problem {
    // a parser's message may quote the file
    let what = one_line(what);
    let message = format!("`{shown}` {}, so nothing was taken from it", clip(&what, QUOTE_LIMIT));
    Problem::new(codes::STACK_MANIFEST_INVALID, message).hint(format!("correct `{shown}`")).at_line(shown, line)
}

/// Takes the keys of every top-level object whose name speaks of dependencies.
fn json_packages(value: &Value, packages: &mut BTreeSet<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let key = key.to_ascii_lowercase();
        if key.contains("dependencies") || key == "require" || key == "require-dev" {
            packages.extend(inner.as_object().into_iter().flatten().map(|(name, _)| normal(name)));
        }
    }
}

fn toml_packages(toml: &Toml, packages: &mut BTreeSet<String>) {
    for entry in &toml.entries {
        let last = entry.table.rsplit('.').next().unwrap_or_default();
        let lists = entry.table == "dependency-groups" || last == "optional-dependencies";
        if !lists && (last.ends_with("dependencies") || last == "packages" || last == "dev-packages") {
            packages.insert(normal(entry.key.split('.').next().unwrap_or_default()));
        }
        if lists || last.ends_with("dependencies") || entry.key.ends_with("dependencies") {
            packages.extend(entry.strings.iter().filter_map(|text| requirement(text)));
        }
    }
}

/// Returns the package that a requirement such as `ruff>=0.5; python_version > "3"` names.
fn requirement(line: &str) -> Option<String> {
    let line = line.trim_start();
    if !line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(line.len());
    line.get(..end).map(normal)
}

/// Returns the words outside comments that begin with `#` or `//`.
fn words(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#') && !line.starts_with("//"));
    let words = lines.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))));
    words.filter(|word| !word.is_empty() && word.len() <= 100).map(normal).collect()
}

fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace('_', "-")
}
