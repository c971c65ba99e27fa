//! Adds a worktree: folder, branch and git's private folder as one unit, or nothing of it.
//! Never takes a folder or a branch that was there before.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use wfo_base::process::Ran;
use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

use super::branch::{blocked, branch_tip, commit_id, drop_branch, is_full_id, require_branch_name};
use super::programs::{Occasion, plan};
use super::unlink::{is_linked_folder, private_folder};
use super::{Foreign, failed, run_patiently, said};
use crate::repository::{Repository, clean};

/// How long git may take to lay out the files.
const LIMIT: Duration = Duration::from_secs(600);

/// A worktree to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewWorktree<'a> {
    /// Where: absolute, nothing may be there; parents are made.
    pub path: &'a Path,
    /// The branch's short name.
    pub branch: &'a str,
    /// Full id of the commit at which a new branch begins; `None` for a branch that is there.
    pub start: Option<&'a str>,
    /// A file that git holds open while it works: a lock on it is free only when git has ended, too.
    pub held: Option<&'a Arc<File>>,
}

/// Adds a worktree, and its branch when `start` is given; a failure leaves nothing behind, unless git made the worktree and a hook
/// failed then: it is listed, and the caller takes it back.
///
/// # Errors
/// `worktree.exists` for a folder or branch that is there or in use, `worktree.path-refused`, `git.branch-invalid`,
/// `git.revision-unknown`, `git.locked` after 20 s of another process' lock, `tool.*`.
pub fn add_worktree(repository: &Repository, new: &NewWorktree<'_>, foreign: Foreign) -> Result<(), Problem> {
    require_branch_name(new.branch)?;
    require_place(repository, new.path)?;
    let start = match new.start {
        Some(start) => Some(commit_id(repository, start).and_then(|id| require_same(start, id))?),
        None => None,
    };
    match (branch_tip(repository, new.branch)?, &start) {
        (Some(_), Some(_)) => return Err(branch_exists(new.branch)),
        (None, None) => {
            let message = format!("there is no branch {}", code_span(new.branch));
            return Err(Problem::new(codes::GIT_REVISION_UNKNOWN, message).hint("`git branch` lists what there is"));
        }
        _ => {}
    }
    if let Some(private) = private_folder(repository, new.path) {
        let message = format!("git already knows a worktree at {}", code_span(&new.path.display().to_string()));
        return Err(Problem::new(codes::WORKTREE_EXISTS, message).hint(format!(
            "if its folder is gone for good, run `git worktree prune` (it is listed as `{}`)",
            private.file_name().unwrap_or_default().display()
        )));
    }
    claim(new.path)?;
    let mut made_branch = false;
    match build(repository, new, start.as_deref(), foreign, &mut made_branch) {
        Ok(()) => Ok(()),
        Err(problem) => Err(take_back(repository, new, start.as_deref().filter(|_| made_branch), problem)),
    }
}

fn require_same(asked: &str, found: String) -> Result<String, Problem> {
    if is_full_id(asked) && asked.eq_ignore_ascii_case(&found) {
        return Ok(found);
    }
    Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{} is not the full id of a commit", code_span(asked)))
        .hint("resolve the revision first"))
}

/// Refuses places that git writes down wrongly, and git's own folder.
fn require_place(repository: &Repository, path: &Path) -> Result<(), Problem> {
    let text = path.to_str();
    let why = match text {
        None => Some("is not UTF-8"),
        Some(_) if !path.is_absolute() => Some("is not absolute"),
        Some(_) if path.components().any(|part| part == Component::ParentDir) => Some("goes up by `..`"),
        Some(text) if text.chars().any(char::is_control) => Some("holds a control character"),
        Some(text) if text.ends_with(char::is_whitespace) => Some("ends with a blank"),
        Some(_) if settled(path).starts_with(repository.common_dir()) => Some("lies in git's own folder"),
        Some(_) => None,
    };
    let Some(why) = why else { return Ok(()) };
    let shown = code_span(&path.display().to_string());
    Err(Problem::new(codes::WORKTREE_PATH_REFUSED, format!("no worktree can be made at {shown}: it {why}"))
        .hint("name another folder"))
}

/// Resolves links of the part of a path that is there.
pub(super) fn settled(path: &Path) -> std::path::PathBuf {
    let there = path.ancestors().find_map(|up| Some((up.canonicalize().ok()?, path.strip_prefix(up).ok()?)));
    match there {
        Some((real, rest)) if rest.as_os_str().is_empty() => real,
        Some((real, rest)) => clean(&real.join(rest)),
        None => clean(path),
    }
}

/// Makes the folder: of two that want it, one gets it.
fn claim(path: &Path) -> Result<(), Problem> {
    let shown = code_span(&path.display().to_string());
    if let Some(parent) = path.parent() {
        wfo_base::atomic::make_folder(parent, false)?;
    }
    std::fs::create_dir(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Problem::new(codes::WORKTREE_EXISTS, format!("{shown} is there already"))
            .hint("use what is there, or name another folder"),
        _ => Problem::new(codes::FILE_NOT_WRITTEN, format!("the folder {shown} could not be made: {error}"))
            .hint("check the permissions and the free space"),
    })
}

fn build(
    repository: &Repository,
    new: &NewWorktree<'_>,
    start: Option<&str>,
    foreign: Foreign,
    made_branch: &mut bool,
) -> Result<(), Problem> {
    let mut plan = plan(repository, Occasion::Checkout, foreign)?;
    let git = repository.git().limit(LIMIT).hold(new.held);
    if let Some(start) = start {
        let ran = run_patiently(&git.writing(&plan.settings, ["branch", "--no-track", "--", new.branch, start]))?;
        if !ran.is_ok() {
            return Err(not_branched(new.branch, &ran));
        }
        *made_branch = true;
    }
    // Settings that count only in the new worktree can be known only when it is there; so the files come after it.
    let in_two_steps = plan.conditional && foreign == Foreign::Skip;
    if in_two_steps {
        plan.settings.push("core.hooksPath=/dev/null".into());
    }
    let mut args: Vec<&OsStr> = ["worktree", "add", "--no-guess-remote"].map(OsStr::new).to_vec();
    if in_two_steps {
        args.push(OsStr::new("--no-checkout"));
    }
    args.extend([OsStr::new("--"), new.path.as_os_str(), OsStr::new(new.branch)]);
    let ran = run_patiently(&git.writing(&plan.settings, args))?;
    if !ran.is_ok() {
        return Err(not_added(new, &ran));
    }
    if in_two_steps { fill(new) } else { Ok(()) }
}

/// Lays the files into a worktree that has none, with the settings that hold there.
fn fill(new: &NewWorktree<'_>) -> Result<(), Problem> {
    let there = Repository::open(new.path)?;
    let mut settings: Vec<OsString> = plan(&there, Occasion::Checkout, Foreign::Skip)?.settings;
    settings.push("core.hooksPath=/dev/null".into());
    let git = there.git().limit(LIMIT).hold(new.held);
    let ran = run_patiently(&git.writing(&settings, ["reset", "--hard", "--quiet", "--no-recurse-submodules"]))?;
    if ran.is_ok() { Ok(()) } else { Err(failed("reset", &ran)) }
}

fn branch_exists(branch: &str) -> Problem {
    Problem::new(codes::WORKTREE_EXISTS, format!("the branch {} is there already", code_span(branch)))
        .hint("name another branch, or make a worktree of the one that is there")
}

fn not_branched(branch: &str, ran: &Ran) -> Problem {
    let text = String::from_utf8_lossy(&ran.stderr);
    if text.contains("already exists") {
        return branch_exists(branch);
    }
    blocked(branch, &text).unwrap_or_else(|| failed("branch", ran))
}

fn not_added(new: &NewWorktree<'_>, ran: &Ran) -> Problem {
    let said = said(ran);
    let used = ["already used by worktree at '", "already checked out at '"];
    if let Some((_, place)) = used.iter().find_map(|words| said.split_once(words)) {
        let message = format!(
            "the branch {} is checked out at {}",
            code_span(new.branch),
            code_span(place.trim_end_matches('\''))
        );
        return Problem::new(codes::WORKTREE_EXISTS, message).hint("work there, or name another branch");
    }
    failed("worktree add", ran)
}

/// Removes what was made before it went wrong; adds to the problem what could not be removed. A worktree that git lists by then
/// stays (a hook failed after the checkout): somebody may work in it already, so the caller decides.
fn take_back(repository: &Repository, new: &NewWorktree<'_>, made: Option<&str>, problem: Problem) -> Problem {
    if is_linked_folder(repository, new.path) {
        return problem;
    }
    let mut left = Vec::new();
    let mut remove = |path: &Path| left.extend(wfo_base::copy::erase(path).err().map(|problem| problem.message));
    // Nothing was listed at this place before, so what is listed now is ours.
    if let Some(private) = private_folder(repository, new.path) {
        remove(&private);
    }
    remove(new.path);
    if let Some(Err(error)) = made.map(|tip| drop_branch(repository, new.branch, tip)) {
        left.push(error.message);
    }
    if left.is_empty() {
        return problem;
    }
    let message = format!("{}; what was made could not be taken back: {}", problem.message, left.join("; "));
    Problem { message, ..problem }
}
