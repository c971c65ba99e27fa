//! The priority queue: gathers open work from hand-over, task lists and TODO files, has it ranked, and gives each an agent.

use jiff::civil::Date;
use wfo_agent::{AgentRow, Router};
use wfo_todo::{Handover, Origin, Weights, Workflow};

use crate::briefing::QueueItem;

/// How many tasks are given an agent; who has more open work than that looks at the first ones.
const ROUTED: usize = 500;

/// Where work was read from.
pub(crate) struct Sources<'a> {
    pub(crate) handover: Option<&'a Handover>,
    pub(crate) task_page: Option<&'a str>,
    pub(crate) backlog_page: Option<&'a str>,
    pub(crate) workflows: &'a [Workflow],
}

/// Ranks all open work and routes each task. `agents` is asked for only when there is work.
pub(crate) fn queue(
    sources: &Sources<'_>,
    weights: &Weights,
    agents: impl FnOnce() -> Vec<AgentRow>,
    today: Date,
) -> Vec<QueueItem> {
    let mut items = Vec::new();
    if let Some(handover) = sources.handover {
        items.extend(wfo_todo::of_handover(handover, "PROJECT_CONTEXT.md"));
    }
    let lists = [(sources.task_page, "TASK.md", Origin::Tasks), (sources.backlog_page, "Backlog.md", Origin::Backlog)];
    for (page, file, origin) in lists {
        let tasks = page.map(|page| wfo_todo::tasks(page, file)).unwrap_or_default();
        items.extend(wfo_todo::of_tasks(&tasks, origin, None));
    }
    items.extend(sources.workflows.iter().flat_map(wfo_todo::of_workflow));
    let ranked = wfo_todo::rank(items, weights, today);
    if ranked.is_empty() {
        return Vec::new();
    }
    let agents = agents();
    let router = Router::new(&agents);
    let routed = ranked.into_iter().enumerate();
    routed
        .map(|(index, task)| QueueItem { agent: if index < ROUTED { agent(&task, &router) } else { None }, task })
        .collect()
}

/// Takes the agent that the task names, else the best match, else none.
fn agent(task: &wfo_todo::Ranked, router: &Router<'_>) -> Option<String> {
    if let Some(name) = &task.agent {
        return Some(router.find(name).map_or(name, |row| &row.id).clone());
    }
    let route = router.route(&task.text, &[]);
    route.candidates.into_iter().next().filter(|_| route.confident).map(|best| best.agent)
}
