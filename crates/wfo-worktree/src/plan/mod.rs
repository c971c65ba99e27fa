//! From tasks with dependencies to groups that can be worked on at the same time, worktrees, critical path and estimate.
//! An estimate that is not known stays unknown. Reads no file and starts nothing.

mod estimate;
mod graph;
mod schedule;
mod shares;

use std::collections::HashMap;

use wfo_base::{Noted, Problem};

pub use estimate::parse_estimate;
use graph::Graph;

/// One task of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its id, once in the list.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// Ids of the tasks that come before it.
    pub depends_on: Vec<String>,
    /// Files or folders it changes; empty = not told, taken for its own.
    pub files: Vec<String>,
    /// How long it takes, in minutes; see [`parse_estimate`].
    pub estimate_minutes: Option<u64>,
    /// Whether it is done: it satisfies dependencies and is left out.
    pub done: bool,
    /// Whether it cannot begin: it and all that depends on it wait.
    pub blocked: bool,
    /// Line in its file, from 1.
    pub line: Option<usize>,
}

/// Tasks that can be worked on at the same time, once the groups before are done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Ids of its tasks, as written.
    pub tasks: Vec<String>,
    /// Ids of the tasks of each worktree, to be done one after the other; tasks that change the same files share one.
    pub worktrees: Vec<Vec<String>>,
    /// How many worktrees work at the same time: all of them, or as many as are allowed.
    pub worktrees_needed: usize,
    /// For each of those, which entries of `worktrees` it takes up, one after the other.
    pub slots: Vec<Vec<usize>>,
    /// Minutes until the last is done; `None` when a task has no estimate.
    pub estimate_minutes: Option<u64>,
}

/// A task that is in no group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its id.
    pub task: String,
    /// Why, in one sentence.
    pub reason: String,
}

/// What can be done when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Groups, one after the other.
    pub groups: Vec<Group>,
    /// Ids of the longest chain of dependencies: by estimate where every planned task has one, else by number of tasks.
    pub critical_path: Vec<String>,
    /// Minutes of the groups together; `None` when a planned task has no estimate.
    pub estimate_minutes: Option<u64>,
    /// Tasks that are blocked, or wait for a blocked or unknown one; they count in no estimate.
    pub waiting: Vec<Waiting>,
}

/// Plans the open tasks for at most `max_worktrees` at a time (0 counts as 1).
///
/// A task stands in the first group after all it depends on. More worktrees than allowed are spread over the slots, the longest
/// first, each to the slot that is free first.
///
/// # Errors
/// `plan.cycle` when tasks wait for each other, `plan.unreadable` when an id stands twice. A dependency that is not in the list is a
/// note `plan.dependency-unknown`.
pub fn plan(tasks: &[Task], max_worktrees: u16) -> Result<Noted<Plan>, Problem> {
    let mut notes = Vec::new();
    let graph = Graph::of(tasks, &mut notes)?;
    let waiting = graph.waiting(tasks);
    let mut levels: HashMap<usize, usize> = HashMap::with_capacity(tasks.len());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &number in graph.order.iter().filter(|number| !waiting.contains_key(number)) {
        let before = graph.needs.get(number).into_iter().flatten().filter_map(|need| levels.get(need)).max();
        let level = before.map_or(0, |level| level + 1);
        levels.insert(number, level);
        match groups.get_mut(level) {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
    }
    let planned = |number: &usize| levels.contains_key(number);
    let critical_path = schedule::critical_path(tasks, &graph, planned);
    let groups: Vec<Group> = groups
        .into_iter()
        .map(|mut group| {
            group.sort_unstable();
            let members: Vec<&Task> = group.iter().filter_map(|number| tasks.get(*number)).collect();
            schedule::group(&members, usize::from(max_worktrees.max(1)))
        })
        .collect();
    let total = |sum: u64, group: &Group| Some(sum.saturating_add(group.estimate_minutes?));
    let mut waiting: Vec<(usize, Waiting)> = waiting.into_iter().collect();
    waiting.sort_unstable_by_key(|(number, _)| *number);
    let value = Plan {
        estimate_minutes: groups.iter().try_fold(0, total),
        critical_path: critical_path.into_iter().filter_map(|number| Some(tasks.get(number)?.id.clone())).collect(),
        groups,
        waiting: waiting.into_iter().map(|(_, waiting)| waiting).collect(),
    };
    Ok(Noted { value, notes })
}

#[cfg(test)]
mod tests;
