//! Turns what the readers found into items of the queue.
//! Keeps done work too: it is never offered, but it unblocks what waits for it.

use jiff::civil::Date;

use crate::blocker::UNNAMED;
use crate::handover::Handover;
use crate::rank::{Item, Origin};
use crate::tasks::Task;
use crate::todo_file::{TaskStatus, Workflow};
use crate::words::date_in;

/// Returns the items of the hand-over; `file` is the path to show.
#[must_use]
pub fn of_handover(handover: &Handover, file: &str) -> Vec<Item> {
    let base = |text: &str, origin, line| Item {
        file: file.to_owned(),
        line,
        since: handover.updated_on,
        ..Item::new(text, origin)
    };
    let priorities = handover.priorities.iter().map(|row| Item {
        level: row.level,
        blocked_by: row.blocked_by.iter().cloned().collect(),
        id: row.id.clone(),
        agent: row.agent.clone(),
        ..base(&row.text, Origin::Priority, row.line)
    });
    let begun = handover.in_progress.iter().map(|row| Item {
        in_progress: true,
        done: row.progress == Some(100),
        blocked_by: row.blockers.iter().cloned().collect(),
        ..base(&row.task, Origin::InProgress, row.line)
    });
    let completed = handover.completed.iter().map(|text| Item { done: true, ..base(text, Origin::InProgress, 0) });
    priorities.chain(begun).chain(completed).collect()
}

/// Returns the items of TASK.md ([`Origin::Tasks`]) or Backlog.md ([`Origin::Backlog`]); `updated` is the file's last change.
#[must_use]
pub fn of_tasks(tasks: &[Task], origin: Origin, updated: Option<Date>) -> Vec<Item> {
    let item = |task: &Task| Item {
        file: task.file.clone(),
        line: task.line,
        level: task.priority,
        in_progress: task.in_progress,
        done: task.done,
        blocked_by: task.blocked_by.iter().cloned().collect(),
        id: task.id.clone(),
        agent: task.agent.clone(),
        since: task.since.or(updated),
        ..Item::new(&task.text, origin)
    };
    tasks.iter().map(item).collect()
}

/// Returns the items of a TODO file; all are done when the record says that the workflow is.
#[must_use]
pub fn of_workflow(workflow: &Workflow) -> Vec<Item> {
    let over = workflow.is_finished();
    let since = workflow.last_update.as_deref().and_then(date_in);
    let tasks = workflow.tasks.iter().map(|task| {
        let unnamed = task.status == TaskStatus::Blocked && task.depends_on.is_empty();
        Item {
            file: workflow.file.clone(),
            line: task.line,
            level: task.priority,
            in_progress: task.status == TaskStatus::InProgress,
            done: over || task.status.is_over(),
            blocked_by: if unnamed { vec![UNNAMED.to_owned()] } else { task.depends_on.clone() },
            id: task.id.clone(),
            since,
            ..Item::new(&task.description, Origin::Todo)
        }
    });
    tasks.collect()
}
