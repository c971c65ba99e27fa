//! The notes of a release put into CHANGELOG.md: one section more, every other byte as it was.
//! A section that is there for this version is left alone.

use wfo_base::{Problem, atomic, codes, read, text::code_span};
use wfo_todo::version;

use crate::Place;
use crate::init::require_work_tree;

/// Where notes go.
const FILE: &str = "CHANGELOG.md";
/// What a new one begins with.
const HEAD: &str = "# Changelog\n";

/// What was written, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub file: &'static str,
    /// Whether it is new.
    pub new: bool,
}

/// Puts notes into the change log of this checkout.
///
/// # Errors
/// `git.no-work-tree`, `release.noted` for a version that has a section, `file.link-outside` or `file.not-regular` for what is no file of
/// the checkout,
/// `file.not-utf8`, `file.not-written`.
pub fn write_notes(place: &Place, notes: &str, wanted: &str, dry_run: bool) -> Result<Written, Problem> {
    require_work_tree(place)?;
    let root = place.root();
    let path = root.join(FILE);
    let link = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
    if link {
        return Err(Problem::new(codes::FILE_LINK_OUTSIDE, format!("`{FILE}` is a link, so it is not written"))
            .hint("replace the link by the file that it leads to"));
    }
    let before = read::raw(root, FILE, read::PAGE_LIMIT * 8)?;
    let new = before.is_none();
    let page = String::from_utf8(before.unwrap_or_else(|| HEAD.into())).map_err(|_| {
        Problem::new(codes::FILE_NOT_UTF8, format!("`{FILE}` is not UTF-8, so it is not edited"))
            .hint("save it as UTF-8, then run the command again")
    })?;
    let Some(after) = version::with_notes(&page, notes, wanted) else {
        let message = format!("`{FILE}` has a section for {} already", code_span(wanted));
        return Err(Problem::new(codes::RELEASE_NOTED, message)
            .hint("edit that section by hand, or name another version with `--for-version`"));
    };
    if !dry_run {
        atomic::write_tidy(&path, after.as_bytes())?;
    }
    Ok(Written { file: FILE, new })
}
