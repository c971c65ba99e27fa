//! What a shipment is looked at beside its pages: the diff, the gate, documents that are stale, files that git has or that differ.
//! Reads only.

use std::collections::BTreeSet;
use std::path::Path;

use wfo_base::{Diagnostic, read};
use wfo_gate::Verdict;
use wfo_gate::evidence::State;
use wfo_git::{FileExtent, Repository};
use wfo_todo::phase::Fact;
use wfo_todo::ship::{Stale, StaleRow, stale};

use super::{Extent, GATE, Gate};
use crate::tables;
use crate::todo::Site;
use crate::todo::built::{Scene, lines};
use crate::todo::files::{names, workflows};

/// Ids of tasks that another workflow has too.
pub(super) fn shared_ids(site: &Site<'_>, own: &str) -> BTreeSet<String> {
    let others: Vec<String> = names(site.root()).into_iter().map(|(name, _)| name).filter(|name| name != own).collect();
    let read = workflows(site.root(), &others, &mut Vec::new());
    read.into_iter().flat_map(|one| one.tasks).filter_map(|task| task.id).collect()
}

pub(super) fn extent(files: &Fact<Vec<FileExtent>>) -> Fact<Extent> {
    match files {
        Fact::Known(files) => {
            let (added, removed) = lines(files);
            Fact::Known(Extent { files: files.len() as u64, added, removed })
        }
        Fact::Unknown(why) => Fact::unknown(why.as_str()),
    }
}

pub(super) fn gate(site: &Site<'_>, scene: &Scene, notes: &mut Vec<Diagnostic>) -> Gate {
    let standing = scene.with_gates(site, notes, |gates, notes| gates.status(Some(GATE), notes));
    let standing = match standing {
        Ok(mut standing) => standing.pop(),
        Err(problem) => {
            notes.push(problem.warning());
            None
        }
    };
    let verdict = match standing.as_ref().and_then(|one| one.verdict) {
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Fail) => "fail",
        _ => "unknown",
    };
    let state = match standing.map(|one| one.state) {
        Some(State::Fresh) => "fresh",
        Some(State::Stale(_)) => "stale",
        Some(State::Missing) | None => "missing",
    };
    Gate { verdict, state }
}

pub(super) fn found_stale(
    site: &Site<'_>,
    root: &Path,
    slug: &str,
    files: &Fact<Vec<FileExtent>>,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Stale> {
    let Some(files) = files.known() else { return Vec::new() };
    let rows: Vec<StaleRow> = site.rows(&tables::STALE, notes);
    let changes: Vec<(&str, char)> = files.iter().map(|file| (file.path.as_str(), file.letter)).collect();
    let there = |one: &Stale| read::is_there(&root.join(&one.document)) == Some(true);
    stale(&rows, slug, &changes).into_iter().filter(there).collect()
}

/// Returns those of the files that the newest commit has.
pub(super) fn tracked(main: &Repository, files: &[&str]) -> Vec<String> {
    let Ok(head) = wfo_git::commit_id(main, "HEAD") else { return Vec::new() };
    let held = |file: &&&str| wfo_git::file_at(main, &head, file).is_some();
    files.iter().filter(held).map(|file| (*file).to_owned()).collect()
}

/// Returns those of the files that differ from the newest commit already.
pub(super) fn dirty(repository: &Repository, files: &[String]) -> Vec<String> {
    let Ok(changes) = wfo_git::changes(repository, None) else { return Vec::new() };
    let changed: BTreeSet<Vec<u8>> = changes.paths.into_iter().map(|change| change.path).collect();
    files.iter().filter(|file| changed.contains(file.as_bytes())).cloned().collect()
}
