//! WorktreeCreate and WorktreeRemove: the host's own worktrees get ports, carried files and a row in the registry, and go only when
//! nothing in them exists nowhere else. stdout of the first is the folder and nothing else.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Exit, Problem, codes};
use wfo_day::Place;
use wfo_day::worktree::{Site, host_is_done, host_worktree};

use super::protocol::Input;
use crate::context::Context;
use crate::output::Printable;

/// Answers WorktreeCreate with the folder of the new worktree.
pub(super) fn create(input: &Input, context: &Context) -> Printable {
    // Without a name the message is no request.
    let Some(name) = &input.name else { return Printable::plain(String::new()) };
    let made = at(input.cwd.as_deref(), context, |site, notes| host_worktree(site, name, notes));
    match made {
        Ok(path) => Printable::plain(format!("{}\n", path.display())),
        Err(problem) => Printable::failed(&problem, Exit::Wrong),
    }
}

/// Answers WorktreeRemove; a worktree that is kept is said, so that nobody takes it for removed.
pub(super) fn remove(input: &Input, context: &Context) -> Printable {
    let Some(path) = &input.worktree_path else { return Printable::plain(String::new()) };
    // The session's folder may be the worktree itself.
    let done =
        at(Some(path), context, |site, notes| host_is_done(site.repository(), site, &path.to_string_lossy(), notes));
    match done {
        Err(problem) if problem.code == codes::WORKTREE_UNSAFE => Printable::failed(&problem, Exit::Refused),
        _ => Printable::plain(String::new()),
    }
}

fn at<T>(
    folder: Option<&Path>,
    context: &Context,
    work: impl FnOnce(&Site<'_>, &mut Vec<Diagnostic>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let folder = folder.and_then(|folder| std::fs::canonicalize(folder).ok()).filter(|folder| folder.is_dir());
    let folder: PathBuf = folder.unwrap_or_else(|| context.folder.clone());
    let place = Place::find(&folder, &context.home);
    let mut notes = Vec::new();
    let site = Site::at(&place, &context.home, &context.clock, &mut notes)?;
    site.put_right(&mut notes);
    work(&site, &mut notes)
}
