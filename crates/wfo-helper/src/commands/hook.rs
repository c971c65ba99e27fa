//! `hook EVENT`: what the host calls; see `hook/`.

use wfo_base::Problem;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;

pub(super) const SCHEMAS: &[SchemaEntry] = &[];

/// Answer one of the host's hooks (its JSON on stdin); not for use by hand
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// session-start, user-prompt-submit, pre-tool-use, post-tool-batch, stop, worktree-create or worktree-remove
    event: String,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    Ok(Outcome::Raw(crate::hook::answer(&args.event, context)))
}
