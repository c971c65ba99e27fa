//! The active TODO workflows: which files there are, what they record, and where git says otherwise.

use std::path::Path;

use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_git::Snapshot;
use wfo_todo::{TaskStatus, Workflow};

use crate::bounds::Bounds;
use crate::briefing::{Drift, WorkflowRow};

/// Reads every `TODO_<type>_<stamp>_<slug>.md` in the main checkout's top folder, by name,
/// as far as the bounds go; what is left out is counted in a note.
pub(crate) fn workflows(root: &Path, bounds: Bounds, notes: &mut Vec<Diagnostic>) -> Vec<Workflow> {
    let Ok(folder) = std::fs::read_dir(root) else { return Vec::new() };
    let mut names: Vec<String> = folder
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| wfo_todo::todo_name(name).is_some())
        .collect();
    names.sort();
    let all = names.len();
    let (mut looked_at, mut left) = (0, bounds.todo_bytes);
    let mut found = Vec::new();
    for name in names.into_iter().take(bounds.todo_files) {
        let bytes = read::find(root, &name).ok().flatten().map_or(0, |found| found.bytes);
        if bytes > left && bytes <= bounds.page {
            break;
        }
        looked_at += 1;
        left = left.saturating_sub(if bytes <= bounds.page { bytes } else { 0 });
        let page = match read::page(root, &name, bounds.page) {
            Ok(Some(page)) => page,
            Ok(None) => continue,
            Err(problem) => {
                notes.push(problem.warning());
                continue;
            }
        };
        match wfo_todo::todo(&name, &page.text) {
            Ok(workflow) => found.push(workflow.drain_into(notes)),
            Err(problem) => notes.push(problem.warning()),
        }
    }
    if looked_at < all {
        let message = format!("{all} TODO files; only the first {looked_at} were read");
        notes.push(Problem::new(codes::TODO_UNREADABLE, message).hint("move finished ones to ARCHIVED/").warning());
    }
    found
}

/// Sets the record beside what git knows.
pub(crate) fn row(workflow: &Workflow, git: Option<&Snapshot>) -> WorkflowRow {
    let counted = workflow.tasks.iter().filter(|task| task.status != TaskStatus::Cancelled);
    let done = workflow.tasks.iter().filter(|task| task.status == TaskStatus::Completed).count();
    WorkflowRow {
        file: workflow.file.clone(),
        kind: workflow.kind,
        slug: workflow.slug.clone(),
        title: workflow.title.clone(),
        phase: workflow.phase,
        step: workflow.step.clone(),
        status: workflow.status.clone(),
        tasks: (done, counted.count()),
        drift: git.map(|git| drift(workflow, git)).unwrap_or_default(),
    }
}

/// Compares the recorded status with the worktree that carries the workflow's branch.
fn drift(workflow: &Workflow, git: &Snapshot) -> Vec<Drift> {
    let finished = matches!(workflow.status.as_deref(), Some("completed" | "complete" | "done"));
    let carries = |branch: &str| {
        branch
            .rsplit('/')
            .next()
            .is_some_and(|last| last.ends_with(&format!("_{}", workflow.slug)) || last == workflow.slug)
    };
    let worktree = git.worktrees.iter().find(|worktree| worktree.branch.as_deref().is_some_and(carries));
    let merged = worktree.filter(|worktree| worktree.merged == Some(true) && !finished);
    merged
        .map(|worktree| Drift {
            field: "status",
            recorded: workflow.status.clone(),
            actual: "merged".to_owned(),
            evidence: format!(
                "branch {} is contained in {}",
                worktree.branch.as_deref().unwrap_or_default(),
                git.default_branch.as_deref().unwrap_or("the default branch")
            ),
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn todo_files_are_read_as_far_as_the_bounds_go_and_the_rest_is_counted() {
        let root = tempfile::tempdir().unwrap();
        let name = |number: usize| format!("TODO_feature_20261101T0000{number:02}Z_plan-{number:02}.md");
        let put = |number, bytes: usize| {
            let body = format!("---\nstatus: planning\n---\n{}", "x".repeat(bytes));
            wfo_base::atomic::write(&root.path().join(name(number)), body.as_bytes()).unwrap();
        };
        let read = |bounds| {
            let mut notes = Vec::new();
            let found = workflows(root.path(), bounds, &mut notes).len();
            let told = notes.iter().map(|note| note.problem.message.clone()).find(|told| told.contains("were read"));
            (found, told)
        };
        (0..30).for_each(|number| put(number, 10));
        assert_eq!(read(Bounds::FULL), (30, None));
        assert_eq!(read(Bounds::QUICK), (20, Some("30 TODO files; only the first 20 were read".into())));
        (0..30).for_each(|number| put(number, 60 << 10));
        assert_eq!(read(Bounds::QUICK), (8, Some("30 TODO files; only the first 8 were read".into())));
        put(0, 300 << 10);
        assert_eq!(read(Bounds::QUICK).0, 8, "one that is too large is left out and the others stay");
    }
}
