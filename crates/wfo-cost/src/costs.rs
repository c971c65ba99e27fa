//! The state of spending: what was spent, by this project and by all, against the limits of both.
//! Where nothing was counted yet the older files below costs/ tell. A broken page makes its own figure unknown and a note;
//! it never takes the others with it.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use wfo_base::{Diagnostic, Noted, Usd};

use crate::alerts::{Alert, judged};
use crate::amounts::{Amounts, Spent, monday};
use crate::budget::{self, BudgetRow, Origin, Scope};
use crate::derived::is_ours;
use crate::json::Object;
use crate::month::{Stated, month};
use crate::percent::Percent;
use crate::{daily, features};

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
    /// `costs/daily-YYYY-MM-DD.json`, by the date in the name; see [`wanted_days`].
    pub days: Vec<(Date, Page)>,
    /// `costs/mtd.json`; where spend was counted only its budget is looked at.
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
    /// Spent today by this project.
    pub today: Option<Usd>,
    /// Spent since Monday by this project.
    pub week: Option<Usd>,
    /// Spent since the first of the month by this project.
    pub month: Option<Usd>,
    /// Spent by all projects; `None` where only this one was looked at.
    pub everywhere: Option<Amounts>,
    /// The monthly soft limit.
    pub budget: Option<Usd>,
    /// Where the budget was written down.
    pub budget_origin: Origin,
    /// Budget minus this month's spend, below zero when overspent. A budget of the user's is for all projects, so it is their
    /// spend that counts there; this project's alone where nothing else is known.
    pub remaining: Option<Usd>,
    /// The same spend as a percentage of the budget; `None` also for a budget of zero.
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

/// Works out the state of spending. `spent` is what was counted; `None` when there is neither a ledger nor any response,
/// and the older files tell.
///
/// Limits of the user are judged by the spend of all projects where it is known, all others by that of this project.
#[must_use]
pub fn costs(pages: &CostPages, spent: Option<&Spent>, defaults: &[BudgetRow], today: Date) -> Noted<Costs> {
    let mut notes = Vec::new();
    let (spent, older) = match spent {
        Some(spent) => (spent.known(), older_budget(pages, today)),
        None => {
            let (here, older) = from_files(pages, today, &mut notes);
            (Spent { here, everywhere: None, complete: true }, older)
        }
    };
    let limits = budget::limits(pages.budget.as_ref(), older, pages.user_budget.as_ref(), defaults, &mut notes);
    let average_task = pages.by_feature.as_ref().and_then(|page| features::average(page).drain_into(&mut notes));
    let monthly = limits.in_force.iter().find(|limit| limit.scope == Scope::Monthly);
    let budget = monthly.and_then(|limit| limit.soft);
    let budget_origin = monthly.map_or(Origin::Default, |limit| limit.origin);
    let both = spent.by(budget_origin).month.zip(budget);
    let pairs: Vec<_> = limits.judged.iter().map(|limit| (*limit, spent.by(limit.origin).of(limit.scope))).collect();
    let Amounts { today, week, month } = spent.here;
    let value = Costs {
        today,
        week,
        month,
        everywhere: spent.everywhere,
        budget,
        budget_origin,
        remaining: both.map(|(month, budget)| budget - month),
        percent_used: both.and_then(|(month, budget)| Percent::of(month, budget)),
        average_task,
        alerts: judged(&pairs, &limits.alert_remaining),
    };
    Noted { value, notes }
}

/// Returns the budget that an older `mtd.json` states for the repository; one of ours only repeats what is stated elsewhere.
#[must_use]
pub fn older_budget(pages: &CostPages, today: Date) -> Option<Usd> {
    let page = pages.month.as_ref()?;
    let object = Object::parse(page.text.as_deref()?).ok()?;
    // what is wrong with the rest of the file is of no account here
    if is_ours(&object) { None } else { month(Some(page), today).value.budget }
}

/// Reads daily files and `mtd.json`; the second part is the budget that `mtd.json` states.
fn from_files(pages: &CostPages, today: Date, notes: &mut Vec<Diagnostic>) -> (Amounts, Option<Usd>) {
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
    let week = sum(&|day| monday(day) == monday(today));
    (Amounts { today: today_sum, week, month }, older_budget(pages, today))
}

#[cfg(test)]
mod tests;
