//! The report as Markdown: figures worded and put into tables, then into the template.
//! Rounds for reading only; every name from outside is folded to one line and stands in a code span.

use jiff::civil::Date;
use serde::Serialize;
use wfo_base::text::{code_span, one_line};
use wfo_base::{Problem, Usd, template};

use crate::budget::Scope;
use crate::percent::Percent;
use crate::report::figures::{Figures, Inputs};
use crate::report::period::{Part, Period};
use crate::report::table::table;
use crate::report::words::{self, at_least, maybe_usd, percent};
use crate::tokens::Tokens;

/// The template that we bring.
pub const TEMPLATE: &str = include_str!("../../../../templates/cost-report.md.tera");
/// Its name.
pub const NAME: &str = "cost-report.md.tera";
/// How many rows a list shows.
const ROWS: usize = 12;
/// What every total leaves out.
pub(crate) const LOWER_BOUND: &str = "Totals are a lower bound: Claude Code bills the requests of its permission check and does not log them, and an answer that broke off may be logged with fewer tokens.";

/// The values that the template is filled with. Tables are Markdown, empty where there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// `Daily cost report: 2026-11-21`, or the two days of a longer one.
    pub title: String,
    /// What it is about.
    pub project: String,
    /// When it was made: day and minute in that zone.
    pub generated: String,
    /// The zone of days and hours.
    pub zone: String,
    /// Whether it is about one day.
    pub one_day: bool,
    /// Figures of the period, one sentence each.
    pub summary: Vec<String>,
    /// Today, week and month against their limits.
    pub budgets: String,
    /// By day.
    pub days: String,
    /// By hour.
    pub hours: String,
    /// By model.
    pub models: String,
    /// By task type.
    pub tasks: String,
    /// By category.
    pub categories: String,
    /// By project.
    pub projects: String,
    /// By feature.
    pub features: String,
    /// By branch.
    pub branches: String,
    /// By skill.
    pub skills: String,
    /// The dearest sessions.
    pub sessions: String,
    /// The dearest calls.
    pub calls: String,
    /// Trend, projection and burn rate, one sentence each.
    pub trends: Vec<String>,
    /// Dear days, one sentence each.
    pub anomalies: Vec<String>,
    /// What was saved, one sentence each.
    pub achievements: Vec<String>,
    /// What may be spent tomorrow, one sentence each.
    pub tomorrow: Vec<String>,
    /// What could be saved, one sentence each.
    pub recommendations: Vec<String>,
    /// What to know about the figures.
    pub notes: Vec<String>,
}

/// Makes the report on `from` to `to`, filled into our template.
///
/// # Errors
/// `template.invalid` when the template cannot be filled.
pub fn markdown(inputs: &Inputs<'_>, figures: &Figures) -> Result<String, Problem> {
    let text = template::render(NAME, TEMPLATE, &page(inputs, figures))?;
    Ok(format!("{}\n", text.trim_end()))
}

/// Words the figures.
#[must_use]
pub fn page(inputs: &Inputs<'_>, figures: &Figures) -> Page {
    let period = &figures.period;
    let one_day = period.from == period.to;
    let title = if one_day {
        format!("Daily cost report: {}", period.from)
    } else {
        format!("Cost report: {} to {}", period.from, period.to)
    };
    Page {
        title,
        project: code_span(&words::name(Some(inputs.title))),
        generated: words::minute(inputs.now),
        zone: one_line(inputs.zone).into_owned(),
        one_day,
        summary: summary(period),
        budgets: budgets(inputs, figures),
        days: if one_day { String::new() } else { by_day(period) },
        hours: by_hour(period),
        models: by("Model", &period.by_model),
        tasks: by("Task type", &period.by_task),
        categories: by("Category", &period.by_category),
        projects: by("Project", &period.by_project),
        features: by("Feature", &period.by_feature),
        branches: by("Branch", &period.by_branch),
        skills: by("Skill", &period.by_skill),
        sessions: by("Session", &period.by_session),
        calls: calls(figures),
        trends: trends(figures),
        anomalies: anomalies(figures, period.from, period.to),
        achievements: figures.savings.iter().map(|saving| sentence(&saving.title, saving.usd, &saving.basis)).collect(),
        tomorrow: tomorrow(figures),
        recommendations: recommendations(figures),
        notes: notes(inputs, period),
    }
}

fn sentence(title: &str, usd: Usd, basis: &str) -> String {
    format!("{}: {} ({basis})", words::capital(title), words::usd(usd))
}

fn summary(period: &Period) -> Vec<String> {
    let unpriced: u64 = period.unpriced.iter().map(|entry| entry.count).sum();
    let tokens = period.tokens;
    let mut lines = vec![
        format!(
            "Total {} for {} in {}",
            at_least(period.total_usd, unpriced),
            words::counted(period.requests, "response"),
            words::counted(period.sessions, "session")
        ),
        format!(
            "Tokens: {} input, {} output, {} read from the cache, {} written to it for 5 minutes and {} for an hour",
            words::tokens(tokens.input),
            words::tokens(tokens.output),
            words::tokens(tokens.cache_read),
            words::tokens(tokens.cache_write_5m),
            words::tokens(tokens.cache_write_1h)
        ),
    ];
    if let Some(part) = period.by_model.first().filter(|part| part.usd.is_some()) {
        let name = code_span(&words::name(part.name.as_deref()));
        lines.push(format!("Dearest model: {name} with {} ({})", maybe_usd(part.usd), percent(part.share)));
    }
    lines
}

fn budgets(inputs: &Inputs<'_>, figures: &Figures) -> String {
    let scopes = [(Scope::Daily, &figures.today), (Scope::Weekly, &figures.week), (Scope::Monthly, &figures.month)];
    let rows: Vec<Vec<String>> = scopes
        .into_iter()
        .map(|(scope, period)| {
            let limits = inputs.budgets.in_force.iter().find(|limits| limits.scope == scope);
            let soft = limits.and_then(|limits| limits.soft);
            let used = period.total_usd.zip(soft);
            vec![
                words::scope(scope).to_owned(),
                maybe_usd(period.total_usd),
                maybe_usd(soft),
                maybe_usd(limits.and_then(|limits| limits.hard)),
                maybe_usd(used.map(|(spent, soft)| soft - spent)),
                percent(used.and_then(|(spent, soft)| Percent::of(spent, soft))),
            ]
        })
        .collect();
    table(&["Scope", "Spent", "Soft limit", "Hard limit", "Left", "Used"], &rows)
}

/// Returns the heads of a table of groups.
pub(crate) fn heads(what: &str) -> [&str; 6] {
    [what, "Cost", "Share", "Responses", "Each", "Tokens"]
}

/// Returns one row of a table of groups; `name` is its first cell.
pub(crate) fn row(name: String, part: &Part) -> Vec<String> {
    let count = usize::try_from(part.requests).unwrap_or(usize::MAX);
    let each = part.usd.filter(|_| part.unpriced == 0).and_then(|usd| usd.mean(count));
    vec![
        name,
        at_least(part.usd, part.unpriced),
        percent(part.share),
        words::count(part.requests),
        maybe_usd(each),
        words::tokens(part.tokens.sum()),
    ]
}

/// Returns the row of those that are not shown.
fn rest(more: usize, parts: &[Part]) -> Vec<String> {
    let others = parts.iter().skip(ROWS);
    let known: Usd = others.clone().filter_map(|part| part.usd).sum();
    let unpriced = others.clone().map(|part| part.unpriced).sum();
    let requests = others.clone().map(|part| part.requests).sum();
    let tokens: Tokens = others.map(|part| part.tokens).sum();
    vec![
        format!("{more} more"),
        at_least(Some(known), unpriced),
        String::new(),
        words::count(requests),
        String::new(),
        words::tokens(tokens.sum()),
    ]
}

fn by(what: &str, parts: &[Part]) -> String {
    // one group without a name says nothing that the total does not
    if parts.iter().all(|part| part.name.is_none()) {
        return String::new();
    }
    let cell = |part: &Part| match part.name.as_deref() {
        Some(name) if what == "Session" => code_span(&words::session(name)),
        Some(name) => code_span(&words::name(Some(name))),
        None => words::NONE.to_owned(),
    };
    let mut rows: Vec<Vec<String>> = parts.iter().take(ROWS).map(|part| row(cell(part), part)).collect();
    if let Some(more) = parts.len().checked_sub(ROWS).filter(|more| *more > 0) {
        rows.push(rest(more, parts));
    }
    table(&heads(what), &rows)
}

fn by_day(period: &Period) -> String {
    let rows: Vec<Vec<String>> = period
        .by_day
        .iter()
        .map(|day| {
            let sum = &day.sum;
            let usd = at_least(sum.usd(), sum.unpriced);
            vec![day.day.to_string(), usd, words::count(sum.requests), words::tokens(sum.tokens.sum())]
        })
        .collect();
    table(&["Day", "Cost", "Responses", "Tokens"], &rows)
}

fn by_hour(period: &Period) -> String {
    table(&["Hour", "Cost", "Responses", "Tokens"], &hour_rows(period))
}

/// Returns one row for each hour with spend.
pub(crate) fn hour_rows(period: &Period) -> Vec<Vec<String>> {
    let used = period.by_hour.iter().filter(|hour| hour.sum.requests > 0 || hour.sum.usd() != Some(Usd::ZERO));
    used.map(|hour| {
        let name = hour.hour.map_or_else(|| words::NONE.to_owned(), |hour| format!("{hour:02}:00"));
        let sum = &hour.sum;
        vec![name, at_least(sum.usd(), sum.unpriced), words::count(sum.requests), words::tokens(sum.tokens.sum())]
    })
    .collect()
}

fn calls(figures: &Figures) -> String {
    let rows: Vec<Vec<String>> = figures
        .top_calls
        .iter()
        .map(|call| {
            vec![
                format!("{} {:02}:00", call.day, call.hour),
                words::usd(call.usd),
                code_span(&words::name(Some(&call.model))),
                code_span(&words::session(&call.session)),
                words::tokens(call.tokens.prompt()),
                words::tokens(call.tokens.output),
            ]
        })
        .collect();
    table(&["Hour", "Cost", "Model", "Session", "Prompt", "Output"], &rows)
}

/// Words trend, projection and burn rate.
pub(crate) fn trends(figures: &Figures) -> Vec<String> {
    let outlook = &figures.outlook;
    let trend = &outlook.trend;
    let mut lines = vec![format!(
        "Last 7 whole days {}, the 7 before {} ({}), last 30 {}",
        words::usd(trend.last_7),
        words::usd(trend.before_7),
        trend.change.map_or_else(|| words::UNKNOWN.to_owned(), signed),
        words::usd(trend.last_30)
    )];
    lines.push(match outlook.projected {
        Some(projected) => format!(
            "Month to date {}; at this pace {} by the end of the month (month to date / elapsed days x days in the month)",
            words::usd(outlook.month_to_date),
            words::usd(projected)
        ),
        None => format!(
            "Month to date {}; a projection needs one whole day of the month",
            words::usd(outlook.month_to_date)
        ),
    });
    if let Some(burn) = outlook.burn {
        let verdict = if burn.too_fast { ": faster than 1.5 times the month" } else { "" };
        lines.push(format!(
            "{} % of the monthly budget is used, {} % of the month is over{verdict}",
            burn.used, burn.elapsed
        ));
    }
    lines
}

fn signed(change: Percent) -> String {
    if change.tenths() > 0 { format!("+{change} %") } else { format!("{change} %") }
}

/// Words the dear days from `from` to `to`.
pub(crate) fn anomalies(figures: &Figures, from: Date, to: Date) -> Vec<String> {
    let found = figures.outlook.anomalies.iter().filter(|found| (from..=to).contains(&found.day));
    found
        .map(|found| {
            format!(
                "{}: {}, above {} (median {} + 3 x median deviation {} of the {} before)",
                found.day,
                words::usd(found.usd),
                words::usd(found.threshold),
                words::usd(found.median),
                words::usd(found.deviation),
                words::plural(found.compared as u64, "day with spend", "days with spend")
            )
        })
        .collect()
}

/// Words what may be spent tomorrow.
pub(crate) fn tomorrow(figures: &Figures) -> Vec<String> {
    let Some(plan) = &figures.outlook.tomorrow else { return Vec::new() };
    let part = |(scope, usd): &(Scope, Usd)| match scope {
        Scope::Daily => format!("daily limit {}", words::usd(*usd)),
        Scope::Weekly => format!("the week leaves {} a day", words::usd(*usd)),
        Scope::Monthly => format!("the month leaves {} a day", words::usd(*usd)),
    };
    let parts: Vec<String> = plan.parts.iter().map(part).collect();
    vec![format!("{} tomorrow, the smallest of: {}", words::usd(plan.usd), parts.join(", "))]
}

fn recommendations(figures: &Figures) -> Vec<String> {
    let worded = figures.hints.iter().map(|hint| {
        let saves = hint.usd.map_or_else(String::new, |usd| format!(", up to {}", words::usd(usd)));
        format!("{}{saves}: {}. Next: {}", words::capital(&hint.title), hint.basis, hint.action)
    });
    worded.collect()
}

/// Words what to know about the figures.
pub(crate) fn notes(inputs: &Inputs<'_>, period: &Period) -> Vec<String> {
    let mut lines = vec![LOWER_BOUND.to_owned()];
    for entry in &period.unpriced {
        let model =
            entry.model.as_deref().map_or_else(|| words::NONE.to_owned(), |name| code_span(&words::name(Some(name))));
        lines.push(format!(
            "No price is known for {model}: {} tokens of {} are in no amount",
            words::tokens(entry.tokens.sum()),
            words::plural(entry.count, "entry", "entries")
        ));
    }
    lines.extend(inputs.notes.iter().map(|note| one_line(note).into_owned()));
    lines
}

#[cfg(test)]
mod tests;
