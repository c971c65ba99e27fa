//! `scan files`: permissions and sizes.

use wfo_base::Problem;
use wfo_day::Place;
use wfo_day::scan::{Report, Rules};

use crate::render::scan::Subject;

/// Look for files that everybody may write, and for large ones
///
/// Looks at what git tracks and what nothing ignores. Only a file above the limit `huge-file` is a no; the rest warns.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, place: &Place, rules: &Rules) -> Result<(Subject, Report), Problem> {
    Ok((Subject::files(), wfo_day::scan::files(place, rules)?))
}
