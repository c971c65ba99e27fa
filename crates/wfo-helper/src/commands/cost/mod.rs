//! `cost`: one file a verb. Flags to the options of `wfo_day::cost`, facts to views; no arithmetic stands here.

mod add;
mod budget;
mod feature;
mod import;
mod period;
mod report;
mod roi;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::Place;
use wfo_day::cost::{Accounts, Kept};

use super::Outcome;
use crate::answer::SchemaEntry;
use crate::context::Context;
use crate::progress;
use crate::render::{Paint, count};

/// Makes the verbs' enum, dispatch and schema list from one line a verb: `Variant: module::Args "word" "schema" "what it does"`.
macro_rules! verbs {
    ($($variant:ident: $module:ident::$run:ident($args:ty) $shown:ident $word:literal $schema:literal $doing:literal;)*) => {
        #[derive(Debug, clap::Subcommand)]
        enum Verb {
            $(#[command(name = $word)] $variant($args),)*
        }

        pub(super) const SCHEMAS: &[SchemaEntry] = &[$(SchemaEntry::of::<$module::$shown>($schema)),*];

        pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
            match args.verb {
                $(Verb::$variant(args) => call(context, $doing, |accounts, notes| $module::$run(&args, accounts, notes)),)*
            }
        }
    };
}

verbs! {
    Import: import::run(import::Args) Shown "import" "cost-import" "reading transcripts";
    Add: add::run(add::Args) Shown "add" "cost-add" "writing the ledger";
    Today: period::today(period::TodayArgs) Shown "today" "cost-today" "adding up today";
    Week: period::week(period::WeekArgs) Shown "week" "cost-week" "adding up the week";
    Month: period::month(period::MonthArgs) Shown "month" "cost-month" "adding up the month";
    Day: period::day(period::DayArgs) Shown "day" "cost-day" "adding up the day";
    Feature: feature::run(feature::Args) Shown "feature" "cost-feature" "adding up features";
    Report: report::run(report::Args) Shown "report" "cost-report" "writing the report";
    Budget: budget::run(budget::Args) Shown "budget" "cost-budget" "looking at the budget";
    Roi: roi::run(roi::Args) Shown "roi" "cost-roi" "working out the return";
}

/// Know what the work really cost, what is left, and what the next step would cost
///
/// Figures come from the transcripts that Claude Code writes: each response counts once and is priced by dated tables.
/// Totals are lower bounds: some requests are billed and never logged.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// Opens the accounts and adds what was noticed to the answer; `doing` is shown to a person who waits.
fn call(
    context: &Context,
    doing: &'static str,
    work: impl FnOnce(&Accounts<'_>, &mut Vec<Diagnostic>) -> Result<Outcome, Problem>,
) -> Result<Outcome, Problem> {
    let place = Place::find(&context.folder, &context.home);
    let mut notes = place.notes.clone();
    let accounts = Accounts::open(&place, &context.home, &context.clock, context.globals.dry_run, &mut notes);
    match progress::during(doing, &context.globals, || work(&accounts, &mut notes))? {
        Outcome::Answer(answer) => Ok(Outcome::Answer(answer.noting(notes))),
        other => Ok(other),
    }
}

/// What became of the repository's ledger and of what is derived from it.
#[derive(Debug, Serialize, JsonSchema)]
struct KeptView {
    /// Lines that were appended to `costs/ledger.jsonl`.
    appended: usize,
    /// Rows of it that count.
    rows: usize,
    /// Derived files that were written.
    written: Vec<String>,
    /// Older files that became ledger rows, kept as `.bak`.
    taken: Vec<String>,
}

impl KeptView {
    fn new(kept: &Kept) -> Self {
        let Kept { appended, rows, written, taken } = kept.clone();
        Self { appended, rows, written, taken }
    }

    fn text(&self, paint: Paint, applied: bool) -> String {
        let word = if applied { "" } else { " (nothing was written)" };
        let mut out = format!("ledger: {} appended, {} in all{word}\n", count(self.appended, "line"), count(self.rows, "row"));
        for name in &self.taken {
            out += &format!("{} {name} became ledger rows; the original is kept as .bak\n", paint.dim("taken over:"));
        }
        out
    }
}
