//! The open tasks as a graph: who waits for whom, in which order, and what cannot begin.
//! Walks in loops, never by recursion: a list may be a chain of thousands.

use std::collections::HashMap;

use wfo_base::text::{clip, code_span, one_line};
use wfo_base::{Diagnostic, Problem, codes};

use super::{Task, Waiting};

/// The most notes about dependencies that are not in the list.
const NOTES: usize = 20;
/// The most tasks of a circle that are named.
const CIRCLE: usize = 12;

/// Tasks by number, with what each waits for among the open ones.
pub(super) struct Graph {
    /// For each task the open tasks it waits for, without repeats.
    pub(super) needs: Vec<Vec<usize>>,
    /// For each task the first name it waits for that is no task.
    pub(super) unknown: Vec<Option<String>>,
    /// The open tasks, each after all it waits for; otherwise as written.
    pub(super) order: Vec<usize>,
}

impl Graph {
    /// Reads the dependencies.
    ///
    /// # Errors
    /// `plan.unreadable` when an id stands twice, `plan.cycle` when tasks wait for each other.
    pub(super) fn of(tasks: &[Task], notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        let mut numbers: HashMap<&str, usize> = HashMap::with_capacity(tasks.len());
        for (number, task) in tasks.iter().enumerate() {
            if numbers.insert(&task.id, number).is_some() {
                let place = task.line.map(|line| format!(" (line {line})")).unwrap_or_default();
                let message = format!("task {} stands twice{place}", code_span(&task.id));
                return Err(Problem::new(codes::PLAN_UNREADABLE, message).hint("give each task an id of its own"));
            }
        }
        let (mut needs, mut unknown) = (Vec::with_capacity(tasks.len()), Vec::with_capacity(tasks.len()));
        let mut missing = 0_usize;
        for task in tasks {
            let (mut open, mut first) = (Vec::new(), None);
            for name in task.depends_on.iter().filter(|_| !task.done) {
                match numbers.get(name.as_str()) {
                    Some(number) if tasks.get(*number).is_some_and(|other| !other.done) => open.push(*number),
                    Some(_) => {}
                    None => {
                        missing += 1;
                        if missing <= NOTES {
                            notes.push(unknown_note(task, name));
                        }
                        first.get_or_insert_with(|| name.clone());
                    }
                }
            }
            open.sort_unstable();
            open.dedup();
            needs.push(open);
            unknown.push(first);
        }
        if missing > NOTES {
            let message = format!("{} more dependencies are not in the list", missing - NOTES);
            notes.push(Problem::new(codes::PLAN_DEPENDENCY_UNKNOWN, message).warning());
        }
        let order = order(tasks, &needs)?;
        Ok(Self { needs, unknown, order })
    }

    /// Lists the tasks that cannot be planned, as written, each with the reason.
    pub(super) fn waiting(&self, tasks: &[Task]) -> HashMap<usize, Waiting> {
        let mut out: HashMap<usize, Waiting> = HashMap::new();
        for &number in &self.order {
            let Some(task) = tasks.get(number) else { continue };
            let unknown = self.unknown.get(number).and_then(Option::as_ref);
            let behind = self.needs.get(number).into_iter().flatten().find(|need| out.contains_key(need));
            let reason = match (unknown, task.blocked, behind.and_then(|need| tasks.get(*need))) {
                (_, true, _) => "it is blocked".to_owned(),
                (Some(name), ..) => format!("it depends on {}, which is not in the list", code_span(name)),
                (.., Some(other)) => format!("it depends on {}, which waits", code_span(&other.id)),
                _ => continue,
            };
            out.insert(number, Waiting { task: task.id.clone(), reason });
        }
        out
    }
}

fn unknown_note(task: &Task, name: &str) -> Diagnostic {
    let place = task.line.map(|line| format!(" (line {line})")).unwrap_or_default();
    let message =
        format!("task {}{place} depends on {}, which is not in the list", code_span(&task.id), code_span(name));
    Problem::new(codes::PLAN_DEPENDENCY_UNKNOWN, message)
        .hint("correct the id, or add the task; until then it waits")
        .warning()
}

/// Sorts the open tasks so that each stands after all it waits for.
fn order(tasks: &[Task], needs: &[Vec<usize>]) -> Result<Vec<usize>, Problem> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (number, needs) in needs.iter().enumerate() {
        for need in needs {
            if let Some(users) = users.get_mut(*need) {
                users.push(number);
            }
        }
    }
    let mut left: Vec<usize> = needs.iter().map(Vec::len).collect();
    let open = |number: &usize| tasks.get(*number).is_some_and(|task| !task.done);
    let mut out: Vec<usize> = (0..tasks.len()).filter(open).filter(|number| left.get(*number) == Some(&0)).collect();
    let mut next = 0;
    while let Some(&number) = out.get(next) {
        next += 1;
        for &user in users.get(number).into_iter().flatten() {
            if let Some(count) = left.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    out.push(user);
                }
            }
        }
    }
    match left.iter().position(|count| *count > 0) {
        None => Ok(out),
        Some(start) => Err(circle(tasks, needs, &left, start)),
    }
}

/// Names one circle among the tasks that are left; each of them waits for another one that is left.
fn circle(tasks: &[Task], needs: &[Vec<usize>], left: &[usize], start: usize) -> Problem {
    let is_left = |number: &&usize| left.get(**number).is_some_and(|count| *count > 0);
    let mut seen: HashMap<usize, usize> = HashMap::new();
    let mut path = Vec::new();
    let mut at = start;
    while !seen.contains_key(&at) {
        seen.insert(at, path.len());
        path.push(at);
        match needs.get(at).and_then(|needs| needs.iter().find(is_left)) {
            Some(next) => at = *next,
            None => break,
        }
    }
    let mut circle: Vec<usize> = path.split_off(seen.get(&at).copied().unwrap_or(0));
    // The same circle reads the same, wherever the walk entered it.
    let first = circle.iter().enumerate().min_by_key(|(_, number)| **number).map_or(0, |(index, _)| index);
    circle.rotate_left(first);
    let name = |number: &usize| {
        let id = tasks.get(*number).map(|task| one_line(&task.id)).unwrap_or_default();
        clip(&id, 40).replace('`', "'")
    };
    let mut named: Vec<String> = circle.iter().take(CIRCLE).map(name).collect();
    if circle.len() > CIRCLE {
        named.push(format!("... {} more", circle.len() - CIRCLE));
    }
    named.extend(circle.first().map(name));
    let message = format!("tasks wait for each other: `{}`", named.join(" -> "));
    Problem::new(codes::PLAN_CYCLE, message).hint("take one of these dependencies out of the task file")
}
