//! `init`: lays the working files of a project where they are absent; see `wfo_day::init`.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Exit, Problem, text};
use wfo_day::Place;
use wfo_day::init::{Init, Laid, init};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry, View};
use crate::context::Context;
use crate::render::{Paint, Table, count, cut};

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<InitView>("init")];

/// Lay the working files of a project where they are absent
///
/// CLAUDE.md (with the commands that `stack detect` finds), PLANNING.md, TASK.md, Backlog.md, README.md, a product requirements
/// template, starter prompts, costs/ and .wfo/. Nothing that is there is overwritten.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Lay WORKFLOW.md too (found out by branches and TODO files otherwise)
    #[arg(long)]
    git_flow: bool,
}

/// What was laid.
#[derive(Debug, Serialize, JsonSchema)]
struct InitView {
    /// Whether something was written.
    applied: bool,
    /// Where.
    project: ProjectView,
    /// Files that were made, or would be with `--dry-run`; relative to the work tree where inside it.
    created: Vec<String>,
    /// How many more there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_more: Option<usize>,
    /// Files that were there and stay as they are.
    kept: Vec<String>,
    /// How many more there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_more: Option<usize>,
    /// Files that could not be made; the reasons stand in `diagnostics`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    failed: Vec<String>,
}

/// The project that the files are for.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectView {
    /// The main checkout's folder name.
    name: String,
    /// Top of the work tree, absolute.
    root: String,
    /// Languages; `mixed` is added when there are several.
    kinds: Vec<String>,
    /// Why WORKFLOW.md belongs here: asked, branches or todo-files. Absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    git_flow: Option<&'static str>,
}

impl View for InitView {
    fn text(&self, paint: Paint) -> String {
        let head = match (self.created.is_empty() && self.created_more.is_none(), self.applied) {
            (true, _) => "nothing to lay",
            (false, true) => "laid",
            (false, false) => "would lay",
        };
        let files = count(self.created.len() + self.created_more.unwrap_or(0), "file");
        let mut out = format!("{head} in {}: {files}\n", text::one_line(&self.project.root));
        let mut table = Table::new();
        for (word, paths) in [
            (paint.green("created"), &self.created),
            (paint.dim("kept"), &self.kept),
            (paint.red("failed"), &self.failed),
        ] {
            for path in paths {
                table.row([word.clone(), text::one_line(path).into_owned()]);
            }
        }
        out += &table.lines(2);
        let more = self.created_more.unwrap_or(0) + self.kept_more.unwrap_or(0);
        if more > 0 {
            out += &format!("  ... and {more} more\n");
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.created, &mut self.created_more, limit);
        cut(&mut self.kept, &mut self.kept_more, limit);
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let apply = !context.globals.dry_run;
    let laid = init(&Init { place: &place, config: &config, home: &context.home, git_flow: args.git_flow, apply })?;
    let next = match (apply, args.git_flow) {
        (true, _) => "wfo-helper start-day",
        (false, true) => "wfo-helper init --git-flow",
        (false, false) => "wfo-helper init",
    };
    let exit = laid.failed.first().map_or(Exit::Done, |(_, problem)| problem.code.exit);
    let failed: Vec<_> = laid.failed.iter().map(|(_, problem)| problem.clone().error()).collect();
    let notes = laid.notes.clone();
    let view = view(&place, laid, apply);
    Ok(Answer::new("wfo.init/1", view).noting(failed).noting(notes).next([next.to_owned()]).exit(exit).into())
}

fn view(place: &Place, laid: Laid, apply: bool) -> InitView {
    InitView {
        applied: apply && !laid.created.is_empty(),
        project: ProjectView {
            name: place.name(),
            root: place.root().to_string_lossy().into_owned(),
            kinds: laid.kinds,
            git_flow: laid.git_flow.map(wfo_day::init::GitFlow::word),
        },
        created: laid.created,
        created_more: None,
        kept: laid.kept,
        kept_more: None,
        failed: laid.failed.into_iter().map(|(path, _)| path).collect(),
    }
}
