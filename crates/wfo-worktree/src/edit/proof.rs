//! Says whether an edit of the registry did what it should and nothing else, by reading the new text with another parser.
//! Compares as text what was to stay: number spellings, blanks inside values and doubled keys count.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::json_raw::{Document, Object};
use crate::rules::Rules;

use super::{ALLOCATED, NewRow, POOL, Setting, Site, Wanted};

/// What the edit was to do.
pub(super) struct Expected<'e> {
    /// The rows' changes.
    pub(super) wanted: &'e Wanted<'e>,
    /// Where a new pool has its range from.
    pub(super) rules: &'e Rules,
    /// What `portPool.allocated` was to become; `None` when the pool was to stay.
    pub(super) union: Option<&'e BTreeSet<u16>>,
}

/// Compares the new text with the old one, in which `site` tells the places.
pub(super) fn holds(before: &str, site: &Site, after: &str, expected: &Expected<'_>) -> bool {
    held(before, site, after, expected).is_some()
}

fn yes(is: bool) -> Option<()> {
    is.then_some(())
}

/// The same; `None` is no.
fn held(before: &str, site: &Site, after: &str, expected: &Expected<'_>) -> Option<()> {
    let inner = after.strip_prefix(before.get(..site.top.start)?)?.strip_suffix(before.get(site.top.end..)?)?;
    yes(inner.starts_with('{') && inner.ends_with('}'))?;
    let top = Document::read(inner).ok()?;
    let pool_at = site.pool.as_ref().map(|pool| pool.whole.start);
    let mut members = top.members.iter();
    for old in &site.members {
        let (key, raw) = members.next()?;
        yes(*key == old.key)?;
        let was = before.get(old.value.clone())?;
        if old.value == site.list {
            rows_held(before, site, top.rows.as_ref()?, expected)?;
        } else if let Some(union) = expected.union.filter(|_| pool_at == Some(old.whole.start)) {
            pool_held(was, (*raw)?.get(), expected.rules, union)?;
        } else {
            yes((*raw)?.get() == was)?;
        }
    }
    if let Some(union) = expected.union.filter(|_| pool_at.is_none()) {
        let (key, raw) = members.next()?;
        yes(key == POOL[0])?;
        pool_held("null", (*raw)?.get(), expected.rules, union)?;
    }
    yes(members.next().is_none())
}

fn rows_held(before: &str, site: &Site, rows: &[&RawValue], expected: &Expected<'_>) -> Option<()> {
    let mut rows = rows.iter().map(|row| row.get());
    for (index, old) in site.rows.iter().enumerate() {
        if expected.wanted.removed.contains(&index) {
            continue;
        }
        let (row, was) = (rows.next()?, before.get(old.clone())?);
        match expected.wanted.set.get(&index) {
            Some(settings) => row_held(was, row, settings)?,
            None => yes(row == was)?,
        }
    }
    for new in &expected.wanted.appended {
        yes(is(rows.next()?, &whole(new)))?;
    }
    yes(rows.next().is_none())
}

/// Compares a row in which fields were set.
fn row_held(was: &str, row: &str, settings: &[Setting]) -> Option<()> {
    let (was, now) = (Object::read(was).ok()?, Object::read(row).ok()?);
    let mut members = now.0.iter();
    for (old_key, old) in &was.0 {
        let (key, raw) = members.next()?;
        yes(key == old_key)?;
        match settings.iter().find(|(keys, _)| keys.contains(&key.as_str())) {
            Some((_, value)) => yes(is(raw.get(), value))?,
            None => yes(raw.get() == old.get())?,
        }
    }
    let missing = |keys: &[&str]| !was.0.iter().any(|(key, _)| keys.contains(&key.as_str()));
    for (keys, value) in settings.iter().filter(|(keys, _)| missing(keys)) {
        let (key, raw) = members.next()?;
        yes(keys.first() == Some(&key.as_str()) && is(raw.get(), value))?;
    }
    yes(members.next().is_none())
}

/// Compares a pool that got another list; `null` was none.
fn pool_held(was: &str, pool: &str, rules: &Rules, union: &BTreeSet<u16>) -> Option<()> {
    if was == "null" {
        return yes(is(pool, &json!({"start": rules.pool_start, "end": rules.pool_end, ALLOCATED: union})));
    }
    let (was, now) = (Object::read(was).ok()?, Object::read(pool).ok()?);
    let mut members = now.0.iter();
    for (old_key, old) in &was.0 {
        let (key, raw) = members.next()?;
        yes(key == old_key && (key == ALLOCATED || raw.get() == old.get()))?;
    }
    if was.get(ALLOCATED).is_none() {
        yes(members.next()?.0 == ALLOCATED)?;
    }
    yes(members.next().is_none() && is(now.get(ALLOCATED)?, &json!(union)))
}

fn whole(row: &NewRow) -> Value {
    Value::Object(row.members().into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn is(text: &str, value: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|found| found == *value)
}
