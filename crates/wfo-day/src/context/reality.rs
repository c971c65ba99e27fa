//! What is really so on this day: commits, TODO files, TASK.md, the host's task list, the times in transcripts.
//! A part that cannot be read is a note and its figure unknown. No word leaves with a secret in it.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::Value;
use wfo_base::{Diagnostic, read};
use wfo_git::Worked;
use wfo_todo::page::{Metrics, Points, key, tests_added};
use wfo_todo::{InProgress, Task, TaskStatus, Workflow};

use super::data::Memory;
use super::{LIMIT, Site, host_lists};
use crate::bounds::Bounds;
use crate::cost::{Accounts, Span, span, tasks_of};
use crate::gate::Gates;
use crate::workflows;

/// The host's task list in the checkout.
const TODOS: &str = ".claude/todos.json";
/// The most commits that are listed as completed.
const COMMITS: usize = 50;

/// The day as git and the task files tell it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reality {
    /// The branch of the checkout.
    pub branch: Option<String>,
    /// How long the session took, first to last event of the day, in minutes; `None` = unknown.
    pub minutes: Option<i64>,
    /// The day's figures.
    pub metrics: Metrics,
    /// What was finished today, and what is under way.
    pub points: Points,
    /// Every task that the task files and lists call finished, by key.
    pub finished: BTreeSet<String>,
}

/// Looks at everything. `memory` is brought up to date: which undated tasks were seen finished, and when first.
pub(super) fn reality(site: &Site<'_>, memory: &mut Memory, notes: &mut Vec<Diagnostic>) -> Reality {
    let today = site.clock.today();
    let worked = worked(site, today, notes);
    let span = times(site, notes);
    let mut out = Reality {
        branch: site.place.repository().and_then(wfo_git::Repository::branch).map(|branch| site.hidden(&branch)),
        minutes: span.as_ref().map(|span| (span.last - span.first) / 60_000),
        metrics: metrics(worked.as_ref()),
        ..Reality::default()
    };
    let gates = Gates::open(site.place, site.home, site.clock, &mut Vec::new());
    if let Some(coverage) = gates.coverage(notes) {
        out.metrics.coverage = u32::try_from(coverage.hundredths).ok().map(|share| f64::from(share) / 100.0);
        out.metrics.coverage_fresh = Some(coverage.fresh);
    }
    let mut undated = Vec::new();
    let records = workflows::workflows(site.place.shared_root(), Bounds::FULL, notes);
    of_workflows(&records, site, today, &mut out);
    of_task_page(site, worked.as_ref(), today, &mut out, &mut undated, notes);
    of_lists(site, span.as_ref(), &mut out, &mut undated, notes);
    let day = today.to_string();
    let names: BTreeSet<String> = undated.iter().map(|text| key(text)).collect();
    for text in undated {
        let seen = memory.finished.entry(key(&text)).or_insert_with(|| day.clone());
        if *seen == day {
            out.points.completed.push(text);
        }
    }
    memory.finished.retain(|name, _| names.contains(name));
    memory.day = Some(day);
    let subjects = worked.iter().flat_map(|worked| worked.subjects.iter().rev().take(COMMITS).rev());
    out.points.completed.extend(subjects.map(|subject| site.hidden(subject)));
    out
}

fn worked(site: &Site<'_>, today: Date, notes: &mut Vec<Diagnostic>) -> Option<Worked> {
    let repository = site.place.repository()?;
    let zone = site.clock.now().time_zone();
    let start = |day: Date| -> Option<Timestamp> { Some(day.to_zoned(zone.clone()).ok()?.timestamp()) };
    let (since, until) = (start(today)?, start(today.saturating_add(1.day()))?);
    match wfo_git::worked(repository, since, until) {
        Ok(worked) => Some(worked),
        Err(problem) => {
            notes.push(problem.warning());
            None
        }
    }
}

fn metrics(worked: Option<&Worked>) -> Metrics {
    let worked = worked.filter(|worked| !worked.cut);
    Metrics {
        commits: worked.map(|worked| worked.subjects.len() as u64),
        files_changed: worked.map(|worked| worked.files.len() as u64),
        tests_added: worked.and_then(|worked| worked.patch.as_deref()).map(|patch| tests_added(patch, "commit ")),
        coverage: None,
        coverage_fresh: None,
    }
}

fn times(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Option<Span> {
    // Prices and settings are not what is asked here: what is odd about them is said by the commands about costs.
    let config = site.place.config(site.home);
    let mut accounts = Accounts::with(site.place, site.home, site.clock, &config, &mut Vec::new());
    accounts.dry_run = site.dry_run;
    span(&accounts, notes)
}

fn of_workflows(records: &[Workflow], site: &Site<'_>, today: Date, out: &mut Reality) {
    let checkouts = site.place.repository().map(wfo_git::checkouts).unwrap_or_default();
    for record in records {
        let ends_so = |branch: &&str| {
            branch
                .rsplit('/')
                .next()
                .is_some_and(|last| last == record.slug || last.ends_with(&format!("_{}", record.slug)))
        };
        let branch = checkouts.iter().filter_map(|tree| tree.branch.as_deref()).find(ends_so);
        let branch = branch.map(|branch| site.hidden(branch));
        for task in &record.tasks {
            let text = || site.hidden(&task.description);
            match task.status {
                TaskStatus::Completed => {
                    let text = text();
                    out.finished.insert(key(&text));
                    if task.completed_on == Some(today) {
                        out.points.completed.push(text);
                    }
                }
                TaskStatus::InProgress => out.points.in_progress.push(InProgress {
                    task: text(),
                    branch: branch.clone(),
                    ..InProgress::default()
                }),
                TaskStatus::Pending | TaskStatus::Blocked | TaskStatus::Cancelled => {}
            }
        }
    }
}

/// Reads TASK.md: done today is what carries today's date, and what was not done in the version before today.
fn of_task_page(
    site: &Site<'_>,
    worked: Option<&Worked>,
    today: Date,
    out: &mut Reality,
    undated: &mut Vec<String>,
    notes: &mut Vec<Diagnostic>,
) {
    let page = match read::page(site.root(), "TASK.md", read::PAGE_LIMIT) {
        Ok(Some(page)) => page.text,
        Ok(None) => return,
        Err(problem) => return notes.push(problem.warning()),
    };
    let before = site.place.repository().zip(worked.and_then(|worked| worked.base.as_deref()));
    let before = before.and_then(|(repository, base)| wfo_git::file_at(repository, base, "TASK.md"));
    let before = before.map(|bytes| wfo_todo::tasks(&String::from_utf8_lossy(&bytes), "TASK.md")).unwrap_or_default();
    let done_before: BTreeSet<String> =
        before.iter().filter(|task| task.done).map(|task| key(&site.hidden(&task.text))).collect();
    let lines: Vec<&str> = page.lines().collect();
    for mut task in wfo_todo::tasks(&page, "TASK.md") {
        task.text = site.hidden(&task.text);
        task.blocked_by = task.blocked_by.map(|blocker| site.hidden(&blocker));
        if task.done {
            out.finished.insert(key(&task.text));
            let day = task.line.checked_sub(1).and_then(|at| lines.get(at)).and_then(|line| wfo_todo::date_in(line));
            match day {
                Some(day) if day == today => out.points.completed.push(task.text),
                Some(_) => {}
                None if done_before.contains(&key(&task.text)) => {}
                None => undated.push(task.text),
            }
        } else if task.in_progress {
            out.points.in_progress.push(begun(task));
        }
    }
}

fn begun(task: Task) -> InProgress {
    InProgress { task: task.text, blockers: task.blocked_by, ..InProgress::default() }
}

/// Reads the host's task lists: those of today's transcripts, and the one in the checkout, which carries no date.
fn of_lists(
    site: &Site<'_>,
    span: Option<&Span>,
    out: &mut Reality,
    undated: &mut Vec<String>,
    notes: &mut Vec<Diagnostic>,
) {
    for (text, finished) in span.iter().flat_map(|span| &span.tasks) {
        if *finished {
            let text = site.hidden(text);
            out.finished.insert(key(&text));
            out.points.completed.push(text);
        }
    }
    for text in span.iter().flat_map(|span| host_lists::finished(site.home, span)) {
        let text = site.hidden(&text);
        out.finished.insert(key(&text));
        undated.push(text);
    }
    match read::page(site.root(), TODOS, LIMIT) {
        Ok(Some(page)) => {
            let value: Value = serde_json::from_str(&page.text).unwrap_or_default();
            let list = value.get("todos").unwrap_or(&value);
            for (text, finished) in tasks_of(list) {
                if finished {
                    let text = site.hidden(&text);
                    out.finished.insert(key(&text));
                    undated.push(text);
                }
            }
        }
        Ok(None) => {}
        Err(problem) => notes.push(problem.warning()),
    }
}
