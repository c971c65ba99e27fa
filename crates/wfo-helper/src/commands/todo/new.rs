//! `todo new`: the TODO file of new work, and its brief.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::todo::{Fresh, make};

use super::views::{Work, clean, files_line};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// Begin a feature, release or hotfix: its TODO file, and its brief if wanted
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What kind of work it is
    #[arg(value_enum)]
    kind: Work,
    /// Its short name: letters, digits, `-` and `_`
    slug: String,
    /// Its title [default: the work item's heading, else the slug]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Account name of who does it
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The version it will have
    #[arg(long = "for-version", value_name = "VERSION")]
    version: Option<String>,
    /// The work item that it comes from, a file of the repository
    #[arg(long, value_name = "FILE")]
    from_work_item: Option<String>,
    /// Write `planning/SLUG/BRIEF.md` too: problem, measurable success, scope, approach, risks
    #[arg(long)]
    brief: bool,
}

/// The new workflow.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was written.
    applied: bool,
    /// Its TODO file.
    file: String,
    /// feature, release or hotfix.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its slug.
    slug: String,
    /// Its title.
    title: String,
    /// The phase it begins in.
    phase: Option<u8>,
    /// The step it begins with.
    step: Option<String>,
    /// Its brief, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    brief: Option<String>,
    /// The work item that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    work_item: Option<String>,
    /// Files that were made or changed, or would be.
    files: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("began") } else { paint.dim("would begin") };
        let title = if self.title == self.slug { String::new() } else { format!(": {}", self.title) };
        format!("{word} {} {}{title}\n{}", self.kind, paint.bold(&self.slug), files_line(&self.files, self.applied))
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let kind = wfo_todo::Kind::from(args.kind);
    let ask = Fresh {
        kind,
        slug: &args.slug,
        title: args.title.as_deref(),
        description: args.description.as_deref(),
        user: args.user.as_deref(),
        version: args.version.as_deref(),
        work_item: args.from_work_item.as_deref(),
        brief: args.brief,
    };
    let made = make(call.site, &ask, notes)?;
    let view = Shown {
        applied: !call.dry_run(),
        file: made.workflow.file.clone(),
        kind: kind.as_str(),
        slug: made.workflow.slug.clone(),
        title: clean(&made.workflow.title),
        phase: made.workflow.phase,
        step: made.workflow.step.clone(),
        brief: made.brief,
        work_item: made.work_item.as_deref().map(clean),
        files: made.files,
    };
    let next = call.commit(&view.slug);
    Ok(Answer::new("wfo.todo-new/1", view).next(next).into())
}
