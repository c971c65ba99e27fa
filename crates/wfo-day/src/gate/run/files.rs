//! The files of the checkout that git knows or does not ignore: what tools have to have looked at, and what their findings may be about.

use std::collections::HashSet;
use std::path::Path;

use wfo_gate::report::Report;
use wfo_gate::run::Planned;

use crate::Place;

/// Paths from the top; `None` when nobody can tell.
pub(super) struct Files(Option<HashSet<String>>);

impl Files {
    /// Lists them, where a run asks for it.
    pub(super) fn list(place: &Place, runs: &[Planned]) -> Self {
        let asked = runs
            .iter()
            .any(|run| !run.row.silent.is_empty() || run.row.tools().any(wfo_gate::report::Tool::finds_secrets));
        let versions = place.repository().filter(|_| asked).and_then(|repository| wfo_git::checkout(repository).ok());
        let path = |version: wfo_git::Version| String::from_utf8_lossy(&version.path).into_owned();
        Self(versions.map(|versions| versions.list.into_iter().map(path).collect()))
    }

    /// How many files below a folder a tool looks at.
    pub(super) fn seen_by(&self, run: &Planned) -> u64 {
        let below = |path: &&String| {
            run.folder.is_empty() || path.strip_prefix(&run.folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let fits = |path: &&String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            run.row.silent.iter().any(|pattern| match pattern.split_once('*') {
                None => name == pattern,
                Some((head, tail)) => {
                    name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
                }
            })
        };
        self.0.iter().flatten().filter(below).filter(fits).count() as u64
    }

    /// Takes findings away that are about files that git ignores: they go into no commit.
    pub(super) fn without_ignored(&self, place: &Place, folder: &str, report: &mut Report) {
        let Some(known) = &self.0 else { return };
        let before = report.findings.len();
        report.findings.retain(|finding| {
            let Some(file) = &finding.file else { return true };
            let file = Path::new(file);
            let inside = if file.is_absolute() { file.strip_prefix(place.root()).ok() } else { Some(file) };
            let Some(inside) = inside else { return true };
            let plain: std::path::PathBuf = Path::new(folder)
                .join(inside)
                .components()
                .filter(|part| !matches!(part, std::path::Component::CurDir))
                .collect();
            let is_known = plain.to_str().is_none_or(|plain| known.contains(plain));
            // what is not there may have been in a commit
            is_known || std::fs::symlink_metadata(place.root().join(&plain)).is_err()
        });
        let left = before - report.findings.len();
        if left > 0 {
            report.notes.push(format!("{left} findings of {} in files that git ignores do not count", report.tool));
        }
    }
}

/// Names every file of a report from the top of the repository, whatever the tool calls it.
pub(super) fn placed(place: &Place, folder: &str, report: &mut Report) {
    let placed = |file: &mut String| {
        let path = Path::new(file.as_str());
        let inside = match path.strip_prefix(place.root()) {
            Ok(inside) => inside.to_owned(),
            Err(_) if path.is_absolute() => return,
            Err(_) => Path::new(folder).join(path.strip_prefix(".").unwrap_or(path)),
        };
        let below =
            folder.is_empty() || path.is_absolute() || std::fs::symlink_metadata(place.root().join(&inside)).is_ok();
        if let Some(inside) = inside.to_str().filter(|inside| below && !inside.is_empty()) {
            *file = inside.to_owned();
        }
    };
    report.findings.iter_mut().filter_map(|finding| finding.file.as_mut()).for_each(placed);
    report.figures.complexity.iter_mut().for_each(|function| placed(&mut function.file));
    report.figures.files.iter_mut().for_each(|lines| placed(&mut lines.file));
}
