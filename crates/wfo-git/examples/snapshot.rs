//! Prints the snapshot of the repository around a folder: `cargo run -p wfo-git --example snapshot -- [FOLDER]`.
//! For looking and timing only.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::path::PathBuf;

fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    match wfo_git::Repository::discover(&folder) {
        Ok(Some(repository)) => {
            println!("{:#?}", wfo_git::snapshot(&repository, &wfo_git::Options::default()));
        }
        Ok(None) => println!("no repository"),
        Err(problem) => eprintln!("{problem}"),
    }
}
