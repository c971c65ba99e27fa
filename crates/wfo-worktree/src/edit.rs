//! Edits the registry's text: appends, changes and removes rows, and keeps `portPool.allocated` the union of the rows' ports.
//! Touches only the bytes it is about, since other tools write this file too; proves every edit, and never writes the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use wfo_base::json_span::{self as span, Member};
use wfo_base::{Diagnostic, Noted, Problem, codes};

use crate::json_raw::Document;
use crate::registry::{FILE, Registry, invalid, read, require_readable};
use crate::rules::Rules;

mod change;
mod layout;
mod proof;

pub use change::{Change, Field, NewRow};

use change::Setting;
use layout::{Gaps, Layout};

/// Why a text is refused whose places cannot be told, or whose edit cannot be proved.
const LOST: &str = "is laid out in a way that is not understood";

/// How many ports a note names one by one.
const NAMED: usize = 10;

/// The keys of `portPool` and the list in it.
const POOL: [&str; 2] = ["portPool", "port_pool"];
const ALLOCATED: &str = "allocated";

/// Makes the registry's text after the changes; `None` for `text` makes a new registry with the pool of the rules.
///
/// A set field changes under every spelling that the row has; one that it lacks is added at the row's end. New rows take the
/// layout of those that are there. `portPool.allocated` is written anew, sorted, when it is not the set of all rows' ports;
/// without changes that is all that happens. Recorded ports that no row held go, and a note says which.
///
/// Appending a row and then removing it gives the old bytes, with two exceptions: blanks inside an empty list of rows go, and
/// so does what was wrong or unsorted in `portPool.allocated`, or its absence.
///
/// # Errors
/// `worktree.registry-invalid` for text that is no registry or is not understood, `worktree.registry-row-invalid` when a row or
/// a port cannot be read, `worktree.unknown` for a row that is not there, `port.invalid` for port 0.
pub fn edited(text: Option<&str>, rules: &Rules, changes: &[Change]) -> Result<Noted<String>, Problem> {
    let fresh;
    let text = match text {
        Some(text) => text,
        None => {
            fresh = new_text(rules);
            &fresh
        }
    };
    let (before, parts) = read(text)?;
    require_readable(&before)?;
    let site = Site::of(text, &parts)?;
    let wanted = Wanted::of(changes, site.rows.len())?;
    let union = wanted.union(&before);
    let layout = Layout::of(text, &site);
    let mut edits = Vec::new();
    if !changes.is_empty() {
        edits.push((site.list.start + 1..site.list.end.saturating_sub(1), rows_text(text, &site, &wanted, &layout)));
    }
    let recorded: BTreeSet<u16> = before.allocated.iter().copied().collect();
    let pool_changes = recorded != union;
    if pool_changes {
        edits.push(pool_edit(text, &site, rules, &union, &layout)?);
    }
    let after = applied(text, edits);
    let expected = proof::Expected { wanted: &wanted, rules, union: pool_changes.then_some(&union) };
    if !proof::holds(text, &site, &after, &expected) {
        return Err(invalid(LOST));
    }
    Ok(Noted { value: after, notes: freed(&before, &union).into_iter().collect() })
}

/// Says which recorded ports no row held.
fn freed(before: &Registry, union: &BTreeSet<u16>) -> Option<Diagnostic> {
    let held: BTreeSet<u16> = before.entries.iter().flat_map(|entry| &entry.ports).copied().collect();
    let free: BTreeSet<u16> =
        before.allocated.iter().filter(|port| !held.contains(port) && !union.contains(port)).copied().collect();
    let more = free.len().saturating_sub(NAMED);
    let mut names: Vec<String> = free.iter().take(NAMED).map(u16::to_string).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let message = format!("`portPool.allocated` listed {}, which no row holds: free again", names.join(", "));
    (!free.is_empty()).then(|| Problem::new(codes::WORKTREE_REPAIRED, message).in_file(FILE).info())
}

fn new_text(rules: &Rules) -> String {
    format!(
        "{{\n  \"worktrees\": [],\n  \"portPool\": {{\n    \"start\": {},\n    \"end\": {},\n    \"allocated\": []\n  }}\n}}\n",
        rules.pool_start, rules.pool_end
    )
}

/// Where the parts of the registry stand in its text.
#[derive(Debug)]
struct Site {
    top: Range<usize>,
    members: Vec<Member>,
    list: Range<usize>,
    rows: Vec<Range<usize>>,
    pool: Option<Member>,
}

impl Site {
    /// Finds the places in a text that was read.
    fn of(text: &str, parts: &Document<'_>) -> Result<Self, Problem> {
        let lost = || invalid(LOST);
        // One object and nothing else, so its place needs no search.
        let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
        let top = start..text.trim_end().len();
        let members = span::members(text, &top).ok_or_else(lost)?;
        let list = only(&members, "worktrees")?.ok_or_else(lost)?.value.clone();
        let pools = [only(&members, POOL[0])?, only(&members, POOL[1])?];
        let pool = pools.into_iter().flatten().next().cloned();
        let rows = places(text, list.start + 1, parts.rows.as_deref().unwrap_or_default()).ok_or_else(lost)?;
        Ok(Self { top, members, list, rows, pool })
    }
}

/// Finds the places of rows that follow each other from a place on.
fn places(text: &str, mut at: usize, rows: &[&RawValue]) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.iter().map(|row| row.get()) {
        let rest = text.get(at..)?;
        let start = at + rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', ',']).len();
        at = start + row.len();
        found.push(start..at);
        (text.get(start..at)? == row).then_some(())?;
    }
    Some(found)
}

/// Finds the one member with a key; a key that stands twice means different things to different readers.
fn only<'m>(members: &'m [Member], key: &str) -> Result<Option<&'m Member>, Problem> {
    let mut found = members.iter().filter(|member| member.key == key);
    let first = found.next();
    match found.next() {
        Some(_) => Err(invalid(&format!("has the key `{key}` twice in one object"))),
        None => Ok(first),
    }
}

/// What the changes come to.
#[derive(Debug, Default)]
struct Wanted<'c> {
    set: BTreeMap<usize, Vec<Setting>>,
    removed: BTreeSet<usize>,
    appended: Vec<&'c NewRow>,
    /// Ports by row where they are set.
    ports: BTreeMap<usize, &'c [u16]>,
}

impl<'c> Wanted<'c> {
    fn of(changes: &'c [Change], rows: usize) -> Result<Self, Problem> {
        let mut wanted = Self::default();
        for change in changes {
            let index = match change {
                Change::Append(_) => None,
                Change::Set { index, .. } | Change::Remove { index } => Some(*index),
            };
            if let Some(index) = index.filter(|index| *index >= rows) {
                let message = format!("`{FILE}` has no row {}: it holds {rows}", index.saturating_add(1));
                return Err(Problem::new(codes::WORKTREE_UNKNOWN, message).hint("run `wfo-helper worktree list`"));
            }
            let ports = match change {
                Change::Append(NewRow { ports, .. }) | Change::Set { field: Field::Ports(ports), .. } => &ports[..],
                _ => &[],
            };
            if ports.contains(&0) {
                return Err(Problem::new(codes::PORT_INVALID, "0 is no port that a worktree can hold")
                    .hint("give ports of 1-65535"));
            }
            match change {
                Change::Append(row) => wanted.appended.push(row),
                Change::Remove { index } => {
                    wanted.removed.insert(*index);
                }
                Change::Set { index, field } => {
                    let row = wanted.set.entry(*index).or_default();
                    for (keys, value) in field.settings() {
                        row.retain(|(other, _)| *other != keys);
                        row.push((keys, value));
                    }
                    if let Field::Ports(ports) = field {
                        wanted.ports.insert(*index, ports);
                    }
                }
            }
        }
        Ok(wanted)
    }

    /// Returns the ports that the rows hold after the changes.
    fn union(&self, before: &Registry) -> BTreeSet<u16> {
        let kept = before.entries.iter().filter(|entry| !self.removed.contains(&entry.index));
        let kept = kept.flat_map(|entry| self.ports.get(&entry.index).copied().unwrap_or(&entry.ports));
        kept.chain(self.appended.iter().flat_map(|row| &row.ports)).copied().collect()
    }
}

/// Words everything between the brackets of `worktrees`: rows that stay keep their bytes and the blanks before them.
fn rows_text(text: &str, site: &Site, wanted: &Wanted<'_>, layout: &Layout) -> String {
    let piece = |range: Range<usize>| text.get(range).unwrap_or_default();
    let lead = site.rows.first().map_or(layout.list.first.as_str(), |row| piece(site.list.start + 1..row.start));
    let tail =
        site.rows.last().map_or(layout.list.last.as_str(), |row| piece(row.end..site.list.end.saturating_sub(1)));
    let mut out = String::with_capacity(site.list.len() + 512 * wanted.appended.len());
    let mut end_before = 0;
    for (index, row) in site.rows.iter().enumerate() {
        if !wanted.removed.contains(&index) {
            out.push_str(if out.is_empty() { lead } else { piece(end_before..row.start) });
            match wanted.set.get(&index) {
                Some(settings) => out.push_str(&row_text(text, row, settings, layout)),
                None => out.push_str(piece(row.clone())),
            }
        }
        end_before = row.end;
    }
    for row in &wanted.appended {
        if out.is_empty() {
            out.push_str(lead);
        } else {
            out.push(',');
            out.push_str(&layout.list.next);
        }
        let items: Vec<String> = row
            .members()
            .iter()
            .map(|(key, value)| format!("\"{key}\":{}{}", layout.colon, layout.ports.value(value)))
            .collect();
        out.push_str(&layout.row.wrapped('{', '}', &items));
    }
    if !out.is_empty() {
        out.push_str(tail);
    }
    out
}

/// Words a row with some fields set.
fn row_text(text: &str, row: &Range<usize>, settings: &[Setting], layout: &Layout) -> String {
    let members = span::members(text, row).unwrap_or_default();
    let mut edits = Vec::new();
    let mut items = Vec::new();
    for (keys, value) in settings {
        let mut present = members.iter().filter(|member| keys.contains(&member.key.as_str())).peekable();
        if present.peek().is_none() {
            let key = keys.first().copied().unwrap_or_default();
            items.push(format!("\"{key}\":{}{}", layout.colon_of(text, &members), layout.ports.value(value)));
        }
        for member in present {
            let written = text.get(member.value.clone()).unwrap_or_default();
            if serde_json::from_str::<Value>(written).is_ok_and(|written| written == *value) {
                continue;
            }
            let gaps = Gaps::of_list(text, &member.value, layout.is_spaced()).unwrap_or_else(|| layout.ports.clone());
            edits.push((member.value.clone(), gaps.value(value)));
        }
    }
    if !items.is_empty() {
        edits.push(added(text, row, &members, &items));
    }
    let shifted = edits.into_iter().map(|(at, new)| (at.start - row.start..at.end - row.start, new)).collect();
    applied(text.get(row.clone()).unwrap_or_default(), shifted)
}

/// Adds members at the end of an object, laid out as those that are there.
fn added(text: &str, object: &Range<usize>, members: &[Member], items: &[String]) -> (Range<usize>, String) {
    let wholes: Vec<Range<usize>> = members.iter().map(|member| member.whole.clone()).collect();
    match wholes.last() {
        Some(last) => {
            let next = Gaps::of(text, object, &wholes).next;
            (last.end..last.end, items.iter().map(|item| format!(",{next}{item}")).collect())
        }
        None => (object.start + 1..object.end.saturating_sub(1), items.join(", ")),
    }
}

/// Writes the union to `portPool.allocated`, making what is not there.
fn pool_edit(
    text: &str,
    site: &Site,
    rules: &Rules,
    union: &BTreeSet<u16>,
    layout: &Layout,
) -> Result<(Range<usize>, String), Problem> {
    let ports = json!(union);
    let whole = || {
        layout.new_pool(&[
            ("start", json!(rules.pool_start)),
            ("end", json!(rules.pool_end)),
            (ALLOCATED, ports.clone()),
        ])
    };
    let Some(pool) = &site.pool else {
        let item = format!("\"{}\":{}{}", POOL[0], layout.colon, whole());
        return Ok(added(text, &site.top, &site.members, &[item]));
    };
    if text.get(pool.value.clone()) == Some("null") {
        return Ok((pool.value.clone(), whole()));
    }
    let members = span::members(text, &pool.value).ok_or_else(|| invalid("has a `portPool` that is not an object"))?;
    match only(&members, ALLOCATED)? {
        Some(list) => {
            let gaps = Gaps::of_list(text, &list.value, layout.is_spaced())
                .unwrap_or_else(|| layout.list_at(text, list.whole.start));
            Ok((list.value.clone(), gaps.value(&ports)))
        }
        None => {
            let item = format!("\"{ALLOCATED}\":{}{}", layout.colon, Gaps::inline(layout.is_spaced()).value(&ports));
            Ok(added(text, &pool.value, &members, &[item]))
        }
    }
}

/// Puts the edits, which do not overlap, into the text.
fn applied(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(at, _)| at.start);
    let mut out = String::with_capacity(text.len() + edits.iter().map(|(_, new)| new.len()).sum::<usize>());
    let mut done = 0;
    for (at, new) in edits {
        out.push_str(text.get(done..at.start).unwrap_or_default());
        out.push_str(&new);
        done = at.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
