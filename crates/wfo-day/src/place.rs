//! Where a command works: a repository, one of its worktrees, or a plain folder; and which folder holds what.
//! Finds; reads no file of the project.

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, codes, config::Config, home::Home, text, trust};
use wfo_git::{Repository, Surroundings};

/// What kind of place it is. Asked of the git folder and the shared one, never of the shape of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The main checkout.
    Main,
    /// A linked worktree.
    Worktree,
    /// A submodule's own checkout.
    Submodule,
    /// A repository without files.
    Bare,
    /// No repository.
    None,
}

impl Spot {
    /// Returns the word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Worktree => "worktree",
            Self::Submodule => "submodule",
            Self::Bare => "bare",
            Self::None => "none",
        }
    }
}

/// The place a command works in.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    root: PathBuf,
    main_root: PathBuf,
    shared_root: PathBuf,
    repository: Option<Repository>,
    /// What was noticed while looking.
    pub notes: Vec<Diagnostic>,
}

impl Place {
    /// Tells what was noticed here, and that there is no repository where there is none: files are written there all the same.
    ///
    /// # Errors
    /// `git.unreadable`: nobody can tell whose files these are.
    pub(crate) fn require_readable(&self, notes: &mut Vec<Diagnostic>) -> Result<(), Problem> {
        if let Some(broken) = self.notes.iter().find(|note| note.problem.code == codes::GIT_UNREADABLE) {
            return Err(broken.problem.clone());
        }
        notes.extend(self.notes.iter().cloned());
        if self.repository().is_none() {
            let shown = self.root().display();
            let note = Problem::new(codes::GIT_NONE, format!("`{shown}` is not inside a git repository"));
            notes.push(note.hint("run `git init` here, or name the project with `--repo DIR`").info());
        }
        Ok(())
    }

    /// Finds the repository around a folder; without one (or with a broken one) the folder itself is the place.
    #[must_use]
    pub fn find(folder: &Path, home: &Home) -> Self {
        Self::of(folder, home, Repository::discover(folder))
    }

    /// As [`Place::find`], with what `GIT_DIR` and its kin say: for what git hooks call.
    #[must_use]
    pub fn around(folder: &Path, home: &Home, surroundings: &Surroundings) -> Self {
        Self::of(folder, home, Repository::around(folder, surroundings))
    }

    fn of(folder: &Path, home: &Home, found: Result<Option<Repository>, Problem>) -> Self {
        let mut notes = Vec::new();
        let repository = found.unwrap_or_else(|problem| {
            notes.push(problem.warning());
            None
        });
        let Some(repository) = repository else {
            let folder = folder.to_owned();
            return Self {
                folder: folder.clone(),
                root: folder.clone(),
                main_root: folder.clone(),
                shared_root: folder,
                repository: None,
                notes,
            };
        };
        let main_root = repository.main_root().to_owned();
        // A bare main repository has no checkout to keep files in.
        let shared_root =
            if main_root == repository.common_dir() { state_of(&repository, home) } else { main_root.clone() };
        Self {
            folder: folder.to_owned(),
            root: repository.root().to_owned(),
            main_root,
            shared_root,
            repository: Some(repository),
            notes,
        }
    }

    /// Returns the folder that the command works in: what a path of the command line is relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says what kind of place it is.
    #[must_use]
    pub fn spot(&self) -> Spot {
        match &self.repository {
            None => Spot::None,
            Some(repository) if repository.is_submodule() => Spot::Submodule,
            Some(repository) if repository.is_linked_worktree() => Spot::Worktree,
            Some(repository) if repository.is_bare() => Spot::Bare,
            Some(_) => Spot::Main,
        }
    }

    /// Says whether the command was called in a folder below the top of the checkout.
    #[must_use]
    pub fn is_below_top(&self) -> bool {
        self.spot() != Spot::Bare && self.folder != self.root
    }

    /// Returns the top of the work tree (the git folder of a bare repository, the folder itself outside one).
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the main checkout's top.
    #[must_use]
    pub fn main_root(&self) -> &Path {
        &self.main_root
    }

    /// Returns the folder that holds what all worktrees share: `costs/`, `.wfo/`, TODO files.
    #[must_use]
    pub fn shared_root(&self) -> &Path {
        &self.shared_root
    }

    /// Returns the repository, if this is one.
    #[must_use]
    pub fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
    }

    /// Returns the folder whose `.wfo/` counts, if there is a repository.
    #[must_use]
    pub fn settings_root(&self) -> Option<&Path> {
        self.repository.as_ref().map(|_| self.shared_root.as_path())
    }

    /// Returns the main checkout's path as text: what approvals and proposals are bound to.
    #[must_use]
    pub fn identity(&self) -> String {
        self.main_root.to_string_lossy().into_owned()
    }

    /// Returns the folder of what wfo itself notes about this repository, below `CONFIG/wfo/state`.
    pub(crate) fn state(&self, home: &Home) -> PathBuf {
        self.repository.as_ref().map_or_else(|| home.wfo("state/none"), |repository| state_of(repository, home))
    }

    /// Returns the project's name: the main checkout's folder name (a bare `name.git` is `name`).
    #[must_use]
    pub fn name(&self) -> String {
        let folder = self.main_root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bare = folder.strip_suffix(".git").filter(|name| !name.is_empty()).unwrap_or(&folder);
        let name = text::one_line(bare).into_owned();
        if name.is_empty() { "/".to_owned() } else { name }
    }

    /// Reads the settings that hold here.
    #[must_use]
    pub fn config(&self, home: &Home) -> Config {
        Config::load(home, self.settings_root())
    }

    /// Shows a path relative to the work tree where it is inside it, absolute elsewhere.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.to_string_lossy().into_owned(),
            Err(_) => path.to_string_lossy().into_owned(),
        }
    }
}

/// Names the folder after the git folder that all worktrees share.
fn state_of(repository: &Repository, home: &Home) -> PathBuf {
    let id: String = trust::digest(&repository.common_dir().to_string_lossy()).chars().take(16).collect();
    home.wfo("state").join(id)
}
