//! `context show`: what the hand-over page says, what is really so, and where the two differ. Writes nothing in the repository.

use wfo_base::{Diagnostic, Problem, text};
use wfo_todo::page::{key, task_key};
use wfo_todo::{Handover, handover};

use super::data::Data;
use super::reality::{Reality, reality};
use super::write::read_page;
use super::{DATA, PAGE, Site};

/// One point in which the record and reality differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub field: &'static str,
    /// What the page says.
    pub recorded: Option<String>,
    /// What is so.
    pub actual: String,
    /// By what that is known.
    pub evidence: String,
}

/// The page beside reality.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// What the page says; `None` without one.
    pub page: Option<Handover>,
    /// Its size in bytes and tokens.
    pub size: Option<(u64, u64)>,
    /// What is really so.
    pub reality: Reality,
    /// Where they differ.
    pub drift: Vec<Difference>,
}

/// Looks at both.
///
/// # Errors
/// What reading the page answers.
pub fn show(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Shown, Problem> {
    let bytes = read_page(site)?;
    let data = Data::load(site, notes);
    let mut memory = data.memory();
    let reality = reality(site, &mut memory, notes);
    let Some(bytes) = bytes else { return Ok(Shown { reality, ..Shown::default() }) };
    let words = String::from_utf8_lossy(&bytes);
    let mut page = handover(words.strip_prefix('\u{feff}').unwrap_or(&words)).drain_into(notes);
    let branches: Vec<bool> =
        page.in_progress.iter().map(|row| row.branch.as_deref().is_some_and(|branch| gone(site, branch))).collect();
    site.hide_handover(&mut page);
    let size = Some((bytes.len() as u64, text::tokens(&words)));
    let mut drift = differences(site, &page, &branches, &reality);
    if data.updated().is_some_and(|updated| Some(updated) != page.updated.as_deref()) {
        drift.push(Difference {
            field: "data",
            recorded: data.updated().map(|updated| text::one_line(updated).into_owned()),
            actual: page.updated.clone().unwrap_or_else(|| "no date".to_owned()),
            evidence: format!("`{DATA}` and {PAGE} have different dates"),
        });
    }
    Ok(Shown { page: Some(page), size, reality, drift })
}

/// `gone` says of each row whether its branch is gone.
fn differences(site: &Site<'_>, page: &Handover, gone: &[bool], reality: &Reality) -> Vec<Difference> {
    let mut drift = Vec::new();
    let mut add = |field, recorded: Option<String>, actual: &str, evidence: String| {
        drift.push(Difference { field, recorded, actual: actual.to_owned(), evidence });
    };
    let today = site.clock.today();
    if page.updated_on.is_some_and(|day| day < today) && reality.metrics.commits.is_some_and(|commits| commits > 0) {
        let commits = reality.metrics.commits.unwrap_or(0);
        add("updated", page.updated.clone(), &today.to_string(), format!("{commits} commits today"));
    }
    for (row, gone) in page.in_progress.iter().zip(gone) {
        if reality.finished.contains(&key(&row.task)) {
            add("in_progress", Some(row.task.clone()), "completed", "a task file calls it completed".to_owned());
        }
        if let Some(branch) = row.branch.as_deref().filter(|_| *gone) {
            add("branch", Some(branch.to_owned()), "gone", format!("no branch of this name; row `{}`", row.task));
        }
    }
    for task in &reality.points.in_progress {
        let name = task_key(&task.task);
        if !page.in_progress.iter().any(|row| task_key(&row.task) == name) {
            add("in_progress", None, &task.task, "a task file calls it in progress".to_owned());
        }
    }
    for priority in page.priorities.iter().filter(|priority| reality.finished.contains(&key(&priority.text))) {
        add("priorities", Some(priority.text.clone()), "completed", "a task file calls it completed".to_owned());
    }
    let listed: std::collections::BTreeSet<String> = page.completed.iter().map(|text| key(text)).collect();
    for done in reality.points.completed.iter().filter(|done| !listed.contains(&key(done))) {
        let done = text::clip(&text::one_line(done), 200).into_owned();
        if !done.is_empty() {
            add("completed", None, &done, "a commit of today, or a task file".to_owned());
        }
    }
    drift
}

/// Says whether a name that can be a branch is none; what cannot be asked is not gone.
fn gone(site: &Site<'_>, branch: &str) -> bool {
    let Some(repository) = site.place.repository() else { return false };
    wfo_git::branch_tip(repository, branch).is_ok_and(|tip| tip.is_none())
}
