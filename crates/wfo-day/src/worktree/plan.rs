//! `worktree plan`: which tasks can be worked on at the same time, and in which order the worktrees that are there merge best.

use std::collections::BTreeSet;
use std::path::Path;

use wfo_agent::Router;
use wfo_base::{Diagnostic, Problem, codes, text::code_span};
use wfo_git::{Merges, Worktree};
use wfo_worktree::{Candidate, Ordered, Overlap, Plan, Task};

use super::scene::Scene;
use super::site::Site;
use super::task_list;
use crate::tables;

/// The most branches that are merged with each other on trial.
const BRANCHES: usize = 24;
/// How many tasks are given an agent.
const ROUTED: usize = 500;

/// An open task and who fits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// The agent that fits; `None` when none does.
    pub agent: Option<String>,
}

/// What was planned.
#[derive(Debug, Default)]
pub struct Planned {
    /// Groups and critical path; `None` without a task file.
    pub tasks: Option<Plan>,
    /// The open tasks with their agents, in the order of the file.
    pub open: Vec<Assigned>,
    /// The order of merging.
    pub merge_order: Vec<Ordered>,
    /// Files that two or more branches change.
    pub overlaps: Vec<Overlap>,
    /// Branches that were left out: above the bound, or not to be determined.
    pub left_out: Vec<String>,
}

/// Plans. `tasks`: the task file, relative to the current folder or absolute; none = the project's own, where it has one.
///
/// # Errors
/// `plan.unreadable`, `plan.cycle`, `git.unreadable`.
pub fn plan(site: &Site<'_>, tasks: Option<&Path>, notes: &mut Vec<Diagnostic>) -> Result<Planned, Problem> {
    let mut planned = Planned::default();
    if let Some((file, list)) = task_list::load(site, tasks, notes)? {
        let in_file = |problem: Problem| if problem.location.is_some() { problem } else { problem.in_file(&file) };
        planned.open = assigned(site, &list, notes);
        let plan = wfo_worktree::plan(&list, site.rules.max_per_project).map_err(in_file)?;
        let placed = |note: Diagnostic| Diagnostic { problem: in_file(note.problem), ..note };
        notes.extend(plan.notes.into_iter().map(placed));
        planned.tasks = Some(plan.value);
    }
    order(site, &mut planned, notes)?;
    Ok(planned)
}

/// Routes each open task.
fn assigned(site: &Site<'_>, list: &[Task], notes: &mut Vec<Diagnostic>) -> Vec<Assigned> {
    let agents: Vec<_> = tables::AGENTS.load(&site.layers).drain_into(notes).into_iter().map(|(row, _)| row).collect();
    let router = Router::new(&agents);
    let agent = |index: usize, task: &Task| {
        let files: Vec<&str> = task.files.iter().map(String::as_str).collect();
        let route = (index < ROUTED).then(|| router.route(&task.title, &files))?;
        route.candidates.into_iter().next().filter(|_| route.confident).map(|best| best.agent)
    };
    let open = list.iter().filter(|task| !task.done).enumerate();
    open.map(|(index, task)| Assigned { id: task.id.clone(), title: task.title.clone(), agent: agent(index, task) })
        .collect()
}

fn order(site: &Site<'_>, planned: &mut Planned, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
    let scene = Scene::look(site, notes)?;
    let Some(base) = scene.default_tip(site) else { return Ok(()) };
    let open = |tree: &&Worktree| {
        !tree.main && !tree.prunable && tree.merged != Some(true) && tree.branch.is_some() && tree.head.is_some()
    };
    let mut trees: Vec<&Worktree> = scene.git.worktrees.iter().filter(open).collect();
    trees.sort_by_key(|tree| tree.last_commit.as_ref().map(|time| std::cmp::Reverse(time.timestamp())));
    let mut merges = Merges::open(site.repository())?;
    let mut candidates: Vec<(String, String, Candidate)> = Vec::new();
    for tree in trees {
        let (Some(branch), Some(tip)) = (tree.branch.clone(), tree.head.clone()) else { continue };
        let changed = if candidates.len() < BRANCHES { merges.changed(&base, &tip) } else { None };
        match changed {
            Some(files) if files.is_empty() => {}
            Some(files) => {
                let trial = merges.trial(&base, &tip);
                let candidate = Candidate {
                    branch: branch.clone(),
                    conflicts_with_base: trial.as_ref().map(|trial| !trial.conflicts.is_empty()),
                    files: files.into_iter().collect(),
                    conflict_files: trial.map(|trial| trial.conflicts).unwrap_or_default().into_iter().collect(),
                    ..Candidate::default()
                };
                candidates.push((branch, tip, candidate));
            }
            None => planned.left_out.push(branch),
        }
    }
    pairwise(&mut merges, &mut candidates);
    let candidates: Vec<Candidate> = candidates.into_iter().map(|(_, _, candidate)| candidate).collect();
    planned.merge_order = wfo_worktree::merge_order(&candidates);
    planned.overlaps = wfo_worktree::overlaps(&candidates);
    if !planned.left_out.is_empty() {
        let names: Vec<String> = planned.left_out.iter().map(|branch| code_span(branch).clone()).collect();
        let message = format!("not planned, since they could not be compared: {}", names.join(", "));
        notes.push(Problem::new(codes::GIT_INCOMPLETE, message).hint("merge some of the others first").info());
    }
    Ok(())
}

/// Merges each with each on trial, where both change a same file: others cannot conflict.
fn pairwise(merges: &mut Merges<'_>, candidates: &mut [(String, String, Candidate)]) {
    for left in 0..candidates.len() {
        for right in left + 1..candidates.len() {
            let (Some((_, a, one)), Some((_, b, other))) = (candidates.get(left), candidates.get(right)) else {
                continue;
            };
            if !may_meet(&one.files, &other.files) {
                continue;
            }
            let trial = merges.trial(a, b);
            for (at, with) in [(left, right), (right, left)] {
                let Some((_, _, candidate)) = candidates.get_mut(at) else { continue };
                match &trial {
                    None => {
                        candidate.undetermined.insert(with);
                    }
                    Some(trial) if trial.conflicts.is_empty() => {}
                    Some(trial) => {
                        candidate.conflicts_with.insert(with);
                        candidate.conflict_files.extend(trial.conflicts.iter().cloned());
                    }
                }
            }
        }
    }
}

/// Says whether two sets of changed files can conflict: a common file, or a file where the other makes a folder.
fn may_meet(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let under = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        a.iter().any(|file| {
            let folder = format!("{file}/");
            b.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
        })
    };
    !one.is_disjoint(other) || under(one, other) || under(other, one)
}
