//! Reads the check boxes of plan.md with the category that the `##` heading above names.
//! Knows nothing of a TODO file.

use wfo_base::markdown::{Line, lines};

use crate::plan_list::{PlanTask, notes_of, read_item};
use crate::words::{is_nothing, words};

/// The most tasks of a plan.
const TASKS: usize = 2_000;
/// Categories with the prefix of their ids, and the words of a heading that mean them.
pub(super) const CATEGORIES: [(&str, &str, &[&str]); 7] = [
    ("planning", "plan", &["planning"]),
    ("specification", "spec", &["specification", "specifications", "spec", "specs"]),
    ("implementation", "impl", &["implementation", "implement", "development", "coding", "code", "build"]),
    ("testing", "test", &["testing", "tests", "test"]),
    ("containerization", "container", &["containerization", "containers", "container", "docker"]),
    ("qa", "qa", &["qa", "quality"]),
    ("integration", "int", &["integration"]),
];

/// Words of a heading that name no category of their own.
const GENERAL: [&str; 10] = ["tasks", "task", "plan", "todo", "steps", "step", "work", "checklist", "phase", "list"];

/// A task of plan.md.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// Its id, where the line has one.
    pub id: Option<String>,
    /// From the `##` heading above, else from the id.
    pub category: String,
    /// The headings above it, from `##` down.
    pub headings: Vec<String>,
    /// What it says after `epic:`.
    pub epic: Option<String>,
    /// What its line says.
    pub task: PlanTask,
    /// Line in the file, from 1.
    pub line: usize,
}

/// Reads the check boxes of plan.md, each with the category that its `##` heading names.
#[must_use]
pub fn planned(page: &str) -> Vec<Planned> {
    let body = wfo_base::markdown::front_matter(page);
    let (page, before) = body.map_or((page, 0), |split| (split.body, split.body_line - 1));
    let mut headings: Vec<(usize, String)> = Vec::new();
    let mut out = Vec::new();
    for (number, line) in lines(page) {
        let number = number + before;
        match line {
            Line::Heading { level, text } => {
                headings.retain(|(above, _)| *above < level);
                headings.push((level, crate::words::clean(text)));
            }
            Line::Item { tick: Some(tick), text, .. } if !is_nothing(text) && out.len() < TASKS => {
                let (id, mut task) = read_item(tick, text, number);
                // in a TODO a text stands as it is read, without the strokes before marks
                task.title = crate::documents::read_line(&task.title).into_owned();
                if task.title.is_empty() {
                    let Some(id) = &id else { continue };
                    task.title.clone_from(id);
                }
                let second = headings.iter().find(|(level, _)| *level == 2).map(|(_, text)| text.as_str());
                let category = category(second, id.as_deref());
                let above = headings.iter().filter(|(level, _)| *level >= 2).map(|(_, text)| text.clone()).collect();
                let epic = note(text, "epic");
                out.push(Planned { id, category, headings: above, epic, task, line: number });
            }
            _ => {}
        }
    }
    out
}

/// Finds one of the closing notes of a line: `(depends: a; epic: 2)`.
pub(crate) fn note(text: &str, key: &str) -> Option<String> {
    let (_, notes) = notes_of(text);
    let value = notes
        .split(';')
        .filter_map(|note| note.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(key));
    value.map(|(_, value)| crate::words::clean(value))
}

/// Returns the category that an id speaks for.
pub(crate) fn category_of(id: &str) -> String {
    category(None, Some(id))
}

/// Finds the category: a known word of the heading, else the heading itself, else the id's prefix, else implementation.
fn category(heading: Option<&str>, id: Option<&str>) -> String {
    let named = words(heading.unwrap_or_default());
    let known = |word: &String| CATEGORIES.iter().find(|(_, _, known)| known.contains(&word.as_str()));
    if let Some((name, ..)) = named.iter().find_map(known) {
        return (*name).to_owned();
    }
    let prefix = id.and_then(|id| id.rsplit_once('_')).map(|(prefix, _)| prefix.to_lowercase());
    let own: Vec<&str> = named
        .iter()
        .map(String::as_str)
        .filter(|word| word.is_ascii() && !GENERAL.contains(word) && !word.bytes().all(|b| b.is_ascii_digit()))
        .take(3)
        .collect();
    if let Some((name, ..)) = CATEGORIES.iter().find(|(_, known, _)| prefix.as_deref() == Some(known)) {
        return (*name).to_owned();
    }
    if own.is_empty() { "implementation".to_owned() } else { own.join("_") }
}
