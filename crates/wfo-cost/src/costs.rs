//! Joins the pages below costs/ to one answer: the ledger where there is one, else the older derived files.
//! A broken page makes its own figure unknown and a note; it never takes the others with it.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use wfo_base::{Diagnostic, Noted, Usd};

use crate::alerts::{Alert, alerts};
use crate::budget::{self, BudgetRow, Origin, Scope};
use crate::month::{Stated, month};
use crate::percent::Percent;
use crate::{daily, features, ledger};

/// A file's name as it is shown, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path as it stands in notes (`costs/mtd.json`).
    pub name: String,
    /// The text; `None` for a file that is there but could not be read (whoever tried has said why).
    pub text: Option<String>,
}

impl Page {
    /// Makes a page from a file that was read.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: Some(text.into()) }
    }

    /// Makes a page for a file that is there but could not be read.
    #[must_use]
    pub fn unreadable(name: impl Into<String>) -> Self {
        Self { name: name.into(), text: None }
    }
}

/// What lies below costs/, and the user's budgets. `None` = no such file.
#[derive(Debug, Clone, Default)]
pub struct CostPages {
    /// `costs/ledger.jsonl`: where it is, the daily files and `mtd.json` are not looked at.
    pub ledger: Option<Page>,
    /// `costs/daily-YYYY-MM-DD.json`, by the date in the name; see [`wanted_days`].
    pub days: Vec<(Date, Page)>,
    /// `costs/mtd.json`.
    pub month: Option<Page>,
    /// `costs/by-feature.jsonl`.
    pub by_feature: Option<Page>,
    /// `costs/budget-config.json`.
    pub budget: Option<Page>,
    /// `CONFIG/wfo/budgets.yaml`.
    pub user_budget: Option<Page>,
}

/// The state of spending. `None` = could not be determined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costs {
    /// Spent today.
    pub today: Option<Usd>,
    /// Spent since Monday.
    pub week: Option<Usd>,
    /// Spent since the first of the month.
    pub month: Option<Usd>,
    /// The monthly soft limit.
    pub budget: Option<Usd>,
    /// Where the budget was written down.
    pub budget_origin: Origin,
    /// Budget minus month; below zero when overspent.
    pub remaining: Option<Usd>,
    /// Month as a percentage of the budget; `None` also for a budget of zero.
    pub percent_used: Option<Percent>,
    /// Mean cost of the recorded tasks; `None` when none has a cost.
    pub average_task: Option<Usd>,
    /// Limits that are near or passed, worst first.
    pub alerts: Vec<Alert>,
}

/// Returns the days whose daily files are needed: from the first of the month or Monday, whichever is earlier, to today.
#[must_use]
pub fn wanted_days(today: Date) -> Vec<Date> {
    let first = monday(today).min(today.first_of_month());
    first.series(1.day()).take_while(|day| *day <= today).collect()
}

/// Works out the state of spending.
#[must_use]
pub fn costs(pages: &CostPages, defaults: &[BudgetRow], today: Date) -> Noted<Costs> {
    let mut notes = Vec::new();
    let (spent, older) = match &pages.ledger {
        Some(page) => (from_ledger(page, today, &mut notes), None),
        None => from_files(pages, today, &mut notes),
    };
    let limits = budget::limits(pages.budget.as_ref(), older, pages.user_budget.as_ref(), defaults, &mut notes);
    let average_task = pages.by_feature.as_ref().and_then(|page| features::average(page).drain_into(&mut notes));
    let monthly = limits.in_force.iter().find(|limit| limit.scope == Scope::Monthly);
    let budget = monthly.and_then(|limit| limit.soft);
    let both = spent.month.zip(budget);
    let by_scope = [(Scope::Daily, spent.today), (Scope::Weekly, spent.week), (Scope::Monthly, spent.month)];
    let value = Costs {
        today: spent.today,
        week: spent.week,
        month: spent.month,
        budget,
        budget_origin: monthly.map_or(Origin::Default, |limit| limit.origin),
        remaining: both.map(|(month, budget)| budget - month),
        percent_used: both.and_then(|(month, budget)| Percent::of(month, budget)),
        average_task,
        alerts: alerts(&by_scope, &limits.judged),
    };
    Noted { value, notes }
}

/// What was spent in each period; `None` = could not be determined.
struct Spent {
    today: Option<Usd>,
    week: Option<Usd>,
    month: Option<Usd>,
}

fn from_ledger(page: &Page, today: Date, notes: &mut Vec<Diagnostic>) -> Spent {
    let ledger = ledger::ledger(page);
    notes.extend(ledger.notes);
    let Some(days) = ledger.days else { return Spent { today: None, week: None, month: None } };
    let sum =
        |wanted: &dyn Fn(Date) -> bool| Some(days.iter().filter(|(day, _)| wanted(**day)).map(|(_, usd)| *usd).sum());
    Spent {
        today: sum(&|day| day == today),
        week: sum(&|day| monday(day) == monday(today)),
        month: sum(&|day| day.first_of_month() == today.first_of_month()),
    }
}

/// Reads daily files and `mtd.json`; the second part is the budget that `mtd.json` states.
fn from_files(pages: &CostPages, today: Date, notes: &mut Vec<Diagnostic>) -> (Spent, Option<Usd>) {
    let days: BTreeMap<Date, Option<Usd>> =
        pages.days.iter().map(|(date, page)| (*date, daily::day(page, *date).drain_into(notes))).collect();
    // one day of unknown cost makes a sum over it unknown
    let sum = |wanted: &dyn Fn(Date) -> bool| {
        days.iter().filter(|(day, _)| wanted(**day)).map(|(_, usd)| *usd).sum::<Option<Usd>>()
    };
    let file = month(pages.month.as_ref(), today).drain_into(notes);
    let by_days = sum(&|day| day.first_of_month() == today.first_of_month());
    let month = match (file.total, by_days) {
        (Stated::Nothing, by_days) => by_days,
        (Stated::Unreadable, _) => None,
        (Stated::Total(stated), Some(added)) if added > stated => {
            let message = format!("states {stated} for this month, but its days add up to {added}, which was taken");
            let name = pages.month.as_ref().map_or("mtd.json", |page| page.name.as_str());
            notes.push(daily::broken(name, &message, None).warning());
            Some(added)
        }
        (Stated::Total(stated), _) => Some(stated),
    };
    let today_sum = sum(&|day| day == today);
    (Spent { today: today_sum, week: sum(&|day| monday(day) == monday(today)), month }, file.budget)
}

/// Returns the Monday of a day's ISO week.
fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests;
