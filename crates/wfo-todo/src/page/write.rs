//! Brings a hand-over page up to date: adds what is new to its lists, begins "Completed" afresh on a new day, and sets date,
//! duration and figures. What a person wrote stays as it is until it is named.

use std::collections::BTreeSet;

use wfo_base::{Problem, codes};

use crate::handover::{InProgress, handover};
use crate::words::date_in;

use super::add::{self, Entry};
use super::edit::{Edit, line_end_of};
use super::layout::{Area, Layout, Part, What};
use super::points::{Points, Update, Written};
use super::values::{entry, with_date, with_value};
use super::{PAGE, key, task_key};

/// Writes what is to be said into the page as it is; an empty one becomes a page of ours.
///
/// # Errors
/// `handover.unreadable` where what was added could not be read again: a NUL byte, a comment or a fence that never ends.
pub fn write(page: &[u8], update: &Update) -> Result<Written, Problem> {
    if let Some(at) = page.split(|byte| *byte == b'\n').position(|line| line.contains(&0)) {
        return Err(Problem::new(codes::HANDOVER_UNREADABLE, format!("{PAGE} has a NUL byte, so it is not written"))
            .hint("write the page again as plain UTF-8 text")
            .at_line(PAGE, at + 1));
    }
    let layout = Layout::new(page);
    let mut writer = Writer {
        update,
        edit: Edit::new(&layout),
        out: Written { own_rows: update.own_rows.clone(), ..Written::default() },
        layout: &layout,
        fresh: layout.areas.is_empty() && layout.updated.is_none(),
    };
    // The date stands above a part that comes to the same line.
    writer.head();
    writer.lists();
    let Writer { edit, mut out, .. } = writer;
    out.bytes = edit.finish();
    verify(&out)?;
    Ok(out)
}

struct Writer<'a, 'p> {
    update: &'a Update,
    layout: &'a Layout<'p>,
    edit: Edit<'a, 'p>,
    out: Written,
    /// The page is none of ours yet: all of it is added at its end.
    fresh: bool,
}

/// The lines of a part that is not on the page yet.
type Missing = Vec<(Part, Vec<String>)>;

impl Writer<'_, '_> {
    fn lists(&mut self) {
        let new_day = self.is_new_day();
        if new_day {
            self.start_afresh();
        }
        self.settle();
        let mut missing = Missing::new();
        for part in Part::ALL {
            let lines = match part {
                Part::InProgress => self.in_progress(),
                Part::Metrics => self.metrics(),
                _ => self.list(part),
            };
            match self.layout.home(part) {
                Some(area) => {
                    let area = area.clone();
                    add::add(&mut self.edit, self.layout, &area, lines);
                }
                None if self.fresh || !lines.is_empty() => missing.push((part, lines)),
                None => {}
            }
        }
        if let Some(area) = self.layout.home(Part::Completed).filter(|_| self.out.added.completed.is_empty()) {
            add::say_empty(&mut self.edit, self.layout, area);
        }
        self.add_missing(missing);
    }

    /// Says whether the page is of an earlier day; one without a date is of today.
    fn is_new_day(&self) -> bool {
        let line = self.layout.updated.and_then(|at| self.layout.raw.get(at));
        let day = line.and_then(|line| date_in(&String::from_utf8_lossy(line)));
        day.is_some_and(|day| day < self.update.today)
    }

    fn entries(&self, part: Part) -> Vec<Entry> {
        let areas = self.layout.areas_of(part).filter(|area| part != Part::Completed || area.of_session);
        areas.flat_map(|area| add::entries(self.layout, area)).collect()
    }

    /// Returns what an entry is known by: all of it where it goes on in a second line, and its first line alone.
    fn keys_of(&self, entry: &Entry) -> [String; 2] {
        [key(&self.layout.entry_text(entry.at, &entry.text)), key(&entry.text)]
    }

    /// Takes out what was completed on an earlier day; what somebody ticked since stays, and so does what is not ticked.
    fn start_afresh(&mut self) {
        for entry in self.entries(Part::Completed) {
            let keys = self.keys_of(&entry);
            let then = self.update.completed_then.as_ref().is_none_or(|then| keys.iter().any(|key| then.contains(key)));
            let is_row = matches!(self.layout.what(entry.at), Some(What::Row(_)));
            if then && entry.ticked != Some(false) && !is_row {
                self.edit.remove(entry.at, entry.end);
                self.out.dropped.push(crate::words::clean(&entry.text));
            }
        }
    }

    /// Takes tasks out of "In Progress" and the priorities: those that were called completed by name, and our own rows of which
    /// the task files say so.
    fn settle(&mut self) {
        let named: BTreeSet<String> = self.update.given.completed.iter().map(|text| task_key(text)).collect();
        let open: BTreeSet<String> = self.update.derived.in_progress.iter().map(|task| task_key(&task.task)).collect();
        for part in [Part::InProgress, Part::Priorities] {
            for entry in self.entries(part) {
                let key = task_key(&entry.text);
                let is_over = part == Part::InProgress && self.is_ours(entry.at) && !open.contains(&key);
                if !named.contains(&key) && !is_over {
                    continue;
                }
                if entry.end == entry.at + 1 {
                    self.out.own_rows.remove(&self.line(entry.at));
                    self.edit.remove(entry.at, entry.end);
                } else if entry.ticked == Some(false) {
                    // What is noted below it stays, so it stays too.
                    let ticked = self.line_bytes(entry.at).to_vec();
                    let ticked = String::from_utf8_lossy(&ticked).replacen("[ ]", "[x]", 1);
                    self.edit.replace(entry.at, ticked.into_bytes());
                }
                self.out.settled.push(crate::words::clean(&entry.text));
            }
        }
    }

    fn line_bytes(&self, at: usize) -> &[u8] {
        let raw = self.layout.raw.get(at).copied().unwrap_or_default();
        raw.get(..raw.len() - line_end_of(raw).len()).unwrap_or_default()
    }

    fn line(&self, at: usize) -> String {
        String::from_utf8_lossy(self.line_bytes(at)).trim().to_owned()
    }

    fn is_ours(&self, at: usize) -> bool {
        self.update.own_rows.contains(&self.line(at))
    }

    /// Words what a list does not have yet.
    fn list(&mut self, part: Part) -> Vec<String> {
        let pick = |points: &Points| match part {
            Part::Completed => points.completed.clone(),
            Part::Blockers => points.blockers.clone(),
            Part::Decisions => points.decisions.clone(),
            _ => points.priorities.clone(),
        };
        let there = self.entries(part).into_iter().filter(|entry| !self.edit.is_removed(entry.at));
        let mut keys: BTreeSet<String> = there.flat_map(|entry| self.keys_of(&entry)).collect();
        let wanted = [pick(&self.update.given), pick(&self.update.derived)].concat();
        let new: Vec<String> =
            wanted.iter().filter_map(|text| entry(text)).filter(|text| keys.insert(key(text))).collect();
        let list = match part {
            Part::Completed => &mut self.out.added.completed,
            Part::Blockers => &mut self.out.added.blockers,
            Part::Decisions => &mut self.out.added.decisions,
            _ => &mut self.out.added.priorities,
        };
        list.clone_from(&new);
        add::list_lines(self.layout, self.layout.home(part), part, &new)
    }

    /// Words the rows that "In Progress" does not have yet; those that were given anew replace the ones that are there.
    fn in_progress(&mut self) -> Vec<String> {
        let there = self.entries(Part::InProgress);
        let mut seen = BTreeSet::new();
        let mut new = Vec::new();
        let mut own = Vec::new();
        let given = self.update.given.in_progress.iter().map(|task| (task, true));
        for (task, is_given) in given.chain(self.update.derived.in_progress.iter().map(|task| (task, false))) {
            let name = task_key(&task.task);
            if !seen.insert(name.clone()) {
                continue;
            }
            let present = there.iter().find(|entry| task_key(&entry.text) == name && !self.edit.is_removed(entry.at));
            match present {
                None => {
                    new.push(task.clone());
                    own.push(!is_given);
                }
                Some(entry) if is_given || self.is_ours(entry.at) => self.reword(entry, task),
                Some(_) => {}
            }
        }
        let rows = add::rows(self.layout, self.layout.home(Part::InProgress), &new);
        let ours = rows.lines.iter().zip(&own).filter(|(_, own)| **own).map(|(line, _)| line.clone());
        self.out.own_rows.extend(ours);
        self.out.added.in_progress = new;
        let header = rows.header && !rows.lines.is_empty();
        let head = add::HEADER.iter().filter(|_| header).map(|line| (*line).to_owned());
        let gap = header && self.layout.home(Part::InProgress).is_some_and(|area| self.ends_in_text(area));
        gap.then(String::new).into_iter().chain(head).chain(rows.lines).collect()
    }

    /// A table needs a blank line behind a paragraph.
    fn ends_in_text(&self, area: &Area) -> bool {
        let last = (area.heading + 1..area.own_end).rev().find(|at| !self.layout.is_blank(*at));
        last.is_some_and(|at| matches!(self.layout.what(at), Some(What::Text(text)) if !text.starts_with('_')))
    }

    /// Writes a line of "In Progress" anew, keeping what the new one does not say.
    fn reword(&mut self, entry: &Entry, task: &InProgress) {
        let page = String::from_utf8_lossy(self.line_bytes(entry.at)).into_owned();
        let own = self.is_ours(entry.at);
        let table = self.table_of(entry.at);
        let old = handover(&format!("### In Progress\n{table}{page}\n")).value.in_progress.pop().unwrap_or_default();
        let merged = InProgress {
            task: if old.task.is_empty() { task.task.clone() } else { old.task.clone() },
            branch: task.branch.clone().or(old.branch.clone()),
            status: task.status.clone().or(old.status.clone()),
            progress: task.progress.or(old.progress),
            blockers: task.blockers.clone().or(old.blockers.clone()),
            port: task.port.or(old.port),
            ..old.clone()
        };
        if merged == old {
            return;
        }
        let line = if table.is_empty() {
            let indent: String = page.chars().take_while(|c| c.is_whitespace()).collect();
            format!("{indent}{}", add::item(&merged))
        } else {
            let cells = table.lines().next().unwrap_or_default().trim().trim_matches('|');
            let columns: Vec<_> = cells.split('|').map(crate::columns::column).collect();
            add::row(Some(&columns), &merged)
        };
        if own {
            self.out.own_rows.remove(page.trim());
            self.out.own_rows.insert(line.trim().to_owned());
        }
        self.edit.replace(entry.at, line.into_bytes());
    }

    /// Returns the head of the table that a row stands in; empty for what is no row.
    fn table_of(&self, at: usize) -> String {
        if !matches!(self.layout.what(at), Some(What::Row(_))) {
            return String::new();
        }
        let is_row = |line: &usize| matches!(self.layout.what(*line), Some(What::Row(_)));
        let near = |line: &usize| is_row(line) || is_row(&line.saturating_sub(1));
        let first = (0..at).rev().take_while(near).filter(is_row).last().unwrap_or(at);
        format!("{}\n|-|\n", self.line(first))
    }

    /// Sets the figures that are on the page and words those that are not.
    fn metrics(&mut self) -> Vec<String> {
        let area = self.layout.home(Part::Metrics).cloned();
        let mut lines = Vec::new();
        for (label, value) in self.update.metrics.lines() {
            let named = |text: &str| {
                let bare = text.trim_matches(['*', '_', ' ']).to_lowercase();
                bare.strip_prefix(&label.to_lowercase())
                    .is_some_and(|rest| rest.trim_start_matches('*').starts_with(':'))
            };
            let there = area.as_ref().and_then(|area| {
                (area.heading + 1..area.end)
                    .find(|at| matches!(self.layout.what(*at), Some(What::Item { text, .. }) if named(text)))
            });
            match there {
                Some(at) => {
                    let line = with_value(self.line_bytes(at), &value);
                    self.edit.replace(at, line);
                }
                None => lines.push(format!("- {label}: {value}")),
            }
        }
        lines
    }

    /// Adds whole parts: each behind all that come before it in a page of ours, else before all that come behind it.
    fn add_missing(&mut self, missing: Missing) {
        let count = self.layout.raw.len();
        if self.fresh {
            let end = self.layout.tail(0, count);
            let end = if end == 1 && self.layout.is_blank(0) { 0 } else { end };
            let mut lines = Vec::new();
            if end > 0 {
                lines.push(String::new());
            }
            lines.push("## Project Context".to_owned());
            lines.push(format!("Last Updated: {}", self.update.now));
            lines.push(format!("Session Duration: {}", self.duration()));
            self.edit.add(end, lines);
            for (part, lines) in missing {
                self.edit.add(end, block(3, part, lines));
            }
            return;
        }
        let level = self.layout.areas.iter().map(|area| area.level).find(|level| *level <= 6).unwrap_or(3);
        for (part, lines) in missing {
            let mut parts = self.layout.areas.iter().filter(|area| area.part != Part::Completed || area.of_session);
            let before = parts.clone().rfind(|area| area.part < part);
            let after = parts.find(|area| area.part > part);
            match (before, after) {
                (None, Some(area)) => {
                    let lines: Vec<String> =
                        block(level, part, lines).into_iter().skip(1).chain([String::new()]).collect();
                    let above = area.heading.checked_sub(1).filter(|_| !self.edit.adds(area.heading));
                    let gap = above.is_some_and(|above| !self.layout.is_blank(above));
                    self.edit.add(area.heading, gap.then(String::new).into_iter().chain(lines));
                }
                (before, _) => {
                    let (from, end) = before.map_or((0, count), |area| (area.heading, area.end));
                    self.edit.add(self.layout.tail(from, end), block(level, part, lines));
                }
            }
        }
    }

    fn duration(&self) -> &str {
        self.update.duration.as_deref().unwrap_or("unknown")
    }

    /// Sets date and duration.
    fn head(&mut self) {
        if self.fresh {
            return;
        }
        let mut lines = Vec::new();
        match self.layout.updated {
            Some(at) => {
                let line = with_date(self.line_bytes(at), &self.update.now);
                self.edit.replace(at, line);
            }
            None => lines.push(format!("Last Updated: {}", self.update.now)),
        }
        match self.layout.duration {
            Some(at) => {
                let line = with_value(self.line_bytes(at), self.duration());
                self.edit.replace(at, line);
            }
            None if self.update.duration.is_some() || self.layout.updated.is_none() => {
                lines.push(format!("Session Duration: {}", self.duration()));
            }
            None => {}
        }
        if lines.is_empty() {
            return;
        }
        let first = self.layout.areas.first().map_or(usize::MAX, |area| area.heading);
        let title = self.layout.title.filter(|title| *title < first).map(|title| title + 1);
        let at = self.layout.updated.map(|at| at + 1).or(title).unwrap_or(first.min(self.layout.raw.len()));
        let gap = at < self.layout.raw.len() && !self.layout.is_blank(at);
        self.edit.add(at, lines.into_iter().chain(gap.then(String::new)));
    }
}

fn block(level: usize, part: Part, lines: Vec<String>) -> Vec<String> {
    let heading = format!("{} {}", "#".repeat(level), part.heading());
    let lines = if lines.is_empty() { vec!["_None_".to_owned()] } else { lines };
    [vec![String::new(), heading], lines].concat()
}

/// Reads the page again: what was added has to be found.
fn verify(out: &Written) -> Result<(), Problem> {
    let text = String::from_utf8_lossy(&out.bytes);
    let read = handover(&text).value;
    let has = |list: &[String], wanted: &[String]| {
        let keys: BTreeSet<String> = list.iter().map(|text| key(text)).collect();
        wanted.iter().all(|text| crate::words::is_nothing(text) || keys.contains(&key(text)))
    };
    let rows: BTreeSet<String> = read.in_progress.iter().map(|row| task_key(&row.task)).collect();
    let sound = has(&read.completed, &out.added.completed)
        && has(&read.blockers, &out.added.blockers)
        && has(&read.decisions, &out.added.decisions)
        && out.added.in_progress.iter().all(|row| rows.contains(&task_key(&row.task)));
    if sound {
        return Ok(());
    }
    Err(Problem::new(
        codes::HANDOVER_UNREADABLE,
        format!("{PAGE} would hide what is added to it, so it is not written"),
    )
    .hint("look for a comment (`<!--`) or a code fence that never ends")
    .in_file(PAGE))
}

#[cfg(test)]
mod tests;
