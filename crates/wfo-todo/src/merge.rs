//! Joins what several sources call by the same words into one task of the queue.
//! Never joins two tasks of TODO files: equal words in two plans are two pieces of work.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::level::Level;
use crate::marks;
use crate::rank::{Item, Origin, Place};
use crate::words::task_id;

/// One task with all places that name it.
#[derive(Debug)]
pub(crate) struct Group {
    /// What tasks are told apart by.
    pub(crate) key: String,
    /// Position of its first item in the input.
    pub(crate) order: usize,
    /// The open items, most urgent first; the done ones when nothing is open.
    pub(crate) items: Vec<Item>,
    /// The files that name it.
    pub(crate) files: BTreeSet<String>,
    pub(crate) done: bool,
}

impl Group {
    /// Returns the item that stands for the task.
    pub(crate) fn head(&self) -> Option<&Item> {
        self.items.first()
    }

    /// Returns the places besides the head's, in file order, each once.
    pub(crate) fn also(&self) -> Vec<Place> {
        let place = |item: &Item| Place { file: item.file.clone(), line: item.line };
        let head = self.head().map(place);
        let mut also: Vec<Place> = self.items.iter().map(place).filter(|other| Some(other) != head.as_ref()).collect();
        also.sort();
        also.dedup();
        also
    }

    /// Returns the most urgent mark.
    pub(crate) fn level(&self) -> Option<Level> {
        self.items.iter().filter_map(|item| item.level).min()
    }

    /// Returns the first day on which a source knew it.
    pub(crate) fn since(&self) -> Option<Date> {
        self.items.iter().filter_map(|item| item.since).min()
    }

    /// Says whether a source of this kind names it.
    pub(crate) fn named_in(&self, origin: Origin) -> bool {
        self.items.iter().any(|item| item.origin == origin)
    }

    /// Says whether one of its items stands in a file.
    pub(crate) fn shares_file(&self, other: &Self) -> bool {
        self.files.iter().any(|file| other.files.contains(file))
    }
}

/// Groups the items, in the order in which their words first appear.
pub(crate) fn merge(items: Vec<Item>) -> Vec<Group> {
    // The first group of each wording, and whether a TODO file is in it already. Only that one can take more items: a
    // further task of a TODO file makes a group of its own, and everything else joins the first.
    let mut by_key: HashMap<String, (usize, bool)> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (order, item) in items.into_iter().enumerate() {
        let key = key(&item.text);
        let todo = item.origin == Origin::Todo;
        let known = by_key.get_mut(&key).filter(|(_, taken)| !(todo && *taken));
        let joined = known.and_then(|(at, taken)| {
            *taken |= todo;
            groups.get_mut(*at)
        });
        if let Some(group) = joined {
            group.files.insert(item.file.clone());
            group.items.push(item);
        } else {
            by_key.entry(key.clone()).or_insert((groups.len(), todo));
            let files = BTreeSet::from([item.file.clone()]);
            groups.push(Group { key, order, items: vec![item], files, done: false });
        }
    }
    groups.iter_mut().for_each(settle);
    groups
}

/// Decides whether the task is done, and keeps the items that then count.
fn settle(group: &mut Group) {
    let handover = |item: &Item| matches!(item.origin, Origin::Priority | Origin::InProgress);
    let ticked = group.items.iter().any(|item| item.done && !handover(item));
    // the hand-over is older than a tick in a task list; two lines of one list are a recurring task
    let open = group.items.iter().any(|item| !(item.done || ticked && handover(item)));
    group.done = !open;
    if open {
        group.items.retain(|item| !item.done);
        group.items.sort_by_key(|item| (item.level.is_none(), item.level, item.origin));
    }
}

/// Returns what tasks are told apart by: their words without case, marks, own id, and blanks and punctuation at the ends.
pub(crate) fn key(text: &str) -> String {
    let marks = marks::read(text);
    let own_id = |(first, rest): &(&str, &str)| task_id(first).is_some() && rest.chars().any(char::is_alphanumeric);
    let bare = marks.text.split_once(' ').filter(own_id).map_or(marks.text.as_str(), |(_, rest)| rest);
    let id_at_end = |(_, last): &(&str, &str)| last.starts_with(['(', '[']) && task_id(last).is_some();
    let bare = bare.rsplit_once(' ').filter(id_at_end).map_or(bare, |(rest, _)| rest);
    let ends = |c: char| c.is_whitespace() || ".,;:!?…-–—_*`'\"“”()[]".contains(c);
    bare.trim_matches(ends).replace('`', "").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_ids_and_ends_do_not_tell_tasks_apart() {
        for text in [
            "Fix the login",
            "  fix  the LOGIN. ",
            "[P1] Fix the login!",
            "**Fix the login**",
            "🔴 Fix the `login`",
            "T-12: Fix the login",
            "#34 Fix the login",
            "Fix the login (T-12)",
            "Fix the login (blocked by T-3)",
            "[AGENT: x] Fix the login — waiting on Ann",
        ] {
            assert_eq!(key(text), "fix the login", "{text}");
        }
    }

    #[test]
    fn other_words_tell_tasks_apart() {
        for (one, other) in [("Learn C", "Learn C++"), ("Fix login-loop", "Fix login loop"), ("Fix T-12", "Fix T-13")] {
            assert_ne!(key(one), key(other));
        }
        assert_eq!(key("T-12"), "t-12");
    }
}
