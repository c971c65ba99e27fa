//! Where what was built differs from what was planned and specified: tasks, criteria, files, technologies.
//! Compares by stated rules; whether a deviation is good is for a person.

use std::collections::BTreeSet;

use wfo_base::text::code_span;

use crate::plan_merge::Planned;
use crate::todo_file::{TaskStatus, TodoTask};
use crate::trace::{Gap, Pages, TechnologyRow, gaps};
use crate::words::words;

/// The most files that are compared.
const FILES: usize = 2_000;

/// A difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviation {
    /// `task-open`, `task-added`, `criterion-open`, `file-unplanned`, `file-untouched` or `technology`.
    pub kind: &'static str,
    /// What the planning says.
    pub planned: Option<String>,
    /// What specification and plan say.
    pub specified: Option<String>,
    /// What is there.
    pub built: Option<String>,
    /// In words.
    pub text: String,
}

/// What was built, and by what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Built<'a> {
    /// The documents.
    pub pages: Pages<'a>,
    /// Tasks of plan.md.
    pub planned: &'a [Planned],
    /// Tasks of the TODO.
    pub tasks: &'a [TodoTask],
    /// Files that changed, without documents about the work; `None` = not known.
    pub files: Option<&'a [String]>,
    /// The text of changed files that name technologies, such as package.json.
    pub manifests: Option<&'a str>,
    /// Which technologies take the same place.
    pub technologies: &'a [TechnologyRow],
}

/// Lists the differences.
#[must_use]
pub fn deviations(built: &Built<'_>) -> Vec<Deviation> {
    let mut out = tasks(built);
    out.extend(criteria(built));
    out.extend(files(built));
    out.extend(technologies(built));
    out
}

fn same(task: &TodoTask, planned: &Planned) -> bool {
    let by_id = planned.id.is_some() && planned.id == task.id;
    by_id || words(&planned.task.title) == words(&task.description)
}

fn tasks(built: &Built<'_>) -> Vec<Deviation> {
    let mut out = Vec::new();
    let named = |id: Option<&str>, text: &str| match id {
        Some(id) => format!("{} {}", code_span(id), text),
        None => text.to_owned(),
    };
    for one in built.planned {
        let task = built.tasks.iter().find(|task| same(task, one));
        if task.is_none() && !one.task.done {
            let what = named(one.id.as_deref(), &one.task.title);
            let text = format!("planned and not done: {what}");
            out.push(Deviation { kind: "task-open", specified: Some(what), text, ..Deviation::default() });
        }
    }
    for task in built.tasks {
        let what = named(task.id.as_deref(), &task.description);
        let planned = built.planned.iter().any(|one| same(task, one));
        let specified = planned.then(|| what.clone());
        if task.status != TaskStatus::Completed {
            let text = format!("{} and not done: {what}", task.status.as_str().replace('_', " "));
            let built = Some(task.status.as_str().to_owned());
            out.push(Deviation { kind: "task-open", specified, built, text, ..Deviation::default() });
        } else if !planned && built.pages.plan.is_some() {
            let text = format!("done and not in plan.md: {what}");
            out.push(Deviation { kind: "task-added", built: Some(what), text, ..Deviation::default() });
        }
    }
    out
}

/// Acceptance criteria that no completed task speaks of.
fn criteria(built: &Built<'_>) -> Vec<Deviation> {
    let of_plan = built.planned.iter().filter(|one| one.task.done).map(|one| one.task.title.as_str());
    let of_todo = built.tasks.iter().filter(|task| task.status == TaskStatus::Completed);
    // What the plan says of a completed task counts too: it may name more.
    let said = of_todo.clone().filter_map(|task| built.planned.iter().find(|one| same(task, one)));
    let all =
        of_plan.chain(of_todo.map(|task| task.description.as_str())).chain(said.map(|one| one.task.title.as_str()));
    let done: String = all.map(|title| format!("- {title}\n")).collect();
    let pages = Pages { requirements: built.pages.requirements, spec: Some(&done), ..Pages::default() };
    let open = gaps(&pages, &[], &[]).into_iter().filter_map(|gap| match gap {
        Gap::Criterion { text, .. } => Some(text),
        _ => None,
    });
    let deviation = |criterion: String| Deviation {
        kind: "criterion-open",
        text: format!("no completed task speaks of the criterion: {criterion}"),
        planned: Some(criterion),
        ..Deviation::default()
    };
    open.map(deviation).collect()
}

/// Files beside those that specification and plan name, and named ones that did not change. Where they name none, nothing is said.
fn files(built: &Built<'_>) -> Vec<Deviation> {
    let Some(files) = built.files else { return Vec::new() };
    let named: BTreeSet<&str> = built.planned.iter().flat_map(|one| &one.task.files).map(String::as_str).collect();
    let pages = || [built.pages.spec, built.pages.plan].into_iter().flatten();
    let fits = |file: &str, name: &str| {
        let name = name.trim_start_matches("./");
        let folder = name.trim_end_matches('/');
        file == name || file.starts_with(&format!("{folder}/")) || file.ends_with(&format!("/{name}"))
    };
    let by_name = |file: &str| named.iter().any(|name| fits(file, name));
    let by_page = |file: &str| pages().any(|page| page.contains(file));
    let known: Vec<bool> = files.iter().take(FILES).map(|file| by_name(file) || by_page(file)).collect();
    if named.is_empty() && !known.contains(&true) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (file, _) in files.iter().zip(&known).filter(|(_, known)| !**known) {
        let text = format!("changed and not named by spec.md or plan.md: {}", code_span(file));
        out.push(Deviation { kind: "file-unplanned", built: Some(file.clone()), text, ..Deviation::default() });
    }
    for name in named.iter().filter(|name| !files.iter().any(|file| fits(file, name))) {
        let text = format!("named by plan.md and not changed: {}", code_span(name));
        out.push(Deviation {
            kind: "file-untouched",
            specified: Some((*name).to_owned()),
            text,
            ..Deviation::default()
        });
    }
    out
}

/// Technologies of the changed manifests that take a place for which architecture.md names others.
fn technologies(built: &Built<'_>) -> Vec<Deviation> {
    let pages = Pages { architecture: built.pages.architecture, plan: built.manifests, ..Pages::default() };
    let found = gaps(&pages, &[], built.technologies).into_iter().filter_map(|gap| match gap {
        Gap::Technology { named, agreed, group, .. } => {
            let agreed = agreed.join(", ");
            let text = format!("{named} is used as {group}, architecture.md names {agreed}");
            let (planned, built) = (Some(agreed), Some(named));
            Some(Deviation { kind: "technology", planned, built, text, ..Deviation::default() })
        }
        _ => None,
    });
    found.collect()
}
