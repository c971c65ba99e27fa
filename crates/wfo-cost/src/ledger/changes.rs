//! What to append so that a ledger says what transcripts say now, and which of its rows transcripts cannot tell.
//! Never takes back a row whose transcript nobody can read any more.

use std::collections::BTreeMap;

use wfo_base::Usd;

use super::{Ledger, is_nothing, key};
use crate::spending::{Row, Source};
use crate::tokens::Tokens;

/// Returns the rows to append, by key, so that the ledger holds `new`: rows that are new or differ, and for each row of a
/// session that is known (whose transcripts are all in `new`) but no longer among them one that cancels it.
///
/// Rows of sessions that are not known stay, as do those entered by hand or taken over. Nothing to do: an empty list, so
/// that a second call after appending returns nothing.
#[must_use]
pub fn changes(old: &Ledger, new: &[Row], known_session: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let before: BTreeMap<_, &Row> = old.rows.iter().map(|row| (key(row), row)).collect();
    let wanted: BTreeMap<_, &Row> = new.iter().filter(|row| !is_nothing(row)).map(|row| (key(row), row)).collect();
    let mut found = BTreeMap::new();
    for (key, row) in &wanted {
        // A table that is newer and says the same changes no amount.
        let same = |old: &&Row| Row { price_as_of: row.price_as_of.clone(), ..(*old).clone() } == **row;
        if !before.get(key).is_some_and(same) {
            found.insert(*key, (*row).clone());
        }
    }
    for (key, row) in before {
        let known = row.source == Source::Transcript && row.session.as_deref().is_some_and(known_session);
        if known && !wanted.contains_key(&key) {
            found.insert(key, cancelled(row));
        }
    }
    found.into_values().collect()
}

/// Returns the rows that a report adds to what it counts from transcripts: entered by hand, taken over, and counted from
/// transcripts that are gone.
#[must_use]
pub fn foreign(ledger: &Ledger, known_session: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let told = |row: &&Row| row.source == Source::Transcript && row.session.as_deref().is_some_and(known_session);
    ledger.rows.iter().filter(|row| !told(row)).cloned().collect()
}

/// Returns the row that takes another back: the same key, and nothing of everything.
fn cancelled(row: &Row) -> Row {
    Row { tokens: Tokens::default(), requests: 0, searches: 0, usd: Some(Usd::ZERO), price_as_of: None, ..row.clone() }
}
