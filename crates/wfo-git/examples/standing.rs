//! Times what a repository's worktrees are asked for, without their status, for measuring:
//! `cargo run --release -p wfo-git --example standing -- [FOLDER]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::path::PathBuf;
use std::time::Instant;

use wfo_git::{Merges, Options, Repository};

fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let repository = match Repository::discover(&folder) {
        Ok(Some(repository)) => repository,
        Ok(None) => return println!("no repository"),
        Err(problem) => return eprintln!("{problem}"),
    };
    let start = Instant::now();
    let alone = Options { worktrees: false, worktree_status: false, ..Options::default() };
    let _ = wfo_git::snapshot(&repository, &alone);
    println!("snapshot without worktrees: {:?}", start.elapsed());
    let options = Options { worktree_status: false, ..Options::default() };
    let start = Instant::now();
    let taken = wfo_git::snapshot(&repository, &options);
    println!("snapshot without the status of other worktrees: {:?}", start.elapsed());
    let count = |merged| taken.worktrees.iter().filter(|row| row.merged == merged).count();
    let [yes, no, open] = [Some(true), Some(false), None].map(count);
    println!("{} worktrees: {yes} merged, {no} not, {open} not determined", taken.worktrees.len());
    let start = Instant::now();
    let held = wfo_git::holdings(&repository, &taken.worktrees);
    println!("holdings of {}: {:?}", held.len(), start.elapsed());
    let heads: Vec<&str> = taken.worktrees.iter().filter_map(|row| row.head.as_deref()).collect();
    let Ok(mut merges) = Merges::open(&repository) else { return };
    let start = Instant::now();
    let pairs =
        heads.iter().flat_map(|into| heads.iter().map(move |from| (into, from))).filter(|(into, from)| into < from);
    let tried: Vec<_> = pairs.map(|(into, from)| merges.trial(into, from)).collect();
    let open = tried.iter().filter(|trial| trial.is_none()).count();
    let clash = tried.iter().flatten().filter(|trial| !trial.conflicts.is_empty()).count();
    println!("{} trials, {clash} with conflicts, {open} not determined: {:?}", tried.len(), start.elapsed());
}
