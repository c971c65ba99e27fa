//! The briefing in Markdown: fills `templates/start-day.md.tera` with lines that are clean and bounded,
//! and keeps the whole under the token bound by showing fewer rows.

use serde::Serialize;
use wfo_base::{Diagnostic, Problem, template, text};
use wfo_day::TEMPLATE as OWN_TEMPLATE;

use super::{Detail, StartDayView, lines};
use crate::render::proposal::ProposalView;

/// The built-in template.
const TEMPLATE: &str = include_str!("../../../../../templates/start-day.md.tera");
/// The most tokens (4 characters each) of the standard briefing.
const BOUND: u64 = 1_500;
/// The most characters of one quoted row.
const ROW: usize = 120;

/// How many rows of each list are shown.
#[derive(Debug, Clone, Copy)]
struct Rows {
    queue: usize,
    list: usize,
    commits: usize,
    additions: usize,
}

impl Rows {
    fn of(detail: Detail) -> Self {
        match detail {
            Detail::Brief => Self { queue: 5, list: 0, commits: 0, additions: 10 },
            Detail::Standard => Self { queue: 10, list: 5, commits: 3, additions: 40 },
            Detail::Detailed => Self { queue: 40, list: 20, commits: 5, additions: 40 },
        }
    }

    /// Three quarters of everything, at least one task.
    fn fewer(self) -> Self {
        Self {
            queue: (self.queue * 3 / 4).max(1),
            list: self.list * 3 / 4,
            commits: self.commits * 3 / 4,
            additions: (self.additions * 3 / 4).max(1),
        }
    }
}

/// What the template is given. Every string is one clean line.
#[derive(Debug, Serialize)]
struct Values {
    name: String,
    heading: String,
    alerts: Vec<String>,
    quote_heading: &'static str,
    sections: Vec<Section>,
    costs: Vec<String>,
    resources: Vec<String>,
    additions: Vec<String>,
    proposal: Option<ProposalView>,
}

/// One list of quoted rows.
#[derive(Debug, Serialize)]
struct Section {
    title: &'static str,
    rows: Vec<String>,
    more: usize,
}

/// Fills the template.
pub(super) fn markdown(view: &StartDayView) -> Result<String, Problem> {
    let detail = view.wording().detail;
    let mut rows = Rows::of(detail);
    let additions = additions(view);
    for _ in 0..16 {
        let page = template::render("start-day.md.tera", TEMPLATE, &values(view, rows, &additions))?;
        if detail == Detail::Detailed || text::tokens(&page) <= BOUND || (rows.queue == 1 && rows.additions == 1) {
            return Ok(page);
        }
        rows = rows.fewer();
    }
    template::render("start-day.md.tera", TEMPLATE, &values(view, rows, &additions))
}

fn values(view: &StartDayView, rows: Rows, additions: &[String]) -> Values {
    Values {
        name: plain_name(&view.project.name),
        heading: lines::kinds_and_time(view),
        alerts: view
            .alerts
            .iter()
            .map(|alert| format!("{}: {}", alert.severity, text::quoted(&alert.message)))
            .collect(),
        quote_heading: text::QUOTE_HEADING,
        sections: sections(view, rows),
        costs: if view.wording().costs { lines::costs(view) } else { Vec::new() },
        resources: lines::resources(view),
        additions: shown_additions(additions, rows.additions),
        proposal: view.proposal.as_ref().map(|proposal| ProposalView {
            id: proposal.id.clone(),
            title: text::quoted(&proposal.title),
            // Every character stands as it is: the rows begin with a word, so none can close the fence.
            actions: proposal.actions.clone(),
        }),
    }
}

/// Keeps of a folder's name what cannot be read as Markdown or as a sentence to an agent: the name stands outside the quotes.
fn plain_name(name: &str) -> String {
    let kept = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' });
    text::clip(&kept.collect::<String>(), 60).into_owned()
}

fn sections(view: &StartDayView, rows: Rows) -> Vec<Section> {
    let mut out = Vec::new();
    let mut add = |title, all: Vec<String>, shown: usize, cut: Option<usize>| {
        let more = all.len().saturating_sub(shown) + cut.unwrap_or(0);
        let rows: Vec<String> =
            all.iter().take(shown).map(|row| text::clip(&text::quoted(row), ROW).into_owned()).collect();
        if !rows.is_empty() {
            out.push(Section { title, rows, more });
        }
    };
    add("Git", lines::git(view), usize::MAX, None);
    add("Recent commits", lines::commits(view), rows.commits, None);
    if let Some(handover) = &view.handover {
        let ticked = |list: &[String]| list.iter().map(|line| format!("[x] {line}")).collect();
        add("Completed (last session)", ticked(&handover.completed), rows.list, handover.completed_more);
        add("In progress", lines::in_progress(handover), rows.list, handover.in_progress_more);
        add("Blockers", handover.blockers.clone(), rows.list, handover.blockers_more);
        add("Decisions", handover.decisions.clone(), rows.list.min(3), handover.decisions_more);
    }
    add("Workflows", lines::workflows(view), rows.list, view.workflows_more);
    add("Worktrees", lines::worktrees(view), rows.list, view.worktrees_more);
    add("Priority queue", lines::queue(view), rows.queue, view.queue_more);
    out
}

fn shown_additions(lines: &[String], shown: usize) -> Vec<String> {
    let more = lines.len().saturating_sub(shown);
    let rest = (more > 0).then(|| format!("... and {more} more lines"));
    lines.iter().take(shown).cloned().chain(rest).collect()
}

/// Lines of the project's own template and command, each quoted.
fn additions(view: &StartDayView) -> Vec<String> {
    let mut out = view.filled.clone();
    if let Some(output) = &view.command_output {
        out.extend(quoted_lines(output));
    }
    out
}

/// Fills the project's own template: its lines, each quoted, or the first line of what is wrong with it and a note.
pub(super) fn filled(own: &str, view: &StartDayView) -> (Vec<String>, Vec<Diagnostic>) {
    match template::render_foreign(OWN_TEMPLATE, own, &serde_json::to_value(view).unwrap_or_default()) {
        Ok(page) => (quoted_lines(&page).collect(), Vec::new()),
        Err(problem) => {
            let shown = problem.to_string();
            let first = text::quoted(shown.lines().next().unwrap_or_default());
            (vec![format!("({})", text::clip(&first, ROW))], vec![problem.warning()])
        }
    }
}

fn quoted_lines(page: &str) -> impl Iterator<Item = String> {
    page.lines().map(text::quoted).filter(|line| !line.is_empty()).take(40).collect::<Vec<_>>().into_iter()
}
