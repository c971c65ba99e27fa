//! `context`: one file a verb. Flags to the options of `wfo_day::context`, facts to views; no rule stands here.

mod backup;
mod compress;
mod learn;
mod restore;
mod show;
mod views;
mod write;

use wfo_base::{Diagnostic, Problem};
use wfo_day::Place;
use wfo_day::context::Site;

use super::Outcome;
use super::shown::without_secrets;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

/// Makes the verbs' enum, dispatch and schema list from one line a verb: `Variant: module "word" "schema" "what it does"`.
macro_rules! verbs {
    ($($variant:ident: $module:ident $word:literal $schema:literal $doing:literal;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($module::Args),)*
        }

        pub(super) const SCHEMAS: &[SchemaEntry] = &[$(SchemaEntry::of::<$module::Shown>($schema)),*];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            match args.verb {
                $(Verb::$variant(args) => call(context, $doing, |call, notes| $module::run(args, call, notes)),)*
            }
        }
    };
}

verbs! {
    Show: show "show" "context-show" "looking at the day";
    Write: write "write" "context-write" "writing the hand-over";
    Compress: compress "compress" "context-compress" "compressing the hand-over";
    Backup: backup "backup" "context-backup" "saving the context";
    Restore: restore "restore" "context-restore" "looking at the backup";
    Learn: learn "learn" "context-learn" "noting what was learned";
}

/// Hand the work over: what was done, what is open, what comes next, on one page that keeps your own words
///
/// PROJECT_CONTEXT.md is written from git, the TODO files, TASK.md and what you say; `.claude/context.json` holds the same as data.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

impl Args {
    /// Says whether `--max-tokens` is about the page and not about the answer.
    pub(crate) fn is_compress(&self) -> bool {
        matches!(self.verb, Verb::Compress(_))
    }
}

/// One call: where it works, and what every command is given.
struct Call<'a> {
    context: &'a Context,
    site: &'a Site<'a>,
}

/// Finds the place, runs one verb and adds what was noticed to its answer.
fn call(
    context: &Context,
    doing: &'static str,
    work: impl FnOnce(&Call<'_>, &mut Vec<Diagnostic>) -> Result<Outcome, Problem>,
) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let mut notes = Vec::new();
    let site = Site::at(&place, &context.home, &context.clock, context.globals.dry_run, &mut notes)?;
    let call = Call { context, site: &site };
    let outcome = progress::during(doing, &context.globals, || work(&call, &mut notes));
    // Whatever is shown passes here: the page is a person's, and so are the words that are quoted from elsewhere.
    without_secrets(outcome, site.rules(), notes)
}
