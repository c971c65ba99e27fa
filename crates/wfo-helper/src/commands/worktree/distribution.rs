//! The plan of parallel work in Markdown: fills `templates/task-distribution.md.tera`. Text of the repository stands in quotes;
//! only ids that are plain words stand outside.

use serde::Serialize;
use wfo_base::{Problem, template, text};

use super::plan::{GroupView, Shown, hours};
use crate::render::count;

const NAME: &str = "task-distribution.md.tera";
const TEMPLATE: &str = include_str!("../../../../../templates/task-distribution.md.tera");

#[derive(Serialize)]
struct Values {
    quote_heading: &'static str,
    groups: Vec<Group>,
    critical: String,
    estimate: String,
    waiting: Vec<String>,
    order: Vec<String>,
}

#[derive(Serialize)]
struct Group {
    number: usize,
    needed: String,
    estimate: String,
    lanes: Vec<Lane>,
}

#[derive(Serialize)]
struct Lane {
    name: String,
    branch: String,
    agent: String,
    tasks: Vec<String>,
}

/// Fills the template.
///
/// # Errors
/// `template.invalid`: a fault of ours.
pub(super) fn page(plan: &Shown) -> Result<String, Problem> {
    let groups = plan.groups.iter().enumerate().map(|(index, view)| group(plan, view, index + 1));
    let values = Values {
        quote_heading: text::QUOTE_HEADING,
        groups: groups.collect(),
        critical: plan.critical_path.iter().map(|id| plain(id)).collect::<Vec<_>>().join(" -> "),
        estimate: hours(plan.estimate_hours),
        waiting: plan.waiting.iter().map(|one| text::quoted(&format!("- {}: {}", one.task, one.reason))).collect(),
        order: plan.order_lines().iter().map(|line| text::quoted(line)).collect(),
    };
    template::render(NAME, TEMPLATE, &values)
}

fn group(plan: &Shown, view: &GroupView, number: usize) -> Group {
    let lanes = view.worktrees.iter().enumerate().map(|(index, tasks)| Lane {
        name: format!("{number}.{}", index + 1),
        branch: format!("feature/{}", tasks.first().map(|id| plain(id)).unwrap_or_default()),
        agent: agents(plan, tasks),
        tasks: tasks.iter().map(|id| text::quoted(&format!("- {}", plan.title(id)))).collect(),
    });
    Group {
        number,
        needed: count(view.worktrees_needed, "worktree"),
        estimate: hours(view.estimate),
        lanes: lanes.collect(),
    }
}

/// Names the agents of some tasks, each once.
fn agents(plan: &Shown, tasks: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for task in plan.tasks.iter().filter(|task| tasks.contains(&task.id)) {
        names.extend(task.agent.as_deref().filter(|agent| !names.contains(agent)));
    }
    if names.is_empty() { "none fits; choose one".to_owned() } else { names.join(", ") }
}

/// Keeps of an id what is neither Markdown nor a sentence.
fn plain(id: &str) -> String {
    let kept: String = id.chars().map(|c| if c.is_alphanumeric() || "-_.#".contains(c) { c } else { '-' }).collect();
    text::clip(kept.trim_matches(['-', '.', '#']), 60).into_owned()
}
