//! The base of the index as bytes: names, files and places whole, keys sorted for a search, records sorted by time.

use std::collections::HashMap;

use crate::spending::Name;

use super::codec::{Reader, Writer};
use super::record::{FileMark, Key, Record, Symbol};

/// Where the bytes of a base come from.
pub trait Source {
    /// Returns the length in bytes; 0 = there is no base.
    fn length(&self) -> u64;
    /// Reads a part; `None` when it does not lie inside or cannot be read.
    fn read(&self, from: u64, length: usize) -> Option<Vec<u8>>;
}

/// Bytes of a key with the place of its record.
const KEY: usize = 28;
/// Start of keys, start of records, count of records.
const HEAD: usize = 24;
/// How many records are read at once.
const BLOCK: u64 = 8_192;

/// A base whose names, files and places were read; keys and records are read as they are asked for.
#[derive(Debug, Default)]
pub(super) struct Layout {
    keys: u64,
    records: u64,
    /// How many records there are.
    pub(super) count: u64,
}

/// What is read whole.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// All names; the symbol of the first is 1.
    pub(super) names: Vec<Name>,
    /// All files that were ever read.
    pub(super) files: Vec<FileMark>,
    /// The root of the project that a folder belongs to.
    pub(super) places: HashMap<Symbol, Symbol>,
}

impl Layout {
    /// Opens a base.
    pub(super) fn open(source: &dyn Source) -> Option<(Self, Whole)> {
        if source.length() == 0 {
            return Some((Self::default(), Whole::default()));
        }
        let head = source.read(0, HEAD)?;
        let mut head = Reader::new(&head);
        let layout = Self { keys: head.u64()?, records: head.u64()?, count: head.u64()? };
        let bytes = source.read(HEAD as u64, usize::try_from(layout.keys.checked_sub(HEAD as u64)?).ok()?)?;
        let mut bytes = Reader::new(&bytes);
        let names = bytes.list(|bytes| bytes.text().map(Name::from))?;
        let files = bytes.list(FileMark::read)?;
        let places = bytes.list(|bytes| Some((bytes.u32()?, bytes.u32()?)))?.into_iter().collect();
        let fits = layout.keys.checked_add(layout.count.checked_mul(KEY as u64)?)? == layout.records
            && layout.records.checked_add(layout.count.checked_mul(Record::SIZE as u64)?)? == source.length();
        fits.then_some((layout, Whole { names, files, places }))
    }

    /// Makes the bytes of a base; the records are in order of time.
    pub(super) fn bytes(
        names: &[Name],
        files: &[FileMark],
        places: &[(Symbol, Symbol)],
        records: &[Record],
    ) -> Vec<u8> {
        let mut whole = Writer::default();
        whole.list(names, |name, out| out.bytes(name.as_bytes()));
        whole.list(files, FileMark::write);
        whole.list(places, |(folder, root), out| {
            out.u32(*folder);
            out.u32(*root);
        });
        let whole = whole.done();
        let keys = (HEAD + whole.len()) as u64;
        let mut out = Writer::of(HEAD + whole.len() + records.len() * (KEY + Record::SIZE));
        out.u64(keys);
        out.u64(keys + (records.len() * KEY) as u64);
        out.u64(records.len() as u64);
        out.raw(&whole);
        let mut order: Vec<(Key, u32)> = records.iter().map(|record| record.key).zip(0..).collect();
        order.sort_unstable();
        for (key, place) in order {
            out.u128(key.message);
            out.u64(key.request);
            out.u32(place);
        }
        for record in records {
            record.write(&mut out);
        }
        out.done()
    }

    /// Reads the records whose time lies in `from..to`, in order of time.
    pub(super) fn between(&self, source: &dyn Source, from: i64, to: i64, each: &mut dyn FnMut(Record)) -> Option<()> {
        let mut at = self.first_since(source, from)?;
        while at < self.count {
            let many = BLOCK.min(self.count - at);
            let bytes =
                source.read(self.records + at * Record::SIZE as u64, usize::try_from(many).ok()? * Record::SIZE)?;
            let mut bytes = Reader::new(&bytes);
            for _ in 0..many {
                let record = Record::read(&mut bytes)?;
                if record.at >= to {
                    return Some(());
                }
                each(record);
            }
            at += many;
        }
        Some(())
    }

    fn first_since(&self, source: &dyn Source, from: i64) -> Option<u64> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let at = source.read(self.records + middle * Record::SIZE as u64 + Record::AT as u64, 8)?;
            if Reader::new(&at).i64()? < from { low = middle + 1 } else { high = middle }
        }
        Some(low)
    }

    /// Returns the records of one `message.id`; `all` = the keys as [`Layout::all_keys`] gave them.
    pub(super) fn of_message(&self, source: &dyn Source, message: u128, all: Option<&[u8]>) -> Option<Vec<Record>> {
        let key_at = |at: u64| match all {
            Some(all) => {
                let from = usize::try_from(at).ok()? * KEY;
                all.get(from..from + KEY).map(<[u8]>::to_vec)
            }
            None => source.read(self.keys + at * KEY as u64, KEY),
        };
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if Reader::new(&key_at(middle)?).u128()? < message { low = middle + 1 } else { high = middle }
        }
        let mut found = Vec::new();
        for at in low..self.count {
            let bytes = key_at(at)?;
            let mut bytes = Reader::new(&bytes);
            if bytes.u128()? != message {
                break;
            }
            bytes.u64()?;
            let place = u64::from(bytes.u32()?);
            let record = source.read(self.records + place * Record::SIZE as u64, Record::SIZE)?;
            found.push(Record::read(&mut Reader::new(&record))?);
        }
        Some(found)
    }

    /// Reads all keys at once, for a search of very many.
    pub(super) fn all_keys(&self, source: &dyn Source) -> Option<Vec<u8>> {
        source.read(self.keys, usize::try_from(self.count).ok()? * KEY)
    }
}
