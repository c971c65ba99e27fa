//! What hand-written daily, monthly and by-feature files of an older life become: ledger rows, each dollar once.
//! Where transcripts tell of the same day and model, a row is set aside as overlapping. Files that this program wrote are
//! no older life, and nothing here changes a file: whoever does keeps the originals.

mod days;
mod month;
mod tasks;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::Date;
use wfo_base::{Diagnostic, Noted, Problem, Usd, codes};

use crate::costs::Page;
use crate::ledger::{Ledger, line, overlapping_line};
use crate::spending::{Kind, Row, Source};
use crate::tier::Tier;
use crate::tokens::Tokens;

/// The files of an older life, as far as they are there.
#[derive(Debug, Clone, Default)]
pub struct LegacyPages {
    /// `costs/daily-YYYY-MM-DD.json`, by the date in the name.
    pub days: Vec<(Date, Page)>,
    /// `costs/mtd.json`.
    pub month: Option<Page>,
    /// `costs/by-feature.jsonl`.
    pub by_feature: Option<Page>,
}

/// What the rows are put down to, and what is known beside the files.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The project's name.
    pub project: Option<&'a str>,
    /// The configured zone, in which the dates of the files are taken to be.
    pub zone: &'a str,
    /// The repository's ledger as it is now.
    pub ledger: &'a Ledger,
    /// The rows that were counted from the repository's transcripts.
    pub transcripts: &'a [Row],
    /// Today.
    pub today: Date,
}

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Legacy {
    /// The rows that count.
    pub rows: Vec<Row>,
    /// The rows for which transcripts account too.
    pub overlapping: Vec<Row>,
    /// Names of the files that the rows hold in full: to be kept under another name before anything is written in their place.
    pub taken: Vec<String>,
    /// Names of files that cannot be read and were not written here: nothing may be written in their place either.
    pub left: Vec<String>,
}

impl Legacy {
    /// Returns the ledger lines to append so that the ledger holds all rows; none when it does already.
    #[must_use]
    pub fn lines(&self, ledger: &Ledger) -> Vec<String> {
        let counted: BTreeMap<_, _> = ledger.rows.iter().filter_map(by_id).collect();
        let aside: BTreeMap<_, _> = ledger.overlapping.iter().filter_map(by_id).collect();
        let rows = self.rows.iter().filter(|row| by_id(row).and_then(|(id, _)| counted.get(id)) != Some(row));
        let overlapping =
            self.overlapping.iter().filter(|row| by_id(row).and_then(|(id, _)| aside.get(id)) != Some(row));
        rows.map(line).chain(overlapping.map(overlapping_line)).collect()
    }
}

/// Turns the files of an older life into ledger rows `source: legacy`.
///
/// The daily files count; a line about a feature puts part of its day down to that feature and is money of its own only on
/// a day of which nothing else tells; the running total adds what its days do not explain. Ids are the same whenever the
/// same files are read, so that a second run after a crash doubles nothing.
#[must_use]
pub fn legacy(pages: &LegacyPages, known: Known<'_>) -> Noted<Legacy> {
    let mut notes = Vec::new();
    let mut found = Legacy::default();
    let mut days = days::days(&pages.days, known, &mut found, &mut notes);
    if let Some(page) = &pages.by_feature {
        tasks::tasks(page, known, &mut days, &mut found, &mut notes);
    }
    if let Some(page) = &pages.month {
        month::month(page, known, &days, &mut found, &mut notes);
    }
    let told = Told::of(known);
    for row in days.into_values().flat_map(Day::into_all) {
        if told.accounts_for(&row) {
            found.overlapping.push(row);
        } else {
            found.rows.push(row);
        }
    }
    notes.extend(note(&found));
    Noted { value: found, notes }
}

/// What the files say of one day.
#[derive(Debug, Default)]
struct Day {
    /// Whether a daily file tells of it.
    by_file: bool,
    /// What is put down to a feature, or stands for itself.
    rows: Vec<Row>,
    /// What the daily file says and no feature is named for, by kind: taken from the front.
    open: BTreeMap<Kind, VecDeque<Row>>,
}

impl Day {
    fn all(&self) -> impl Iterator<Item = &Row> {
        self.open.values().flatten().chain(&self.rows)
    }

    fn into_all(self) -> impl Iterator<Item = Row> {
        self.open.into_values().flatten().chain(self.rows)
    }
}

/// All days that the files tell of.
type Days = BTreeMap<Date, Day>;

/// An amount of an older file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    kind: Kind,
    /// Model, machine or service, where the file names it.
    name: Option<String>,
    usd: Usd,
}

/// Makes the row of an amount.
fn row(known: Known<'_>, day: Date, part: Part, id: String) -> Row {
    Row {
        session: None,
        day,
        zone: known.zone.to_owned(),
        model: part.name,
        tier: Tier::default(),
        project: known.project.map(str::to_owned),
        branch: None,
        skill: None,
        feature: None,
        kind: part.kind,
        tokens: Tokens::default(),
        requests: 0,
        searches: 0,
        usd: Some(part.usd),
        price_as_of: None,
        source: Source::Legacy,
        id: Some(id),
    }
}

/// Returns the last part of a path, which ids are made of.
fn file_name(page: &Page) -> &str {
    page.name.rsplit('/').next().unwrap_or(&page.name)
}

/// Tells texts apart in ids, the same way for ever (FNV-1a).
fn mark(text: &str) -> String {
    let hash = text
        .trim()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

fn by_id(row: &Row) -> Option<(&str, &Row)> {
    Some((row.id.as_deref()?, row))
}

/// What transcripts tell of each day: the words in the names of its models.
struct Told(BTreeMap<Date, BTreeSet<String>>);

impl Told {
    fn of(known: Known<'_>) -> Self {
        let mut told = BTreeMap::<Date, BTreeSet<String>>::new();
        let counted = known.ledger.rows.iter().filter(|row| row.source == Source::Transcript);
        for row in known.transcripts.iter().chain(counted) {
            told.entry(row.day).or_default().extend(row.model.as_deref().map(words).into_iter().flatten());
        }
        Self(told)
    }

    /// Says whether transcripts tell of the same spend: of tokens on that day, and of the model where the row names one.
    fn accounts_for(&self, row: &Row) -> bool {
        let Some(told) = self.0.get(&row.day) else { return false };
        let named = row.model.as_deref().map(words).filter(|words| !words.is_empty());
        row.kind == Kind::Inference && named.is_none_or(|words| words.iter().any(|word| told.contains(word)))
    }
}

/// Returns the words of a model's name that say which family it is of: four letters or more (`claude`, `deepseek`); where
/// there is none, what the name begins with (`gpt`, `o3`).
fn words(model: &str) -> Vec<String> {
    let words = model.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 3);
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let first = || model.split(|c: char| !c.is_alphanumeric()).find(|part| !part.is_empty()).map(str::to_lowercase);
    if words.is_empty() { first().into_iter().collect() } else { words }
}

fn note(found: &Legacy) -> Option<Diagnostic> {
    if found.taken.is_empty() || (found.rows.is_empty() && found.overlapping.is_empty()) {
        return None;
    }
    let total: Usd = found.rows.iter().filter_map(|row| row.usd).sum();
    let files = match found.taken.as_slice() {
        [one] => format!("`{one}` is of an older life and became"),
        more => format!("{} files of an older life became", more.len()),
    };
    let mut message = format!("{files} ledger rows of {total}");
    if !found.overlapping.is_empty() {
        let aside: Usd = found.overlapping.iter().filter_map(|row| row.usd).sum();
        let days: BTreeSet<Date> = found.overlapping.iter().map(|row| row.day).collect();
        let shown: Vec<String> = days.iter().take(5).map(Date::to_string).collect();
        let more = match days.len().saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!(" and {more} more days"),
        };
        message += &format!("; {aside} does not count, since transcripts tell of {}{more} too", shown.join(", "));
    }
    let hint = "look at these days with `wfo-helper cost day DATE`; the originals are kept as `.bak`";
    Some(Problem::new(codes::COST_LEGACY, message).hint(hint).info())
}

#[cfg(test)]
mod tests;
