//! Merges a branch into what is checked out, or leaves everything as it was.
//! Tries the merge in git's memory first, so that a conflict never touches a file; moves nothing that is not as shown.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use wfo_base::process::Ran;
use wfo_base::text::code_span;
use wfo_base::{Problem, codes};

use super::branch::{branch_tip, is_ancestor, is_full_id, require_branch_name, resolved};
use super::programs::{Occasion, plan, programs};
use super::retry::retried;
use super::{Foreign, failed, no_hooks, printed, run_patiently};
use crate::operation;
use crate::repository::Repository;
use crate::status::changes;

/// How long git may take.
const LIMIT: Duration = Duration::from_secs(600);

/// How many paths are handed to git in one call.
const CHUNK: usize = 200;

/// What became of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It is done.
    Merged {
        /// Full id of the merge commit.
        commit: String,
    },
    /// Both sides changed the same; the checkout is as before.
    Conflict {
        /// The paths, in the order of their bytes; bytes that are not UTF-8 replaced.
        files: Vec<String>,
    },
    /// There was nothing to merge.
    UpToDate,
}

/// A merge as it was shown to whoever said yes.
#[derive(Debug, Clone, Copy)]
pub struct Merge<'a> {
    /// Short name of the branch.
    pub branch: &'a str,
    /// The whole message of the merge commit.
    pub message: &'a str,
    /// Full id of HEAD's commit as it was shown.
    pub head: &'a str,
    /// Full id of the branch's commit as it was shown.
    pub tip: &'a str,
    /// A file that git holds open while it works: a lock on it is free only when git has ended, too.
    pub held: Option<&'a Arc<File>>,
}

/// Merges by a merge commit (`--no-ff`), whatever the configuration says of merging.
///
/// A conflict, a hook that says no, or any other failure leaves HEAD, index and files as before.
///
/// # Errors
/// `git.branch-moved` when HEAD or the branch is not as shown, `git.dirty` for changes, an operation under way, or a
/// file in the way, `git.no-work-tree`, `command.unapproved` when the merge would change the hooks that it runs,
/// `git.locked`, `tool.*`.
pub fn merge(main_checkout: &Repository, request: &Merge<'_>, foreign: Foreign) -> Result<MergeOutcome, Problem> {
    if main_checkout.is_bare() {
        return Err(Problem::new(codes::GIT_NO_WORK_TREE, "a bare repository has no files to merge into")
            .hint("merge in a worktree"));
    }
    require_as_shown(main_checkout, request)?;
    require_clean(main_checkout)?;
    if is_ancestor(main_checkout, request.tip, request.head)? {
        return Ok(MergeOutcome::UpToDate);
    }
    let settings = plan(main_checkout, Occasion::Merge, foreign)?.settings;
    let result = match simulated(main_checkout, request, &settings)? {
        Simulated::Conflict(files) => return Ok(MergeOutcome::Conflict { files }),
        Simulated::Clean(tree) => tree,
        // An old git cannot say beforehand; what the branch has bounds what a merge can add.
        Simulated::Unknown => request.tip.to_owned(),
    };
    require_nothing_in_the_way(main_checkout, request.head, &result)?;
    if foreign == Foreign::Run {
        require_same_hooks(main_checkout, request.head, &result)?;
    }
    carry_out(main_checkout, request, &settings)
}

fn require_as_shown(repository: &Repository, request: &Merge<'_>) -> Result<(), Problem> {
    require_branch_name(request.branch)?;
    for id in [request.head, request.tip] {
        if !is_full_id(id) {
            return Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{} is no full id", code_span(id)))
                .hint("name commits by their whole id"));
        }
    }
    let head = resolved(repository, "HEAD^{commit}")?;
    let tip = branch_tip(repository, request.branch)?;
    for (what, now, shown) in [("HEAD".to_owned(), head, request.head), (code_span(request.branch), tip, request.tip)] {
        if now.as_deref() != Some(shown) {
            let now = now.map_or_else(|| "gone".to_owned(), |id| format!("at {id}"));
            return Err(Problem::new(codes::GIT_BRANCH_MOVED, format!("{what} was at {shown}, but is {now}"))
                .hint("look at the new state, then ask for the merge again"));
        }
    }
    Ok(())
}

fn dirty(message: String) -> Problem {
    Problem::new(codes::GIT_DIRTY, message).hint("commit or stash what is there, then merge; `git status` shows it")
}

fn require_clean(repository: &Repository) -> Result<(), Problem> {
    if let Some(operation) = operation::under_way(repository.git_dir()).operation {
        return Err(dirty(format!("a {} is under way in the checkout", operation.word())));
    }
    let found = changes(repository, None)?;
    let tracked = || found.paths.iter().filter(|change| change.kind != crate::Kind::Untracked);
    if let Some(first) = tracked().next() {
        let path = code_span(&String::from_utf8_lossy(&first.path));
        let more = tracked().map(|change| &change.path).collect::<BTreeSet<_>>().len() - 1;
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        return Err(dirty(format!("the checkout has changes that are not committed: {path}{more}")));
    }
    Ok(())
}

enum Simulated {
    Clean(String),
    Conflict(Vec<String>),
    Unknown,
}

/// Merges without touching files or references.
fn simulated(repository: &Repository, request: &Merge<'_>, settings: &[OsString]) -> Result<Simulated, Problem> {
    let args = ["merge-tree", "--write-tree", "--name-only", "-z", "--no-messages", request.head, request.tip];
    let ran = repository.git().limit(LIMIT).writing(settings, args).run()?;
    let mut words = ran.stdout.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let tree = words.next().map(|word| String::from_utf8_lossy(word).into_owned()).filter(|id| is_full_id(id));
    Ok(match (ran.status, tree) {
        (Some(0), Some(tree)) => Simulated::Clean(tree),
        (Some(1), Some(_)) => Simulated::Conflict(names(words)),
        _ => Simulated::Unknown,
    })
}

fn names<'a>(words: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let sorted: BTreeSet<&[u8]> = words.filter(|word| !word.is_empty()).collect();
    sorted.into_iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Refuses where a file that git does not track lies at a place that the merge fills. Git itself stops at untracked
/// files, but overwrites ignored ones without a word.
fn require_nothing_in_the_way(repository: &Repository, head: &str, result: &str) -> Result<(), Problem> {
    let args = ["diff-tree", "-r", "--no-renames", "--diff-filter=A", "--name-only", "-z", head, result];
    let added = repository.git().limit(LIMIT).output(args)?;
    let added = added.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    let places: BTreeSet<&[u8]> = added.filter_map(|path| occupied(repository.root(), path)).collect();
    let places: Vec<&[u8]> = places.into_iter().collect();
    for chunk in places.chunks(CHUNK) {
        let fixed = ["--literal-pathspecs", "ls-files", "-z", "--others", "--"].map(OsStr::new);
        let output = repository.git().output(fixed.into_iter().chain(chunk.iter().copied().map(OsStr::from_bytes)))?;
        if let Some(first) = output.split(|byte| *byte == 0).find(|path| !path.is_empty()) {
            return Err(in_the_way(&String::from_utf8_lossy(first)));
        }
    }
    Ok(())
}

fn in_the_way(path: &str) -> Problem {
    dirty(format!("the merge would overwrite {}, which git does not track", code_span(path)))
        .hint("move that file away, then merge")
}

/// Returns the part of a path, down from the top, at which something lies that the path cannot share.
fn occupied<'a>(root: &Path, path: &'a [u8]) -> Option<&'a [u8]> {
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(place, _)| place).chain([path.len()]);
    for end in ends {
        let part = path.get(..end)?;
        match fs::symlink_metadata(root.join(OsStr::from_bytes(part))) {
            Ok(meta) if meta.is_dir() && end < path.len() => {}
            Ok(_) => return Some(part),
            Err(_) => return None,
        }
    }
    None
}

/// Refuses where the merge changes the folder of a hook that runs after the files are laid out: its new text was not
/// approved.
fn require_same_hooks(repository: &Repository, head: &str, result: &str) -> Result<(), Problem> {
    let hooks = programs(repository, Occasion::Merge)?.hooks_below(repository.root());
    let folders: BTreeSet<&Path> = hooks.iter().map(|hook| hook.parent().unwrap_or(Path::new(""))).collect();
    for folder in folders {
        // A hook at the very top stands for itself: its folder would be everything.
        let at_top = folder.as_os_str().is_empty();
        let places = hooks.iter().filter(|hook| at_top && hook.parent() == Some(folder));
        let places = places.map(|hook| hook.as_os_str()).chain((!at_top).then_some(folder.as_os_str()));
        let fixed = ["--literal-pathspecs", "diff-tree", "-r", "--name-only", "-z", head, result, "--"].map(OsStr::new);
        let output = repository.git().output(fixed.into_iter().chain(places))?;
        if let Some(first) = output.split(|byte| *byte == 0).find(|path| !path.is_empty()) {
            let path = code_span(&String::from_utf8_lossy(first));
            let message = format!("the merge changes {path}, from where git runs hooks");
            return Err(Problem::new(codes::COMMAND_UNAPPROVED, message)
                .hint("read that change and merge by hand with `git merge --no-ff`"));
        }
    }
    Ok(())
}

fn carry_out(repository: &Repository, request: &Merge<'_>, settings: &[OsString]) -> Result<MergeOutcome, Problem> {
    let fixed = ["merge", "--no-ff", "--no-edit", "--no-stat", "--no-squash", "--commit", "--no-log", "--no-autostash"];
    let more = ["--no-progress", "--quiet", "--strategy=ort", "--cleanup=whitespace", "--no-rerere-autoupdate", "-m"];
    let args = fixed.into_iter().chain(more).chain([request.message, request.tip]);
    let run = repository.git().limit(LIMIT).hold(request.held).writing(settings, args);
    let mut conflicts = Vec::new();
    let outcome = retried(|| {
        let ran = run.run();
        if !ran.as_ref().is_ok_and(Ran::is_ok) && is_merging(repository, request.tip) {
            let output = repository.git().output(["diff", "--name-only", "--diff-filter=U", "-z"])?;
            conflicts = names(output.split(|byte| *byte == 0));
            take_back(repository, settings)?;
        }
        ran
    });
    let ran = outcome?;
    if !ran.is_ok() {
        return if conflicts.is_empty() { Err(stopped(&ran)) } else { Ok(MergeOutcome::Conflict { files: conflicts }) };
    }
    let parent = |number: u8| resolved(repository, &format!("HEAD^{number}"));
    match resolved(repository, "HEAD^{commit}")? {
        Some(commit) if commit == request.head => Ok(MergeOutcome::UpToDate),
        Some(commit) if parent(1)?.as_deref() == Some(request.head) && parent(2)?.as_deref() == Some(request.tip) => {
            Ok(MergeOutcome::Merged { commit })
        }
        _ => Err(Problem::new(codes::GIT_BRANCH_MOVED, "HEAD was moved by somebody else during the merge")
            .hint("`git log --graph` shows what is there now")),
    }
}

/// Words why git did not merge.
fn stopped(ran: &Ran) -> Problem {
    let text = String::from_utf8_lossy(&ran.stderr);
    if text.contains("would be overwritten by merge") || text.contains("would be removed by merge") {
        let named = text.lines().find_map(|line| line.strip_prefix('\t')).unwrap_or("a file");
        return in_the_way(named);
    }
    failed("merge", ran)
}

/// Says whether a merge of just this commit is under way.
/// Says whether a merge of this commit is under way in a checkout.
#[must_use]
pub fn is_merging(repository: &Repository, tip: &str) -> bool {
    operation::read(&repository.git_dir().join("MERGE_HEAD")).is_some_and(|text| text.trim() == tip)
}

/// Takes a merge back; hooks do not run, filters as in the merge itself.
fn take_back(repository: &Repository, settings: &[OsString]) -> Result<(), Problem> {
    let settings: Vec<OsString> = settings.iter().cloned().chain(no_hooks()).collect();
    let run = repository.git().limit(LIMIT).writing(&settings, ["merge", "--abort"]);
    printed("merge --abort", run_patiently(&run)?).map(drop).map_err(|problem| Problem {
        message: format!("the merge could not be taken back: {}", problem.message),
        hint: Some("run `git merge --abort` in the main checkout".to_owned()),
        ..problem
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_in_the_way_where_it_cannot_be_shared() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("dir")).unwrap();
        wfo_base::atomic::write(&folder.path().join("dir/file"), b"").unwrap();
        std::os::unix::fs::symlink("dir", folder.path().join("link")).unwrap();
        for (path, expected) in [
            (&b"new"[..], None),
            (b"dir/new", None),
            (b"dir/new/deep", None),
            (b"dir/file", Some(&b"dir/file"[..])),
            (b"dir/file/deep", Some(b"dir/file")),
            (b"dir", Some(b"dir")),
            (b"link/new", Some(b"link")),
        ] {
            assert_eq!(occupied(folder.path(), path), expected, "{}", path.escape_ascii());
        }
    }

    #[test]
    fn the_file_that_stops_git_is_named() {
        let stderr =
            b"error: The following untracked working tree files would be overwritten by merge:\n\tnew.txt\nAborting\n";
        let ran = Ran { status: Some(1), stdout: Vec::new(), stderr: stderr.to_vec(), cut: false };
        let problem = stopped(&ran);
        assert_eq!(problem.code, codes::GIT_DIRTY);
        assert!(problem.message.contains("`new.txt`"), "{}", problem.message);
    }
}
