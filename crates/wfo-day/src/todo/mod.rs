//! `todo`: the TODO files of a repository as commands see and change them: found, chosen, edited under one lock, archived.
//! Every write is whole or not at all; a file that is a link is neither read nor written.

mod archive;
mod as_built;
mod built;
mod change;
mod choose;
mod commit;
mod files;
mod fresh;
mod here;
mod list;
mod manifest;
mod put;
mod save;
mod ship;
mod verdict;
mod watch;

use std::path::Path;
use std::rc::Rc;

use jiff::Timestamp;
use wfo_base::tables::{Layers, Row, Table};
use wfo_base::{Clock, Diagnostic, Problem, atomic, home::Home, trust};

use crate::place::Place;
use crate::scan::Rules;

pub use archive::{Archive, Archived};
pub use as_built::{AsBuilt, Written, as_built};
pub use change::{Added, KeyChange, Moved, Setting, add_task, set_task};
pub use commit::Commit;
pub use files::{Shown, show};
pub use fresh::{Fresh, Made, make};
pub use here::{Here, Spot};
pub use list::{Listing, list};
pub(crate) use manifest::rebuild;
pub use save::{Checked, Save, checkpoint};
pub use ship::{Extent, Gate, Ship, Shipped};
pub use verdict::{Judged, validate};
pub use watch::{Crossing, Restored, crossing, restored, save_before_compaction, task_line};
pub use wfo_todo::record::NewTask;

/// The list of all workflows.
pub const MANIFEST: &str = "TODO.md";
/// The folder of finished workflows.
pub const ARCHIVE: &str = "ARCHIVED";
/// How often a file is read anew when somebody changes it meanwhile.
const TRIES: usize = 5;

/// Where a `todo` command works.
pub struct Site<'a> {
    place: &'a Place,
    home: &'a Home,
    clock: &'a Clock,
    dry_run: bool,
    layers: Layers,
    rules: Rc<Rules>,
}

impl<'a> Site<'a> {
    /// Looks around; what is noticed goes to `notes`. Outside a repository the folder's own TODO files count.
    ///
    /// # Errors
    /// `git.unreadable`
    pub fn at(
        place: &'a Place,
        home: &'a Home,
        clock: &'a Clock,
        dry_run: bool,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Self, Problem> {
        place.require_readable(notes)?;
        let config = place.config(home);
        let layers = config.layers(home, place.settings_root());
        let rules = Rc::new(Rules::with(place, home, &config));
        Ok(Self { place, home, clock, dry_run, layers, rules })
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

    /// Returns the folder of the TODO files: the main checkout's top, from every worktree.
    pub(crate) fn root(&self) -> &'a Path {
        self.place.shared_root()
    }

    fn now(&self) -> Timestamp {
        self.clock.now().timestamp()
    }

    /// Reads a table as it counts here.
    fn rows<R: Row>(&self, table: &Table<R>, notes: &mut Vec<Diagnostic>) -> Vec<R> {
        table.load(&self.layers).drain_into(notes).into_iter().map(|(row, _)| row).collect()
    }

    /// Runs `work` while no other call writes the TODO files of this repository.
    pub(crate) fn locked<T>(&self, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        if self.dry_run {
            return work();
        }
        let folder = self.home.wfo("state/todo");
        atomic::make_folder(&folder, true)?;
        let name: String = trust::digest(&self.root().to_string_lossy()).chars().take(16).collect();
        atomic::locked(&folder.join(name), work)
    }
}
