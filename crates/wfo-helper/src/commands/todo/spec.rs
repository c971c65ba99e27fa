//! `todo spec`: specification and plan from answers and planning documents, and the tasks of the plan in the TODO.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::todo::{PapersAsk, spec};

use super::papers::{PapersView, TasksView, next};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::{Paint, count};

/// Write specification and plan, and bring the tasks of the plan into the TODO; again after each change of the plan
///
/// They lie in `specs/SLUG/`, in the worktree of the branch where it is checked out, else in the main checkout. Tasks keep their ids
/// and statuses; lines of the plan without an id get one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The slug of its TODO
    slug: String,
    /// YAML or JSON: the id of each question and its answer, a text or a list of texts; `-` reads standard input [default:
    /// planning/SLUG/answers.yaml of the main checkout, where it is there]
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
}

/// Specification, plan and tasks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    #[serde(flatten)]
    papers: PapersView,
    /// Tasks of the plan that came into the TODO; null without a plan.
    tasks: Option<TasksView>,
    #[serde(skip)]
    dry_run: bool,
    #[serde(skip)]
    tasks_line: String,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        self.papers.text(paint, self.dry_run) + &self.tasks_line
    }

    fn cut(&mut self, limit: usize) {
        self.papers.cut(limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let ask = PapersAsk { todo: &args.slug, answers: args.answers.as_deref() };
    let papers = spec(call.site, ask, notes)?;
    let command = format!("wfo-helper todo spec {}", text::shell_word(&papers.slug));
    let tasks_line = papers.tasks.as_ref().map(|tasks| {
        let (added, changed, gone) = (tasks.added.len(), tasks.changed.len(), tasks.gone.len());
        let same = tasks.unchanged;
        format!("{} added, {changed} changed, {same} as before, {gone} no longer in the plan\n", count(added, "task"))
    });
    let view = Shown {
        papers: PapersView::new(&papers, args.answers.as_deref(), call),
        tasks: papers.tasks.as_ref().map(TasksView::from),
        dry_run: call.dry_run(),
        tasks_line: tasks_line.unwrap_or_default(),
    };
    Ok(Answer::new("wfo.todo-spec/1", view).next(next(&command, &papers, args.answers.as_deref(), call)).into())
}
