//! `todo`: the TODO files of a repository as commands see and change them: found, chosen, edited under one lock, archived.
//! Every write is whole or not at all; a file that is a link is neither read nor written.

mod answers;
mod archive;
mod as_built;
mod brief;
mod built;
mod change;
mod choose;
mod commit;
mod files;
mod fresh;
mod here;
mod labels;
mod list;
mod manifest;
mod papers;
mod plan;
mod put;
mod save;
mod ship;
mod spec;
mod verdict;
mod watch;
mod window;

use std::path::Path;
use std::rc::Rc;

use jiff::Timestamp;
use wfo_base::config::Config;
use wfo_base::tables::{Layers, Origin, Row, Table};
use wfo_base::{Clock, Diagnostic, Problem, atomic, home::Home, trust};

use crate::place::Place;
use crate::scan::Rules;

pub use answers::usual_answers;
pub use archive::{Archive, Archived};
pub use as_built::{AsBuilt, Written, as_built};
pub use change::{Added, KeyChange, Moved, Setting, add_task, set_task};
pub(crate) use choose::{Meant, SHARED, meant};
pub use commit::Commit;
pub use files::{Shown, show};
pub(crate) use files::{bytes, workflow};
pub use fresh::{Fresh, Made, make};
pub use here::Here;
pub use list::{Listing, list};
pub(crate) use manifest::rebuild;
pub use papers::{Ask as PapersAsk, Brought, Paper, Papers, State as PaperState};
pub use plan::plan;
pub use save::{Checked, Save, checkpoint};
pub use ship::{Extent, Gate, Ship, Shipped};
pub use spec::spec;
pub use verdict::{Judged, validate};
pub use watch::{Crossing, Restored, Watched, crossing, restored, save_before_compaction, task_line};
pub use wfo_todo::record::NewTask;
pub use window::note_window;

/// The list of all workflows.
pub const MANIFEST: &str = "TODO.md";
/// The folder of finished workflows.
pub const ARCHIVE: &str = "ARCHIVED";
/// The setting that switches the context watch off.
const WATCH: &str = "context.watch";
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
    watches: bool,
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
        // A repository may switch the watch off, and not on again what the user has switched off.
        let on = |config: &Config| config.flag(WATCH);
        let own = config.setting(WATCH).is_none_or(|setting| setting.origin != Origin::Repository);
        let watches = on(&config) && (own || on(&Config::load(home, None)));
        Ok(Self { place, home, clock, dry_run, layers, rules, watches })
    }

    /// Says whether the context of sessions is watched here.
    #[must_use]
    pub const fn watches(&self) -> bool {
        self.watches
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

    /// Says whether nothing may be written.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run
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
