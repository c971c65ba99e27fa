//! What ledgers tell beside the transcripts, kept so that a large one costs a status line nothing, and so that the user's
//! budget counts what was entered in every repository.
//! A cache only: it holds for one ledger file as it was and the sessions that were known then, and is made anew otherwise.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wfo_base::{Diagnostic, Usd, atomic, read, trust};
use wfo_cost::ledger::foreign;
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
    /// One row for each day and model, and each that was entered by itself; those that the index puts down to another place
    /// are of transcripts.
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
    /// Whether it was made for the repository itself: others do not see what the index puts down to another place.
    own: bool,
    rows: Vec<Kept>,
}

/// Day, model without a price, dollars, the id of what was entered, and whether the index puts it down to another place.
type Kept = (Date, Option<String>, Option<String>, Option<String>, bool);

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
        let stamp = Stamp::of(root, &meta, first);
        let place = place(accounts);
        if let Some(file) = load(&place).filter(|file| file.own && file.holds(&stamp, transcripts)) {
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
        let ledger = Ledger::read(&page);
        let rows = accounts.foreign(transcripts, &ledger, &[]);
        let file = File { own: true, ..File::of(stamp, &ledger, &rows, transcripts) };
        if !accounts.dry_run {
            file.keep(&place);
        }
        file.entered(first)
    }

    /// Returns what the ledgers of all other repositories tell beside the transcripts, from the day `first` on; `self` is what
    /// this one's tells, so that an entry that stands in two clones counts once.
    pub(super) fn elsewhere(&self, first: Date, accounts: &Accounts<'_>, transcripts: &Transcripts) -> Vec<Row> {
        let own = accounts.place.shared_root().to_string_lossy();
        let mut seen: HashSet<String> = self.rows.iter().filter_map(|row| row.id.clone()).collect();
        let mut all = Vec::new();
        for (place, file) in kept(accounts).into_iter().filter(|(_, file)| file.stamp.path != own) {
            let file = file.renewed(&place, first, accounts, transcripts);
            let rows = file.entered(first).rows.into_iter().filter(|row| row.source != Source::Transcript);
            all.extend(rows.filter(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone()))));
        }
        all
    }
}

/// Makes the ledger known to other repositories, so that the user's budget counts it.
pub(super) fn register(accounts: &Accounts<'_>) {
    let place = place(accounts);
    if !place.exists() {
        let path = accounts.place.shared_root().to_string_lossy().into_owned();
        let stamp = Stamp { path, size: 0, modified: (0, 0), inode: 0, first: Date::MAX };
        // It holds for no file, so whoever reads it reads the ledger.
        File::of(stamp, &Ledger::default(), &[], &Transcripts::default()).keep(&place);
    }
}

/// Returns where the cache of the repository's ledger lies.
fn place(accounts: &Accounts<'_>) -> PathBuf {
    let id: String = trust::digest(&accounts.place.shared_root().to_string_lossy()).chars().take(16).collect();
    accounts.home.wfo(&format!("cost/{PREFIX}{id}.json"))
}

/// Returns the folders of all other repositories of which a ledger is known.
pub(super) fn others(accounts: &Accounts<'_>) -> Vec<PathBuf> {
    let own = accounts.place.shared_root();
    kept(accounts).into_iter().map(|(_, file)| PathBuf::from(file.stamp.path)).filter(|path| path != own).collect()
}

/// Returns the caches of all ledgers, by name.
fn kept(accounts: &Accounts<'_>) -> Vec<(PathBuf, File)> {
    let entries = std::fs::read_dir(accounts.home.wfo("cost")).into_iter().flatten().flatten();
    let ours =
        |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
    let mut places: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| ours(path)).collect();
    places.sort();
    places.truncate(MOST);
    places.into_iter().filter_map(|place| Some((place.clone(), load(&place)?))).collect()
}

/// How the caches' names begin.
const PREFIX: &str = "ledger-";
/// How many ledgers are looked at.
const MOST: usize = 500;

impl Stamp {
    fn of(root: &Path, meta: &std::fs::Metadata, first: Date) -> Self {
        Self {
            path: root.to_string_lossy().into_owned(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            inode: meta.ino(),
            first,
        }
    }
}

impl File {
    /// Returns it as it is where it holds or its ledger is gone, since what was spent stays spent; else made anew.
    fn renewed(self, place: &Path, first: Date, accounts: &Accounts<'_>, transcripts: &Transcripts) -> Self {
        let root = PathBuf::from(&self.stamp.path);
        let Ok(meta) = std::fs::symlink_metadata(root.join(LEDGER)) else { return self };
        let stamp = Stamp::of(&root, &meta, first);
        if self.holds(&stamp, transcripts) {
            return self;
        }
        let Ok(Some(page)) = read::page(&root, LEDGER, LEDGER_LIMIT) else { return self };
        let ledger = Ledger::read(&Page::new(LEDGER, page.text));
        let rows = foreign(&ledger, &|session| transcripts.knows(session));
        let file = Self::of(stamp, &ledger, &rows, transcripts);
        if !accounts.dry_run {
            file.keep(place);
        }
        file
    }

    fn keep(&self, place: &Path) {
        // A cache that cannot be written is made anew the next time.
        let _ = place.parent().map(|folder| atomic::make_folder(folder, true));
        let _ = serde_json::to_vec(self).map(|bytes| atomic::write_cache(place, &bytes));
    }

    fn of(stamp: Stamp, ledger: &Ledger, rows: &[Row], transcripts: &Transcripts) -> Self {
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
            let id = row.id.clone().filter(|_| row.source == Source::Manual);
            let sum = sums.entry((row.day, row.usd.is_some(), model, id, elsewhere)).or_insert(Usd::ZERO);
            *sum = *sum + row.usd.unwrap_or_default();
        }
        let row = |((day, priced, model, id, elsewhere), usd): (_, Usd)| {
            (day, model, Some(usd.plain()).filter(|_| priced), id, elsewhere)
        };
        let rows = sums.into_iter().map(row);
        Self {
            names: names.len(),
            last: names.last().map(|name| name.to_string()).unwrap_or_default(),
            strange,
            readable: ledger.readable,
            own: false,
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
        let rows =
            self.rows.into_iter().filter(|(day, ..)| *day >= first).map(|(day, model, usd, id, elsewhere)| Row {
                model,
                id,
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
