//! The planning and specification documents of a workflow: what is there, whether it says something, and whether it is committed.
//! Reads in the worktree first, else in the main checkout; follows no link out of either.

use std::collections::BTreeMap;
use std::path::Path;

use wfo_base::markdown::{Line, lines};
use wfo_base::read;
use wfo_git::Repository;
use wfo_todo::documents::template_of;
use wfo_todo::phase::{Document, Fact, Fill, judge};

/// What the documents show.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) fills: BTreeMap<Document, Fact<Fill>>,
    pub(super) committed: Fact<bool>,
    pub(super) as_built: Fact<bool>,
    /// The text of plan.md.
    pub(super) plan: Option<String>,
}

/// Reads them. `roots`: where to look, in order. `commits`: any of these may hold the planning documents.
pub(super) fn read_all(repository: &Repository, roots: &[&Path], slug: &str, commits: &[String]) -> Documents {
    let mut out = Documents::default();
    let mut planning: Vec<(String, Vec<u8>)> = Vec::new();
    let mut as_built = false;
    for document in Document::ALL {
        let path = document.path(slug);
        let found = match first(roots, &path) {
            Ok(found) => found,
            Err(why) => {
                out.fills.insert(document, Fact::Unknown(why));
                continue;
            }
        };
        let Some(bytes) = found else {
            out.fills.insert(document, Fact::Known(Fill::Missing));
            continue;
        };
        let page = String::from_utf8_lossy(&bytes).into_owned();
        as_built |= says_as_built(&page);
        out.fills.insert(document, Fact::Known(judge(&page, Some(template_of(document)))));
        match document {
            Document::Requirements | Document::Architecture | Document::Epics => planning.push((path, bytes)),
            Document::Plan => out.plan = Some(page),
            Document::Spec => {}
        }
    }
    out.as_built = Fact::Known(as_built);
    out.committed = committed(repository, &planning, commits);
    out
}

/// Returns the bytes of the first that is there; an error is why nobody can tell.
fn first(roots: &[&Path], path: &str) -> Result<Option<Vec<u8>>, String> {
    for root in roots {
        match read::raw(root, path, read::PAGE_LIMIT) {
            Ok(None) => {}
            Ok(found) => return Ok(found),
            Err(problem) => return Err(problem.message),
        }
    }
    Ok(None)
}

fn says_as_built(page: &str) -> bool {
    lines(page).any(|(_, line)| match line {
        Line::Heading { text, .. } => {
            let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            plain.to_lowercase().starts_with("asbuilt")
        }
        _ => false,
    })
}

fn committed(repository: &Repository, planning: &[(String, Vec<u8>)], commits: &[String]) -> Fact<bool> {
    if planning.is_empty() {
        return Fact::Known(false);
    }
    let mut read = false;
    for commit in commits {
        if let Some(held) = wfo_git::committed(repository, commit, planning) {
            read = true;
            if held.iter().all(|held| *held) {
                return Fact::Known(true);
            }
        }
    }
    if read || commits.is_empty() { Fact::Known(false) } else { Fact::unknown("no commit could be read") }
}
