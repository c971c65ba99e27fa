//! `stack detect`: what a project is built with and the commands that test, build, lint, format and audit it.

use wfo_base::Problem;
use wfo_day::Place;

use super::Outcome;
use crate::answer::{Answer, SchemaEntry};
use crate::context::Context;
use crate::render::stack::StackView;

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<StackView>("stack-detect")];

/// Tell what a project is built with, and its commands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Read the project's files and name languages, package manager and commands, with the evidence
    Detect,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let Verb::Detect = args.verb;
    let place = Place::find(&context.folder, &context.home);
    let config = place.config(&context.home);
    let found = wfo_day::stack(&place, &config, &context.home);
    let view = StackView::from(&found.value);
    Ok(Answer::new("wfo.stack-detect/1", view).noting(place.notes).noting(found.notes).into())
}
