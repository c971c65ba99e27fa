//! In which folder the worktree of a branch is made, and how a branch is written as a folder's name.
//! Compares and builds names only: whether the folder is there, or lies behind a link, the caller has to ask the disk.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use wfo_base::tables::{self, Origin};
use wfo_base::text::{code_span, one_line};
use wfo_base::{Noted, Problem, codes};

use crate::paths::tidy;
use crate::template::{Found, Piece, fit, pieces};

/// The longest slug, in bytes.
const SLUG: usize = 100;
/// The longest name of a folder, in bytes, on all file systems of today.
const NAME: usize = 255;
/// Begins of a folder's template, beside `/`.
const BEGINS: [&str; 3] = ["home", "parent", "main"];

/// A row of the table `branches.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchRow {
    /// Name of the rule.
    pub id: String,
    /// The branches it is for, such as `{type}/{stamp}_{slug}`.
    pub branch: String,
    /// The folder of their worktrees, such as `{parent}/{repo}_{slug}`.
    pub worktree: String,
}

impl tables::Row for BranchRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let found = crate::template::check_pattern(&self.branch)?;
        let known = |name: &str| {
            ["repo", "project", "branch_slug"].contains(&name) || (name != "branch" && found.contains(&name))
        };
        let (begin, rest) = split_begin(&self.worktree).ok_or_else(|| {
            format!("`{}` begins neither with {{home}}/, {{parent}}/, {{main}}/ nor with /", clipped(&self.worktree))
        })?;
        let mut tells_apart = false;
        for part in rest.split('/') {
            if part.is_empty() || part == "." || part == ".." {
                return Err(format!("`{}` has a part that is empty, `.` or `..`", clipped(&self.worktree)));
            }
            for piece in pieces(part)? {
                let Piece::Name(name) = piece else { continue };
                if !known(name) {
                    return Err(format!("`{{{}}}` is not known in `worktree` of this row", clipped(name)));
                }
                tells_apart |= ["branch_slug", "slug", "name"].contains(&name);
            }
        }
        match tells_apart {
            true => Ok(()),
            false => Err(format!("all branches would share one folder below {{{begin}}}: add {{branch_slug}}")),
        }
    }
}

/// What a folder is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The branch, without `refs/heads/`.
    pub branch: &'a str,
    /// The project's name.
    pub project: &'a str,
    /// The main checkout, absolute.
    pub main_checkout: &'a Path,
    /// The setting `worktree.root`: absolute, `~/...`, or relative to the main checkout.
    pub root: Option<&'a Path>,
    /// The user's home.
    pub home: Option<&'a Path>,
}

/// Returns the folder for a branch's worktree: `<root>/<project>/<branch slug>` where a root is set, else by the last row that fits.
///
/// A row of a repository that leads neither beside the main checkout nor into it does not count and is a warning.
///
/// # Errors
/// `config.no-home` where the folder lies in the home folder and there is none, `table.invalid` where no row fits.
pub fn location(site: &Site<'_>, rows: &[(BranchRow, Origin)]) -> Result<Noted<PathBuf>, Problem> {
    if let Some(root) = site.root {
        if root.starts_with("~") && site.home.is_none() {
            return Err(no_home());
        }
        let root = if root.starts_with("~") { root.to_owned() } else { site.main_checkout.join(root) };
        return Ok(Noted::clean(tidy(&root, site.home).join(folder_name(site.project)).join(slug(site.branch))));
    }
    let mut notes = Vec::new();
    for (row, origin) in rows.iter().rev() {
        let Some(found) = fit(&row.branch, site.branch) else { continue };
        let path = folder(site, row, &found)?;
        if *origin != Origin::Repository || beside_or_inside(&path, site.main_checkout) {
            return Ok(Noted { value: path, notes });
        }
        let message = format!(
            "row {} of the repository's `branches.yaml` leads to {}, which is neither beside the main checkout nor in it",
            code_span(&row.id),
            code_span(&path.display().to_string())
        );
        notes.push(
            Problem::new(codes::TABLE_ROW_IGNORED, message)
                .hint("begin its `worktree` with `{main}/`, or with `{parent}/` and one name after it")
                .in_file(".wfo/data/branches.yaml")
                .warning(),
        );
    }
    let message = format!("no row of `branches.yaml` fits the branch {}", code_span(site.branch));
    Err(Problem::new(codes::TABLE_INVALID, message)
        .hint("add a row with `branch: \"{branch}\"`, or set `worktree.root`"))
}

fn no_home() -> Problem {
    Problem::new(codes::CONFIG_NO_HOME, "worktrees are made below the home folder, and there is none")
        .hint("set HOME, or set `worktree.root` to an absolute folder")
}

/// Fills a row's template.
fn folder(site: &Site<'_>, row: &BranchRow, found: &Found<'_>) -> Result<PathBuf, Problem> {
    let fault = |what: String| {
        let message = format!("row {} of `branches.yaml`: {what}", code_span(&row.id));
        Problem::new(codes::TABLE_INVALID, message).hint("correct the row, then run `wfo-helper data check`")
    };
    let (begin, rest) = split_begin(&row.worktree).ok_or_else(|| fault("its folder has no begin".to_owned()))?;
    let mut path = match begin {
        "home" => site.home.ok_or_else(no_home)?.to_owned(),
        "parent" => site.main_checkout.parent().unwrap_or(site.main_checkout).to_owned(),
        "main" => site.main_checkout.to_owned(),
        _ => PathBuf::from("/"),
    };
    let repo = site.main_checkout.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    for part in rest.split('/') {
        let mut name = String::new();
        for piece in pieces(part).map_err(fault)? {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Name("repo") => name.push_str(&folder_name(&repo)),
                Piece::Name("project") => name.push_str(&folder_name(site.project)),
                Piece::Name("branch_slug") => name.push_str(&slug(site.branch)),
                Piece::Name(other) => match found.get(other) {
                    Some(text) => name.push_str(&if other == "name" { slug(text) } else { (*text).to_owned() }),
                    None => return Err(fault(format!("`{{{}}}` is not known", clipped(other)))),
                },
            }
        }
        path.push(bounded(folder_name(&name), NAME));
    }
    Ok(path)
}

/// Splits `{home}/a/b` into `home` and `a/b`; an absolute path begins with the empty word.
fn split_begin(template: &str) -> Option<(&str, &str)> {
    if let Some(rest) = template.strip_prefix('/') {
        return Some(("", rest));
    }
    let (begin, rest) = template.strip_prefix('{')?.split_once("}/")?;
    BEGINS.contains(&begin).then_some((begin, rest))
}

/// Says whether a folder is a visible sibling of the main checkout, or lies in it and not in git's own folder.
fn beside_or_inside(path: &Path, main_checkout: &Path) -> bool {
    let (path, main) = (tidy(path, None), tidy(main_checkout, None));
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    if let Ok(inside) = path.strip_prefix(&main) {
        let git = |part: Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
        return inside.components().next().is_some() && !inside.components().any(git);
    }
    path.parent() == main.parent() && path.file_name().is_some_and(|name| !hidden(name))
}

/// Writes a branch as the name of a folder: `feature/login` is `feature-login`.
///
/// Letters and digits of all scripts stay, and `- _ . + @`; all else becomes `-`. It does not begin with `-` or `.`, does not end with
/// `.`, has at most 100 bytes, and is never empty; a name that is cut or has nothing to show ends with a hash of the whole branch.
#[must_use]
pub fn slug(branch: &str) -> String {
    let plain: String =
        one_line(branch).chars().map(|c| if c.is_alphanumeric() || "-_.+@".contains(c) { c } else { '-' }).collect();
    let plain = plain.trim_start_matches(['-', '.']).trim_end_matches('.');
    match plain.is_empty() {
        true => format!("branch-{:08x}", hash(branch)),
        false => bounded(plain.to_owned(), SLUG),
    }
}

/// Returns a name as it is where it can name one folder, else its slug.
fn folder_name(name: &str) -> String {
    let usable = !["", ".", ".."].contains(&name) && !name.contains('/') && one_line(name) == name;
    if usable { name.to_owned() } else { slug(name) }
}

/// Cuts a name to `limit` bytes; what is cut ends with a hash of the whole, so that two long names stay two.
fn bounded(mut name: String, limit: usize) -> String {
    if name.len() <= limit {
        return name;
    }
    let mark = format!("-{:08x}", hash(&name));
    name.truncate(name.floor_char_boundary(limit - mark.len()));
    name + &mark
}

/// FNV-1a, 32 bits: only to tell names apart.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Says whether a text is a time stamp of the form `20261121T090000Z`.
pub(crate) fn is_stamp(text: &str) -> bool {
    text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

fn clipped(text: &str) -> String {
    wfo_base::text::clip(&one_line(text), 60).replace('`', "'")
}

#[cfg(test)]
#[path = "location_tests.rs"]
mod tests;
