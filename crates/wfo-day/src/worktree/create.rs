//! `worktree create`: branch, worktree, lease, registry row, carried files and set-up as one unit. A failure on the way takes
//! back what was done; a killed process leaves a note by which the next command does so.

use std::path::{Component, Path, PathBuf};

use wfo_base::pending::Pending;
use wfo_base::{Diagnostic, Problem, codes, ports, text, text::code_span};
use wfo_git::{NewWorktree, Occasion, Worktree};
use wfo_worktree::{Ask, Change, Choice, Entry, Field};

use super::outfit::{self, Outfit};
use super::programs::Asked;
use super::repair::{OldRow, Work};
use super::site::{self, Site};
use super::{book, lease, repair};

/// What `worktree create` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Create<'a> {
    /// The branch, without `refs/heads/`.
    pub branch: &'a str,
    /// Where a new branch begins; none = the commit of the checkout that the command runs in.
    pub base: Option<&'a str>,
    /// Check out a branch that is there instead of making one.
    pub existing: bool,
    /// What it is for.
    pub task: Option<&'a str>,
    /// How many ports; 0 = none.
    pub ports: u16,
    /// More patterns of ignored files to carry.
    pub carry: &'a [String],
    /// The folder, absolute; none = by the table `branches`.
    pub path: Option<&'a Path>,
    /// More worktrees than the table allows.
    pub force: bool,
    /// Run the set-up command and what git's configuration of the repository names.
    pub setup: bool,
}

/// A worktree that can be made, looked at but not made.
#[derive(Debug)]
pub struct Creation<'a> {
    ask: Create<'a>,
    /// Where it will be.
    pub path: PathBuf,
    /// The commit it begins with.
    pub commit: String,
    /// What the repository would run.
    pub programs: Asked,
}

/// A worktree that was made (or, on a dry run, would be).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its folder.
    pub path: PathBuf,
    /// Its branch.
    pub branch: String,
    /// The commit it began with.
    pub commit: String,
    /// Its ports.
    pub ports: Vec<u16>,
    /// What was brought along and written.
    pub outfit: Outfit,
}

impl<'a> Creation<'a> {
    /// Looks whether it can be made, and how.
    ///
    /// # Errors
    /// `git.branch-invalid`, `git.no-commits`, `git.revision-unknown`, `worktree.exists`, `worktree.path-refused`.
    pub fn plan(site: &Site<'_>, ask: Create<'a>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        wfo_git::require_branch_name(ask.branch)?;
        let checkouts = wfo_git::checkouts(site.repository());
        let tip = wfo_git::branch_tip(site.repository(), ask.branch)?;
        // A main checkout without a commit is on a branch that is not there: that has its own words.
        let holds = |tree: &&Worktree| tree.branch.as_deref() == Some(ask.branch) && (tip.is_some() || !tree.main);
        if let Some(there) = checkouts.iter().find(holds) {
            return Err(checked_out(ask.branch, there));
        }
        let commit = match (tip, ask.existing) {
            (Some(tip), true) => tip,
            (Some(_), false) => return Err(branch_is_there(ask.branch)),
            (None, true) => return Err(no_branch(ask.branch)),
            (None, false) => wfo_git::commit_id(site.repository(), ask.base.unwrap_or("HEAD"))?,
        };
        let path = folder(site, &ask, notes)?;
        if std::fs::symlink_metadata(&path).is_ok() {
            return Err(folder_is_there(&path));
        }
        let active = checkouts.iter().filter(|tree| !tree.main && !tree.prunable).count();
        let most = usize::from(site.rules.max_per_project);
        notes.extend((ask.force && active >= most).then(|| too_many(active, most).warning()));
        let command = format!("worktree create {}", ask.branch);
        let mut programs = Asked::look(site, site.repository(), Occasion::Checkout, (ask.setup, true), command)?;
        programs.compare(site, &commit);
        Ok(Self { ask, path, commit, programs })
    }

    /// Says what would be made.
    ///
    /// # Errors
    /// As [`Creation::carry_out`] for what can be known before.
    pub fn preview(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Created, Problem> {
        let book = book::read(site.home)?;
        let (_, ports) = self.row(site, &book)?;
        let outfit = outfit::preview(site, self.ask.carry, &ports, notes)?;
        Ok(self.created(ports, outfit))
    }

    /// Makes it.
    ///
    /// # Errors
    /// `worktree.limit`, `worktree.busy`, `worktree.setup-failed`, `port.pool-exhausted`, `git.locked`, and what else git, the
    /// disk or the registry answer: everything is then as it was before.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Created, Problem> {
        let mut work = self.work(None);
        let Some(mut pending) = site.pending().begin(&repair::key(&self.path), &work)? else {
            return Err(repair::busy(&self.path));
        };
        match self.make(site, &mut pending, &mut work, notes) {
            Ok(created) => {
                pending.done();
                Ok(created)
            }
            Err(Failed { problem, reached }) => {
                // What cannot be taken back now stays noted, and is taken back by the next command.
                let taken_back = match reached {
                    Reached::Nothing => Ok(()),
                    // Git has left nothing; what stands at the place now is somebody else's.
                    Reached::Row => repair::give_row_back(site, &work, notes),
                    Reached::Tree => repair::take_back(site, &work, notes).map(drop),
                };
                match taken_back {
                    Ok(()) => pending.done(),
                    Err(second) => notes.push(second.warning()),
                }
                Err(problem)
            }
        }
    }

    /// Words what is under way; `row` is the row that becomes this one's.
    fn work(&self, row: Option<OldRow>) -> Work {
        let new_branch = (!self.ask.existing).then(|| self.commit.clone());
        Work::Create { branch: self.ask.branch.to_owned(), path: self.path.clone(), new_branch, row }
    }

    fn make(
        &self,
        site: &Site<'_>,
        pending: &mut Pending,
        work: &mut Work,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Created, Failed> {
        let at = |reached| move |problem| Failed { problem, reached };
        let lease = |book: &book::Book| {
            let leased = self.row(site, book)?;
            if let Some(row) = self.old_row(site, book) {
                *work = self.work(Some(row));
                pending.note(work)?;
            }
            Ok(leased)
        };
        let ports = book::change(site.home, &site.rules, notes, lease).map_err(at(Reached::Nothing))?;
        let parent = self.path.parent().unwrap_or(Path::new("/"));
        wfo_base::atomic::make_folder(parent, false).map_err(at(Reached::Row))?;
        let start = (!self.ask.existing).then_some(self.commit.as_str());
        // Git may outlive this process; until it has ended, nobody puts right what it is still doing.
        let held = Some(pending.lock());
        let new = NewWorktree { path: &self.path, branch: self.ask.branch, start, held };
        wfo_git::add_worktree(site.repository(), &new, self.programs.foreign()).map_err(|problem| {
            // What is there already, or no place for a worktree, was never ours.
            let foreign = [codes::WORKTREE_EXISTS, codes::WORKTREE_PATH_REFUSED].contains(&problem.code);
            Failed { problem, reached: if foreign { Reached::Row } else { Reached::Tree } }
        })?;
        let outfit = outfit::dress(site, self, &ports, pending, notes).map_err(at(Reached::Tree))?;
        Ok(self.created(ports, outfit))
    }

    fn created(&self, ports: Vec<u16>, outfit: Outfit) -> Created {
        Created {
            path: self.path.clone(),
            branch: self.ask.branch.to_owned(),
            commit: self.commit.clone(),
            ports,
            outfit,
        }
    }

    pub(crate) fn carry(&self) -> &[String] {
        self.ask.carry
    }

    /// Remembers the row that the branch has already.
    fn old_row(&self, site: &Site<'_>, book: &book::Book) -> Option<OldRow> {
        let home = site.user_home();
        let mut rows = book::rows_of(book.registry.as_ref(), site.main_root(), home.as_deref());
        rows.find(|entry| entry.branch.as_deref() == Some(self.ask.branch)).map(OldRow::of)
    }

    /// Chooses the ports and the row's change, under the registry's lock.
    fn row(&self, site: &Site<'_>, book: &book::Book) -> Result<(Vec<Change>, Vec<u16>), Problem> {
        let home = site.user_home();
        let registry = book.registry.as_ref();
        let own = || book::rows_of(registry, site.main_root(), home.as_deref());
        let of_branch = own().find(|entry| entry.branch.as_deref() == Some(self.ask.branch));
        if let Some(there) = of_branch.filter(|entry| entry.worktree_path.is_some() && !lease::is_gone(entry, site)) {
            return Err(row_is_there(there));
        }
        self.within_limit(site, own())?;
        let ports = match self.ask.ports {
            // A lease that is there is the branch's, whatever is asked for.
            0 => of_branch.map(|entry| entry.ports.clone()).unwrap_or_default(),
            count => {
                let ask =
                    Ask { repo: site.main_root(), home: home.as_deref(), branch: self.ask.branch, count, range: None };
                let gone = |entry: &Entry| lease::is_gone(entry, site);
                match wfo_worktree::choose(registry, &site.rules, &ask, &ports::is_free, &gone)? {
                    Choice::Held { ports, .. } | Choice::Free(ports) => ports,
                }
            }
        };
        let path = self.path.to_string_lossy().into_owned();
        let changes = match of_branch {
            // A lease that was taken before, or the row of a worktree that is no more: it becomes this one's.
            Some(entry) => {
                let set = |field| Change::Set { index: entry.index, field };
                let task = self.ask.task.map(|task| set(Field::Task(Some(task.to_owned()))));
                [set(Field::Path(Some(path))), set(Field::Ports(ports.clone())), set(Field::Status("active"))]
                    .into_iter()
                    .chain(task)
                    .collect()
            }
            None => {
                let row = lease::new_row(site, self.ask.branch, Some(&self.path), ports.clone(), self.ask.task);
                vec![Change::Append(row)]
            }
        };
        Ok((changes, ports))
    }

    /// Counts git's linked worktrees and the rows of those that others are making right now.
    fn within_limit<'r>(&self, site: &Site<'_>, rows: impl Iterator<Item = &'r Entry>) -> Result<(), Problem> {
        let mut folders: Vec<PathBuf> = wfo_git::checkouts(site.repository())
            .into_iter()
            .filter(|checkout| !checkout.main && !checkout.prunable)
            .map(|checkout| checkout.path)
            .collect();
        let busy = |path: &Path| site.pending().is_noted(&repair::key(path));
        folders.extend(rows.filter_map(|entry| entry.worktree_path.clone()).filter(|path| busy(path)));
        folders.sort();
        folders.dedup();
        let (active, most) = (folders.len(), usize::from(site.rules.max_per_project));
        if active < most {
            return Ok(());
        }
        if self.ask.force { Ok(()) } else { Err(too_many(active, most)) }
    }
}

fn too_many(active: usize, most: usize) -> Problem {
    Problem::new(codes::WORKTREE_LIMIT, format!("{active} worktrees are active, and the table allows {most}"))
        .hint("finish one (`wfo-helper worktree status`), or go beyond with `--force`")
}

/// How far a creation came.
#[derive(Debug, Clone, Copy)]
enum Reached {
    /// Nothing was written.
    Nothing,
    /// The row of the registry.
    Row,
    /// The worktree.
    Tree,
}

/// A failure, and what is ours to take back.
struct Failed {
    problem: Problem,
    reached: Reached,
}

/// Finds the folder: the one that was named, else by table and setting. Links above it are resolved.
fn folder(site: &Site<'_>, ask: &Create<'_>, notes: &mut Vec<Diagnostic>) -> Result<PathBuf, Problem> {
    let path = match ask.path {
        Some(path) => wfo_worktree::paths::tidy(path, site.user_home().as_deref()),
        None => site::location(site, ask.branch, notes)?,
    };
    let real = resolved(&path);
    let inside = |folder: &Path| real.starts_with(folder);
    let closed = real.components().any(|part| part == Component::Normal(".git".as_ref()));
    if closed || inside(site.repository().common_dir()) || inside(site.repository().git_dir()) {
        return Err(refused(&real, "is inside a git folder"));
    }
    let in_worktree = wfo_git::checkouts(site.repository())
        .into_iter()
        .find(|tree| !tree.main && inside(&tree.path) && tree.path != real);
    if in_worktree.is_some() {
        return Err(refused(&real, "is inside another worktree"));
    }
    Ok(real)
}

/// Resolves the links of the part of a path that is there.
fn resolved(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|above| Some((above, std::fs::canonicalize(above).ok()?)));
    match there {
        Some((above, real)) => match path.strip_prefix(above) {
            Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
            _ => real,
        },
        None => path.to_owned(),
    }
}

fn refused(path: &Path, why: &str) -> Problem {
    Problem::new(codes::WORKTREE_PATH_REFUSED, format!("`{}` {why}", path.display()))
        .hint("name another folder with `--path DIR`")
}

fn checked_out(branch: &str, there: &Worktree) -> Problem {
    let place = if there.main { "the main checkout" } else { "a worktree" };
    let message = format!("{} is checked out in {place}: `{}`", code_span(branch), there.path.display());
    Problem::new(codes::WORKTREE_EXISTS, message)
        .hint(format!("work there: `cd {}`", text::shell_word(&there.path.to_string_lossy())))
}

fn branch_is_there(branch: &str) -> Problem {
    Problem::new(codes::WORKTREE_EXISTS, format!("the branch {} is there already", code_span(branch))).hint(format!(
        "check it out as it is with `wfo-helper worktree create {} --existing`",
        text::shell_word(branch)
    ))
}

fn no_branch(branch: &str) -> Problem {
    Problem::new(codes::GIT_REVISION_UNKNOWN, format!("there is no branch {}", code_span(branch)))
        .hint("leave `--existing` out to make it")
}

fn folder_is_there(path: &Path) -> Problem {
    Problem::new(codes::WORKTREE_EXISTS, format!("the folder `{}` is there already", path.display()))
        .hint("name another one with `--path DIR`")
}

fn row_is_there(entry: &Entry) -> Problem {
    let branch = entry.branch.as_deref().unwrap_or_default();
    let path = entry.worktree_path.as_deref().unwrap_or(Path::new("")).display().to_string();
    Problem::new(codes::WORKTREE_EXISTS, format!("{} has a worktree: `{path}`", code_span(branch)))
        .hint(format!("work there: `cd {}`", text::shell_word(&path)))
}
