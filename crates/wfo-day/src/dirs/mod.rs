//! `dirs`: the standard for folders. Each has CLAUDE.md, README.md and ARCHIVED/ (which has both pages, and no ARCHIVED of its own).
//! Looks only where git looks, and writes nothing over anything.

mod check;
mod create;

pub use check::{Ask, Checked, Folder, check};
pub use create::{Made, create};

use std::path::{Component, Path};

use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

/// The setting that switches the standard on.
pub const SETTING: &str = "dirs.standard";
/// The folder of what is no longer in use.
const ARCHIVED: &str = "ARCHIVED";
/// The pages of every folder.
const PAGES: [&str; 2] = ["CLAUDE.md", "README.md"];
/// Folders that programs fill, where nobody has told git to ignore them.
const MADE_BY_PROGRAMS: [&str; 3] = ["__pycache__", "node_modules", "site-packages"];

/// Says whether the standard is not about a folder of this name, nor about what is below it.
fn is_exempt(name: &str) -> bool {
    name.starts_with('.') || MADE_BY_PROGRAMS.contains(&name)
}

/// Returns a path below the top of the work tree, with `/` between its parts; empty = the top itself.
///
/// # Errors
/// `dirs.path-invalid` for `..`, a path outside and a name that is not UTF-8.
fn below(root: &Path, folder: &Path, path: &Path) -> Result<String, Problem> {
    let refuse = |why: &str| invalid(&path.to_string_lossy(), why);
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(refuse("holds `..`"));
    }
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let whole = real(folder).join(path);
    let inside = whole.strip_prefix(real(root)).or_else(|_| whole.strip_prefix(root));
    let inside = inside.map_err(|_| refuse("is outside of this work tree"))?;
    let mut parts = Vec::new();
    for part in inside.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str().ok_or_else(|| refuse("is not UTF-8"))?),
            Component::CurDir => {}
            _ => return Err(refuse("is outside of this work tree")),
        }
    }
    Ok(parts.join("/"))
}

fn invalid(path: &str, why: &str) -> Problem {
    Problem::new(codes::DIRS_PATH, format!("{} {why}", code_span(path)))
        .hint("name a folder below the top of the repository, such as `docs/api`")
}

/// Shows a folder; the top is `.`.
fn shown(folder: &str) -> String {
    if folder.is_empty() { ".".to_owned() } else { folder.to_owned() }
}

/// Joins a folder and a name.
fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
