//! `context`: the hand-over page of a checkout and what goes with it: `.claude/context.json`, backups, learnings.
//! Every write is whole or not at all, under one lock a checkout, and never through a link that leads out of it.

mod backup;
mod data;
mod hide;
mod host_lists;
mod learn;
mod page;
mod reality;
mod restore;
mod show;
mod told;
mod write;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use wfo_base::{Clock, Diagnostic, Problem, atomic, codes, home::Home, read, trust};

use crate::init::place_of;
use crate::place::Place;
use crate::scan::Rules;

pub use backup::{Saved, backup, backups, held};
pub use learn::{Learnings, learn};
pub use page::{Shortened, compress};
pub use reality::Reality;
pub use restore::{Fate, Restore};
pub use show::{Difference, Shown, show};
pub use told::Told;
pub(crate) use told::learnings;
pub use wfo_todo::page::{LearningKind, Metrics, Points, begun};
pub use write::{Wrote, write};

/// The hand-over page.
pub const PAGE: &str = wfo_todo::page::PAGE;
/// The same as data.
pub const DATA: &str = ".claude/context.json";
/// The largest file that is saved or written.
const LIMIT: u64 = 8 << 20;

/// Where a context command works.
pub struct Site<'a> {
    pub(crate) place: &'a Place,
    pub(crate) home: &'a Home,
    pub(crate) clock: &'a Clock,
    pub(crate) dry_run: bool,
    /// By what foreign words are freed from secrets.
    rules: Rc<Rules>,
}

impl<'a> Site<'a> {
    /// Looks around; what is noticed goes to `notes`.
    ///
    /// # Errors
    /// `git.no-work-tree` in a bare repository, `git.unreadable`.
    pub fn at(
        place: &'a Place,
        home: &'a Home,
        clock: &'a Clock,
        dry_run: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        place.require_readable(notes)?;
        if place.repository().is_some_and(wfo_git::Repository::is_bare) {
            let shown = place.root().display();
            return Err(Problem::new(codes::GIT_NO_WORK_TREE, format!("`{shown}` is bare: it has no {PAGE}"))
                .hint("run it in a worktree: `wfo-helper worktree create BRANCH`"));
        }
        let rules = Rc::new(Rules::with(place, home, &place.config(home)));
        Ok(Self { place, home, clock, dry_run, rules })
    }

    /// Returns the rules by which secrets are known: whatever is shown passes them.
    #[must_use]
    pub fn rules(&self) -> &Rc<Rules> {
        &self.rules
    }

    /// Returns the place.
    #[must_use]
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// Returns the checkout's top.
    pub(crate) fn root(&self) -> &'a Path {
        self.place.root()
    }

    /// Returns the moment as pages show it.
    fn now(&self) -> String {
        wfo_base::clock::rfc3339(self.clock.now())
    }

    /// Runs `work` while no other call writes the context of this checkout.
    fn locked<T>(&self, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        if self.dry_run {
            return work();
        }
        let folder = self.home.wfo("state/context");
        atomic::make_folder(&folder, true)?;
        let name: String = trust::digest(&self.root().to_string_lossy()).chars().take(16).collect();
        atomic::locked(&folder.join(name), work)
    }

    /// Clears away what killed calls left beside the pages, also where nothing is to be written.
    fn tidy(&self) {
        let folders = [self.root().to_owned(), self.root().join(".claude"), self.place.shared_root().to_owned()];
        for folder in folders.iter().filter(|_| !self.dry_run) {
            atomic::tidy(folder);
        }
    }

    /// Writes a file of the checkout: through a link only inside it, into a new folder only where none is.
    fn put(&self, root: &Path, relative: &str, bytes: &[u8]) -> Result<(), Problem> {
        if self.dry_run {
            return Ok(());
        }
        atomic::write_tidy(&target(root, relative, true)?, bytes)
    }
}

/// Finds where a file of a checkout is written, and makes its folder when `make` is set.
fn target(root: &Path, relative: &str, make: bool) -> Result<PathBuf, Problem> {
    if let Some(found) = read::find(root, relative)? {
        let inside = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let in_git = found.path.strip_prefix(inside).is_ok_and(|below| below.iter().any(|part| part == ".git"));
        if in_git {
            return Err(Problem::new(codes::FILE_LINK_OUTSIDE, format!("`{relative}` is a link into `.git`"))
                .hint(format!("replace `{relative}` by a plain file"))
                .in_file(relative));
        }
        return Ok(found.path);
    }
    let (folder, _) = place_of(root, relative)?;
    if make {
        atomic::make_folder(&folder, false)?;
    }
    let (folder, name) = place_of(root, relative)?;
    Ok(folder.join(name))
}

/// Returns what tells one content from another; `None` = no file.
fn mark(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(|| "-".to_owned(), trust::digest_bytes)
}
