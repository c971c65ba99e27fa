//! The worktrees of one group over the slots that are allowed, and the longest chain through all groups.
//! The longest worktree goes first to the slot that is free first: never more than a third above the best (Graham 1969).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::Graph;
use super::shares::shares;
use super::{Group, Task};

/// Puts the tasks of a group into worktrees and the worktrees into at most `most` slots.
pub(super) fn group(tasks: &[&Task], most: usize) -> Group {
    let files: Vec<&[String]> = tasks.iter().map(|task| task.files.as_slice()).collect();
    let sets = shares(&files);
    let known = tasks.iter().all(|task| task.estimate_minutes.is_some());
    let of = |set: &Vec<usize>| -> Vec<&Task> { set.iter().filter_map(|number| tasks.get(*number).copied()).collect() };
    let length = |set: &Vec<usize>| of(set).into_iter().map(|task| weight(task, known)).fold(0, u64::saturating_add);
    let lengths: Vec<u64> = sets.iter().map(length).collect();
    let (slots, longest) = spread(&lengths, most);
    Group {
        tasks: tasks.iter().map(|task| task.id.clone()).collect(),
        worktrees: sets.iter().map(|set| of(set).into_iter().map(|task| task.id.clone()).collect()).collect(),
        worktrees_needed: slots.len(),
        slots,
        estimate_minutes: known.then_some(longest),
    }
}

/// Returns minutes where all tasks have an estimate, else one for each task.
fn weight(task: &Task, known: bool) -> u64 {
    task.estimate_minutes.filter(|_| known).unwrap_or(1)
}

/// Spreads lengths over at most `most` slots; answers each slot's members and the length of the longest.
fn spread(lengths: &[u64], most: usize) -> (Vec<Vec<usize>>, u64) {
    let number = lengths.len().min(most);
    let mut slots: Vec<Vec<usize>> = vec![Vec::new(); number];
    // An empty slot comes before a used one of the same length, so that work of no length is spread too.
    let mut free: BinaryHeap<Reverse<(u64, usize, usize)>> = (0..number).map(|slot| Reverse((0, 0, slot))).collect();
    let mut longest_first: Vec<(usize, u64)> = lengths.iter().copied().enumerate().collect();
    longest_first.sort_by_key(|(index, length)| (Reverse(*length), *index));
    let mut longest = 0;
    for (index, length) in longest_first {
        let Some(Reverse((used, members, slot))) = free.pop() else { break };
        let end = used.saturating_add(length);
        longest = longest.max(end);
        if let Some(slot) = slots.get_mut(slot) {
            slot.push(index);
        }
        free.push(Reverse((end, members + 1, slot)));
    }
    (slots, longest)
}

/// How long a chain is: minutes (or tasks, where not all have an estimate), then tasks.
type Length = (u64, usize);

/// Returns the longest chain of dependencies among the planned tasks, first to last.
pub(super) fn critical_path(tasks: &[Task], graph: &Graph, planned: impl Fn(&usize) -> bool) -> Vec<usize> {
    let planned: Vec<usize> = graph.order.iter().copied().filter(planned).collect();
    let task = |number: &usize| tasks.get(*number);
    let known = planned.iter().filter_map(task).all(|task| task.estimate_minutes.is_some());
    // For each task the longest chain that ends with it, and the task before it there.
    let mut ends: Vec<Option<(Length, Option<usize>)>> = vec![None; tasks.len()];
    let mut best: Option<(Length, usize)> = None;
    for number in planned {
        let Some(own) = task(&number).map(|task| weight(task, known)) else { continue };
        let mut before: Option<(Length, usize)> = None;
        for &need in graph.needs.get(number).into_iter().flatten() {
            let Some((length, _)) = ends.get(need).copied().flatten() else { continue };
            if before.is_none_or(|(longest, _)| length > longest) {
                before = Some((length, need));
            }
        }
        let (minutes, steps) = before.map_or((0, 0), |(length, _)| length);
        let length = (minutes.saturating_add(own), steps + 1);
        if let Some(slot) = ends.get_mut(number) {
            *slot = Some((length, before.map(|(_, need)| need)));
        }
        if best.is_none_or(|(longest, last)| (length, Reverse(number)) > (longest, Reverse(last))) {
            best = Some((length, number));
        }
    }
    let mut path = Vec::new();
    let mut at = best.map(|(_, last)| last);
    while let Some(number) = at {
        path.push(number);
        at = ends.get(number).copied().flatten().and_then(|(_, before)| before);
    }
    path.reverse();
    path
}
