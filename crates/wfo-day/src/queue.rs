//! The priority queue: gathers open work from hand-over, task lists and TODO files, has it ranked, and gives each an agent.

use jiff::civil::Date;
use wfo_agent::{AgentRow, Router};
use wfo_todo::{Handover, Item, Origin, TaskStatus, Weights, Workflow};

use crate::briefing::QueueItem;

/// Where work was read from.
pub(crate) struct Sources<'a> {
    pub(crate) handover: Option<&'a Handover>,
    pub(crate) task_page: Option<&'a str>,
    pub(crate) backlog_page: Option<&'a str>,
    pub(crate) workflows: &'a [Workflow],
}

/// Ranks all open work and routes each task.
pub(crate) fn queue(sources: &Sources<'_>, weights: &Weights, agents: &[AgentRow], today: Date) -> Vec<QueueItem> {
    let mut items = Vec::new();
    if let Some(handover) = sources.handover {
        items.extend(from_handover(handover));
    }
    let lists = [
        (sources.task_page, "TASK.md", Origin::Tasks),
        (sources.backlog_page, "Backlog.md", Origin::Backlog),
    ];
    for (page, file, origin) in lists {
        items.extend(page.map(|page| from_list(page, file, origin)).unwrap_or_default());
    }
    items.extend(sources.workflows.iter().flat_map(from_workflow));
    let router = Router::new(agents);
    wfo_todo::rank(items, weights, today)
        .into_iter()
        .map(|task| {
            let named = task.agent.as_deref().map(|name| router.find(name).map_or(name, |row| row.id.as_str()).to_owned());
            let agent = named.or_else(|| {
                let route = router.route(&task.text, &[]);
                route.candidates.first().filter(|_| route.confident).map(|best| best.agent.clone())
            });
            QueueItem { task, agent }
        })
        .collect()
}

const HANDOVER: &str = "PROJECT_CONTEXT.md";

fn from_handover(handover: &Handover) -> Vec<Item> {
    let since = handover.updated_on;
    let priorities = handover.priorities.iter().map(|priority| Item {
        text: priority.text.clone(),
        origin: Origin::Priority,
        file: HANDOVER.to_owned(),
        line: priority.line,
        level: priority.level,
        in_progress: false,
        done: false,
        blocked_by: priority.blocked_by.iter().cloned().collect(),
        id: priority.id.clone(),
        agent: priority.agent.clone(),
        since,
    });
    let begun = handover.in_progress.iter().map(|row| Item {
        text: row.task.clone(),
        origin: Origin::InProgress,
        file: HANDOVER.to_owned(),
        line: row.line,
        level: None,
        in_progress: true,
        done: row.progress == Some(100),
        blocked_by: row.blockers.iter().cloned().collect(),
        id: None,
        agent: None,
        since,
    });
    // What was finished is never offered, but it unblocks what waited for it.
    let finished = handover.completed.iter().map(|text| Item {
        text: text.clone(),
        origin: Origin::Priority,
        file: HANDOVER.to_owned(),
        line: 1,
        level: None,
        in_progress: false,
        done: true,
        blocked_by: Vec::new(),
        id: None,
        agent: None,
        since: None,
    });
    priorities.chain(begun).chain(finished).collect()
}

fn from_list(page: &str, file: &str, origin: Origin) -> Vec<Item> {
    let tasks = wfo_todo::tasks(page, file).into_iter();
    tasks
        .map(|task| Item {
            text: task.text,
            origin,
            file: task.file,
            line: task.line,
            level: task.priority,
            in_progress: task.in_progress,
            done: task.done,
            blocked_by: task.blocked_by.into_iter().collect(),
            id: task.id,
            agent: task.agent,
            since: task.since,
        })
        .collect()
}

fn from_workflow(workflow: &Workflow) -> Vec<Item> {
    let since = workflow.last_update.as_deref().and_then(|text| text.get(..10)).and_then(|day| day.parse().ok());
    let tasks = workflow.tasks.iter().map(move |task| Item {
        text: task.description.clone(),
        origin: Origin::Todo,
        file: workflow.file.clone(),
        line: task.line,
        level: task.priority,
        in_progress: task.status == TaskStatus::InProgress,
        done: matches!(task.status, TaskStatus::Completed | TaskStatus::Cancelled),
        blocked_by: blockers(task),
        id: task.id.clone(),
        agent: None,
        since,
    });
    tasks.collect()
}

fn blockers(task: &wfo_todo::TodoTask) -> Vec<String> {
    if task.status == TaskStatus::Blocked && task.depends_on.is_empty() {
        return vec!["marked blocked".to_owned()];
    }
    task.depends_on.clone()
}
