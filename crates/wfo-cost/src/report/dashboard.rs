//! The report as one HTML page that needs no network and no script: tiles, plots, and a table under each plot.
//! Every text is escaped by the template or by the drawing; nothing but our own drawings is taken as markup.

use jiff::civil::Date;
use serde::Serialize;
use wfo_base::text::one_line;
use wfo_base::{Problem, Usd, template};

use crate::budget::{Limits, Scope};
use crate::chart::{DayBars, MonthLine, NARROW, Ranking, WIDE, days::filled};
use crate::percent::Percent;
use crate::report::figures::{Figures, Inputs};
use crate::report::page;
use crate::report::period::{Part, Period};
use crate::report::words::{self, at_least, maybe_usd};

/// The page's template.
pub const TEMPLATE: &str = include_str!("../../../../templates/cost-dashboard.html.tera");
/// Its name; the ending makes the template escape.
pub const NAME: &str = "cost-dashboard.html";
/// The most days of the plot of days.
const MOST_DAYS: i64 = 400;
/// How many rows a table shows.
const ROWS: usize = 50;
/// How many sessions are listed.
const SESSIONS: usize = 10;

/// The values that the page is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dashboard {
    /// What it is about.
    pub title: String,
    /// The period in words.
    pub period: String,
    /// When it was made: day and minute in that zone.
    pub generated: String,
    /// The zone of days and hours.
    pub zone: String,
    /// Today, week, month, projection.
    pub tiles: Vec<Tile>,
    /// The plots.
    pub plots: Vec<Plot>,
    /// Tables without a plot.
    pub tables: Vec<Table>,
    /// What could be saved.
    pub hints: Vec<Advice>,
    /// What was saved.
    pub savings: Vec<Advice>,
    /// Trend, anomalies and tomorrow's budget, one sentence each.
    pub outlook: Vec<String>,
    /// What to know about the figures.
    pub notes: Vec<String>,
}

/// One large figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What it is.
    pub name: String,
    /// The figure.
    pub value: String,
    /// What stands below it.
    pub detail: String,
    /// Width of its bar in percent, 0 to 100; `None` without a limit.
    pub filled: Option<i128>,
    /// `ok`, `near` or `over`.
    pub state: &'static str,
}

/// A drawing in two widths, with the figures it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plot {
    /// The id of its section.
    pub id: &'static str,
    /// SVG for a wide screen.
    pub wide: String,
    /// SVG for a phone.
    pub narrow: String,
    /// What to know about it.
    pub note: String,
    /// Its figures.
    pub table: Table,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// Heads of its columns.
    pub heads: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// One hint or saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What it is about.
    pub title: String,
    /// How much; empty when not known.
    pub usd: String,
    /// Figures and rule.
    pub basis: String,
    /// What to do; empty for what was done.
    pub action: String,
}

/// Makes the page.
///
/// # Errors
/// `template.invalid` when the template cannot be filled.
pub fn html(inputs: &Inputs<'_>, figures: &Figures) -> Result<String, Problem> {
    template::render(NAME, TEMPLATE, &dashboard(inputs, figures))
}

/// Words and draws the figures.
#[must_use]
pub fn dashboard(inputs: &Inputs<'_>, figures: &Figures) -> Dashboard {
    let period = &figures.period;
    let (from, to) = (period.from, period.to);
    let mut outlook = page::trends(figures);
    outlook.extend(page::tomorrow(figures));
    let dear = page::anomalies(figures, from, to);
    outlook.extend(dear.into_iter().map(|line| format!("Stands out: {line}")));
    let advice = |title: &str, usd: String, basis: &str, action: &str| Advice {
        title: plain(&words::capital(title)),
        usd,
        basis: plain(&words::capital(basis)),
        action: plain(&words::capital(action)),
    };
    let hints = figures.hints.iter();
    let savings = figures.savings.iter();
    Dashboard {
        title: words::name(Some(inputs.title)),
        period: if from == to { from.to_string() } else { format!("{from} to {to}") },
        generated: words::minute(inputs.now),
        zone: one_line(inputs.zone).into_owned(),
        tiles: tiles(inputs, figures),
        plots: plots(inputs, figures),
        tables: vec![hours(period), sessions(period)].into_iter().filter(|table| !table.rows.is_empty()).collect(),
        hints: hints
            .map(|hint| advice(&hint.title, hint.usd.map_or_else(String::new, words::usd), &hint.basis, &hint.action))
            .collect(),
        savings: savings.map(|saving| advice(&saving.title, words::usd(saving.usd), &saving.basis, "")).collect(),
        outlook,
        notes: page::notes(inputs, period).iter().map(|line| plain(line)).collect(),
    }
}

/// Takes the marks of Markdown's code out of a sentence.
fn plain(sentence: &str) -> String {
    sentence.replace('`', "")
}

fn limits<'a>(inputs: &Inputs<'a>, scope: Scope) -> Option<&'a Limits> {
    inputs.budgets.in_force.iter().find(|limits| limits.scope == scope)
}

fn soft(inputs: &Inputs<'_>, scope: Scope) -> Option<Usd> {
    limits(inputs, scope)?.soft
}

fn tiles(inputs: &Inputs<'_>, figures: &Figures) -> Vec<Tile> {
    let scopes = [(Scope::Daily, &figures.today), (Scope::Weekly, &figures.week), (Scope::Monthly, &figures.month)];
    let mut tiles: Vec<Tile> = scopes.into_iter().map(|(scope, period)| spent(inputs, scope, period)).collect();
    let projected = figures.outlook.projected;
    let budget = soft(inputs, Scope::Monthly);
    tiles.push(Tile {
        name: "Month, projected".to_owned(),
        value: projected.map_or_else(|| words::UNKNOWN.to_owned(), words::usd_large),
        detail: match (projected, budget) {
            (None, _) => "needs one whole day of the month".to_owned(),
            (Some(_), None) => "no budget".to_owned(),
            (Some(usd), Some(budget)) if usd > budget => format!("{} above the budget", words::usd(usd - budget)),
            (Some(usd), Some(budget)) => format!("{} below the budget", words::usd(budget - usd)),
        },
        filled: projected.zip(budget).and_then(|(usd, budget)| bar(usd, budget)),
        state: if projected.is_some() && budget.is_some() && projected > budget { "over" } else { "ok" },
    });
    tiles
}

fn spent(inputs: &Inputs<'_>, scope: Scope, period: &Period) -> Tile {
    let soft = soft(inputs, scope);
    let unpriced: u64 = period.unpriced.iter().map(|entry| entry.count).sum();
    let used = period.total_usd.zip(soft).and_then(|(spent, soft)| Percent::of(spent, soft));
    let detail = match (used, soft) {
        (Some(used), Some(soft)) => format!("{used} % of {}", words::usd(soft)),
        (None, Some(soft)) => format!("budget {}", words::usd(soft)),
        (_, None) => "no budget".to_owned(),
    };
    Tile {
        name: words::scope(scope).to_owned(),
        value: match period.total_usd {
            Some(known) if unpriced > 0 => format!("{}\u{a0}+\u{a0}?", words::usd_large(known)),
            Some(known) => words::usd_large(known),
            None => words::UNKNOWN.to_owned(),
        },
        detail,
        filled: period.total_usd.zip(soft).and_then(|(spent, soft)| bar(spent, soft)),
        state: state(period.total_usd, limits(inputs, scope)),
    }
}

fn bar(spent: Usd, soft: Usd) -> Option<i128> {
    Percent::of(spent, soft).map(|used| (used.tenths() / 10).clamp(0, 100))
}

/// Judges an amount as alerts do: near from the threshold on, over from the soft limit on.
fn state(spent: Option<Usd>, limits: Option<&Limits>) -> &'static str {
    match (spent, limits, limits.and_then(|limits| limits.soft)) {
        (Some(spent), Some(_), Some(soft)) if spent.is_positive() && spent >= soft => "over",
        (Some(spent), Some(limits), Some(soft)) if spent.is_positive() && spent >= limits.threshold.part_of(soft) => {
            "near"
        }
        _ => "ok",
    }
}

fn plots(inputs: &Inputs<'_>, figures: &Figures) -> Vec<Plot> {
    let period = &figures.period;
    let mut plots = vec![day_plot(inputs, period), month_plot(inputs, figures)];
    plots.push(ranking("models", "Cost by model", "Model", &period.by_model, period));
    plots.push(ranking("features", "Cost by feature", "Feature", &period.by_feature, period));
    // a project on its own is no comparison
    if period.by_project.len() > 1 {
        plots.push(ranking("projects", "Cost by project", "Project", &period.by_project, period));
    }
    if period.by_task.iter().any(|part| part.name.as_deref().is_some_and(|name| name != crate::report::tasks::UNKNOWN))
    {
        plots.push(ranking("tasks", "Cost by task type", "Task type", &period.by_task, period));
    }
    plots
}

fn day_plot(inputs: &Inputs<'_>, period: &Period) -> Plot {
    let amount = |day: Date| period.by_day.iter().find(|entry| entry.day == day).map(|entry| entry.sum.usd());
    let days = filled(period.from, period.to, MOST_DAYS, amount);
    let budget = soft(inputs, Scope::Daily);
    let known: Vec<Usd> = days.iter().filter_map(|(_, usd)| *usd).collect();
    let over = budget.map_or(0, |budget| known.iter().filter(|usd| **usd > budget).count());
    let label = format!(
        "Cost by day, {}; dearest day {}; {} above the daily budget",
        words::counted(days.len() as u64, "day"),
        maybe_usd(known.iter().copied().max()),
        over
    );
    let plot = DayBars { days: &days, budget, label: &label };
    let rows = period.by_day.iter().rev();
    let rows = rows.map(|day| {
        let sum = &day.sum;
        let usd = at_least(sum.usd(), sum.unpriced);
        vec![day.day.to_string(), usd, words::count(sum.requests), words::tokens(sum.tokens.sum())]
    });
    Plot {
        id: "days",
        wide: plot.draw(WIDE),
        narrow: plot.draw(NARROW),
        note: match budget {
            Some(budget) if over > 0 => {
                format!("{} above the daily budget of {}", words::counted(over as u64, "day"), words::usd(budget))
            }
            _ => String::new(),
        },
        table: table("Cost by day", &["Day", "Cost", "Responses", "Tokens"], rows.collect()),
    }
}

fn month_plot(inputs: &Inputs<'_>, figures: &Figures) -> Plot {
    let today = inputs.now.date();
    let days: Vec<(Date, Usd)> =
        figures.days.range(today.first_of_month()..=today).map(|(day, usd)| (*day, *usd)).collect();
    let budget = soft(inputs, Scope::Monthly);
    let label = format!(
        "Cost of {} adding up: {} so far, projected {}, budget {}",
        today.strftime("%B %Y"),
        words::usd(figures.outlook.month_to_date),
        maybe_usd(figures.outlook.projected),
        maybe_usd(budget)
    );
    let plot = MonthLine { today, days: &days, budget, projected: figures.outlook.projected, label: &label };
    let mut sum = Usd::ZERO;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (day, usd) in &days {
        sum = sum + *usd;
        let left = maybe_usd(budget.map(|budget| budget - sum));
        rows.push(vec![day.to_string(), words::usd(*usd), words::usd(sum), left]);
    }
    rows.reverse();
    let title = format!("{} against budget", today.strftime("%B %Y"));
    Plot {
        id: "month",
        wide: plot.draw(WIDE),
        narrow: plot.draw(NARROW),
        note: "Dashed: the pace so far, carried on to the end of the month".to_owned(),
        table: table(&title, &["Day", "Cost", "Sum", "Left"], rows),
    }
}

fn ranking(id: &'static str, title: &str, what: &str, parts: &[Part], period: &Period) -> Plot {
    let named: Vec<(String, Option<Usd>)> =
        parts.iter().map(|part| (words::name(part.name.as_deref()), part.usd)).collect();
    let first =
        named.first().map_or_else(|| "nothing".to_owned(), |(name, usd)| format!("{name}, {}", maybe_usd(*usd)));
    let label = format!("{title}, {} to {}; dearest: {first}", period.from, period.to);
    let plot = Ranking { parts: &named, label: &label };
    let rows = parts.iter().take(ROWS).map(|part| page::row(words::name(part.name.as_deref()), part));
    Plot {
        id,
        wide: plot.draw(WIDE),
        narrow: plot.draw(NARROW),
        note: String::new(),
        table: table(title, &page::heads(what), rows.collect()),
    }
}

fn table(title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Table {
    Table { title: title.to_owned(), heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows }
}

fn hours(period: &Period) -> Table {
    table("Cost by hour", &["Hour", "Cost", "Responses", "Tokens"], page::hour_rows(period))
}

fn sessions(period: &Period) -> Table {
    let parts = period.by_session.iter().take(SESSIONS);
    let name = |part: &Part| part.name.as_deref().map_or_else(|| words::NONE.to_owned(), words::session);
    table("Dearest sessions", &page::heads("Session"), parts.map(|part| page::row(name(part), part)).collect())
}

#[cfg(test)]
mod tests;
