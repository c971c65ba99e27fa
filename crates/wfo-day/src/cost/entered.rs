//! What the repository's ledger tells beside the transcripts, kept so that a large ledger costs a status line nothing.
//! A cache only: it holds for one ledger file as it was and the sessions that were known then, and is made anew otherwise.

use std::os::unix::fs::MetadataExt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wfo_base::{Diagnostic, Usd, atomic, read, trust};
use wfo_cost::{Ledger, Page, Row, Source};

use super::accounts::Accounts;
use super::collect::{LEDGER, LEDGER_LIMIT};
use super::transcripts::Transcripts;

/// The largest cache that is taken for one of ours.
const LIMIT: u64 = 16 << 20;

/// The rows of a ledger that no transcript tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entered {
    /// Whether there is a ledger.
    pub(super) there: bool,
    /// Whether its totals can be known.
    pub(super) readable: bool,
    /// One row for each day and model; those that the index puts down to another place are of transcripts.
    pub(super) rows: Vec<Row>,
}

/// What holds true of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    path: String,
    size: u64,
    modified: (i64, i64),
    inode: u64,
    first: Date,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    stamp: Stamp,
    /// How many names the index knew, and the last of them.
    names: usize,
    last: String,
    /// Sessions of the ledger that the index did not know.
    strange: Vec<String>,
    readable: bool,
    /// Day, model without a price, dollars, and whether the index puts it down to another place.
    rows: Vec<(Date, Option<String>, Option<String>, bool)>,
}

impl Entered {
    /// Nothing can be known.
    pub(super) const UNREADABLE: Self = Self { there: true, readable: false, rows: Vec::new() };

    /// Reads the rows from the day `first` on, from the cache where it holds.
    pub(super) fn since(
        first: Date,
        accounts: &Accounts<'_>,
        transcripts: &Transcripts,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let root = accounts.place.shared_root();
        let Ok(meta) = std::fs::symlink_metadata(root.join(LEDGER)) else {
            return Self { there: false, readable: true, rows: Vec::new() };
        };
        let stamp = Stamp {
            path: root.to_string_lossy().into_owned(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            inode: meta.ino(),
            first,
        };
        let id: String = trust::digest(&stamp.path).chars().take(16).collect();
        let place = accounts.home.wfo(&format!("cost/ledger-{id}.json"));
        if let Some(file) = load(&place).filter(|file| file.holds(&stamp, transcripts)) {
            return file.entered(first);
        }
        let page = match read::page(root, LEDGER, LEDGER_LIMIT) {
            Ok(None) => return Self { there: false, readable: true, rows: Vec::new() },
            Ok(Some(page)) => Page::new(LEDGER, page.text),
            Err(problem) => {
                notes.push(problem.warning());
                return Self::UNREADABLE;
            }
        };
        let file = File::read(stamp, &page, accounts, transcripts);
        if !accounts.dry_run {
            // A cache that cannot be written is made anew the next time.
            let _ = serde_json::to_vec(&file).map(|bytes| atomic::write_cache(&place, &bytes));
        }
        file.entered(first)
    }
}

impl File {
    fn read(stamp: Stamp, page: &Page, accounts: &Accounts<'_>, transcripts: &Transcripts) -> Self {
        let ledger = Ledger::read(page);
        let rows = accounts.foreign(transcripts, &ledger, &[]);
        let mut strange: Vec<String> =
            rows.iter().filter(|row| row.source == Source::Transcript).filter_map(|row| row.session.clone()).collect();
        strange.sort_unstable();
        strange.dedup();
        let names = transcripts.index.names();
        let mut sums = std::collections::BTreeMap::new();
        for row in rows.iter().filter(|row| row.day >= stamp.first) {
            // Amounts of one day are one sum; what has no price is named by its model.
            let model = row.model.clone().filter(|_| row.usd.is_none());
            let elsewhere =
                row.source == Source::Transcript && row.session.as_deref().is_some_and(|s| transcripts.knows(s));
            let sum = sums.entry((row.day, row.usd.is_some(), model, elsewhere)).or_insert(Usd::ZERO);
            *sum = *sum + row.usd.unwrap_or_default();
        }
        let row = |((day, priced, model, elsewhere), usd): (_, Usd)| {
            (day, model, Some(usd.plain()).filter(|_| priced), elsewhere)
        };
        let rows = sums.into_iter().map(row);
        Self {
            names: names.len(),
            last: names.last().map(|name| name.to_string()).unwrap_or_default(),
            strange,
            readable: ledger.readable,
            rows: rows.collect(),
            stamp,
        }
    }

    /// Says whether the cache is about this ledger, and the index knows none of its strange sessions by now.
    fn holds(&self, stamp: &Stamp, transcripts: &Transcripts) -> bool {
        let older = Stamp { first: self.stamp.first, ..stamp.clone() };
        let names = transcripts.index.names();
        let Some((before, new)) = names.split_at_checked(self.names) else { return false };
        self.stamp == older
            && self.stamp.first <= stamp.first
            && before.last().map_or("", |name| &**name) == self.last
            && !new.iter().any(|name| self.strange.binary_search_by(|strange| strange.as_str().cmp(name)).is_ok())
    }

    fn entered(self, first: Date) -> Entered {
        let rows = self.rows.into_iter().filter(|(day, ..)| *day >= first).map(|(day, model, usd, elsewhere)| Row {
            model,
            usd: usd.as_deref().and_then(Usd::parse),
            source: if elsewhere { Source::Transcript } else { Source::Manual },
            ..Row::transcript(day)
        });
        Entered { there: true, readable: self.readable, rows: rows.collect() }
    }
}

fn load(path: &std::path::Path) -> Option<File> {
    let bytes = read::own_bytes(path, LIMIT).ok()??;
    serde_json::from_slice(&bytes).ok()
}
