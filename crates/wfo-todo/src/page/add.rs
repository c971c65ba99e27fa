//! Finds the entries of a page's lists, and adds new ones in the form that the list has.

use crate::columns::{self, Column, Table};
use crate::handover::InProgress;
use crate::nesting::Nesting;
use crate::words::is_nothing;

use super::edit::Edit;
use super::layout::{Area, Layout, Part, What};
use super::values::{cell, entry};

/// Lines that we write where a list is empty, and the source's own.
const EMPTY: [&str; 2] = ["_None_", "_No tasks currently in progress_"];

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its first line.
    pub(super) at: usize,
    /// The line behind its last one.
    pub(super) end: usize,
    /// Its text; of a table's row the task.
    pub(super) text: String,
    /// Whether its box is ticked; `None` without one.
    pub(super) ticked: Option<bool>,
}

/// Lists the entries of an area.
pub(super) fn entries(layout: &Layout<'_>, area: &Area) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut nesting = Nesting::default();
    let mut table = Table::default();
    let otherwise = [Column::Task, Column::Branch, Column::Status, Column::Blockers];
    for at in area.heading + 1..area.end {
        match layout.what(at) {
            Some(What::Heading(_)) => (nesting, table) = (Nesting::default(), Table::default()),
            Some(What::Item { tick, indent, text }) => {
                let nested = nesting.push(*indent) > 0;
                if !is_nothing(text) && (!nested || tick.is_some()) {
                    let ticked = tick.map(|tick| tick == wfo_base::markdown::Tick::Done);
                    found.push(Entry { at, end: layout.entry_end(at), text: text.clone(), ticked });
                }
            }
            Some(What::Row(cells)) => {
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                let task = table.row(at + 1, &cells, &otherwise).and_then(|row| row.cell(Column::Task));
                let task = task.filter(|task| !is_nothing(task));
                found.extend(task.map(|task| Entry { at, end: at + 1, text: task.to_owned(), ticked: None }));
            }
            _ => {}
        }
    }
    found
}

/// Adds lines to an area: behind its last entry, else at its end. What said that it is empty goes.
pub(super) fn add(edit: &mut Edit<'_, '_>, layout: &Layout<'_>, area: &Area, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    for at in area.heading + 1..area.own_end {
        if matches!(layout.what(at), Some(What::Text(text)) if EMPTY.contains(&text.as_str())) {
            edit.remove(at, at + 1);
        }
    }
    let at = place(layout, area);
    // A row belongs to the table above it, whatever stands below.
    let is_row = lines.first().is_some_and(|line| line.starts_with('|'));
    edit.add(if is_row { at } else { layout.clear_of(at, area.own_end) }, lines);
}

/// Returns the line before which new entries of an area go.
fn place(layout: &Layout<'_>, area: &Area) -> usize {
    let own = |entry: &Entry| entry.at < area.own_end;
    let last = entries(layout, area).into_iter().filter(own).map(|entry| entry.end.min(area.own_end)).max();
    last.unwrap_or_else(|| layout.tail(area.heading, area.own_end))
}

/// Says that an area is empty where all it had goes.
pub(super) fn say_empty(edit: &mut Edit<'_, '_>, layout: &Layout<'_>, area: &Area) {
    let left = |at: &usize| layout.what(*at).is_some() && !edit.is_removed(*at);
    if !(area.heading + 1..area.end).any(|at| left(&at)) {
        let at = place(layout, area);
        edit.add(at, ["_None_".to_owned()]);
    }
}

/// Words entries for a list: in the form of its last entry.
pub(super) fn list_lines(layout: &Layout<'_>, area: Option<&Area>, part: Part, texts: &[String]) -> Vec<String> {
    let last = area.and_then(|area| entries(layout, area).into_iter().rfind(|entry| entry.at < area.own_end));
    let raw = last.and_then(|last| layout.raw.get(last.at)).map(|raw| String::from_utf8_lossy(raw).into_owned());
    let bare = raw.as_deref().map(str::trim_start).unwrap_or_default();
    let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = bare.get(..digits).and_then(|number| number.parse::<u32>().ok());
    let dot = if bare.get(digits..).is_some_and(|rest| rest.starts_with(')')) { ')' } else { '.' };
    let bullet = bare.chars().next().filter(|mark| matches!(mark, '-' | '*' | '+'));
    let texts = texts.iter().zip(1_u32..);
    let worded = texts.map(|(text, count)| match (part, number, bullet) {
        (Part::Completed, ..) => format!("{} [x] {text}", bullet.unwrap_or('-')),
        (_, Some(number), _) => format!("{}{dot} {text}", number.saturating_add(count)),
        (Part::Priorities, None, None) => format!("{count}. {text}"),
        (_, None, mark) => format!("{} {text}", mark.unwrap_or('-')),
    });
    worded.collect()
}

/// The rows of "In Progress" in the form of what is there: a table's, or check boxes; `header` = a table has to be begun.
pub(super) struct Rows {
    pub(super) lines: Vec<String>,
    pub(super) header: bool,
}

/// Words the rows of "In Progress".
pub(super) fn rows(layout: &Layout<'_>, area: Option<&Area>, tasks: &[InProgress]) -> Rows {
    let Some(area) = area else {
        return Rows { lines: tasks.iter().map(|task| row(None, task)).collect(), header: true };
    };
    let own = area.heading + 1..area.own_end;
    let header = own.clone().find_map(|at| match layout.what(at) {
        Some(What::Row(cells)) => {
            let columns: Vec<Column> = cells.iter().map(|cell| columns::column(cell)).collect();
            columns.contains(&Column::Task).then_some(columns)
        }
        _ => None,
    });
    let has_items = own.clone().any(|at| matches!(layout.what(at), Some(What::Item { .. })));
    let has_rows = own.clone().any(|at| matches!(layout.what(at), Some(What::Row(_))));
    let mut work =
        own.rev().filter_map(|at| layout.what(at)).filter(|what| matches!(what, What::Row(_) | What::Item { .. }));
    let is_last_row = work.next().is_some_and(|what| matches!(what, What::Row(_)));
    let lines = |make: &dyn Fn(&InProgress) -> String| tasks.iter().map(make).collect();
    match header {
        Some(columns) if is_last_row => Rows { lines: lines(&|task| row(Some(&columns), task)), header: false },
        _ if has_items || has_rows => Rows { lines: lines(&item), header: false },
        _ => Rows { lines: lines(&|task| row(None, task)), header: true },
    }
}

/// The head of the table that we begin.
pub(super) const HEADER: [&str; 2] = ["| Task | Branch | Status | Blockers |", "|------|--------|--------|----------|"];

const OURS: [Column; 4] = [Column::Task, Column::Branch, Column::Status, Column::Blockers];

/// Words a table's row.
pub(super) fn row(columns: Option<&[Column]>, task: &InProgress) -> String {
    let cells = columns.unwrap_or(&OURS).iter().map(|column| match column {
        Column::Task => cell(&task.task),
        Column::Branch => cell(&branch(task)),
        Column::Status => Some(status(task)),
        Column::Blockers => Some(task.blockers.as_deref().and_then(cell).unwrap_or_else(|| "None".to_owned())),
        Column::Port => task.port.map(|port| port.to_string()),
        Column::Id => task.id.as_deref().and_then(cell),
        Column::Agent => task.agent.as_deref().and_then(cell),
        Column::Priority | Column::Other => None,
    });
    let cells: Vec<String> = cells.map(|cell| cell.unwrap_or_else(|| "-".to_owned())).collect();
    format!("| {} |", cells.join(" | "))
}

fn branch(task: &InProgress) -> String {
    let port = task.port.map(|port| format!(" @ {port}")).unwrap_or_default();
    format!("{}{port}", task.branch.as_deref().unwrap_or_default())
}

fn status(task: &InProgress) -> String {
    let percent = task.progress.map(|progress| format!("{progress}%"));
    percent.or_else(|| task.status.as_deref().and_then(cell)).unwrap_or_else(|| "in progress".to_owned())
}

/// Words a line with a box.
pub(super) fn item(task: &InProgress) -> String {
    let branch = Some(branch(task)).filter(|branch| !branch.is_empty()).map(|branch| format!(" ({branch})"));
    let percent = task.progress.map(|progress| format!(" ({progress}%)"));
    let blocked = task.blockers.as_deref().and_then(entry).map(|blocker| format!(" (blocked by {blocker})"));
    let parts: String = [branch, percent, blocked].into_iter().flatten().collect();
    format!("- [ ] {}{parts}", entry(&task.task).unwrap_or_default())
}
