//! Worktrees that the host asks for (`claude --worktree NAME`, sub-agents that work apart): where the host would make them itself,
//! but with ports, carried files and a row in the registry. What is not approved does not run; nobody is asked.

use std::path::PathBuf;

use wfo_base::{Diagnostic, Problem, codes, text::code_span};
use wfo_git::{Foreign, NewWorktree, Repository};

use super::create::{Create, Creation};
use super::remove::{Remove, remove};
use super::site::Site;

/// Where the host keeps its worktrees, below the main checkout.
const FOLDER: &str = ".claude/worktrees";
/// The longest name.
const NAME: usize = 64;

/// Makes the worktree `name` and returns its folder; one that is there is given again.
///
/// Where the registry or the ports are in the way, the worktree is made without them: the session must not wait for that.
///
/// # Errors
/// `git.branch-invalid` for a name that cannot be, `git.no-commits`, `worktree.exists`, and what git answers.
pub fn host_worktree(site: &Site<'_>, name: &str, notes: &mut Vec<Diagnostic>) -> Result<PathBuf, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let is_part = |part: &str| part.chars().all(plain) && !part.is_empty() && !part.starts_with(['.', '-']);
    if name.len() > NAME || !name.split('/').all(is_part) {
        return Err(Problem::new(codes::GIT_BRANCH_INVALID, format!("{} cannot name a worktree", code_span(name)))
            .hint("use letters, digits, `-`, `_`, `.` and, between parts, `/`"));
    }
    // One folder, as the host names it.
    let name = name.replace('/', "+");
    let path = site.main_root().join(FOLDER).join(&name);
    let branch = format!("worktree-{name}");
    if wfo_git::checkouts(site.repository()).iter().any(|tree| tree.path == path && !tree.prunable) {
        return Ok(path);
    }
    let existing = wfo_git::branch_tip(site.repository(), &branch)?.is_some();
    let base = wfo_git::commit_id(site.repository(), "refs/remotes/origin/HEAD").ok();
    let ask = Create {
        branch: &branch,
        base: base.as_deref().filter(|_| !existing),
        existing,
        task: None,
        ports: 2,
        carry: &[],
        path: Some(&path),
        force: true,
        setup: true,
    };
    let mut creation = Creation::plan(site, ask, notes)?;
    if creation.programs.needs_person() {
        creation = Creation::plan(site, Create { setup: false, ..ask }, notes)?;
    }
    match creation.carry_out(site, notes) {
        Ok(made) => Ok(made.path),
        Err(problem) if is_about_leases(&problem) => {
            notes.push(problem.warning());
            let start = (!existing).then_some(creation.commit.as_str());
            let new = NewWorktree { path: &creation.path, branch: &branch, start, held: None };
            wfo_git::add_worktree(site.repository(), &new, Foreign::Skip)?;
            Ok(creation.path)
        }
        Err(problem) => Err(problem),
    }
}

fn is_about_leases(problem: &Problem) -> bool {
    let id = problem.code.id;
    id.starts_with("port.") || id.starts_with("worktree.registry") || problem.code == codes::LOCK_TIMEOUT
}

/// Moves a worktree that the host is done with to the trash, when nothing in it exists nowhere else; it stays otherwise.
///
/// # Errors
/// `worktree.unsafe` with the reasons, `worktree.unknown`.
pub fn host_is_done(
    repository: &Repository,
    site: &Site<'_>,
    path: &str,
    notes: &mut Vec<Diagnostic>,
) -> Result<(), Problem> {
    let known = wfo_git::checkouts(repository).iter().any(|tree| tree.path.as_os_str() == path);
    let ask = Remove { name: path, delete_branch: false, dry_run: false };
    if known { remove(site, &ask, notes).map(|_| ()) } else { Ok(()) }
}
