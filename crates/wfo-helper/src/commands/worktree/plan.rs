//! `worktree plan`: which tasks can go side by side, and in which order worktrees merge best.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::worktree::{Planned, Site, plan};

use super::{Call, Outcome, distribution};
use crate::answer::{Answer, View};
use crate::render::worktree::clean;
use crate::render::{Paint, and_more, count, cut};

/// Plan parallel work: groups of tasks, critical path, order of merging
///
/// Reads a task file with dependencies (TODO_*.md, plan.md, YAML or JSON), and tries the worktrees that are there against
/// each other in memory. Changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task file [default: the first that holds tasks of the active TODO file, plan.md, tasks.yaml, Taskmaster's list, TASK.md]
    #[arg(long, value_name = "FILE")]
    tasks: Option<PathBuf>,
}

/// Groups of tasks, and the order of merging.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Groups that come one after another; the tasks of one can be worked on at the same time.
    pub(super) groups: Vec<GroupView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups_more: Option<usize>,
    /// The chain of tasks that takes longest.
    pub(super) critical_path: Vec<String>,
    /// How long all takes, in hours; null when a task has no estimate.
    pub(super) estimate_hours: Option<Hours>,
    /// Tasks that wait for something that is not in the list, or are blocked.
    pub(super) waiting: Vec<WaitingView>,
    /// Title and agent of each open task.
    pub(super) tasks: Vec<TaskView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks_more: Option<usize>,
    /// The order of merging with the fewest conflicts.
    merge_order: Vec<OrderView>,
    /// Files that two or more worktrees change.
    overlaps: Vec<OverlapView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    overlaps_more: Option<usize>,
    /// Branches that could not be compared.
    left_out: Vec<String>,
}

/// Hours with at most two decimals.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct Hours(f64);

impl Hours {
    /// Rounds to hundredths: three minutes are 0.05.
    fn of(minutes: u64) -> Self {
        let hundredths = u32::try_from((minutes * 100 + 30) / 60).unwrap_or(u32::MAX);
        Self(f64::from(hundredths) / 100.0)
    }
}

/// Words a time; an unknown one says so.
pub(super) fn hours(hours: Option<Hours>) -> String {
    hours.map_or("no estimate".to_owned(), |hours| format!("{} h", hours.0))
}

/// Tasks that can go at the same time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct GroupView {
    /// Ids.
    tasks: Vec<String>,
    /// How they are spread: tasks that touch the same files go into one worktree, one after the other.
    pub(super) worktrees: Vec<Vec<String>>,
    /// How many worktrees that takes.
    pub(super) worktrees_needed: usize,
    /// How long the group takes, in hours; null when a task has no estimate.
    pub(super) estimate: Option<Hours>,
}

/// A task that cannot begin.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct WaitingView {
    /// Its id.
    pub(super) task: String,
    /// Why.
    pub(super) reason: String,
}

/// One task.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TaskView {
    /// Its id.
    pub(super) id: String,
    /// What is to be done.
    title: String,
    /// The agent that fits; null when none does.
    pub(super) agent: Option<String>,
}

/// One branch in the order of merging.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderView {
    /// The branch.
    branch: String,
    /// Branches that it conflicts with, before or after it.
    conflicts_with: Vec<String>,
    /// Branches with which a trial merge had no result.
    undetermined: Vec<String>,
    /// Whether its merge at this place meets a conflict, with the default branch too; null when not determined.
    meets_conflict: Option<bool>,
    /// The files in conflict.
    files: Vec<String>,
}

/// Files that several branches change.
#[derive(Debug, Serialize, JsonSchema)]
struct OverlapView {
    /// The branches.
    branches: Vec<String>,
    /// The files.
    files: Vec<String>,
}

impl Shown {
    fn new(planned: Planned) -> Self {
        let plan = planned.tasks.unwrap_or_default();
        let group = |group: wfo_day::worktree::Group| GroupView {
            tasks: group.tasks,
            worktrees: group.worktrees,
            worktrees_needed: group.worktrees_needed,
            estimate: group.estimate_minutes.map(Hours::of),
        };
        let clean_all = |list: Vec<String>| list.iter().map(|one| clean(one)).collect::<Vec<_>>();
        Self {
            groups: plan.groups.into_iter().map(group).collect(),
            groups_more: None,
            critical_path: plan.critical_path,
            estimate_hours: plan.estimate_minutes.map(Hours::of),
            waiting: plan
                .waiting
                .into_iter()
                .map(|one| WaitingView { task: clean(&one.task), reason: clean(&one.reason) })
                .collect(),
            tasks: planned
                .open
                .into_iter()
                .map(|task| TaskView { id: task.id, title: clean(&task.title), agent: task.agent })
                .collect(),
            tasks_more: None,
            merge_order: planned
                .merge_order
                .into_iter()
                .map(|one| OrderView {
                    branch: clean(&one.branch),
                    conflicts_with: clean_all(one.conflicts_with),
                    undetermined: clean_all(one.undetermined),
                    meets_conflict: one.meets_conflict,
                    files: clean_all(one.files),
                })
                .collect(),
            overlaps: planned
                .overlaps
                .into_iter()
                .map(|one| OverlapView { branches: clean_all(one.branches), files: clean_all(one.files) })
                .collect(),
            overlaps_more: None,
            left_out: clean_all(planned.left_out),
        }
    }

    /// Words the order of merging and what several change.
    pub(super) fn order_lines(&self) -> Vec<String> {
        let order = self.merge_order.iter().enumerate().map(|(index, one)| {
            let words = match (one.conflicts_with.as_slice(), one.meets_conflict) {
                ([], Some(false)) => "clean".to_owned(),
                ([], Some(true)) => format!("conflicts with the default branch in {}", one.files.join(", ")),
                ([], None) => "could not be tried".to_owned(),
                (with, _) => format!("conflicts with {} in {}", with.join(", "), one.files.join(", ")),
            };
            format!("{}. {}: {words}", index + 1, one.branch)
        });
        let overlaps = self
            .overlaps
            .iter()
            .map(|one| format!("changed by {}: {}", one.branches.join(" and "), one.files.join(", ")));
        order.chain(overlaps).collect()
    }

    /// Words a task: id, title and agent.
    pub(super) fn title(&self, id: &str) -> String {
        let task = self.tasks.iter().find(|task| task.id == id);
        let agent = task.and_then(|task| task.agent.as_deref()).map(|agent| format!(" [{agent}]")).unwrap_or_default();
        let title = task.map(|task| task.title.as_str()).filter(|title| *title != id).unwrap_or_default();
        format!("{id} {title}{agent}").trim_end().to_owned()
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        for (number, group) in self.groups.iter().enumerate() {
            let needed = count(group.worktrees_needed, "worktree");
            out += &paint.bold(&format!("Group {}", number + 1));
            out += &format!("  {needed}, {}\n", hours(group.estimate));
            for (lane, tasks) in group.worktrees.iter().enumerate() {
                for task in tasks {
                    out += &format!("  {}  {}\n", lane + 1, self.title(task));
                }
            }
        }
        out += &and_more(self.groups_more.unwrap_or(0));
        if !self.critical_path.is_empty() {
            out +=
                &format!("Critical path: {}; all: {}\n", self.critical_path.join(" -> "), hours(self.estimate_hours));
        }
        for one in &self.waiting {
            out += &format!("Waiting: {} ({})\n", one.task, one.reason);
        }
        if !self.merge_order.is_empty() {
            out += &format!("{}\n", paint.bold("Merge in this order"));
        }
        for line in self.order_lines() {
            out += &format!("  {line}\n");
        }
        if out.is_empty() {
            out += "nothing to plan: no task file and no open worktrees\n";
        }
        out
    }

    fn markdown(&self) -> Result<String, Problem> {
        distribution::page(self)
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.groups, &mut self.groups_more, limit);
        cut(&mut self.tasks, &mut self.tasks_more, limit);
        cut(&mut self.overlaps, &mut self.overlaps_more, limit);
    }
}

pub(super) fn run(
    args: Args,
    call: &Call<'_>,
    site: &Site<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let file = args.tasks.as_deref().map(|file| call.absolute(file));
    let planned = plan(site, file.as_deref(), notes)?;
    Ok(Answer::new("wfo.worktree-plan/1", Shown::new(planned)).into())
}
