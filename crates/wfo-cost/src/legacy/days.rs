//! Takes hand-written daily files apart into amounts by kind and name.
//! The parts of a file always add up to what its reader says was spent: a sum and its parts are never both counted.

use std::collections::BTreeMap;

use wfo_base::{Diagnostic, Usd, text::clip, text::one_line};

use super::{Day, Days, Known, Legacy, Part, file_name, mark, row};
use crate::costs::Page;
use crate::daily::{self, DEPTH, is_money, near};
use crate::derived::is_ours;
use crate::json::{self, Object};
use crate::spending::Kind;

/// The most characters of a name that a file gives to an amount.
const NAME: usize = 100;

/// Reads the daily files that were not written here.
pub(super) fn days(
    pages: &[(jiff::civil::Date, Page)],
    known: Known<'_>,
    found: &mut Legacy,
    notes: &mut Vec<Diagnostic>,
) -> Days {
    let mut days = Days::new();
    for (date, page) in pages {
        let Some(text) = &page.text else {
            found.left.push(page.name.clone());
            continue;
        };
        let (text, stem) = match after_ours(text) {
            None => (text.as_str(), format!("legacy:{}", file_name(page))),
            Some("") => continue,
            // somebody appended to a file of ours: amounts of their own, told apart by what they say
            Some(rest) => (rest, format!("legacy:{}:{}", file_name(page), mark(rest))),
        };
        let read = daily::day(&Page::new(page.name.as_str(), text), *date).drain_into(notes);
        if read.is_none() {
            found.left.push(page.name.clone());
            continue;
        }
        let mut day = Day { by_file: true, ..Day::default() };
        for part in file_parts(text, &page.name) {
            let name = part.name.as_ref().map(|name| format!(":{name}")).unwrap_or_default();
            let (kind, id) = (part.kind, format!("{stem}:{}{name}", part.kind.word()));
            day.open.entry(kind).or_default().push_back(row(known, *date, part, id));
        }
        days.insert(*date, day);
        found.taken.push(page.name.clone());
    }
    days
}

/// Returns what follows the object of ours at the start of a text; `None` when there is none of ours.
fn after_ours(text: &str) -> Option<&str> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Object<'_>>();
    let ours = is_ours(&objects.next()?.ok()?);
    ours.then(|| text.get(objects.byte_offset()..).unwrap_or_default().trim())
}

/// Returns the amounts of all objects of a text, each kind and name once.
fn file_parts(text: &str, name: &str) -> Vec<Part> {
    let mut sums = BTreeMap::<(Kind, Option<String>), Usd>::new();
    for object in json::objects(text).0 {
        for part in object_parts(&object, name) {
            let sum = sums.entry((part.kind, part.name)).or_default();
            *sum = *sum + part.usd;
        }
    }
    let parts = sums.into_iter().map(|((kind, name), usd)| Part { kind, name, usd });
    parts.filter(|part| part.usd.is_positive()).collect()
}

/// Returns the amounts of one object; they add up to the total that its reader takes.
pub(super) fn object_parts(object: &Object<'_>, name: &str) -> Vec<Part> {
    let Some(total) = daily::total(object, name).value else { return Vec::new() };
    let unnamed = |usd| Part { kind: Kind::Inference, name: None, usd };
    let mut parts = collect(object, None, DEPTH);
    let sum: Usd = parts.iter().map(|part| part.usd).sum();
    if parts.iter().any(|part| part.usd < Usd::ZERO) || (sum > total && !near(sum, total)) {
        return vec![unnamed(total)];
    }
    if total > sum && !near(sum, total) {
        parts.push(unnamed(total - sum));
    }
    parts
}

/// Collects amounts; `kind` is that of the object around.
fn collect(object: &Object<'_>, kind: Option<Kind>, depth: usize) -> Vec<Part> {
    let (mut parts, mut models) = (Vec::new(), Vec::new());
    let mut whole = None;
    for (key, raw) in object.entries().filter(|(key, _)| is_money(key)) {
        let own = kind_of(key);
        let kind = kind.or(own);
        let mut found = if let Some(usd) = json::amount(raw) {
            let name = key.strip_prefix("llm_").unwrap_or(key);
            let name = (own.is_none() || kind != own).then(|| clip(&one_line(name), NAME).into_owned());
            vec![Part { kind: kind.unwrap_or_default(), name, usd }]
        } else if let Some(inner) = json::object(raw).filter(|_| depth > 1) {
            collect(&inner, kind, depth - 1)
        } else {
            continue;
        };
        match key {
            "llm" => whole = Some(found),
            _ if key.starts_with("llm_") => models.append(&mut found),
            _ => parts.append(&mut found),
        }
    }
    parts.append(&mut without_doubles(whole, models));
    parts
}

/// Joins `llm` and every `llm_<model>`: the models where they make up the whole, never both.
fn without_doubles(whole: Option<Vec<Part>>, mut models: Vec<Part>) -> Vec<Part> {
    let Some(whole) = whole else { return models };
    let sum = |parts: &[Part]| parts.iter().map(|part| part.usd).sum::<Usd>();
    let (all, named) = (sum(&whole), sum(&models));
    if models.is_empty() || (named > all && !near(named, all)) {
        return whole;
    }
    if all > named && !near(named, all) {
        models.push(Part { kind: Kind::Inference, name: None, usd: all - named });
    }
    models
}

/// Returns the kind that a key of an older file stands for.
fn kind_of(key: &str) -> Option<Kind> {
    match key {
        "inference" | "llm" | "models" => Some(Kind::Inference),
        "compute" | "infrastructure" => Some(Kind::Compute),
        "storage" => Some(Kind::Storage),
        "api" | "apis" => Some(Kind::Api),
        _ => None,
    }
}
