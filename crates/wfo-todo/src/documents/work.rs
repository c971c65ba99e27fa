//! Items and tasks by stated rules: what was named counts, the rest follows from what stands above it, and nothing is guessed.

use std::collections::BTreeSet;

use wfo_base::markdown::Tick;

use super::answers::Answers;
use super::belongs::belongs;
use super::carry::{Planning, all_criteria};
use super::line;
use crate::plan_list::read_item;
use crate::plan_merge::{category_of, note};
use crate::trace::Epic;

/// The most tasks that are made.
const MOST: usize = 200;
/// How many tasks a made one waits for.
const WAITS: usize = 20;

/// The items of a specification: one for each criterion, which it names.
pub(super) fn items(own: Option<&[String]>, planning: &Planning) -> Vec<String> {
    let mut criteria = planning.criteria();
    if criteria.is_empty() {
        let page = format!("## Acceptance criteria\n{}\n", own.unwrap_or_default().join("\n"));
        criteria = all_criteria(&page);
    }
    let item = |(at, (id, text)): (usize, &(Option<String>, String))| {
        let covers = id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        format!("- S-{}{covers}: {text}", at + 1)
    };
    criteria.iter().enumerate().map(item).collect()
}

/// A task that is to be written.
struct Piece {
    id: String,
    category: String,
    title: String,
    depends: Vec<String>,
    epic: Option<String>,
    estimate: Option<String>,
}

impl Piece {
    fn line(&self) -> String {
        let mut notes = Vec::new();
        if !self.depends.is_empty() {
            notes.push(format!("depends: {}", self.depends.join(", ")));
        }
        notes.extend(self.epic.iter().map(|epic| format!("epic: {epic}")));
        notes.extend(self.estimate.iter().map(|estimate| format!("estimate: {}", line::item(estimate))));
        let (id, title) = (&self.id, &self.title);
        match notes.as_slice() {
            [] => format!("- [ ] {id}: {}", line::without_note(title)),
            notes => format!("- [ ] {id}: {title} ({})", notes.join("; ")),
        }
    }
}

/// Returns the tasks of a new plan, in groups of one category each: what was named, else one for each epic, else one for each step of
/// the behaviour; and tests where none was named.
#[must_use]
pub fn tasks(answers: &Answers, planning: &Planning) -> Vec<(String, Vec<String>)> {
    let epics = planning.epics();
    let named = answers.get("author-tasks");
    let mut pieces = if !named.is_empty() {
        named_tasks(named, &epics)
    } else if !epics.is_empty() {
        of_epics(&epics)
    } else {
        let steps = match answers.get("author-behaviour") {
            [] => planning.behaviour(),
            steps => steps.iter().map(|step| line::item(step)).collect(),
        };
        let steps = steps.into_iter().take(MOST).enumerate();
        steps.map(|(at, title)| piece("implementation", format!("impl_{:03}", at + 1), title)).collect()
    };
    if !pieces.is_empty() && !pieces.iter().any(|one| one.category == "testing") {
        let tests = tests(&pieces, &epics, answers.get("author-tests"));
        pieces.extend(tests);
    }
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for one in &pieces {
        let title = heading(&one.category);
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, lines)) => lines.push(one.line()),
            None => groups.push((title, vec![one.line()])),
        }
    }
    groups
}

fn piece(category: &str, id: String, title: String) -> Piece {
    Piece { id, category: category.to_owned(), title, depends: Vec::new(), epic: None, estimate: None }
}

fn heading(category: &str) -> String {
    let mut letters = category.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Tasks as they were named; those without an id get the next one.
fn named_tasks(texts: &[String], epics: &[Epic]) -> Vec<Piece> {
    let read: Vec<_> = texts.iter().take(MOST).map(|text| (text, read_item(Tick::Open, text, 0))).collect();
    let usable = |id: &String| crate::words::task_id(id) == Some(id) && !id.starts_with('#');
    let mut taken: BTreeSet<String> =
        read.iter().filter_map(|(_, (id, _))| id.clone()).filter(usable).map(|id| id.to_lowercase()).collect();
    let mut out = Vec::new();
    for (text, (id, task)) in read {
        let id = id.filter(usable).unwrap_or_else(|| {
            let free = (1..).map(|number: usize| format!("impl_{number:03}")).find(|id| !taken.contains(id));
            let id = free.unwrap_or_default();
            taken.insert(id.clone());
            id
        });
        let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let number = |word: String| word.chars().filter(char::is_ascii_digit).take(6).collect::<String>();
        let epic = note(text, "epic").map(number).filter(|number| !number.is_empty());
        out.push(Piece {
            category: category_of(&id),
            id,
            title: line::item(&task.title),
            depends: task.depends_on.into_iter().filter(plain).take(WAITS).collect(),
            epic,
            estimate: task.estimate,
        });
    }
    let facts =
        out.iter().map(|one| (one.id.as_str(), one.title.as_str(), one.depends.as_slice(), one.epic.as_deref()));
    let found = belongs(&facts.collect::<Vec<_>>(), epics);
    for (one, epic) in out.iter_mut().zip(found) {
        one.epic = epic;
    }
    out
}

fn of_epics(epics: &[Epic]) -> Vec<Piece> {
    let id = |at: usize| format!("impl_{:03}", at + 1);
    let of = |number: &String| epics.iter().position(|epic| epic.numbers.contains(number)).map(id);
    let pieces = epics.iter().take(MOST).enumerate().map(|(at, epic)| Piece {
        depends: epic.depends.iter().filter_map(of).filter(|other| *other != id(at)).collect(),
        epic: epic.numbers.first().cloned(),
        ..piece("implementation", id(at), line::carried(&epic.name))
    });
    pieces.collect()
}

/// Tests for what has none: one for each epic, else one for each example, else one for all.
fn tests(pieces: &[Piece], epics: &[Epic], examples: &[String]) -> Vec<Piece> {
    let ids = |fits: &dyn Fn(&Piece) -> bool| -> Vec<String> {
        pieces.iter().filter(|one| fits(one)).map(|one| one.id.clone()).take(WAITS).collect()
    };
    let id = |at: usize| format!("test_{:03}", at + 1);
    if !epics.is_empty() {
        let with_work = epics.iter().filter_map(|epic| {
            let number = epic.numbers.first()?;
            let depends = ids(&|one| one.epic.as_ref() == Some(number));
            (!depends.is_empty()).then_some((epic, number, depends))
        });
        return with_work
            .enumerate()
            .map(|(at, (epic, number, depends))| Piece {
                depends,
                epic: Some(number.clone()),
                ..piece("testing", id(at), format!("Test: {}", line::carried(&epic.name)))
            })
            .collect();
    }
    let titles: Vec<String> = match examples {
        [] => vec!["Test each item of the specification".to_owned()],
        examples => examples.iter().map(|text| format!("Test: {}", line::item(text))).collect(),
    };
    let titles = titles.into_iter().take(MOST).enumerate();
    titles.map(|(at, title)| Piece { depends: ids(&|_| true), ..piece("testing", id(at), title) }).collect()
}
