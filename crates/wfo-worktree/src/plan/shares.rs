//! Which tasks of a group change the same files, so that they must share a worktree.
//! Compares names as text; a folder of a list holds all below it, and asks the disk nothing.

use std::collections::HashMap;

/// A place in the tree of the names that tasks list.
#[derive(Default)]
struct Node<'a> {
    below: HashMap<&'a str, usize>,
    /// The first task that lists this very name.
    owner: Option<usize>,
}

/// Sorts tasks into sets that share a file or a folder; sets and their members in the order of the tasks.
///
/// `files` holds the names of each task: `a/b.rs`, `./a/b.rs`, a folder `a` or `a/`, a pattern `a/**` (its folder counts).
pub(super) fn shares(files: &[&[String]]) -> Vec<Vec<usize>> {
    let mut nodes = vec![Node::default()];
    let mut sets = Sets::new(files.len());
    for (task, names) in files.iter().enumerate() {
        for name in *names {
            let at = insert(&mut nodes, name);
            match nodes.get_mut(at).map(|node| &mut node.owner) {
                Some(Some(owner)) => sets.join(*owner, task),
                Some(empty) => *empty = Some(task),
                None => {}
            }
        }
    }
    // Every name on the way to a file is a folder that holds it.
    for (task, names) in files.iter().enumerate() {
        for name in *names {
            let mut at = 0;
            let mut join = |at: usize| {
                if let Some(owner) = nodes.get(at).and_then(|node| node.owner) {
                    sets.join(owner, task);
                }
            };
            join(at);
            for part in parts(name) {
                let Some(next) = nodes.get(at).and_then(|node| node.below.get(part)) else { break };
                at = *next;
                join(at);
            }
        }
    }
    sets.in_order()
}

fn insert<'a>(nodes: &mut Vec<Node<'a>>, name: &'a str) -> usize {
    let mut at = 0;
    for part in parts(name) {
        let fresh = nodes.len();
        let Some(node) = nodes.get_mut(at) else { break };
        let next = *node.below.entry(part).or_insert(fresh);
        if next == fresh {
            nodes.push(Node::default());
        }
        at = next;
    }
    at
}

/// Splits a name at its slashes, as far as it has no pattern in it.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.trim()
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .take_while(|part| !part.contains(['*', '?', '[', '{']))
}

/// Sets that are joined bit by bit; the first member stands for all.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(size: usize) -> Self {
        Self { parent: (0..size).collect() }
    }

    fn root(&mut self, mut of: usize) -> usize {
        while let Some(&up) = self.parent.get(of).filter(|up| **up != of) {
            let above = self.parent.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.parent.get_mut(of) {
                *slot = above;
            }
            of = above;
        }
        of
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(slot) = self.parent.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }

    fn in_order(mut self) -> Vec<Vec<usize>> {
        let mut place: HashMap<usize, usize> = HashMap::new();
        let mut out: Vec<Vec<usize>> = Vec::new();
        for member in 0..self.parent.len() {
            let root = self.root(member);
            let at = *place.entry(root).or_insert(out.len());
            match out.get_mut(at) {
                Some(set) => set.push(member),
                None => out.push(vec![member]),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sets(lists: &[&[&str]]) -> Vec<Vec<usize>> {
        let owned: Vec<Vec<String>> =
            lists.iter().map(|names| names.iter().map(|name| (*name).to_owned()).collect()).collect();
        shares(&owned.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn tasks_that_list_the_same_file_or_its_folder_are_one_set() {
        for (lists, expected) in [
            (&[&["a.rs"][..], &["b.rs"], &["a.rs"]][..], vec![vec![0, 2], vec![1]]),
            (&[&["src/a.rs"], &["./src//a.rs"]], vec![vec![0, 1]]),
            (&[&["src/a.rs"], &["src/"], &["src/b/c.rs"]], vec![vec![0, 1, 2]]),
            (&[&["src/b/c.rs"], &["src"]], vec![vec![0, 1]]),
            (&[&["src/a.rs"], &["src/b.rs"]], vec![vec![0], vec![1]]),
            (&[&["src/api"], &["src/api2/x"]], vec![vec![0], vec![1]]),
            (&[&["src/api/**/*.rs"], &["src/api/x"], &["src/ui/y"]], vec![vec![0, 1], vec![2]]),
            (&[&["*.md"], &["x"]], vec![vec![0, 1]]),
            (&[&[], &[], &["x"]], vec![vec![0], vec![1], vec![2]]),
            (&[&["a", "b"], &["b", "c"], &["d"], &["c"]], vec![vec![0, 1, 3], vec![2]]),
            (&[&["Src/a"], &["src/a"]], vec![vec![0], vec![1]]),
        ] {
            assert_eq!(sets(lists), expected, "{lists:?}");
        }
    }

    proptest! {
        #[test]
        fn two_tasks_are_in_one_set_whenever_a_name_of_one_lies_in_a_name_of_the_other(
            lists in proptest::collection::vec(proptest::collection::vec("[ab](/[ab]){0,2}", 0..3), 0..6)
        ) {
            let found = shares(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let set_of = |task: usize| found.iter().position(|set| set.contains(&task));
            for (one, names) in lists.iter().enumerate() {
                for (other, others) in lists.iter().enumerate() {
                    let meet = names.iter().any(|name| others.iter().any(|longer| {
                        std::path::Path::new(longer).starts_with(name)
                    }));
                    prop_assert!(!meet || set_of(one) == set_of(other), "{:?} {:?}", names, others);
                }
            }
            let mut all: Vec<usize> = found.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..lists.len()).collect::<Vec<_>>());
        }
    }
}
