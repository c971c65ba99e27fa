//! TODO.md, made anew from the files by every call that writes one of them. That it cannot be written is a warning, never a lost edit.

use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_todo::record::{Listed, Rebuilt, fresh_manifest, rebuild_manifest};
use wfo_todo::{Label, todo_name};

use super::files::require_no_link;
use super::labels::Labels;
use super::put::write;
use super::{ARCHIVE, MANIFEST, Site};

/// What is known of a file that is archived at this moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Finish {
    /// Its new path.
    pub(super) file: String,
    /// When.
    pub(super) completed_at: String,
    /// The version it became.
    pub(super) version: Option<String>,
}

/// Brings TODO.md up to date; returns its name when it changed. The caller holds the lock.
pub(crate) fn rebuild(site: &Site<'_>, finish: Option<&Finish>, notes: &mut Vec<Diagnostic>) -> Option<String> {
    rebuild_beside(site, finish, None, notes)
}

/// As [`rebuild`], where one file was read a moment ago.
pub(super) fn rebuild_beside(
    site: &Site<'_>,
    finish: Option<&Finish>,
    known: Option<(&str, Label)>,
    notes: &mut Vec<Diagnostic>,
) -> Option<String> {
    match tried(site, finish, known, notes) {
        Ok(changed) => changed.then(|| MANIFEST.to_owned()),
        Err(problem) => {
            notes.push(problem.warning());
            None
        }
    }
}

fn tried(
    site: &Site<'_>,
    finish: Option<&Finish>,
    known: Option<(&str, Label)>,
    notes: &mut Vec<Diagnostic>,
) -> Result<bool, Problem> {
    let root = site.root();
    require_no_link(root, MANIFEST)?;
    let labels = Labels::of(site, known);
    let active: Vec<Listed> = labels.of_folder("").map(|(file, label)| listed(file, label)).collect();
    let archived = labels.of_folder(ARCHIVE);
    let archived: Vec<Listed> = archived.map(|(file, label)| finished(listed(file, label), finish)).collect();
    let before = read::raw(root, MANIFEST, read::PAGE_LIMIT)?;
    let page = match &before {
        Some(bytes) => bytes.clone(),
        None => fresh_manifest(site.now())?.into_bytes(),
    };
    let new = match rebuild_manifest(MANIFEST, &page, &active, &archived, site.now())? {
        Rebuilt::Foreign(note) => {
            notes.push(note);
            return Ok(false);
        }
        Rebuilt::Same if before.is_some() => return Ok(false),
        Rebuilt::Same => page,
        Rebuilt::Page(page) => page.into_bytes(),
    };
    if read::raw(root, MANIFEST, read::PAGE_LIMIT)? != before {
        return Err(Problem::new(codes::TODO_CHANGED, "`TODO.md` was changed by somebody else at the same time")
            .hint("the next `wfo-helper todo` command that writes brings it up to date"));
    }
    write(site, MANIFEST, &new)?;
    Ok(true)
}

fn listed(file: &str, label: &Label) -> Listed {
    let base = file.rsplit('/').next().unwrap_or_default();
    Listed {
        slug: label.slug.clone(),
        timestamp: todo_name(base).map(|name| name.stamp).unwrap_or_default(),
        title: wfo_base::text::clip(&label.title, 200).into_owned(),
        status: label.status.clone().unwrap_or_default(),
        file: file.to_owned(),
        ..Listed::default()
    }
}

fn finished(listed: Listed, finish: Option<&Finish>) -> Listed {
    match finish.filter(|finish| finish.file == listed.file) {
        Some(finish) => Listed {
            completed_at: Some(finish.completed_at.clone()),
            semantic_version: finish.version.clone(),
            ..listed
        },
        None => listed,
    }
}
