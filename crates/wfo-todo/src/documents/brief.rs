//! BRIEF.md as answers: what it says need not be asked again. Sections are known by their headings; comments and bare rules say nothing.

use wfo_base::markdown::{Line, lines};

use super::answers::Answers;
use super::line;
use crate::words::{clean, is_nothing, words};

/// Questions that a section of the brief answers, by the words of its heading.
const SECTIONS: [(&[&str], &[&str]); 7] = [
    (&["problem"], &["analyst-problem", "author-problem"]),
    (&["success", "criteria"], &["analyst-outcome", "author-criteria"]),
    (&["out"], &["analyst-out", "author-out"]),
    (&["approach"], &["architect-options"]),
    (&["dependencies"], &["manager-people"]),
    (&["risks"], &["manager-risk"]),
    (&["effort"], &["manager-effort"]),
];
/// The most lines of one section.
const MOST: usize = 50;

/// Reads a brief.
#[must_use]
pub fn of_brief(page: &str) -> Answers {
    let mut found: Vec<(Vec<String>, Vec<String>)> = vec![(Vec::new(), Vec::new())];
    let mut head = 0;
    for (_, line) in lines(page) {
        match line {
            Line::Heading { text, .. } => {
                found.push((words(text), Vec::new()));
                head = 0;
            }
            Line::Item { text, .. } | Line::Text(text) => push(&mut found, text),
            // the first row of a table names its columns
            Line::Row(cells) => {
                head += 1;
                let filled: Vec<&str> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
                if head > 1 {
                    push(&mut found, &filled.join("; "));
                }
            }
        }
    }
    let mut pairs = Vec::new();
    for (heading, texts) in &mut found {
        let section = SECTIONS.iter().find(|(words, _)| words.iter().all(|word| heading.iter().any(|own| own == word)));
        if let Some((_, ids)) = section {
            pairs.extend(ids.iter().map(|id| ((*id).to_owned(), texts.clone())));
        }
        // `- **Effort:** two days` stands above the sections
        for text in texts.iter() {
            if let Some(effort) = text.strip_prefix("Effort:").map(str::trim).filter(|rest| !is_open(rest)) {
                pairs.push(("manager-effort".to_owned(), vec![effort.to_owned()]));
            }
        }
    }
    Answers::of(pairs)
}

/// Returns what the brief says is part of the work.
pub(super) fn scope_in(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut out = Vec::new();
    for (_, line) in lines(page) {
        match line {
            Line::Heading { text, .. } => inside = words(text) == ["in"],
            Line::Item { text, .. } | Line::Text(text) if inside && !is_open(text) && out.len() < MOST => {
                out.push(line::read(&clean(text)).into_owned());
            }
            _ => {}
        }
    }
    out
}

fn push(found: &mut [(Vec<String>, Vec<String>)], text: &str) {
    if let Some((_, texts)) = found.last_mut().filter(|(_, texts)| texts.len() < MOST)
        && !is_open(text)
    {
        texts.push(line::read(&clean(text)).into_owned());
    }
}

/// Says whether nothing is written here yet.
fn is_open(text: &str) -> bool {
    text.trim_start().starts_with("<!--") || is_nothing(text)
}
