//! wfo-helper: answers what can be known about a project, as JSON for an agent and as text for a person.
//! This file only joins the steps; it decides nothing.

mod answer;
mod cli;
mod commands;
mod context;
#[cfg(test)]
mod docs_tests;
mod hook;
mod output;
mod progress;
mod render;

use std::process::ExitCode;

fn main() -> ExitCode {
    output::on_panic();
    let arguments: Vec<_> = std::env::args_os().collect();
    let answer = match cli::parse(&arguments) {
        Ok(cli::Parsed::Command(cli)) => commands::run(*cli),
        Ok(cli::Parsed::Text(text)) => output::Printable::plain(text),
        Err(usage) => usage,
    };
    ExitCode::from(output::deliver(answer).status())
}
