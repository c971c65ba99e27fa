//! Where spend is going: trend, projection to the month's end, burn rate, and what is left for tomorrow.
//! Works on known amounts and real month lengths; without a whole elapsed day it projects nothing.

use std::collections::BTreeMap;

use jiff::{ToSpan, Zoned, civil::Date};
use wfo_base::Usd;

use crate::amounts::monday;
use crate::budget::{Budgets, Scope};
use crate::percent::Percent;
use crate::report::anomaly::{Anomaly, anomalies};
use crate::report::item::items;
use crate::spending::Spending;

/// How many days back anomalies are looked for.
const ANOMALY_DAYS: i64 = 30;
/// How much faster than the month passes a budget must be used up, as a fraction.
const TOO_FAST: (i128, i128) = (3, 2);
/// The least part of the budget that must be used before the burn rate says anything, in tenths of a percent: where the
/// month is young every first request is "too fast".
const BURN_FLOOR: i128 = 100;

/// The last whole days against those before them; today, which is not over, is not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trend {
    /// The 7 days before today.
    pub last_7: Usd,
    /// The 7 days before those.
    pub before_7: Usd,
    /// By how much `last_7` differs; `None` when nothing was spent before.
    pub change: Option<Percent>,
    /// The 30 days before today.
    pub last_30: Usd,
}

/// How fast the monthly budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burn {
    /// Month-to-date as a percentage of the monthly soft limit.
    pub used: Percent,
    /// How much of the month is over.
    pub elapsed: Percent,
    /// At least 10 % of the budget are used, and that is more than 1.5 times the part of the month that is over.
    pub too_fast: bool,
}

/// What may be spent tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tomorrow {
    /// The smallest of `parts`.
    pub usd: Usd,
    /// Which limit makes it that small.
    pub binding: Scope,
    /// What each limit leaves: the daily soft limit; what is left of the week and of the month by the days left in them.
    pub parts: Vec<(Scope, Usd)>,
}

/// Where spend is going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Week against week.
    pub trend: Trend,
    /// Spent since the first of the month.
    pub month_to_date: Usd,
    /// Month-to-date / elapsed days x days in the month; `None` on the first of a month.
    pub projected: Option<Usd>,
    /// `None` without a monthly budget above 0.
    pub burn: Option<Burn>,
    /// `None` without any soft limit.
    pub tomorrow: Option<Tomorrow>,
    /// Dear days of the last 30, newest first.
    pub anomalies: Vec<Anomaly>,
}

/// Adds up the known amounts of each day up to `today`.
#[must_use]
pub fn days(spending: Spending<'_>, today: Date) -> BTreeMap<Date, Usd> {
    let mut days: BTreeMap<Date, Usd> = BTreeMap::new();
    for item in items(spending, Date::MIN, today) {
        if let Some(usd) = item.usd {
            let day = days.entry(item.day).or_default();
            *day = *day + usd;
        }
    }
    days
}

/// Works out where spend is going. `days` are known amounts, see [`days`]; limits are those in force.
#[must_use]
pub fn outlook(days: &BTreeMap<Date, Usd>, budgets: &Budgets, now: &Zoned) -> Outlook {
    let today = now.date();
    let month_to_date = between(days, today.first_of_month(), today);
    Outlook {
        trend: trend(days, today),
        month_to_date,
        projected: projected(month_to_date, now),
        burn: soft(budgets, Scope::Monthly).and_then(|budget| burn(month_to_date, budget, now)),
        tomorrow: tomorrow(days, budgets, today),
        anomalies: anomalies(days, today.saturating_sub(ANOMALY_DAYS.days()), today),
    }
}

fn between(days: &BTreeMap<Date, Usd>, from: Date, to: Date) -> Usd {
    if from > to { Usd::ZERO } else { days.range(from..=to).map(|(_, usd)| *usd).sum() }
}

fn trend(days: &BTreeMap<Date, Usd>, today: Date) -> Trend {
    let back =
        |first: i64, last: i64| between(days, today.saturating_sub(first.days()), today.saturating_sub(last.days()));
    let (last_7, before_7) = (back(7, 1), back(14, 8));
    Trend { last_7, before_7, change: Percent::of(last_7 - before_7, before_7), last_30: back(30, 1) }
}

/// Returns the seconds of this month that are over, and all of them: a month with a change of clocks is an hour longer or shorter.
fn month_seconds(now: &Zoned) -> Option<(i128, i128)> {
    let start = now.first_of_month().ok()?.start_of_day().ok()?;
    let end = start.checked_add(1.month()).ok()?.start_of_day().ok()?;
    let from = start.timestamp().as_second();
    let over = now.timestamp().as_second().checked_sub(from)?;
    let all = end.timestamp().as_second().checked_sub(from)?;
    (over > 0 && all > 0).then_some((i128::from(over), i128::from(all)))
}

fn projected(month_to_date: Usd, now: &Zoned) -> Option<Usd> {
    if now.date().day() < 2 {
        return None;
    }
    let (over, all) = month_seconds(now)?;
    Some(month_to_date.scaled(all, over))
}

fn burn(month_to_date: Usd, budget: Usd, now: &Zoned) -> Option<Burn> {
    let used = Percent::of(month_to_date, budget)?;
    let (over, all) = month_seconds(now)?;
    let whole = Usd::from_cents(10_000);
    let elapsed = Percent::of(whole.scaled(over, all), whole)?;
    let (times, of) = TOO_FAST;
    // used / budget > 1.5 x over / all, without dividing
    let ahead = month_to_date.scaled(all, 1).scaled(of, 1) > budget.scaled(over, 1).scaled(times, 1);
    Some(Burn { used, elapsed, too_fast: ahead && used.tenths() >= BURN_FLOOR })
}

fn tomorrow(days: &BTreeMap<Date, Usd>, budgets: &Budgets, today: Date) -> Option<Tomorrow> {
    let next = today.saturating_add(1.day());
    let monday = monday(next);
    let first = next.first_of_month();
    let week_days = 7 - i128::from(next.weekday().to_monday_zero_offset());
    let month_days = i128::from(next.days_in_month()) - i128::from(next.day()) + 1;
    let spans = [(Scope::Daily, next, 1), (Scope::Weekly, monday, week_days), (Scope::Monthly, first, month_days)];
    let mut parts = Vec::new();
    for (scope, start, left) in spans {
        if let Some(limit) = soft(budgets, scope) {
            let rest = limit - between(days, start, today);
            parts.push((scope, rest.max(Usd::ZERO).scaled(1, left)));
        }
    }
    let (binding, usd) = *parts.iter().min_by_key(|(_, usd)| *usd)?;
    Some(Tomorrow { usd, binding, parts })
}

fn soft(budgets: &Budgets, scope: Scope) -> Option<Usd> {
    budgets.in_force.iter().find(|limit| limit.scope == scope)?.soft
}

#[cfg(test)]
mod tests;
