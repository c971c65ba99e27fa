//! The index as it stands: a base and, over it, what the journal says.

use std::collections::HashMap;

use crate::spending::Name;

use super::codec::Reader;
use super::layout::{Layout, Source, Whole};
use super::record::{FileMark, Key, Record, Symbol};

/// An open index. Records of the base are read as they are asked for.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) layout: Layout,
    pub(super) names: Vec<Name>,
    pub(super) files: Vec<FileMark>,
    pub(super) places: HashMap<Symbol, Symbol>,
    /// Records that the journal added or replaced.
    pub(super) recent: HashMap<Key, Record>,
}

impl Index {
    /// Opens a base and lays the journal's frames over it; `None` when one of them is damaged.
    #[must_use]
    pub fn load(source: &dyn Source, frames: &[Vec<u8>]) -> Option<Self> {
        let (layout, Whole { names, files, places }) = Layout::open(source)?;
        let mut index = Self { layout, names, files, places, recent: HashMap::new() };
        for frame in frames {
            index.lay_over(&mut Reader::new(frame))?;
        }
        Some(index)
    }

    fn lay_over(&mut self, frame: &mut Reader<'_>) -> Option<()> {
        self.names.extend(frame.list(|bytes| bytes.text().map(Name::from))?);
        for (id, mark) in frame.list(|bytes| Some((bytes.u32()?, FileMark::read(bytes)?)))? {
            self.set_file(id, mark)?;
        }
        self.places.extend(frame.list(|bytes| Some((bytes.u32()?, bytes.u32()?)))?);
        self.recent.extend(frame.list(Record::read)?.into_iter().map(|record| (record.key, record)));
        Some(())
    }

    /// Sets what is known of a file; the next new one may be added.
    pub(super) fn set_file(&mut self, id: u32, mark: FileMark) -> Option<()> {
        let at = id as usize;
        if at == self.files.len() {
            self.files.push(mark);
        } else {
            *self.files.get_mut(at)? = mark;
        }
        Some(())
    }

    /// Says whether nothing was ever read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layout.count == 0 && self.recent.is_empty() && self.files.is_empty()
    }

    /// Returns all files that were ever read; a file's number is its place in this list.
    #[must_use]
    pub fn files(&self) -> &[FileMark] {
        &self.files
    }

    /// Returns a name; `None` for 0 and for what no name has.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> Option<&Name> {
        self.names.get((symbol as usize).checked_sub(1)?)
    }

    /// Returns all names; the symbol of the first is 1.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Returns the project's root that was found for a folder while it was there.
    #[must_use]
    pub fn root_of(&self, folder: Symbol) -> Option<&Name> {
        self.name(*self.places.get(&folder)?)
    }

    /// Calls `each` for every counted response whose time lies in `from..to` (milliseconds since the Unix epoch): those of
    /// the base in order of time, then those of the journal in no order. `None` when the base cannot be read.
    pub fn between(&self, source: &dyn Source, from: i64, to: i64, each: &mut dyn FnMut(&Record)) -> Option<()> {
        self.layout.between(source, from, to, &mut |record| {
            if record.counted && !self.recent.contains_key(&record.key) {
                each(&record);
            }
        })?;
        let recent = self.recent.values().filter(|record| record.counted && (from..to).contains(&record.at));
        recent.for_each(each);
        Some(())
    }

    /// Returns how many records lie in the journal.
    #[must_use]
    pub fn recent_count(&self) -> usize {
        self.recent.len()
    }

    /// Makes the body of a new base that says the same with an empty journal; `None` when the old one cannot be read.
    #[must_use]
    pub fn compacted(&self, source: &dyn Source) -> Option<Vec<u8>> {
        let known = usize::try_from(self.layout.count).unwrap_or_default();
        let mut records = Vec::with_capacity(known + self.recent.len());
        self.layout.between(source, i64::MIN, i64::MAX, &mut |record| {
            if !self.recent.contains_key(&record.key) {
                records.push(record);
            }
        })?;
        records.extend(self.recent.values());
        records.sort_unstable_by_key(|record| (record.at, record.key));
        let mut places: Vec<(Symbol, Symbol)> = self.places.iter().map(|(folder, root)| (*folder, *root)).collect();
        places.sort_unstable();
        Some(Layout::bytes(&self.names, &self.files, &places, &records))
    }
}
