//! What a project is built with, as answers show it.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::stack::Stack;
use wfo_base::text;

use super::{Paint, Table, and_more, cut};
use crate::answer::View;

/// Languages, package manager, commands, and the files that say so.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct StackView {
    /// Languages; `mixed` is added when there are several.
    pub(crate) kinds: Vec<String>,
    /// The package manager; null when nothing tells.
    package_manager: Option<String>,
    /// The commands; a key is null when the project has no such command.
    commands: CommandsView,
    /// What says so.
    evidence: Vec<EvidenceView>,
    /// How many rows of it were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_more: Option<usize>,
    /// Parts of the repository with a stack of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workspaces: Vec<WorkspaceView>,
    /// How many of them were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    workspaces_more: Option<usize>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct CommandsView {
    /// Runs the tests.
    test: Option<String>,
    /// Builds.
    build: Option<String>,
    /// Checks the style.
    lint: Option<String>,
    /// Formats.
    format: Option<String>,
    /// Runs the tests with coverage.
    coverage: Option<String>,
    /// Looks for known holes in dependencies.
    audit: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct EvidenceView {
    /// The file.
    file: String,
    /// What it says.
    says: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct WorkspaceView {
    /// Its folder, relative.
    path: String,
    /// Its languages.
    kinds: Vec<String>,
}

impl From<&Stack> for StackView {
    fn from(stack: &Stack) -> Self {
        let clean = |text: &Option<String>| text.as_deref().map(|text| text::one_line(text).into_owned());
        let commands = &stack.commands;
        Self {
            kinds: stack.kinds.clone(),
            package_manager: clean(&stack.package_manager),
            commands: CommandsView {
                test: clean(&commands.test),
                build: clean(&commands.build),
                lint: clean(&commands.lint),
                format: clean(&commands.format),
                coverage: clean(&commands.coverage),
                audit: clean(&commands.audit),
            },
            evidence: stack
                .evidence
                .iter()
                .map(|row| EvidenceView { file: row.file.clone(), says: text::one_line(&row.says).into_owned() })
                .collect(),
            evidence_more: None,
            workspaces: stack
                .workspaces
                .iter()
                .map(|part| WorkspaceView { path: part.path.clone(), kinds: part.kinds.clone() })
                .collect(),
            workspaces_more: None,
        }
    }
}

impl View for StackView {
    fn text(&self, paint: Paint) -> String {
        if self.kinds.is_empty() {
            return "no known stack: none of the marker files is here\n".to_owned();
        }
        let manager = self.package_manager.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let mut out = format!("{}{manager}\n", paint.bold(&self.kinds.join(", ")));
        let commands = &self.commands;
        let mut table = Table::new();
        for (name, command) in [
            ("test", &commands.test),
            ("build", &commands.build),
            ("lint", &commands.lint),
            ("format", &commands.format),
            ("coverage", &commands.coverage),
            ("audit", &commands.audit),
        ] {
            if let Some(command) = command {
                table.row([name, command]);
            }
        }
        out += &table.lines(2);
        let mut table = Table::new();
        for part in &self.workspaces {
            table.row([format!("{}/", part.path), part.kinds.join(", ")]);
        }
        for row in &self.evidence {
            table.row([row.file.clone(), paint.dim(&row.says)]);
        }
        out += &table.lines(2);
        let more = self.workspaces_more.unwrap_or(0) + self.evidence_more.unwrap_or(0);
        out + &and_more(more)
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.workspaces, &mut self.workspaces_more, limit);
        cut(&mut self.evidence, &mut self.evidence_more, limit);
    }
}
