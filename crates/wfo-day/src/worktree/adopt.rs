//! `worktree adopt`: takes worktrees that others made (Claude Code, a person, another tool) into the registry.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, codes, ports, text::code_span};
use wfo_worktree::{Ask, Change, Choice, Entry};

use super::{book, lease, site::Site};

/// A worktree that the registry knows now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Its folder.
    pub path: PathBuf,
    /// Its branch; `None` when detached.
    pub branch: Option<String>,
    /// Its ports.
    pub ports: Vec<u16>,
}

/// Adopts one worktree, or all of this repository that have no row.
///
/// # Errors
/// `worktree.unknown` for a folder that is none of this repository's worktrees, `worktree.exists` when it has a row,
/// `port.pool-exhausted`, `worktree.registry-invalid`.
pub fn adopt(
    site: &Site<'_>,
    path: Option<&Path>,
    count: u16,
    dry_run: bool,
    notes: &mut Vec<Diagnostic>,
) -> Result<Vec<Adopted>, Problem> {
    let trees: Vec<wfo_git::Worktree> =
        wfo_git::checkouts(site.repository()).into_iter().filter(|tree| !tree.main && !tree.prunable).collect();
    let wanted = path.map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    if let Some(wanted) = wanted.as_deref().filter(|wanted| !trees.iter().any(|tree| tree.path == **wanted)) {
        return Err(Problem::new(
            codes::WORKTREE_UNKNOWN,
            format!("{} is no worktree of this repository", code_span(&wanted.display().to_string())),
        )
        .hint("`wfo-helper worktree list` shows them"));
    }
    let work = |book: &book::Book| adoption(site, &trees, wanted.as_deref(), count, book);
    if dry_run {
        return Ok(work(&book::read(site.home)?)?.1);
    }
    book::change(site.home, &site.rules, notes, work)
}

fn adoption(
    site: &Site<'_>,
    trees: &[wfo_git::Worktree],
    wanted: Option<&Path>,
    count: u16,
    book: &book::Book,
) -> Result<(Vec<Change>, Vec<Adopted>), Problem> {
    let home = site.user_home();
    let registry = book.registry.as_ref();
    let rows: Vec<&Entry> = book::rows_of(registry, site.main_root(), home.as_deref()).collect();
    let has_row = |tree: &wfo_git::Worktree| {
        let same = |row: &&Entry| {
            let path = row.worktree_path.as_deref();
            path.is_some_and(|path| wfo_worktree::paths::tidy(path, home.as_deref()) == tree.path)
        };
        rows.iter().any(same)
    };
    if let Some(tree) = trees.iter().find(|tree| wanted == Some(tree.path.as_path()) && has_row(tree)) {
        return Err(Problem::new(
            codes::WORKTREE_EXISTS,
            format!("{} is in the registry already", code_span(&tree.path.display().to_string())),
        )
        .hint("`wfo-helper worktree list` shows its ports"));
    }
    let new = trees.iter().filter(|tree| wanted.is_none_or(|wanted| wanted == tree.path) && !has_row(tree));
    let (mut changes, mut adopted, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for tree in new {
        let branch = tree.branch.clone().unwrap_or_default();
        let lease = rows.iter().find(|row| !branch.is_empty() && row.branch.as_deref() == Some(branch.as_str()));
        let ports = match lease {
            Some(lease) if !lease.ports.is_empty() || count == 0 => lease.ports.clone(),
            _ if count == 0 => Vec::new(),
            _ => {
                let ask = Ask { repo: site.main_root(), home: home.as_deref(), branch: &branch, count, range: None };
                let free = |port: u16| !given.contains(&port) && ports::is_free(port);
                match wfo_worktree::choose(registry, &site.rules, &ask, &free, &|entry| lease::is_gone(entry, site))? {
                    Choice::Held { ports, .. } | Choice::Free(ports) => ports,
                }
            }
        };
        given.extend(ports.iter().copied());
        let path = tree.path.to_string_lossy().into_owned();
        match lease {
            Some(row) => {
                let set = |field| Change::Set { index: row.index, field };
                changes.push(set(wfo_worktree::Field::Path(Some(path))));
                changes.push(set(wfo_worktree::Field::Ports(ports.clone())));
            }
            None => {
                let row = lease::new_row(site, &branch, Some(&tree.path), ports.clone(), None);
                changes.push(Change::Append(row));
            }
        }
        adopted.push(Adopted { path: tree.path.clone(), branch: tree.branch.clone(), ports });
    }
    Ok((changes, adopted))
}
