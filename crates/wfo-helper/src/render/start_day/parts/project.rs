//! The project, its context files, the machine, and what needs a look.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_day::briefing;

use super::clean;
use crate::answer::View;
use crate::render::stack::StackView;

/// The project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ProjectView {
    /// The main checkout's folder name.
    pub(in crate::render::start_day) name: String,
    /// Top of the work tree, absolute.
    pub(in crate::render::start_day) root: String,
    /// Languages, such as rust; mixed when there are several.
    pub(in crate::render::start_day) kinds: Vec<String>,
    /// Package manager, commands and evidence.
    stack: StackView,
}

impl ProjectView {
    pub(in crate::render::start_day) fn cut(&mut self, limit: usize) {
        self.stack.cut(limit);
    }
}

impl From<&briefing::Project> for ProjectView {
    fn from(project: &briefing::Project) -> Self {
        let stack = StackView::from(&project.stack);
        Self {
            name: project.name.clone(),
            root: project.root.to_string_lossy().into_owned(),
            kinds: stack.kinds.clone(),
            stack,
        }
    }
}

/// One file that holds context.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ContextFileView {
    /// Path relative to the work tree.
    pub(in crate::render::start_day) path: String,
    /// Size.
    bytes: u64,
    /// Estimate: 4 characters each.
    pub(in crate::render::start_day) tokens: u64,
}

impl From<&briefing::ContextFile> for ContextFileView {
    fn from(file: &briefing::ContextFile) -> Self {
        Self { path: file.path.clone(), bytes: file.bytes, tokens: file.tokens }
    }
}

/// The machine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ResourcesView {
    /// Memory that programs can still take, MiB.
    pub(in crate::render::start_day) memory_free_mb: Option<u64>,
    /// Cores.
    pub(in crate::render::start_day) cpus: Option<usize>,
}

impl From<&wfo_base::resources::Resources> for ResourcesView {
    fn from(resources: &wfo_base::resources::Resources) -> Self {
        Self { memory_free_mb: resources.memory_free_mb, cpus: resources.cpus }
    }
}

/// What needs a look.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct AlertView {
    /// error, warning or info.
    pub(in crate::render::start_day) severity: String,
    /// git, secrets, env, dependencies, costs, worktrees, ports, tasks or trust.
    area: &'static str,
    /// One sentence.
    pub(in crate::render::start_day) message: String,
    /// The files that it is about; absent where it is about none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
    /// How many more files there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    files_more: Option<usize>,
}

impl From<&briefing::Alert> for AlertView {
    fn from(alert: &briefing::Alert) -> Self {
        Self {
            severity: alert.severity.to_string(),
            area: alert.area,
            message: clean(&alert.message),
            files: alert.files.iter().map(|file| clean(file)).collect(),
            files_more: (alert.more > 0).then_some(alert.more),
        }
    }
}
