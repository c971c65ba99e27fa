//! Brings the tasks of plan.md into the tasks of a TODO file, again and again: nothing twice, no status lost, ids that stay.
//! Says what to add and to change; writing it is for the editor of TODO files.

mod read;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wfo_base::{Diagnostic, Noted, Problem, codes, text::code_span};

use read::CATEGORIES;
pub use read::{Planned, planned};
pub(crate) use read::{category_of, note};

use crate::todo_file::{TaskStatus, TodoTask};
use crate::words::{task_id, words};

/// The most faults of one kind that are named.
const FAULTS: usize = 50;
/// The most tasks that one waits for.
const WAITS: usize = 200;
/// The most pairs of texts that are compared word by word.
const PAIRS: usize = 40_000;
/// From how many percent of common words on two texts are the same task.
const NEAR: usize = 60;

/// A task that the TODO lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Its id, given or made.
    pub id: String,
    /// The list it belongs to.
    pub category: String,
    /// What is to be done.
    pub description: String,
    /// Ids of the tasks it waits for.
    pub depends_on: Vec<String>,
    /// Pending, or completed where the plan has it ticked.
    pub status: TaskStatus,
}

/// What changes in a task that the TODO has; absent = stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its id in the TODO.
    pub id: String,
    /// Its new text.
    pub description: Option<String>,
    /// What it waits for now.
    pub depends_on: Option<Vec<String>>,
    /// Completed, where the plan has it ticked and the TODO has it open.
    pub status: Option<TaskStatus>,
}

/// What a plan brings into a TODO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// Tasks to add, in the order of the plan.
    pub additions: Vec<Addition>,
    /// Tasks to change, in the order of the plan.
    pub changes: Vec<Change>,
    /// Ids for lines of the plan that have none: see [`with_ids`].
    pub ids: Vec<(usize, String)>,
    /// Tasks of the TODO that the plan no longer names: they stay.
    pub not_planned: Vec<String>,
}

/// Compares a plan with the tasks of a TODO. A task is known by its id, one without an id by its words.
#[must_use]
pub fn merge(existing: &[TodoTask], plan: &[Planned], file: &str) -> Noted<Merged> {
    let mut out = Noted::<Merged>::default();
    let plan = without_doubles(plan, file, &mut out.notes);
    let pairs = pairs(existing, &plan);
    let mut names = Names::new(existing, &plan);
    // All ids first: a task may wait for one further down.
    let ids: Vec<String> = plan
        .iter()
        .enumerate()
        .map(|(at, one)| match pairs.get(&at).and_then(|at| existing.get(*at)).and_then(|task| task.id.clone()) {
            Some(id) => id,
            None => one.id.clone().unwrap_or_else(|| names.make(&one.category)),
        })
        .collect();
    let spelled: HashMap<String, &String> = ids
        .iter()
        .chain(existing.iter().filter_map(|task| task.id.as_ref()))
        .map(|id| (id.to_lowercase(), id))
        .collect();
    for (at, (one, id)) in plan.iter().zip(&ids).enumerate() {
        let old = pairs.get(&at).and_then(|at| existing.get(*at));
        // A task of the TODO without an id cannot be named, and is there already.
        if old.is_some_and(|old| old.id.is_none()) {
            continue;
        }
        let known = |wait: &String| spelled.get(&wait.to_lowercase()).map_or(wait, |id| *id).clone();
        let waits: Vec<String> = one.task.depends_on.iter().take(WAITS).map(known).collect();
        if one.id.is_none() {
            out.value.ids.push((one.line, id.clone()));
        }
        match old {
            Some(old) => out.value.changes.extend(change(old, one, id, &waits)),
            None => out.value.additions.push(Addition {
                id: id.clone(),
                category: one.category.clone(),
                description: one.task.title.clone(),
                depends_on: waits,
                status: if one.task.done { TaskStatus::Completed } else { TaskStatus::Pending },
            }),
        }
    }
    let named: BTreeSet<usize> = pairs.values().copied().collect();
    let left =
        existing.iter().enumerate().filter(|(at, _)| !named.contains(at)).filter_map(|(_, task)| task.id.clone());
    out.value.not_planned = left.collect();
    let waiting = waiting(existing, &out.value);
    let lines: HashMap<&str, usize> = ids.iter().map(String::as_str).zip(plan.iter().map(|one| one.line)).collect();
    out.notes.extend(unknown(&waiting, file, &lines));
    out.notes.extend(circle(&waiting).map(|ids| {
        let problem = Problem::new(
            codes::PLAN_CYCLE,
            format!("tasks wait for each other in a circle: {}", code_span(&ids.join(", "))),
        );
        let line = ids.iter().filter_map(|id| lines.get(id.as_str())).min();
        at(problem.hint("take one of the dependencies out"), file, line).warning()
    }));
    out
}

/// Places a problem in the line of a task, where the plan has it.
fn at(problem: Problem, file: &str, line: Option<&usize>) -> Problem {
    match line {
        Some(line) => problem.at_line(file, *line),
        None => problem.in_file(file),
    }
}

fn without_doubles<'a>(plan: &'a [Planned], file: &str, notes: &mut Vec<Diagnostic>) -> Vec<&'a Planned> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for one in plan {
        match &one.id {
            Some(id) if !seen.insert(id.to_lowercase()) => notes.push(
                Problem::new(codes::TODO_TASK_ODD, format!("{} stands twice in {}", code_span(id), code_span(file)))
                    .hint("give the second task an id of its own; until then it is left out")
                    .at_line(file, one.line)
                    .warning(),
            ),
            _ => out.push(one),
        }
    }
    out
}

/// For each task of the plan the task of the TODO that it is: by id, then by the same words, then by most of the words.
fn pairs(existing: &[TodoTask], plan: &[&Planned]) -> BTreeMap<usize, usize> {
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for (at, task) in existing.iter().enumerate() {
        if let Some(id) = &task.id {
            by_id.entry(id.to_lowercase()).or_insert(at);
        }
    }
    let mut out = BTreeMap::new();
    for (at, one) in plan.iter().enumerate() {
        if let Some(found) = one.id.as_ref().and_then(|id| by_id.get(&id.to_lowercase())) {
            out.insert(at, *found);
        }
    }
    let mut taken: BTreeSet<usize> = out.values().copied().collect();
    let said: Vec<BTreeSet<String>> = existing.iter().map(|task| said(&task.description)).collect();
    let open: Vec<(usize, &Planned, BTreeSet<String>)> = plan
        .iter()
        .enumerate()
        .filter(|(_, one)| one.id.is_none())
        .map(|(at, one)| (at, *one, self::said(&one.task.title)))
        .collect();
    let mut same: HashMap<&BTreeSet<String>, Vec<usize>> = HashMap::new();
    said.iter().enumerate().for_each(|(at, words)| same.entry(words).or_default().push(at));
    for (at, one, mine) in &open {
        let mut alike = same.get(mine).into_iter().flatten().copied();
        if let Some(found) = alike.find(|at| !taken.contains(at) && in_list(existing, *at, one)) {
            taken.insert(found);
            out.insert(*at, found);
        }
    }
    if open.len().saturating_mul(existing.len()) > PAIRS {
        return out;
    }
    for (at, one, mine) in &open {
        if out.contains_key(at) {
            continue;
        }
        let free = said.iter().enumerate().filter(|(at, _)| !taken.contains(at) && in_list(existing, *at, one));
        let near = free.map(|(at, other)| (likeness(mine, other), at)).filter(|(likeness, _)| *likeness >= NEAR);
        // of several, the most alike, and of these the first
        if let Some((_, found)) = near.max_by_key(|(likeness, at)| (*likeness, std::cmp::Reverse(*at))) {
            taken.insert(found);
            out.insert(*at, found);
        }
    }
    out
}

fn said(text: &str) -> BTreeSet<String> {
    words(text).into_iter().collect()
}

fn in_list(existing: &[TodoTask], at: usize, one: &Planned) -> bool {
    existing.get(at).is_some_and(|task| task.category == one.category || task.category.is_empty())
}

/// Returns how alike two texts are, in percent of all their words.
fn likeness(a: &BTreeSet<String>, b: &BTreeSet<String>) -> usize {
    let both = a.intersection(b).count();
    let all = a.len() + b.len() - both;
    (both * 100).checked_div(all).unwrap_or(0)
}

fn change(old: &TodoTask, one: &Planned, id: &str, waits: &[String]) -> Option<Change> {
    let ticked = one.task.done && matches!(old.status, TaskStatus::Pending | TaskStatus::InProgress);
    let change = Change {
        id: id.to_owned(),
        description: (one.task.title != old.description).then(|| one.task.title.clone()),
        // A plan that names nothing to wait for takes nothing away.
        depends_on: (!waits.is_empty() && waits != old.depends_on).then(|| waits.to_vec()),
        status: ticked.then_some(TaskStatus::Completed),
    };
    let changes = change.description.is_some() || change.depends_on.is_some() || change.status.is_some();
    changes.then_some(change)
}

/// Makes ids that nobody has.
struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    fn new(existing: &[TodoTask], plan: &[&Planned]) -> Self {
        let here = existing.iter().filter_map(|task| task.id.as_deref());
        let there = plan.iter().filter_map(|one| one.id.as_deref());
        Self { taken: here.chain(there).map(str::to_lowercase).collect() }
    }

    fn make(&mut self, category: &str) -> String {
        let known = CATEGORIES.iter().find(|(name, ..)| *name == category).map(|(_, prefix, _)| (*prefix).to_owned());
        let own = || {
            category.split('_').next().unwrap_or_default().chars().filter(char::is_ascii_lowercase).take(20).collect()
        };
        let prefix: String = known.unwrap_or_else(own);
        let prefix = if prefix.is_empty() { "task".to_owned() } else { prefix };
        let of = |id: &String| id.strip_prefix(&prefix)?.strip_prefix('_')?.parse::<u32>().ok();
        let last = self.taken.iter().filter_map(of).filter(|number| *number < 1_000_000).max().unwrap_or(0);
        let id = format!("{prefix}_{:03}", last + 1);
        self.taken.insert(id.clone());
        id
    }
}

/// Who waits for whom after the merge.
fn waiting(existing: &[TodoTask], merged: &Merged) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for task in existing {
        if let Some(id) = &task.id {
            out.entry(id.clone()).or_insert_with(|| task.depends_on.clone());
        }
    }
    for one in &merged.additions {
        out.insert(one.id.clone(), one.depends_on.clone());
    }
    for one in &merged.changes {
        if let Some(waits) = &one.depends_on {
            out.insert(one.id.clone(), waits.clone());
        }
    }
    out
}

fn unknown(waiting: &BTreeMap<String, Vec<String>>, file: &str, lines: &HashMap<&str, usize>) -> Vec<Diagnostic> {
    let all = waiting.iter().flat_map(|(id, waits)| waits.iter().map(move |wait| (id, wait)));
    all.filter(|(_, wait)| !waiting.contains_key(*wait))
        .take(FAULTS)
        .map(|(id, wait)| {
            let message = format!("{} waits for {}, which is no task", code_span(id), code_span(wait));
            let problem = Problem::new(codes::PLAN_DEPENDENCY_UNKNOWN, message);
            at(problem.hint("correct the id, or add the task"), file, lines.get(id.as_str())).warning()
        })
        .collect()
}

/// Finds the tasks that wait for each other in a circle, or for such a circle; `None` when there is none.
#[must_use]
pub fn circle(waiting: &BTreeMap<String, Vec<String>>) -> Option<Vec<String>> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let mut followers: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, waits) in waiting {
        let waits: BTreeSet<&str> =
            waits.iter().map(String::as_str).filter(|wait| waiting.contains_key(*wait)).collect();
        left.insert(id, waits.len());
        waits.into_iter().for_each(|wait| followers.entry(wait).or_default().push(id));
    }
    let mut ready: Vec<&str> = left.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(id) = ready.pop() {
        left.remove(id);
        for follower in followers.remove(id).unwrap_or_default() {
            if let Some(count) = left.get_mut(follower) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(follower);
                }
            }
        }
    }
    (!left.is_empty()).then(|| left.into_keys().map(str::to_owned).collect())
}

/// Writes ids into the lines of a plan that have none, so that they stay; all other bytes stay as they are.
#[must_use]
pub fn with_ids(page: &str, ids: &[(usize, String)]) -> String {
    let ids: HashMap<usize, &str> = ids.iter().map(|(line, id)| (*line, id.as_str())).collect();
    let mut out = String::with_capacity(page.len() + ids.len() * 12);
    for (at, line) in page.split_inclusive('\n').enumerate() {
        let place =
            ids.get(&(at + 1)).filter(|id| task_id(id).is_some()).and_then(|id| Some((*id, line.find(']')? + 1)));
        match place.and_then(|(id, at)| Some((id, line.split_at_checked(at)?))) {
            Some((id, (mark, rest))) => {
                out.push_str(mark);
                out.push(' ');
                out.push_str(id);
                out.push_str(": ");
                out.push_str(rest.trim_start_matches([' ', '\t']));
            }
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests;
