//! `todo`: one file a verb. Flags to the options of `wfo_day`, facts to views; no rule stands here.

mod reconcile;

use wfo_base::Problem;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<reconcile::Shown>("todo-reconcile")];

/// Keep the files in which workflows are planned and recorded
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    #[command(name = "reconcile")]
    Reconcile(reconcile::Args),
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    match args.verb {
        Verb::Reconcile(args) => reconcile::run(args, context),
    }
}
