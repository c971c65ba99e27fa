//! Reads the registry and joins it with git's worktrees; looks for free ports.

use std::path::Path;

use jiff::Timestamp;
use wfo_base::home::Home;
use wfo_base::tables::{Layers, Rows};
use wfo_base::{Diagnostic, codes, ports, read};
use wfo_git::Snapshot;
use wfo_worktree::{GitWorktree, PortPool, Registry, Row, RuleRow, Rules};

/// The most of the registry that is read: 8 MiB.
const REGISTRY_LIMIT: u64 = 8 << 20;

/// What is known before git has answered: the registry, the rules, the port pool.
pub(crate) struct Registered {
    pub(crate) registry: Option<Registry>,
    pub(crate) rules: Option<Rules>,
    pub(crate) pool: Option<PortPool>,
}

/// Reads the registry and probes for free ports.
pub(crate) fn registered(home: &Home, layers: &Layers, notes: &mut Vec<Diagnostic>) -> Registered {
    let rules = rules(layers, notes);
    let (registry, readable) = match read::own(&home.registry(), REGISTRY_LIMIT) {
        Ok(None) => (None, true),
        Ok(Some(page)) => match wfo_worktree::registry(&page.text) {
            Ok(mut registry) => {
                notes.append(&mut registry.notes);
                (Some(resolved(registry)), true)
            }
            Err(problem) => {
                notes.push(problem.warning());
                (None, false)
            }
        },
        Err(mut problem) => {
            problem.code = codes::REGISTRY_INVALID;
            notes.push(problem.warning());
            (None, false)
        }
    };
    let pool = rules.filter(|_| readable).map(|rules| wfo_worktree::pool(registry.as_ref(), &rules, &ports::is_free));
    Registered { registry, rules, pool }
}

/// Resolves links in the registry's folders, as git's own are resolved: they are compared as text.
fn resolved(mut registry: Registry) -> Registry {
    for entry in &mut registry.entries {
        for path in [&mut entry.repo_path, &mut entry.worktree_path].into_iter().flatten() {
            if let Ok(real) = std::fs::canonicalize(&path) {
                *path = real;
            }
        }
    }
    registry
}

/// Reads the table; rows that contradict each other are named, and the built-in ones count.
fn rules(layers: &Layers, notes: &mut Vec<Diagnostic>) -> Option<Rules> {
    let of = |rows: Rows<RuleRow>| Rules::of(&rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>());
    of(crate::tables::WORKTREES.load(layers).drain_into(notes))
        .or_else(|problem| {
            notes.push(problem.warning());
            of(crate::tables::WORKTREES.built_in().drain_into(notes))
        })
        .map_err(|problem| notes.push(problem.warning()))
        .ok()
}

/// Joins git's worktrees with the registry.
pub(crate) fn rows(
    registered: &Registered,
    git: &Snapshot,
    main_root: &Path,
    now: Timestamp,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Row> {
    let worktrees: Vec<GitWorktree> = git
        .worktrees
        .iter()
        .map(|worktree| GitWorktree {
            path: worktree.path.clone(),
            branch: worktree.branch.clone(),
            main: worktree.main,
            detached: worktree.detached,
            locked: worktree.locked.is_some(),
            prunable: worktree.prunable,
            changes: worktree.changes(),
            has_upstream: worktree.upstream,
            ahead: worktree.ahead,
            behind: worktree.behind,
            last_commit: worktree.last_commit.as_ref().map(jiff::Zoned::timestamp),
            merged: worktree.merged,
        })
        .collect();
    let Some(rules) = registered.rules else { return Vec::new() };
    let home = std::env::home_dir();
    let place = wfo_worktree::Place { repo: main_root, home: home.as_deref(), now, rules };
    wfo_worktree::rows(&worktrees, registered.registry.as_ref(), &place).drain_into(notes)
}
