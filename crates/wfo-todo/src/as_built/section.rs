//! The words of the section, one document at a time: a table of figures, then the deviations that concern this document.
//! Words of others lose their marks.

use std::fmt::Write as _;

use super::{Deviation, Measured};
use crate::escape::inline;
use crate::phase::{Document, Fact};

/// The most deviations that a document names.
const MOST: usize = 50;
/// The most characters of one.
const WORDS: usize = 300;

/// Writes the section for one document.
#[must_use]
pub fn section(document: Document, measured: &Measured, deviations: &[Deviation]) -> String {
    let mut out = "## As-Built\n\n| what | measured |\n|---|---|\n".to_owned();
    for (what, said) in rows(measured) {
        let _ = writeln!(out, "| {what} | {said} |");
    }
    let own: Vec<&Deviation> = deviations.iter().filter(|one| kinds(document).contains(&one.kind)).collect();
    if !own.is_empty() {
        out.push_str("\n### Deviations\n\n");
    }
    for one in own.iter().take(MOST) {
        let _ = writeln!(out, "- {}", inline(&one.text, WORDS));
    }
    if own.len() > MOST {
        let _ = writeln!(out, "- {} more", own.len() - MOST);
    }
    out
}

/// Which deviations a document is about.
fn kinds(document: Document) -> &'static [&'static str] {
    match document {
        Document::Requirements => &["criterion-open"],
        Document::Architecture => &["technology"],
        Document::Epics => &["task-open", "task-added"],
        Document::Spec => &["criterion-open", "file-unplanned", "technology"],
        Document::Plan => &["task-open", "task-added", "file-unplanned", "file-untouched"],
    }
}

fn rows(measured: &Measured) -> Vec<(&'static str, String)> {
    let commits = with(&measured.commits, |count| match measured.range.known() {
        Some((from, to)) => format!("{count} ({}..{})", inline(from, 64), inline(to, 64)),
        None => count.to_string(),
    });
    let days = with(&measured.days, |days| match measured.dates.known() {
        Some((from, to)) if from != to => format!("{days} ({from} to {to})"),
        Some((day, _)) => format!("{days} ({day})"),
        None => days.to_string(),
    });
    let coverage = with(&measured.coverage, |(share, fresh)| {
        let age = if *fresh { "" } else { ", of older content" };
        format!("{}.{:02} %{age}", share / 100, share % 100)
    });
    let planned = with(&measured.planned, |planned| format!("{planned} planned"));
    let tasks = with(&measured.tasks, |(done, all)| format!("{done} of {all} done"));
    let mut out = vec![
        ("commits", commits),
        ("days", days),
        ("files", with(&measured.files, |(files, added, removed)| format!("{files} (+{added} -{removed})"))),
        ("cost", with(&measured.cost, String::clone)),
        ("coverage", coverage),
        ("tasks in plan.md", planned),
        ("tasks in the TODO", tasks),
    ];
    for (page, said) in &measured.estimates {
        out.push(("estimate", format!("{} ({page})", inline(said, 100))));
    }
    out
}

fn with<T>(fact: &Fact<T>, word: impl Fn(&T) -> String) -> String {
    match fact {
        Fact::Known(value) => word(value),
        Fact::Unknown(why) if why.is_empty() => "not known".to_owned(),
        Fact::Unknown(why) => format!("not known: {}", inline(why, 200)),
    }
}
