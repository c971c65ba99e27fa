//! The active TODO workflows: which files there are, what they record, and where git says otherwise.

use std::path::Path;

use wfo_base::tables::Layers;
use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_git::Snapshot;
use wfo_todo::{TaskStatus, Workflow, phase};

use crate::bounds::Bounds;
use crate::briefing::{Drift, WorkflowRow};
use crate::tables;

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
pub(crate) fn row(workflow: &Workflow, git: Option<&Snapshot>, layers: &Layers) -> WorkflowRow {
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
        drift: git.map(|git| drift(workflow, git, layers)).unwrap_or_default(),
    }
}

/// Compares the record with the worktree that carries the workflow's branch. Only what is merged is known here without asking git more
/// than the briefing does; `next` compares everything.
fn drift(workflow: &Workflow, git: &Snapshot, layers: &Layers) -> Vec<Drift> {
    let finished = matches!(workflow.status.as_deref(), Some("completed" | "complete" | "done"));
    let carries = |branch: &str| {
        branch
            .rsplit('/')
            .next()
            .is_some_and(|last| last.ends_with(&format!("_{}", workflow.slug)) || last == workflow.slug)
    };
    let worktree = git.worktrees.iter().find(|worktree| worktree.branch.as_deref().is_some_and(carries));
    let Some(merged) = worktree.filter(|worktree| worktree.merged == Some(true) && !finished) else {
        return Vec::new();
    };
    let derived = at_least(workflow, git, layers);
    if derived.is_empty() && workflow.kind.is_some() {
        return Vec::new();
    }
    let status = Drift {
        field: "status",
        recorded: workflow.status.clone(),
        actual: "merged".to_owned(),
        evidence: format!(
            "branch {} is contained in {}",
            merged.branch.as_deref().unwrap_or_default(),
            git.default_branch.as_deref().unwrap_or("the default branch")
        ),
    };
    std::iter::once(status).chain(derived).collect()
}

/// Says how phase and step differ from the first step that a merge of the work leaves open: the same derivation as `next`, with these
/// facts alone, so reality may be further, never less far.
fn at_least(workflow: &Workflow, git: &Snapshot, layers: &Layers) -> Vec<Drift> {
    let rows = tables::PHASES.load(layers).value;
    let steps = phase::Steps::new(rows.into_iter().map(|(row, _)| row).collect());
    let base = git.default_branch.clone().unwrap_or_default();
    let facts = phase::Facts {
        kind: workflow.kind,
        flow: phase::facts::Flow { base, ..Default::default() },
        branch: phase::Fact::Known(true),
        worktree: phase::Fact::Known(true),
        merged_base: phase::Fact::Known(true),
        merged_main: phase::Fact::Known(true),
        archived: phase::Fact::Known(false),
        ..phase::Facts::default()
    };
    let derived = phase::derive(&steps, &facts, phase::Path::Normal, Some(&phase::Record::of(workflow)));
    let place = derived.drift.into_iter().filter(|one| one.field != "workflow_progress.status");
    place
        .map(|one| Drift {
            field: one.field,
            recorded: one.recorded,
            actual: one.actual.unwrap_or_default(),
            evidence: one.evidence,
        })
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
