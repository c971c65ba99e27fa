//! Where a worktree command works: the repository, the user, the settings and numbers in force, and the real time.
//! Reads; changes nothing.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use wfo_base::config::Config;
use wfo_base::pending::Notes;
use wfo_base::tables::Layers;
use wfo_base::{Clock, Diagnostic, Problem, codes, home::Home};
use wfo_git::Repository;
use wfo_worktree::Rules;

use super::{repair, scene};
use crate::place::Place;

/// The surroundings of one worktree command.
#[derive(Debug)]
pub struct Site<'a> {
    pub(crate) place: &'a Place,
    pub(crate) home: &'a Home,
    pub(crate) config: Config,
    pub(crate) layers: Layers,
    pub(crate) rules: Rules,
    pub(crate) now: Timestamp,
    repository: &'a Repository,
}

impl<'a> Site<'a> {
    /// Looks around; what is noticed goes to `notes`.
    ///
    /// # Errors
    /// `git.no-repository`, or `table.invalid` when not even the built-in numbers can be read.
    pub fn at(place: &'a Place, home: &'a Home, clock: &Clock, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        notes.extend(place.notes.iter().cloned());
        let Some(repository) = place.repository() else {
            let unreadable = place.notes.iter().find(|note| note.problem.code == codes::GIT_UNREADABLE);
            return Err(unreadable.map_or_else(|| outside(place.root()), |note| note.problem.clone()));
        };
        let config = place.config(home);
        notes.extend(config.notes.iter().cloned());
        let layers = config.layers(home, place.settings_root());
        let rules = scene::rules(&layers, notes).ok_or_else(|| {
            Problem::new(codes::TABLE_INVALID, "the table `worktrees` cannot be read")
                .hint("run `wfo-helper data check`")
        })?;
        // A lease must not be younger or older than it is because a replay fixes the clock.
        let now = if config.flag("confirm.unattended") { clock.now().timestamp() } else { Clock::real() };
        Ok(Self { place, home, config, layers, rules, now, repository })
    }

    /// Returns the repository.
    #[must_use]
    pub fn repository(&self) -> &'a Repository {
        self.repository
    }

    /// Returns the place.
    #[must_use]
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// Returns the main checkout: what identifies the repository in the registry.
    #[must_use]
    pub fn main_root(&self) -> &'a Path {
        self.place.main_root()
    }

    /// Returns the numbers in force.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Puts right what earlier calls left half done here, and says so: the first act of every call that writes.
    pub fn put_right(&self, notes: &mut Vec<Diagnostic>) {
        repair::run(self, notes);
    }

    /// Returns the user's home folder.
    pub(crate) fn user_home(&self) -> Option<PathBuf> {
        std::env::home_dir().filter(|home| home.is_absolute())
    }

    /// Returns the notes of work under way in this repository.
    pub(crate) fn pending(&self) -> Notes {
        Notes::at(self.place.state(self.home).join("pending"))
    }

    /// Writes the time as registry rows have it (UTC, whole seconds).
    pub(crate) fn stamp(&self) -> String {
        self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

fn outside(folder: &Path) -> Problem {
    Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", folder.display()))
        .hint("name the project with `--repo DIR`")
}

/// Finds the folder that a worktree of a branch belongs in, by the table `branches` and the setting `worktree.root`.
///
/// # Errors
/// When the table leads nowhere.
pub(crate) fn location(site: &Site<'_>, branch: &str, notes: &mut Vec<Diagnostic>) -> Result<PathBuf, Problem> {
    let rows = crate::tables::BRANCHES.load(&site.layers).drain_into(notes);
    let (home, project) = (site.user_home(), site.place.name());
    let ask = wfo_worktree::Site {
        branch,
        project: &project,
        main_checkout: site.main_root(),
        root: site.config.text("worktree.root").map(Path::new),
        home: home.as_deref(),
    };
    Ok(wfo_worktree::location(&ask, &rows)?.drain_into(notes))
}
