//! Front matter, edited in place: only the bytes of the meant values change, or nothing does.
//! Two parsers must agree on what stands there, and what comes out is read again and compared as values before it is given back.
//! Never touches a file, and never guesses: what cannot be edited safely is refused with line and column.

mod content;
mod guard;
mod patch;
mod plan;
mod route;
mod split;
mod tree;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

pub use content::Content;
pub use route::{Route, Step};

use std::cell::RefCell;

use serde_yaml::{Mapping, Value};
use wfo_base::{Problem, codes};

use crate::todo_yaml::mapping;
use split::Split;
use tree::{Fault, Node};

/// From how many bytes on a second thread is worth its start.
const LONG: usize = 16 << 10;

/// One change to front matter.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Gives a key this value; missing keys on the way are added at the end of their mapping. A collection replaces the whole old
    /// value; a scalar never replaces a collection.
    Set(Route, Content),
    /// Adds an item at the end of a list; a missing or empty value becomes a list.
    Append(Route, Content),
}

/// A page with front matter that may be edited.
#[derive(Debug)]
pub struct Front<'a> {
    file: &'a str,
    split: Split<'a>,
    value: Value,
    tree: Node<'a>,
    /// Front matter and values of the page that the last edit made.
    made: RefCell<Option<(String, Value)>>,
}

impl<'a> Front<'a> {
    /// Takes a page apart; `file` is the path to show.
    ///
    /// # Errors
    /// `todo.unreadable` with line and column: not UTF-8, a NUL, no or no closed fence, more than 64 KiB of front matter, broken
    /// YAML, duplicate keys. `todo.edit-refused` where two YAML parsers read different things.
    pub fn read(file: &'a str, bytes: &'a [u8]) -> Result<Self, Problem> {
        let split = Split::of(file, bytes)?;
        let (value, tree) = both(file, split.yaml());
        let value = Value::Mapping(value?);
        let tree = tree.map_err(|fault| {
            split.problem(file, fault.at, codes::TODO_EDIT_REFUSED, &format!("cannot be edited: {}", fault.what))
        })?;
        if let Err(at) = tree::agrees(&tree, &value) {
            let what = "has text that YAML parsers do not agree on, so it is not edited";
            return Err(split.problem(file, at, codes::TODO_EDIT_REFUSED, what));
        }
        Ok(Self { file, split, value, tree, made: RefCell::new(None) })
    }

    /// Returns the whole page.
    #[must_use]
    pub fn page(&self) -> &'a str {
        self.split.text
    }

    /// Returns what follows the closing fence.
    #[must_use]
    pub fn body(&self) -> &'a str {
        self.split.body()
    }

    /// Returns the line ending of the page's first line.
    #[must_use]
    pub fn line_ending(&self) -> &'static str {
        self.split.eol
    }

    /// Returns the front matter as values.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the value at a route; `None` where there is none or an id stands twice.
    #[must_use]
    pub fn get(&self, route: &Route) -> Option<&Value> {
        let reached = route::reach(&self.tree, route).ok().filter(|reached| reached.rest.is_empty())?;
        route::value_at(&self.value, &reached.trail())
    }

    /// Returns the line in the file, from 1, of the key or item that a route leads to.
    #[must_use]
    pub fn line(&self, route: &Route) -> Option<usize> {
        let reached = route::reach(&self.tree, route).ok().filter(|reached| reached.rest.is_empty())?;
        Some(self.split.place(reached.offset()).0)
    }

    /// Finds an entry of a mapping by its indices and the name of its key.
    pub(crate) fn child(&self, trail: &[usize], name: &str) -> Option<(usize, &Value)> {
        let map = route::value_at(&self.value, trail)?.as_mapping()?;
        map.iter().enumerate().find(|(_, (key, _))| key.as_str() == Some(name)).map(|(at, (_, value))| (at, value))
    }

    /// Returns the line in the file, from 1, of the value that indices lead to, or of the last one on the way that is written.
    pub(crate) fn line_at(&self, trail: &[usize]) -> usize {
        let mut node = &self.tree;
        let mut at = node.start;
        for index in trail {
            let entry = node.entries().get(*index);
            let next = node.items().get(*index).or_else(|| entry.map(|(_, value)| value));
            let Some(next) = next else { break };
            at = entry.map_or(next.start, |(key, _)| key.start);
            node = next;
        }
        self.split.place(at).0
    }

    /// Returns the path of the file, as given.
    #[must_use]
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// Carries out all edits, or none; returns the whole page.
    ///
    /// # Errors
    /// `todo.task-unknown` for an item that is not there, `todo.value-invalid` for a scalar in place of a collection,
    /// `todo.edit-refused` where the edit would touch an anchor, an alias, a merge key, a tag or an id that stands twice, or would
    /// change other values. The page is as it was.
    pub fn edit(&self, edits: &[Edit]) -> Result<String, Problem> {
        guard::edit(self, edits)
    }

    /// Returns the values of a page that the last edit of this one made: they were read back then, so nobody has to read it again.
    /// `None` for any other page.
    #[must_use]
    pub fn read_back(&self, page: &str) -> Option<Value> {
        if page == self.page() {
            return Some(self.value.clone());
        }
        let split = Split::of(self.file, page.as_bytes()).ok()?;
        self.made.borrow_mut().take().filter(|(yaml, _)| yaml == split.yaml()).map(|(_, value)| value)
    }

    /// Makes a problem with the place of a byte of the front matter; `what` follows "`FILE` line N".
    fn problem(&self, at: usize, code: codes::Code, what: &str) -> Problem {
        self.split.problem(self.file, at, code, what)
    }
}

/// Has both parsers read: of a long page side by side, since neither waits for the other.
fn both<'a>(file: &str, yaml: &'a str) -> (Result<Mapping, Problem>, Result<Node<'a>, Fault>) {
    if yaml.len() < LONG {
        return (mapping(file, yaml), tree::parse(yaml));
    }
    std::thread::scope(|scope| {
        let tree = scope.spawn(|| tree::parse(yaml));
        let value = mapping(file, yaml);
        (value, tree.join().unwrap_or_else(|_| tree::parse(yaml)))
    })
}
