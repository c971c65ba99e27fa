//! Everything that a report shows, worked out once: periods, outlook, hints, savings, dearest calls.
//! Words and draws nothing; that is for the pages.

use std::collections::BTreeMap;

use jiff::{Zoned, civil::Date};
use wfo_base::Usd;

use crate::amounts::monday;
use crate::budget::Budgets;
use crate::report::Pricing;
use crate::report::hints::{self, Facts, Hint, Offers, Saving};
use crate::report::outlook::{self, Outlook};
use crate::report::period::{Period, period};
use crate::report::tasks::Tasks;
use crate::report::top::{TopCall, top_calls};
use crate::spending::Spending;

/// How many single calls are listed.
const TOP_CALLS: usize = 10;

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What it is about: the project's name, or `all projects`.
    pub title: &'a str,
    /// Everything spent, of any day.
    pub spending: Spending<'a>,
    /// The limits.
    pub budgets: &'a Budgets,
    /// The time of this call in the zone that days are counted in.
    pub now: &'a Zoned,
    /// That zone's name.
    pub zone: &'a str,
    /// What tokens cost.
    pub pricing: &'a dyn Pricing,
    /// Which skill or agent does which type of task.
    pub tasks: &'a Tasks,
    /// Which models could do what.
    pub offers: Offers<'a>,
    /// Further remarks for the page's foot, such as the age of the price table.
    pub notes: &'a [String],
}

/// What a report shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The period that the report is about.
    pub period: Period,
    /// Today.
    pub today: Period,
    /// Since Monday.
    pub week: Period,
    /// Since the first of the month.
    pub month: Period,
    /// Known amounts of each day with spend.
    pub days: BTreeMap<Date, Usd>,
    /// Where spend is going.
    pub outlook: Outlook,
    /// What could be saved, from the calls of the period.
    pub hints: Vec<Hint>,
    /// What was saved in the period.
    pub savings: Vec<Saving>,
    /// The dearest calls of the period.
    pub top_calls: Vec<TopCall>,
}

/// Works out what a report on `from` to `to` shows.
#[must_use]
pub fn figures(inputs: &Inputs<'_>, from: Date, to: Date) -> Figures {
    let today = inputs.now.date();
    let monday = monday(today);
    let add_up = |from: Date, to: Date| period(inputs.spending, from, to, inputs.zone, inputs.tasks);
    let whole = add_up(from, to);
    let calls = hints::within(inputs.spending.calls, from, to);
    let facts = Facts { calls: &calls, pricing: inputs.pricing, tasks: inputs.tasks, offers: inputs.offers };
    let (hints, savings) = hints::hints(&facts, &whole);
    let days = outlook::days(inputs.spending, today);
    Figures {
        today: add_up(today, today),
        week: add_up(monday, today),
        month: add_up(today.first_of_month(), today),
        outlook: outlook::outlook(&days, inputs.budgets, inputs.now),
        top_calls: top_calls(inputs.spending.calls, from, to, TOP_CALLS),
        period: whole,
        days,
        hints,
        savings,
    }
}
