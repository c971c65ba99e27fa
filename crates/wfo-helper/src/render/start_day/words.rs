//! The briefing for a terminal: headings, indented rows, aligned columns.

use wfo_base::text;

use super::{Detail, StartDayView, lines};
use crate::render::{Paint, Table};

/// Words the whole briefing.
pub(super) fn text(view: &StartDayView, paint: Paint) -> String {
    let wording = view.wording();
    let mut out =
        format!("{}\n{}\n", paint.bold(&text::one_line(&view.project.name)), paint.dim(&lines::heading(view)));
    for alert in &view.alerts {
        let line = format!("! {}", alert.message);
        let line = match alert.severity.as_str() {
            "error" => paint.red(&line),
            "warning" => paint.yellow(&line),
            _ => line,
        };
        out += &format!("{line}\n");
    }
    section(&mut out, paint, "Git", &lines::git(view), None);
    if wording.detail != Detail::Brief {
        section(&mut out, paint, "Recent commits", &lines::commits(view), None);
        handover(&mut out, paint, view);
        section(&mut out, paint, "Workflows", &lines::workflows(view), view.workflows_more);
        section(&mut out, paint, "Worktrees", &lines::worktrees(view), view.worktrees_more);
    }
    queue(&mut out, paint, view);
    if wording.costs {
        section(&mut out, paint, "Costs", &lines::costs(view), None);
    }
    section(&mut out, paint, "Resources", &lines::resources(view), None);
    if let Some(output) = &view.command_output {
        let rows: Vec<String> = output.lines().map(|line| text::one_line(line).into_owned()).collect();
        section(&mut out, paint, "From the project's command", &rows, None);
    }
    if let Some(proposal) = &view.proposal {
        out += &format!("\n{}", proposal.text(paint));
    }
    out
}

fn section(out: &mut String, paint: Paint, title: &str, rows: &[String], more: Option<usize>) {
    if rows.is_empty() {
        return;
    }
    *out += &format!("\n{}\n", paint.bold(title));
    for row in rows {
        *out += &format!("  {}\n", text::clip(&text::one_line(row), 160));
    }
    and_more(out, more);
}

fn and_more(out: &mut String, more: Option<usize>) {
    if let Some(more) = more {
        *out += &format!("  ... and {more} more\n");
    }
}

fn handover(out: &mut String, paint: Paint, view: &StartDayView) {
    let Some(handover) = &view.handover else { return };
    let title = match &handover.updated {
        Some(updated) => format!("Completed (last session, {updated})"),
        None => "Completed (last session)".to_owned(),
    };
    section(out, paint, &title, &handover.completed, handover.completed_more);
    section(out, paint, "In progress", &lines::in_progress(handover), handover.in_progress_more);
    section(out, paint, "Blockers", &handover.blockers, handover.blockers_more);
    section(out, paint, "Decisions", &handover.decisions, handover.decisions_more);
}

fn queue(out: &mut String, paint: Paint, view: &StartDayView) {
    let wording = view.wording();
    let shown = match wording.detail {
        Detail::Brief => 5,
        Detail::Standard => 15,
        Detail::Detailed => usize::MAX,
    };
    let mut table = Table::new();
    for (index, row) in view.queue.iter().take(shown).enumerate() {
        let task = text::clip(&row.task, 80).into_owned();
        let task = match &row.blocked_by {
            Some(by) => format!("{task} {}", paint.yellow(&format!("(blocked by: {})", text::clip(by, 60)))),
            None => task,
        };
        let place = paint.dim(&format!("{}:{}", row.source.file, row.source.line));
        let agent = row.agent.as_deref().unwrap_or("-");
        table.row([format!("{:>2}.", index + 1), row.score.to_string(), agent.to_owned(), place, task]);
        if wording.detail == Detail::Detailed {
            table.row([String::new(), String::new(), String::new(), String::new(), paint.dim(&row.reasons.join("; "))]);
        }
    }
    if table.is_empty() {
        return;
    }
    *out += &format!("\n{}\n{}", paint.bold("Priority queue"), table.lines(1));
    let more = view.queue.len().saturating_sub(shown) + view.queue_more.unwrap_or(0);
    and_more(out, (more > 0).then_some(more));
}
