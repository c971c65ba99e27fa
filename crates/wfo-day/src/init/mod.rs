//! `init`: lays the working files of a project where they are absent. Never writes over anything, follows no link out of
//! the project, and goes on where one file cannot be written.

mod branches;
mod git_flow;
mod new_file;
mod scaffold;

use std::path::Path;

use wfo_base::{Diagnostic, Problem, codes, config::Config, home::Home};

use crate::place::Place;
use crate::tools::{self, Tool};
pub use branches::{Branches, NewBranch};
pub use git_flow::GitFlow;
pub(crate) use git_flow::detect as git_flow;
use new_file::Spot;
pub(crate) use new_file::{create as create_file, place_of};

/// The rule that keeps a repository's costs out of git.
pub(crate) const COSTS_IGNORED: &str = include_str!("../../../../templates/init/costs.gitignore");

/// What `init` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Init<'a> {
    /// Where.
    pub place: &'a Place,
    /// With which settings.
    pub config: &'a Config,
    /// Whose.
    pub home: &'a Home,
    /// Whether WORKFLOW.md is wanted whatever the branches say.
    pub git_flow: bool,
    /// Whether to write; otherwise only what would be written is told.
    pub apply: bool,
}

/// What was laid, and what was there.
#[derive(Debug, Default)]
pub struct Laid {
    /// Files that were made (or would be), in the order of the list; relative to the work tree where inside it.
    pub created: Vec<String>,
    /// Files that were there already and stay as they are.
    pub kept: Vec<String>,
    /// Files that could not be made, with the reason.
    pub failed: Vec<(String, Problem)>,
    /// Why WORKFLOW.md belongs here; `None` when it does not.
    pub git_flow: Option<GitFlow>,
    /// Languages of the project, by id.
    pub kinds: Vec<String>,
    /// Programs that it needs, with their versions.
    pub tools: Vec<Tool>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

/// Lays the files.
///
/// # Errors
/// `git.no-work-tree` in a bare repository, `git.unreadable` in a broken one, `template.invalid` for a fault of ours.
pub fn init(ask: &Init<'_>) -> Result<Laid, Problem> {
    let place = ask.place;
    let mut laid = Laid::default();
    match place.repository() {
        Some(repository) if repository.is_bare() => return Err(bare(place)),
        Some(_) => {}
        None => {
            // A repository that cannot be opened has a root that is not known: better nothing than files in a sub-folder.
            if let Some(problem) = broken(place) {
                return Err(problem);
            }
            laid.notes.push(outside(place));
        }
    }
    let stack = crate::stack(place, ask.config, ask.home);
    laid.notes.extend(stack.notes);
    laid.git_flow = if ask.git_flow { Some(GitFlow::Asked) } else { git_flow::detect(place) };
    laid.tools = tools::asked(place, ask.home, &stack.value);
    let values = scaffold::Values::new(&place.name(), &stack.value, laid.git_flow.is_some());
    laid.kinds = stack.value.kinds;
    for page in scaffold::pages().filter(|page| page.belongs(laid.git_flow.is_some())) {
        let root = if page.shared { place.shared_root() } else { place.root() };
        let shown = |relative: &str| place.shown(&root.join(relative));
        if page.path == scaffold::COSTS && costs_are_shared(place) {
            laid.kept.push(shown("costs"));
            continue;
        }
        let text = page.text(&values)?;
        let private = root.starts_with(ask.home.wfo(""));
        match lay(root, page.path, &text, private, ask.apply) {
            Ok(None) => laid.created.push(shown(page.path)),
            Ok(Some(present)) => laid.kept.push(shown(&present)),
            Err(problem) => laid.failed.push((shown(page.path), problem)),
        }
    }
    Ok(laid)
}

/// Makes one file; `Some` names what is there instead.
fn lay(root: &Path, relative: &str, text: &str, private: bool, apply: bool) -> Result<Option<String>, Problem> {
    match new_file::look(root, relative)? {
        Spot::Taken(present) => Ok(Some(present)),
        Spot::Free if !apply => Ok(None),
        Spot::Free => {
            let new = new_file::create(root, relative, text.as_bytes(), private)?;
            Ok((!new).then(|| relative.to_owned()))
        }
    }
}

/// Names the files of a project with the git-flow that are not there.
pub(crate) fn lacking(place: &Place) -> Vec<String> {
    let lacks = |page: &&scaffold::Page| {
        let root = if page.shared { place.shared_root() } else { place.root() };
        let taken = !matches!(new_file::look(root, page.path), Ok(Spot::Free));
        !(taken || page.path == scaffold::COSTS && costs_are_shared(place))
    };
    scaffold::pages().filter(lacks).map(|page| page.path.to_owned()).collect()
}

/// Says whether git tracks something in `costs/`: a team that shares it has decided, and an ignore rule would hide new files.
fn costs_are_shared(place: &Place) -> bool {
    let Ok(folder) = std::fs::read_dir(place.shared_root().join("costs")) else { return false };
    // From a linked worktree it is the main checkout's index that counts.
    let Some(repository) = wfo_git::Repository::discover(place.shared_root()).ok().flatten() else { return false };
    folder.flatten().take(1_000).any(|entry| repository.tracks(&Path::new("costs").join(entry.file_name())))
}

/// Says why a repository that is there cannot be used: it does not open, or its `.git` file leads nowhere.
fn broken(place: &Place) -> Option<Problem> {
    if let Some(note) = place.notes.first() {
        return Some(note.problem.clone());
    }
    let file = place.root().ancestors().map(|folder| folder.join(".git")).find(|path| path.is_file())?;
    let shown = file.display().to_string();
    let problem = Problem::new(codes::GIT_UNREADABLE, format!("`{shown}` names a git folder that is not there"))
        .hint("run `git worktree repair` in the main checkout, or remove the file");
    Some(problem.in_file(shown))
}

/// Refuses a bare repository: files would be laid into its git folder.
pub(crate) fn require_work_tree(place: &Place) -> Result<(), Problem> {
    if place.repository().is_some_and(wfo_git::Repository::is_bare) { Err(bare(place)) } else { Ok(()) }
}

fn bare(place: &Place) -> Problem {
    Problem::new(
        codes::GIT_NO_WORK_TREE,
        format!("`{}` is a bare repository: it has no work tree for such files", place.root().display()),
    )
    .hint("run it in a checkout: `git worktree add ../main` makes one")
}

fn outside(place: &Place) -> Diagnostic {
    Problem::new(
        codes::GIT_NONE,
        format!("`{}` is not inside a git repository: the files are laid in this folder", place.root().display()),
    )
    .hint("run `git init` first if this is to be one")
    .info()
}

#[cfg(test)]
mod tests;
