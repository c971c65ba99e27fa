//! Takes the snapshot: status on its own threads at once, everything else meanwhile.
//! A part that fails becomes a note and its field stays empty; the rest stands.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

use wfo_base::{Diagnostic, Problem, codes};

use crate::facts::{Options, Snapshot, Worktree};
use crate::repository::{Engine, Repository};
use crate::status::{self, Changes, Request};
use crate::worktrees::{self, Place};
use crate::{by_git, by_gix};

/// Reads the repository's facts as they are at this moment.
#[must_use]
pub fn snapshot(repository: &Repository, options: &Options) -> Snapshot {
    let deadline = options.status_budget.map(|budget| Instant::now() + budget);
    let request = Request { deadline, ..Request::default() };
    let places = if options.worktrees { places(repository) } else { Vec::new() };
    let work = Work::new(repository, &places, options);
    let mut taken = std::thread::scope(|scope| {
        for _ in 0..work.jobs.len().min(cores()) {
            scope.spawn(|| work.run(request));
        }
        let taken = match repository.engine() {
            Engine::Gix(_) => by_gix::facts(repository, places.clone()),
            Engine::Git => by_git::facts(repository, places.clone()),
        };
        work.run(request);
        taken
    });
    work.hand_over(&mut taken, repository.is_bare());
    taken
}

/// Lists the checkouts as git has them, without looking into any: the main one first, then the linked ones by path.
#[must_use]
pub fn checkouts(repository: &Repository) -> Vec<Worktree> {
    places(repository).into_iter().map(|place| place.row).collect()
}

/// Returns how many threads may run at once. Asking the system means reading several files, so it is asked once.
pub(crate) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(2, std::num::NonZero::get))
}

fn places(repository: &Repository) -> Vec<Place> {
    let main_is_bare = repository.main_root() == repository.common_dir();
    worktrees::list(repository.main_root(), repository.common_dir(), repository.git_dir(), main_is_bare)
}

/// One work tree whose status is wanted.
enum Job<'a> {
    /// The one the snapshot is about.
    Here(&'a Repository),
    /// Another one, by its place in the list.
    There(usize, &'a Place),
}

/// What came out for one work tree: the place in the list, or `None` for the one the snapshot is about.
type Answer = (Option<usize>, Result<Changes, Problem>);

/// The statuses to find, taken one after the other by whatever thread is free.
struct Work<'a> {
    jobs: Vec<Job<'a>>,
    paths: Option<&'static str>,
    next: AtomicUsize,
    done: Mutex<Vec<Answer>>,
}

impl<'a> Work<'a> {
    fn new(repository: &'a Repository, places: &'a [Place], options: &Options) -> Self {
        let (others, paths) = (options.worktree_status, options.paths);
        let mut jobs = Vec::new();
        if !repository.is_bare() {
            jobs.push(Job::Here(repository));
        }
        if others {
            let wanted = |place: &Place| !place.row.bare && !place.row.current && !place.row.prunable;
            let others = places.iter().enumerate().filter(|(_, place)| wanted(place) && place.row.path.is_dir());
            jobs.extend(others.map(|(at, place)| Job::There(at, place)));
        }
        Self { jobs, paths, next: AtomicUsize::new(0), done: Mutex::new(Vec::new()) }
    }

    fn run(&self, request: Request) {
        while let Some(job) = self.jobs.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let here = Request { keep: self.paths.is_some(), named: self.paths, ..request };
            let answer = match job {
                Job::Here(repository) => (None, status::status(repository, here)),
                Job::There(at, place) => (Some(*at), elsewhere(place, request)),
            };
            if let Ok(mut done) = self.done.lock() {
                done.push(answer);
            }
        }
    }

    fn hand_over(self, taken: &mut Snapshot, bare: bool) {
        taken.complete = bare;
        let mut done = self.done.into_inner().unwrap_or_default();
        done.sort_by_key(|(at, _)| *at);
        for (at, answer) in done {
            let (mut paths, mut named) = (Vec::new(), Vec::new());
            let status = match answer {
                Ok(found) => {
                    (paths, named) = (found.paths, found.named);
                    for note in found.notes {
                        if !taken.notes.contains(&note) {
                            taken.notes.push(note);
                        }
                    }
                    Some(found.status)
                }
                Err(problem) => {
                    taken.notes.push(problem.warning());
                    None
                }
            };
            let row = match at {
                None => {
                    (taken.changes, taken.named) = (paths, named);
                    taken.status = status;
                    taken.complete = status.is_some();
                    taken.worktrees.iter_mut().find(|row| row.current)
                }
                Some(at) => taken.worktrees.get_mut(at),
            };
            if let Some(row) = row {
                row.status = status;
            }
        }
    }
}

fn elsewhere(place: &Place, request: Request) -> Result<Changes, Problem> {
    if request.is_late() {
        return Err(status::out_of_time(&place.row.path));
    }
    let there = Repository::open(&place.row.path)?;
    if there.git_dir() != place.git_dir {
        return Err(part_failed(
            &format!("the worktree `{}`", place.row.path.display()),
            "its folder belongs to another repository",
        ));
    }
    status::status(&there, request)
}

/// Unwraps a part, or notes that it failed.
pub(crate) fn noted<T, E: std::fmt::Display>(part: &str, read: Result<T, E>, notes: &mut Vec<Diagnostic>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) => {
            notes.push(part_failed(part, &error.to_string()).warning());
            None
        }
    }
}

fn part_failed(part: &str, why: &str) -> Problem {
    Problem::new(codes::GIT_PART_FAILED, format!("{part} could not be read: {why}"))
        .hint("run `git status` and `git log -1` to see what git says")
}
