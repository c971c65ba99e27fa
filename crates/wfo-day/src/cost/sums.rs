//! What was spent on each day in each folder, kept so that a status line need not add up a month each time.
//! A cache only: it holds for one position of the index, one zone and one state of the prices, and is made anew otherwise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wfo_base::home::Home;
use wfo_base::store::Position;
use wfo_base::{Usd, atomic, read};
use wfo_cost::Row;
use wfo_cost::index::Record;

use super::book::{Book, Here, Scope};
use super::transcripts::Transcripts;

/// The largest file that is taken for one of ours.
const LIMIT: u64 = 16 << 20;

/// Spend by day and folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    days: BTreeMap<(Date, String), Sum>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sum {
    root: Option<String>,
    usd: Usd,
    /// How many responses have no price, by model.
    unpriced: BTreeMap<String, i64>,
}

/// What holds true of a kept file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    generation: u64,
    journal: u64,
    zone: String,
    prices: u64,
    first: Date,
}

/// Day, folder, root, dollars, responses without a price by model.
type Kept = (Date, String, Option<String>, String, BTreeMap<String, i64>);

#[derive(Debug, Serialize, Deserialize)]
struct File {
    stamp: Stamp,
    rows: Vec<Kept>,
}

impl Sums {
    /// Returns the sums from the day `first` on, from the cache where it holds. `keep` = write what was made anew.
    #[must_use]
    pub(super) fn since(
        first: Date,
        book: &mut Book<'_>,
        transcripts: &Transcripts,
        home: &Home,
        keep: bool,
    ) -> Option<Self> {
        let path = home.wfo("cost/sums.json");
        let step = &transcripts.step;
        let stamp = |at: Position| Stamp {
            generation: at.generation,
            journal: at.journal,
            zone: book.zone_name(),
            prices: book.fingerprint(),
            first,
        };
        let (before, after) = (stamp(step.before), step.after.map(stamp));
        let kept = load(&path).filter(|file| {
            let older = Stamp { first: file.stamp.first, ..before.clone() };
            file.stamp == older && file.stamp.first <= first
        });
        let sums = match kept {
            Some(file) if step.update.changes.is_empty() && after.as_ref() == Some(&before) => {
                return Some(Self::from_file(file));
            }
            Some(file) => {
                let mut sums = Self::from_file(file);
                for change in &step.update.changes {
                    if let Some(old) = change.before.as_deref().filter(|old| old.counted) {
                        sums.add(old, book, transcripts, first, -1);
                    }
                    if change.after.counted {
                        sums.add(&change.after, book, transcripts, first, 1);
                    }
                }
                sums
            }
            None => Self::scanned(first, book, transcripts)?,
        };
        if let Some(stamp) = after.filter(|_| keep) {
            // A cache that cannot be written is made anew the next time.
            let _ = serde_json::to_vec(&sums.file(stamp)).map(|bytes| atomic::write_cache(&path, &bytes));
        }
        Some(sums)
    }

    fn scanned(first: Date, book: &mut Book<'_>, transcripts: &Transcripts) -> Option<Self> {
        let mut sums = Self::default();
        let start = book.start_of(first);
        transcripts.index.between(&transcripts.source(), start, i64::MAX, &mut |record| {
            sums.add(record, book, transcripts, first, 1);
        })?;
        Some(sums)
    }

    fn add(&mut self, record: &Record, book: &mut Book<'_>, transcripts: &Transcripts, first: Date, sign: i64) {
        let Some((day, _)) = book.day_of(record.at).filter(|(day, _)| *day >= first) else { return };
        let index = &transcripts.index;
        let folder = index.name(record.cwd).map(|name| name.to_string()).unwrap_or_default();
        let root = || index.root_of(record.cwd).map(|name| name.to_string());
        let sum = self.days.entry((day, folder)).or_insert_with(|| Sum { root: root(), ..Sum::default() });
        match book.usd(record) {
            Some(usd) if sign > 0 => sum.usd = sum.usd + usd,
            Some(usd) => sum.usd = sum.usd - usd,
            None => {
                let model = index.name(record.model).map(|name| name.to_string()).unwrap_or_default();
                *sum.unpriced.entry(model).or_insert(0) += sign;
            }
        }
    }

    fn file(&self, stamp: Stamp) -> File {
        let rows = self.days.iter().map(|((day, folder), sum)| {
            (*day, folder.clone(), sum.root.clone(), sum.usd.plain(), sum.unpriced.clone())
        });
        File { stamp, rows: rows.collect() }
    }

    fn from_file(file: File) -> Self {
        let rows = file.rows.into_iter().filter_map(|(day, folder, root, usd, unpriced)| {
            Some(((day, folder), Sum { root, usd: Usd::parse(&usd)?, unpriced }))
        });
        Self { days: rows.collect() }
    }

    /// Returns the spend in a scope as rows: one a day, and one for each model of it that has no price.
    #[must_use]
    pub(super) fn rows(&self, scope: Scope<'_>) -> Vec<Row> {
        let mut days: BTreeMap<Date, (Usd, BTreeSet<&str>)> = BTreeMap::new();
        for ((day, folder), sum) in &self.days {
            let counts = match scope {
                Scope::Everywhere => true,
                Scope::Here(here) => Here::holds(here, folder, sum.root.as_deref()),
            };
            if counts {
                let (usd, unpriced) = days.entry(*day).or_default();
                *usd = *usd + sum.usd;
                unpriced.extend(sum.unpriced.iter().filter(|(_, count)| **count > 0).map(|(model, _)| model.as_str()));
            }
        }
        let rows = days.into_iter().flat_map(|(day, (usd, unpriced))| {
            let is_known = usd != Usd::ZERO || unpriced.is_empty();
            let known = is_known.then(|| Row { usd: Some(usd), ..Row::transcript(day) });
            let unknown = unpriced.into_iter().map(move |model| Row {
                model: Some(model.to_owned()),
                usd: None,
                ..Row::transcript(day)
            });
            known.into_iter().chain(unknown)
        });
        rows.collect()
    }
}

fn load(path: &std::path::Path) -> Option<File> {
    let bytes = read::own_bytes(path, LIMIT).ok()??;
    serde_json::from_slice(&bytes).ok()
}
