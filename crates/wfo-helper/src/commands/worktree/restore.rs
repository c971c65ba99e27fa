//! `worktree restore`: a removed worktree back from the trash.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Site, Trashed, restore, trash};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::worktree::clean;
use crate::render::{Paint, Table, and_more, cut};

/// Bring a removed worktree back, or list what can come back
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The branch (the newest counts), or the name in the trash; without it the trash is listed
    worktree: Option<String>,
}

/// What lies in the trash, or what came back.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether a worktree was brought back.
    applied: bool,
    /// The worktree that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    restored: Option<TrashView>,
    /// Whether its branch had to be made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_made: Option<bool>,
    /// What lies in the trash of this repository, newest first.
    trash: Vec<TrashView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    trash_more: Option<usize>,
}

/// A removed worktree.
#[derive(Debug, Serialize, JsonSchema)]
struct TrashView {
    /// Its name in the trash.
    name: String,
    /// Where it was.
    path: String,
    /// Its branch; null when detached.
    branch: Option<String>,
    /// When it was removed.
    at: String,
}

impl TrashView {
    fn new(entry: &Trashed, call: &Call<'_>) -> Self {
        Self {
            name: entry.name.clone(),
            path: call.shown(&entry.path),
            branch: entry.branch.as_deref().map(clean),
            at: entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if let Some(restored) = &self.restored {
            let word = if self.applied { paint.green("restored") } else { paint.dim("would restore") };
            let branch = restored.branch.as_deref().unwrap_or("(detached)");
            return format!("{word} {branch} at {}\n", clean(&restored.path));
        }
        let mut table = Table::new();
        for row in &self.trash {
            let branch = row.branch.as_deref().unwrap_or("(detached)");
            table.row([row.name.as_str(), branch, &row.at, &clean(&row.path)]);
        }
        if table.is_empty() {
            "the trash is empty\n".to_owned()
        } else {
            table.lines(0) + &and_more(self.trash_more.unwrap_or(0))
        }
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.trash, &mut self.trash_more, limit);
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let restored = args.worktree.as_deref().map(|name| restore(site, name, call.dry_run(), notes)).transpose()?;
    let trash = if restored.is_none() { trash(site) } else { Vec::new() };
    let view = Shown {
        applied: restored.is_some() && !call.dry_run(),
        branch_made: restored.as_ref().map(|restored| restored.branch_made),
        restored: restored.as_ref().map(|restored| TrashView::new(&restored.entry, call)),
        trash: trash.iter().map(|entry| TrashView::new(entry, call)).collect(),
        trash_more: None,
    };
    Ok(Answer::new("wfo.worktree-restore/1", view).into())
}
