//! The members that a workspace's manifests name: literal folders and patterns with `*`, in at most a bounded number.
//! Takes no path that leads out of the root and follows no linked folder. `**` stands for one level.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::folder::Folder;
use super::manifest::{invalid, json};
use super::table::{Format, Members, StackRow};
use super::{WORKSPACES, toml};
use crate::codes;
use crate::problem::{Diagnostic, Problem};
use crate::text::code_span;

/// Returns the folders that a folder's manifests name as members, relative to the root and sorted, without the folder itself.
pub(super) fn members(folder: &Folder<'_>, table: &[StackRow], notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut found = BTreeSet::new();
    let present = table.iter().filter(|row| folder.first(&row.markers).is_some());
    for members in present.flat_map(|row| &row.members) {
        let Some(text) = folder.page(&members.file, notes) else { continue };
        let shown = folder.shown(&members.file);
        let (excluded, patterns): (Vec<String>, Vec<String>) =
            patterns(members, &shown, &text, notes).into_iter().partition(|pattern| pattern.starts_with('!'));
        let mut named = BTreeSet::new();
        for pattern in patterns {
            match steps(&pattern) {
                Some(steps) => expand(folder, &steps, &mut named, notes),
                None => notes.push(outside(&shown, &pattern).warning()),
            }
            if named.len() >= WORKSPACES {
                break;
            }
        }
        let excluded: Vec<Vec<&str>> = excluded.iter().filter_map(|pattern| steps(pattern.get(1..)?)).collect();
        let below = |path: &str| match folder.relative() {
            "" => path.to_owned(),
            relative => path.strip_prefix(relative).unwrap_or(path).trim_start_matches('/').to_owned(),
        };
        named.retain(|path| !excluded.iter().any(|steps| same(&below(path), steps)));
        found.extend(named);
    }
    found.into_iter().filter(|path| path != folder.relative()).take(WORKSPACES).collect()
}

fn outside(shown: &str, pattern: &str) -> Problem {
    let message = format!("`{shown}` names the member {}, which is not below the project", code_span(pattern));
    Problem::new(codes::STACK_MANIFEST_INVALID, message)
        .hint(format!("name only folders below the project in `{shown}`"))
        .in_file(shown)
}

/// The list in a YAML file, whatever else is in it.
#[derive(Debug, Deserialize)]
struct Packages {
    #[serde(default)]
    packages: Vec<String>,
}

/// Reads the patterns that a manifest lists.
fn patterns(members: &Members, shown: &str, text: &str, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    match members.format {
        Format::Toml => toml::scan(text).list(&members.key),
        Format::Json => {
            let Some(value) = json(shown, text, notes) else { return Vec::new() };
            let list = value.get(&members.key).map(|list| list.get("packages").unwrap_or(list));
            list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Format::Yaml => match crate::yaml::parse::<Option<Packages>>(text) {
            Ok(packages) => packages.map(|packages| packages.packages).unwrap_or_default(),
            Err(fault) => {
                let line = fault.place.map_or(1, |(line, _)| line);
                notes.push(invalid(shown, &format!("does not parse: {}", fault.message), line).warning());
                Vec::new()
            }
        },
        Format::GoWork => go_work(text, &members.key),
        Format::Tags => tags(text, &members.key),
        Format::Lines | Format::Words => text.lines().map(|line| line.trim().to_owned()).collect(),
    }
}

/// Reads `use ./a` and `use ( ... )`.
fn go_work(text: &str, key: &str) -> Vec<String> {
    let mut block = false;
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let rest = match line.strip_prefix(key) {
            Some(rest) if rest.starts_with([' ', '\t', '(']) => rest.trim(),
            _ if block => line,
            _ => continue,
        };
        block |= rest.starts_with('(');
        let path = rest.trim_start_matches('(').trim_end_matches(')').trim().trim_matches('"');
        if !path.is_empty() {
            found.push(path.to_owned());
        }
        block &= !rest.ends_with(')');
    }
    found
}

/// Reads the text of every `<key>...</key>`.
fn tags(text: &str, key: &str) -> Vec<String> {
    let (open, close) = (format!("<{key}>"), format!("</{key}>"));
    let inner = text.split(open.as_str()).skip(1).filter_map(|rest| rest.split_once(close.as_str()));
    inner.map(|(inner, _)| inner.trim().to_owned()).filter(|inner| !inner.contains('<')).take(WORKSPACES).collect()
}

/// Splits a pattern into its folders; `None` when it leads out of the root.
fn steps(pattern: &str) -> Option<Vec<&str>> {
    if pattern.starts_with(['/', '\\', '~']) || pattern.contains('\0') {
        return None;
    }
    let steps: Vec<&str> = pattern.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    (!steps.contains(&"..") && steps.len() <= 8).then_some(steps)
}

/// Finds the folders that fit, level by level.
fn expand(folder: &Folder<'_>, steps: &[&str], found: &mut BTreeSet<String>, notes: &mut Vec<Diagnostic>) {
    let mut level = vec![folder.relative().to_owned()];
    for step in steps {
        let step = if *step == "**" { "*" } else { step };
        let mut next = Vec::new();
        for path in &level {
            let inner = Folder::read(folder.root(), path, notes);
            next.extend(inner.folders(step).map(|name| inner.shown(name)));
            if next.len() >= WORKSPACES {
                next.truncate(WORKSPACES);
                break;
            }
        }
        level = next;
    }
    found.extend(level);
}

/// Says whether a path fits a pattern step by step.
fn same(path: &str, steps: &[&str]) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    parts.len() == steps.len() && parts.iter().zip(steps).all(|(part, step)| step.starts_with('*') || part == step)
}
