//! `worktree merge`: a branch into what the main checkout has, with a merge commit. Tried in memory first; a conflict leaves the
//! checkout as it was. A proposal: nothing is merged without a person's yes to exactly these two commits.

use wfo_base::trust::Subject;
use wfo_base::{Diagnostic, Problem, codes, text::code_span};
use wfo_git::{Merge, MergeOutcome, Merges, Occasion, Operation, Repository};
use wfo_worktree::{Change, Field};

use super::programs::Asked;
use super::repair::Work;
use super::{book, repair, site::Site};
use crate::tables;

/// What `worktree merge` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct MergeAsk<'a> {
    /// The branch.
    pub branch: &'a str,
    /// The message; none = by the table `merge-messages`.
    pub message: Option<&'a str>,
    /// Let git's hooks, filters and drivers of the repository run.
    pub hooks: bool,
}

/// A merge that can be made, looked at but not made.
#[derive(Debug)]
pub struct MergePlan {
    /// The branch.
    pub branch: String,
    /// The branch that the main checkout is on.
    pub into: String,
    /// The message of the merge commit.
    pub message: String,
    /// Files that the branch changes; `None` over the bound.
    pub files: Option<Vec<String>>,
    /// Files in conflict; `None` when that could not be determined.
    pub conflicts: Option<Vec<String>>,
    /// Whether there is nothing to merge.
    pub up_to_date: bool,
    /// What the repository would run.
    pub programs: Asked,
    head: String,
    tip: String,
    main: Repository,
}

/// What became of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// The merge commit.
    Done(String),
    /// Files in conflict; the checkout is as it was.
    Conflict(Vec<String>),
    /// There was nothing to merge.
    UpToDate,
}

impl MergePlan {
    /// Looks at both sides.
    ///
    /// # Errors
    /// `git.no-work-tree`, `git.revision-unknown`, `git.dirty`, `git.unreadable`.
    pub fn look(site: &Site<'_>, ask: &MergeAsk<'_>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        wfo_git::require_branch_name(ask.branch)?;
        let main = Repository::discover(site.main_root())?
            .filter(|main| !main.is_bare())
            .ok_or_else(|| no_checkout(site.main_root()))?;
        let into = require_clean(&main)?;
        let head = wfo_git::commit_id(&main, "HEAD")?;
        let tip = wfo_git::branch_tip(&main, ask.branch)?.ok_or_else(|| no_branch(ask.branch))?;
        notes.extend(unfinished(site, ask.branch));
        let mut merges = Merges::open(&main)?;
        let trial = merges.trial(&head, &tip);
        let task = task_of(site, ask.branch)?;
        let message = match ask.message {
            Some(message) => message.to_owned(),
            None => {
                let rows = tables::MERGE_MESSAGES.load(&site.layers).drain_into(notes);
                let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
                wfo_worktree::merge_message(ask.branch, task.as_deref(), &into, &rows)
            }
        };
        let files = merges.changed(&head, &tip);
        let command = format!("worktree merge {}", ask.branch);
        let mut programs = Asked::look(site, &main, Occasion::Merge, (ask.hooks, false), command)?;
        programs.compare(site, &tip);
        Ok(Self {
            up_to_date: wfo_git::is_ancestor(&main, &tip, &head)?,
            files,
            conflicts: trial.map(|trial| trial.conflicts),
            programs,
            branch: ask.branch.to_owned(),
            into,
            message,
            head,
            tip,
            main,
        })
    }

    /// What the yes is bound to.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let programs = self.programs.subject(site).state;
        Subject {
            command: format!("worktree merge {}", self.branch),
            arguments: String::new(),
            main_checkout: site.place().identity(),
            state: [&self.into, &self.head, &self.tip, &self.message, &programs].map(String::as_str).join("\n"),
        }
    }

    /// Each single act, in words.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let short = |id: &str| id.chars().take(10).collect::<String>();
        let subject = self.message.lines().next().unwrap_or_default();
        let files = match &self.files {
            Some(files) => plural(files.len()),
            None => "very many files".to_owned(),
        };
        let forecast = match self.conflicts.as_deref() {
            Some([]) => "no conflict in a trial merge".to_owned(),
            Some(conflicts) => format!("{} in conflict in a trial merge", plural(conflicts.len())),
            None => "conflicts could not be forecast".to_owned(),
        };
        let mut acts = vec![
            format!(
                "merge {} ({}) into {} ({}) of the main checkout",
                code_span(&self.branch),
                short(&self.tip),
                code_span(&self.into),
                short(&self.head)
            ),
            format!("with the message {}", code_span(subject)),
            format!("{files}; {forecast}"),
        ];
        if self.programs.needs_person() {
            acts.extend(self.programs.lines());
        }
        acts
    }

    /// Merges. `approved`: the yes also covers what the repository would run.
    ///
    /// # Errors
    /// `git.branch-moved`, `git.dirty`, `worktree.busy`, and what git answers.
    pub fn carry_out(&mut self, site: &Site<'_>, hooks: bool, notes: &mut Vec<Diagnostic>) -> Result<Merged, Problem> {
        if hooks && self.programs.needs_person() {
            self.programs.approve(site)?;
            self.programs.approved_now();
        }
        let work = Work::Merge { branch: self.branch.clone(), tip: self.tip.clone() };
        let Some(pending) = site.pending().begin(&repair::key(site.main_root()), &work)? else {
            return Err(repair::busy(site.main_root()));
        };
        let request = Merge {
            branch: &self.branch,
            message: &self.message,
            head: &self.head,
            tip: &self.tip,
            held: Some(pending.lock()),
        };
        let outcome = wfo_git::merge(&self.main, &request, self.programs.foreign());
        pending.done();
        Ok(match outcome? {
            MergeOutcome::Conflict { files } => Merged::Conflict(files),
            MergeOutcome::UpToDate => Merged::UpToDate,
            MergeOutcome::Merged { commit } => {
                // The merge stands, whatever becomes of the note about it.
                notes.extend(note_merged(site, &self.branch).err().map(Problem::warning));
                Merged::Done(commit)
            }
        })
    }
}

fn plural(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

/// Returns the branch of the main checkout, when nothing in it would be mixed with a merge.
fn require_clean(main: &Repository) -> Result<String, Problem> {
    let options = wfo_git::Options { worktrees: false, worktree_status: false, ..wfo_git::Options::default() };
    let git = wfo_git::snapshot(main, &options);
    let dirty = |what: String, remedy: &str| {
        Err(Problem::new(codes::GIT_DIRTY, format!("the main checkout {what}, so nothing is merged there"))
            .hint(remedy))
    };
    if let Some(operation) = git.operation.map(Operation::word) {
        return dirty(format!("has a {operation} under way"), "finish or abort it first");
    }
    let Some(branch) = git.branch.filter(|_| !git.detached) else {
        return dirty("is on no branch".to_owned(), "check out the branch that is to be merged into");
    };
    // What git was told not to look at would be written over by a merge.
    let checkout = wfo_git::checkouts(main).into_iter().find(|tree| tree.main).unwrap_or_default();
    match wfo_git::holdings(main, &[checkout]).first().and_then(|holdings| holdings.hidden) {
        Some(0) => {}
        Some(_) => {
            let what =
                "has changed files that git was told not to look at (assume-unchanged, skip-worktree)".to_owned();
            return dirty(what, "undo that with `git update-index`, and commit or stash them first");
        }
        None => return dirty("could not be read".to_owned(), "run `git status` there to see why"),
    }
    match git.status {
        Some(status) if status.complete => {
            let changes = status.staged + status.unstaged + status.conflicted;
            let noun = if changes == 1 { "change" } else { "changes" };
            match changes {
                0 => Ok(branch),
                _ => dirty(format!("has {changes} {noun} that are not committed"), "commit or stash them first"),
            }
        }
        _ => dirty("could not be read".to_owned(), "run `git status` there to see why"),
    }
}

/// Warns that the branch's worktree has what the merge would not bring.
fn unfinished(site: &Site<'_>, branch: &str) -> Option<Diagnostic> {
    let git = wfo_git::snapshot(site.repository(), &wfo_git::Options::default());
    let tree = git.worktrees.iter().find(|tree| !tree.main && tree.branch.as_deref() == Some(branch))?;
    let changes = tree.changes().filter(|changes| *changes > 0)?;
    let noun = if changes == 1 { "change is" } else { "changes are" };
    let message =
        format!("{changes} {noun} not committed in the worktree of {}; a merge does not bring them", code_span(branch));
    Some(Problem::new(codes::GIT_DIRTY, message).hint("commit them there first").warning())
}

fn task_of(site: &Site<'_>, branch: &str) -> Result<Option<String>, Problem> {
    let home = site.user_home();
    let book = book::read(site.home)?;
    let mut rows = book::rows_of(book.registry.as_ref(), site.main_root(), home.as_deref());
    Ok(rows.find(|row| row.branch.as_deref() == Some(branch)).and_then(|row| row.task.clone()))
}

fn note_merged(site: &Site<'_>, branch: &str) -> Result<(), Problem> {
    let home = site.user_home();
    let mut notes = Vec::new();
    book::change(site.home, &site.rules, &mut notes, |book| {
        let rows = book::rows_of(book.registry.as_ref(), site.main_root(), home.as_deref());
        let own = rows.filter(|row| row.branch.as_deref() == Some(branch));
        Ok((own.map(|row| Change::Set { index: row.index, field: Field::Status("merged") }).collect(), ()))
    })
}

fn no_checkout(folder: &std::path::Path) -> Problem {
    Problem::new(codes::GIT_NO_WORK_TREE, format!("`{}` is bare: there is no checkout to merge in", folder.display()))
        .hint("merge in a worktree by hand")
}

fn no_branch(branch: &str) -> Problem {
    Problem::new(codes::GIT_REVISION_UNKNOWN, format!("there is no branch {}", code_span(branch)))
        .hint("`wfo-helper worktree list` shows the branches of the worktrees")
}
