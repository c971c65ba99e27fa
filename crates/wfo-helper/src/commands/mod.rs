//! The list of commands: one line each. Everything else about a command stands in its own file.

mod consent;
mod said;
mod shown;

use wfo_base::{Diagnostic, Problem};

use crate::answer::{Answer, SchemaEntry};
use crate::cli::{Cli, Globals};
use crate::context::Context;
use crate::output::{Form, Printable};

/// What a command gives back.
pub(crate) enum Outcome {
    /// An answer to be written in the form that is wanted.
    Answer(Answer),
    /// Text to be printed as it is.
    Raw(Printable),
    /// What ended the command, and what was done before.
    Failed(Problem, Vec<Diagnostic>),
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

pub(crate) use start_day::wording;

/// Makes module, enum variant, dispatch and schema list from one line a command: `Variant: module "word"`.
macro_rules! commands {
    ($($variant:ident: $module:ident $word:literal;)*) => {
        $(mod $module;)*

        /// One command with its arguments; the words of each are documented in its own file.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $(#[command(name = $word)] $variant($module::Args),)*
        }

        fn dispatch(command: Command, context: &Context) -> Result<Outcome, Problem> {
            match command {
                $(Command::$variant(args) => $module::run(args, context).map(Into::into),)*
            }
        }

        /// All schemas, in the order of the commands.
        pub(crate) fn schemas() -> impl Iterator<Item = &'static SchemaEntry> {
            [$($module::SCHEMAS),*].into_iter().flatten()
        }
    };
}

commands! {
    StartDay: start_day "start-day";
    EndDay: end_day "end-day";
    Next: next "next";
    Todo: todo "todo";
    Pr: pr "pr";
    Dirs: dirs "dirs";
    Release: release "release";
    Init: init "init";
    Stack: stack "stack";
    Worktree: worktree "worktree";
    Port: port "port";
    Cost: cost "cost";
    Model: model "model";
    Scan: scan "scan";
    Context: context "context";
    Gate: gate "gate";
    Setup: setup "setup";
    Doctor: doctor "doctor";
    Trust: trust "trust";
    Config: config "config";
    Data: data "data";
    Ref: reference "ref";
    Schema: schema "schema";
    Completions: completions "completions";
    Hook: hook "hook";
    Statusline: statusline "statusline";
}

/// Runs one command from flags to finished text.
pub(crate) fn run(cli: Cli) -> Printable {
    let globals: Globals = cli.globals;
    let form = Form::new(&globals);
    // There `--max-tokens` is about the page.
    let form = if matches!(&cli.command, Command::Context(args) if args.is_compress()) { form.whole() } else { form };
    // A hook must answer in the host's way even when nothing works.
    let quiet_failure = matches!(cli.command, Command::Hook(_));
    // So must the status line, in one line.
    let one_line = matches!(cli.command, Command::Statusline(_));
    let outcome = Context::new(globals).and_then(|context| {
        let notes = context.notes();
        dispatch(cli.command, &context).map(|outcome| match outcome {
            Outcome::Answer(answer) => Outcome::Answer(answer.noting(notes)),
            raw => raw,
        })
    });
    match outcome {
        Ok(Outcome::Answer(answer)) => Printable::answer(answer, &form),
        Ok(Outcome::Failed(problem, notes)) => Printable::failure(problem, &notes, &form),
        Ok(Outcome::Raw(printable)) if quiet_failure || one_line => printable,
        Ok(Outcome::Raw(printable)) => printable.sent(&form),
        Err(_) if quiet_failure => Printable::plain(String::new()),
        Err(_) if one_line => statusline::fallback(),
        Err(problem) => Printable::problem(problem, &form),
    }
}
