//! Acceptance criteria of requirements.md, and the items of spec.md that cover them: by id, else by most of their words.
//! A criterion is a list item below a heading that says so, or one with an id such as `AC-1`.

use std::collections::BTreeSet;

use wfo_base::markdown::{Line, lines};

use super::{Gap, gist};
use crate::words::{clean, is_nothing, words};

/// The most criteria and items that are compared.
const CRITERIA: usize = 300;
const ITEMS: usize = 3_000;
/// How many percent of a criterion's words an item has to hold.
const LEAST: usize = 60;

/// Returns the criteria that no item covers.
pub(super) fn open(requirements: &str, spec: &str) -> Vec<Gap> {
    let items = items(spec);
    let ids: BTreeSet<String> = items.iter().flat_map(|item| item.split(' ')).filter_map(id).collect();
    let gists: Vec<BTreeSet<String>> = items.iter().map(|item| gist(item)).collect();
    let covered = |text: &str| {
        if text.split(' ').next().and_then(id).is_some_and(|id| ids.contains(&id)) {
            return true;
        }
        let about = gist(text);
        // Nothing can be said about a criterion without words.
        about.is_empty() || gists.iter().any(|item| item.intersection(&about).count() * 100 >= about.len() * LEAST)
    };
    let open = criteria(requirements).into_iter().filter(|(_, text)| !covered(text));
    open.map(|(line, text)| Gap::Criterion { text, line }).collect()
}

/// Lists the criteria of a page with their lines.
pub(crate) fn criteria(page: &str) -> Vec<(usize, String)> {
    let mut below: Option<usize> = None;
    let mut out = Vec::new();
    for (number, line) in lines(page) {
        match line {
            Line::Heading { level, text } => {
                if is_heading(text) {
                    below = Some(level);
                } else if below.is_some_and(|above| level <= above) {
                    below = None;
                }
            }
            Line::Item { text, .. } if !is_nothing(text) && out.len() < CRITERIA => {
                let text = clean(text);
                let named = text.split(' ').next().and_then(id).is_some_and(|id| id.starts_with("ac"));
                if below.is_some() || named {
                    out.push((number, text));
                }
            }
            _ => {}
        }
    }
    out
}

fn is_heading(text: &str) -> bool {
    let words = words(text);
    words.iter().any(|word| word == "criteria" || word == "criterion")
}

/// The items of a page: each list item, row or paragraph with the lines that go on with it.
fn items(page: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = 0;
    for (number, line) in lines(page) {
        let goes_on = number == last + 1;
        last = number;
        match line {
            Line::Text(text) if goes_on && !out.is_empty() => {
                if let Some(item) = out.last_mut() {
                    item.push(' ');
                    item.push_str(text);
                }
            }
            Line::Heading { text, .. } | Line::Item { text, .. } | Line::Text(text) => out.push(text.to_owned()),
            Line::Row(cells) => out.push(cells.join(" ")),
        }
        if out.len() > ITEMS {
            break;
        }
    }
    out
}

/// Says whether a word is an id such as `AC-1:`.
pub(crate) fn is_criterion_id(word: &str) -> bool {
    id(word).is_some()
}

/// Reads a word as an id such as `AC-1`, `[REQ_03]:` or `**US-2.1**`; in lower case, without marks and leading zeros.
fn id(word: &str) -> Option<String> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = bare.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, number) = bare.split_at_checked(letters)?;
    let number = number.trim_start_matches(['-', '_']).trim_start_matches('0');
    let fits = (1..=6).contains(&letters)
        && (1..=8).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && name.bytes().all(|b| b.is_ascii_uppercase());
    fits.then(|| format!("{}-{number}", name.to_ascii_lowercase()))
}
