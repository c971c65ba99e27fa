//! `dirs create`: a folder as the standard has it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::Problem;
use wfo_base::text::{one_line, shell_word};
use wfo_day::Place;
use wfo_day::dirs::create;

use super::Outcome;
use crate::answer::{Answer, View};
use crate::context::Context;
use crate::render::{Paint, Table};

/// Make a folder with CLAUDE.md, README.md and ARCHIVED/, or add what one lacks
///
/// Nothing that is there is overwritten. Links and `..` are refused.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder
    path: PathBuf,
    /// What it is for, in one sentence
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
}

/// What was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether something was written.
    applied: bool,
    /// The folder, below the top of the work tree; `.` is the top.
    folder: String,
    /// Files that were made, or would be.
    created: Vec<String>,
    /// Files that were there and stay as they are.
    kept: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let head = match (self.created.is_empty(), self.applied) {
            (true, _) => "nothing to make",
            (false, true) => "made",
            (false, false) => "would make",
        };
        let mut table = Table::new();
        for (word, paths) in [(paint.green("created"), &self.created), (paint.dim("kept"), &self.kept)] {
            for path in paths {
                table.row([word.clone(), one_line(path).into_owned()]);
            }
        }
        format!("{head} in {}\n{}", one_line(&self.folder), table.lines(2))
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let apply = !context.globals.dry_run;
    let made = create(&place, &args.path, args.purpose.as_deref(), apply)?;
    let next = format!("wfo-helper dirs check --force {}", shell_word(&args.path.to_string_lossy()));
    let view = Shown {
        applied: apply && !made.created.is_empty(),
        folder: made.folder,
        created: made.created,
        kept: made.kept,
    };
    let has = place.repository().is_some();
    Ok(Answer::new("wfo.dirs-create/1", view).next(has.then_some(next)).into())
}
