//! Prints the snapshot of the repository around a folder, for looking and timing:
//! `cargo run --release -p wfo-git --example snapshot -- [FOLDER] [BUDGET_MS]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::path::PathBuf;
use std::time::Duration;

fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let budget = std::env::args().nth(2).and_then(|text| text.parse().ok()).map(Duration::from_millis);
    let options = wfo_git::Options { status_budget: budget, ..wfo_git::Options::default() };
    match wfo_git::Repository::discover(&folder) {
        Ok(Some(repository)) => println!("{:#?}", wfo_git::snapshot(&repository, &options)),
        Ok(None) => println!("no repository"),
        Err(problem) => eprintln!("{problem}"),
    }
}
