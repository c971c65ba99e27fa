//! `worktree`: one file a verb. Flags to the options of `wfo_day::worktree`, facts to views; no rule stands here.

mod adopt;
mod cleanup;
mod create;
mod distribution;
mod list;
mod merge;
mod plan;
mod remove;
mod restore;
mod status;

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, codes};
use wfo_day::Place;
use wfo_day::worktree::Site;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

/// Makes the verbs' enum, dispatch and schema list from one line a verb: `Variant: module "word" "schema" reads|writes "what it does"`.
macro_rules! verbs {
    ($($variant:ident: $module:ident $word:literal $schema:literal $kind:ident $doing:literal;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($module::Args),)*
        }

        pub(super) const SCHEMAS: &[SchemaEntry] = &[$(SchemaEntry::of::<$module::Shown>($schema)),*];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            let call = Call::new(context);
            match args.verb {
                $(Verb::$variant(args) => call.$kind($doing, |site, notes| $module::run(args, &call, site, notes)),)*
            }
        }
    };
}

verbs! {
    Create: create "create" "worktree-create" writes "making the worktree";
    List: list "list" "worktree-list" reads "looking at the worktrees";
    Status: status "status" "worktree-status" reads "looking at the worktrees";
    Plan: plan "plan" "worktree-plan" reads "trying the branches against each other";
    Merge: merge "merge" "worktree-merge" writes "merging";
    Remove: remove "remove" "worktree-remove" writes "removing the worktree";
    Cleanup: cleanup "cleanup" "worktree-cleanup" writes "looking at the worktrees";
    Restore: restore "restore" "worktree-restore" writes "bringing the worktree back";
    Adopt: adopt "adopt" "worktree-adopt" writes "adopting worktrees";
}

/// Work on several branches side by side, each in a worktree with its own ports
///
/// A worktree is made as one unit with branch, ports and registry row, and goes only when nothing in it exists nowhere else.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// What was noticed.
type Notes = Vec<Diagnostic>;
/// What a verb comes to.
type Done = Result<Outcome, Problem>;

/// One call: where it works, and how its answer is finished.
pub(super) struct Call<'a> {
    /// What every command is given.
    pub(super) context: &'a Context,
    place: Place,
}

impl<'a> Call<'a> {
    /// Finds the place.
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, place: Place::find(&context.folder, &context.home) }
    }

    /// Runs one verb that writes: what earlier calls left half done is put right first.
    pub(super) fn writes(&self, doing: &'static str, work: impl FnOnce(&Site<'_>, &mut Notes) -> Done) -> Done {
        self.reads(doing, |site, notes| {
            if !self.dry_run() {
                site.put_right(notes);
            }
            work(site, notes)
        })
    }

    /// Runs one verb and adds what was noticed to its answer; `doing` is shown to a person who waits.
    pub(super) fn reads(&self, doing: &'static str, work: impl FnOnce(&Site<'_>, &mut Notes) -> Done) -> Done {
        let mut notes = Vec::new();
        let site = Site::at(&self.place, &self.context.home, &self.context.clock, &mut notes)?;
        match progress::during(doing, &self.context.globals, || work(&site, &mut notes)) {
            Ok(Outcome::Answer(answer)) => Ok(Outcome::Answer(answer.noting(notes))),
            Ok(other) => Ok(other),
            Err(problem) => {
                // What was put right was done, whatever came after.
                notes.retain(|note| note.problem.code == codes::WORKTREE_REPAIRED);
                Ok(Outcome::Failed(problem, notes))
            }
        }
    }

    /// Shows a path as answers have it.
    pub(super) fn shown(&self, path: &Path) -> String {
        self.place.shown(path)
    }

    /// Makes a path of the command line absolute.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        self.context.folder.join(path)
    }

    /// Says whether nothing may be written.
    pub(super) fn dry_run(&self) -> bool {
        self.context.globals.dry_run
    }
}
