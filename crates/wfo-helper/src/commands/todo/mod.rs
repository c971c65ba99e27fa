//! `todo`: one file a verb. Flags to the options of `wfo_day::todo`, facts to views; no rule stands here.

mod archive;
mod asbuilt;
mod checkpoint;
mod commit;
mod list;
mod new;
mod papers;
mod plan;
mod reconcile;
mod set;
mod ship;
mod show;
mod spec;
mod task;
mod validate;
mod views;

use wfo_base::{Diagnostic, Problem, text};
use wfo_day::Place;
use wfo_day::todo::Site;

use super::Outcome;
use super::shown::without_secrets;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

/// Makes the verbs' enum, dispatch and schema list from one line a verb:
/// `Variant: module "word" "what it does" ["schema" Answer, ...]`.
macro_rules! verbs {
    ($($variant:ident: $module:ident $word:literal $doing:literal [$($schema:literal $shown:ident),+];)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($module::Args),)*
        }

        pub(super) const SCHEMAS: &[SchemaEntry] = &[$($(SchemaEntry::of::<$module::$shown>($schema)),+),*];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            match args.verb {
                $(Verb::$variant(args) => call(context, $doing, |call, notes| $module::run(args, call, notes)),)*
            }
        }
    };
}

verbs! {
    New: new "new" "making the TODO" ["todo-new" Shown];
    Plan: plan "plan" "writing the planning documents" ["todo-plan" Shown];
    Spec: spec "spec" "writing specification and plan" ["todo-spec" Shown];
    List: list "list" "reading the TODO files" ["todo-list" Shown];
    Show: show "show" "reading the TODO" ["todo-show" Shown];
    Task: task "task" "changing a task" ["todo-task-add" Added, "todo-task-set" Moved];
    Set: set "set" "changing the TODO" ["todo-set" Shown];
    Checkpoint: checkpoint "checkpoint" "saving the state" ["todo-checkpoint" Shown];
    Validate: validate "validate" "checking the TODO files" ["todo-validate" Shown];
    Reconcile: reconcile "reconcile" "comparing record and reality" ["todo-reconcile" Shown];
    Commit: commit "commit" "looking at the changed files" ["todo-commit" Shown];
    Ship: ship "ship" "looking at what was built" ["todo-ship" Shown];
    Asbuilt: asbuilt "asbuilt" "measuring what was built" ["todo-asbuilt" Shown];
    Archive: archive "archive" "looking at what goes" ["todo-archive" Shown];
}

/// Keep the plan and record of each feature, release and hotfix in one TODO file
///
/// The files lie in the main checkout, also for calls in a worktree. An edit changes only the bytes that it is about. Which TODO is
/// meant: `--todo SLUG`, else the one of this worktree, else the only active one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// Which TODO is meant.
#[derive(Debug, Clone, Default, clap::Args)]
struct Which {
    /// Its slug, its stamp and slug, or its file name [default: the one of this worktree, else the only active one]
    #[arg(long, value_name = "SLUG")]
    todo: Option<String>,
}

impl Which {
    fn word(&self) -> Option<&str> {
        self.todo.as_deref()
    }
}

/// One call: where it works, and what every command is given.
struct Call<'a> {
    context: &'a Context,
    site: &'a Site<'a>,
}

impl Call<'_> {
    /// Says whether nothing may be written.
    fn dry_run(&self) -> bool {
        self.context.globals.dry_run
    }

    /// Returns the command that commits what was written, where there is a checkout to commit in.
    fn commit(&self, slug: &str) -> Option<String> {
        let has = self.site.place().repository().is_some_and(|repository| !repository.is_bare());
        let word = text::shell_word(slug).clone();
        (has && !self.dry_run()).then(|| format!("wfo-helper todo commit --todo {word}"))
    }
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
    // Whatever is shown passes here: titles and tasks are a person's words, or a stranger's.
    without_secrets(outcome, site.rules(), notes)
}
