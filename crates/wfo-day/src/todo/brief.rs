//! The brief of new work: its template with what is known without asking: who fits, what can be done side by side, how long it takes.
//! Never overwrites one that is there, and makes no number up.

use serde::Serialize;
use wfo_agent::Router;
use wfo_base::{Diagnostic, Problem, codes, read, template, text};
use wfo_todo::phase::Document;
use wfo_todo::record::FreshTodo;
use wfo_worktree::{Plan, Task};

use super::Site;
use crate::init::create_file as create;
use crate::tables;

const TEMPLATE: &str = include_str!("../../../../templates/brief.md.tera");
/// How many agents are named.
const AGENTS: usize = 3;
/// How many groups are listed.
const GROUPS: usize = 20;

#[derive(Serialize)]
struct Values {
    title: String,
    file: String,
    slug: String,
    link: String,
    agents: Vec<String>,
    groups: Vec<String>,
    estimate: Option<String>,
}

/// What a brief is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// The work item that the work comes from.
    pub(super) work_item: Option<&'a str>,
}

/// Writes the brief where none is; returns its path.
pub(super) fn write(
    site: &Site<'_>,
    new: &FreshTodo,
    about: About<'_>,
    files: &mut Vec<String>,
    notes: &mut Vec<Diagnostic>,
) -> Result<String, Problem> {
    let path = format!("planning/{}/BRIEF.md", new.name.slug);
    if read::find(site.root(), &path)?.is_some() {
        let note = Problem::new(codes::TODO_EXISTS, format!("`{path}` was there and is as it was"));
        notes.push(note.hint("edit it by hand").in_file(&path).info());
        return Ok(path);
    }
    let plan = planned(site, &new.name.slug, notes);
    let groups = plan.iter().flat_map(|plan| &plan.groups).take(GROUPS);
    let values = Values {
        title: text::quoted(about.title),
        file: new.file_name.clone(),
        slug: new.name.slug.clone(),
        link: about.work_item.map(text::code_span).unwrap_or_default(),
        agents: agents(site, about, notes),
        groups: groups.map(|group| text::quoted(&group.tasks.join(", "))).collect(),
        estimate: plan.as_ref().and_then(|plan| plan.estimate_minutes).filter(|minutes| *minutes > 0).map(hours),
    };
    let page = template::render("brief.md.tera", TEMPLATE, &values)?;
    if !site.dry_run {
        create(site.root(), &path, page.as_bytes(), false)?;
    }
    files.push(path.clone());
    Ok(path)
}

/// The agents that fit best, by the same route as the queue of the day.
fn agents(site: &Site<'_>, about: About<'_>, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let rows = site.rows(&tables::AGENTS, notes);
    let route = Router::new(&rows).route(&format!("{} {}", about.title, about.description), &[]);
    let fitting = route.candidates.into_iter().filter(|_| route.confident).take(AGENTS);
    fitting.map(|candidate| text::one_line(&candidate.agent).into_owned()).collect()
}

/// The groups of a plan that is there; a plan that cannot be ordered says nothing here.
fn planned(site: &Site<'_>, slug: &str, notes: &mut Vec<Diagnostic>) -> Option<Plan> {
    let path = Document::Plan.path(slug);
    let page = read::page(site.root(), &path, read::PAGE_LIMIT).ok().flatten()?;
    let tasks = wfo_todo::plan_tasks(&path, &page.text).ok()?.into_iter().map(|task| Task {
        estimate_minutes: task.estimate.as_deref().and_then(wfo_worktree::parse_estimate),
        id: task.id,
        title: task.title,
        depends_on: task.depends_on,
        files: task.files,
        done: task.done,
        blocked: task.blocked,
        line: task.line,
    });
    let most = wfo_worktree::Rules::of(&site.rows(&tables::WORKTREES, notes)).ok()?.max_per_project;
    wfo_worktree::plan(&tasks.collect::<Vec<_>>(), most).ok().map(|plan| plan.value)
}

fn hours(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
