//! Finds and reads the task file that a plan is made from.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, codes, read, text::code_span};
use wfo_worktree::Task;

use super::site::Site;

/// The most of a task file that is read: 4 MiB.
const LIMIT: u64 = 4 << 20;
/// Where a task file is looked for when none is named.
const USUAL: [&str; 4] = ["plan.md", "tasks.yaml", ".taskmaster/tasks/tasks.json", "TASK.md"];

/// Reads the named file, or the first usual one that holds tasks; returns its name and the tasks.
///
/// # Errors
/// `file.missing` and `plan.unreadable` for a file that was named.
pub(super) fn load(
    site: &Site<'_>,
    named: Option<&Path>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<(String, Vec<Task>)>, Problem> {
    if let Some(path) = named {
        let shown = path.display().to_string();
        let page = read::own(path, LIMIT)?.ok_or_else(|| missing(&shown))?;
        return Ok(Some((shown.clone(), tasks(&shown, &page.text, notes)?)));
    }
    for name in usual(site) {
        let Ok(Some(page)) = read::page(site.main_root(), &name, LIMIT) else { continue };
        // A file that holds no tasks, or none that is open, is no plan; nobody named it.
        let found = tasks(&name, &page.text, notes);
        if let Ok(found) = found
            && found.iter().any(|task| !task.done)
        {
            return Ok(Some((name, found)));
        }
    }
    Ok(None)
}

/// The active TODO files, then the other places.
fn usual(site: &Site<'_>) -> Vec<String> {
    let entries = std::fs::read_dir(site.main_root()).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut todos: Vec<String> = names.filter(|name| wfo_todo::todo_name(name).is_some()).collect();
    todos.sort();
    todos.into_iter().chain(USUAL.map(str::to_owned)).collect()
}

fn tasks(file: &str, page: &str, notes: &mut Vec<Diagnostic>) -> Result<Vec<Task>, Problem> {
    let list = wfo_todo::plan_tasks(file, page)?;
    Ok(list
        .into_iter()
        .map(|task| {
            let estimate_minutes = task.estimate.as_deref().and_then(wfo_worktree::parse_estimate);
            if let (Some(written), None) = (&task.estimate, estimate_minutes) {
                let message =
                    format!("the estimate {} of {} is not understood", code_span(written), code_span(&task.id));
                let problem = Problem::new(codes::PLAN_UNREADABLE, message).hint("write it like `2h`, `30m` or `1d`");
                notes.push(match task.line {
                    Some(line) => problem.at_line(file, line).warning(),
                    None => problem.in_file(file).warning(),
                });
            }
            Task {
                id: task.id,
                title: task.title,
                depends_on: task.depends_on,
                files: task.files,
                estimate_minutes,
                done: task.done,
                blocked: task.blocked,
                line: task.line,
            }
        })
        .collect())
}

fn missing(shown: &str) -> Problem {
    Problem::new(codes::FILE_MISSING, format!("`{}` is not there", PathBuf::from(shown).display()))
        .hint("name a task file: TODO_*.md, plan.md, YAML or JSON")
}
