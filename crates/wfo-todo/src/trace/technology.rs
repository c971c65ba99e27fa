//! Technologies by the place that each takes, rows of `reference/data/technologies.yaml`, and what contradicts architecture.md.
//! A place about which architecture.md says nothing is free.

use std::collections::BTreeSet;

use serde::Deserialize;
use wfo_base::markdown::{Line, lines};
use wfo_base::tables::Row;

use super::Gap;
use crate::words::words;

/// The most lines of a page.
const LINES: usize = 5_000;

/// One technology.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechnologyRow {
    /// Its name.
    pub id: String,
    /// The place it takes: of one group a project needs one.
    pub group: String,
    /// What it is called: whole words in a row, lower case.
    pub words: Vec<String>,
}

impl Row for TechnologyRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.group.trim().is_empty() || self.group.len() > 60 || self.group.chars().any(char::is_control) {
            return Err(format!("`group` of `{}` is not one line of 1 to 60 characters", self.id));
        }
        let plain = |word: &String| !word.is_empty() && word.len() <= 60 && words(word).join(" ") == *word;
        match self.words.iter().find(|word| !plain(word)) {
            Some(word) => Err(format!("`{word}` of `{}` is not lower-case words with one blank between them", self.id)),
            None if self.words.is_empty() => Err(format!("`{}` has no words", self.id)),
            None => Ok(()),
        }
    }
}

/// Returns the technologies of a page that take a place for which architecture.md names others; each once.
pub(super) fn other(rows: &[TechnologyRow], architecture: &str, page: &'static str, text: &str) -> Vec<Gap> {
    let agreed: BTreeSet<&str> = said(architecture)
        .iter()
        .flat_map(|(_, line)| rows.iter().filter(move |row| names(row, line)))
        .map(|row| row.id.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (line, said) in said(text) {
        for row in rows.iter().filter(|row| !agreed.contains(row.id.as_str()) && names(row, &said)) {
            let of_group = rows.iter().filter(|other| other.group == row.group && agreed.contains(other.id.as_str()));
            let agreed: Vec<String> = of_group.map(|other| other.id.clone()).collect();
            if !agreed.is_empty() && seen.insert(row.id.as_str()) {
                out.push(Gap::Technology { named: row.id.clone(), agreed, group: row.group.clone(), page, line });
            }
        }
    }
    out
}

/// Returns the technologies that a text names, each with the place it takes.
pub(crate) fn placed<'a>(rows: &'a [TechnologyRow], text: &str) -> Vec<(&'a str, &'a str)> {
    let line = wfo_base::text::one_line(text);
    let said = said(&line);
    let named = rows.iter().filter(|row| said.iter().any(|(_, line)| names(row, line)));
    named.map(|row| (row.id.as_str(), row.group.as_str())).collect()
}

/// The lines of a page as words with blanks around each, up to the word that speaks against what follows.
fn said(page: &str) -> Vec<(usize, String)> {
    let text = |line: Line<'_>| match line {
        Line::Heading { text, .. } | Line::Item { text, .. } | Line::Text(text) => text.to_owned(),
        Line::Row(cells) => cells.join(" "),
    };
    let against = [" not ", " no ", " instead of ", " rather than ", " without ", " rejected ", " replaces ", " from "];
    let spoken = lines(page).take(LINES).map(|(number, line)| {
        let all = format!(" {} ", words(&text(line)).join(" "));
        let end = against.iter().filter_map(|word| all.find(word)).min().unwrap_or(all.len());
        (number, format!("{} ", all.get(..end).unwrap_or_default()))
    });
    spoken.collect()
}

fn names(row: &TechnologyRow, line: &str) -> bool {
    row.words.iter().any(|word| line.contains(&format!(" {word} ")))
}
