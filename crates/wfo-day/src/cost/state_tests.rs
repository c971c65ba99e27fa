//! The state of spending from real folders: what is known, what is not, and what is said about it.

use std::path::Path;

use wfo_base::home::Home;
use wfo_base::{Clock, Diagnostic, codes};

use super::*;
use crate::place::Place;

/// Asks for the state of a folder; today and month, and the notes.
fn ask(root: &Path, bounds: Bounds) -> (State, Vec<Diagnostic>) {
    let home = Home::at(root.join("config"));
    let clock = Clock::fixed("2026-11-21T12:00:00[UTC]".parse().unwrap());
    let place = Place::find(root, &home);
    let mut notes = Vec::new();
    let accounts = Accounts::open(&place, &home, &clock, false, &mut notes);
    notes.clear();
    let found = state(&accounts, &accounts.quick(), bounds, &mut notes);
    (found, notes)
}

#[test]
fn costs_that_cannot_be_looked_into_are_unknown_and_not_zero() {
    let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let known = || {
        let (found, notes) = ask(root.path(), Bounds::FULL);
        (found.costs.today.is_some(), found.costs.month.is_some(), notes.len())
    };
    assert_eq!(known(), (true, true, 0));
    let place = root.path().join("costs");
    std::os::unix::fs::symlink(other.path(), &place).unwrap();
    assert_eq!((known().0, known().1), (false, false), "a link out of the project");
    std::fs::remove_file(&place).unwrap();
    wfo_base::atomic::write(&place, b"x").unwrap();
    assert_eq!((known().0, known().1), (false, false), "a file");
    std::fs::remove_file(&place).unwrap();
    wfo_base::atomic::make_folder(&place, false).unwrap();
    assert_eq!(known(), (true, true, 0), "an empty folder");
}

#[test]
fn a_ledger_over_the_bound_is_a_note_and_not_read() {
    let root = tempfile::tempdir().unwrap();
    wfo_base::atomic::make_folder(&root.path().join("costs"), false).unwrap();
    wfo_base::atomic::write(&root.path().join("costs/ledger.jsonl"), "{}\n".repeat(100_000).as_bytes()).unwrap();
    let noted = |bounds| {
        let (_, notes) = ask(root.path(), bounds);
        notes.iter().any(|note| note.problem.code == codes::FILE_TOO_LARGE)
    };
    assert!(noted(Bounds::QUICK) && !noted(Bounds::FULL));
}
