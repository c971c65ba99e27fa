//! `worktree list`: every worktree of the repository with what git, the registry and the system know of it.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::listeners::Listener;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Scene, Site};

use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::worktree::{ListenerView, PortsView, WorktreeView, clean, ports};
use crate::render::{Paint, Table, and_more, count, cut};

/// List worktrees with changes, ports, age and what to do
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// All worktrees, the main checkout first, then by path.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// One row a worktree; rows of the registry without a worktree are among them.
    worktrees: Vec<RowView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees_more: Option<usize>,
    /// How many are active: neither the main checkout nor gone.
    active: usize,
    /// How many the table allows.
    active_max: u16,
    /// The port pool.
    port_pool: PortsView,
}

/// One worktree.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RowView {
    /// What start-day shows of it.
    #[serde(flatten)]
    pub(crate) row: WorktreeView,
    /// Whether HEAD is on no branch.
    pub(crate) detached: bool,
    /// Commits that no remote has; null when not determined, absent without a remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unpushed: Option<Option<u64>>,
    /// Files that git neither tracks nor ignores; null when not determined.
    pub(crate) untracked: Option<u64>,
    /// Who listens on its ports.
    pub(crate) listening: Vec<ListenerView>,
}

impl RowView {
    pub(crate) fn new(
        row: &wfo_day::briefing::WorktreeRow,
        scene: &Scene,
        listening: &[Listener],
        call: &Call<'_>,
    ) -> Self {
        let tree = scene.tree_of(row);
        let has_remotes = tree.and_then(|tree| tree.has_remotes);
        Self {
            row: WorktreeView::new(row, call.shown(&row.path)),
            detached: row.detached,
            unpushed: tree.filter(|_| has_remotes != Some(false)).map(|tree| tree.unpushed),
            untracked: tree
                .and_then(|tree| tree.status)
                .filter(|status| status.complete)
                .map(|status| status.untracked),
            listening: listening.iter().filter(|one| row.ports.contains(&one.port)).map(ListenerView::from).collect(),
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for view in &self.worktrees {
            let row = &view.row;
            let name = row.branch.as_deref().unwrap_or(if row.main { "(bare)" } else { "(detached)" });
            let number = |number: Option<u64>| number.map_or("?".to_owned(), |number| number.to_string());
            let action = if row.main { paint.dim("main checkout") } else { row.recommendation.action.to_owned() };
            table.row([
                paint.bold(name),
                ports(&row.ports),
                format!("{} changed", number(row.changes)),
                match (row.ahead, row.behind) {
                    (None, None) if row.main => "-".to_owned(),
                    (ahead, behind) => format!("+{} -{}", number(ahead), number(behind)),
                },
                row.age_days.map_or("-".to_owned(), |days| format!("{days} d")),
                action,
                paint.dim(&clean(&row.path)),
            ]);
        }
        let mut out = table.lines(0);
        out += &and_more(self.worktrees_more.unwrap_or(0));
        let active = count(self.active, "active worktree");
        out += &paint.dim(&format!("{active} of at most {}\n", self.active_max));
        out
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.worktrees, &mut self.worktrees_more, limit);
    }
}

pub(super) fn run(
    _args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let scene = Scene::look(site, notes)?;
    let listening = scene.listening();
    let view = Shown {
        worktrees: scene.rows.iter().map(|row| RowView::new(row, &scene, &listening, call)).collect(),
        worktrees_more: None,
        active: wfo_day::active_worktrees(&scene.rows),
        active_max: site.rules().max_per_project,
        port_pool: PortsView::from(&scene.pool),
    };
    let removable =
        view.worktrees.iter().any(|view| ["remove", "prune", "free"].contains(&view.row.recommendation.action));
    let next = removable.then(|| "wfo-helper worktree cleanup".to_owned());
    Ok(Answer::new("wfo.worktree-list/1", view).next(next).into())
}
