//! What was spent today, this week and this month, from what was counted.
//! Names what has no price; an amount that leaves something out is a lower bound and said to be one.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date};
use wfo_base::{Diagnostic, Noted, Problem, Usd, codes, text::code_span};

use crate::budget::{Origin, Scope};
use crate::spending::Spending;

/// Dollars of the three periods that limits are for. `None` = could not be determined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Today.
    pub today: Option<Usd>,
    /// Since Monday.
    pub week: Option<Usd>,
    /// Since the first of the month.
    pub month: Option<Usd>,
}

impl Amounts {
    /// Returns the amount of a scope.
    #[must_use]
    pub const fn of(self, scope: Scope) -> Option<Usd> {
        match scope {
            Scope::Daily => self.today,
            Scope::Weekly => self.week,
            Scope::Monthly => self.month,
        }
    }
}

/// What was spent, by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// By this project.
    pub here: Amounts,
    /// By all projects; `None` where only this one was looked at.
    pub everywhere: Option<Amounts>,
    /// Whether everything that can be read has been; otherwise nothing is known.
    pub complete: bool,
}

impl Spent {
    /// Nothing could be determined.
    pub const UNKNOWN: Self =
        Self { here: Amounts { today: None, week: None, month: None }, everywhere: None, complete: false };

    /// Returns itself as far as it is known.
    #[must_use]
    pub const fn known(self) -> Self {
        if self.complete { self } else { Self::UNKNOWN }
    }

    /// Returns the spend that a limit is about: that of all projects for one of the user's, as far as it is known.
    #[must_use]
    pub fn by(self, origin: Origin) -> Amounts {
        match origin {
            Origin::User => self.everywhere.unwrap_or(self.here),
            Origin::Repository | Origin::Default => self.here,
        }
    }
}

/// What is known of several amounts.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    known: Usd,
    priced: bool,
    unpriced: bool,
}

impl Sum {
    fn add(&mut self, usd: Option<Usd>) {
        self.known = self.known + usd.unwrap_or_default();
        self.priced |= usd.is_some();
        self.unpriced |= usd.is_none();
    }

    /// Returns the known part; `None` when something was used and no price is known for any of it.
    fn usd(self) -> Option<Usd> {
        (self.priced || !self.unpriced).then_some(self.known)
    }
}

/// Adds up what was spent today, since Monday and since the first of the month. What has no price is named in a note.
#[must_use]
pub fn amounts(spending: Spending<'_>, today: Date) -> Noted<Amounts> {
    let (monday_of_today, first) = (monday(today), today.first_of_month());
    let since = monday_of_today.min(first);
    // calls are in order of time, so the older ones need not be looked at
    let calls = spending.calls.iter().rev().take_while(|call| call.day >= since);
    let calls = calls.map(|call| (call.day, call.usd, Some(&*call.model)));
    let rows = spending.rows.iter().filter(|row| row.day >= since);
    let rows = rows.map(|row| (row.day, row.usd, row.model.as_deref()));
    let (mut day_sum, mut week, mut month) = (Sum::default(), Sum::default(), Sum::default());
    let mut unpriced = BTreeSet::new();
    for (day, usd, model) in calls.chain(rows) {
        let scopes = [
            (day == today, &mut day_sum),
            (monday(day) == monday_of_today, &mut week),
            (day.first_of_month() == first, &mut month),
        ];
        let mut counts = false;
        for (_, sum) in scopes.into_iter().filter(|(within, _)| *within) {
            sum.add(usd);
            counts = true;
        }
        if counts && usd.is_none() {
            unpriced.insert(model);
        }
    }
    let value = Amounts { today: day_sum.usd(), week: week.usd(), month: month.usd() };
    Noted { value, notes: self::unpriced(unpriced).into_iter().collect() }
}

/// Says that totals leave out what these models did, of which up to five are named (`None`: a row that names none);
/// `None` when there are none.
#[must_use]
pub fn unpriced<'a>(models: impl IntoIterator<Item = Option<&'a str>>) -> Option<Diagnostic> {
    let models: Vec<Option<&str>> = models.into_iter().collect();
    let name = |model: &Option<&str>| model.map_or_else(|| "a row without model".to_owned(), code_span);
    let shown: Vec<String> = models.iter().take(5).map(name).collect();
    let more = match models.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!shown.is_empty()).then(|| {
        let message = format!("no price is known for {}{more}, so totals are lower bounds", shown.join(", "));
        let hint = "lay a row for it over the table: CONFIG/wfo/data/prices.yaml (`wfo-helper ref costs`)";
        Problem::new(codes::COST_UNPRICED, message).hint(hint).warning()
    })
}

/// Returns the Monday of a day's ISO week.
#[must_use]
pub fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
#[path = "amounts_tests.rs"]
mod tests;
