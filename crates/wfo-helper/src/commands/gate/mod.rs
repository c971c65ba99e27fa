//! `gate`: one file a verb. Flags to the options of `wfo_day::gate`, facts to views; no rule stands here.

mod approve;
mod baseline;
mod commit;
mod explain;
mod judge;
mod list;
mod run;
mod status;
mod waive;

use wfo_base::{Diagnostic, Exit, Problem};
use wfo_day::Place;
use wfo_day::gate::Gates;
use wfo_gate::Verdict;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;

/// Makes the verbs' enum, dispatch and schema list from one line a verb (and `commit`, which needs no gates): `Variant: module "word" "schema" "what it does"`.
macro_rules! verbs {
    ($($variant:ident: $module:ident $word:literal $schema:literal $doing:literal;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($module::Args),)*
            #[command(name = "commit")]
            Commit(commit::Args),
        }

        pub(super) const SCHEMAS: &[SchemaEntry] =
            &[$(SchemaEntry::of::<$module::Shown>($schema),)* SchemaEntry::of::<commit::Shown>("gate-commit")];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            match args.verb {
                $(Verb::$variant(args) => call(context, $doing, |call, notes| $module::run(&args, call, notes)),)*
                // Git waits for it: no table of gates is read.
                Verb::Commit(args) => commit::run(&args, context),
            }
        }
    };
}

verbs! {
    List: list "list" "gate-list" "reading the gates";
    Explain: explain "explain" "gate-explain" "reading the gates";
    Run: run "run" "gate-run" "running the tools";
    Judge: judge "judge" "gate-judge" "judging the reports";
    Status: status "status" "gate-status" "looking at the evidence";
    Baseline: baseline "baseline" "gate-baseline" "looking at the findings";
    Waive: waive "waive" "gate-waive" "looking at the waivers";
    Approve: approve "approve" "gate-approve" "looking at the checklists";
}

/// Judge reports of tools by the gates of a project: pass, fail or unknown, and only pass passes
///
/// A gate is a row of `gates.yaml`. What is missing, cut off, stale or foreign is unknown, with the reason. The exit status is 0
/// for pass, 10 for fail and 11 for unknown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// What was noticed.
type Notes = Vec<Diagnostic>;
/// What a verb comes to.
type Done = Result<Outcome, Problem>;

/// One call: where it works, and by which gates.
struct Call<'a> {
    context: &'a Context,
    place: &'a Place,
    gates: Gates<'a>,
}

impl Call<'_> {
    fn dry_run(&self) -> bool {
        self.context.globals.dry_run
    }
}

/// Runs one verb and adds what was noticed to its answer; `doing` is shown to a person who waits.
fn call(context: &Context, doing: &'static str, work: impl FnOnce(&Call<'_>, &mut Notes) -> Done) -> Done {
    let place = Place::find(&context.folder, &context.home);
    let mut notes = place.notes.clone();
    let gates = Gates::open(&place, &context.home, &context.clock, &mut notes);
    let call = Call { context, place: &place, gates };
    match progress::during(doing, &context.globals, || work(&call, &mut notes))? {
        Outcome::Answer(answer) => Ok(Outcome::Answer(answer.noting(notes))),
        other => Ok(other),
    }
}

/// The exit status of a verdict.
const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass | Verdict::Skipped => Exit::Done,
        Verdict::Fail => Exit::No,
        Verdict::Unknown => Exit::Unknown,
    }
}

/// Who gives a yes: what was said, else the name of the user.
fn person(by: Option<&str>) -> String {
    let named = by.map(str::to_owned).or_else(|| std::env::var("USER").ok()).or_else(|| std::env::var("LOGNAME").ok());
    named.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "the user".to_owned())
}
