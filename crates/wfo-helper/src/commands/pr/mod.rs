//! `pr`: one file a verb. Flags to the options of `wfo_day::pr`, facts to views; no rule stands here.

mod feedback;

use wfo_base::Problem;
use wfo_day::Place;
use wfo_day::todo::Site;

use super::Outcome;
use super::shown::without_secrets;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<feedback::Shown>("pr-feedback")];

/// Turn the review of a pull request into work
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    #[command(name = "feedback")]
    Feedback(feedback::Args),
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let Verb::Feedback(args) = args.verb;
    let place = Place::find(&context.folder, &context.home);
    let mut notes = Vec::new();
    let site = Site::at(&place, &context.home, &context.clock, context.globals.dry_run, &mut notes)?;
    let outcome = progress::during("reading the review", &context.globals, || {
        feedback::run(&args, context, &site, &mut notes)
    });
    // Comments are a stranger's words.
    without_secrets(outcome, site.rules(), notes)
}
