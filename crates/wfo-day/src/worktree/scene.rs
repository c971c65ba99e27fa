//! Reads the facts about worktrees in one place: git's list joined with the registry, ports, locks, processes and what each holds.
//! start-day, doctor and every worktree command look at the same.

use std::cell::OnceCell;
use std::path::Path;

use jiff::Timestamp;
use wfo_base::home::Home;
use wfo_base::listeners::{self, Listener};
use wfo_base::processes::Processes;
use wfo_base::tables::{Layers, Rows};
use wfo_base::{Diagnostic, Problem, mounts, ports, read};
use wfo_git::{Holdings, Operation, Snapshot, Worktree};
use wfo_worktree::{Facts, GitWorktree, Judgement, Lock, PortPool, Process, Registry, Row, RuleRow, Rules};

use super::{book, site::Site};

/// What is known before git has answered: the registry, the rules, the port pool.
pub(crate) struct Registered {
    pub(crate) registry: Option<Registry>,
    pub(crate) rules: Option<Rules>,
    pub(crate) pool: Option<PortPool>,
}

/// Reads the registry and probes for free ports.
pub(crate) fn registered(home: &Home, layers: &Layers, notes: &mut Vec<Diagnostic>) -> Registered {
    let rules = rules(layers, notes);
    let (registry, readable) = match book::read(home) {
        Ok(book) => {
            let mut registry = book.registry;
            notes.extend(registry.iter_mut().flat_map(|registry| std::mem::take(&mut registry.notes)));
            (registry, true)
        }
        Err(problem) => {
            notes.push(problem.warning());
            (None, false)
        }
    };
    let pool = rules.filter(|_| readable).map(|rules| pool(registry.as_ref(), &rules));
    Registered { registry, rules, pool }
}

/// Looks at the pool as it stands.
pub(super) fn pool(registry: Option<&Registry>, rules: &Rules) -> PortPool {
    wfo_worktree::pool(registry, rules, &ports::is_free)
}

/// Reads the table; rows that contradict each other are named, and the built-in ones count.
pub(super) fn rules(layers: &Layers, notes: &mut Vec<Diagnostic>) -> Option<Rules> {
    let of = |rows: Rows<RuleRow>| Rules::of(&rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>());
    of(crate::tables::WORKTREES.load(layers).drain_into(notes))
        .or_else(|problem| {
            notes.push(problem.warning());
            of(crate::tables::WORKTREES.built_in().drain_into(notes))
        })
        .map_err(|problem| notes.push(problem.warning()))
        .ok()
}

/// Joins git's worktrees with the registry; `progress` as in [`Scene::with_progress`].
pub(crate) fn rows(
    registered: &Registered,
    git: &Snapshot,
    progress: &dyn Fn(&str) -> Option<u8>,
    main_root: &Path,
    now: Timestamp,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Row> {
    let Some(rules) = registered.rules else { return Vec::new() };
    let worktrees = facts(git, progress);
    joined(&worktrees, registered.registry.as_ref(), main_root, now, rules, notes)
}

fn joined(
    worktrees: &[GitWorktree],
    registry: Option<&Registry>,
    main_root: &Path,
    now: Timestamp,
    rules: Rules,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Row> {
    let home = std::env::home_dir();
    let place = wfo_worktree::Place { repo: main_root, home: home.as_deref(), now, rules };
    wfo_worktree::rows(worktrees, registry, &place).drain_into(notes)
}

fn facts(git: &Snapshot, progress: &dyn Fn(&str) -> Option<u8>) -> Vec<GitWorktree> {
    let percent = |tree: &Worktree| tree.branch.as_deref().and_then(progress);
    git.worktrees.iter().map(|tree| facts_of(tree, percent(tree))).collect()
}

fn facts_of(tree: &Worktree, todo_percent: Option<u8>) -> GitWorktree {
    GitWorktree {
        path: tree.path.clone(),
        branch: tree.branch.clone(),
        main: tree.main,
        detached: tree.detached,
        locked: tree.locked.is_some(),
        prunable: tree.prunable,
        changes: tree.changes(),
        has_upstream: tree.upstream,
        ahead: tree.ahead,
        behind: tree.behind,
        last_commit: tree.last_commit.as_ref().map(jiff::Zoned::timestamp),
        merged: tree.merged,
        has_remotes: tree.has_remotes,
        unpushed: tree.unpushed,
        ahead_default: tree.ahead_default,
        behind_default: tree.behind_default,
        todo_percent,
    }
}

/// All worktrees of a repository at one moment.
#[derive(Debug)]
pub struct Scene {
    /// What git knows.
    pub git: Snapshot,
    /// One row a worktree, the main checkout first, then by path; rows of the registry without a worktree among them.
    pub rows: Vec<Row>,
    /// The pool.
    pub pool: PortPool,
    processes: OnceCell<Processes>,
}

/// What one worktree holds, and whether it may go.
#[derive(Debug)]
pub struct Detail {
    /// What exists only in it.
    pub holdings: Holdings,
    /// Who works in it; `None` when the system does not tell.
    pub processes: Option<Vec<Process>>,
    /// Who holds its lock.
    pub lock: Lock,
    /// May it be removed?
    pub judgement: Judgement,
    /// May its branch be deleted?
    pub branch: Judgement,
    /// Its ports.
    pub ports: Vec<u16>,
    /// What it is for.
    pub task: Option<String>,
}

impl Scene {
    /// Looks.
    ///
    /// # Errors
    /// `worktree.registry-invalid`.
    pub fn look(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        Self::with_progress(site, &|_| None, notes)
    }

    /// Looks; `progress` tells how much of the TODO of a branch is done, in percent.
    ///
    /// # Errors
    /// As [`Scene::look`].
    pub fn with_progress(
        site: &Site<'_>,
        progress: &dyn Fn(&str) -> Option<u8>,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        let (book, git) = std::thread::scope(|scope| {
            let book = scope.spawn(|| book::read(site.home));
            let git = wfo_git::snapshot(site.repository(), &wfo_git::Options::default());
            (book.join(), git)
        });
        let mut registry = book.unwrap_or_else(|_| book::read(site.home))?.registry;
        notes.extend(registry.iter_mut().flat_map(|registry| std::mem::take(&mut registry.notes)));
        notes.extend(git.notes.iter().cloned());
        let trees = facts(&git, progress);
        let rows = joined(&trees, registry.as_ref(), site.main_root(), site.now, site.rules, notes);
        let pool = pool(registry.as_ref(), &site.rules);
        Ok(Self { git, rows, pool, processes: OnceCell::new() })
    }

    /// Returns one of git's worktrees.
    pub(crate) fn tree(&self, index: usize) -> Option<&Worktree> {
        self.git.worktrees.get(index)
    }

    /// Returns git's worktree of a row, if it is not only a row.
    #[must_use]
    pub fn tree_of(&self, row: &Row) -> Option<&Worktree> {
        self.git.worktrees.iter().find(|tree| tree.path == row.path)
    }

    pub(crate) fn row_of(&self, tree: &Worktree) -> Option<&Row> {
        self.rows.iter().find(|row| row.path == tree.path)
    }

    /// Lists who listens on the ports of these worktrees.
    #[must_use]
    pub fn listening(&self) -> Vec<Listener> {
        let all: Vec<u16> = self.rows.iter().flat_map(|row| row.ports.iter().copied()).collect();
        listeners::on(&all)
    }

    /// Returns the commit of the default branch, as far as this repository knows it.
    pub(crate) fn default_tip(&self, site: &Site<'_>) -> Option<String> {
        let name = self.git.default_branch.as_deref()?;
        let own = wfo_git::branch_tip(site.repository(), name).ok().flatten();
        own.or_else(|| wfo_git::commit_id(site.repository(), &format!("refs/remotes/origin/{name}")).ok())
    }

    /// Looks closely at one of git's worktrees.
    #[must_use]
    pub fn detail(&self, site: &Site<'_>, index: usize) -> Detail {
        let mut details = self.details(site, &[index]);
        details.pop().unwrap_or_else(|| self.judged(&Worktree::default(), Holdings::default()))
    }

    /// Looks closely at some of git's worktrees, in the order given.
    #[must_use]
    pub fn details(&self, site: &Site<'_>, wanted: &[usize]) -> Vec<Detail> {
        let trees: Vec<Worktree> = wanted.iter().filter_map(|index| self.tree(*index).cloned()).collect();
        let holdings = wfo_git::holdings(site.repository(), &trees);
        trees.iter().zip(holdings).map(|(tree, holdings)| self.judged(tree, holdings)).collect()
    }

    fn judged(&self, tree: &Worktree, holdings: Holdings) -> Detail {
        let seen = self.processes.get_or_init(Processes::look);
        let processes = seen.inside(&tree.path).map(|list| {
            list.into_iter().map(|process| Process { pid: process.pid, name: process.name }).collect::<Vec<_>>()
        });
        let lock = lock(tree, seen);
        let status = tree.status.filter(|status| status.complete);
        // Without its link to git the folder may still be full of work: only one that is not there is gone.
        let gone = read::is_there(&tree.path).map(|there| !there);
        let inside = std::env::current_dir().ok().map(|folder| folder.starts_with(&tree.path));
        // A folder that is gone holds no files: only its commits are left to ask about.
        let in_folder = |count: Option<u64>| if gone == Some(true) { Some(0) } else { count };
        let facts = Facts {
            main: Some(tree.main),
            gone,
            lock: Some(lock),
            detached: Some(tree.detached),
            inside,
            processes: processes.clone(),
            operations: Some(holdings.operation.map(Operation::word).map(str::to_owned).into_iter().collect()),
            changes: in_folder(status.map(|status| status.staged + status.unstaged + status.conflicted)),
            untracked: in_folder(status.map(|status| status.untracked)),
            hidden: in_folder(holdings.hidden),
            submodules: Some(u64::from(holdings.submodules)),
            nested: self.nested(tree),
            stashes: holdings.stashes,
            alone: holdings.alone,
            merged: tree.merged,
        };
        let row = self.row_of(tree);
        Detail {
            judgement: wfo_worktree::judge(&facts),
            branch: wfo_worktree::branch_may_go(&facts),
            holdings,
            processes,
            lock,
            ports: row.map(|row| row.ports.clone()).unwrap_or_default(),
            task: row.and_then(|row| row.task.clone()),
        }
    }
}

impl Scene {
    /// Counts what lies below a worktree and is not a part of it: other worktrees, and file systems that are mounted there.
    fn nested(&self, tree: &Worktree) -> Option<u64> {
        let below = |other: &&Worktree| other.path != tree.path && other.path.starts_with(&tree.path);
        let worktrees = self.git.worktrees.iter().filter(below).count();
        Some((worktrees + mounts::below(&tree.path)?) as u64)
    }
}

/// Reads who holds a lock. Claude Code names the process: `claude ... (pid 123 ...)`; its lock ends with it.
fn lock(tree: &Worktree, seen: &Processes) -> Lock {
    let Some(reason) = &tree.locked else { return Lock::Open };
    let owner = reason.strip_prefix("claude ").and_then(|rest| rest.split_once("(pid ")).map(|(_, rest)| rest);
    let pid = owner.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()).and_then(|pid| pid.parse().ok());
    match pid.map(|pid| seen.is_running(pid)) {
        Some(Some(false)) => Lock::OwnerEnded,
        _ => Lock::Held,
    }
}
