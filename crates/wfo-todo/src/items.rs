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
        level: row.level,
        blocked_by: row.blockers.iter().cloned().collect(),
        id: row.id.clone(),
        agent: row.agent.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{handover, tasks, todo};

    #[test]
    fn the_hand_over_gives_what_is_chosen_begun_and_finished() {
        let page = "## Last Updated: 2026-11-20\n### Completed\n- [x] a\n### In Progress\n- [ ] b (40%)\n- [ ] c (100%)\n### Priorities\n1. [P1] d (blocked by T-1)\n";
        let items = of_handover(&handover(page).value, "PROJECT_CONTEXT.md");
        let facts: Vec<_> =
            items.iter().map(|item| (item.text.as_str(), item.origin, item.in_progress, item.done)).collect();
        assert_eq!(
            facts,
            vec![
                ("d", Origin::Priority, false, false),
                ("b", Origin::InProgress, true, false),
                ("c", Origin::InProgress, true, true),
                ("a", Origin::InProgress, false, true),
            ]
        );
        assert!(items.iter().all(|item| item.since.is_some_and(|day| day.to_string() == "2026-11-20")));
        assert_eq!(items.first().map(|item| item.blocked_by.clone()), Some(vec!["T-1".to_owned()]));
    }

    #[test]
    fn a_date_in_the_line_wins_over_the_date_of_the_file() {
        let updated = "2026-11-20".parse().ok();
        let items = of_tasks(&tasks("- [ ] a (since 2026-11-01)\n- [ ] b\n", "TASK.md"), Origin::Tasks, updated);
        let days: Vec<_> = items.iter().filter_map(|item| item.since).map(|day| day.to_string()).collect();
        assert_eq!(days, vec!["2026-11-01", "2026-11-20"]);
    }

    #[test]
    fn a_finished_workflow_gives_only_done_items() {
        let read = |status: &str| {
            let page = format!(
                "---\nworkflow_progress: {{status: {status}, last_update: \"2026-11-20T00:00:00Z\"}}\ntasks:\n  a:\n    - {{id: a_01, depends_on: [a_02]}}\n    - {{id: a_02, status: blocked}}\n---\n"
            );
            of_workflow(&todo("TODO_x.md", &page).expect("readable").value)
        };
        assert!(read("completed").iter().all(|item| item.done));
        let open = read("implementation");
        let waits: Vec<_> = open.iter().map(|item| (item.done, item.blocked_by.join(","))).collect();
        assert_eq!(waits, vec![(false, "a_02".to_owned()), (false, UNNAMED.to_owned())]);
    }
}
