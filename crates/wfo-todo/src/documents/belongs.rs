//! Which epic a named task belongs to: the one that its line names, else by shared words, else by what it waits for.
//! The rule is stated in `wfo-helper ref planning`; what fits nowhere is left open, never guessed.

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::{Epic, gist};

/// Words of every epic's page, which tell none from another.
const LABELS: &str = "priority depends effort done known nothing assumed epic days";

/// A task: id, title, ids it waits for, and the number of the epic that its line names.
pub(super) type Fact<'a> = (&'a str, &'a str, &'a [String], Option<&'a str>);

/// Returns for each task the number of its epic.
pub(super) fn belongs(tasks: &[Fact<'_>], epics: &[Epic]) -> Vec<Option<String>> {
    let number = |at: usize| epics.get(at).and_then(|epic| epic.numbers.first().cloned());
    if epics.len() < 2 {
        return tasks.iter().map(|(.., named)| named.map(str::to_owned).or_else(|| number(0))).collect();
    }
    let labels = gist(LABELS);
    let about = |epic: &Epic| {
        let below = epic.below.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        (gist(&epic.name), gist(&below).difference(&labels).cloned().collect::<BTreeSet<String>>())
    };
    let about: Vec<_> = epics.iter().map(about).collect();
    // The epics that share most words with the title of the task: with their titles, then with their text.
    let nearest: Vec<Vec<usize>> = tasks
        .iter()
        .map(|(_, title, ..)| {
            let words = gist(title);
            let all: Vec<usize> = (0..epics.len()).collect();
            let shared = |of: &BTreeSet<String>| of.intersection(&words).count();
            let by_title = most(&all, |at| about.get(at).map_or(0, |(title, _)| shared(title)));
            let left = if by_title.is_empty() { &all } else { &by_title };
            let by_text = most(left, |at| about.get(at).map_or(0, |(_, text)| shared(text)));
            if by_text.is_empty() { by_title } else { by_text }
        })
        .collect();
    let mut found: Vec<Option<String>> = tasks
        .iter()
        .zip(&nearest)
        .map(|((.., named), nearest)| match (named, nearest.as_slice()) {
            (Some(named), _) => Some((*named).to_owned()),
            (None, [only]) => number(*only),
            _ => None,
        })
        .collect();
    by_dependencies(tasks, &nearest, &mut found, &number);
    for (at, nearest) in nearest.iter().enumerate() {
        if let Some(open) = found.get_mut(at).filter(|epic| epic.is_none()) {
            // What several epics need belongs to the first of them: it has to be there by then.
            *open = nearest.first().and_then(|first| number(*first));
        }
    }
    // What waits for such a task, and says nothing of its own.
    by_dependencies(tasks, &nearest, &mut found, &number);
    found
}

/// Gives a task the epic of those it waits for, where they have the same one, and its own words do not speak against it.
fn by_dependencies(
    tasks: &[Fact<'_>],
    nearest: &[Vec<usize>],
    found: &mut [Option<String>],
    number: &dyn Fn(usize) -> Option<String>,
) {
    let places: BTreeMap<String, usize> =
        tasks.iter().enumerate().map(|(at, (id, ..))| (id.to_lowercase(), at)).collect();
    // A chain can run against the order of the list.
    for _ in 0..tasks.len() {
        let mut changed = false;
        for (at, ((_, _, depends, _), nearest)) in tasks.iter().zip(nearest).enumerate() {
            if found.get(at).is_none_or(Option::is_some) {
                continue;
            }
            let of = |id: &String| found.get(*places.get(&id.to_lowercase())?)?.clone();
            let others: BTreeSet<String> = depends.iter().filter_map(of).collect();
            let mut others = others.into_iter();
            if let (Some(only), None) = (others.next(), others.next()) {
                let fits = nearest.is_empty() || nearest.iter().any(|at| number(*at).as_ref() == Some(&only));
                if let Some(open) = found.get_mut(at).filter(|_| fits) {
                    *open = Some(only);
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// Returns those with the highest count, none where every count is zero.
fn most(of: &[usize], count: impl Fn(usize) -> usize) -> Vec<usize> {
    let best = of.iter().map(|at| count(*at)).max().unwrap_or(0);
    if best == 0 { Vec::new() } else { of.iter().copied().filter(|at| count(*at) == best).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::epics;

    const PAGE: &str = "# Epics\n\n### Epic 1: Send a code\n\n- **Priority:** P0\n- **Done when:** a mail arrives\n\n### Epic 2: Check a code\n\n- **Depends on:** Epic 1\n- **Done when:** wrong digits are refused\n";

    fn of(tasks: &[(&str, &str, &[&str], Option<&str>)]) -> Vec<Option<String>> {
        let depends: Vec<Vec<String>> =
            tasks.iter().map(|(_, _, ids, _)| ids.iter().map(|id| (*id).to_owned()).collect()).collect();
        let facts =
            tasks.iter().zip(&depends).map(|((id, title, _, named), ids)| (*id, *title, ids.as_slice(), *named));
        belongs(&facts.collect::<Vec<_>>(), &epics(PAGE))
    }

    #[test]
    fn a_task_takes_the_epic_that_shares_most_of_its_words() {
        for (title, epic) in [
            ("Checking codes that were entered", Some("2")),
            ("Sends the code", Some("1")),
            ("Mail template", Some("1")),
            ("Refuse what is wrong", Some("2")),
            ("Table for codes with a migration", Some("1")),
            ("Update the manual", None),
            ("Priority of the effort", None),
            ("", None),
        ] {
            assert_eq!(of(&[("impl_001", title, &[], None)]), [epic.map(str::to_owned)], "{title}");
        }
    }

    #[test]
    fn what_is_written_counts_then_words_then_what_it_waits_for() {
        let found = of(&[
            ("impl_001", "Send the code", &[], Some("2")),
            ("impl_002", "Update the manual", &["impl_003"], None),
            ("impl_003", "Explain it", &["IMPL_004"], None),
            ("impl_004", "Check the code", &[], None),
            ("impl_005", "Table for codes", &["impl_004"], None),
            ("impl_006", "Explain all", &["impl_004", "impl_007"], None),
            ("impl_007", "Send the code", &[], None),
            ("impl_008", "Send the code at once", &["impl_004"], None),
            ("impl_009", "Waits for itself", &["impl_009", "impl_404"], None),
        ]);
        let found: Vec<&str> = found.iter().map(|epic| epic.as_deref().unwrap_or("-")).collect();
        assert_eq!(found, ["2", "2", "2", "2", "2", "-", "1", "1", "-"]);
    }
}
