//! The state of spending, quickly: what start-day, the status line and the hooks ask. Reads what transcripts were appended,
//! adds up from the kept sums, and judges by the limits of user and repository.

use wfo_base::{Diagnostic, Problem, Usd, read};
use wfo_cost::budget::controls::{Controls, controls};
use wfo_cost::budget::request::{self, Decision, Priority};
use wfo_cost::budget::standing::{Left, State as Standing, state as standing, tightest};
use wfo_cost::budget::{self, Budgets};
use wfo_cost::ledger::{Ledger, foreign};
use wfo_cost::{Amounts, CostPages, Costs, Page, Row, Spending, Spent};

use super::accounts::Accounts;
use super::book::{Book, Scope};
use super::collect::unread;
use super::entered::Entered;
use super::sums::Sums;
use super::transcripts::{Look, Transcripts, look};
use crate::bounds::Bounds;

/// What is known about the money.
#[derive(Debug)]
pub struct State {
    /// What was spent, and what is left.
    pub costs: Costs,
    /// Spend of this repository and of all projects.
    pub spent: Spent,
    /// The limits.
    pub budgets: Budgets,
    /// What is done when they are near.
    pub controls: Controls,
    /// Whether every transcript was read.
    pub complete: bool,
}

/// Works out the state of spending.
pub(crate) fn state(accounts: &Accounts<'_>, look_at: &Look<'_>, bounds: Bounds, notes: &mut Vec<Diagnostic>) -> State {
    let closed = closed_folder(accounts, notes);
    let root = accounts.place.shared_root();
    let mut page = |relative: &str, limit: u64| shown(relative, read::page(root, relative, limit), notes);
    let today = accounts.clock.today();
    // What cannot be looked into is unknown, not free of costs.
    let ledger = if closed { Some(Page::unreadable("costs")) } else { page("costs/ledger.jsonl", bounds.ledger) };
    let pages = CostPages {
        days: match ledger {
            Some(_) => Vec::new(),
            None => wfo_cost::wanted_days(today)
                .into_iter()
                .filter_map(|day| Some((day, page(&format!("costs/daily-{day}.json"), bounds.cost_page)?)))
                .collect(),
        },
        month: page("costs/mtd.json", bounds.cost_page),
        by_feature: page("costs/by-feature.jsonl", bounds.ledger),
        budget: page("costs/budget-config.json", bounds.cost_page),
        user_budget: user_budget(accounts, notes),
    };
    let transcripts = look(look_at, notes).unwrap_or_else(|problem| {
        notes.push(problem.warning());
        Transcripts::default()
    });
    let spent = spent(accounts, &transcripts, ledger.as_ref(), &pages, notes);
    let defaults = budget_rows(accounts, notes);
    let costs = wfo_cost::costs(&pages, spent.as_ref(), &defaults, today).drain_into(notes);
    let (budgets, controls) = limits(accounts, &pages, notes);
    let here = Amounts { today: costs.today, week: costs.week, month: costs.month };
    let complete = spent.is_none_or(|spent| spent.complete);
    let spent = spent.map_or(Spent { here, everywhere: None, complete }, Spent::known);
    State { costs, spent, budgets, controls, complete }
}

pub(super) fn budget_rows(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Vec<wfo_cost::BudgetRow> {
    crate::tables::BUDGETS.load(&accounts.layers).drain_into(notes).into_iter().map(|(row, _)| row).collect()
}

pub(super) fn user_budget(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Option<Page> {
    let path = accounts.home.wfo("budgets.yaml");
    shown(&path.display().to_string(), read::own(&path, read::PAGE_LIMIT), notes)
}

/// Works out the limits and what is done when they are near; what is wrong in the files was said by whoever adds up.
pub(super) fn limits(accounts: &Accounts<'_>, pages: &CostPages, notes: &mut Vec<Diagnostic>) -> (Budgets, Controls) {
    let mut said = Vec::new();
    let defaults = budget_rows(accounts, &mut said);
    let older = wfo_cost::costs::older_budget(pages, accounts.clock.today());
    let budgets = budget::limits(pages.budget.as_ref(), older, pages.user_budget.as_ref(), &defaults, &mut said);
    let rows = crate::tables::COST_CONTROLS.load(&accounts.layers).drain_into(notes);
    let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
    let controls = controls(pages.budget.as_ref(), pages.user_budget.as_ref(), &rows, notes);
    (budgets, controls)
}

impl State {
    /// Judges a request of so many dollars by every limit of both sides.
    #[must_use]
    pub fn decide(&self, request: Usd, priority: Priority) -> Decision {
        let limits = &self.budgets.judged;
        request::request(&self.spends(), Some(request), priority, limits, &self.controls)
    }

    /// Returns what is left of the tightest soft limit; `None` when no spend is known.
    #[must_use]
    pub fn left(&self) -> Option<Left> {
        tightest(&self.spends(), &self.budgets.judged).map(|tightest| tightest.left)
    }

    /// Returns whether to save; `None` when no spend is known.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        standing(self.left(), &self.controls)
    }

    fn spends(&self) -> Vec<request::Spent> {
        let sides = [wfo_cost::Origin::Repository, wfo_cost::Origin::User];
        let all = wfo_cost::Scope::ALL.into_iter().flat_map(|scope| sides.map(|side| (scope, side)));
        all.map(|(scope, side)| request::Spent { scope, side, usd: self.spent.by(side).of(scope) }).collect()
    }
}

impl Accounts<'_> {
    /// Returns the limits and what is done when they are near.
    pub fn limits(&self, notes: &mut Vec<Diagnostic>) -> (Budgets, Controls) {
        let root = self.place.shared_root();
        let mut page = |relative: &str| shown(relative, read::page(root, relative, read::PAGE_LIMIT), notes);
        let pages = CostPages {
            month: page("costs/mtd.json"),
            budget: page("costs/budget-config.json"),
            ..CostPages::default()
        };
        let pages = CostPages { user_budget: user_budget(self, notes), ..pages };
        limits(self, &pages, notes)
    }

    /// Returns the monthly soft limit and whose it is.
    pub(crate) fn monthly_budget(&self) -> Option<(Usd, wfo_cost::Origin)> {
        let (budgets, _) = self.limits(&mut Vec::new());
        let monthly = budgets.in_force.into_iter().find(|limit| limit.scope == wfo_cost::Scope::Monthly)?;
        // What is left of a limit for all projects cannot be told from this one's spend.
        monthly.soft.filter(|_| monthly.origin != wfo_cost::Origin::User).map(|soft| (soft, monthly.origin))
    }

    /// Returns the state of spending as a person who waits for it is told.
    pub fn state(&self, notes: &mut Vec<Diagnostic>) -> State {
        state(self, &self.quick(), Bounds::FULL, notes)
    }
}

/// Adds up transcripts and ledger; `None` when neither tells anything of this repository and older files do.
fn spent(
    accounts: &Accounts<'_>,
    transcripts: &Transcripts,
    ledger: Option<&Page>,
    pages: &CostPages,
    notes: &mut Vec<Diagnostic>,
) -> Option<Spent> {
    let today = accounts.clock.today();
    let first = wfo_cost::wanted_days(today).first().copied().unwrap_or(today);
    let mut book = Book::new(transcripts, &accounts.prices, &accounts.zone);
    let sums = Sums::since(first, &mut book, transcripts, accounts.home, !accounts.dry_run);
    let Some(sums) = sums.filter(|_| transcripts.complete) else {
        notes.extend(unread(transcripts));
        return Some(Spent::UNKNOWN);
    };
    let here = sums.rows(Scope::Here(&accounts.here));
    let ledger = ledger.map(|page| {
        let ledger = Ledger::read(page);
        notes.extend(ledger.notes.iter().cloned());
        ledger
    });
    let older = !pages.days.is_empty() || pages.month.is_some();
    if ledger.is_none() && here.is_empty() && older {
        return None;
    }
    let readable = ledger.as_ref().is_none_or(|ledger| ledger.readable);
    let mut ledger = ledger.unwrap_or_default();
    ledger.rows.retain(|row| row.day >= first);
    let entered = accounts.foreign(transcripts, &ledger, &[]);
    // Sessions that the index puts down to another place are among all projects already.
    let mut beside = foreign(&ledger, &|session| transcripts.knows(session));
    let own = Entered { there: true, readable: true, rows: beside.clone() };
    beside.extend(own.elsewhere(first, accounts, transcripts));
    let add_up = |rows: Vec<Row>, entered: Vec<Row>, notes: &mut Vec<Diagnostic>| {
        let rows: Vec<Row> = rows.into_iter().chain(entered).collect();
        wfo_cost::amounts(Spending { calls: &[], rows: &rows }, today).drain_into(notes)
    };
    let here = add_up(here, entered, notes);
    // What has no price elsewhere is said where it is asked about.
    let everywhere = add_up(sums.rows(Scope::Everywhere), beside, &mut Vec::new());
    Some(Spent { here, everywhere: Some(everywhere), complete: readable })
}

/// Says whether `costs` is there but is no folder inside the project, such as a link out of it.
pub(super) fn closed_folder(accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> bool {
    match super::keep::check_folder(accounts.place.shared_root()) {
        Ok(()) => false,
        Err(problem) => {
            notes.push(problem.warning());
            true
        }
    }
}

pub(super) fn shown(
    name: &str,
    page: Result<Option<read::Page>, Problem>,
    notes: &mut Vec<Diagnostic>,
) -> Option<Page> {
    match page {
        Ok(page) => page.map(|page| Page::new(name, page.text)),
        Err(problem) => {
            notes.push(problem.warning());
            Some(Page::unreadable(name))
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
