//! `scan`: one file a verb. Flags to the options of `wfo_day::scan`, facts to views; no rule stands here.
//! The verdict is the exit status: 0 nothing that blocks, 10 something that does, 11 not all could be looked at.

mod env;
mod files;
mod secrets;

use wfo_base::{Diagnostic, Exit, Problem, codes};
use wfo_day::Place;
use wfo_day::scan::{Report, Rules, Surroundings};

use super::Outcome;
use crate::answer::{Answer, SchemaEntry};
use crate::context::Context;
use crate::progress;
use crate::render::scan::{Shown, Subject};

/// Makes the verbs' enum, dispatch and schema list from one line a verb: `Variant: module "word" "schema" "what it does"`.
macro_rules! verbs {
    ($($variant:ident: $module:ident $word:literal $schema:literal $doing:literal;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($module::Args),)*
        }

        pub(super) const SCHEMAS: &[SchemaEntry] = &[$(SchemaEntry::of::<Shown>($schema)),*];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            match args.verb {
                $(Verb::$variant(args) => {
                    call(context, concat!("wfo.", $schema, "/1"), $doing, |place, rules| $module::run(&args, place, rules))
                })*
            }
        }
    };
}

verbs! {
    Secrets: secrets "secrets" "scan-secrets" "looking for secrets";
    Env: env "env" "scan-env" "looking for files of settings";
    Files: files "files" "scan-files" "looking at files";
}

/// Look for what must not be committed: secrets, files of settings, permissions, large files
///
/// Built in, so that it works where no scanner is installed. A value is never shown. Exit status 10: something of high or
/// medium confidence was found; 11: not all could be looked at; low confidence only warns.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// Runs one verb and turns its report into the answer.
fn call(
    context: &Context,
    schema: &'static str,
    doing: &'static str,
    work: impl FnOnce(&Place, &Rules) -> Result<(Subject, Report), Problem>,
) -> Result<Outcome, Problem> {
    let place = Place::around(&context.folder, &context.home, &Surroundings::from_env());
    let rules = Rules::new(&place, &context.home);
    let (subject, mut report) = progress::during(doing, &context.globals, || work(&place, &rules))?;
    let mut notes: Vec<Diagnostic> = place.notes.iter().cloned().map(|note| rules.hide(note)).collect();
    notes.append(&mut report.notes);
    notes.extend(incomplete(&report));
    let exit = match (report.blocked(), report.complete()) {
        (true, _) => Exit::No,
        (false, false) => Exit::Unknown,
        (false, true) => Exit::Done,
    };
    Ok(Answer::new(schema, Shown::new(subject, report)).noting(notes).exit(exit).into())
}

/// Says why the answer is not whole.
fn incomplete(report: &Report) -> Vec<Diagnostic> {
    let note = |message: String, hint: &str| Problem::new(codes::SCAN_INCOMPLETE, message).hint(hint).warning();
    let mut notes: Vec<Diagnostic> =
        report.cut.iter().map(|why| note(why.clone(), "treat the answer as a no until all was looked at")).collect();
    let unknown = report.unscanned.iter().filter(|one| one.unknown).count();
    if unknown > 0 {
        let message = format!("{} could not be looked at", crate::render::count(unknown, "file"));
        notes.push(note(message, "`unscanned` names each with its reason; make them readable, then scan again"));
    }
    notes
}
