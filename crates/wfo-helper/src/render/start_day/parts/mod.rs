//! The sections of the briefing as JSON has them. Foreign text is one clean line here already.

mod costs;
mod git;
mod handover;
mod parallel;
mod project;
mod queue;

pub(super) use costs::CostsView;
pub(super) use git::{CommitView, GitView};
pub(super) use handover::HandoverView;
pub(crate) use parallel::WorkflowView;
pub(super) use project::{AlertView, ContextFileView, ProjectView, ResourcesView};
pub(super) use queue::{QueueView, TodoView};

fn clean(text: &str) -> String {
    wfo_base::text::one_line(text).into_owned()
}
