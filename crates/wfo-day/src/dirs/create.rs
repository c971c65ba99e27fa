//! `dirs create`: a folder as the standard has it, and each new one on the way to it. What is there stays as it is.

use std::path::Path;

use serde::Serialize;
use wfo_base::{Problem, read, template, text};

use super::{ARCHIVED, PAGES, below, invalid, is_exempt, join, shown};
use crate::init::{create_file, require_work_tree};
use crate::place::Place;

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../../../templates/dirs/", $name))
    };
}

const OWN: [&str; 2] = [template!("CLAUDE.md.tera"), template!("README.md.tera")];
const PAST: [&str; 2] = [template!("archived-CLAUDE.md.tera"), template!("archived-README.md.tera")];
/// The most folders on the way, and characters of one name.
const DEPTH: usize = 32;
const NAME: usize = 200;

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The folder; `.` for the top.
    pub folder: String,
    /// Files that were made, or would be.
    pub created: Vec<String>,
    /// Files that were there and are as they were.
    pub kept: Vec<String>,
}

#[derive(Serialize)]
struct Values {
    directory: String,
    title: String,
    purpose: String,
    shown: String,
    parent: String,
    parent_readme: String,
}

/// Makes the folder; with `apply` false it only tells what would be made.
///
/// # Errors
/// `dirs.path-invalid`, `git.no-work-tree`, `git.unreadable`, `file.not-written`.
pub fn create(place: &Place, path: &Path, purpose: Option<&str>, apply: bool) -> Result<Made, Problem> {
    place.require_readable(&mut Vec::new())?;
    require_work_tree(place)?;
    let root = place.root();
    let folder = below(root, place.folder(), path)?;
    require_fit(root, &folder)?;
    let mut made = Made { folder: shown(&folder), ..Made::default() };
    let ends = folder.match_indices('/').filter_map(|(end, _)| folder.get(..end));
    let new = ends.filter(|above| read::is_there(&root.join(above)) == Some(false));
    for one in new.map(str::to_owned).collect::<Vec<_>>() {
        lay(root, &one, None, apply, &mut made)?;
    }
    lay(root, &folder, purpose, apply, &mut made)?;
    Ok(made)
}

/// Refuses names that the standard is not about, and everything that is not a folder on the way.
fn require_fit(root: &Path, folder: &str) -> Result<(), Problem> {
    let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() > DEPTH {
        return Err(invalid(folder, "is very deep"));
    }
    let mut path = root.to_owned();
    for (at, part) in parts.iter().enumerate() {
        if is_exempt(part) {
            return Err(invalid(
                folder,
                &format!("leads into {}, which the standard is not about", text::code_span(part)),
            ));
        }
        if part.eq_ignore_ascii_case(ARCHIVED) && (at + 1 < parts.len() || *part != ARCHIVED) {
            return Err(invalid(folder, "lies below ARCHIVED, or is another spelling of it"));
        }
        if part.chars().any(char::is_control) || part.len() > NAME {
            return Err(invalid(folder, "has a name that is too long or holds control characters"));
        }
        path.push(part);
        match std::fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() => return Err(invalid(folder, "leads through a link")),
            Ok(meta) if !meta.is_dir() => return Err(invalid(folder, "leads through a file")),
            _ => {}
        }
    }
    Ok(())
}

fn lay(root: &Path, folder: &str, purpose: Option<&str>, apply: bool, made: &mut Made) -> Result<(), Problem> {
    let name = folder.rsplit('/').next().unwrap_or_default();
    if name == ARCHIVED {
        return pages(root, folder, purpose, &PAST, apply, made);
    }
    let archive = join(folder, ARCHIVED);
    if std::fs::symlink_metadata(root.join(&archive)).is_ok_and(|meta| !meta.is_dir()) {
        return Err(invalid(&archive, "is a link or a file, not a folder"));
    }
    pages(root, folder, purpose, &OWN, apply, made)?;
    pages(root, &archive, None, &PAST, apply, made)
}

fn pages(
    root: &Path,
    folder: &str,
    purpose: Option<&str>,
    templates: &[&str; 2],
    apply: bool,
    made: &mut Made,
) -> Result<(), Problem> {
    let values = values(folder, purpose);
    for (name, template) in PAGES.into_iter().zip(templates) {
        let path = join(folder, name);
        let there = read::is_there(&root.join(&path)) != Some(false);
        let page = template::render(name, template, &values)?;
        let new = !there && (!apply || create_file(root, &path, page.as_bytes(), false)?);
        if new { made.created.push(path) } else { made.kept.push(path) }
    }
    Ok(())
}

fn values(folder: &str, purpose: Option<&str>) -> Values {
    // JSON's text is YAML's text too, whatever it holds.
    let yaml = |text: &str| serde_json::Value::from(text::clip(&text::one_line(text), 200).into_owned()).to_string();
    let name = folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(".");
    let past = "what is no longer in use in the folder above";
    let default = if name == ARCHIVED { past } else { "to be said in one sentence" };
    let parent = |page: &str| if folder.is_empty() { "null".to_owned() } else { format!("../{page}") };
    Values {
        directory: yaml(&shown(folder)),
        title: yaml(name),
        purpose: yaml(purpose.unwrap_or(default)),
        shown: text::code_span(&shown(folder)),
        parent: parent("CLAUDE.md"),
        parent_readme: parent("README.md"),
    }
}
