//! The files that are made from a ledger's rows: one a day, one for the month, one line for each feature.
//! Everything in them is a sum over rows, so that they can be thrown away and made again; they are never read as the truth.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Zoned;
use jiff::civil::Date;
use serde::Serialize;
use wfo_base::{Usd, clock};

use crate::budget::Origin;
use crate::json::{Object, amount};
use crate::percent::Percent;
use crate::spending::{Kind, Row};
use crate::tokens::Tokens;

/// How every mark of ours begins, whatever its version.
const OURS: &str = "wfo.costs-";
/// The mark of a daily file of ours.
const DAILY: &str = "wfo.costs-daily/1";
/// The mark of a running total of ours.
const MONTH: &str = "wfo.costs-month/1";
/// The mark of a line about a feature of ours.
const FEATURE: &str = "wfo.costs-feature/1";
/// The name of what nobody named.
const OTHER: &str = "other";

/// Dollars of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Categories {
    /// Models.
    pub inference: Usd,
    /// Machines.
    pub compute: Usd,
    /// Kept bytes.
    pub storage: Usd,
    /// Other services.
    pub api: Usd,
}

impl Categories {
    /// Adds up rows; what has no price is not in it.
    #[must_use]
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut sums = Self::default();
        for row in rows {
            let sum = sums.get_mut(row.kind);
            *sum = *sum + row.usd.unwrap_or_default();
        }
        sums
    }

    /// Returns the sum.
    #[must_use]
    pub fn total(self) -> Usd {
        self.inference + self.compute + self.storage + self.api
    }

    const fn get_mut(&mut self, kind: Kind) -> &mut Usd {
        match kind {
            Kind::Inference => &mut self.inference,
            Kind::Compute => &mut self.compute,
            Kind::Storage => &mut self.storage,
            Kind::Api => &mut self.api,
        }
    }
}

/// Dollars by what they were paid for.
type ByName = BTreeMap<String, Usd>;

#[derive(Serialize)]
struct Daily<'a> {
    schema: &'a str,
    date: String,
    zone: &'a str,
    inference: ByName,
    compute: ByName,
    storage: ByName,
    api: ByName,
    /// Null when nothing of what was used has a price.
    total: Option<Usd>,
    /// Models (or other names) that were used without a known price: the total is a lower bound.
    unpriced: BTreeSet<&'a str>,
    tokens: Tokens,
    sessions: usize,
    last_updated: String,
}

/// Makes the text of `costs/daily-YYYY-MM-DD.json` from the rows of that day; rows of other days are left out.
#[must_use]
pub fn daily(day: Date, rows: &[Row], zone: &str, now: &Zoned) -> String {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.day == day).collect();
    let of = |kind: Kind| {
        let mut sums = ByName::new();
        for row in rows.iter().filter(|row| row.kind == kind) {
            if let Some(usd) = row.usd {
                let sum = sums.entry(name(row).to_owned()).or_default();
                *sum = *sum + usd;
            }
        }
        sums
    };
    pretty(&Daily {
        schema: DAILY,
        date: day.to_string(),
        zone,
        inference: of(Kind::Inference),
        compute: of(Kind::Compute),
        storage: of(Kind::Storage),
        api: of(Kind::Api),
        total: known_sum(&rows),
        unpriced: unpriced(&rows),
        tokens: rows.iter().map(|row| row.tokens).sum(),
        sessions: rows.iter().filter_map(|row| row.session.as_deref()).collect::<BTreeSet<_>>().len(),
        last_updated: clock::rfc3339(now),
    })
}

#[derive(Serialize)]
struct Month<'a> {
    schema: &'a str,
    month: String,
    budget: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_origin: Option<&'a str>,
    categories: Categories,
    /// Null when nothing of what was used has a price.
    total: Option<Usd>,
    remaining: Option<Usd>,
    percent_used: Option<Percent>,
    unpriced: BTreeSet<&'a str>,
    last_updated: String,
}

/// Makes the text of `costs/mtd.json`: the month of `today`, from its rows. Without a budget what remains is null, with one
/// of zero the percentage is.
#[must_use]
pub fn month(rows: &[Row], budget: Option<(Usd, Origin)>, today: Date, now: &Zoned) -> String {
    let first = today.first_of_month();
    let rows: Vec<&Row> = rows.iter().filter(|row| row.day.first_of_month() == first).collect();
    let total = known_sum(&rows);
    let limit = budget.map(|(limit, _)| limit);
    pretty(&Month {
        schema: MONTH,
        month: first.strftime("%Y-%m").to_string(),
        budget: limit,
        budget_origin: budget.map(|(_, origin)| origin.word()),
        categories: Categories::of(rows.iter().copied()),
        total,
        remaining: limit.zip(total).map(|(limit, total)| limit - total),
        percent_used: limit.zip(total).and_then(|(limit, total)| Percent::of(total, limit)),
        unpriced: unpriced(&rows),
        last_updated: clock::rfc3339(now),
    })
}

#[derive(Serialize)]
struct Feature<'a> {
    schema: &'a str,
    feature: &'a str,
    /// What it cost as far as prices are known; null when none is.
    cost: Option<Usd>,
    /// The last day on which something was spent on it.
    date: String,
    tokens: u64,
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unpriced: BTreeSet<&'a str>,
}

/// Makes the text of `costs/by-feature.jsonl`: one line for each feature, by name; the branch is that of the last day.
#[must_use]
pub fn by_feature(rows: &[Row]) -> String {
    let mut features: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        if let Some(feature) = row.feature.as_deref() {
            features.entry(feature).or_default().push(row);
        }
    }
    let mut text = String::new();
    for (feature, rows) in features {
        let last = rows.iter().map(|row| (row.day, row.branch.as_deref())).max();
        let line = Feature {
            schema: FEATURE,
            feature,
            cost: known_sum(&rows),
            date: last.map(|(day, _)| day.to_string()).unwrap_or_default(),
            tokens: rows.iter().map(|row| row.tokens).sum::<Tokens>().sum(),
            branch: last.and_then(|(_, branch)| branch),
            unpriced: unpriced(&rows),
        };
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    text
}

/// Says whether two texts of a file differ in nothing but `last_updated`, so that the older one may stay.
#[must_use]
pub fn same_but_time(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    let (Ok(old), Ok(new)) = (Object::parse(old), Object::parse(new)) else { return false };
    fn figures<'a>(object: &'a Object<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
        object.entries().filter(|(key, _)| *key != "last_updated")
    }
    figures(&old).eq(figures(&new))
}

/// Says whether an object of a file below costs/ was written here, and is thus no file of an older life.
#[must_use]
pub fn is_ours(object: &Object<'_>) -> bool {
    object.text("schema").is_some_and(|schema| schema.starts_with(OURS))
}

/// Says whether a text is a running total that was written here, of the month that begins on `first` where that is asked.
#[must_use]
pub fn is_month(text: &str, first: Option<Date>) -> bool {
    let Ok(object) = Object::parse(text) else { return false };
    let month = object.text("month");
    object.text("schema").as_deref() == Some(MONTH)
        && first.is_none_or(|first| month == Some(first.strftime("%Y-%m").to_string()))
}

/// Returns the budget that a running total of ours was written with.
#[must_use]
pub fn stated_budget(text: &str) -> Option<(Usd, Origin)> {
    let object = Object::parse(text).ok()?;
    let budget = object.raw("budget").and_then(amount)?;
    let origin = object.text("budget_origin")?;
    let origins = [Origin::Repository, Origin::User, Origin::Default];
    Some((budget, origins.into_iter().find(|one| one.word() == origin)?))
}

/// Returns what a row was paid for: its model, else what it was put down to, else its id.
fn name(row: &Row) -> &str {
    let service = if row.kind == Kind::Inference { None } else { row.feature.as_deref().or(row.id.as_deref()) };
    row.model.as_deref().or(service).unwrap_or(OTHER)
}

/// Adds up what has a price; `None` when there are rows and none of them has one.
fn known_sum(rows: &[&Row]) -> Option<Usd> {
    let sum = rows.iter().filter_map(|row| row.usd).reduce(|a, b| a + b);
    if rows.is_empty() { Some(Usd::ZERO) } else { sum }
}

fn unpriced<'a>(rows: &[&'a Row]) -> BTreeSet<&'a str> {
    rows.iter().filter(|row| row.usd.is_none()).map(|row| name(row)).collect()
}

fn pretty(file: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(file).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
