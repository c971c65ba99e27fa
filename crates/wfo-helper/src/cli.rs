//! The command line: global flags, and the words of a wrong call. The commands themselves are listed in `commands/mod.rs`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, ValueEnum};
use wfo_base::{Problem, codes};

use crate::commands::Command;
use crate::output::{Form, Printable};

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One JSON object; the default when stdout is not a terminal.
    Json,
    /// Words for a person; the default on a terminal.
    Text,
    /// Markdown, as a skill shows it to a person.
    Markdown,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Flags that every command knows, before or after its words.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Work in DIR instead of the current folder
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// How to write the answer [default: text on a terminal, json otherwise]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// The same as --format json
    #[arg(long, global = true, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Write the answer to FILE instead of stdout, atomically
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Show what would be written; write nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Cut long lists to N rows; what was cut is counted
    #[arg(long, global = true, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Cut long lists until the answer is at most N tokens (4 characters each)
    #[arg(long, global = true, value_name = "N")]
    pub(crate) max_tokens: Option<u64>,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more on stderr
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// Knows where a project stands: git, tasks, worktrees, ports, costs; in milliseconds, as JSON or text.
#[derive(Debug, Parser)]
#[command(
    name = "wfo-helper",
    version,
    infer_long_args = false,
    disable_help_subcommand = true,
    after_help = "Exit status: 0 done or yes, 10 no, 11 unknown, 20 wrong state or input, 21 needs a person, \
                  22 changed or locked, 30 tool missing, 64 wrong call.\n\
                  `wfo-helper ref` lists the reference pages; `wfo-helper start-day` is the place to begin."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What a command line came to.
pub(crate) enum Parsed {
    /// A command to run.
    Command(Box<Cli>),
    /// Help or version, to be printed as it is.
    Text(String),
}

/// Parses the arguments; a wrong call becomes an answer with exit 64.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Parsed, Printable> {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Ok(Parsed::Command(Box::new(cli))),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Parsed::Text(error.render().to_string()))
        }
        Err(error) => Err(Printable::problem(usage_problem(&error), &Form::guess(arguments))),
    }
}

/// Words a wrong call: what is wrong with the value shown, and the nearest right one.
fn usage_problem(error: &clap::Error) -> Problem {
    let rendered = error.render().to_string();
    let first = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ").trim();
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return no_command(&rendered);
        }
        ErrorKind::MissingRequiredArgument => rendered
            .split("\n\nUsage")
            .next()
            .unwrap_or(first)
            .trim_start_matches("error: ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        _ => first.to_owned(),
    };
    let nearest = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| match error.get(kind)? {
            ContextValue::String(text) => Some(text.clone()),
            ContextValue::Strings(texts) => texts.first().cloned(),
            _ => None,
        });
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? `wfo-helper --help` lists the commands"),
        None => "`wfo-helper --help` lists the commands, `wfo-helper COMMAND --help` its flags".to_owned(),
    };
    Problem::new(codes::USAGE, message).hint(hint)
}

/// Words a call that ends where a command or a verb should stand; the usage line tells how far it came.
fn no_command(rendered: &str) -> Problem {
    let usage = rendered.lines().find_map(|line| line.trim().strip_prefix("Usage: wfo-helper")).unwrap_or_default();
    let words: Vec<&str> = usage.split_whitespace().take_while(|word| !word.starts_with(['[', '<'])).collect();
    let whole = tree();
    let found = words.iter().try_fold(&whole, |command, word| command.find_subcommand(word));
    match found.filter(|_| !words.is_empty()) {
        Some(command) => {
            let noun = words.join(" ");
            let verbs: Vec<String> = command
                .get_subcommands()
                .map(|verb| format!("`{}`", ["wfo-helper", &noun, verb.get_name()].join(" ")))
                .collect();
            Problem::new(codes::USAGE, format!("`{noun}` was given no verb"))
                .hint(format!("say {}", verbs.join(" or ")))
        }
        None => Problem::new(codes::USAGE, "no command was given")
            .hint("`wfo-helper --help` lists the commands, `wfo-helper COMMAND --help` its flags"),
    }
}

/// Returns the whole command tree, for completions and generated pages.
pub(crate) fn tree() -> clap::Command {
    Cli::command()
}
