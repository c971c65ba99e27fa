//! What one branch holds against the branches that it goes into: its own commits with their files, whether its content arrived, and
//! the names of all branches and tags. Reads only; each part that cannot be determined is `None`, with no guess in its place.

use gix::bstr::ByteSlice;
use gix::{ObjectId, Repository as Gix};

use crate::history::{COMPARE_CAP, History};
use crate::merged::{Evidence, Works, difference, verdict, whole};
use crate::reflog::Log;
use crate::refs;
use crate::repository::Repository;

/// The most references that are listed.
const NAMES_CAP: usize = 20_000;
/// The most commits of a branch whose files are looked at.
const COMMITS_CAP: usize = 500;
/// The most files of one commit, and of a whole branch.
const FILES_CAP: usize = 2_000;
/// How far back the line of a branch is searched.
const LINE_CAP: usize = 5_000;
/// How many commits of a line are searched for a merge by its message.
const MESSAGES_CAP: usize = 1_000;

/// Branches and tags by their short names, each with its commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Local branches.
    pub branches: Vec<(String, String)>,
    /// Branches of remotes as last fetched, such as `origin/main`.
    pub remotes: Vec<(String, String)>,
    /// Names of the tags.
    pub tags: Vec<String>,
    /// The branch that work is merged into.
    pub default_branch: Option<String>,
    /// Where `origin`, or the only remote, lies.
    pub remote_url: Option<String>,
}

/// A commit that only the branch has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCommit {
    /// Its full id.
    pub id: String,
    /// Its whole message.
    pub message: String,
    /// How many parents it has.
    pub parents: usize,
    /// Files that differ from its first parent; `None` when there are very many.
    pub files: Option<Vec<String>>,
}

/// How a branch stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Commits that the first target lacks, newest first.
    pub commits: Option<Vec<OwnCommit>>,
    /// How many there are, also where there are too many to look at.
    pub ahead: Option<u64>,
    /// Files in which the branch differs from where it left the first target.
    pub files: Option<Vec<String>>,
    /// The commit where it left the first target.
    pub base: Option<String>,
    /// For each target, in order: whether the content of the branch is in it.
    pub merged: Vec<Option<bool>>,
}

/// Lists branches and tags; `None` when they cannot be read.
#[must_use]
pub fn names(repository: &Repository) -> Option<Names> {
    let Some(repo) = repository.gix() else { return by_program(repository) };
    let mut out = Names::default();
    let references = repo.references().ok()?;
    for (prefix, list) in [("refs/heads/", &mut out.branches), ("refs/remotes/", &mut out.remotes)] {
        for reference in references.prefixed(prefix).ok()?.filter_map(Result::ok).take(NAMES_CAP) {
            if let Some(id) = reference.target().try_id() {
                list.push((short(reference.name().as_bstr(), prefix), id.to_string()));
            }
        }
    }
    let tags = references.tags().ok()?.filter_map(Result::ok).take(NAMES_CAP);
    out.tags = tags.map(|tag| short(tag.name().as_bstr(), "refs/tags/")).collect();
    let unborn = refs::head(&repo).ok().filter(refs::Head::unborn).and_then(|head| head.branch());
    out.default_branch = crate::default_branch::default_branch(&repo, unborn).ok()?.name;
    let remotes = repo.remote_names();
    let only = remotes.iter().next().filter(|_| remotes.len() == 1).map(ToString::to_string);
    let key = format!("remote.{}.url", only.as_deref().unwrap_or("origin"));
    out.remote_url = repo.config_snapshot().string(key.as_str()).map(|url| url.to_str_lossy().into_owned());
    Some(out)
}

fn short(name: &[u8], prefix: &str) -> String {
    name.strip_prefix(prefix.as_bytes()).unwrap_or(name).to_str_lossy().into_owned()
}

/// As [`names`], where only the `git` program can read.
fn by_program(repository: &Repository) -> Option<Names> {
    let git = repository.git();
    let most = format!("--count={NAMES_CAP}");
    let listed = git.output(["for-each-ref", &most, "--format=%(objectname) %(refname)"]).ok()?;
    let mut out = Names::default();
    for line in listed.lines() {
        let line = line.to_str_lossy();
        let Some((id, name)) = line.split_once(' ') else { continue };
        if let Some(name) = name.strip_prefix("refs/heads/") {
            out.branches.push((name.to_owned(), id.to_owned()));
        } else if let Some(name) = name.strip_prefix("refs/remotes/") {
            out.remotes.push((name.to_owned(), id.to_owned()));
        } else if let Some(name) = name.strip_prefix("refs/tags/") {
            out.tags.push(name.to_owned());
        }
    }
    let has = |name: &&str| out.branches.iter().any(|(known, _)| known == *name);
    out.default_branch = ["main", "master", "trunk"].into_iter().find(has).map(str::to_owned);
    Some(out)
}

/// Says how a branch stands to each target: the tips that stand for it (local and remote), by full ids. What a library reader
/// cannot read is not determined.
#[must_use]
pub fn standing(repository: &Repository, branch: &str, tip: &str, targets: &[Vec<String>]) -> Standing {
    let mut out = Standing { merged: vec![None; targets.len()], ..Standing::default() };
    let Some(mut repo) = repository.gix() else { return out };
    repo.object_cache_size_if_unset(4 << 20);
    let Some(tip) = id(tip) else { return out };
    let cache = repo.commit_graph_if_enabled().ok().flatten();
    let mut history = History::new(&repo, cache.as_ref());
    let mut works = Works::new(&repo);
    let log = Log::read(repo.common_dir(), &format!("refs/heads/{branch}"));
    let own_work = log.as_ref().and_then(Log::has_own_work);
    for (at, tips) in targets.iter().enumerate() {
        let tips: Vec<ObjectId> = tips.iter().filter_map(|tip| id(tip)).collect();
        let merged = merged(tip, &tips, own_work, &mut history, &mut works);
        if let Some(slot) = out.merged.get_mut(at) {
            *slot = merged;
        }
        if at == 0 {
            own(&repo, tip, &tips, &mut history, &mut out);
        }
    }
    out
}

/// Finds the commits of the branch itself, and what they come to.
fn own(repo: &Gix, tip: ObjectId, tips: &[ObjectId], history: &mut History<'_>, out: &mut Standing) {
    let Some(ids) = history.alone_ids(tip, tips, COMPARE_CAP) else { return };
    out.ahead = Some(ids.len() as u64);
    let base = tips.iter().filter_map(|target| history.compare(tip, *target, COMPARE_CAP)?.base).next();
    out.base = base.map(|base| base.to_string());
    if ids.len() <= COMMITS_CAP {
        out.commits = ids.into_iter().map(|id| own_commit(repo, id)).collect();
    }
    if let Some((base, tip)) = base.and_then(|base| Some((tree(repo, base)?, tree(repo, tip)?))) {
        let found = difference(repo, base, tip, FILES_CAP).ok();
        out.files = found.map(|changes| changes.iter().map(|change| text(&change.path)).collect());
    }
}

fn own_commit(repo: &Gix, id: ObjectId) -> Option<OwnCommit> {
    let commit = repo.find_commit(id).ok()?;
    let parents: Vec<ObjectId> = commit.parent_ids().map(gix::Id::detach).collect();
    let new = commit.tree_id().ok()?.detach();
    let changes = match parents.first() {
        Some(parent) => tree(repo, *parent).and_then(|old| difference(repo, old, new, FILES_CAP).ok()),
        None => whole(repo, new, FILES_CAP).ok(),
    };
    Some(OwnCommit {
        id: id.to_string(),
        message: commit.message_raw_sloppy().to_str_lossy().into_owned(),
        parents: parents.len(),
        files: changes.map(|changes| changes.iter().map(|change| text(&change.path)).collect()),
    })
}

fn tree(repo: &Gix, commit: ObjectId) -> Option<ObjectId> {
    Some(repo.find_commit(commit).ok()?.tree_id().ok()?.detach())
}

fn text(path: &[u8]) -> String {
    path.to_str_lossy().into_owned()
}

fn id(text: &str) -> Option<ObjectId> {
    ObjectId::from_hex(text.as_bytes()).ok()
}

fn merged(
    tip: ObjectId,
    tips: &[ObjectId],
    own_work: Option<bool>,
    history: &mut History<'_>,
    works: &mut Works<'_>,
) -> Option<bool> {
    let mut answer = None;
    for target in tips {
        let compared = history.compare(tip, *target, COMPARE_CAP);
        let reached = compared.map(|compared| compared.ahead == 0);
        let on_main_line = if reached == Some(true) { history.is_on_main_line(*target, tip, LINE_CAP) } else { None };
        let found = compared
            .filter(|compared| compared.ahead > 0)
            .and_then(|compared| works.contain(history, compared, tip, *target));
        answer = match (answer, verdict(Evidence { reached, own_work, on_main_line, found })) {
            (_, Some(true)) => return Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            (_, None) => None,
        };
    }
    answer
}

/// Says whether the newest commits of `tip`'s line hold a merge commit whose subject names exactly this branch: the only trace that a
/// branch leaves when it is gone. `None` when the line cannot be read.
#[must_use]
pub fn merge_names(repository: &Repository, tip: &str, branch: &str) -> Option<bool> {
    let repo = repository.gix()?;
    let cache = repo.commit_graph_if_enabled().ok().flatten();
    let mut history = History::new(&repo, cache.as_ref());
    let mut found = false;
    history.walk(id(tip)?, MESSAGES_CAP, |id| {
        let Ok(commit) = repo.find_commit(id) else { return true };
        if commit.parent_ids().nth(1).is_some() {
            let subject = crate::commits::subject(commit.message_raw_sloppy());
            found = subject.split(|c: char| c.is_whitespace() || "'\"`,:;()".contains(c)).any(|word| {
                // the host writes `from OWNER/BRANCH`
                word == branch || word.split_once('/').is_some_and(|(_, rest)| rest == branch)
            });
        }
        !found
    });
    Some(found)
}

/// Says whether the newest commit of one line holds everything of another.
#[must_use]
pub fn holds(repository: &Repository, line: &str, other: &str) -> Option<bool> {
    let repo = repository.gix()?;
    let cache = repo.commit_graph_if_enabled().ok().flatten();
    let mut history = History::new(&repo, cache.as_ref());
    history.compare(id(other)?, id(line)?, COMPARE_CAP).map(|compared| compared.ahead == 0)
}

/// Says for each file whether a commit holds exactly these bytes; `None` when the commit cannot be read.
#[must_use]
pub fn committed(repository: &Repository, commit: &str, files: &[(String, Vec<u8>)]) -> Option<Vec<bool>> {
    let repo = repository.gix()?;
    let tree = tree(&repo, id(commit)?)?;
    let holds = |(path, bytes): &(String, Vec<u8>)| {
        let (_, there) = crate::merged::leaf(&repo, tree, path.as_bytes())??;
        let blob = repo.find_blob(there).ok()?;
        Some(blob.data == *bytes)
    };
    Some(files.iter().map(|file| holds(file).unwrap_or(false)).collect())
}

/// Counts the lines that were added and removed between two commits, by file; `None` where a file is binary or git does not answer.
#[must_use]
pub fn line_counts(repository: &Repository, base: &str, tip: &str) -> Option<Vec<(String, Option<u64>)>> {
    let (base, tip) = (id(base)?.to_string(), id(tip)?.to_string());
    let flags = ["diff-tree", "-r", "-z", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let words = flags.into_iter().chain([base.as_str(), tip.as_str()]);
    let ran = repository.git().run(words).cap(4 << 20).run().ok().filter(|ran| ran.is_ok() && !ran.cut)?;
    let rows = ran.stdout.split(|byte| *byte == 0).filter(|row| !row.is_empty());
    Some(rows.filter_map(counted).collect())
}

fn counted(row: &[u8]) -> Option<(String, Option<u64>)> {
    let row = row.to_str_lossy();
    let mut parts = row.splitn(3, '\t');
    let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
    let lines = added.parse::<u64>().ok().zip(removed.parse::<u64>().ok());
    Some((path.to_owned(), lines.map(|(added, removed)| added.saturating_add(removed))))
}
