//! Looks at the worktree registry and at what was left half done: the same facts that the worktree commands read. Repairs nothing.

use wfo_base::text::code_span;
use wfo_base::{Clock, codes, home::Home};

use super::{Check, more};
use crate::place::Place;
use crate::worktree::{Site, book, repair};

/// Reads the registry.
pub(super) fn registry(home: &Home) -> Check {
    let shown = home.registry().display().to_string();
    let fault = |check: fn(&'static str, String) -> Check, problem: wfo_base::Problem| {
        check("registry", problem.message).fix(problem.hint.unwrap_or_else(|| format!("correct {shown}")))
    };
    match book::read(home) {
        Ok(book) => match book.registry {
            None => Check::pass("registry", format!("{shown} is not there; no worktree is registered")),
            Some(registry) => match registry.notes.into_iter().next() {
                None => Check::pass("registry", format!("{shown} can be read")),
                Some(note) => fault(Check::fail, note.problem),
            },
        },
        Err(problem) if problem.code == codes::REGISTRY_INVALID && home.registry().is_file() => {
            fault(Check::fail, problem)
        }
        Err(problem) => fault(Check::unknown, problem),
    }
}

/// Looks at the worktrees of one repository: nothing half done, no row without a worktree, none whose folder is gone.
pub(super) fn worktrees(place: &Place, home: &Home, clock: &Clock) -> Check {
    let mut notes = Vec::new();
    let site = match Site::at(place, home, clock, &mut notes) {
        Ok(site) => site,
        Err(problem) => return Check::unknown("worktrees", problem.message).fix(problem.hint.unwrap_or_default()),
    };
    let half_done = repair::abandoned(&site);
    if half_done > 0 {
        let calls = if half_done == 1 { "1 call".to_owned() } else { format!("{half_done} calls") };
        return Check::fail("worktrees", format!("{calls} of wfo-helper ended half way here"))
            .fix("run `wfo-helper worktree adopt`: like every worktree command that writes, it puts this right first");
    }
    let checkouts = wfo_git::checkouts(site.repository());
    let linked = checkouts.iter().filter(|tree| !tree.main).count();
    if let Some(gone) = checkouts.iter().find(|tree| tree.prunable) {
        let count = checkouts.iter().filter(|tree| tree.prunable).count();
        let detail = format!("the folder of {} is gone{}", code_span(&gone.path.display().to_string()), more(count));
        return Check::fail("worktrees", detail).fix("run `wfo-helper worktree cleanup`");
    }
    let user_home = site.user_home();
    let Ok(book) = book::read(home) else { return Check::unknown("worktrees", "the registry cannot be read") };
    let rows = book::rows_of(book.registry.as_ref(), site.main_root(), user_home.as_deref());
    let lost: Vec<_> = rows.filter_map(|row| row.worktree_path.clone()).filter(|path| !path.exists()).collect();
    match lost.first() {
        Some(path) => {
            let shown = code_span(&path.display().to_string()).clone();
            Check::fail("worktrees", format!("the registry has a row for {shown}, which is gone{}", more(lost.len())))
                .fix("run `wfo-helper worktree cleanup`")
        }
        None => Check::pass("worktrees", format!("{linked} linked, none gone, nothing half done")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;
    use std::fs;

    #[test]
    fn a_registry_that_does_not_parse_or_has_a_bad_row_fails() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().into());
        assert_eq!(registry(&home).verdict, Verdict::Pass);
        wfo_base::atomic::write(
            &home.registry(),
            b"{\"worktrees\":[],\"portPool\":{\"start\":8100,\"end\":8199,\"allocated\":[]}}",
        )
        .unwrap();
        assert_eq!(registry(&home).verdict, Verdict::Pass);
        wfo_base::atomic::write(&home.registry(), b"{").unwrap();
        assert_eq!(registry(&home).verdict, Verdict::Fail);
        wfo_base::atomic::write(&home.registry(), b"{\"worktrees\":[{\"ports\":[8100]},7]}").unwrap();
        let check = registry(&home);
        assert!(check.verdict == Verdict::Fail && check.detail.contains("row 2"), "{}", check.detail);
        assert!(check.fix.is_some());
        fs::remove_file(home.registry()).unwrap();
        fs::create_dir(home.registry()).unwrap();
        assert_eq!(registry(&home).verdict, Verdict::Unknown);
    }
}
