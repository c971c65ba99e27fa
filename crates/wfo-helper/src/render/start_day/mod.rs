//! The briefing as it is shown: its own types, so that the inner ones may change.
//! `parts/` has the types of the sections, `words.rs` the text for a terminal, `briefing.rs` the Markdown.

mod briefing;
mod lines;
mod parts;
mod words;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::briefing::Briefing;

pub(crate) use self::parts::WorkflowView;
use self::parts::{
    AlertView, ContextFileView, CostsView, GitView, HandoverView, ProjectView, QueueView, ResourcesView, TodoView,
};
use super::proposal::ProposalView;
use super::worktree::{PortsView, WorktreeView};
use super::{Paint, cut};
use crate::answer::View;

/// How much of the briefing is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Branch, alerts and the first tasks.
    Brief,
    /// What one reads every morning.
    Standard,
    /// Everything that is known.
    Detailed,
}

/// Choices about the wording, from the user's preferences and the call.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    /// How much is shown.
    pub(crate) detail: Detail,
    /// Whether costs are shown.
    pub(crate) costs: bool,
    /// When it is, for the heading: `2026-11-21 09:00`.
    pub(crate) started: String,
}

/// Where the project stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct StartDayView {
    /// The project.
    project: ProjectView,
    /// Git's state; null outside a repository.
    git: Option<GitView>,
    /// Files that hold context, in priority order.
    context_files: Vec<ContextFileView>,
    /// What the last session left; null without a hand-over page.
    handover: Option<HandoverView>,
    /// Active TODO workflows, by file name.
    workflows: Vec<WorkflowView>,
    /// How many workflows were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflows_more: Option<usize>,
    /// The main checkout first, then by path.
    worktrees: Vec<WorktreeView>,
    /// How many worktrees were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees_more: Option<usize>,
    /// How many linked worktrees are there.
    worktrees_active: usize,
    /// How many linked worktrees a project may have at once.
    worktrees_max: Option<u16>,
    /// The port pool; null when the registry could not be read.
    ports: Option<PortsView>,
    /// Spending.
    costs: CostsView,
    /// Open work, most urgent first, blocked tasks last.
    queue: Vec<QueueView>,
    /// How many tasks were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_more: Option<usize>,
    /// The machine.
    resources: ResourcesView,
    /// What needs a look, worst first.
    alerts: Vec<AlertView>,
    /// What the project's approved command printed: at most forty clean lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    command_output: Option<String>,
    /// What a person is asked, when a command of the repository is not approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
    /// Whether a confirmed proposal was carried out; only with `--confirm` or `--yes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) applied: Option<bool>,
    /// The queue in the shape of the host's task tool; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    todos: Option<Vec<TodoView>>,
    /// How many rows of it were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    todos_more: Option<usize>,
    #[serde(skip)]
    wording: Option<Wording>,
    /// What the project's own template came to, as quotes.
    #[serde(skip)]
    filled: Vec<String>,
    /// What was noticed while the view was made.
    #[serde(skip)]
    notes: Vec<Diagnostic>,
}

/// The most lines of a command's output that are shown.
const OUTPUT_LINES: usize = 40;

/// Cleans the first lines of a command's output and counts the rest.
fn first_lines(output: &str) -> String {
    let clean = |line| text::clip(&text::one_line(line), text::QUOTE_LIMIT).into_owned();
    let mut lines: Vec<String> = output.lines().take(OUTPUT_LINES).map(clean).collect();
    let more = output.lines().count().saturating_sub(OUTPUT_LINES);
    if more > 0 {
        lines.push(format!("... and {more} more lines"));
    }
    lines.join("\n")
}

impl StartDayView {
    /// Turns facts into what is shown.
    pub(crate) fn new(
        facts: &Briefing,
        shown: impl Fn(&std::path::Path) -> String,
        wording: Wording,
        todos: bool,
    ) -> Self {
        let queue: Vec<QueueView> = facts.queue.iter().map(QueueView::from).collect();
        let mut view = Self {
            project: ProjectView::from(&facts.project),
            git: facts.git.as_ref().map(GitView::from),
            context_files: facts.context_files.iter().map(ContextFileView::from).collect(),
            handover: facts.handover.as_ref().map(HandoverView::from),
            workflows: facts.workflows.iter().map(WorkflowView::from).collect(),
            workflows_more: None,
            worktrees: facts.worktrees.iter().map(|row| WorktreeView::new(row, shown(&row.path))).collect(),
            worktrees_more: None,
            worktrees_active: wfo_day::active_worktrees(&facts.worktrees),
            worktrees_max: facts.worktrees_max,
            ports: facts.ports.as_ref().map(PortsView::from),
            costs: CostsView::new(&facts.costs, facts.costs_complete),
            todos: todos.then(|| queue.iter().map(TodoView::from).collect()),
            todos_more: None,
            queue,
            queue_more: None,
            resources: ResourcesView::from(&facts.resources),
            alerts: facts.alerts.iter().map(AlertView::from).collect(),
            command_output: facts.extra.output.as_deref().map(first_lines),
            proposal: facts.extra.proposal.as_ref().map(ProposalView::from),
            applied: None,
            wording: Some(wording),
            filled: Vec::new(),
            notes: Vec::new(),
        };
        if let Some(own) = &facts.extra.template {
            (view.filled, view.notes) = briefing::filled(own, &view);
        }
        view
    }

    /// Returns the choices about the wording; those of a standard page for a view that was given none.
    pub(crate) fn wording(&self) -> Wording {
        self.wording.clone().unwrap_or(Wording { detail: Detail::Standard, costs: true, started: String::new() })
    }
}

impl View for StartDayView {
    fn text(&self, paint: Paint) -> String {
        words::text(self, paint)
    }

    fn markdown(&self) -> Result<String, Problem> {
        briefing::markdown(self)
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.notes.clone()
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.queue, &mut self.queue_more, limit);
        cut(&mut self.workflows, &mut self.workflows_more, limit);
        cut(&mut self.worktrees, &mut self.worktrees_more, limit);
        if let Some(todos) = &mut self.todos {
            cut(todos, &mut self.todos_more, limit);
        }
        self.project.cut(limit);
        if let Some(handover) = &mut self.handover {
            handover.cut(limit);
        }
        if let Some(git) = &mut self.git {
            git.cut(limit);
        }
    }
}
