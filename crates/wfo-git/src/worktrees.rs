//! Lists the checkouts of a repository, as `git worktree list` does, and how each stands to what it is merged into.
//! Reads the private git folders; opens no checkout here.

use std::path::{Path, PathBuf};

use gix::{ObjectId, Repository};

use crate::commits;
use crate::default_branch::DefaultBranch;
use crate::facts::Worktree;
use crate::history::{COMPARE_CAP, History};
use crate::merged::{Evidence, Works, verdict};
use crate::reflog::Log;
use crate::repository::clean;
use crate::{operation, refs};

/// How far back the default branch's line is searched for a branch's tip.
const LINE_CAP: usize = 5_000;

/// How many branches of remotes are looked at to tell what is pushed.
const REMOTES_CAP: usize = 1_000;

/// One checkout before its standing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Place {
    /// What is told already.
    pub(crate) row: Worktree,
    /// Its own git folder.
    pub(crate) git_dir: PathBuf,
}

/// Lists the main checkout first, then the linked ones by path.
pub(crate) fn list(main_root: &Path, common_dir: &Path, current: &Path, main_is_bare: bool) -> Vec<Place> {
    let row = Worktree { path: main_root.to_owned(), main: true, bare: main_is_bare, ..Worktree::default() };
    let mut places = vec![Place { row, git_dir: common_dir.to_owned() }];
    let mut linked: Vec<Place> = std::fs::read_dir(common_dir.join("worktrees"))
        .into_iter()
        .flatten()
        .filter_map(|entry| linked(&entry.ok()?.path()))
        .collect();
    linked.sort_by(|a, b| a.row.path.cmp(&b.row.path));
    places.extend(linked);
    for place in &mut places {
        place.row.current = place.git_dir == current;
        if !place.row.bare {
            read_head(place);
        }
    }
    places
}

/// Reads one private git folder; `None` when it is not one.
fn linked(git_dir: &Path) -> Option<Place> {
    let text = operation::read(&git_dir.join("gitdir"))?;
    let dot_git = git_dir.join(text.trim_end_matches(['\n', '\r']));
    let locked = operation::read(&git_dir.join("locked")).map(|reason| reason.trim().to_owned());
    let prunable = locked.is_none() && dot_git.symlink_metadata().is_err();
    let path = clean(dot_git.parent()?);
    let row = Worktree { path, locked, prunable, ..Worktree::default() };
    Some(Place { row, git_dir: clean(git_dir) })
}

fn read_head(place: &mut Place) {
    let Some(text) = operation::read(&place.git_dir.join("HEAD")) else { return };
    match text.trim_end().strip_prefix("ref:") {
        Some(name) => {
            let name = name.trim();
            place.row.branch = Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned());
        }
        // What is no id says nothing: such a HEAD is unreadable, not detached.
        None if ObjectId::from_hex(text.trim().as_bytes()).is_ok() => {
            place.row.detached = true;
            place.row.head = Some(text.trim().to_owned());
        }
        None => {}
    }
}

/// Tells how each checkout stands: its commit, ahead and behind, merged or not.
pub(crate) fn stand(repo: &Repository, places: &mut [Place], default: &DefaultBranch, history: &mut History<'_>) {
    let mut works = Works::new(repo);
    let remotes = refs::remote_tips(repo, REMOTES_CAP);
    for place in places.iter_mut().filter(|place| !place.row.bare) {
        // What cannot be read of one checkout leaves its fields empty; the others stand.
        let _ = stand_one(repo, place, default, history, &mut works);
        place.row.has_remotes = remotes.as_ref().map(|remotes| !remotes.is_empty());
        place.row.unpushed = unpushed(&place.row, remotes.as_deref(), history);
    }
}

fn stand_one(
    repo: &Repository,
    place: &mut Place,
    default: &DefaultBranch,
    history: &mut History<'_>,
    works: &mut Works<'_>,
) -> Option<()> {
    let full = place.row.branch.as_ref().map(|branch| format!("refs/heads/{branch}"));
    let tip = match &full {
        Some(full) => refs::resolve(repo, full).ok()??,
        None => ObjectId::from_hex(place.row.head.as_ref()?.as_bytes()).ok()?,
    };
    place.row.head = Some(tip.to_string());
    place.row.last_commit = commits::commit(repo, tip).ok().map(|commit| commit.time);
    compare(repo, &mut place.row, full.as_deref(), tip, default, history);
    if place.row.branch.is_none() || place.row.branch != default.name {
        let log = full.as_deref().and_then(|full| Log::read(repo.common_dir(), full));
        let own_work = log.as_ref().and_then(Log::has_own_work);
        place.row.merged = merged(tip, own_work, default, history, works);
    }
    Some(())
}

/// Counts the commits that no branch of a remote has; `None` when there are no such branches.
fn unpushed(row: &Worktree, remotes: Option<&[ObjectId]>, history: &mut History<'_>) -> Option<u64> {
    let remotes = remotes.filter(|tips| !tips.is_empty())?;
    let tip = ObjectId::from_hex(row.head.as_ref()?.as_bytes()).ok()?;
    history.alone(tip, remotes, COMPARE_CAP)
}

/// Counts against the upstream when there is one, else against the default branch.
fn compare(
    repo: &Repository,
    row: &mut Worktree,
    full: Option<&str>,
    tip: ObjectId,
    default: &DefaultBranch,
    history: &mut History<'_>,
) {
    let upstream = full.and_then(|full| {
        let name = refs::upstream(repo, full.try_into().ok()?).ok()??;
        let there = refs::resolve(repo, &name.as_bstr().to_string()).ok()??;
        let is_local = name.as_bstr().starts_with(b"refs/heads/");
        Some((there, refs::short(name.as_ref()), !is_local))
    });
    let is_default = row.branch.is_some() && row.branch == default.name;
    let default = default.target().filter(|_| !is_default).map(|(there, name)| (there, name.to_owned(), false));
    if let Some(compared) = default.as_ref().and_then(|(there, ..)| history.compare(tip, *there, COMPARE_CAP)) {
        row.ahead_default = Some(compared.ahead);
        row.behind_default = Some(compared.behind);
    }
    let Some((there, name, upstream)) = upstream.or(default) else { return };
    row.upstream = upstream;
    row.compared_with = Some(name);
    if let Some(compared) = history.compare(tip, there, COMPARE_CAP) {
        row.ahead = Some(compared.ahead);
        row.behind = Some(compared.behind);
    }
}

fn merged(
    tip: ObjectId,
    own_work: Option<bool>,
    default: &DefaultBranch,
    history: &mut History<'_>,
    works: &mut Works<'_>,
) -> Option<bool> {
    let mut answer = None;
    for target in default.tips() {
        let compared = history.compare(tip, target, COMPARE_CAP);
        let reached = compared.map(|compared| compared.ahead == 0);
        let evidence = Evidence {
            reached,
            own_work,
            on_main_line: if reached == Some(true) { history.is_on_main_line(target, tip, LINE_CAP) } else { None },
            found: compared
                .filter(|compared| compared.ahead > 0)
                .and_then(|compared| works.contain(history, compared, tip, target)),
        };
        answer = match (answer, verdict(evidence)) {
            (_, Some(true)) => return Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            (_, None) => None,
        };
    }
    answer
}
