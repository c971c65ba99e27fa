//! Epics of epics.md, and which tasks of plan.md belong to one: by number, by title, or because the epic names the task.
//! A page without epics asks for nothing.

use std::collections::BTreeSet;

use wfo_base::markdown::{Line, lines};

use super::{Gap, gist};
use crate::plan_merge::Planned;
use crate::words::{is_nothing, words};

/// The most epics.
const EPICS: usize = 200;

/// Headings of epics.md that are no epic.
const OTHER: [&str; 14] = [
    "overview",
    "summary",
    "priorities",
    "priority",
    "dependencies",
    "dependency",
    "timeline",
    "risks",
    "notes",
    "status",
    "built",
    "goals",
    "order",
    "epics",
];

#[derive(Default)]
struct Epic {
    numbers: BTreeSet<String>,
    title: BTreeSet<String>,
    /// Every word below its heading: a task's id among them makes the task its own.
    below: BTreeSet<String>,
}

/// Returns the tasks that belong to no epic.
pub(super) fn without(page: &str, planned: &[Planned]) -> Vec<Gap> {
    let epics = epics(page);
    if epics.is_empty() {
        return Vec::new();
    }
    let belongs = |one: &Planned| {
        let text = format!("{} {}", one.epic.as_deref().unwrap_or_default(), one.headings.join(" "));
        let named = numbers(&format!("{text} {}", one.task.title));
        // `(epic: 2)` may be the number alone
        let alone: BTreeSet<String> = one.epic.as_deref().map(words).unwrap_or_default().into_iter().collect();
        let about = gist(&text);
        epics.iter().any(|epic| {
            let by_number = epic.numbers.iter().any(|number| named.contains(number) || alone.contains(number));
            let by_title = !epic.title.is_empty() && epic.title.is_subset(&about);
            by_number || by_title || one.id.as_ref().is_some_and(|id| epic.below.contains(&id.to_lowercase()))
        })
    };
    let left = planned.iter().filter(|one| !belongs(one));
    left.map(|one| Gap::Task { task: one.id.clone().unwrap_or_else(|| one.task.title.clone()), line: one.line })
        .collect()
}

fn epics(page: &str) -> Vec<Epic> {
    let mut out: Vec<Epic> = Vec::new();
    let mut inside = false;
    let mut level_of_epics = None;
    for (_, line) in lines(page) {
        let text = match &line {
            Line::Heading { level, text } => {
                let numbers = numbers(text);
                let other = words(text).iter().any(|word| OTHER.contains(&word.as_str()));
                let plain = *level == 2 && !other && !is_nothing(text);
                let is_epic = !numbers.is_empty() || (plain && level_of_epics.is_none_or(|known| known == *level));
                if is_epic && out.len() < EPICS {
                    level_of_epics = Some(*level);
                    out.push(Epic { numbers, title: title(text), below: BTreeSet::new() });
                    inside = true;
                } else if level_of_epics.is_none_or(|known| *level <= known) {
                    inside = false;
                }
                continue;
            }
            Line::Item { text, .. } | Line::Text(text) => (*text).to_owned(),
            Line::Row(cells) => {
                if let Some(numbers) = cells.first().map(|cell| numbers(cell)).filter(|numbers| !numbers.is_empty()) {
                    let known = |epic: &Epic| epic.numbers.intersection(&numbers).next().is_some();
                    if !inside && !out.iter().any(known) && out.len() < EPICS {
                        let title = cells.get(1).map(|cell| title(cell)).unwrap_or_default();
                        out.push(Epic { numbers, title, below: BTreeSet::new() });
                    }
                }
                cells.join(" ")
            }
        };
        if let Some(epic) = out.last_mut().filter(|_| inside) {
            let ids =
                text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '#'))).map(str::to_lowercase);
            epic.below.extend(ids.filter(|id| !id.is_empty()));
        }
    }
    out
}

/// The words of a title without the number of the epic.
fn title(text: &str) -> BTreeSet<String> {
    gist(text).into_iter().filter(|word| !word.bytes().any(|b| b.is_ascii_digit())).collect()
}

/// Finds `Epic 1`, `E1`, `E-1`, `EPIC-01` in a text, as numbers without leading zeros.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut before = String::new();
    for word in words(text) {
        let digits = word.strip_prefix("epic").or_else(|| word.strip_prefix('e')).filter(|rest| !rest.is_empty());
        let number = digits.or_else(|| matches!(before.as_str(), "epic" | "epics" | "e").then_some(word.as_str()));
        if let Some(number) = number.filter(|number| number.len() <= 6 && number.bytes().all(|b| b.is_ascii_digit())) {
            out.insert(number.trim_start_matches('0').to_owned());
        }
        before = word;
    }
    out
}
