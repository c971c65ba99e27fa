//! Branches and kept commits: names, tips, and references that go only when they are where they were seen.
//! Never moves a branch that is there.

use gix::bstr::ByteSlice;
use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

use super::settings::{Setting, Settings};
use super::{failed, printed, run_patiently, run_quietly};
use crate::operation;
use crate::repository::Repository;

/// Where commits are kept that no branch holds any more.
const KEPT: &str = "refs/wfo/trash/";

/// The longest part of a name that a file system takes, with `.lock` after it.
const PART_LIMIT: usize = 240;

/// The longest name or revision that is handed to git.
const LENGTH_LIMIT: usize = 2_000;

/// Says whether git takes this name for a branch, by git's own rules and without asking it.
///
/// # Errors
/// `git.branch-invalid` with what is wrong.
pub fn require_branch_name(name: &str) -> Result<(), Problem> {
    let why = if name.is_empty() {
        Some("is empty".to_owned())
    } else if name.starts_with('-') {
        Some("begins with `-`, which commands take for an option".to_owned())
    } else if name.chars().any(char::is_control) {
        Some("holds a control character".to_owned())
    } else if matches!(name, "HEAD" | "@") {
        Some("is git's word for what is checked out".to_owned())
    } else if name.len() > LENGTH_LIMIT || name.split('/').any(|part| part.len() > PART_LIMIT) {
        Some(format!("is longer than a file name may be ({} bytes)", name.len()))
    } else {
        let full = format!("refs/heads/{name}");
        gix::validate::reference::name(full.as_bytes().as_bstr()).err().map(|error| format!("is refused: {error}"))
    };
    match why {
        None => Ok(()),
        Some(why) => Err(invalid(name, &why)),
    }
}

fn invalid(name: &str, why: &str) -> Problem {
    Problem::new(codes::GIT_BRANCH_INVALID, format!("the branch name {} {why}", code_span(name)))
        .hint("use letters, digits, `.`, `_`, `-` and `/`, such as `feature/login`")
}

/// Returns the full id of the commit that a revision leads to.
///
/// # Errors
/// `git.revision-unknown`; `git.no-commits` when HEAD has no commit yet and that is why; `tool.*`.
pub fn commit_id(repository: &Repository, revision: &str) -> Result<String, Problem> {
    let shown = code_span(revision);
    let sound = !revision.is_empty()
        && !revision.starts_with('-')
        && revision.len() <= LENGTH_LIMIT
        && !revision.chars().any(char::is_control);
    // `:/words` takes all that follows for words, and finds nothing but commits.
    let peeled = if revision.starts_with(":/") { revision.to_owned() } else { format!("{revision}^{{commit}}") };
    if sound && let Some(id) = resolved(repository, &peeled)? {
        return Ok(id);
    }
    if sound && resolved(repository, "HEAD^{commit}")?.is_none() && (is_head(revision) || is_empty(repository)?) {
        return Err(Problem::new(codes::GIT_NO_COMMITS, format!("{shown} leads to no commit: there is none yet"))
            .hint("make a first commit: `git commit`"));
    }
    Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{shown} leads to no commit of this repository"))
        .hint("`git branch --all` and `git tag` list what there is"))
}

fn is_head(revision: &str) -> bool {
    revision.starts_with("HEAD") || revision.starts_with('@')
}

fn is_empty(repository: &Repository) -> Result<bool, Problem> {
    let output = repository.git().output(["for-each-ref", "--count=1", "--format=x"])?;
    Ok(output.is_empty())
}

/// Returns the tip of a local branch; `None` when there is no such branch.
///
/// # Errors
/// `git.branch-invalid`, `tool.*`.
pub fn branch_tip(repository: &Repository, branch: &str) -> Result<Option<String>, Problem> {
    require_branch_name(branch)?;
    resolved(repository, &format!("refs/heads/{branch}^{{commit}}"))
}

/// Resolves what is already known to be no option; `None` when it leads nowhere.
pub(super) fn resolved(repository: &Repository, revision: &str) -> Result<Option<String>, Problem> {
    let ran = repository.git().run(["rev-parse", "--verify", "--quiet", revision]).run()?;
    let id = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
    Ok((ran.is_ok() && is_full_id(&id)).then_some(id))
}

/// Reads a file as a commit (a full id) has it; `None` when it has none of this name, or one above 1 MiB.
#[must_use]
pub fn file_at(repository: &Repository, commit: &str, path: &str) -> Option<Vec<u8>> {
    let named = is_full_id(commit).then(|| format!("{commit}:{path}"))?;
    let ran = repository.git().run(["cat-file", "blob", &named]).cap(1 << 20).run().ok()?;
    (ran.is_ok() && !ran.cut).then_some(ran.stdout)
}

/// Lists the files in which two commits (full ids) differ; `None` when that cannot be told, or there are very many.
#[must_use]
pub fn differing(repository: &Repository, one: &str, other: &str) -> Option<Vec<String>> {
    if !is_full_id(one) || !is_full_id(other) {
        return None;
    }
    let flags = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", one, other];
    let ran = repository.git().run(flags).cap(1 << 20).run().ok().filter(|ran| ran.is_ok() && !ran.cut)?;
    let names = ran.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// Says whether a commit is another one or one of its ancestors; both are full ids.
///
/// # Errors
/// `git.revision-unknown` for what is no full id, `tool.*`.
pub fn is_ancestor(repository: &Repository, older: &str, newer: &str) -> Result<bool, Problem> {
    for id in [older, newer] {
        if !is_full_id(id) {
            return Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{} is no full id", code_span(id)))
                .hint("name commits by their whole id"));
        }
    }
    Ok(repository.git().run(["merge-base", "--is-ancestor", older, newer]).run()?.is_ok())
}

pub(super) fn is_full_id(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Deletes a local branch if its tip is still `expected_tip`, in one step, and then its section of the configuration.
///
/// # Errors
/// `git.branch-moved` when it is somewhere else or gone, `worktree.exists` when a worktree has it checked out or rebases
/// it, `git.branch-invalid`, `git.locked`, `tool.*`.
pub fn delete_branch(repository: &Repository, branch: &str, expected_tip: &str) -> Result<(), Problem> {
    require_branch_name(branch)?;
    if let Some(place) = in_use(repository, branch)? {
        return Err(Problem::new(
            codes::WORKTREE_EXISTS,
            format!("the branch {} is in use at {}", code_span(branch), code_span(&place)),
        )
        .hint("remove that worktree first, or finish what is under way there"));
    }
    drop_branch(repository, branch, expected_tip)
}

/// As [`delete_branch`], without asking who uses it.
pub(super) fn drop_branch(repository: &Repository, branch: &str, expected_tip: &str) -> Result<(), Problem> {
    let (git, full) = (repository.git(), format!("refs/heads/{branch}"));
    let moved = |now: Option<&str>| {
        let now = now.map_or_else(|| "gone".to_owned(), |id| format!("at {id}"));
        let message = format!("the branch {} was to be at {expected_tip}, but is {now}", code_span(branch));
        Problem::new(codes::GIT_BRANCH_MOVED, message).hint("look at the new commits, then ask again")
    };
    let tip = branch_tip(repository, branch)?;
    if tip.as_deref() != Some(expected_tip) {
        return Err(moved(tip.as_deref()));
    }
    // The old value makes git itself refuse what moved since; --no-deref spares the target of a symbolic branch.
    let ran = run_quietly(&git, &["update-ref", "--no-deref", "-d", &full, expected_tip])?;
    if !ran.is_ok() {
        let now = branch_tip(repository, branch)?;
        let is_moved = now.as_deref() != Some(expected_tip);
        return Err(if is_moved { moved(now.as_deref()) } else { failed("update-ref", &ran) });
    }
    let is_its = |row: &Setting| matches!(row.parts(), (b"branch", name, _) if name == branch.as_bytes());
    if !Settings::read(&git)?.0.iter().any(|row| row.local && is_its(row)) {
        return Ok(());
    }
    let ran = run_quietly(&git, &["config", "--local", "--remove-section", &format!("branch.{branch}")])?;
    // That it is gone meanwhile, or stands in an included file, is no fault.
    let absent = String::from_utf8_lossy(&ran.stderr).to_lowercase().contains("no such section");
    if ran.is_ok() || absent { Ok(()) } else { Err(failed("config", &ran)) }
}

/// Names the checkout that has a branch checked out or rebases it.
pub(super) fn in_use(repository: &Repository, branch: &str) -> Result<Option<String>, Problem> {
    let full = format!("refs/heads/{branch}");
    let args = ["for-each-ref", "--format=%(refname)%00%(worktreepath)%00", &full];
    let output = printed("for-each-ref", run_patiently(&repository.git().run(args))?)?;
    let mut words = output.split(|byte| *byte == 0);
    while let (Some(name), Some(place)) = (words.next(), words.next()) {
        if name.trim_ascii_start() == full.as_bytes() && !place.is_empty() {
            return Ok(Some(String::from_utf8_lossy(place).into_owned()));
        }
    }
    let common = repository.common_dir();
    let linked = std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten().map(|entry| entry.path());
    let rebasing = linked
        .chain([common.to_owned()])
        .find(|git_dir| operation::under_way(git_dir).rebasing.as_deref() == Some(branch));
    Ok(rebasing.map(|git_dir| git_dir.display().to_string()))
}

/// Makes a branch at a commit, in one step; nothing happens to a branch of that name.
///
/// # Errors
/// `git.branch-invalid`, `git.revision-unknown` for what is no full id, `worktree.exists` when the branch is there, `git.locked`,
/// `tool.*`.
pub fn make_branch(repository: &Repository, branch: &str, commit: &str) -> Result<(), Problem> {
    require_branch_name(branch)?;
    if !is_full_id(commit) {
        return Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{} is no full id", code_span(commit)))
            .hint("name the commit by its whole id"));
    }
    let (full, nothing) = (format!("refs/heads/{branch}"), "0".repeat(commit.len()));
    let ran = run_quietly(&repository.git(), &["update-ref", "--no-deref", &full, commit, &nothing])?;
    match ran.is_ok() {
        true => Ok(()),
        false if branch_tip(repository, branch)?.is_some() => {
            Err(Problem::new(codes::WORKTREE_EXISTS, format!("the branch {} is there already", code_span(branch)))
                .hint("rename or delete it first"))
        }
        false => Err(failed("update-ref", &ran)),
    }
}

/// Holds a commit by a reference `refs/wfo/trash/<name>`, so that git's clean-up keeps it.
///
/// # Errors
/// `git.branch-invalid` for a name that no reference can have, `git.revision-unknown` for what is no full id,
/// `git.branch-moved` when the name holds another commit, `git.locked`, `tool.*`.
pub fn keep_commit(repository: &Repository, name: &str, commit: &str) -> Result<(), Problem> {
    let full = kept(name)?;
    if !is_full_id(commit) {
        return Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{} is no full id", code_span(commit)))
            .hint("name the commit by its whole id"));
    }
    let nothing = "0".repeat(commit.len());
    let ran = run_quietly(&repository.git(), &["update-ref", "--no-deref", &full, commit, &nothing])?;
    if ran.is_ok() {
        return Ok(());
    }
    match resolved(repository, &full)? {
        Some(held) if held == commit => Ok(()),
        Some(held) => {
            let message = format!("`{full}` already holds {held}");
            Err(Problem::new(codes::GIT_BRANCH_MOVED, message).hint("keep the commit by another name"))
        }
        None => Err(failed("update-ref", &ran)),
    }
}

/// Lets go of what [`keep_commit`] held; nothing happens when nothing was held.
///
/// # Errors
/// `git.branch-invalid`, `git.locked`, `tool.*`.
pub fn let_commit_go(repository: &Repository, name: &str) -> Result<(), Problem> {
    let full = kept(name)?;
    let ran = run_quietly(&repository.git(), &["update-ref", "--no-deref", "-d", &full])?;
    if ran.is_ok() || resolved(repository, &full)?.is_none() { Ok(()) } else { Err(failed("update-ref", &ran)) }
}

fn kept(name: &str) -> Result<String, Problem> {
    require_branch_name(name)?;
    Ok(format!("{KEPT}{name}"))
}

/// Says what stands in the way of a new branch whose name is part of another's, or the other way round.
pub(super) fn blocked(name: &str, said: &str) -> Option<Problem> {
    let (before, _) = said.split_once("' exists; cannot create '")?;
    let other = before.rsplit('\'').next()?;
    let other = other.strip_prefix("refs/heads/").unwrap_or(other);
    Some(invalid(name, &format!("cannot be beside the branch {}", code_span(other))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_git_or_a_shell_would_misread_are_refused() {
        let long = "x".repeat(300);
        for (name, is_fine) in [
            ("feature/login", true),
            ("fix-7", true),
            ("größe/日本語", true),
            ("a.b", true),
            ("a=b", true),
            ("", false),
            ("-", false),
            ("--force", false),
            ("two words", false),
            ("a..b", false),
            ("../up", false),
            ("a/../b", false),
            ("a//b", false),
            ("/a", false),
            ("a/", false),
            (".a", false),
            ("a/.b", false),
            ("a.lock", false),
            ("a.lock/b", false),
            ("a.", false),
            ("a@{1}", false),
            ("@", false),
            ("HEAD", false),
            ("a~1", false),
            ("a^", false),
            ("a:b", false),
            ("a?", false),
            ("a*", false),
            ("a[b", false),
            ("a\\b", false),
            ("a\nb", false),
            ("a\u{1b}[31m", false),
            ("a\u{7f}", false),
            ("a\u{9b}b", false),
            ("a\0b", false),
            (long.as_str(), false),
        ] {
            assert_eq!(require_branch_name(name).is_ok(), is_fine, "{name:?}");
        }
        let problem = require_branch_name("a\u{1b}[31mb").unwrap_err();
        assert_eq!(problem.code, codes::GIT_BRANCH_INVALID);
        assert!(!problem.message.contains('\u{1b}'), "{}", problem.message);
    }

    #[test]
    fn a_name_inside_another_is_explained() {
        let said = "cannot lock ref 'refs/heads/a': 'refs/heads/a/b' exists; cannot create 'refs/heads/a'";
        let problem = blocked("a", said).unwrap();
        assert!(problem.message.contains("beside the branch `a/b`"), "{}", problem.message);
        assert!(blocked("a", "a branch named 'a' already exists").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_taken_or_refused_without_a_panic(name: String) {
            let _ = (require_branch_name(&name), blocked(&name, &name));
        }
    }
}
