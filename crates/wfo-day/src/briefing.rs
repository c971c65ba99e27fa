//! What a start of day knows: the joined facts, before anything is worded.

use std::path::PathBuf;

use wfo_base::resources::Resources;
use wfo_base::stack::Stack;
use wfo_base::trust::Proposal;
use wfo_base::{Diagnostic, Severity};
use wfo_cost::Costs;
use wfo_git::Snapshot;
use wfo_todo::Handover;
pub use wfo_worktree::{PortPool, Row as WorktreeRow};

/// Everything a briefing shows. `None` = asked and not determined.
#[derive(Debug)]
pub struct Briefing {
    /// The project.
    pub project: Project,
    /// Git's state; `None` outside a repository.
    pub git: Option<Snapshot>,
    /// Files that hold context, in priority order.
    pub context_files: Vec<ContextFile>,
    /// What the last session left; `None` without a hand-over page.
    pub handover: Option<Handover>,
    /// Active TODO workflows, by file name.
    pub workflows: Vec<WorkflowRow>,
    /// Worktrees, the main checkout first; empty outside a repository.
    pub worktrees: Vec<WorktreeRow>,
    /// How many linked worktrees a project may have at once.
    pub worktrees_max: Option<u16>,
    /// The port pool; `None` when the registry could not be read.
    pub ports: Option<PortPool>,
    /// Spending.
    pub costs: Costs,
    /// Whether every transcript was read: otherwise totals are unknown.
    pub costs_complete: bool,
    /// Open work, most urgent first.
    pub queue: Vec<QueueItem>,
    /// The machine.
    pub resources: Resources,
    /// What needs a look, worst first.
    pub alerts: Vec<Alert>,
    /// What the project's own template and command add.
    pub extra: Extra,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

/// The project.
#[derive(Debug)]
pub struct Project {
    /// The main checkout's folder name.
    pub name: String,
    /// Top of the work tree.
    pub root: PathBuf,
    /// What it is built with.
    pub stack: Stack,
}

/// One file that holds context.
#[derive(Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Path relative to the work tree.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Estimated tokens: 4 characters each; 4 bytes each for a file too large to be read.
    pub tokens: u64,
}

/// One active TODO workflow.
#[derive(Debug)]
pub struct WorkflowRow {
    /// The TODO file.
    pub file: String,
    /// feature, release or hotfix.
    pub kind: Option<wfo_todo::Kind>,
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Recorded phase, 0-6.
    pub phase: Option<u8>,
    /// Recorded step.
    pub step: Option<String>,
    /// Recorded status.
    pub status: Option<String>,
    /// Tasks that are completed, and all tasks that are not cancelled.
    pub tasks: (usize, usize),
    /// Where the record and reality differ.
    pub drift: Vec<Drift>,
}

/// One difference between a record and reality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The key of the record.
    pub field: &'static str,
    /// What it says.
    pub recorded: Option<String>,
    /// What is so.
    pub actual: String,
    /// What shows it.
    pub evidence: String,
}

/// One task of the queue, with the agent for it.
#[derive(Debug)]
pub struct QueueItem {
    /// The task and its rank.
    pub task: wfo_todo::Ranked,
    /// Who should do it; `None` when no agent fits.
    pub agent: Option<String>,
}

/// What needs a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// How bad.
    pub severity: Severity,
    /// Area: git, secrets, env, dependencies, costs, worktrees, ports, tasks, trust.
    pub area: &'static str,
    /// One sentence.
    pub message: String,
    /// The files that it is about, the first ones.
    pub files: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// What a project adds to the briefing by its own template and command.
#[derive(Debug, Default)]
pub struct Extra {
    /// Text of `.wfo/templates/start-day.md.tera`.
    pub template: Option<String>,
    /// The command of `start_day.command`.
    pub command: Option<String>,
    /// What it printed, when it was allowed to run.
    pub output: Option<String>,
    /// What a person is asked, when its text is not approved.
    pub proposal: Option<Proposal>,
}
