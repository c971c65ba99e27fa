//! The fast way: each folder is opened once, its tracked names are looked at by `lstat`, its other names meet the
//! ignore patterns. Content is read only where `lstat` cannot tell. Says so where another way must be taken.

use std::path::PathBuf;

use gix::index::State;

use super::Request;
use super::ignore::Everywhere;
use super::listing::open_folder;
use super::share::Share;
use super::tally::Tally;
use super::tracked::Rules;
use super::worker::{Task, Worker};

/// How deep folders may lie; each level holds one open file.
pub(crate) const DEPTH: usize = 200;

/// Below this many entries a second thread does not pay.
const ENTRIES_PER_THREAD: usize = 2_000;

/// Why the pass ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The time is over.
    Late,
    /// Another way must be taken, for this reason.
    Unable(&'static str),
}

/// What the pass found beside the counts.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    /// Folders that could not be read, at most a few.
    pub(crate) unreadable: Vec<Vec<u8>>,
    /// Index entries that are submodules with a folder.
    pub(crate) submodules: Vec<usize>,
    /// Whether tracked files are gone.
    pub(crate) deleted: bool,
    /// Whether there are entries that were only announced with `git add -N`.
    pub(crate) announced: bool,
}

/// What one pass works on; shared by its threads.
pub(crate) struct Pass<'a> {
    pub(crate) index: &'a State,
    pub(crate) rules: Rules,
    pub(crate) everywhere: Everywhere,
    /// Whether files that a sparse checkout leaves out count when they are there.
    pub(crate) sparse: bool,
    /// Whether files may be converted that no `.gitattributes` speaks about.
    pub(crate) converts: bool,
    pub(crate) root: PathBuf,
    pub(crate) git_dir: PathBuf,
    pub(crate) request: Request,
}

impl Pass<'_> {
    /// Says whether the time is over.
    pub(crate) fn is_late(&self) -> bool {
        self.request.is_late()
    }

    /// Goes over the whole work tree; `handle` makes a repository handle for each thread.
    pub(crate) fn run(&self, handle: &(dyn Fn() -> gix::Repository + Sync)) -> Result<Outcome, Stop> {
        let top = open_folder(rustix::fs::CWD, self.root.as_os_str().as_encoded_bytes())
            .map_err(|_| Stop::Unable("the top folder cannot be opened"))?;
        let threads = (self.index.entries().len() / ENTRIES_PER_THREAD).clamp(1, crate::snapshot::cores().min(8));
        let share = Share::new(threads);
        share.push(Task::top(top, self.index.entries().len()));
        let work = || {
            let repo = handle();
            let mut worker = Worker::new(self, &repo, &share);
            let stop = worker.work();
            (worker.into_outcome(), stop)
        };
        let parts = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut parts = vec![work()];
            for other in others {
                parts.push(other.join().unwrap_or((Outcome::default(), Err(Stop::Unable("a thread failed")))));
            }
            parts
        });
        let mut whole = Outcome { tally: Tally::new(self.request.keep), ..Outcome::default() };
        for (part, stop) in parts {
            stop?;
            whole.tally.merge(part.tally);
            whole.unreadable.extend(part.unreadable);
            whole.submodules.extend(part.submodules);
            whole.deleted |= part.deleted;
            whole.announced |= part.announced;
        }
        Ok(whole)
    }
}
