//! Finds which task waits for which: a blocker is named by id, by the task's words, or is something outside the queue.
//! Never takes likeness for certainty: only a blocker that is named exactly and is done ceases to block.

use std::collections::{HashMap, HashSet};

use crate::merge::{Group, key};

/// The most comparisons of blocker phrases with task texts; beyond them only exact names count.
const COMPARISONS: usize = 1_000_000;

/// The most tasks that one name is looked up to.
const NAMESAKES: usize = 16;

/// What one task waits for.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// The blockers that still hold, as written.
    pub(crate) names: Vec<String>,
    /// The open tasks among them, by position.
    pub(crate) tasks: Vec<usize>,
}

/// Finds for each group what it waits for.
pub(crate) fn waits(groups: &[Group]) -> Vec<Waits> {
    let mut finder = Finder::new(groups);
    groups.iter().enumerate().map(|(at, group)| finder.waits(at, group)).collect()
}

struct Finder<'a> {
    groups: &'a [Group],
    by_id: HashMap<String, Vec<usize>>,
    by_key: HashMap<&'a str, Vec<usize>>,
    /// Keys between blanks, so that a phrase is found as whole words.
    padded: Vec<String>,
    /// The key of each name that was met: one blocker is often named by thousands of tasks.
    keys: HashMap<&'a str, String>,
    /// The first two open tasks that are like a phrase: one of them may be the task that asks.
    likes: HashMap<String, [Option<usize>; 2]>,
    left: usize,
}

impl<'a> Finder<'a> {
    fn new(groups: &'a [Group]) -> Self {
        let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, group) in groups.iter().enumerate() {
            let same = by_key.entry(&group.key).or_default();
            if same.len() < NAMESAKES {
                same.push(at);
            }
            for id in group.items.iter().filter_map(|item| item.id.as_deref()) {
                let same = by_id.entry(id.to_lowercase()).or_default();
                if same.last() != Some(&at) && same.len() < NAMESAKES {
                    same.push(at);
                }
            }
        }
        let padded = groups.iter().map(|group| format!(" {} ", group.key)).collect();
        Self { groups, by_id, by_key, padded, keys: HashMap::new(), likes: HashMap::new(), left: COMPARISONS }
    }

    fn waits(&mut self, at: usize, group: &'a Group) -> Waits {
        let mut waits = Waits::default();
        if group.done {
            return waits;
        }
        let mut seen = HashSet::new();
        let blockers = group.items.iter().flat_map(|item| &item.blocked_by);
        for blocker in blockers.filter(|blocker| seen.insert(blocker.to_lowercase())) {
            let found = self.exact(at, blocker);
            let parts: Vec<&str> = if found.is_none() { parts(blocker).collect() } else { Vec::new() };
            // "T-1, T-2" are two blockers; "legal, then ops" is one
            let named: Vec<(&str, Option<Vec<usize>>)> = match parts.as_slice() {
                [_, _, ..] => parts.into_iter().map(|part| (part, self.exact(at, part))).collect(),
                [only] if only.len() != blocker.len() => vec![(*only, self.exact(at, only))],
                _ => Vec::new(),
            };
            if named.iter().any(|(_, found)| found.is_some()) {
                named.into_iter().for_each(|(part, found)| self.add(at, part, found, &mut waits));
            } else {
                self.add(at, blocker, found, &mut waits);
            }
        }
        waits
    }

    fn add(&mut self, at: usize, name: &'a str, found: Option<Vec<usize>>, waits: &mut Waits) {
        let open: Vec<usize> = match &found {
            Some(found) => found.iter().copied().filter(|at| self.is_open(*at)).collect(),
            None => self.alike(at, name).into_iter().collect(),
        };
        let settled = found.is_some() && open.is_empty();
        if settled {
            return;
        }
        waits.names.push(name.to_owned());
        for task in open {
            if !waits.tasks.contains(&task) {
                waits.tasks.push(task);
            }
        }
    }

    fn is_open(&self, at: usize) -> bool {
        self.groups.get(at).is_some_and(|group| !group.done)
    }

    /// Returns the tasks that are named exactly; ids of the same file win, because plans number their tasks alike.
    fn exact(&mut self, at: usize, name: &'a str) -> Option<Vec<usize>> {
        let others = |found: &Vec<usize>| found.iter().copied().filter(|found| *found != at).collect::<Vec<usize>>();
        let id = name.trim().to_lowercase();
        if let Some(found) = self.by_id.get(&id).map(others).filter(|found| !found.is_empty()) {
            let own = self.groups.get(at);
            let near =
                |found: &&usize| own.zip(self.groups.get(**found)).is_some_and(|(own, found)| own.shares_file(found));
            let same_file: Vec<usize> = found.iter().filter(near).copied().collect();
            return Some(if same_file.is_empty() { found } else { same_file });
        }
        let key = self.keys.entry(name).or_insert_with(|| key(name));
        self.by_key.get(key.as_str()).map(others).filter(|found| !found.is_empty())
    }

    /// Returns the first open task that contains the phrase, or is contained in it, as two or more whole words.
    fn alike(&mut self, at: usize, name: &'a str) -> Option<usize> {
        let phrase = self.keys.entry(name).or_insert_with(|| key(name));
        if !phrase.contains(' ') {
            return None;
        }
        let first_other = |likes: &[Option<usize>; 2]| likes.iter().flatten().copied().find(|other| *other != at);
        if let Some(known) = self.likes.get(phrase.as_str()) {
            return first_other(known);
        }
        if self.left < self.groups.len() {
            return None;
        }
        self.left -= self.groups.len();
        let padded_phrase = format!(" {phrase} ");
        let groups = self.groups.iter().zip(&self.padded).enumerate();
        let mut found = groups
            .filter(|(_, (group, padded))| {
                let like = || padded.contains(&padded_phrase) || padded_phrase.contains(*padded);
                !group.done && group.key.contains(' ') && like()
            })
            .map(|(other, _)| other);
        let likes = [found.next(), found.next()];
        self.likes.insert(phrase.clone(), likes);
        first_other(&likes)
    }
}

/// Splits "T-1, T-2 and T-3".
fn parts(blocker: &str) -> impl Iterator<Item = &str> {
    blocker
        .split([',', ';', '&', '+'])
        .flat_map(|part| part.split(" and "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}
