//! The state of a work tree, in one of three ways; the choice among them is made here and its reason kept.
//! Never writes the index and never runs a filter that the repository's own configuration names.

mod content;
mod folder;
mod ignore;
mod listing;
mod named;
mod one_pass;
mod porcelain;
mod renames;
mod rules;
mod share;
mod staged;
mod stock;
mod submodules;
mod tally;
mod tracked;
mod untracked;
mod worker;

use std::path::Path;
use std::time::{Duration, Instant};

use gix::index::State;
use wfo_base::{Diagnostic, Problem, codes};

use crate::facts::{Status, Way};
use crate::repository::{Engine, Repository};
use one_pass::Outcome;
use tally::Tally;

pub(crate) use ignore::Patterns;
pub(crate) use one_pass::Stop;
pub(crate) use porcelain::filters_off;
pub(crate) use staged::{Side, Staged};
pub use tally::{Change, Kind};

/// How long git may take when nobody set a limit.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a status asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Request {
    /// When to give up.
    pub(crate) deadline: Option<Instant>,
    /// Whether the paths are wanted, not only their number.
    pub(crate) keep: bool,
    /// Whether tracked files with this word in their names are wanted too.
    pub(crate) named: Option<&'static str>,
    /// Insists on one way; what it cannot do is then an error.
    pub(crate) way: Option<Way>,
    /// There is no `git` to ask: renames with changed content then count as two paths.
    pub(crate) alone: bool,
    /// How many repositories this one lies in as a submodule.
    pub(crate) depth: usize,
}

impl Request {
    /// Returns how long a `git` subprocess may take.
    fn patience(&self) -> Duration {
        self.deadline.map_or(PATIENCE, |deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Says whether the time is over.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() > deadline)
    }
}

/// What is changed in a work tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The counts.
    pub status: Status,
    /// The paths, in the order of their bytes; empty where only counts were wanted.
    pub paths: Vec<Change>,
    /// Tracked files with a word in their names, where they were asked for.
    pub named: Vec<Vec<u8>>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

/// Lists the changed paths of a checkout; `way` insists on one way, `None` takes the best that can do it.
///
/// # Errors
/// `git.part-failed` when it could not be read, or not in that way; a bare repository has no changes.
pub fn changes(repository: &Repository, way: Option<Way>) -> Result<Changes, Problem> {
    if repository.is_bare() {
        return Ok(Changes::default());
    }
    status(repository, Request { keep: true, way, ..Request::default() })
}

/// As [`changes`], the best way, and not for longer than a time.
///
/// # Errors
/// `git.incomplete` when the time was over, `git.part-failed`.
pub fn changes_within(repository: &Repository, time: Duration) -> Result<Changes, Problem> {
    if repository.is_bare() {
        return Ok(Changes::default());
    }
    status(repository, Request { keep: true, deadline: Some(Instant::now() + time), ..Request::default() })
}

/// Finds the status of a checkout that has a work tree.
///
/// # Errors
/// `git.incomplete` when the deadline passed, `git.part-failed` when no way worked.
pub(crate) fn status(repository: &Repository, request: Request) -> Result<Changes, Problem> {
    let reason = match repository.engine() {
        Engine::Git => "the library cannot read this repository",
        Engine::Gix(_) if request.way == Some(Way::Git) => "it was asked for",
        Engine::Gix(_) => match in_process(repository, request) {
            Ok(found) => return Ok(found),
            Err(Stop::Late) => return Err(out_of_time(repository.root())),
            Err(Stop::Unable(reason)) if request.way.is_some() => return Err(failed(reason)),
            Err(Stop::Unable(reason)) => reason,
        },
    };
    match by_git(repository, request, reason) {
        Err(problem) if problem.code == codes::TOOL_TIMEOUT => Err(out_of_time(repository.root())),
        Err(problem) if problem.code == codes::TOOL_MISSING && request.way.is_none() => {
            alone(repository, request, problem)
        }
        other => other,
    }
}

/// Without a `git` program: what the library can do by itself, with a note.
fn alone(repository: &Repository, request: Request, missing: Problem) -> Result<Changes, Problem> {
    let mut found = in_process(repository, Request { alone: true, ..request }).map_err(|_| missing.clone())?;
    found.notes.push(missing.warning());
    Ok(found)
}

/// The first and the second way.
fn in_process(repository: &Repository, request: Request) -> Result<Changes, Stop> {
    let unable = |reason| move |_| Stop::Unable(reason);
    let (repo, filters_skipped) = repository.without_own_filters().ok_or(Stop::Unable("no handle"))?;
    let index = load(repository, &repo).ok_or(Stop::Unable("the index cannot be read"))?;
    if index.is_sparse() {
        return Err(Stop::Unable("the index is sparse"));
    }
    let head = repo.head().and_then(|mut head| head.try_peel_to_id()).map_err(unable("HEAD cannot be read"))?;
    let tree = head.map(|id| Ok(id.object()?.peel_to_tree()?.id().detach())).transpose();
    let tree = tree.map_err(|_: gix::Error| Stop::Unable("HEAD's tree cannot be read"))?;
    let mut tally = Tally::new(request.keep);
    let staged = Staged::find(&repo, &index, tree, request)?;
    renames::count(repository, &repo, staged, request, &mut tally)?;

    let shared = repo.clone().into_sync();
    let handle = move || shared.to_thread_local();
    let pass = rules::pass(repository, &repo, &index, request);
    let walked = match (&pass, request.way) {
        (Ok(pass), None | Some(Way::OnePass)) => pass.run(&handle).map(|outcome| (outcome, Way::OnePass)),
        (Err(reason), Some(Way::OnePass)) => return Err(Stop::Unable(reason)),
        _ => stock::index_to_work_tree(&repo, &index, request).map(|outcome| (outcome, Way::Gix)),
    };
    let (outcome, way) = walked?;
    if outcome.deleted && outcome.announced && !request.alone && renames::are_wanted(&repo) {
        return Err(Stop::Unable("a file that was only announced may be a renamed one"));
    }
    let Outcome { tally: walked, unreadable, submodules, .. } = outcome;
    tally.merge(walked);
    for path in submodules::changed(repository, &repo, &index, &submodules, request) {
        tally.add(Kind::Unstaged, || path);
    }
    if request.is_late() {
        return Err(Stop::Late);
    }
    let (mut status, paths) = tally.into_status(way);
    status.filters_skipped = filters_skipped;
    status.complete = unreadable.is_empty();
    status.reason = pass.err().filter(|_| way == Way::Gix);
    let named = request.named.map(|word| named::tracked_with(&index, word)).unwrap_or_default();
    Ok(Changes { status, paths, named, notes: notes(filters_skipped, &unreadable) })
}

/// The third way.
fn by_git(repository: &Repository, request: Request, reason: &'static str) -> Result<Changes, Problem> {
    let mut tally = Tally::new(request.keep);
    let filters_skipped = !repository.own_filters()?.is_empty();
    let repo = repository.gix();
    let index = repo.as_ref().and_then(|repo| load(repository, repo));
    porcelain::status(repository, request, index.is_some(), &mut tally)?;
    if let (Some(repo), Some(index)) = (&repo, &index) {
        for path in submodules::changed(repository, repo, index, &gitlinks(index), request) {
            tally.add(Kind::Unstaged, || path);
        }
    }
    let (mut status, paths) = tally.into_status(Way::Git);
    status.filters_skipped = filters_skipped;
    status.reason = Some(reason);
    let named = index.as_ref().zip(request.named).map(|(index, word)| named::tracked_with(index, word));
    Ok(Changes { status, paths, named: named.unwrap_or_default(), notes: notes(filters_skipped, &[]) })
}

/// Reads the index without checking its checksum, as git does; one that is not there is empty.
pub(crate) fn load(repository: &Repository, repo: &gix::Repository) -> Option<State> {
    let path = repository.index_path();
    if path.metadata().is_ok_and(|meta| !meta.is_file()) {
        return None;
    }
    let file = gix::index::File::at_or_default(path, repo.object_hash(), true, gix::index::decode::Options::default());
    file.ok().map(Into::into)
}

/// Lists the index entries that are submodules.
fn gitlinks(index: &State) -> Vec<usize> {
    use gix::index::entry::{Flags, Mode};
    let skipped = Flags::SKIP_WORKTREE | Flags::ASSUME_VALID;
    let entries = index.entries().iter().enumerate();
    entries
        .filter(|(_, entry)| entry.mode == Mode::COMMIT && entry.stage_raw() == 0 && !entry.flags.intersects(skipped))
        .map(|(place, _)| place)
        .collect()
}

fn notes(filters_skipped: bool, unreadable: &[Vec<u8>]) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    if filters_skipped {
        let message = "content filters that the repository's own configuration names were not run";
        let hint = "run `git status` to compare with them, if you trust this repository";
        notes.push(Problem::new(codes::GIT_FILTERS_SKIPPED, message).hint(hint).info());
    }
    for path in unreadable {
        let shown = wfo_base::text::quoted(&String::from_utf8_lossy(path));
        let message = format!("`{shown}` cannot be looked into, so its changes are not counted");
        let hint = format!("check the permissions of `{shown}`");
        notes.push(Problem::new(codes::GIT_PART_FAILED, message).hint(hint).in_file(shown).warning());
    }
    notes
}

fn failed(why: &str) -> Problem {
    Problem::new(codes::GIT_PART_FAILED, format!("the state of the work tree could not be read: {why}"))
        .hint("run `git status`")
}

/// Makes the problem of a status that was not finished.
pub(crate) fn out_of_time(root: &Path) -> Problem {
    Problem::new(
        codes::GIT_INCOMPLETE,
        format!("the state of the work tree `{}` was not read in the time given", root.display()),
    )
    .hint("run `git status` there, or `wfo-helper start-day`")
}
