//! Everything of a snapshot but status, read with the `git` program: for what the library cannot read.
//! Slower by some processes; never runs what the repository names.

use std::collections::{BTreeMap, BTreeSet};

use gix::bstr::ByteSlice;
use jiff::Zoned;
use wfo_base::Problem;

use crate::by_gix::RECENT;
use crate::commits::zoned;
use crate::facts::{Commit, Operation, Snapshot, Upstream, Worktree};
use crate::git::Git;
use crate::merged::{Evidence, verdict};
use crate::operation;
use crate::reflog::Log;
use crate::repository::Repository;
use crate::snapshot::noted;
use crate::worktrees::Place;

/// How many commits of the default branch are searched for a squash.
const SQUASH_CAP: &str = "200";

/// Reads them.
pub(crate) fn facts(repository: &Repository, places: Vec<Place>) -> Snapshot {
    let git = repository.git();
    let under_way = operation::under_way(repository.git_dir());
    let mut taken = Snapshot { operation: under_way.operation, rebasing: under_way.rebasing, ..Snapshot::default() };
    let mut notes = Vec::new();
    let refs = noted("the references", References::read(&git), &mut notes).unwrap_or_default();
    let head = head(&git);
    taken.branch = head.branch.clone();
    taken.detached = head.branch.is_none() && head.id.is_some();
    taken.unborn = head.branch.is_some() && head.id.is_none();
    if matches!(taken.operation, None | Some(Operation::Bisect)) {
        taken.operation = pseudo(&git).or(taken.operation);
    }
    taken.stashes = noted("the stash", stashes(&git, &refs), &mut notes);
    taken.shallow = repository.common_dir().join("shallow").metadata().is_ok_and(|meta| meta.len() > 0);
    if let Some(id) = &head.id {
        taken.recent_commits = noted("the latest commits", commits(&git, id), &mut notes).unwrap_or_default();
        taken.head = taken.recent_commits.first().cloned();
        taken.last_tag = if refs.tags { tag(&git, id) } else { None };
    }
    let known = head.branch.is_some() || head.id.is_some();
    taken.upstream = known.then(|| upstream(&git, &refs, &head));
    let default = default_branch(&git, &refs, if taken.unborn { head.branch.as_deref() } else { None });
    taken.worktrees = places.into_iter().map(|place| stand(&git, place, &refs, default.as_deref())).collect();
    taken.default_branch = default;
    taken.notes = notes;
    taken
}

/// One reference: what it points to, and what it follows.
#[derive(Debug, Clone, Default)]
struct Reference {
    id: String,
    upstream: String,
}

/// All references by full name.
#[derive(Debug, Clone, Default)]
struct References {
    by_name: BTreeMap<String, Reference>,
    tags: bool,
}

impl References {
    fn read(git: &Git) -> Result<Self, Problem> {
        let format = "--format=%(refname)%00%(objectname)%00%(upstream)";
        let output = git.output(["for-each-ref", format])?;
        let mut by_name = BTreeMap::new();
        for line in output.lines() {
            let mut fields = line.split(|byte| *byte == 0).map(|field| field.to_str_lossy().into_owned());
            let mut next = || fields.next().unwrap_or_default();
            let name = next();
            by_name.insert(name, Reference { id: next(), upstream: next() });
        }
        let tags = by_name.keys().any(|name| name.starts_with("refs/tags/"));
        Ok(Self { by_name, tags })
    }

    fn id(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(|reference| reference.id.as_str()).filter(|id| !id.is_empty())
    }
}

#[derive(Debug, Clone, Default)]
struct Head {
    branch: Option<String>,
    id: Option<String>,
}

fn head(git: &Git) -> Head {
    Head {
        branch: line(git, &["symbolic-ref", "--quiet", "HEAD"])
            .map(|name| name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned()),
        id: line(git, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]),
    }
}

/// Runs a call whose failing is an answer too, and returns its only line.
fn line(git: &Git, arguments: &[&str]) -> Option<String> {
    let output = git.output(arguments).ok()?;
    let text = output.to_str_lossy();
    let text = text.trim_end_matches(['\n', '\r']);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The marks of a pick and a revert are references, which a table of references hides from the git folder.
pub(crate) fn pseudo(git: &Git) -> Option<Operation> {
    let has = |name: &str| line(git, &["rev-parse", "--verify", "--quiet", name]).is_some();
    if has("CHERRY_PICK_HEAD") {
        Some(Operation::CherryPick)
    } else if has("REVERT_HEAD") {
        Some(Operation::Revert)
    } else {
        None
    }
}

fn stashes(git: &Git, refs: &References) -> Result<u64, Problem> {
    if refs.id("refs/stash").is_none() {
        return Ok(0);
    }
    let output = git.output(["reflog", "show", "--format=%H", "refs/stash"])?;
    Ok(output.lines().count() as u64)
}

fn commits(git: &Git, id: &str) -> Result<Vec<Commit>, Problem> {
    let count = format!("--max-count={RECENT}");
    let output = git.output(["log", &count, "--no-show-signature", "-z", "--format=%H%n%ct %ci%n%s", id, "--"])?;
    Ok(output.split(|byte| *byte == 0).filter_map(commit).collect())
}

fn commit(record: &[u8]) -> Option<Commit> {
    let text = record.to_str_lossy();
    let mut lines = text.splitn(3, '\n');
    let (id, when, subject) = (lines.next()?, lines.next()?, lines.next()?);
    Some(Commit { id: id.to_owned(), subject: subject.trim_end().to_owned(), time: time(when)? })
}

/// Reads `1700000000 2023-11-14 22:13:20 +0200`.
fn time(text: &str) -> Option<Zoned> {
    let seconds = text.split(' ').next()?.parse().ok()?;
    let offset: i32 = text.rsplit(' ').next()?.parse::<i16>().ok()?.into();
    Some(zoned(seconds, (offset / 100 * 60 + offset % 100) * 60))
}

fn tag(git: &Git, id: &str) -> Option<String> {
    line(git, &["describe", "--tags", "--abbrev=0", "--candidates=1", id])
}

fn upstream(git: &Git, refs: &References, head: &Head) -> Upstream {
    let full = head.branch.as_ref().map(|branch| format!("refs/heads/{branch}"));
    let known = full.as_ref().and_then(|full| refs.by_name.get(full)).map(|reference| reference.upstream.clone());
    let Some(name) = known.filter(|name| !name.is_empty()) else { return Upstream::None };
    let short = short(&name);
    match (refs.id(&name), &head.id) {
        (None, _) => Upstream::Gone { name: short },
        (Some(there), Some(here)) => {
            let counts = counts(git, here, there);
            Upstream::Present { name: short, ahead: counts.map(|(ahead, _)| ahead), behind: counts.map(|both| both.1) }
        }
        (Some(_), None) => Upstream::Present { name: short, ahead: None, behind: None },
    }
}

fn short(name: &str) -> String {
    ["refs/heads/", "refs/remotes/", "refs/"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
        .to_owned()
}

fn counts(git: &Git, here: &str, there: &str) -> Option<(u64, u64)> {
    let range = format!("{here}...{there}");
    let text = line(git, &["rev-list", "--left-right", "--count", &range, "--"])?;
    let (ahead, behind) = text.split_once('\t')?;
    Some((ahead.parse().ok()?, behind.parse().ok()?))
}

fn default_branch(git: &Git, refs: &References, unborn: Option<&str>) -> Option<String> {
    // It may point to a branch that is not there, which no list of references shows.
    if let Some(name) = line(git, &["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])
        && let Some(name) = name.strip_prefix("refs/remotes/origin/")
    {
        return Some(name.to_owned());
    }
    let configured = line(git, &["config", "--get", "init.defaultBranch"]);
    let candidates = configured.into_iter().chain(["main", "master", "trunk"].map(str::to_owned));
    let there = |name: &String| {
        refs.id(&format!("refs/heads/{name}")).or_else(|| refs.id(&format!("refs/remotes/origin/{name}"))).is_some()
    };
    let mut heads = refs.by_name.keys().filter_map(|name| name.strip_prefix("refs/heads/"));
    let only = heads.next().filter(|_| heads.next().is_none());
    candidates.into_iter().find(there).or_else(|| unborn.or(only).map(str::to_owned))
}

/// The commit of the default branch and its name, the local branch before the remote one.
pub(crate) fn default_target(git: &Git) -> Result<Option<(String, String)>, Problem> {
    let refs = References::read(git)?;
    Ok(default_branch(git, &refs, None).and_then(|name| target(&refs, &name)))
}

fn target(refs: &References, name: &str) -> Option<(String, String)> {
    let local = refs.id(&format!("refs/heads/{name}")).map(|id| (id.to_owned(), name.to_owned()));
    local.or_else(|| Some((refs.id(&format!("refs/remotes/origin/{name}"))?.to_owned(), format!("origin/{name}"))))
}

/// Tells how one checkout stands to what it is merged into.
fn stand(git: &Git, place: Place, refs: &References, default: Option<&str>) -> Worktree {
    let mut row = place.row;
    if row.bare {
        return row;
    }
    let there = if row.prunable { None } else { Some(Git::at(&row.path)) };
    // The private folder of a checkout says only that its HEAD lies in a table; git must be asked.
    let head = there.as_ref().map(head).unwrap_or_default();
    row.branch = head.branch;
    row.detached = row.branch.is_none() && head.id.is_some();
    let Some(tip) = head.id else { return row };
    row.last_commit = commits(git, &tip).ok().and_then(|commits| Some(commits.into_iter().next()?.time));
    let is_default = row.branch.is_some() && row.branch.as_deref() == default;
    let target = default.and_then(|name| target(refs, name));
    let target = target.as_ref().map(|(id, name)| (id.as_str(), name.clone()));
    let branch = row.branch.as_ref().and_then(|branch| refs.by_name.get(&format!("refs/heads/{branch}")));
    let followed = branch.and_then(|branch| Some((refs.id(&branch.upstream)?, short(&branch.upstream))));
    row.upstream = followed.is_some() && branch.is_some_and(|branch| !branch.upstream.starts_with("refs/heads/"));
    if let Some((id, name)) = followed.or_else(|| target.clone().filter(|_| !is_default)) {
        let counts = counts(git, &tip, id);
        row.ahead = counts.map(|counts| counts.0);
        row.behind = counts.map(|counts| counts.1);
        row.compared_with = Some(name);
    }
    if let Some((target, _)) = target.filter(|_| !is_default) {
        row.merged = merged(git, &tip, target, row.branch.as_deref());
    }
    if refs.by_name.keys().any(|name| name.starts_with("refs/remotes/")) {
        let count = line(git, &["rev-list", "--count", &tip, "--not", "--remotes", "--"]);
        row.unpushed = count.and_then(|count| count.parse().ok());
    }
    row.head = Some(tip);
    row
}

fn merged(git: &Git, tip: &str, target: &str, branch: Option<&str>) -> Option<bool> {
    let base = line(git, &["merge-base", tip, target])?;
    let reached = base == tip;
    let log = branch.and_then(|branch| {
        let name = format!("refs/heads/{branch}");
        let format = "--format=%H %H %gn <%ge> 0 +0000%x09%gs";
        let text = git.output(["reflog", "show", format, &name]).ok()?;
        let mut entries = Log::parse(&text.to_str_lossy(), false).entries;
        entries.reverse();
        if let Some(first) = entries.first_mut() {
            first.creates = first.message.starts_with("branch: Created");
        }
        Some(Log { entries })
    });
    let on_line = || -> Option<bool> {
        let output = git.output(["rev-list", "--first-parent", "--max-count=5000", target, "--"]).ok()?;
        Some(output.lines().any(|line| line == tip.as_bytes()))
    };
    let own_tree = line(git, &["rev-parse", &format!("{tip}^{{tree}}")]);
    let base_tree = line(git, &["rev-parse", &format!("{base}^{{tree}}")]);
    verdict(Evidence {
        reached: Some(reached),
        own_work: log.and_then(|log| log.has_own_work()),
        on_main_line: if reached { on_line() } else { None },
        found: if reached { None } else { found(git, &base, tip, target, [own_tree, base_tree]) },
    })
}

/// Looks for a branch's work by trees and paths alone; what only its lines could tell is not determined.
fn found(git: &Git, base: &str, tip: &str, target: &str, trees: [Option<String>; 2]) -> Option<bool> {
    let [own, before] = trees;
    let own = own?;
    if before.as_ref() == Some(&own) {
        return Some(true);
    }
    let cap = format!("--max-count={SQUASH_CAP}");
    let range = format!("{base}..{target}");
    let line = git.output(["log", &cap, "--first-parent", "--format=%T", &range, "--"]).ok()?;
    if line.lines().any(|tree| tree == own.as_bytes()) {
        return Some(true);
    }
    let paths = |to: &str| -> Option<BTreeSet<Vec<u8>>> {
        let output = git.output(["diff-tree", "-r", "-z", "--name-only", "--no-renames", base, to]).ok()?;
        Some(output.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect())
    };
    // What the default branch has not touched it cannot have.
    paths(tip)?.is_disjoint(&paths(target)?).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_log_becomes_a_commit() {
        let commit = commit(b"abc\n1700000000 2023-11-15 00:13:20 +0200\nthe subject").unwrap();
        assert_eq!((commit.id.as_str(), commit.subject.as_str()), ("abc", "the subject"));
        assert_eq!(commit.time.strftime("%FT%T%:z").to_string(), "2023-11-15T00:13:20+02:00");
        assert!(super::commit(b"abc\nnonsense\nx").is_none() && super::commit(b"").is_none());
        assert_eq!(time("0 1969-12-31 18:30:00 -0530").unwrap().strftime("%:z").to_string(), "-05:30");
    }

    proptest::proptest! {
        #[test]
        fn any_record_is_read_or_passed_over(record: Vec<u8>, offset: i32) {
            let _ = super::commit(&record);
            let _ = time(&format!("0 x {offset}"));
        }
    }
}
