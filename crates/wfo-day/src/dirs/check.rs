//! `dirs check`: which folders lack what. The folders are those of files that git tracks or would take, so that what it ignores is left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use wfo_base::home::Home;
use wfo_base::{Diagnostic, Problem, codes, read};

use super::{ARCHIVED, PAGES, SETTING, below, invalid, is_exempt, join, shown};
use crate::place::Place;

/// What `dirs check` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Only these folders and what is below them; without any, all.
    pub paths: &'a [PathBuf],
    /// Check although the standard is not switched on.
    pub force: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Whether the standard is switched on here.
    pub on: bool,
    /// Whether folders were looked at.
    pub looked: bool,
    /// How many.
    pub folders: usize,
    /// Those that are not as they should be, by path.
    pub faults: Vec<Folder>,
}

/// A folder that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path; `.` for the top.
    pub path: String,
    /// What it lacks.
    pub missing: Vec<String>,
    /// What should not be there.
    pub extra: Vec<String>,
}

/// Looks at the folders.
///
/// # Errors
/// `git.no-repository`, `git.no-work-tree`, `git.unreadable`, `dirs.path-invalid`, `file.missing`, and what listing the files answers.
pub fn check(place: &Place, home: &Home, ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Checked, Problem> {
    let config = place.config(home);
    notes.extend(config.notes.iter().cloned());
    let on = config.flag(SETTING);
    if !on && !ask.force {
        let problem =
            Problem::new(codes::DIRS_OFF, "the standard for folders is not switched on here: nothing was checked");
        notes.push(problem.hint("set `dirs: {standard: true}` in `.wfo/config.yaml`, or give `--force`").info());
        return Ok(Checked::default());
    }
    let mut unread = Vec::new();
    place.require_readable(&mut unread)?;
    let repository = place.repository().ok_or_else(|| {
        let message = format!("`{}` is not inside a git repository", place.root().display());
        Problem::new(codes::GIT_NONE, message).hint("run `git init` here, or name the project with `--repo DIR`")
    })?;
    let root = place.root();
    let wanted = ask.paths.iter().map(|path| named(place, path)).collect::<Result<Vec<String>, Problem>>()?;
    let versions = wfo_git::checkout(repository)?;
    notes.extend(versions.notes);
    let paths = versions.list.iter().filter_map(|version| std::str::from_utf8(&version.path).ok());
    let mut folders = BTreeSet::from([String::new()]);
    for path in paths {
        above(path, &mut folders);
    }
    if !wanted.is_empty() {
        folders.retain(|folder| wanted.iter().any(|wanted| is_in(folder, wanted)));
        // One that is named is looked at even where git sees nothing in it.
        folders.extend(wanted);
    }
    folders.retain(|folder| is_folder(&root.join(folder)));
    let faults = folders.iter().filter_map(|folder| fault(root, folder)).collect();
    Ok(Checked { on, looked: true, folders: folders.len(), faults })
}

fn named(place: &Place, path: &Path) -> Result<String, Problem> {
    let folder = below(place.root(), place.folder(), path)?;
    match std::fs::symlink_metadata(place.root().join(&folder)) {
        Ok(meta) if meta.is_dir() => Ok(folder),
        Ok(_) => Err(invalid(&folder, "is not a folder, or a link to one")),
        Err(_) => Err(Problem::new(codes::FILE_MISSING, format!("there is no folder `{}`", shown(&folder)))
            .hint("`wfo-helper dirs create PATH` makes one")),
    }
}

/// Adds the folders above a file, as far as the standard is about them.
fn above(path: &str, folders: &mut BTreeSet<String>) {
    for (end, _) in path.match_indices('/') {
        let Some(folder) = path.get(..end) else { return };
        let name = folder.rsplit('/').next().unwrap_or_default();
        // ARCHIVED is looked at with the folder it belongs to; what lies in it is past.
        if is_exempt(name) || name == ARCHIVED {
            return;
        }
        if !folders.contains(folder) {
            folders.insert(folder.to_owned());
        }
    }
}

fn is_in(folder: &str, wanted: &str) -> bool {
    wanted.is_empty() || folder.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir())
}

fn fault(root: &Path, folder: &str) -> Option<Folder> {
    let is_page = |path: &str| read::find(root, path).is_ok_and(|found| found.is_some());
    let lacks = |below: &str| {
        let names = PAGES.iter().map(|name| join(below, name));
        names.filter(|name| !is_page(&join(folder, name))).collect::<Vec<_>>()
    };
    let mut missing = lacks("");
    let mut extra = Vec::new();
    let is_archive = folder.rsplit('/').next() == Some(ARCHIVED);
    let archive = join(folder, ARCHIVED);
    let there = is_folder(&root.join(&archive));
    if is_archive {
        extra.extend(there.then(|| format!("{ARCHIVED}/")));
    } else if there {
        missing.extend(lacks(ARCHIVED));
        let inner = format!("{ARCHIVED}/{ARCHIVED}");
        extra.extend(is_folder(&root.join(join(folder, &inner))).then(|| format!("{inner}/")));
    } else {
        missing.push(format!("{ARCHIVED}/"));
    }
    let faulty = !missing.is_empty() || !extra.is_empty();
    faulty.then(|| Folder { path: shown(folder), missing, extra })
}
