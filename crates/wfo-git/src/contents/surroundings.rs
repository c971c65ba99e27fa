//! What a caller says about the repository by variables: git gives hooks another index, and some people a git folder elsewhere.
//! Only what reads contents honours it; everywhere else such variables would mislead.

use std::path::{Path, PathBuf};

use wfo_base::Problem;

use crate::repository::{Repository, clean};

/// `GIT_DIR`, `GIT_WORK_TREE` and `GIT_INDEX_FILE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The git folder.
    pub git_dir: Option<PathBuf>,
    /// The top of the work tree.
    pub work_tree: Option<PathBuf>,
    /// The index; relative to the top of the work tree.
    pub index: Option<PathBuf>,
}

impl Surroundings {
    /// Reads them from the process's environment; an empty one counts as not set.
    #[must_use]
    pub fn from_env() -> Self {
        let path = |name: &str| std::env::var_os(name).filter(|value| !value.as_os_str().is_empty()).map(PathBuf::from);
        Self { git_dir: path("GIT_DIR"), work_tree: path("GIT_WORK_TREE"), index: path("GIT_INDEX_FILE") }
    }
}

impl Repository {
    /// Finds the repository that `surroundings` name, seen from `start`; without a git folder in them, the one around `start`.
    ///
    /// # Errors
    /// As [`Repository::discover`]; a git folder that is named and is none is `git.unreadable`.
    pub fn around(start: &Path, surroundings: &Surroundings) -> Result<Option<Self>, Problem> {
        let start = clean(start);
        let found = match (&surroundings.git_dir, &surroundings.work_tree) {
            (None, None) => Self::discover(&start)?,
            (Some(git_dir), top) => Some(Self::named(&start, git_dir, top.as_deref())?),
            (None, Some(top)) => match Self::discover(&start)? {
                Some(found) => Some(Self::open_with(found.git_dir(), Some(&clean(&start.join(top))))?),
                None => None,
            },
        };
        Ok(found.map(|found| match &surroundings.index {
            Some(index) => {
                let index = found.root().join(index);
                found.with_index(index)
            }
            None => found,
        }))
    }

    /// Opens a git folder by name. As for git, the folder that one is in is the top of its work tree unless it is bare.
    fn named(start: &Path, git_dir: &Path, top: Option<&Path>) -> Result<Self, Problem> {
        let git_dir = clean(&start.join(git_dir));
        // What a hook is told is most often what would be found anyway.
        if top.is_none_or(|top| clean(&start.join(top)) == start)
            && let Ok(Some(found)) = Self::discover(start)
            && found.git_dir() == git_dir
            && (top.is_none() || found.root() == start)
        {
            return Ok(found);
        }
        let opened = Self::open_with(&git_dir, None)?;
        match top {
            Some(top) => Self::open_with(&git_dir, Some(&clean(&start.join(top)))),
            None if opened.says_bare() => Ok(opened),
            None => Self::open_with(&git_dir, Some(start)),
        }
    }
}
