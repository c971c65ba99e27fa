//! Leases of ports: take, list, free. A lease is a row of the registry; the port probe and the choice happen under its lock.

use std::path::{Path, PathBuf};

use wfo_base::trust::Subject;
use wfo_base::{Diagnostic, Problem, codes, ids, listeners, ports, read, text, text::code_span};
use wfo_worktree::{Ask, Change, Choice, Entry, Field, NewRow, PortPool};

use super::{book, env_file, scene, site::Site};

/// What `port take` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Take<'a> {
    /// For which branch.
    pub branch: &'a str,
    /// How many ports.
    pub count: u16,
    /// From which range instead of the pool.
    pub range: Option<(u16, u16)>,
    /// The env file to write the ports into, absolute.
    pub env: Option<&'a Path>,
    /// The variables, in the order of the ports; none = the setting `port.names`.
    pub names: &'a [String],
    /// Look only.
    pub dry_run: bool,
}

/// A lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The project's name.
    pub project: String,
    /// The main checkout.
    pub repo: PathBuf,
    /// The branch it is for.
    pub branch: String,
    /// Its ports, ascending.
    pub ports: Vec<u16>,
    /// Since when, as the registry has it.
    pub since: Option<String>,
    /// The worktree, where the row has one.
    pub worktree: Option<PathBuf>,
    /// Whether the worktree that the row names is not there.
    pub gone: bool,
    /// Whether this call made it.
    pub new: bool,
    /// Variables that were written into the env file.
    pub written: Vec<(String, u16)>,
}

impl Lease {
    fn of(entry: &Entry, site: &Site<'_>) -> Self {
        Self {
            project: entry.project.clone().unwrap_or_default(),
            repo: entry.repo_path.clone().unwrap_or_default(),
            branch: entry.branch.clone().unwrap_or_default(),
            ports: entry.ports.clone(),
            since: entry.created_at.clone(),
            worktree: entry.worktree_path.clone(),
            gone: is_gone(entry, site),
            new: false,
            written: Vec::new(),
        }
    }
}

/// Says whether a row's worktree, or its whole repository, is no more. What cannot be looked at is taken to be there.
pub(crate) fn is_gone(entry: &Entry, site: &Site<'_>) -> bool {
    let home = site.user_home();
    let gone = |path: &PathBuf| read::is_there(&wfo_worktree::paths::tidy(path, home.as_deref())) == Some(false);
    entry.worktree_path.as_ref().is_some_and(gone) || entry.repo_path.as_ref().is_some_and(gone)
}

/// Takes a lease, or gives the one that is there again.
///
/// # Errors
/// `port.pool-exhausted`, `port.invalid`, `git.branch-invalid`, `worktree.registry-invalid`, `lock.timeout`, `port.env-refused`.
pub fn take(site: &Site<'_>, ask: &Take<'_>, notes: &mut Vec<Diagnostic>) -> Result<Lease, Problem> {
    wfo_git::require_branch_name(ask.branch)?;
    let names = env_file::names(site, ask.names)?;
    if let Some(file) = ask.env {
        env_file::require_writable(site, file)?;
        // What cannot be read or is no text is found before anything is leased.
        env_file::write(file, &[], wfo_worktree::Missing::Leave, true)?;
    }
    let mut lease = if ask.dry_run {
        let book = book::read(site.home)?;
        chosen(site, ask, &book)?.1
    } else {
        book::change(site.home, &site.rules, notes, |book| chosen(site, ask, book))?
    };
    if lease.ports.len() != usize::from(ask.count) && !lease.new {
        notes.push(count_differs(&lease, ask.count));
    }
    if let (Some(file), false) = (ask.env, ask.dry_run) {
        let values = env_file::values(&names, &lease.ports);
        env_file::write(file, &values, wfo_worktree::Missing::Append, false)?;
        lease.written = values;
    }
    Ok(lease)
}

fn chosen(site: &Site<'_>, ask: &Take<'_>, book: &book::Book) -> Result<(Vec<Change>, Lease), Problem> {
    let home = site.user_home();
    let registry = book.registry.as_ref();
    let wanted =
        Ask { repo: site.main_root(), home: home.as_deref(), branch: ask.branch, count: ask.count, range: ask.range };
    let gone = |entry: &Entry| is_gone(entry, site);
    match wfo_worktree::choose(registry, &site.rules, &wanted, &ports::is_free, &gone)? {
        Choice::Held { index, ports } => {
            let entry = registry.and_then(|registry| registry.entries.iter().find(|entry| entry.index == index));
            let held = entry.map(|entry| Lease::of(entry, site));
            Ok((Vec::new(), Lease { ports, ..held.unwrap_or_else(|| fresh(site, ask.branch, Vec::new())) }))
        }
        Choice::Free(ports) => {
            // A row of this branch without ports (a worktree that was adopted) gets them.
            let own = book::rows_of(registry, site.main_root(), home.as_deref())
                .find(|entry| entry.branch.as_deref() == Some(ask.branch));
            let lease = match own {
                Some(entry) => Lease { ports: ports.clone(), new: true, ..Lease::of(entry, site) },
                None => fresh(site, ask.branch, ports.clone()),
            };
            let change = match own {
                Some(entry) => Change::Set { index: entry.index, field: Field::Ports(ports) },
                None => Change::Append(new_row(site, ask.branch, None, ports, None)),
            };
            Ok((vec![change], lease))
        }
    }
}

fn fresh(site: &Site<'_>, branch: &str, ports: Vec<u16>) -> Lease {
    Lease {
        project: site.place.name(),
        repo: site.main_root().to_owned(),
        branch: branch.to_owned(),
        ports,
        since: Some(site.stamp()),
        worktree: None,
        gone: false,
        new: true,
        written: Vec::new(),
    }
}

/// Makes a row of the registry for a branch of this repository.
pub(crate) fn new_row(
    site: &Site<'_>,
    branch: &str,
    worktree: Option<&Path>,
    ports: Vec<u16>,
    task: Option<&str>,
) -> NewRow {
    NewRow {
        id: ids::unique(),
        project: site.place.name(),
        repo_path: site.main_root().to_string_lossy().into_owned(),
        branch: branch.to_owned(),
        branch_slug: wfo_worktree::slug(branch),
        worktree_path: worktree.map(|path| path.to_string_lossy().into_owned()),
        ports,
        created_at: site.stamp(),
        task: task.map(str::to_owned),
    }
}

fn count_differs(lease: &Lease, count: u16) -> Diagnostic {
    let message = format!(
        "{} holds {} ports, not {count}: the same branch has the same lease",
        code_span(&lease.branch),
        lease.ports.len()
    );
    Problem::new(codes::PORT_COUNT_DIFFERS, message)
        .hint(format!(
            "free it with `wfo-helper port free --for {}` and take it again",
            text::shell_word(&lease.branch)
        ))
        .info()
}

/// All leases of the user, and the pool.
#[derive(Debug)]
pub struct Leases {
    /// By first port.
    pub leases: Vec<Lease>,
    /// Who listens on leased ports.
    pub listening: Vec<listeners::Listener>,
    /// The pool; `None` when the table cannot be read.
    pub pool: Option<PortPool>,
}

/// Lists the leases of all repositories, by first port.
///
/// # Errors
/// `worktree.registry-invalid`.
pub fn leases(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Leases, Problem> {
    let book = book::read(site.home)?;
    let registry = book.registry.as_ref();
    notes.extend(registry.into_iter().flat_map(|registry| registry.notes.iter().cloned()));
    let entries = registry.map_or(&[][..], |registry| &registry.entries);
    let mut leases: Vec<Lease> =
        entries.iter().filter(|entry| !entry.ports.is_empty()).map(|entry| Lease::of(entry, site)).collect();
    leases.sort_by(|a, b| a.ports.cmp(&b.ports));
    let all: Vec<u16> = leases.iter().flat_map(|lease| lease.ports.iter().copied()).collect();
    let pool = scene::pool(registry, &site.rules);
    Ok(Leases { leases, listening: listeners::on(&all), pool: Some(pool) })
}

/// What `port free` would do, before it does it.
#[derive(Debug)]
pub struct Freeing {
    /// The lease.
    pub lease: Lease,
    index: usize,
}

impl Freeing {
    /// Says whether the lease's worktree is there, so that a person must say yes.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        self.lease.worktree.is_some() && !self.lease.gone
    }

    /// What the yes is bound to.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let ports: Vec<String> = self.lease.ports.iter().map(u16::to_string).collect();
        let tree = self.lease.worktree.as_deref().map(Path::to_string_lossy).unwrap_or_default();
        Subject {
            command: format!("port free --for {}", self.lease.branch),
            arguments: String::new(),
            main_checkout: site.place.identity(),
            state: format!("{}\n{tree}", ports.join(",")),
        }
    }

    /// Frees the lease: the row goes when it is nothing but a lease; a row with a worktree keeps the rest.
    ///
    /// # Errors
    /// `lock.timeout`, `worktree.registry-invalid`, and `port.no-lease` when somebody else freed it meanwhile.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
        book::change(site.home, &site.rules, notes, |book| {
            let now = found(site, book.registry.as_ref(), &self.lease.branch)?;
            if (&now.lease.ports, &now.lease.worktree) != (&self.lease.ports, &self.lease.worktree) {
                let message = format!("the lease of {} is another than was looked at", code_span(&self.lease.branch));
                return Err(
                    Problem::new(codes::PROPOSAL_STALE, message).hint("look at it again with `wfo-helper port list`")
                );
            }
            let change = match now.lease.worktree {
                Some(_) => Change::Set { index: now.index, field: Field::Ports(Vec::new()) },
                None => Change::Remove { index: now.index },
            };
            Ok((vec![change], ()))
        })
    }
}

/// Finds the lease that `port free` is about.
///
/// # Errors
/// `port.no-lease`, `worktree.registry-invalid`.
pub fn free(site: &Site<'_>, branch: &str) -> Result<Freeing, Problem> {
    found(site, book::read(site.home)?.registry.as_ref(), branch)
}

fn found(site: &Site<'_>, registry: Option<&wfo_worktree::Registry>, branch: &str) -> Result<Freeing, Problem> {
    let home = site.user_home();
    book::rows_of(registry, site.main_root(), home.as_deref())
        .find(|entry| entry.branch.as_deref() == Some(branch) && !entry.ports.is_empty())
        .map(|entry| Freeing { lease: Lease::of(entry, site), index: entry.index })
        .ok_or_else(|| {
            Problem::new(codes::PORT_NO_LEASE, format!("no ports are leased for {} here", code_span(branch)))
                .hint("`wfo-helper port list` shows the leases")
        })
}
