//! Takes `by-feature.jsonl` of an older life: lines that tell which feature part of a day's spend was for.
//! A line is money of its own only on a day of which nothing else tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use wfo_base::{Diagnostic, Usd};

use super::{Day, Days, Known, Legacy, Part, file_name, mark, row};
use crate::costs::Page;
use crate::daily::broken;
use crate::derived::is_ours;
use crate::features::{bad_lines, dollars};
use crate::json::Object;
use crate::spending::{Kind, Row, Source};

/// One line with an amount.
struct Line {
    /// Its number from 1.
    number: usize,
    day: Option<Date>,
    parts: Vec<(Kind, Usd)>,
    feature: Option<String>,
    skill: Option<String>,
    branch: Option<String>,
    /// Its text's mark, and how many lines before it say the same.
    mark: String,
}

/// Puts the spend of `days` down to features, and adds lines about days of which nothing else tells.
pub(super) fn tasks(page: &Page, known: Known<'_>, days: &mut Days, found: &mut Legacy, notes: &mut Vec<Diagnostic>) {
    let Some(text) = &page.text else {
        found.left.push(page.name.clone());
        return;
    };
    let (mut lines, mut bad, mut ours, mut seen) = (Vec::new(), Vec::new(), false, BTreeMap::<String, usize>::new());
    for (index, text) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Ok(object) = Object::parse(text.trim_start_matches('\u{feff}')) else {
            bad.push(index + 1);
            continue;
        };
        if is_ours(&object) {
            ours = true;
            continue;
        }
        let mark = mark(text);
        let before = seen.entry(mark.clone()).or_default();
        let mark = format!("{mark}-{before}");
        *before += 1;
        match read(&object, index + 1, mark) {
            Some(line) => lines.push(line),
            None => bad.push(index + 1),
        }
    }
    notes.extend(bad_lines(&page.name, &bad, "left out"));
    match (lines.is_empty(), bad.is_empty()) {
        (true, true) => return,
        (true, false) if !ours => found.left.push(page.name.clone()),
        // of a file of ours the broken lines are kept aside with the rest
        _ => found.taken.push(page.name.clone()),
    }
    date(page, &mut lines, known.today, days, notes);
    let told = told(known);
    for line in lines {
        // by what it says: the numbers of lines last only as long as nobody rewrites the file
        let id = format!("legacy:{}:{}", file_name(page), line.mark);
        let date = line.day.unwrap_or(known.today);
        if let Some(day) = days.get_mut(&date).filter(|day| day.by_file) {
            put_down(&line, &id, day);
        } else {
            let rows = on_its_own(&line, &id, date, known);
            let to =
                if told.contains(&date) { &mut found.overlapping } else { &mut days.entry(date).or_default().rows };
            to.extend(rows);
        }
    }
}

/// Reads a line; `None` when its amount is below zero. A line without an amount has no parts.
fn read(line: &Object<'_>, number: usize, mark: String) -> Option<Line> {
    let parts = match line.amount("cost") {
        Some(cost) => vec![(Kind::Inference, cost)],
        None => line.object("costs").map(|costs| dollars(&costs)).unwrap_or_default(),
    };
    let text = |names: [&str; 3]| names.iter().find_map(|name| line.text(name));
    let day = text(["date", "day", "timestamp"]).and_then(|day| day.trim().get(..10)?.parse().ok());
    // `{"task": "research", "topic": "databases"}` is research for the feature databases
    let feature = text(["feature", "feature_name", "topic"]);
    let skill = text(["skill", "task", "task"]);
    let feature = feature.or_else(|| skill.clone());
    let sound = parts.iter().all(|(_, usd)| *usd >= Usd::ZERO);
    sound.then(|| Line { number, day, parts, feature, skill, branch: line.text("branch"), mark })
}

/// Dates lines that name no day: like the line before, else like the one after, else like the last daily file.
fn date(page: &Page, lines: &mut [Line], today: Date, days: &Days, notes: &mut Vec<Diagnostic>) {
    let undated = |line: &&Line| line.day.is_none() && line.parts.iter().any(|(_, usd)| usd.is_positive());
    let numbers: Vec<usize> = lines.iter().filter(undated).map(|line| line.number).collect();
    let Some(first) = numbers.first() else { return };
    let start = lines.iter().find_map(|line| line.day).or_else(|| days.keys().next_back().copied()).unwrap_or(today);
    let mut day = start;
    for line in lines {
        day = *line.day.get_or_insert(day);
    }
    let message = format!(
        "names no day on line {first}{}; such lines are taken to be of the day of the line before",
        if numbers.len() > 1 { format!(" and {} more", numbers.len() - 1) } else { String::new() }
    );
    notes.push(broken(&page.name, &message, None).at_line(page.name.as_str(), *first).info());
}

/// Returns the days of which transcripts, or daily files that were taken over before, tell.
fn told(known: Known<'_>) -> BTreeSet<Date> {
    let by_day = |row: &&Row| match row.source {
        Source::Transcript => true,
        Source::Manual => false,
        Source::Legacy => row.id.as_deref().is_some_and(|id| id.starts_with("legacy:daily-")),
    };
    let ledger = known.ledger.rows.iter().chain(&known.ledger.overlapping).filter(by_day);
    known.transcripts.iter().chain(ledger).map(|row| row.day).collect()
}

/// Writes into a row what a line says it was for.
fn label(line: &Line, row: &mut Row) {
    row.feature.clone_from(&line.feature);
    row.skill.clone_from(&line.skill);
    row.branch.clone_from(&line.branch);
}

/// Makes rows of a line on a day that has no daily file.
fn on_its_own(line: &Line, id: &str, date: Date, known: Known<'_>) -> Vec<Row> {
    let parts = line.parts.iter().filter(|(_, usd)| usd.is_positive());
    let rows = parts.map(|(kind, usd)| {
        let part = Part { kind: *kind, name: None, usd: *usd };
        let mut new = row(known, date, part, format!("{id}:{}", kind.word()));
        label(line, &mut new);
        new
    });
    rows.collect()
}

/// Puts part of a day down to what a line is about, up to its amount; first what is of the same kind.
fn put_down(line: &Line, id: &str, day: &mut Day) {
    let mut pieces = 0_usize;
    for (kind, usd) in &line.parts {
        let mut left = *usd;
        for from in [*kind].into_iter().chain(Kind::ALL.into_iter().filter(|other| other != kind)) {
            let Some(open) = day.open.get_mut(&from) else { continue };
            while left.is_positive()
                && let Some(mut whole) = open.pop_front()
            {
                let there = whole.usd.unwrap_or_default();
                let part = there.min(left);
                pieces += 1;
                let mut piece = Row { usd: Some(part), id: Some(format!("{id}:{pieces}")), ..whole.clone() };
                label(line, &mut piece);
                day.rows.push(piece);
                left = left - part;
                whole.usd = Some(there - part);
                if there > part {
                    open.push_front(whole);
                }
            }
        }
    }
}
