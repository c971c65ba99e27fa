//! Finds the repository around a folder and says where its parts lie.
//! Environment variables such as `GIT_DIR` do not mislead it, and opening runs nothing that the repository names.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use gix::config::Source;
use gix::sec::Trust;
use wfo_base::{Problem, codes};

use crate::format::{self, Reader};
use crate::git::Git;
use crate::layout::Layout;

/// A repository that was found and opened.
#[derive(Debug)]
pub struct Repository {
    layout: Layout,
    engine: Engine,
    index: Option<PathBuf>,
}

/// What reads the repository.
#[derive(Debug)]
pub(crate) enum Engine {
    /// The git library, in process.
    Gix(Box<gix::ThreadSafeRepository>),
    /// The `git` program, for what the library cannot read (such as reftable).
    Git,
}

impl Repository {
    /// Finds and opens the repository around `start`; `None` when there is none.
    ///
    /// A `.git` that is there but leads to no repository is a problem and not "none": where git itself would stop (a
    /// `.git` file that leads nowhere), and where nothing further up is found either.
    ///
    /// Stops at file system borders and at `GIT_CEILING_DIRECTORIES`, as git does. A repository that belongs to another
    /// user opens with reduced trust: its configuration then counts only where it is harmless.
    ///
    /// # Errors
    /// `file.missing` when `start` is not there, `git.unreadable` when a repository is there and neither the library
    /// nor `git` can open it.
    pub fn discover(start: &Path) -> Result<Option<Self>, Problem> {
        let start = std::fs::canonicalize(start).map_err(|error| {
            Problem::new(codes::FILE_MISSING, format!("`{}` cannot be looked into: {error}", start.display()))
                .hint("name a folder that exists")
        })?;
        let start = if start.is_dir() { start } else { start.parent().map(Path::to_owned).unwrap_or(start) };
        let mut options = gix::discover::upwards::Options::default().apply_environment();
        options.match_ceiling_dir_or_error = false;
        let ceilings = options.ceiling_dirs.clone();
        let found = match gix::discover::upwards_opts(&start, options) {
            Ok((path, _)) => path,
            Err(error) if says_none(&error) => {
                return match useless(&start, None, &ceilings) {
                    Some(dot_git) => Err(leads_nowhere(&dot_git)),
                    None => Ok(None),
                };
            }
            Err(error) => return Self::by_git(&start, &error.to_string()).map(Some),
        };
        let (git_dir, work_dir) = found.into_repository_and_work_tree_directories();
        let place = work_dir.unwrap_or(git_dir);
        match useless(&start, Some(&place), &ceilings) {
            Some(dot_git) => Err(leads_nowhere(&dot_git)),
            None => Self::open(&place).map(Some),
        }
    }

    /// Opens the repository whose work tree top or git folder is `place`.
    pub(crate) fn open(place: &Path) -> Result<Self, Problem> {
        Self::open_with(place, None)
    }

    /// As [`Repository::open`]; `work_tree` is its top where the caller knows better than the place.
    pub(crate) fn open_with(place: &Path, work_tree: Option<&Path>) -> Result<Self, Problem> {
        crate::sound::check(place)?;
        let options = gix::open::Options::default().filter_config_section(is_eligible);
        let mut opened = match options.open(place) {
            Ok(opened) => opened,
            Err(error) => return Self::by_git(place, &error.to_string()),
        };
        // `core.worktree` of a stranger's archive could name the whole disk: the folder that was found counts.
        if opened.work_tree.as_deref().is_some_and(|named| clean(named) != clean(place)) {
            let is_top = place.join(".git").symlink_metadata().is_ok();
            opened.work_tree = is_top.then(|| place.to_owned());
        }
        if let Some(top) = work_tree {
            opened.work_tree = Some(top.to_owned());
        }
        let layout = Layout::of_gix(&opened);
        match format::reader(&opened.to_thread_local()) {
            Reader::Library => Ok(Self { layout, engine: Engine::Gix(Box::new(opened)), index: None }),
            Reader::Program => Ok(Self { layout, engine: Engine::Git, index: None }),
            Reader::Unclear(why) => Self::by_git(place, &why),
        }
    }

    fn by_git(place: &Path, why: &str) -> Result<Self, Problem> {
        let layout = Git::at(place).layout().map_err(|problem| {
            Problem::new(codes::GIT_UNREADABLE, format!("`{}`: {why}; {}", place.display(), problem.message))
                .hint("run `git status` there to see what is wrong")
        })?;
        Ok(Self { layout, engine: Engine::Git, index: None })
    }

    /// Takes another index than the checkout's own.
    pub(crate) fn with_index(mut self, index: PathBuf) -> Self {
        self.index = Some(index);
        self
    }

    /// Returns the file of the index.
    pub(crate) fn index_path(&self) -> PathBuf {
        self.index.clone().unwrap_or_else(|| self.git_dir().join("index"))
    }

    /// Returns the top of the work tree, or the git folder when bare: absolute, links resolved.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.layout.root
    }

    /// Returns the top of the main checkout (the git folder when that is bare): the project's identity.
    #[must_use]
    pub fn main_root(&self) -> &Path {
        &self.layout.main_root
    }

    /// Returns the git folder of this checkout.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.layout.git_dir
    }

    /// Returns the git folder that all worktrees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.layout.common_dir
    }

    /// Says whether there is no work tree here.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.layout.bare
    }

    /// Says whether this is a linked worktree: its git folder is not the shared one. A submodule is not one.
    #[must_use]
    pub fn is_linked_worktree(&self) -> bool {
        self.layout.git_dir != self.layout.common_dir
    }

    /// Says whether this is a submodule's own checkout.
    #[must_use]
    pub fn is_submodule(&self) -> bool {
        self.layout.is_submodule()
    }

    /// Returns the branch that HEAD names, born or not, by reading one small file; `None` when HEAD names a commit, and where
    /// it does not lie in a file.
    #[must_use]
    pub fn branch(&self) -> Option<String> {
        use std::io::Read;
        let mut text = String::new();
        let file = std::fs::File::open(self.git_dir().join("HEAD")).ok()?;
        file.take(4_096).read_to_string(&mut text).ok()?;
        let name = text.trim_end().strip_prefix("ref:")?.trim_start().strip_prefix("refs/heads/")?;
        // What stands there for tools that cannot read other formats.
        (!name.is_empty() && name != ".invalid").then(|| name.to_owned())
    }

    /// Says whether the repository's own configuration calls it bare.
    pub(crate) fn says_bare(&self) -> bool {
        match self.gix() {
            Some(repo) => repo.config_snapshot().boolean("core.bare").unwrap_or(false),
            None => self.git().output(["config", "--type=bool", "core.bare"]).is_ok_and(|said| said.trim_ascii() == b"true"),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes a handle for this thread; `None` when only the `git` program can read the repository.
    pub(crate) fn gix(&self) -> Option<gix::Repository> {
        match &self.engine {
            Engine::Gix(shared) => {
                let mut local = shared.to_thread_local();
                local.clear_namespace();
                Some(local)
            }
            Engine::Git => None,
        }
    }

    /// Makes a handle without the content filters that the repository's own configuration names, and tells whether
    /// there were any. Comparing content with it runs the user's own filters only.
    pub(crate) fn without_own_filters(&self) -> Option<(gix::Repository, bool)> {
        let mut repo = self.gix()?;
        let own = own_filter_sections(&repo);
        if own.is_empty() && repo.config_snapshot().string("core.safecrlf").is_none() {
            return Some((repo, false));
        }
        let mut config = repo.config_snapshot_mut();
        for (id, _) in &own {
            config.remove_section_by_id(*id);
        }
        // A round trip that would fail is git's business when it adds, not when it compares.
        let _ = config.set_raw_value("core.safecrlf", "false");
        drop(config);
        Some((repo, !own.is_empty()))
    }

    /// Names the content filters that the repository's own configuration defines.
    pub(crate) fn own_filters(&self) -> Result<Vec<Vec<u8>>, Problem> {
        let mut names = match self.gix() {
            Some(repo) => own_filter_sections(&repo).into_iter().map(|(_, name)| name).collect(),
            None => self.git().own_filters()?,
        };
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Returns the commit that HEAD resolves to; `None` when there is none or it cannot be read.
    pub(crate) fn head_id(&self) -> Option<gix::ObjectId> {
        match self.gix() {
            Some(repo) => repo.head_id().ok().map(gix::Id::detach),
            None => {
                let output = self.git().output(["rev-parse", "--verify", "--quiet", "HEAD"]).ok()?;
                gix::ObjectId::from_hex(output.trim_ascii()).ok()
            }
        }
    }

    /// Makes the builder of `git` calls in this checkout.
    pub(crate) fn git(&self) -> Git {
        Git::of(&self.layout).index(self.index.as_deref())
    }
}

/// Lists the sections of the repository's own configuration that define a filter.
fn own_filter_sections(repo: &gix::Repository) -> Vec<(gix::config::file::SectionId, Vec<u8>)> {
    let config = repo.config_snapshot();
    let sections = config.plumbing().sections_and_ids_by_name("filter").into_iter().flatten();
    sections
        .filter(|(section, _)| matches!(section.meta().source, Source::Local | Source::Worktree))
        .filter_map(|(section, id)| Some((id, section.header().subsection_name()?.to_vec())))
        .collect()
}

/// Says whether a section of configuration counts: never what `GIT_WORK_TREE` and its kin put in, and from the
/// repository only when its owner is trusted.
fn is_eligible(meta: &gix::config::file::Metadata) -> bool {
    meta.source != Source::EnvOverride
        && (meta.trust == Trust::Full || !matches!(meta.source, Source::Local | Source::Worktree))
}

fn says_none(error: &gix::Error) -> bool {
    use gix::discover::upwards::Error;
    matches!(
        error.downcast_any_ref::<Error>(),
        Some(
            Error::NoGitRepository { .. }
                | Error::NoGitRepositoryWithinCeiling { .. }
                | Error::NoGitRepositoryWithinFs { .. }
        )
    )
}

/// Finds the `.git` that should have been a repository: from `start` up to the folder where one was found, a file (git
/// itself goes no further there); where none was found, anything of that name.
fn useless(start: &Path, found: Option<&Path>, ceilings: &[PathBuf]) -> Option<PathBuf> {
    let device = |path: &Path| path.metadata().map(|meta| meta.dev()).ok();
    let border = device(start);
    let found = found.map(clean);
    if found.as_ref().is_some_and(|found| !start.starts_with(found)) {
        return None;
    }
    start
        .ancestors()
        .enumerate()
        .take_while(|(up, folder)| {
            Some(*folder) != found.as_deref()
                && (*up == 0 || (device(folder) == border && !ceilings.iter().any(|ceiling| ceiling == folder)))
        })
        .map(|(_, folder)| folder.join(".git"))
        .find(|dot_git| match found {
            Some(_) => dot_git.is_file(),
            None => dot_git.symlink_metadata().is_ok(),
        })
}

fn leads_nowhere(dot_git: &Path) -> Problem {
    let message = format!("`{}` is there, but it is no repository and leads to none", dot_git.display());
    Problem::new(codes::GIT_UNREADABLE, message)
        .hint("run `git status` there; after moving a main checkout, run `git worktree repair` in its new place")
}

/// Resolves links where the path exists and cleans it lexically where not.
pub(crate) fn clean(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| {
        let mut clean = PathBuf::new();
        for part in path.components() {
            match part {
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir => {
                    clean.pop();
                }
                other => clean.push(other),
            }
        }
        clean
    })
}
