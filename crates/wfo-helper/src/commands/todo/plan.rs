//! `todo plan`: requirements, architecture and epics from answers.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, text};
use wfo_day::todo::{PapersAsk, plan};

use super::papers::{PapersView, next};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// Write requirements, architecture and epics of a feature from answers, or say what is still to be asked
///
/// They lie in `planning/SLUG/` of the main checkout. What its BRIEF.md says need not be answered again. A document that is there is
/// never overwritten: only questions that it still holds open are filled in.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The slug of its TODO
    slug: String,
    /// YAML or JSON: the id of each question and its answer, a text or a list of texts; `-` reads standard input [default:
    /// planning/SLUG/answers.yaml of the main checkout, where it is there]
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
}

/// The planning documents.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    #[serde(flatten)]
    papers: PapersView,
    #[serde(skip)]
    dry_run: bool,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        self.papers.text(paint, self.dry_run)
    }

    fn cut(&mut self, limit: usize) {
        self.papers.cut(limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let ask = PapersAsk { todo: &args.slug, answers: args.answers.as_deref() };
    let papers = plan(call.site, ask, notes)?;
    let command = format!("wfo-helper todo plan {}", text::shell_word(&papers.slug));
    let view = Shown { papers: PapersView::new(&papers, args.answers.as_deref(), call), dry_run: call.dry_run() };
    Ok(Answer::new("wfo.todo-plan/1", view).next(next(&command, &papers, args.answers.as_deref(), call)).into())
}
