//! `gate`: one file a verb. Flags to the options of `wfo_day`, facts to views; no rule stands here.

mod commit;

use wfo_base::Problem;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;

pub(super) const SCHEMAS: &[SchemaEntry] = &[SchemaEntry::of::<commit::Shown>("gate-commit")];

/// Judge by the gates of a project: pass, fail or unknown, and only pass passes
///
/// The exit status is 0 for pass, 10 for fail and 11 for unknown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    #[command(name = "commit")]
    Commit(commit::Args),
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    match args.verb {
        Verb::Commit(args) => commit::run(&args, context),
    }
}
