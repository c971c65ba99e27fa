//! What the status line shows besides what the host says itself: spend against the budget, branch, ports.
//! Every part that cannot be known at once is absent; nothing here can fail.

use std::path::Path;

use wfo_base::home::Home;
use wfo_base::{Clock, Usd};
use wfo_cost::{Origin, Percent};
use wfo_git::Repository;

use super::accounts::Accounts;
use crate::place::Place;
use crate::worktree::book;

/// Where a session stands. `None` = does not apply, or unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The project's name.
    pub project: String,
    /// The branch that is checked out.
    pub branch: Option<String>,
    /// Ports that this worktree holds, in ascending order.
    pub ports: Vec<u16>,
    /// Spent today by this project.
    pub today: Option<Usd>,
    /// Spent this month: by this project, or by all projects where the budget is the user's.
    pub month: Option<Usd>,
    /// The monthly soft limit.
    pub budget: Option<Usd>,
    /// How much of it is used.
    pub percent: Option<Percent>,
    /// Whether `month` is the spend of all projects.
    pub all_projects: bool,
}

/// Looks from a folder, for the session with this transcript.
#[must_use]
pub fn standing(folder: &Path, transcript: Option<&Path>, home: &Home, clock: &Clock) -> Standing {
    let place = Place::find(folder, home);
    let config = place.config(home);
    let state = Accounts::live(&place, home, clock, &config).now(transcript);
    let costs = &state.costs;
    let all_projects = costs.budget_origin == Origin::User && costs.everywhere.is_some();
    let month = if all_projects { costs.everywhere.and_then(|all| all.month) } else { costs.month };
    let branch = place.repository().and_then(Repository::branch);
    Standing {
        project: place.name(),
        ports: ports(&place, branch.as_deref(), home),
        branch,
        today: costs.today,
        month,
        budget: costs.budget,
        percent: costs.percent_used,
        all_projects,
    }
}

/// Returns the ports of the work tree's row in the registry, or of the lease of its branch.
fn ports(place: &Place, branch: Option<&str>, home: &Home) -> Vec<u16> {
    if place.repository().is_none() {
        return Vec::new();
    }
    let entries = book::read(home).ok().and_then(|book| book.registry).map(|registry| registry.entries);
    let entries = entries.unwrap_or_default();
    let here = entries.iter().filter(|entry| match (&entry.worktree_path, &entry.repo_path) {
        (Some(path), _) => path == place.root(),
        (None, Some(repo)) => repo == place.main_root() && branch.is_some() && entry.branch.as_deref() == branch,
        (None, None) => false,
    });
    let mut ports: Vec<u16> = here.flat_map(|entry| entry.ports.iter().copied()).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}
