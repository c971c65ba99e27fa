//! Takes the running total of an older `mtd.json`: only what the days of its month do not explain.
//! Never doubles what daily files, features or transcripts tell already.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use wfo_base::{Diagnostic, Usd};

use super::days::object_parts;
use super::{Day, Days, Known, Legacy, Part, file_name, row};
use crate::costs::Page;
use crate::daily::{broken, near, total};
use crate::derived::is_ours;
use crate::json::Object;
use crate::month::year_month;
use crate::spending::{Kind, Row, Source};

/// Adds the rest of a running total to `days`.
pub(super) fn month(page: &Page, known: Known<'_>, days: &Days, found: &mut Legacy, notes: &mut Vec<Diagnostic>) {
    let object = page.text.as_deref().map(Object::parse);
    let object = match object {
        Some(Ok(object)) if is_ours(&object) => return,
        Some(Ok(object)) => object,
        Some(Err(error)) => {
            notes.push(broken(&page.name, &format!("does not parse: {error}"), Some(&error)).warning());
            found.left.push(page.name.clone());
            return;
        }
        None => {
            found.left.push(page.name.clone());
            return;
        }
    };
    let Some(stated) = total(&object, &page.name).drain_into(notes) else {
        found.left.push(page.name.clone());
        return;
    };
    found.taken.push(page.name.clone());
    let stamp = object.text("last_updated").and_then(|stamp| stamp.trim().get(..10)?.parse::<Date>().ok());
    let first = object.text("month").and_then(|text| year_month(&text));
    let first = first.and_then(|(year, month)| Date::new(year, month, 1).ok());
    let first = first.or(stamp.map(Date::first_of_month)).unwrap_or(known.today.first_of_month());
    let explained = explained(first, known, days, &found.overlapping);
    let rest = stated - explained.values().copied().sum();
    if !rest.is_positive() || near(stated, stated - rest) {
        return;
    }
    let until = stamp.filter(|day| day.first_of_month() == first);
    let day = rest_day(first, until, known.today, days);
    let id = |part: &Part| {
        let name = part.name.as_ref().map(|name| format!(":{name}")).unwrap_or_default();
        format!("legacy:{}:{}:{}{name}", file_name(page), first.strftime("%Y-%m"), part.kind.word())
    };
    let rows = rest_parts(&object, &page.name, rest, &explained).into_iter().map(|part| {
        let id = id(&part);
        row(known, day, part, id)
    });
    // what transcripts tell is taken off already, so it overlaps with none of them
    found.rows.extend(rows);
}

/// Returns what is known of the month's days, by kind: a day's daily file, else its features and what the ledger and the
/// transcripts tell of it.
fn explained(first: Date, known: Known<'_>, days: &Days, aside: &[Row]) -> BTreeMap<Kind, Usd> {
    let mut sums = BTreeMap::new();
    let mut add = |row: &Row| {
        let sum: &mut Usd = sums.entry(row.kind).or_default();
        *sum = *sum + row.usd.unwrap_or_default();
    };
    let within = |day: &Date| day.first_of_month() == first;
    days.iter().filter(|(day, _)| within(day)).flat_map(|(_, day)| day.all()).for_each(&mut add);
    let by_file = |day: Date| days.get(&day).is_some_and(|day| day.by_file);
    let here = days.values().flat_map(Day::all).chain(aside);
    let here: BTreeSet<&str> = here.filter_map(|row| row.id.as_deref()).collect();
    // transcripts as they are now rather than as an older ledger has them; and never the rest that an earlier run left
    let earlier = known.ledger.rows.iter().filter(|row| match (row.source, row.id.as_deref()) {
        (Source::Transcript, _) => known.transcripts.is_empty(),
        (Source::Legacy, Some(id)) => !id.starts_with("legacy:mtd") && !here.contains(id),
        _ => false,
    });
    let told = known.transcripts.iter().chain(earlier);
    told.filter(|row| within(&row.day) && !by_file(row.day)).for_each(add);
    sums
}

/// Returns the parts of what is left: by name where no day explains anything, by kind where the kinds tell, else unnamed.
fn rest_parts(object: &Object<'_>, name: &str, rest: Usd, explained: &BTreeMap<Kind, Usd>) -> Vec<Part> {
    let parts = object_parts(object, name);
    let sum = |parts: &[Part]| parts.iter().map(|part| part.usd).sum::<Usd>();
    let sound = |parts: &[Part]| near(sum(parts), rest) && parts.iter().all(|part| part.usd >= Usd::ZERO);
    let positive = |parts: Vec<Part>| parts.into_iter().filter(|part| part.usd.is_positive()).collect();
    if sound(&parts) {
        return positive(parts);
    }
    let by_kind: Vec<Part> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let stated: Usd = parts.iter().filter(|part| part.kind == kind).map(|part| part.usd).sum();
            Part { kind, name: None, usd: stated - explained.get(&kind).copied().unwrap_or_default() }
        })
        .collect();
    if sound(&by_kind) { positive(by_kind) } else { vec![Part { kind: Kind::Inference, name: None, usd: rest }] }
}

/// Returns the day that the rest is dated: the last one of the month before today and up to `until` of which no daily file
/// tells, so that it is not taken for today's spend.
fn rest_day(first: Date, until: Option<Date>, today: Date, days: &Days) -> Date {
    let before = today.saturating_sub(1.day()).max(first);
    let last = first.last_of_month().min(before).min(until.unwrap_or(first.last_of_month())).max(first);
    let free = |day: &Date| !days.get(day).is_some_and(|day| day.by_file);
    let mut day = last;
    while day >= first {
        if free(&day) {
            return day;
        }
        let Ok(earlier) = day.yesterday() else { break };
        day = earlier;
    }
    last
}
