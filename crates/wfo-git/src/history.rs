//! Walks commits newest first: how far two have grown apart, their merge base, the latest ones, the nearest tag.
//! Every walk is bounded; past its bound the answer is `None`, never a guess.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::hashtable::HashMap;
use gix::{ObjectId, commitgraph, revwalk};

/// The most commits one comparison looks at.
pub(crate) const COMPARE_CAP: usize = 20_000;

/// How many more commits are looked at after two histories seem joined, for commits with clocks that ran wrong.
const SLOP: usize = 32;

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const BOTH: u8 = LEFT | RIGHT;
const QUEUED: u8 = 4;

/// How two commits relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Commits reachable only from the first.
    pub(crate) ahead: u64,
    /// Commits reachable only from the second.
    pub(crate) behind: u64,
    /// The newest commit that both reach.
    pub(crate) base: Option<ObjectId>,
}

struct Node {
    id: ObjectId,
    time: i64,
    parents: Vec<ObjectId>,
}

/// Commits with their parents and times, each looked up once.
pub(crate) struct History<'repo> {
    graph: revwalk::Graph<'repo, 'repo, ()>,
    cut: Vec<ObjectId>,
    nodes: Vec<Node>,
    places: HashMap<ObjectId, Option<usize>>,
    /// Commits that something names and that are not there: a broken repository, since a shallow border names none.
    missing: Vec<ObjectId>,
}

impl<'repo> History<'repo> {
    /// Starts with nothing read; `cache` is the repository's commit-graph, when it has one.
    pub(crate) fn new(repo: &'repo gix::Repository, cache: Option<&'repo commitgraph::Graph>) -> Self {
        let mut cut: Vec<ObjectId> =
            repo.shallow_commits().ok().flatten().map(|list| list.iter().copied().collect()).unwrap_or_default();
        cut.sort_unstable();
        Self {
            graph: repo.revision_graph(cache),
            cut,
            nodes: Vec::new(),
            places: HashMap::default(),
            missing: Vec::new(),
        }
    }

    /// Finds a commit; `None` when it is not there, as beyond the border of a shallow clone.
    fn place(&mut self, id: ObjectId) -> Option<usize> {
        if let Some(known) = self.places.get(&id) {
            return *known;
        }
        let place = self.read(id).map(|node| {
            self.nodes.push(node);
            self.nodes.len() - 1
        });
        self.places.insert(id, place);
        if place.is_none() {
            self.missing.push(id);
        }
        place
    }

    /// Returns the commits that were looked for and are not there.
    pub(crate) fn missing(&self) -> &[ObjectId] {
        &self.missing
    }

    fn read(&mut self, id: ObjectId) -> Option<Node> {
        let commit = self.graph.try_lookup(&id).ok()??;
        let time = commit.committer_timestamp().ok()?;
        let parents = if self.cut.binary_search(&id).is_ok() {
            Vec::new()
        } else {
            commit.iter_parents().collect::<Result<_, _>>().unwrap_or_default()
        };
        Some(Node { id, time, parents })
    }

    fn node(&self, place: usize) -> Option<&Node> {
        self.nodes.get(place)
    }

    fn parents(&mut self, place: usize) -> Vec<usize> {
        let ids = self.node(place).map(|node| node.parents.clone()).unwrap_or_default();
        ids.into_iter().filter_map(|id| self.place(id)).collect()
    }

    /// Goes through the ancestors of `tip`, itself first, newest first, until `visit` answers false or `cap` were seen.
    pub(crate) fn walk(&mut self, tip: ObjectId, cap: usize, mut visit: impl FnMut(ObjectId) -> bool) {
        let mut queue = Queue::default();
        let mut seen = vec![];
        if let Some(place) = self.place(tip) {
            mark(&mut seen, place);
            queue.push(self.node(place).map_or(0, |node| node.time), place);
        }
        let mut visited = 0;
        while let Some(place) = queue.pop() {
            let Some(id) = self.node(place).map(|node| node.id) else { continue };
            visited += 1;
            if !visit(id) || visited >= cap {
                return;
            }
            for parent in self.parents(place) {
                if mark(&mut seen, parent) {
                    queue.push(self.node(parent).map_or(0, |node| node.time), parent);
                }
            }
        }
    }

    /// Returns the first parent of a commit.
    pub(crate) fn first_parent(&mut self, commit: ObjectId) -> Option<ObjectId> {
        let place = self.place(commit)?;
        self.node(place)?.parents.first().copied()
    }

    /// Lists the first-parent line of `tip` down to commits older than `base`, `base` itself excluded, newest first,
    /// at most `cap`; `None` when a commit is missing.
    pub(crate) fn main_line(&mut self, tip: ObjectId, base: ObjectId, cap: usize) -> Option<Vec<ObjectId>> {
        let base_place = self.place(base)?;
        let oldest = self.node(base_place)?.time;
        let mut line = Vec::new();
        let mut next = Some(tip);
        while let Some(id) = next.filter(|id| *id != base) {
            let place = self.place(id)?;
            let node = self.node(place)?;
            if node.time < oldest || line.len() >= cap {
                break;
            }
            line.push(id);
            next = node.parents.first().copied();
        }
        Some(line)
    }

    /// Says whether `commit` lies on the first-parent line of `tip`; `None` when `cap` commits did not tell, or one is missing.
    pub(crate) fn is_on_main_line(&mut self, tip: ObjectId, commit: ObjectId, cap: usize) -> Option<bool> {
        let wanted = self.place(commit)?;
        let oldest = self.node(wanted)?.time;
        let mut next = self.place(tip);
        let (mut looked, mut older) = (0, 0);
        while let Some(place) = next {
            if place == wanted {
                return Some(true);
            }
            let node = self.node(place)?;
            older += usize::from(node.time < oldest);
            looked += 1;
            if older > SLOP {
                return Some(false);
            }
            if looked > cap {
                return None;
            }
            next = match node.parents.first().copied() {
                Some(parent) => Some(self.place(parent)?),
                None => None,
            };
        }
        Some(false)
    }

    /// Compares two commits; `None` when one is missing or more than `cap` commits would have to be looked at.
    pub(crate) fn compare(&mut self, left: ObjectId, right: ObjectId, cap: usize) -> Option<Comparison> {
        if left == right {
            return Some(Comparison { ahead: 0, behind: 0, base: Some(left) });
        }
        let mut paint = Paint::default();
        for (id, side) in [(left, LEFT), (right, RIGHT)] {
            let place = self.place(id)?;
            paint.add(place, side, self.node(place)?.time);
        }
        let mut base = None;
        let (mut looked, mut slop) = (0, SLOP);
        while let Some((place, flags)) = paint.next() {
            looked += 1;
            if looked > cap {
                return None;
            }
            if flags == BOTH && base.is_none() {
                base = self.node(place).map(|node| node.id);
            }
            let named = self.node(place).map_or(0, |node| node.parents.len());
            let parents = self.parents(place);
            if parents.len() < named {
                return None;
            }
            for parent in parents {
                paint.add(parent, flags, self.node(parent)?.time);
            }
            if paint.open == 0 {
                if slop == 0 {
                    break;
                }
                slop -= 1;
            }
        }
        Some(Comparison { ahead: paint.count(LEFT), behind: paint.count(RIGHT), base })
    }

    /// Counts the commits that `tip` reaches and none of `others` does; `None` when one of its own is missing or more
    /// than `cap` would have to be looked at. An other tip that is not there hides nothing, so the count is never too low.
    pub(crate) fn alone(&mut self, tip: ObjectId, others: &[ObjectId], cap: usize) -> Option<u64> {
        Some(self.apart(tip, others, cap)?.count(LEFT))
    }

    /// As [`History::alone`]: the commits themselves, newest first.
    pub(crate) fn alone_ids(&mut self, tip: ObjectId, others: &[ObjectId], cap: usize) -> Option<Vec<ObjectId>> {
        let paint = self.apart(tip, others, cap)?;
        let own = paint.flags.iter().zip(&self.nodes).filter(|(flags, _)| **flags & BOTH == LEFT);
        let mut nodes: Vec<&Node> = own.map(|(_, node)| node).collect();
        nodes.sort_by_key(|node| Reverse(node.time));
        Some(nodes.into_iter().map(|node| node.id).collect())
    }

    fn apart(&mut self, tip: ObjectId, others: &[ObjectId], cap: usize) -> Option<Paint> {
        let mut paint = Paint { only_left: true, ..Paint::default() };
        let place = self.place(tip)?;
        paint.add(place, LEFT, self.node(place)?.time);
        for place in others.iter().filter_map(|id| self.place(*id)).collect::<Vec<_>>() {
            paint.add(place, RIGHT, self.node(place)?.time);
        }
        let (mut looked, mut slop) = (0, SLOP);
        while paint.open > 0 || slop > 0 {
            let Some((place, flags)) = paint.next() else { break };
            looked += 1;
            if looked > cap {
                return None;
            }
            let named = self.node(place).map_or(0, |node| node.parents.len());
            let parents = self.parents(place);
            if flags == LEFT && parents.len() < named {
                return None;
            }
            for parent in parents {
                paint.add(parent, flags, self.node(parent)?.time);
            }
            slop = if paint.open == 0 { slop.saturating_sub(1) } else { SLOP };
        }
        Some(paint)
    }
}

fn mark(seen: &mut Vec<bool>, place: usize) -> bool {
    if seen.len() <= place {
        seen.resize(place + 1, false);
    }
    seen.get_mut(place).is_some_and(|seen| !std::mem::replace(seen, true))
}

/// Newest first; of the same time, first in first out.
#[derive(Default)]
struct Queue {
    heap: BinaryHeap<(i64, Reverse<usize>, usize)>,
    pushed: usize,
}

impl Queue {
    fn push(&mut self, time: i64, place: usize) {
        self.heap.push((time, Reverse(self.pushed), place));
        self.pushed += 1;
    }

    fn pop(&mut self) -> Option<usize> {
        self.heap.pop().map(|(_, _, place)| place)
    }
}

/// Which commits each side reaches, spread from the tips downwards.
#[derive(Default)]
struct Paint {
    flags: Vec<u8>,
    queue: Queue,
    /// How many queued commits only one side reaches so far.
    open: usize,
    /// Whether only the commits of the left side count as open.
    only_left: bool,
}

impl Paint {
    fn counts(&self, flags: u8) -> bool {
        let colour = flags & BOTH;
        if self.only_left { colour == LEFT } else { colour != BOTH }
    }

    fn count(&self, side: u8) -> u64 {
        self.flags.iter().filter(|flags| **flags & BOTH == side).count() as u64
    }

    fn add(&mut self, place: usize, colour: u8, time: i64) {
        if self.flags.len() <= place {
            self.flags.resize(place + 1, 0);
        }
        let Some(flags) = self.flags.get_mut(place) else { return };
        let old = *flags;
        let new = old | colour;
        if new == old {
            return;
        }
        *flags = new | QUEUED;
        let was_open = old & QUEUED != 0 && self.counts(old);
        let is_open = self.counts(new);
        self.open = self.open + usize::from(is_open) - usize::from(was_open);
        if old & QUEUED == 0 {
            self.queue.push(time, place);
        }
    }

    fn next(&mut self) -> Option<(usize, u8)> {
        let place = self.queue.pop()?;
        let flags = self.flags.get_mut(place)?;
        *flags &= !QUEUED;
        let colour = *flags & BOTH;
        if self.counts(colour) {
            self.open -= 1;
        }
        Some((place, colour))
    }
}
