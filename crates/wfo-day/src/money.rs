//! Reads the pages below `costs/` and hands them to the cost domain.

use std::path::Path;

use jiff::civil::Date;
use wfo_base::home::Home;
use wfo_base::tables::Layers;
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_cost::{CostPages, Costs, Ledger, Page, Spending, Spent};

use crate::bounds::Bounds;

/// Reads spending and budgets of the project whose shared files are below `root`.
pub(crate) fn costs(
    root: &Path,
    home: &Home,
    layers: &Layers,
    today: Date,
    bounds: Bounds,
    notes: &mut Vec<Diagnostic>,
) -> Costs {
    let closed = closed_folder(root, notes);
    let mut page = |relative: &str, limit: u64| shown(relative, read::page(root, relative, limit), notes);
    // What cannot be looked into is unknown, not free of costs.
    let ledger = if closed { Some(Page::unreadable("costs")) } else { page("costs/ledger.jsonl", bounds.ledger) };
    let pages = CostPages {
        days: wfo_cost::wanted_days(today)
            .into_iter()
            .filter_map(|day| Some((day, page(&format!("costs/daily-{day}.json"), bounds.cost_page)?)))
            .collect(),
        month: page("costs/mtd.json", bounds.cost_page),
        by_feature: page("costs/by-feature.jsonl", bounds.ledger),
        budget: page("costs/budget-config.json", bounds.cost_page),
        user_budget: {
            let path = home.wfo("budgets.yaml");
            shown(&path.display().to_string(), read::own(&path, read::PAGE_LIMIT), notes)
        },
    };
    let defaults = crate::tables::BUDGETS.load(layers).drain_into(notes);
    let defaults: Vec<_> = defaults.into_iter().map(|(row, _)| row).collect();
    let spent = ledger.map(|page| spent(&page, today, notes));
    wfo_cost::costs(&pages, spent.as_ref(), &defaults, today).drain_into(notes)
}

/// Adds up the ledger.
fn spent(page: &Page, today: Date, notes: &mut Vec<Diagnostic>) -> Spent {
    let ledger = Ledger::read(page);
    notes.extend(ledger.notes);
    let here = wfo_cost::amounts(Spending { calls: &[], rows: &ledger.rows }, today).drain_into(notes);
    Spent { here, everywhere: None, complete: ledger.readable }
}

/// Says whether `costs` is there but is no folder inside the project, such as a link out of it.
fn closed_folder(root: &Path, notes: &mut Vec<Diagnostic>) -> bool {
    match read::find(root, "costs") {
        Ok(None) => false,
        Err(problem) if problem.code == codes::FILE_NOT_REGULAR && root.join("costs").is_dir() => false,
        Err(problem) => {
            notes.push(problem.warning());
            true
        }
        Ok(Some(_)) => {
            let problem = Problem::new(codes::COST_FILE_INVALID, "`costs` is a file, so spending is unknown");
            notes.push(problem.hint("make `costs` a folder").in_file("costs").warning());
            true
        }
    }
}

fn shown(name: &str, page: Result<Option<read::Page>, Problem>, notes: &mut Vec<Diagnostic>) -> Option<Page> {
    match page {
        Ok(page) => page.map(|page| Page::new(name, page.text)),
        Err(problem) => {
            notes.push(problem.warning());
            Some(Page::unreadable(name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_that_cannot_be_looked_into_are_unknown_and_not_zero() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let home = Home::at(root.path().join("config"));
        let ask = || {
            let mut notes = Vec::new();
            let today = "2026-11-21".parse().unwrap();
            let found = costs(root.path(), &home, &Layers::default(), today, Bounds::FULL, &mut notes);
            (found.today.is_some(), found.month.is_some(), notes.len())
        };
        assert_eq!(ask(), (true, true, 0));
        let place = root.path().join("costs");
        std::os::unix::fs::symlink(other.path(), &place).unwrap();
        assert_eq!(ask(), (false, false, 1), "a link out of the project");
        std::fs::remove_file(&place).unwrap();
        wfo_base::atomic::write(&place, b"x").unwrap();
        assert_eq!(ask(), (false, false, 1), "a file");
        std::fs::remove_file(&place).unwrap();
        wfo_base::atomic::make_folder(&place, false).unwrap();
        assert_eq!(ask(), (true, true, 0), "an empty folder");
    }

    #[test]
    fn a_ledger_over_the_bound_is_a_note_and_not_read() {
        let root = tempfile::tempdir().unwrap();
        wfo_base::atomic::make_folder(&root.path().join("costs"), false).unwrap();
        wfo_base::atomic::write(&root.path().join("costs/ledger.jsonl"), "{}\n".repeat(100_000).as_bytes()).unwrap();
        let home = Home::at(root.path().join("config"));
        let noted = |bounds| {
            let mut notes = Vec::new();
            let today = "2026-11-21".parse().unwrap();
            costs(root.path(), &home, &Layers::default(), today, bounds, &mut notes);
            notes.iter().any(|note: &Diagnostic| note.problem.code == codes::FILE_TOO_LARGE)
        };
        assert!(noted(Bounds::QUICK) && !noted(Bounds::FULL));
    }
}
