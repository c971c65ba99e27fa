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
const OTHER: [&str; 15] = [
    "overview",
    "summary",
    "priorities",
    "priority",
    "dependencies",
    "dependency",
    "effort",
    "timeline",
    "risks",
    "notes",
    "status",
    "built",
    "goals",
    "order",
    "epics",
];

/// One epic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Epic {
    /// Its numbers, without leading zeros.
    pub(crate) numbers: BTreeSet<String>,
    /// What it is called.
    pub(crate) name: String,
    /// Numbers of the epics that its line "Depends on" names.
    pub(crate) depends: BTreeSet<String>,
    title: BTreeSet<String>,
    /// Every word below its heading: a task's id among them makes the task its own.
    pub(crate) below: BTreeSet<String>,
}

impl Epic {
    fn new(numbers: BTreeSet<String>, text: &str) -> Self {
        // "Epic 1: Login form"
        let short = |(before, name): (&str, &str)| {
            let name = name.trim();
            (words(before).len() <= 2 && !self::numbers(before).is_empty() && !name.is_empty()).then(|| name.to_owned())
        };
        let name = [": ", " - ", " – ", " — "].into_iter().find_map(|mark| text.split_once(mark).and_then(short));
        let name = name.unwrap_or_else(|| text.trim().to_owned());
        Self { numbers, name, title: title(text), ..Self::default() }
    }

    /// Reads a line below its heading.
    fn read(&mut self, text: &str) {
        let plain = crate::words::clean(text);
        let waits = plain.split_once(':').filter(|(key, _)| {
            let key = key.to_lowercase();
            ["depends", "dependencies", "dependency", "after", "waits"].iter().any(|word| key.starts_with(word))
        });
        if let Some((_, others)) = waits {
            let numbers = words(others).into_iter().map(|word| word.trim_start_matches(['e', '0']).to_owned());
            self.depends.extend(numbers.filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())));
        }
        let ids = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '#'))).map(str::to_lowercase);
        self.below.extend(ids.filter(|id| !id.is_empty()));
    }
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

/// Lists the epics of a page.
pub(crate) fn epics(page: &str) -> Vec<Epic> {
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
                    out.push(Epic::new(numbers, text));
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
                        out.push(Epic::new(numbers, cells.get(1).copied().unwrap_or_default()));
                    }
                }
                cells.join(" ")
            }
        };
        if let Some(epic) = out.last_mut().filter(|_| inside) {
            epic.read(&text);
        }
    }
    out
}

/// The words of a title without the number of the epic.
fn title(text: &str) -> BTreeSet<String> {
    gist(text).into_iter().filter(|word| !word.bytes().any(|b| b.is_ascii_digit())).collect()
}

/// Finds `Epic 1`, `E1`, `E-1`, `EPIC-01` in a text, as numbers without leading zeros.
pub(crate) fn numbers(text: &str) -> BTreeSet<String> {
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
