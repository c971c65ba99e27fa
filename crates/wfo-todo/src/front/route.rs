//! The way to a value: keys, and items by their id. Finds it in the tree of byte ranges and in the values alike.
//! An id that stands twice leads nowhere; the caller is told both places.

use serde_yaml::Value;

use super::tree::{Node, Style, What};

/// One step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The value of this key.
    Key(String),
    /// The item with this id: in a list, in the lists of a mapping (tasks by category), or a mapping named by it.
    Item(String),
    /// The item at this place of a list, from 0.
    At(usize),
}

/// The way from the top of the front matter to a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route(pub Vec<Step>);

impl Route {
    /// Makes a route of keys: `workflow_progress.phase`.
    #[must_use]
    pub fn keys<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.to_owned())).collect())
    }

    /// Makes the route to a task, in whichever category it stands.
    #[must_use]
    pub fn task(id: &str) -> Self {
        Self::keys(["tasks"]).item(id)
    }

    /// Adds a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(Step::Key(key.to_owned()));
        self
    }

    /// Adds an item by its place, from 0.
    #[must_use]
    pub fn at(mut self, index: usize) -> Self {
        self.0.push(Step::At(index));
        self
    }

    /// Adds an item by its id.
    #[must_use]
    pub fn item(mut self, id: &str) -> Self {
        self.0.push(Step::Item(id.to_owned()));
        self
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            match step {
                Step::Key(name) | Step::Item(name) => write!(f, "{dot}{name}")?,
                Step::At(at) => write!(f, "[{at}]")?,
            }
        }
        Ok(())
    }
}

/// How far a route leads.
#[derive(Debug)]
pub(crate) struct Reached<'n, 'a> {
    /// The collections on the way, each with the index that was taken.
    pub(crate) hops: Vec<(&'n Node<'a>, usize)>,
    /// What it leads to.
    pub(crate) node: &'n Node<'a>,
    /// Keys that are not there.
    pub(crate) rest: Vec<String>,
}

/// Why a route leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lost {
    /// No item has this id; the byte is where it was looked for.
    NoItem(String, usize),
    /// The id stands at both bytes.
    Twice(String, usize, usize),
    /// There is no mapping to look into.
    NoMap(usize),
}

impl Reached<'_, '_> {
    /// Returns the indices from the top.
    pub(crate) fn trail(&self) -> Vec<usize> {
        self.hops.iter().map(|(_, index)| *index).collect()
    }

    /// Returns the byte of the key or item.
    pub(crate) fn offset(&self) -> usize {
        let key = self.hops.last().and_then(|(parent, index)| parent.entries().get(*index));
        key.map_or(self.node.start, |(key, _)| key.start)
    }
}

/// Follows a route as far as there is something.
pub(crate) fn reach<'n, 'a>(root: &'n Node<'a>, route: &Route) -> Result<Reached<'n, 'a>, Lost> {
    let mut reached = Reached { hops: Vec::new(), node: root, rest: Vec::new() };
    for step in &route.0 {
        match step {
            Step::Key(name) if !reached.rest.is_empty() => reached.rest.push(name.clone()),
            Step::Key(name) => match reached.node.entry(name) {
                Some((index, node)) => reached.hop(index, node),
                None if matches!(reached.node.what, What::Map(..) | What::Scalar(_, Style::Empty)) => {
                    reached.rest.push(name.clone());
                }
                None => return Err(Lost::NoMap(reached.node.start)),
            },
            Step::At(index) => match reached.node.items().get(*index) {
                Some(node) if reached.rest.is_empty() => reached.hop(*index, node),
                _ => return Err(Lost::NoMap(reached.node.start)),
            },
            Step::Item(id) if !reached.rest.is_empty() => {
                return Err(Lost::NoItem(id.clone(), reached.node.start));
            }
            Step::Item(id) => {
                let found = items(reached.node, id);
                match found.as_slice() {
                    [] => return Err(Lost::NoItem(id.clone(), reached.node.start)),
                    [trail] => {
                        for index in trail {
                            let next = match &reached.node.what {
                                What::List(_, items) => items.get(*index),
                                _ => reached.node.entries().get(*index).map(|(_, value)| value),
                            };
                            let Some(next) = next else { return Err(Lost::NoMap(reached.node.start)) };
                            reached.hop(*index, next);
                        }
                    }
                    [first, second, ..] => {
                        let at = |trail| start_of(reached.node, trail);
                        return Err(Lost::Twice(id.clone(), at(first), at(second)));
                    }
                }
            }
        }
    }
    Ok(reached)
}

impl<'n, 'a> Reached<'n, 'a> {
    fn hop(&mut self, index: usize, node: &'n Node<'a>) {
        self.hops.push((self.node, index));
        self.node = node;
    }
}

/// Finds all items with an id, in the shapes in which tasks are written.
fn items(node: &Node<'_>, id: &str) -> Vec<Vec<usize>> {
    let has_id = |row: &Node<'_>| row.entry("id").is_some_and(|(_, value)| value.text() == Some(id));
    let mut found = Vec::new();
    for (index, row) in node.items().iter().enumerate() {
        if has_id(row) {
            found.push(vec![index]);
        }
    }
    for (index, (_, list)) in node.entries().iter().enumerate() {
        for (at, row) in list.items().iter().enumerate() {
            if has_id(row) {
                found.push(vec![index, at]);
            }
        }
        for (at, (key, row)) in list.entries().iter().enumerate() {
            if matches!(row.what, What::Map(..)) && (key.text() == Some(id) || has_id(row)) {
                found.push(vec![index, at]);
            }
        }
    }
    found
}

fn start_of(node: &Node<'_>, trail: &[usize]) -> usize {
    let mut node = node;
    for index in trail {
        let next = node.items().get(*index).or_else(|| node.entries().get(*index).map(|(_, value)| value));
        node = next.unwrap_or(node);
    }
    node.start
}

/// Returns the value that indices lead to.
pub(crate) fn value_at<'v>(value: &'v Value, trail: &[usize]) -> Option<&'v Value> {
    trail.iter().try_fold(value, |value, index| match value {
        Value::Mapping(map) => map.values().nth(*index),
        Value::Sequence(list) => list.get(*index),
        _ => None,
    })
}

/// Returns the value that indices lead to, to be changed.
pub(crate) fn value_at_mut<'v>(value: &'v mut Value, trail: &[usize]) -> Option<&'v mut Value> {
    trail.iter().try_fold(value, |value, index| match value {
        Value::Mapping(map) => map.values_mut().nth(*index),
        Value::Sequence(list) => list.get_mut(*index),
        _ => None,
    })
}
