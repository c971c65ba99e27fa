//! Remembers which alerts were told, so that each comes once for a scope, level and period.
//! Pure: whoever shows alerts reads and writes the text.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Scope;
use crate::alerts::{Alert, Level};

/// The alerts that were told in the running periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told(BTreeSet<Entry>);

/// A level that was told for a scope and its period: `2026-11-21`, `2026-W47` or `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    scope: Scope,
    level: Level,
    period: String,
}

/// The written form of an entry.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    scope: String,
    level: String,
    period: String,
}

impl Told {
    /// Reads the written form. Text that is none was nothing told: an alert twice is better than none. Entries that are
    /// not of today's periods drop out, as do those that do not parse.
    #[must_use]
    pub fn parse(text: &str, today: Date) -> Self {
        let lines: Vec<Line> = serde_json::from_str(text).unwrap_or_default();
        let entry = |line: Line| {
            let scope = Scope::ALL.into_iter().find(|scope| scope.word() == line.scope)?;
            let level = [Level::Warning, Level::Critical].into_iter().find(|level| level.word() == line.level)?;
            (period(scope, today) == line.period).then_some(Entry { scope, level, period: line.period })
        };
        Self(lines.into_iter().filter_map(entry).collect())
    }

    /// Writes a JSON list, in a fixed order.
    #[must_use]
    pub fn text(&self) -> String {
        let line = |entry: &Entry| Line {
            scope: entry.scope.word().to_owned(),
            level: entry.level.word().to_owned(),
            period: entry.period.clone(),
        };
        // plain words cannot fail to serialise; an empty list would only tell once more
        serde_json::to_string(&self.0.iter().map(line).collect::<Vec<_>>()).unwrap_or_else(|_| "[]".to_owned())
    }
}

/// Returns the name of the period that a day lies in: `2026-11-21`, `2026-W47` (ISO week, with its own year) or `2026-11`.
#[must_use]
pub fn period(scope: Scope, day: Date) -> String {
    match scope {
        Scope::Daily => day.to_string(),
        Scope::Weekly => {
            let week = day.iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }
        Scope::Monthly => format!("{:04}-{:02}", day.year(), day.month()),
    }
}

/// Returns the alerts that were not told yet in their period, highest level first, and what was told after that.
///
/// A critical alert is news after a warning; a warning after a critical one is none.
#[must_use]
pub fn fresh(alerts: &[Alert], told: &Told, today: Date) -> (Vec<Alert>, Told) {
    let mut kept: BTreeSet<Entry> =
        told.0.iter().filter(|entry| entry.period == period(entry.scope, today)).cloned().collect();
    let mut sorted = alerts.to_vec();
    sorted.sort_by(|a, b| b.level.cmp(&a.level).then(a.scope.cmp(&b.scope)));
    let mut news = Vec::new();
    for alert in sorted {
        let entry = |level| Entry { scope: alert.scope, level, period: period(alert.scope, today) };
        let was_told = [Level::Warning, Level::Critical].into_iter().filter(|level| *level >= alert.level);
        if was_told.map(entry).any(|entry| kept.contains(&entry)) {
            continue;
        }
        kept.insert(entry(alert.level));
        news.push(alert);
    }
    (news, Told(kept))
}

#[cfg(test)]
mod tests;
