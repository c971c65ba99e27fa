//! `scan env`: files of secret settings that are in the index, or that nothing ignores.

use wfo_base::Problem;
use wfo_day::Place;
use wfo_day::scan::{Report, Rules};

use crate::render::scan::Subject;

/// Look for env files that git tracks or would take in
///
/// A `.env` file that is in the index or that nothing ignores is a no; `.env.example` and its like are not meant. No file is
/// read.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, place: &Place, rules: &Rules) -> Result<(Subject, Report), Problem> {
    Ok((Subject::env(), wfo_day::scan::env(place, rules)?))
}
