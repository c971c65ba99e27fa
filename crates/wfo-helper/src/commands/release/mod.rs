//! `release`: one file a verb. Flags to the options of `wfo_day::release`, facts to views; no rule stands here.

mod notes;
mod version;

use std::rc::Rc;

use wfo_base::{Diagnostic, Problem};
use wfo_day::Place;
use wfo_day::release::{Ask, Release};
use wfo_day::scan::Rules;

use super::Outcome;
use super::shown::without_secrets;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

pub(super) const SCHEMAS: &[SchemaEntry] = &[
    SchemaEntry::of::<version::Shown>("release-version"),
    SchemaEntry::of::<notes::Shown>("release-notes"),
];

/// Say which version comes next and why, and write the notes of a release
///
/// From the commits since the highest version's tag and the public files that changed. Nothing is tagged or pushed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Version(version::Args),
    Notes(notes::Args),
}

/// Where the commits begin.
#[derive(Debug, Clone, Default, clap::Args)]
struct From {
    /// Count commits from here on [default: the tag of the highest version]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
}

/// One call: where it works, and what is hidden.
struct Call<'a> {
    context: &'a Context,
    place: &'a Place,
    rules: &'a Rules,
}

impl Call<'_> {
    fn look(&self, from: &From, notes: &mut Vec<Diagnostic>) -> Result<Release, Problem> {
        Release::look(&Ask { place: self.place, home: &self.context.home, base: from.base.as_deref() }, notes)
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let rules = Rc::new(Rules::with(&place, &context.home, &place.config(&context.home)));
    let call = Call { context, place: &place, rules: &rules };
    let mut notes = Vec::new();
    let outcome = progress::during("reading the commits", &context.globals, || match args.verb {
        Verb::Version(args) => version::run(&args, &call, &mut notes),
        Verb::Notes(args) => notes::run(&args, &call, &mut notes),
    });
    // Subjects of commits and names of files are foreign words.
    without_secrets(outcome, &rules, notes)
}
