//! The same answers from the `git` program, for repositories that the library cannot read.
//! Knows less: hidden edits are told only where there can be none.

use std::collections::BTreeSet;
use std::path::Path;

use gix::bstr::ByteSlice;

use super::{Holdings, stashes};
use crate::by_git;
use crate::git::Git;
use crate::reflog::Log;
use crate::repository::Repository;
use crate::worktrees::Place;

/// The lists that name what keeps commits.
const KEEPING: [&str; 3] = ["refs/heads/", "refs/tags/", "refs/remotes/"];

/// Looks into worktrees.
pub(super) fn holdings(repository: &Repository, wanted: &[Option<&Place>]) -> Vec<Holdings> {
    let git = repository.git();
    let format = ["for-each-ref", "--format=%(refname)%00%(symref)"];
    let listed = git.output(format.into_iter().chain(KEEPING).chain(["refs/stash"]));
    let Ok(listed) = listed else { return wanted.iter().map(|_| Holdings::default()).collect() };
    let all: Vec<(String, bool)> = listed
        .lines()
        .filter_map(|line| line.to_str().ok()?.split_once('\0').map(|(name, to)| (name.to_owned(), !to.is_empty())))
        .collect();
    let has_remotes = all.iter().any(|(name, symbolic)| !symbolic && name.starts_with("refs/remotes/"));
    let branches: BTreeSet<&str> = all.iter().filter_map(|(name, _)| name.strip_prefix("refs/heads/")).collect();
    let aliases = all.iter().any(|(name, symbolic)| *symbolic && name.starts_with("refs/heads/"));
    let has_stash = all.iter().any(|(name, _)| name == "refs/stash");
    let stash = if has_stash { stash_log(&git) } else { Some(Log::default()) };
    let look = |place: &Option<&Place>| {
        let mut holdings = Holdings { has_remotes, ..Holdings::default() };
        let Some(place) = place.filter(|place| !place.row.bare && place.row.path.is_dir()) else { return holdings };
        let there = Git::at(&place.row.path);
        let Some((branch, tip)) = head(&there, place) else { return holdings };
        holdings.operation = by_git::pseudo(&there);
        // Another name for its own branch would keep its commits in git's eyes.
        holdings.alone = if aliases { None } else { alone(&git, branch.as_deref(), &tip) };
        holdings.unpushed = has_remotes.then(|| count(&git, &[&tip, "--not", "--remotes", "--"])).flatten();
        holdings.stashes = stash.as_ref().map(|log| stashes(log, branch.as_deref(), |name| branches.contains(name)));
        holdings.hidden = hidden(&there, &place.row.path);
        holdings
    };
    wanted.iter().map(look).collect()
}

/// Returns the branch and the commit of a checkout, when the folder still belongs to it.
fn head(there: &Git, place: &Place) -> Option<(Option<String>, String)> {
    let line = |arguments: &[&str]| {
        let output = there.output(arguments).ok()?;
        Some(output.to_str().ok()?.trim_end_matches(['\n', '\r']).to_owned())
    };
    let git_dir = line(&["rev-parse", "--absolute-git-dir"])?;
    if crate::repository::clean(Path::new(&git_dir)) != place.git_dir {
        return None;
    }
    let branch = line(&["symbolic-ref", "--quiet", "HEAD"]);
    let branch = branch.map(|name| name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned));
    Some((branch, line(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?))
}

fn alone(git: &Git, branch: Option<&str>, tip: &str) -> Option<u64> {
    let exclude = branch.map(|branch| format!("--exclude={branch}"));
    let mut arguments = vec![tip, "--not"];
    arguments.extend(exclude.as_deref());
    arguments.extend(["--branches", "--tags", "--remotes", "--"]);
    count(git, &arguments)
}

fn count(git: &Git, arguments: &[&str]) -> Option<u64> {
    let output = git.output(["rev-list", "--count"].iter().chain(arguments)).ok()?;
    output.to_str().ok()?.trim().parse().ok()
}

fn stash_log(git: &Git) -> Option<Log> {
    let id = "0".repeat(40);
    let format = format!("--format={id} {id} a <b> 0 +0000%x09%gs");
    let output = git.output(["reflog", "show", &format, "refs/stash"]).ok()?;
    Some(Log::parse(&output.to_str_lossy(), false))
}

/// Zero when no flagged file is there; otherwise not determined.
fn hidden(there: &Git, root: &Path) -> Option<u64> {
    let output = there.output(["ls-files", "-v", "-z", "--full-name"]).ok()?;
    let mut lines = output.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    let shown = |line: &[u8]| {
        let (Some(tag), Some(path)) = (line.first(), line.get(2..)) else { return false };
        let flagged = tag.is_ascii_lowercase() || *tag == b'S';
        !flagged || path.to_path().is_ok_and(|path| root.join(path).symlink_metadata().is_err())
    };
    lines.all(shown).then_some(0)
}
