//! The summary in Markdown: fills `templates/end-day.md.tera` with lines that are clean and bounded.

use serde::Serialize;
use wfo_base::{Diagnostic, Problem, template, text};
use wfo_day::end_day::TEMPLATE as OWN_TEMPLATE;

use super::{EndDayView, words};
use crate::render::cost::dollars;

/// The built-in template.
const TEMPLATE: &str = include_str!("../../../../../templates/end-day.md.tera");
/// The most rows of one list.
const ROWS: usize = 12;
/// The most lines of the project's own template.
const ADDED: usize = 40;

/// What the template is given. Every string is one clean line.
#[derive(Debug, Serialize)]
struct Values {
    name: String,
    ended: String,
    dry_run: bool,
    verdict: &'static str,
    checks: Vec<Row>,
    steps: Vec<Row>,
    figures: Option<String>,
    costs: Option<String>,
    quote_heading: &'static str,
    sections: Vec<Section>,
    additions: Vec<String>,
}

/// A check or a step.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    verdict: &'static str,
    detail: String,
    next: Option<String>,
}

/// One list of quoted rows.
#[derive(Debug, Serialize)]
struct Section {
    title: &'static str,
    rows: Vec<String>,
    more: usize,
}

/// Fills the template.
pub(super) fn markdown(view: &EndDayView) -> Result<String, Problem> {
    let page = template::render("end-day.md.tera", TEMPLATE, &values(view))?;
    Ok(page.trim_end().to_owned() + "\n")
}

fn values(view: &EndDayView) -> Values {
    let checks = view.sweep.checks.iter().map(|check| Row {
        name: check.name,
        verdict: check.verdict,
        detail: text::quoted(&check.detail),
        next: check.next.clone().filter(|_| matches!(check.verdict, "fail" | "unknown")),
    });
    let steps = view.steps.iter().skip(1).map(|step| Row {
        name: step.name,
        verdict: step.verdict,
        detail: text::quoted(&step.detail),
        next: None,
    });
    Values {
        name: plain_name(&view.project),
        ended: view.ended.clone(),
        dry_run: !view.applied,
        verdict: words::verdict(view),
        checks: checks.collect(),
        steps: steps.collect(),
        figures: words::figures(view),
        costs: costs(view),
        quote_heading: text::QUOTE_HEADING,
        sections: sections(view),
        additions: view.additions.clone(),
    }
}

fn costs(view: &EndDayView) -> Option<String> {
    let costs = view.costs.as_ref()?;
    let percent = costs.percent_used.map(|percent| format!(" ({percent} %)")).unwrap_or_default();
    let (today, month, budget) = (dollars(costs.today_usd), dollars(costs.month_usd), dollars(costs.budget_usd));
    Some(format!("Today {today}, month {month} of {budget}{percent}"))
}

/// Findings first, then the lists of the hand-over.
fn sections(view: &EndDayView) -> Vec<Section> {
    let section = |title, rows: Vec<String>, cut: usize| {
        let more = rows.len().saturating_sub(ROWS) + cut;
        let rows = rows.iter().take(ROWS).map(|row| text::quoted(row)).collect();
        Section { title, rows, more }
    };
    let mut out = Vec::new();
    for check in view.sweep.checks.iter().filter(|check| !check.items.is_empty()) {
        // What the commits brought stands among the secrets already.
        if check.name != "history" {
            let rows = check.items.iter().map(|item| format!("{}: {}", item.place(), item.title)).collect();
            out.push(section("Findings", rows, check.items_more.unwrap_or(0)));
        }
    }
    out.extend(words::lists(view).into_iter().map(|(title, list)| section(title, list.to_vec(), 0)));
    out
}

/// Keeps of a folder's name what cannot be read as Markdown or as a sentence to an agent: the name stands outside the quotes.
fn plain_name(name: &str) -> String {
    let kept = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' });
    text::clip(&kept.collect::<String>(), 60).into_owned()
}

/// Fills the project's own template: its lines, each quoted, or the first line of what is wrong with it and a note.
pub(super) fn filled(own: &str, view: &EndDayView) -> (Vec<String>, Vec<Diagnostic>) {
    match template::render_foreign(OWN_TEMPLATE, own, &serde_json::to_value(view).unwrap_or_default()) {
        Ok(page) => (page.lines().map(text::quoted).filter(|line| !line.is_empty()).take(ADDED).collect(), Vec::new()),
        Err(problem) => {
            let shown = problem.to_string();
            let first = text::quoted(shown.lines().next().unwrap_or_default());
            (vec![format!("({first})")], vec![problem.warning()])
        }
    }
}
