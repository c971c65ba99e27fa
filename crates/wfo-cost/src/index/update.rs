//! Adds what was read from transcripts: gathered by any number of readers, joined by the rule of counting.

use std::collections::{HashMap, HashSet, hash_map::Entry as Slot};

use crate::spending::Name;
use crate::transcript::Entry;

use super::codec::Writer;
use super::counting::{rank, resolve};
use super::layout::Source;
use super::record::{FileMark, Key, Record, Symbol};
use super::state::Index;

/// From how many messages on all keys are read at once.
const MANY: usize = 1_000;

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The file's number in the index.
    pub file: u32,
    /// Where the line begins.
    pub offset: u64,
    /// The session that the file is about.
    pub session: &'a str,
    /// The agent that the file is about, where the line names none.
    pub agent: Option<&'a str>,
}

/// What one reader found: the best line of each response, with names of its own numbering.
#[derive(Debug, Default)]
pub struct Gathered {
    names: Names,
    best: HashMap<Key, Record>,
}

impl Gathered {
    /// Takes one response. `files` are the index's: of equal lines the first by path wins.
    pub fn add(&mut self, entry: &Entry<'_>, spot: Spot<'_>, files: &[FileMark]) {
        let names = &mut self.names;
        let mut name = |column: usize, text: Option<&str>| text.map_or(0, |text| names.symbol(column, text));
        let record = Record {
            key: Key { message: entry.message, request: entry.request },
            at: entry.at,
            session: name(0, Some(spot.session)),
            model: name(1, Some(&entry.model)),
            cwd: name(2, entry.cwd.as_deref()),
            branch: name(3, entry.branch.as_deref()),
            skill: name(4, entry.skill.as_deref()),
            agent: name(5, entry.agent.as_deref().or(spot.agent)),
            file: spot.file,
            offset: spot.offset,
            tokens: entry.tokens,
            searches: entry.searches,
            tier: entry.tier,
            sidechain: entry.sidechain,
            counted: true,
        };
        keep(&mut self.best, record, files);
    }

    /// Says whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.best.is_empty()
    }
}

fn keep(best: &mut HashMap<Key, Record>, record: Record, files: &[FileMark]) {
    match best.entry(record.key) {
        Slot::Vacant(slot) => {
            slot.insert(record);
        }
        Slot::Occupied(mut slot) if rank(&record, slot.get(), files).is_gt() => {
            slot.insert(record);
        }
        Slot::Occupied(_) => {}
    }
}

/// Numbers names, remembering the last of each column: lines of one file repeat them.
#[derive(Debug, Default)]
struct Names {
    all: Vec<Name>,
    numbers: HashMap<Name, Symbol>,
    last: [Symbol; 6],
}

impl Names {
    fn symbol(&mut self, column: usize, text: &str) -> Symbol {
        let last = self.last.get(column).copied().unwrap_or(0);
        if (last as usize).checked_sub(1).and_then(|at| self.all.get(at)).is_some_and(|name| **name == *text) {
            return last;
        }
        let symbol = self.numbers.get(text).copied().unwrap_or_else(|| {
            let name = Name::from(text);
            self.all.push(name.clone());
            let symbol = Symbol::try_from(self.all.len()).unwrap_or(0);
            self.numbers.insert(name, symbol);
            symbol
        });
        if let Some(last) = self.last.get_mut(column) {
            *last = symbol;
        }
        symbol
    }
}

/// One record before and after an update.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it was; `None` for a new one. Apart, since nearly all are new, and a first import has very many.
    pub before: Option<Box<Record>>,
    /// As it is.
    pub after: Record,
}

/// What an update changed, and what the journal needs to say the same.
#[derive(Debug, Default)]
pub struct Update {
    names: Vec<Name>,
    files: Vec<(u32, FileMark)>,
    places: Vec<(Symbol, Symbol)>,
    /// Records that are new or other than before.
    pub changes: Vec<Change>,
}

impl Update {
    /// Says whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.files.is_empty() && self.places.is_empty() && self.changes.is_empty()
    }

    /// Returns how many responses count now that did not before.
    #[must_use]
    pub fn new_responses(&self) -> usize {
        self.changes
            .iter()
            .filter(|change| change.after.counted && !change.before.as_ref().is_some_and(|old| old.counted))
            .count()
    }

    /// Makes the journal's frame.
    #[must_use]
    pub fn frame(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.list(&self.names, |name, out| out.bytes(name.as_bytes()));
        out.list(&self.files, |(id, mark), out| {
            out.u32(*id);
            mark.write(out);
        });
        out.list(&self.places, |(folder, root), out| {
            out.u32(*folder);
            out.u32(*root);
        });
        out.list(&self.changes, |change, out| change.after.write(out));
        out.done()
    }
}

impl Index {
    /// Gives a file that was never read its number.
    pub fn add_file(&mut self, path: Vec<u8>) -> u32 {
        let id = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(FileMark { path, ..FileMark::default() });
        id
    }

    /// Takes over what readers found, and how far they read; `root` tells the project's root of a folder not seen before.
    /// `None` when the base cannot be read; the index is then not to be used any more.
    pub fn apply(
        &mut self,
        source: &dyn Source,
        mut gathered: Vec<Gathered>,
        marks: Vec<(u32, FileMark)>,
        root: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Update> {
        let known = self.names.len();
        let mut found: HashMap<Key, Record> = HashMap::new();
        // The largest part becomes the whole, so that it is not held twice.
        gathered.sort_by_key(|one| std::cmp::Reverse(one.best.len()));
        let mut symbols: HashMap<Name, Symbol> = HashMap::new();
        if gathered.iter().any(|one| !one.is_empty()) {
            symbols = self.names.iter().cloned().zip(1..).collect();
        }
        for one in gathered {
            let map: Vec<Symbol> = one.names.all.iter().map(|name| self.number(&mut symbols, name)).collect();
            let global =
                |symbol: Symbol| (symbol as usize).checked_sub(1).and_then(|at| map.get(at)).copied().unwrap_or(0);
            let mut best = one.best;
            for record in best.values_mut() {
                for symbol in [
                    &mut record.session,
                    &mut record.model,
                    &mut record.cwd,
                    &mut record.branch,
                    &mut record.skill,
                    &mut record.agent,
                ] {
                    *symbol = global(*symbol);
                }
            }
            if found.is_empty() {
                found = best;
                continue;
            }
            best.into_values().for_each(|record| keep(&mut found, record, &self.files));
        }
        let places = self.new_places(&mut symbols, &found, root);
        let changes = self.changes(source, found)?;
        self.recent.reserve(changes.len());
        for change in &changes {
            self.recent.insert(change.after.key, change.after);
        }
        for (id, mark) in &marks {
            self.set_file(*id, mark.clone())?;
        }
        let names = self.names.get(known..).unwrap_or_default().to_vec();
        Some(Update { names, files: marks, places, changes })
    }

    fn number(&mut self, symbols: &mut HashMap<Name, Symbol>, name: &Name) -> Symbol {
        if let Some(symbol) = symbols.get(name) {
            return *symbol;
        }
        self.names.push(name.clone());
        let symbol = Symbol::try_from(self.names.len()).unwrap_or(0);
        symbols.insert(name.clone(), symbol);
        symbol
    }

    /// Finds the roots of folders whose root is not known yet: a worktree may be gone when somebody asks.
    fn new_places(
        &mut self,
        symbols: &mut HashMap<Name, Symbol>,
        found: &HashMap<Key, Record>,
        root: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<(Symbol, Symbol)> {
        let folders: HashSet<Symbol> = found.values().map(|record| record.cwd).filter(|cwd| *cwd != 0).collect();
        let mut fresh: Vec<Symbol> = folders.into_iter().filter(|cwd| !self.places.contains_key(cwd)).collect();
        fresh.sort_unstable();
        let mut places = Vec::new();
        for folder in fresh {
            let found = self.name(folder).and_then(|name| root(name));
            if let Some(found) = found {
                let root = self.number(symbols, &Name::from(found));
                self.places.insert(folder, root);
                places.push((folder, root));
            }
        }
        places
    }

    /// Joins what was found with what is known, message by message.
    fn changes(&self, source: &dyn Source, found: HashMap<Key, Record>) -> Option<Vec<Change>> {
        // One list and no list for each message: a first import has very many.
        let mut found: Vec<Record> = found.into_values().collect();
        found.sort_unstable_by_key(|record| record.key);
        let all = if found.len() > MANY && self.layout.count > 0 { Some(self.layout.all_keys(source)?) } else { None };
        let mut recent: HashMap<u128, Vec<Key>> = HashMap::new();
        let is_found = |message| found.binary_search_by_key(&message, |record| record.key.message).is_ok();
        for key in self.recent.keys().filter(|key| is_found(key.message)) {
            recent.entry(key.message).or_default().push(*key);
        }
        let mut changes = Vec::with_capacity(found.len());
        for group in found.chunk_by(|a, b| a.key.message == b.key.message) {
            let Some(message) = group.first().map(|record| record.key.message) else { continue };
            let mut before: HashMap<Key, Record> = HashMap::new();
            if self.layout.count > 0 {
                let base = self.layout.of_message(source, message, all.as_deref())?;
                before.extend(base.into_iter().map(|record| (record.key, record)));
            }
            let over = recent.get(&message).into_iter().flatten().filter_map(|key| self.recent.get(key));
            before.extend(over.map(|record| (record.key, *record)));
            let mut after = before.clone();
            for record in group {
                keep(&mut after, *record, &self.files);
            }
            let mut after: Vec<Record> = after.into_values().collect();
            resolve(&mut after, &self.files);
            changes.extend(after.into_iter().filter_map(|after| {
                let before = before.get(&after.key).copied();
                (before != Some(after)).then_some(Change { before: before.map(Box::new), after })
            }));
        }
        changes.sort_unstable_by_key(|change| (change.after.at, change.after.key));
        Some(changes)
    }
}
