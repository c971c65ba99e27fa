//! `todo list`: all workflows, and where this call was made.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::todo::{Here, list};

use super::views::clean;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::start_day::WorkflowView;
use crate::render::{Paint, Table, and_more, cut};

/// List the workflows, and which one this place belongs to
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// The workflows of a repository.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Where this call was made.
    here: HereView,
    /// Each workflow, by file name.
    workflows: Vec<WorkflowView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflows_more: Option<usize>,
    /// How many lie in ARCHIVED/.
    archived: usize,
}

/// The place of a call.
#[derive(Debug, Serialize, JsonSchema)]
struct HereView {
    /// main, worktree, submodule, bare or none.
    place: &'static str,
    /// Whether the call was made below the top of the checkout.
    subfolder: bool,
    /// The branch; null when detached or outside a repository.
    branch: Option<String>,
    /// The TODO file that this place belongs to; null when none does for sure.
    file: Option<String>,
    /// Skills that serve its phase.
    skills: Vec<String>,
}

impl From<Here> for HereView {
    fn from(here: Here) -> Self {
        Self {
            place: here.spot.word(),
            subfolder: here.below,
            branch: here.branch.as_deref().map(clean),
            file: here.file,
            skills: here.skills,
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for row in &self.workflows {
            let here = self.here.file.as_ref() == Some(&row.file);
            let mark = if here { paint.green("*") } else { " ".to_owned() };
            let step = row.step.as_deref().unwrap_or("?");
            let tasks = format!("{}/{} tasks", row.tasks_completed, row.tasks_total);
            let drift = if row.drift.is_empty() { String::new() } else { paint.yellow("drift") };
            let status = row.status.clone().unwrap_or_default();
            table.row([mark, paint.bold(&row.slug), row.kind.unwrap_or("?").to_owned(), step.to_owned(), status, tasks, drift]);
        }
        let mut out = if table.is_empty() { "no active workflow\n".to_owned() } else { table.lines(0) };
        out += &and_more(self.workflows_more.unwrap_or(0));
        if self.archived > 0 {
            out += &format!("{} in ARCHIVED/\n", self.archived);
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.workflows, &mut self.workflows_more, limit);
    }
}

pub(super) fn run(_args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let found = list(call.site, notes);
    let view = Shown {
        workflows: found.rows.iter().map(WorkflowView::from).collect(),
        workflows_more: None,
        archived: found.archived,
        here: found.here.into(),
    };
    Ok(Answer::new("wfo.todo-list/1", view).into())
}
