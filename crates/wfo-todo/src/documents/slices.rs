//! The epics as they were answered: titles, priorities, what waits for what. What nobody said is written as not known or assumed.

use std::collections::{BTreeMap, BTreeSet};

use wfo_base::markdown::Tick;

use super::answers::Answers;
use super::line;
use super::order::{order, says_nothing};
use crate::plan_list::read_item;
use crate::plan_merge::{circle, note};
use crate::trace::{epic_numbers, gist};
use crate::words::words;

/// One epic as it was answered.
struct Slice {
    title: String,
    priority: Option<String>,
    depends: BTreeSet<usize>,
    /// An answer says that it waits for nothing.
    free: bool,
    effort: Option<String>,
    done: Option<String>,
}

fn slices(answers: &Answers) -> Vec<Slice> {
    let texts = answers.get("manager-slices");
    let own = |id: &str, at: usize| {
        let list = answers.get(id);
        (list.len() == texts.len() && list.len() > 1).then(|| list.get(at).cloned()).flatten()
    };
    let late: Vec<&String> = answers.get("manager-priority").iter().collect();
    let read: Vec<_> = texts.iter().map(|text| read_item(Tick::Open, text, 0).1).collect();
    let titles: Vec<String> = read.iter().map(|task| task.title.clone()).collect();
    let told = order(answers.get("manager-order"), &titles);
    let slice = |(at, (text, task)): (usize, (&String, crate::PlanTask))| {
        let number = at + 1;
        let given = own("manager-order", at).unwrap_or_default();
        let mut depends: BTreeSet<usize> =
            task.depends_on.iter().flat_map(|word| digits(word)).chain(numbers_only(&given)).collect();
        depends.extend(told.waits.get(&number).into_iter().flatten());
        depends.retain(|other| (1..=texts.len()).contains(other) && *other != number);
        let is_late = late.iter().any(|text| {
            let about = gist(&task.title);
            epic_numbers(text).contains(&number.to_string()) || (!about.is_empty() && about.is_subset(&gist(text)))
        });
        let named = note(text, "priority").filter(|word| matches!(word.as_str(), "P0" | "P1" | "P2" | "P3"));
        let free = told.free.contains(&number)
            || says_nothing(&given)
            || note(text, "depends").is_some_and(|said| says_nothing(&said));
        Slice {
            priority: named.or_else(|| is_late.then(|| "P3".to_owned())),
            free: free && depends.is_empty(),
            depends,
            effort: task.estimate.clone().or_else(|| note(text, "effort")).or_else(|| own("manager-effort", at)),
            done: note(text, "done").or_else(|| own("manager-done", at)),
            title: task.title,
        }
    };
    texts.iter().zip(read).enumerate().map(slice).collect()
}

fn digits(text: &str) -> Vec<usize> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// Reads a list of epics such as `1`, `1, 2` or `epics 1 and 2`; a sentence with a number in it is none.
fn numbers_only(text: &str) -> Vec<usize> {
    let plain = |word: &String| {
        word.bytes().all(|b| b.is_ascii_digit()) || matches!(word.as_str(), "epic" | "epics" | "and") || is_short(word)
    };
    if words(text).iter().all(plain) { digits(text) } else { Vec::new() }
}

/// `e1`
fn is_short(word: &str) -> bool {
    word.strip_prefix('e').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the epics that wait for each other in a circle.
#[must_use]
pub fn epic_circle(answers: &Answers) -> Option<Vec<String>> {
    let name = |number: usize| format!("Epic {number}");
    let waits: BTreeMap<String, Vec<String>> = slices(answers)
        .iter()
        .enumerate()
        .map(|(at, slice)| (name(at + 1), slice.depends.iter().map(|number| name(*number)).collect()))
        .collect();
    circle(&waits)
}

/// The lines of the epics.
pub(super) fn epics(answers: &Answers) -> Vec<String> {
    let mut out = Vec::new();
    for (at, slice) in slices(answers).iter().enumerate() {
        let priority = slice.priority.as_deref().unwrap_or(if at == 0 { "P0 (assumed)" } else { "P1 (assumed)" });
        let depends: Vec<String> = slice.depends.iter().map(|number| format!("Epic {number}")).collect();
        let depends = match (depends.is_empty(), slice.free) {
            (true, true) => "nothing".to_owned(),
            (true, false) => "not known".to_owned(),
            (false, _) => depends.join(", "),
        };
        let effort = slice.effort.as_deref().map_or_else(|| "not known".to_owned(), line::item);
        out.extend([
            String::new(),
            format!("### Epic {}: {}", at + 1, line::item(&slice.title)),
            String::new(),
            format!("- **Priority:** {priority}"),
            format!("- **Depends on:** {depends}"),
            format!("- **Effort:** {effort}"),
        ]);
        out.extend(slice.done.as_ref().map(|done| format!("- **Done when:** {}", line::item(done))));
    }
    out
}
