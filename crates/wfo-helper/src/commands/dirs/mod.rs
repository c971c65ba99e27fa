//! `dirs`: one file a verb. Flags to the options of `wfo_day::dirs`, facts to views; no rule stands here.

mod check;
mod create;

use wfo_base::Problem;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;

pub(super) const SCHEMAS: &[SchemaEntry] =
    &[SchemaEntry::of::<check::Shown>("dirs-check"), SchemaEntry::of::<create::Shown>("dirs-create")];

/// Keep folders to the standard: CLAUDE.md, README.md and ARCHIVED/ in each
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    #[command(name = "check")]
    Check(check::Args),
    #[command(name = "create")]
    Create(create::Args),
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    match args.verb {
        Verb::Check(args) => check::run(&args, context),
        Verb::Create(args) => create::run(&args, context),
    }
}
