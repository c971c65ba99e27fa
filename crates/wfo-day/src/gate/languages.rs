//! What a gate takes the project to be made of: start-day's view, and every folder that git sees, at any depth.
//! A repository's own rows may add languages and never take one away.

use wfo_base::stack::{self, Stack, StackRow};
use wfo_base::tables::Layers;
use wfo_base::{Noted, Problem, codes};

use super::Gates;
use crate::tables;

/// The rows by which languages are recognised: those in force, with all markers that the user's have, and no member that only the
/// repository's rows would make covered by something else.
pub(super) fn rows(layers: &Layers) -> Noted<Vec<StackRow>> {
    let mut notes = Vec::new();
    let own = Layers { repository: None, ..layers.clone() };
    // what is wrong with these rows is told of the rows in force as well
    let trusted: Vec<StackRow> = tables::STACKS.load(&own).value.into_iter().map(|(row, _)| row).collect();
    let mut rows: Vec<StackRow> =
        tables::STACKS.load(layers).drain_into(&mut notes).into_iter().map(|(row, _)| row).collect();
    for mine in trusted {
        match rows.iter_mut().find(|row| row.id == mine.id) {
            None => rows.push(mine),
            Some(row) => {
                row.members = mine.members;
                let more: Vec<String> = mine.markers.into_iter().filter(|one| !row.markers.contains(one)).collect();
                row.markers.extend(more);
            }
        }
    }
    Noted { value: rows, notes }
}

impl Gates<'_> {
    /// What the project is built with. Outside a repository the folders one level down and declared members are all that is looked at.
    pub(super) fn stack(&self) -> Noted<Stack> {
        let mut notes = Vec::new();
        let rows = rows(&self.config.layers(self.home, self.place.settings_root())).drain_into(&mut notes);
        let mut found = stack::detect(self.place.root(), &rows);
        if let Some(repository) = self.place.repository() {
            match wfo_git::checkout(repository) {
                Ok(files) => {
                    found.value.workspaces_cut |= !files.cut.is_empty();
                    let paths = files.list.iter().map(|version| version.path.as_slice());
                    stack::deepen(&mut found, self.place.root(), &rows, paths);
                }
                Err(problem) => notes.push(unlisted(&problem).warning()),
            }
        }
        notes.append(&mut found.notes);
        Noted { value: found.value, notes }
    }
}

fn unlisted(problem: &Problem) -> Problem {
    let message =
        format!("the files cannot be listed, so nobody can tell which languages there are: {}", problem.message);
    Problem::new(codes::GATE_CONTENT_UNKNOWN, message)
        .hint(problem.hint.clone().unwrap_or_else(|| "run `git status`".to_owned()))
}
