//! `cost report`: the figures as a page, and as a dashboard.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem, Usd};
use wfo_cost::report::{Hint, Saving};
use wfo_day::cost::{Accounts, ReportAsk, report};

use super::super::Outcome;
use super::period::parse_day;
use crate::answer::{Answer, View};
use crate::render::Paint;
use crate::render::cost::{PeriodView, dollars};

/// Write the cost report of a day, a week or a month, with what could be saved
///
/// Writes `costs/cost-report.md` and, for one day, `costs/reports/daily-DATE.md`; with --all below CONFIG/wfo/cost, since what
/// one project costs is no other's business. With --html also a dashboard: one file, no network, no script.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The first day [default: the first of this month]
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<String>,
    /// The last day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<String>,
    /// One day alone
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["from", "to"])]
    day: Option<String>,
    /// In every project, not in this one alone
    #[arg(long)]
    all: bool,
    /// Also write the dashboard [default file: reports/dashboard.html beside the report]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "")]
    html: Option<String>,
}

/// The report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether files were written.
    applied: bool,
    /// The files.
    files: Vec<String>,
    /// What was spent.
    period: PeriodView,
    /// Spent since the first of the month.
    #[schemars(with = "Option<f64>")]
    month_to_date_usd: Option<Usd>,
    /// At this pace by the end of the month; null on its first day.
    #[schemars(with = "Option<f64>")]
    projected_usd: Option<Usd>,
    /// What may be spent tomorrow within every soft limit; null without limits.
    #[schemars(with = "Option<f64>")]
    tomorrow_usd: Option<Usd>,
    /// Dear days, newest first.
    anomalies: Vec<AnomalyView>,
    /// What could be saved, from real tokens at other prices.
    hints: Vec<HintView>,
    /// How many hints were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    hints_more: Option<usize>,
    /// What was saved.
    savings: Vec<SavingView>,
    /// The page itself.
    markdown: String,
}

/// A day that cost far more than those before it.
#[derive(Debug, Serialize, JsonSchema)]
struct AnomalyView {
    /// The day.
    day: String,
    /// What it cost.
    #[schemars(with = "f64")]
    usd: Usd,
    /// What it had to exceed: median and 3 median deviations of the days before.
    #[schemars(with = "f64")]
    threshold_usd: Usd,
}

/// What could be saved.
#[derive(Debug, Serialize, JsonSchema)]
struct HintView {
    /// cheaper-model, cache-lifetime, cache-unread, batch, prompt-growth or peak-hours.
    kind: &'static str,
    /// What it is about.
    title: String,
    /// What it would have saved in the period; null where the rule cannot tell.
    #[schemars(with = "Option<f64>")]
    usd: Option<Usd>,
    /// The figures and the rule.
    basis: String,
    /// What to do.
    action: String,
}

impl From<&Hint> for HintView {
    fn from(hint: &Hint) -> Self {
        let Hint { kind, title, usd, basis, action } = hint.clone();
        Self { kind, title, usd, basis, action }
    }
}

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
struct SavingView {
    /// cache or batch.
    kind: &'static str,
    /// What it is about.
    title: String,
    /// How much.
    #[schemars(with = "f64")]
    usd: Usd,
    /// The figures and the rule.
    basis: String,
}

impl From<&Saving> for SavingView {
    fn from(saving: &Saving) -> Self {
        let Saving { kind, title, usd, basis } = saving.clone();
        Self { kind, title, usd, basis }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = self.period.text(paint);
        out += &format!(
            "\nmonth to date {}, at this pace {} by its end, tomorrow {}\n",
            dollars(self.month_to_date_usd),
            dollars(self.projected_usd),
            dollars(self.tomorrow_usd)
        );
        for hint in &self.hints {
            let saves = hint.usd.map_or_else(String::new, |usd| format!(" {}", dollars(Some(usd))));
            out += &format!("{}{saves}: {}\n", paint.yellow(&hint.title), hint.action);
        }
        let word = if self.applied { "wrote" } else { "would write" };
        for file in &self.files {
            out += &format!("{word} {file}\n");
        }
        out
    }

    fn markdown(&self) -> Result<String, Problem> {
        Ok(self.markdown.clone())
    }

    fn cut(&mut self, limit: usize) {
        self.period.cut(limit);
        crate::render::cut(&mut self.hints, &mut self.hints_more, limit);
    }
}

pub(super) fn run(args: &Args, accounts: &Accounts<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let day = |text: &Option<String>| text.as_deref().map(parse_day).transpose();
    let today = accounts.clock.today();
    let (from, to) = match day(&args.day)? {
        Some(one) => (one, one),
        None => {
            let to = day(&args.to)?.unwrap_or(today);
            (day(&args.from)?.unwrap_or_else(|| to.first_of_month()), to)
        }
    };
    if from > to {
        return Err(Problem::new(wfo_base::codes::USAGE, format!("{from} is after {to}"))
            .hint("say the earlier day with --from"));
    }
    let html = args.html.as_deref().map(|file| Some(file).filter(|file| !file.is_empty()).map(Path::new));
    let done = report(accounts, &ReportAsk { from, to, all: args.all, html }, notes)?;
    let figures = &done.figures;
    let known = |usd: Usd| Some(usd).filter(|_| done.complete);
    let view = Shown {
        applied: !accounts.dry_run,
        files: done.files,
        period: PeriodView::new(&figures.period, args.all, done.complete),
        month_to_date_usd: known(figures.outlook.month_to_date),
        projected_usd: figures.outlook.projected.and_then(known),
        tomorrow_usd: figures.outlook.tomorrow.as_ref().and_then(|plan| known(plan.usd)),
        anomalies: figures
            .outlook
            .anomalies
            .iter()
            .map(|one| AnomalyView { day: one.day.to_string(), usd: one.usd, threshold_usd: one.threshold })
            .collect(),
        hints: figures.hints.iter().map(HintView::from).collect(),
        hints_more: None,
        savings: figures.savings.iter().map(SavingView::from).collect(),
        markdown: done.markdown,
    };
    let next = (!done.complete).then(|| "wfo-helper cost import".to_owned());
    Ok(Answer::new("wfo.cost-report/1", view).next(next).into())
}
