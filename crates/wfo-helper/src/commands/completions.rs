//! `completions SHELL`: the script that makes a shell complete commands and flags.

use clap_complete::Shell;
use wfo_base::Problem;

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::output::Printable;

pub(super) const SCHEMAS: &[SchemaEntry] = &[];

/// Print the completion script of a shell
///
/// For bash: `wfo-helper completions bash > ~/.local/share/bash-completion/completions/wfo-helper`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: Args, _: &Context) -> Result<Outcome, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::cli::tree(), "wfo-helper", &mut script);
    let script = String::from_utf8_lossy(&script);
    // The first line by which a later `--out` knows the file as ours; zsh must have its own there.
    let mark = if args.shell == Shell::Zsh { "" } else { "# wfo.completions/1\n" };
    Ok(Outcome::Raw(Printable::plain(format!("{mark}{script}"))))
}
