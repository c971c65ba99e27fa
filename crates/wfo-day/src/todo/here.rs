//! Where a call was made: main checkout, worktree, sub-folder, submodule or no repository; which workflow that place belongs to, and
//! which skills serve its phase. Asks git-dir and common-dir, never the shape of a path.

use std::path::Path;

use wfo_base::Diagnostic;
use wfo_todo::phase::Steps;
use wfo_todo::{TodoName, Workflow};

use super::Site;
use super::files::names;
use crate::tables;

/// What kind of place it is.
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

/// The place of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// What it is.
    pub spot: Spot,
    /// Whether the call was made below its top.
    pub below: bool,
    /// The branch; `None` when detached or outside a repository.
    pub branch: Option<String>,
    /// The TODO file that this place belongs to.
    pub file: Option<String>,
    /// Skills that serve the phase its record names, or the set-up where there is no workflow at all.
    pub skills: Vec<String>,
}

impl Here {
    /// Looks; `workflows` are those that were read, for their phases.
    #[must_use]
    pub fn look(site: &Site<'_>, workflows: &[Workflow], notes: &mut Vec<Diagnostic>) -> Self {
        let place = site.place();
        let repository = place.repository();
        let spot = match repository {
            None => Spot::None,
            Some(repository) if repository.is_submodule() => Spot::Submodule,
            Some(repository) if repository.is_linked_worktree() => Spot::Worktree,
            Some(repository) if repository.is_bare() => Spot::Bare,
            Some(_) => Spot::Main,
        };
        let file = belonging(site);
        let steps = Steps::new(site.rows(&tables::PHASES, notes));
        let own = file.as_ref().and_then(|file| workflows.iter().find(|one| one.file == *file));
        let only = match workflows {
            [only] => Some(only),
            _ => None,
        };
        let skills = match own.or(only) {
            Some(one) => steps.skills(one.kind, one.phase.unwrap_or_default()),
            None if workflows.is_empty() => steps.skills(None, 0),
            None => Vec::new(),
        };
        Self {
            spot,
            below: place.folder() != place.root(),
            branch: repository.and_then(wfo_git::Repository::branch),
            file,
            skills: skills.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Finds the TODO file that the current checkout belongs to: by its branch, else by a worktree's folder.
pub(super) fn belonging(site: &Site<'_>) -> Option<String> {
    let repository = site.place().repository()?;
    let all = names(site.root());
    let by = |word: &str| best(&all, word);
    repository.branch().and_then(|branch| by(&branch)).or_else(|| {
        let folder = repository.is_linked_worktree().then(|| repository.root().file_name())??;
        by(&folder.to_string_lossy())
    })
}

/// Returns the one file that fits a branch or folder best; none where two fit alike.
fn best(all: &[(String, TodoName)], word: &str) -> Option<String> {
    let fitting = || all.iter().map(|(name, parts)| (closeness(word, parts), name)).filter(|(fits, _)| *fits > 0);
    let top = fitting().map(|(fits, _)| fits).max()?;
    let mut best = fitting().filter(|(fits, _)| *fits == top);
    let (_, name) = best.next()?;
    best.next().is_none().then(|| name.clone())
}

/// Says how surely a branch or folder is a workflow's; 0 for not at all.
pub(super) fn closeness(word: &str, name: &TodoName) -> usize {
    let last = Path::new(word).file_name().map(|last| last.to_string_lossy().into_owned()).unwrap_or_default();
    let ends = |end: &str| last.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'));
    let longest = 1_000;
    if ends(&format!("{}_{}", name.stamp, name.slug)) {
        return longest;
    }
    // `v1.4.0` cannot be a slug as it is
    let plain = last.replace('.', "-");
    let same = last == name.slug || plain == name.slug;
    // of `login` and `user_login` the longer one is meant by `..._user_login`
    if same || stamped(&last, &name.slug) { name.slug.len().min(longest - 1) } else { 0 }
}

/// Says whether a name is `<stamp>_<slug>` for another stamp, as older files have it.
fn stamped(last: &str, slug: &str) -> bool {
    let Some(before) = last.strip_suffix(slug).and_then(|before| before.strip_suffix('_')) else { return false };
    let stamp = before.rsplit('_').next().unwrap_or(before);
    stamp.len() == 16 && stamp.ends_with('Z') && stamp.bytes().filter(u8::is_ascii_digit).count() == 14
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_belongs_to_the_workflow_whose_slug_it_carries_whole() {
        let name = |stamp: &str, slug: &str| {
            let file = format!("TODO_feature_{stamp}_{slug}.md");
            let parts = wfo_todo::todo_name(&file).unwrap();
            (file, parts)
        };
        let (old, new) = ("20261101T000000Z", "20261121T090000Z");
        let all =
            [name(old, "login"), name(new, "user_login"), name(new, "v1-4-0"), name(old, "twice"), name(new, "twice")];
        for (word, expected) in [
            ("feature/20261101T000000Z_login", Some("login")),
            ("feature/20260101T000000Z_login", Some("login")),
            ("feature/20261121T090000Z_user_login", Some("user_login")),
            ("login", Some("login")),
            ("feature/login", Some("login")),
            ("project_feature_20261101T000000Z_login", Some("login")),
            ("release/v1.4.0", Some("v1-4-0")),
            ("feature/relogin", None),
            ("feature/login-2", None),
            ("main", None),
            ("", None),
            ("twice", None),
            ("feature/20261121T090000Z_twice", Some("twice")),
        ] {
            let found = best(&all, word);
            let slug = found.and_then(|file| wfo_todo::todo_name(&file)).map(|parts| parts.slug);
            assert_eq!(slug.as_deref(), expected, "{word}");
        }
    }
}
