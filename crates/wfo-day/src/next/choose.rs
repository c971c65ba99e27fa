//! The workflow that is meant, as the whole of `todo` chooses it, and what can be begun where there is none.
//! Reads one file; weighs nothing.

use wfo_base::{Diagnostic, Problem, codes};
use wfo_git::Names;
use wfo_todo::{Kind, TodoName};

use super::Ask;
use crate::todo::{self, Meant};

/// A workflow's file.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// From the folder that all worktrees share.
    pub file: String,
    /// Feature, release or hotfix.
    pub kind: Kind,
    /// `YYYYMMDDTHHMMSSZ`
    pub stamp: String,
    /// Its slug.
    pub slug: String,
    /// What the file says.
    pub said: wfo_todo::Workflow,
    /// It lies in `ARCHIVED/`.
    pub archived: bool,
    /// The branch of this checkout, where that is how the workflow was found.
    pub(super) here: Option<String>,
}

/// Something that can be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// For what.
    pub title: &'static str,
    /// The commands.
    pub actions: Vec<String>,
}

impl Workflow {
    /// Reads the bytes of its file.
    ///
    /// # Errors
    /// `todo.unknown` when it went away, `todo.unreadable` for a link, `file.*`.
    pub fn page(&self, place: &crate::Place) -> Result<Vec<u8>, Problem> {
        todo::bytes(place.shared_root(), &self.file)
    }
}

/// Finds the workflow; `None` where none was named and there is none at all.
pub(super) fn workflow(ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Option<Workflow>, Problem> {
    let Meant { file, archived, branch } = match todo::meant(ask.place, ask.todo, notes) {
        Ok(meant) => meant,
        Err(problem) if ask.todo.is_none() && problem.code == codes::TODO_UNKNOWN => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let said = todo::workflow(ask.place.shared_root(), &file, notes)?;
    let Some(TodoName { kind, stamp, slug }) = wfo_todo::todo_name(file.rsplit('/').next().unwrap_or(&file)) else {
        return Ok(None);
    };
    Ok(Some(Workflow { file, kind, stamp, slug, said, archived, here: branch }))
}

/// What can be begun where there is no workflow: the short way first.
pub(super) fn choices(names: Option<&Names>) -> Vec<Choice> {
    let mut out = Vec::new();
    if names.is_none_or(|names| names.branches.is_empty()) {
        let actions = vec!["`git commit`: there is no commit yet that a branch could start from".to_owned()];
        out.push(Choice { title: "a first commit", actions });
    }
    out.push(Choice {
        title: "a small change (a few lines, no interface, no schema): no workflow needed",
        actions: ["make the change with its test", "`wfo-helper gate run commit`", "commit it on a branch of its own"]
            .map(str::to_owned)
            .to_vec(),
    });
    for (title, kind) in [("a feature", "feature"), ("a release", "release"), ("a fix of what is released", "hotfix")] {
        out.push(Choice { title, actions: vec![format!("`wfo-helper todo new {kind} SLUG`")] });
    }
    out
}
