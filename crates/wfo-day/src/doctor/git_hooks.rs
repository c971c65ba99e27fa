//! Looks whether git would run wfo's hooks in every checkout of the repository. None at all is no fault: they are offered.
//! Runs no hook.

use super::{Check, more};
use crate::place::Place;
use crate::setup;

const NAME: &str = "git-hooks";

/// Checks all checkouts.
pub(super) fn check(place: &Place) -> Check {
    let checked = match setup::check_hooks(place, false) {
        Ok(checked) => checked,
        Err(problem) => return Check::unknown(NAME, problem.message),
    };
    if !checked.iter().any(|one| one.installed) {
        return match checked.iter().find_map(|one| one.unread.as_ref()) {
            Some(why) => Check::unknown(NAME, why).fix("run `wfo-helper setup --check --only hooks`"),
            None => {
                Check::pass(NAME, "git runs no hook of wfo here; Claude Code's own commits are checked all the same")
                    .fix("run `wfo-helper setup --only hooks` to have git check every commit")
            }
        };
    }
    let faults: Vec<_> = checked.iter().filter_map(|one| Some((one, one.faults.first()?))).collect();
    if let Some((one, fault)) = faults.first() {
        let words = format!("in {} git would not run them: {fault}{}", one.root.display(), more(faults.len()));
        return Check::fail(NAME, words).fix("run `wfo-helper setup --check --only hooks`");
    }
    match checked.iter().find_map(|one| Some((one, one.unread.as_ref()?))) {
        Some((one, why)) => Check::unknown(NAME, format!("{}: {why}", one.root.display())),
        None => Check::pass(NAME, format!("git runs wfo's hooks in {}", counted(checked.len()))),
    }
}

fn counted(checkouts: usize) -> String {
    if checkouts == 1 { "this checkout".to_owned() } else { format!("all {checkouts} checkouts") }
}
