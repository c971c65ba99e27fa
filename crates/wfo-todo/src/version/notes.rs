//! The notes of a release in Markdown, grouped by what changed for users. Subjects are foreign text: their marks do not count.
//! Writes nothing down; the caller puts the text where it belongs.

use std::fmt::Write as _;

use super::commit::{Commit, Conventional, standing};
use crate::escape::inline;

/// The most characters of a subject.
const SUBJECT: usize = 200;
/// The most lines below one heading.
const LINES: usize = 200;

/// Headings in their order, with the types that stand below them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Features", &["feat", "feature"]),
    ("Fixes", &["fix", "bugfix", "hotfix", "security"]),
    ("Performance", &["perf"]),
    ("Documentation", &["docs", "doc"]),
    ("Reverts", &["revert"]),
];

/// Writes the notes: `## 1.4.0 (2026-11-21)`, then a list below each heading. `commits` come newest first.
#[must_use]
pub fn notes(version: &str, date: Option<&str>, commits: &[Commit]) -> String {
    let standing = standing(commits);
    let mut out = format!("## {}", inline(version, 60));
    if let Some(date) = date {
        let _ = write!(out, " ({})", inline(date, 40));
    }
    out.push('\n');
    let breaking: Vec<String> = standing.iter().filter(|(_, read)| read.breaking).flat_map(breaking_lines).collect();
    section(&mut out, "Breaking changes", &breaking);
    for (heading, kinds) in GROUPS {
        let fits = |read: &Conventional| match read.kind.as_deref() {
            Some(kind) => kinds.contains(&kind),
            None => read.is_revert && heading == "Reverts",
        };
        let lines: Vec<String> = standing.iter().filter(|(_, read)| fits(read)).map(line).collect();
        section(&mut out, heading, &lines);
    }
    let grouped = |kind: &str| GROUPS.iter().any(|(_, kinds)| kinds.contains(&kind));
    let rest = |read: &Conventional| read.kind.as_deref().map_or(!read.is_revert, |kind| !grouped(kind));
    let lines: Vec<String> = standing.iter().filter(|(_, read)| rest(read)).map(line).collect();
    section(&mut out, "Other changes", &lines);
    if standing.is_empty() {
        out.push_str("\nNo changes.\n");
    }
    out
}

fn section(out: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {heading}\n");
    for line in lines.iter().take(LINES) {
        let _ = writeln!(out, "- {line}");
    }
    if lines.len() > LINES {
        let _ = writeln!(out, "- {} more", lines.len() - LINES);
    }
}

fn line((commit, read): &(&Commit, Conventional)) -> String {
    let scope = read.scope.as_deref().map(|scope| format!("**{}:** ", inline(scope, 60))).unwrap_or_default();
    format!("{scope}{}{}", inline(&read.subject, SUBJECT), short(&commit.id))
}

fn breaking_lines((commit, read): &(&Commit, Conventional)) -> Vec<String> {
    if read.breaking_notes.is_empty() {
        return vec![line(&(*commit, read.clone()))];
    }
    read.breaking_notes.iter().map(|note| format!("{}{}", inline(note, SUBJECT), short(&commit.id))).collect()
}

fn short(id: &str) -> String {
    let id: String = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
    if id.is_empty() { id } else { format!(" ({id})") }
}
