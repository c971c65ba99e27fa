//! Chooses package manager and commands of one language from its files: scripts first, then tools, then the manager's own.
//! Puts only words of the table together.

use super::folder::Folder;
use super::manifest::Facts;
use super::table::{Manager, Scripts, StackRow, Tool};
use super::{Commands, Evidence, Part, Slot};
use crate::codes;
use crate::problem::{Diagnostic, Problem};
use crate::text::code_span;

/// Makes the part of one language.
pub(super) fn part(
    folder: &Folder<'_>,
    row: &StackRow,
    facts: &Facts,
    evidence: &mut Vec<Evidence>,
    notes: &mut Vec<Diagnostic>,
) -> Part {
    let chosen = manager(folder, row, facts, evidence, notes);
    let manager = chosen.map(|(manager, _)| manager);
    let mut part = Part {
        kind: row.id.clone(),
        package_manager: manager.map(|manager| manager.id.clone()),
        commands: manager.map(|manager| manager.commands.clone()).unwrap_or_default(),
        locked: chosen.is_some_and(|(_, locked)| locked),
    };
    tools(folder, row, facts, manager, &mut part.commands, evidence);
    if let (Some(scripts), Some(manager)) = (&row.scripts, manager) {
        run_scripts(folder, scripts, facts, manager, &mut part.commands, evidence);
    }
    part
}

/// Chooses the package manager: declared, else by files, else by TOML tables, else the fallback. `true` = by evidence.
fn manager<'r>(
    folder: &Folder<'_>,
    row: &'r StackRow,
    facts: &Facts,
    evidence: &mut Vec<Evidence>,
    notes: &mut Vec<Diagnostic>,
) -> Option<(&'r Manager, bool)> {
    let also = |manager: &&Manager| manager.also.is_empty() || folder.first(&manager.also).is_some();
    if let (Some(id), Some(declared)) = (&facts.declared, &row.declared) {
        let file = folder.shown(&declared.file);
        match row.managers.iter().filter(also).find(|manager| manager.id == *id) {
            Some(manager) => {
                evidence.push(Evidence { file, says: format!("declares the package manager {}", manager.id) });
                return Some((manager, true));
            }
            None => notes.push(unknown_manager(row, id, &file).warning()),
        }
    }
    let mut found: Option<&Manager> = None;
    for candidate in row.managers.iter().filter(also) {
        let Some(name) = folder.first(&candidate.files) else { continue };
        let says = match found {
            None => format!("package manager {}", candidate.id),
            Some(first) if first.id == candidate.id => continue,
            Some(first) => format!("speaks for {} too, but {} comes first", candidate.id, first.id),
        };
        evidence.push(Evidence { file: folder.shown(&name), says });
        found = found.or(Some(candidate));
    }
    if let Some(found) = found {
        return Some((found, true));
    }
    for candidate in row.managers.iter().filter(also) {
        if let Some(file) = facts.table(&candidate.tables) {
            evidence.push(Evidence { file: file.to_owned(), says: format!("package manager {}", candidate.id) });
            return Some((candidate, true));
        }
    }
    let fallback = row.managers.iter().find(|manager| manager.files.is_empty() && manager.tables.is_empty());
    fallback.map(|manager| (manager, false))
}

fn unknown_manager(row: &StackRow, id: &str, file: &str) -> Problem {
    let message = format!("`{file}` declares the package manager {}, which `stacks.yaml` does not know", code_span(id));
    Problem::new(codes::STACK_MANIFEST_INVALID, message)
        .hint(format!("add it to the row `{}` of CONFIG/wfo/data/stacks.yaml, or correct `{file}`", row.id))
        .in_file(file)
}

/// Lets the tools that are there set commands; of two for one purpose the first of the table counts.
fn tools(
    folder: &Folder<'_>,
    row: &StackRow,
    facts: &Facts,
    manager: Option<&Manager>,
    commands: &mut Commands,
    evidence: &mut Vec<Evidence>,
) {
    let run = manager.map_or("", |manager| manager.run.as_str());
    let mut set = Vec::new();
    for tool in &row.tools {
        let fits = tool.managers.is_empty() || manager.is_some_and(|manager| tool.managers.contains(&manager.id));
        let Some(file) = shown_by(folder, tool, facts).filter(|_| fits) else { continue };
        evidence.push(Evidence { file, says: format!("uses {}", tool.id) });
        for slot in Slot::ALL {
            let Some(command) = tool.commands.get(slot).filter(|_| !set.contains(&slot)) else { continue };
            let command = if run.is_empty() { command.to_owned() } else { format!("{run} {command}") };
            commands.set(slot, Some(command));
            set.push(slot);
        }
    }
}

/// Returns the file that shows a tool.
fn shown_by(folder: &Folder<'_>, tool: &Tool, facts: &Facts) -> Option<String> {
    let file = folder.first(&tool.files).map(|name| folder.shown(&name));
    file.or_else(|| facts.table(&tool.tables).or_else(|| facts.package(&tool.packages)).map(str::to_owned))
}

/// Lets scripts set commands: whoever wrote one knows best.
fn run_scripts(
    folder: &Folder<'_>,
    scripts: &Scripts,
    facts: &Facts,
    manager: &Manager,
    commands: &mut Commands,
    evidence: &mut Vec<Evidence>,
) {
    let Some(pattern) = &manager.script else { return };
    let file = folder.shown(&scripts.file);
    for slot in Slot::ALL {
        let names = scripts.names.get(slot);
        if let Some(name) = names.iter().find(|name| facts.scripts.contains(*name)) {
            let command = match &manager.script_test {
                Some(command) if name == Slot::Test.word() => command.clone(),
                _ => pattern.replace("{script}", name),
            };
            commands.set(slot, Some(command));
            evidence.push(Evidence { file: file.clone(), says: format!("script `{name}`") });
        } else if let Some(name) = names.iter().find(|name| facts.stand_ins.contains(*name)) {
            evidence.push(Evidence { file: file.clone(), says: format!("script `{name}` is only a stand-in") });
        }
    }
}
