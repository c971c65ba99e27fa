//! Adds up what was spent between two days, as a whole and by everything that it is put down to.
//! An amount that is not known stays out of sums and is named; it is never 0.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use wfo_base::Usd;

use crate::percent::Percent;
use crate::report::item::{Item, items};
use crate::report::tasks::Tasks;
use crate::spending::{Kind, Spending};
use crate::tokens::Tokens;

/// What is known of several calls or rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    known: Usd,
    priced: u64,
    /// Tokens, those without a price too.
    pub tokens: Tokens,
    /// How many responses.
    pub requests: u64,
    /// How many calls and rows no price is known for.
    pub unpriced: u64,
}

impl Sum {
    /// Returns the known part in dollars; `None` when there is something and no price is known for any of it.
    #[must_use]
    pub fn usd(&self) -> Option<Usd> {
        (self.priced > 0 || self.unpriced == 0).then_some(self.known)
    }

    pub(crate) fn add(&mut self, item: &Item<'_>) {
        self.tokens += item.tokens;
        self.requests = self.requests.saturating_add(item.requests);
        match item.usd {
            Some(usd) => {
                self.known = self.known + usd;
                self.priced += 1;
            }
            None => self.unpriced += 1,
        }
    }
}

/// One group of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The model, project, feature and so on; `None` for what has none.
    pub name: Option<String>,
    /// The known part in dollars; `None` when no price is known for any of it.
    pub usd: Option<Usd>,
    /// Tokens.
    pub tokens: Tokens,
    /// How many responses.
    pub requests: u64,
    /// How many calls and rows no price is known for: above 0 the amount is a lower bound.
    pub unpriced: u64,
    /// Share of the period's known total; `None` when one of them is not known or the total is 0.
    pub share: Option<Percent>,
}

/// One hour of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// 0 to 23 in the period's zone; `None` for ledger rows, which have no hour.
    pub hour: Option<u8>,
    /// What was spent in it.
    pub sum: Sum,
}

/// One day with spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// What was spent on it.
    pub sum: Sum,
}

/// Tokens that no price is known for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpriced {
    /// The model; `None` for rows without one.
    pub model: Option<String>,
    /// Its tokens without a price.
    pub tokens: Tokens,
    /// How many calls and rows.
    pub count: u64,
}

/// Everything spent between two days. Every list of groups adds up to the total; dearest first, then by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The zone that days and hours are counted in.
    pub zone: String,
    /// The known total; `None` when something was used and no price is known for any of it.
    pub total_usd: Option<Usd>,
    /// All tokens.
    pub tokens: Tokens,
    /// How many responses.
    pub requests: u64,
    /// How many sessions.
    pub sessions: u64,
    /// By model.
    pub by_model: Vec<Part>,
    /// By project.
    pub by_project: Vec<Part>,
    /// By feature.
    pub by_feature: Vec<Part>,
    /// By git branch.
    pub by_branch: Vec<Part>,
    /// By skill.
    pub by_skill: Vec<Part>,
    /// By session.
    pub by_session: Vec<Part>,
    /// By category: `inference`, `compute`, `storage`, `api`, only those with spend.
    pub by_category: Vec<Part>,
    /// By task type; what is no inference has none.
    pub by_task: Vec<Part>,
    /// All 24 hours, and one of `None` at the end where ledger rows were spent.
    pub by_hour: Vec<Hour>,
    /// The days with spend, in order.
    pub by_day: Vec<Day>,
    /// What no price is known for, by model name.
    pub unpriced: Vec<Unpriced>,
}

/// Adds up what was spent from `from` to `to`, both included; none when `to` is before `from`.
#[must_use]
pub fn period(spending: Spending<'_>, from: Date, to: Date, zone: &str, tasks: &Tasks) -> Period {
    let mut all = Sum::default();
    let mut sessions = HashSet::new();
    let mut groups: [Groups<'_>; 8] = Default::default();
    let mut hours = [Sum::default(); 24];
    let mut no_hour = Sum::default();
    let mut days: BTreeMap<Date, Sum> = BTreeMap::new();
    let mut unpriced: BTreeMap<Option<&str>, Sum> = BTreeMap::new();
    for item in items(spending, from, to) {
        all.add(&item);
        sessions.extend(item.session);
        let task = (item.kind == Kind::Inference).then(|| tasks.task(item.skill, item.agent));
        let names = [
            item.model,
            item.project,
            item.feature,
            item.branch,
            item.skill,
            item.session,
            Some(item.kind.word()),
            task,
        ];
        for (group, name) in groups.iter_mut().zip(names) {
            group.entry(name).or_default().add(&item);
        }
        item.hour.and_then(|hour| hours.get_mut(usize::from(hour))).unwrap_or(&mut no_hour).add(&item);
        days.entry(item.day).or_default().add(&item);
        if item.usd.is_none() {
            unpriced.entry(item.model).or_default().add(&item);
        }
    }
    let [model, project, feature, branch, skill, session, category, task] = groups.map(|group| parts(&group, &all));
    Period {
        from,
        to,
        zone: zone.to_owned(),
        total_usd: all.usd(),
        tokens: all.tokens,
        requests: all.requests,
        sessions: sessions.len() as u64,
        by_model: model,
        by_project: project,
        by_feature: feature,
        by_branch: branch,
        by_skill: skill,
        by_session: session,
        by_category: category,
        by_task: task,
        by_hour: by_hour(hours, no_hour),
        by_day: days.into_iter().map(|(day, sum)| Day { day, sum }).collect(),
        unpriced: unpriced.into_iter().map(|(model, sum)| named(model, &sum)).collect(),
    }
}

/// Sums by name.
type Groups<'a> = HashMap<Option<&'a str>, Sum>;

fn parts(groups: &Groups<'_>, all: &Sum) -> Vec<Part> {
    let mut list: Vec<Part> = groups
        .iter()
        .map(|(name, sum)| Part {
            name: name.map(str::to_owned),
            usd: sum.usd(),
            tokens: sum.tokens,
            requests: sum.requests,
            unpriced: sum.unpriced,
            share: sum.usd().zip(all.usd()).and_then(|(part, whole)| Percent::of(part, whole)),
        })
        .collect();
    // `None` sorts below every amount and above every name: what is not known, or has no name, comes last
    list.sort_by(|a, b| {
        let nameless = a.name.is_none().cmp(&b.name.is_none());
        b.usd.cmp(&a.usd).then(nameless).then_with(|| a.name.cmp(&b.name))
    });
    list
}

fn by_hour(hours: [Sum; 24], no_hour: Sum) -> Vec<Hour> {
    let mut list: Vec<Hour> = (0_u8..).zip(hours).map(|(hour, sum)| Hour { hour: Some(hour), sum }).collect();
    if no_hour != Sum::default() {
        list.push(Hour { hour: None, sum: no_hour });
    }
    list
}

fn named(model: Option<&str>, sum: &Sum) -> Unpriced {
    Unpriced { model: model.map(str::to_owned), tokens: sum.tokens, count: sum.unpriced }
}

#[cfg(test)]
mod tests;
