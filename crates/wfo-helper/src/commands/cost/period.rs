//! `cost today|week|month|day`: what was spent in some days, and on what.

use jiff::{ToSpan, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, codes};
use wfo_cost::report::period;
use wfo_day::cost::{Accounts, unpriced};

use super::super::Outcome;
use crate::answer::{Answer, View};
use crate::render::Paint;
use crate::render::cost::PeriodView;

/// Show what today cost, and on what
#[derive(Debug, clap::Args)]
pub(super) struct TodayArgs {
    /// In every project, not in this one alone
    #[arg(long)]
    all: bool,
}

/// Show what a week cost: Monday to Sunday
#[derive(Debug, clap::Args)]
pub(super) struct WeekArgs {
    /// A day of the week [default: today]
    #[arg(value_name = "YYYY-MM-DD")]
    day: Option<String>,
    /// In every project, not in this one alone
    #[arg(long)]
    all: bool,
}

/// Show what a month cost
#[derive(Debug, clap::Args)]
pub(super) struct MonthArgs {
    /// The month [default: this one]
    #[arg(value_name = "YYYY-MM")]
    month: Option<String>,
    /// In every project, not in this one alone
    #[arg(long)]
    all: bool,
}

/// Show what a day cost
#[derive(Debug, clap::Args)]
pub(super) struct DayArgs {
    /// The day
    #[arg(value_name = "YYYY-MM-DD")]
    day: String,
    /// In every project, not in this one alone
    #[arg(long)]
    all: bool,
}

/// What was spent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Shown(PeriodView);

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        self.0.text(paint)
    }

    fn cut(&mut self, limit: usize) {
        self.0.cut(limit);
    }
}

type Done = Result<Outcome, Problem>;

pub(super) fn today(args: &TodayArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Done {
    let today = accounts.clock.today();
    between("wfo.cost-today/1", today, today, args.all, accounts, notes)
}

pub(super) fn week(args: &WeekArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Done {
    let day = args.day.as_deref().map(parse_day).transpose()?.unwrap_or_else(|| accounts.clock.today());
    let monday = wfo_cost::amounts::monday(day);
    between("wfo.cost-week/1", monday, monday.saturating_add(6.days()), args.all, accounts, notes)
}

pub(super) fn month(args: &MonthArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Done {
    let first = match args.month.as_deref() {
        Some(text) => date(&format!("{text}-01")).ok_or_else(|| no_date(text, "a month as YYYY-MM"))?,
        None => accounts.clock.today().first_of_month(),
    };
    between("wfo.cost-month/1", first, first.last_of_month(), args.all, accounts, notes)
}

pub(super) fn day(args: &DayArgs, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Done {
    let day = parse_day(&args.day)?;
    between("wfo.cost-day/1", day, day, args.all, accounts, notes)
}

fn between(
    schema: &'static str,
    from: Date,
    to: Date,
    all: bool,
    accounts: &Accounts<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Done {
    let collected = accounts.collect(from, to, all, notes)?;
    let period = period(collected.spending(), from, to, &accounts.zone_name, &accounts.tasks(notes));
    notes.extend(unpriced(&period));
    let view = Shown(PeriodView::new(&period, all, collected.complete));
    let next = (!collected.complete).then(|| "wfo-helper cost import".to_owned());
    Ok(Answer::new(schema, view).next(next).into())
}

/// Reads a day of the command line.
pub(super) fn parse_day(text: &str) -> Result<Date, Problem> {
    date(text).ok_or_else(|| no_date(text, "a day as YYYY-MM-DD"))
}

/// Reads a day in the one spelling that answers use; others would be taken for a day that nobody meant.
fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

fn no_date(text: &str, what: &str) -> Problem {
    Problem::new(codes::USAGE, format!("{} is not {what}", wfo_base::text::code_span(text)))
        .hint("write it like 2026-11-21 (a month like 2026-11)")
}
