//! `worktree remove`: a worktree to the trash, when nothing in it exists nowhere else.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Remove, Removed, Site, remove};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::Paint;
use crate::render::worktree::{clean, ports};

/// Remove a worktree that holds nothing of its own
///
/// It is moved to the trash and can come back for some days (`worktree restore`); its branch stays. What is not provably safe is
/// refused with every reason (exit 21).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The branch, or the folder
    worktree: String,
    /// Delete the branch too, if all of it is elsewhere
    #[arg(long)]
    delete_branch: bool,
}

/// The removed worktree.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Whether it was removed.
    applied: bool,
    /// The worktree.
    removed: RemovedView,
}

/// A worktree that is no more.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RemovedView {
    /// Where it was.
    path: String,
    /// Its branch; null when detached.
    branch: Option<String>,
    /// The ports that are free now.
    ports: Vec<u16>,
    /// Its name in the trash; null when there was no folder.
    trash: Option<String>,
    /// Whether the branch was deleted.
    branch_deleted: bool,
    /// Why it could go.
    reasons: Vec<String>,
}

impl RemovedView {
    pub(super) fn new(removed: &Removed, call: &Call<'_>) -> Self {
        Self {
            path: call.shown(&removed.path),
            branch: removed.branch.as_deref().map(clean),
            ports: removed.ports.clone(),
            trash: removed.trash.clone(),
            branch_deleted: removed.branch_deleted,
            reasons: removed.reasons.iter().map(|reason| clean(reason)).collect(),
        }
    }

    pub(super) fn line(&self) -> String {
        let branch = self.branch.as_deref().unwrap_or("(detached)");
        let freed = if self.ports.is_empty() { String::new() } else { format!(", ports {} free", ports(&self.ports)) };
        let kept = self.trash.as_deref().map(|name| format!("; back with `worktree restore {name}`"));
        let deleted = if self.branch_deleted { ", branch deleted" } else { "" };
        format!("{branch} at {}{freed}{deleted}{}", clean(&self.path), kept.unwrap_or_default())
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("removed") } else { paint.dim("would remove") };
        format!("{word} {}\n", self.removed.line())
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let ask = Remove { name: &args.worktree, delete_branch: args.delete_branch, dry_run: call.dry_run() };
    let removed = remove(site, &ask, notes)?;
    let view = Shown { applied: !ask.dry_run, removed: RemovedView::new(&removed, call) };
    Ok(Answer::new("wfo.worktree-remove/1", view).into())
}
