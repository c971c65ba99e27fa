//! setup
use wfo_base::Problem;
use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
pub(super) const SCHEMAS: &[SchemaEntry] = &[];
/// setup
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}
pub(super) fn run(_: Args, _: &Context) -> Result<Outcome, Problem> {
    Err(Problem::new(wfo_base::codes::USAGE, "setup"))
}
