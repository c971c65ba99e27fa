//! `release`: the next version, from tags, commits and the public files that changed; and the notes of a release in CHANGELOG.md.
//! Tags nothing, pushes nothing.

mod current;
mod notes;

use wfo_base::{Diagnostic, Problem, codes, home::Home};
use wfo_git::{Logged, OwnCommit, Repository};
use wfo_todo::version::{self, Commit, FileChange, Proposal, Surface};

pub use current::Current;
pub use notes::{Written, write_notes};

use crate::{Place, tables};

/// The most commits that are read.
const MOST: usize = 5_000;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Where the call was made.
    pub place: &'a Place,
    /// The user's configuration folder.
    pub home: &'a Home,
    /// Commits count from here on, instead of from the highest version's tag.
    pub base: Option<&'a str>,
}

/// The next version, and what it rests on.
#[derive(Debug)]
pub struct Release {
    /// The version with its reasons.
    pub proposal: Proposal,
    /// The tag of the highest version; none = no tag is a version.
    pub tag: Option<String>,
    /// Where the commits begin: the tag, or what was named; none = at the first commit.
    pub base: Option<String>,
    /// The commits that count, newest first.
    pub commits: Vec<Commit>,
    /// Whether there are more than were read.
    pub cut: bool,
    /// The version that the project's own files name.
    pub current: Option<Current>,
    /// The name of the hotfix, on a branch that is one.
    pub hotfix: Option<String>,
}

/// Proposes the version that commits and public files ask for: the one rule, for `release version` and for `next`.
#[must_use]
pub fn proposed(tags: &[String], commits: &[Commit], surface: &[Surface]) -> Proposal {
    version::propose(tags.iter().map(String::as_str), commits, surface)
}

/// Takes the commits of a branch as versions count them.
#[must_use]
pub fn of_own(own: &[OwnCommit]) -> Vec<Commit> {
    let commit = |one: &OwnCommit| Commit { id: one.id.clone(), message: one.message.clone(), parents: one.parents };
    own.iter().map(commit).collect()
}

fn of_log(log: Vec<Logged>) -> Vec<Commit> {
    let commit = |one: Logged| Commit { id: one.id, message: one.message, parents: one.parents.len() };
    log.into_iter().map(commit).collect()
}

impl Release {
    /// Looks at tags, commits and files.
    ///
    /// # Errors
    /// `git.no-repository`, `git.no-commits`, `git.revision-unknown` for a base that leads to no commit, `tool.*`.
    pub fn look(ask: &Ask<'_>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        ask.place.require_readable(notes)?;
        let repository = ask.place.repository().ok_or_else(|| outside(ask.place))?;
        let tip = wfo_git::commit_id(repository, "HEAD")?;
        let names = wfo_git::names(repository)
            .ok_or_else(|| Problem::new(codes::GIT_UNREADABLE, "the tags of this repository cannot be read"))?;
        let highest = version::highest(names.tags.iter().map(String::as_str));
        let tag = highest.as_ref().and_then(|highest| tag_of(repository, &names.tags, highest, &tip));
        let base = ask.base.map(str::to_owned).or_else(|| tag.clone());
        let since = match (ask.base, &tag) {
            (Some(named), _) => Some(wfo_git::commit_id(repository, named)?),
            (None, Some(tag)) => Some(wfo_git::commit_id(repository, &format!("refs/tags/{tag}"))?),
            (None, None) => None,
        };
        let without: Vec<String> = since.iter().cloned().collect();
        let log = wfo_git::log(repository, &tip, &without, &[], MOST)?;
        let cut = log.cut;
        let commits = of_log(log.commits);
        if cut {
            notes.push(bounded(commits.len()));
        }
        if wfo_git::is_shallow(repository) {
            let message = "this clone is shallow: commits before its border do not count, and tags may be missing";
            notes.push(Problem::new(codes::GIT_SHALLOW, message).hint("run `git fetch --unshallow --tags`").warning());
        }
        let surface = since.as_deref().map(|since| surface(ask, repository, since, &tip, notes)).unwrap_or_default();
        let proposal = proposed(&names.tags, &commits, &surface);
        let is_hotfix = repository.branch().is_some_and(|branch| branch.starts_with("hotfix/"));
        let fixed = proposal.previous.as_ref().filter(|_| is_hotfix);
        let hotfix = fixed.map(|fixed| version::hotfix_name(fixed, names.tags.iter().map(String::as_str)));
        let current = current::find(ask.place.root());
        Ok(Self { proposal, tag, base, commits, cut, current, hotfix })
    }
}

/// Finds the tag of a version; of several spellings (`v1.4.0`, `1.4.0`) one that this history holds.
fn tag_of(repository: &Repository, tags: &[String], wanted: &version::Version, tip: &str) -> Option<String> {
    let fitting = || tags.iter().filter(|tag| version::read(tag).as_ref() == Some(wanted));
    let held = |tag: &&String| {
        let id = wfo_git::commit_id(repository, &format!("refs/tags/{tag}")).ok();
        id.is_some_and(|id| wfo_git::holds(repository, tip, &id) == Some(true))
    };
    if fitting().nth(1).is_none() {
        return fitting().next().cloned();
    }
    fitting().find(held).or_else(|| fitting().next()).cloned()
}

/// Returns the public files that changed.
fn surface(
    ask: &Ask<'_>,
    repository: &Repository,
    since: &str,
    tip: &str,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Surface> {
    let Some(files) = wfo_git::extent(repository, since, tip) else {
        let message = "the files that changed could not be listed, so only commits count";
        notes.push(Problem::new(codes::GIT_PART_FAILED, message).hint("look at public interfaces yourself").warning());
        return Vec::new();
    };
    let config = ask.place.config(ask.home);
    let stack = crate::stack(ask.place, &config, ask.home).drain_into(notes);
    let languages: Vec<&str> = stack.kinds.iter().map(String::as_str).collect();
    let rows = tables::PUBLIC.load(&config.layers(ask.home, ask.place.settings_root())).drain_into(notes);
    let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
    let changes: Vec<(&str, FileChange)> = files
        .iter()
        .map(|file| {
            let change = match file.letter {
                'A' => FileChange::Added,
                'D' => FileChange::Deleted,
                _ => FileChange::Modified,
            };
            (file.path.as_str(), change)
        })
        .collect();
    version::public_files(&rows, &languages, &changes)
}

fn bounded(count: usize) -> Diagnostic {
    let message = format!("only the newest {count} commits were read, so the version may have to rise further");
    Problem::new(codes::RELEASE_CUT, message).hint("tag a version, or name a nearer start with `--base REF`").warning()
}

fn outside(place: &Place) -> Problem {
    Problem::new(codes::GIT_NONE, format!("`{}` is not inside a git repository", place.root().display()))
        .hint("name the project with `--repo DIR`")
}
