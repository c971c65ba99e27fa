//! Finds out what a project is made of and which commands test, build and check it, from its files alone.
//! Runs nothing, follows no link out of the root, and says for every claim which file it comes from.
//!
//! Commands are the words of the table, never words of the repository: a script counts by its name, not by its text.

mod choose;
mod deep;
mod folder;
mod manifest;
mod members;
mod table;
mod targets;
mod toml;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use deep::deepen;
pub use table::{Declared, Format, Manager, Manifest, Members, Scripts, StackRow, Tool};

use crate::problem::{Diagnostic, Noted};
use folder::Folder;

/// The word for a project with more than one language.
pub const MIXED: &str = "mixed";

/// How many workspaces are listed.
const WORKSPACES: usize = 200;

/// One command for each purpose; `None` = could not be determined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Commands {
    /// Runs the tests once.
    pub test: Option<String>,
    /// Builds.
    pub build: Option<String>,
    /// Looks for faults without changing files.
    pub lint: Option<String>,
    /// Formats in place.
    pub format: Option<String>,
    /// Runs the tests with coverage.
    pub coverage: Option<String>,
    /// Looks for dependencies with known vulnerabilities.
    pub audit: Option<String>,
}

/// A purpose of [`Commands`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// [`Commands::test`].
    Test,
    /// [`Commands::build`].
    Build,
    /// [`Commands::lint`].
    Lint,
    /// [`Commands::format`].
    Format,
    /// [`Commands::coverage`].
    Coverage,
    /// [`Commands::audit`].
    Audit,
}

impl Slot {
    /// All purposes, in the order in which they are listed.
    pub const ALL: [Self; 6] = [Self::Test, Self::Build, Self::Lint, Self::Format, Self::Coverage, Self::Audit];

    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Build => "build",
            Self::Lint => "lint",
            Self::Format => "format",
            Self::Coverage => "coverage",
            Self::Audit => "audit",
        }
    }
}

impl Commands {
    /// Returns the command for a purpose.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&str> {
        match slot {
            Slot::Test => self.test.as_deref(),
            Slot::Build => self.build.as_deref(),
            Slot::Lint => self.lint.as_deref(),
            Slot::Format => self.format.as_deref(),
            Slot::Coverage => self.coverage.as_deref(),
            Slot::Audit => self.audit.as_deref(),
        }
    }

    /// Sets the command for a purpose.
    pub fn set(&mut self, slot: Slot, command: Option<String>) {
        let place = match slot {
            Slot::Test => &mut self.test,
            Slot::Build => &mut self.build,
            Slot::Lint => &mut self.lint,
            Slot::Format => &mut self.format,
            Slot::Coverage => &mut self.coverage,
            Slot::Audit => &mut self.audit,
        };
        *place = command;
    }
}

/// A file, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Path relative to the root.
    pub file: String,
    /// What it shows.
    pub says: String,
}

/// One language in one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Id of the table's row.
    pub kind: String,
    /// Package manager.
    pub package_manager: Option<String>,
    /// Commands, to be run in that folder.
    pub commands: Commands,
    /// Whether a lock file or a declaration names the package manager.
    #[serde(skip)]
    pub locked: bool,
}

/// A folder below the root that is a project of its own, or a declared member of the root's workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workspace {
    /// Folder relative to the root.
    pub path: String,
    /// Kinds found there, by id.
    pub kinds: Vec<String>,
    /// Whether the root's manifest names it; then the root's commands cover it.
    pub member: bool,
    /// The folder whose manifest names a member; empty for the root.
    #[serde(skip)]
    pub home: String,
    /// Package manager of a folder that is no member.
    pub package_manager: Option<String>,
    /// Commands of a folder that is no member, to be run in it.
    pub commands: Commands,
}

/// What a project is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stack {
    /// Kinds of the root and its workspaces, by id; then `mixed` when there is more than one.
    pub kinds: Vec<String>,
    /// The root's package manager; of several languages the first one's with a lock file, else the first one's.
    pub package_manager: Option<String>,
    /// Commands at the root; those of several languages are joined with `&&`.
    pub commands: Commands,
    /// Why, in the order in which it was found.
    pub evidence: Vec<Evidence>,
    /// Each language at the root by itself.
    pub parts: Vec<Part>,
    /// Folders below, by path; at most 200.
    pub workspaces: Vec<Workspace>,
    /// Whether `workspaces` stops there although there may be more.
    pub workspaces_cut: bool,
}

/// What was learned about one folder.
#[derive(Debug, Default)]
struct Look {
    parts: Vec<Part>,
    evidence: Vec<Evidence>,
}

/// Looks at a project: its root, the members its manifests name, and the folders one level down.
#[must_use]
pub fn detect(root: &Path, table: &[StackRow]) -> Noted<Stack> {
    let mut notes = Vec::new();
    let mut stack = Stack::default();
    let folder = Folder::read(root, "", &mut notes);
    let look = look(&folder, table, &mut notes);
    stack.workspaces = workspaces(&folder, table, &mut notes);
    stack.workspaces_cut = stack.workspaces.len() == WORKSPACES;
    let mut kinds: Vec<&str> = look.parts.iter().map(|part| part.kind.as_str()).collect();
    kinds.extend(stack.workspaces.iter().flat_map(|workspace| workspace.kinds.iter().map(String::as_str)));
    kinds.sort_unstable();
    kinds.dedup();
    stack.kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    if stack.kinds.len() > 1 {
        stack.kinds.push(MIXED.to_owned());
    }
    stack.package_manager = manager(&look.parts);
    stack.commands = joined(&look.parts);
    stack.evidence = look.evidence;
    stack.evidence.extend(targets::evidence(&folder, &mut notes));
    stack.parts = look.parts;
    Noted { value: stack, notes }
}

/// Looks at one folder: every row of the table with a marker there.
fn look(folder: &Folder<'_>, table: &[StackRow], notes: &mut Vec<Diagnostic>) -> Look {
    let mut look = Look::default();
    for row in table {
        let Some(marker) = folder.first(&row.markers) else { continue };
        look.evidence.push(Evidence { file: folder.shown(&marker), says: format!("{} project", row.id) });
        let facts = manifest::facts(folder, row, notes);
        let part = choose::part(folder, row, &facts, &mut look.evidence, notes);
        look.parts.push(part);
    }
    look.parts.sort_by(|a, b| a.kind.cmp(&b.kind));
    look
}

fn manager(parts: &[Part]) -> Option<String> {
    let first =
        parts.iter().find(|part| part.locked).or_else(|| parts.iter().find(|part| part.package_manager.is_some()));
    first.and_then(|part| part.package_manager.clone())
}

fn joined(parts: &[Part]) -> Commands {
    let mut commands = Commands::default();
    for slot in Slot::ALL {
        let mut found: Vec<&str> = Vec::new();
        for command in parts.iter().filter_map(|part| part.commands.get(slot)) {
            if !found.contains(&command) {
                found.push(command);
            }
        }
        commands.set(slot, (!found.is_empty()).then(|| found.join(" && ")));
    }
    commands
}

/// Lists the declared members, then the other folders one level down that are projects.
fn workspaces(folder: &Folder<'_>, table: &[StackRow], notes: &mut Vec<Diagnostic>) -> Vec<Workspace> {
    let mut found: Vec<Workspace> = Vec::new();
    for path in members::members(folder, table, notes) {
        let inner = Folder::read(folder.root(), &path, notes);
        let kinds: Vec<String> =
            table.iter().filter(|row| inner.first(&row.markers).is_some()).map(|row| row.id.clone()).collect();
        found.push(Workspace {
            path,
            kinds,
            member: true,
            home: String::new(),
            package_manager: None,
            commands: Commands::default(),
        });
    }
    for path in folder.project_folders().take(WORKSPACES) {
        if found.iter().any(|known| known.path == path) {
            continue;
        }
        let inner = Folder::read(folder.root(), path, notes);
        let look = look(&inner, table, notes);
        if !look.parts.is_empty() {
            found.push(Workspace {
                path: path.to_owned(),
                kinds: look.parts.iter().map(|part| part.kind.clone()).collect(),
                member: false,
                home: String::new(),
                package_manager: manager(&look.parts),
                commands: joined(&look.parts),
            });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.truncate(WORKSPACES);
    found
}

#[cfg(test)]
mod tests;
