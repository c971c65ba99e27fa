//! Which TODO a command is about, for every command alike: the one that is named, else the one of this checkout, else the only active
//! one. Never a guess.

use std::path::Path;

use wfo_base::{Diagnostic, Problem, codes, text};
use wfo_todo::TodoName;

use super::Site;
use super::files::{archived_file, fits, names, workflows};
use crate::place::Place;

/// How many files a hint names.
const NAMED: usize = 20;
/// Branches that carry everybody's work, so nobody's workflow, whatever its slug.
pub(crate) const SHARED: [&str; 4] = ["main", "master", "trunk", "develop"];

/// The TODO file that is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Meant {
    /// From the folder that all worktrees share.
    pub(crate) file: String,
    /// It lies in `ARCHIVED/`.
    pub(crate) archived: bool,
    /// The branch of this checkout, where it is what says so.
    pub(crate) branch: Option<String>,
}

/// Finds the file that is meant, also among the archived ones where it is named and no active one has that name.
///
/// # Errors
/// `todo.unknown`, `todo.ambiguous`.
pub(crate) fn meant(place: &Place, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Meant, Problem> {
    let root = place.shared_root();
    let all = names(root);
    if let Some(wanted) = wanted {
        let found: Vec<_> = all.iter().filter(|(name, parts)| fits(name, parts, wanted)).collect();
        return match found.as_slice() {
            [] => match archived_file(root, wanted) {
                Some(file) => Ok(Meant { file, archived: true, branch: None }),
                None => Err(unknown(wanted, &all)),
            },
            [(only, _)] => Ok(Meant { file: only.clone(), ..Meant::default() }),
            several => Err(ambiguous(several)),
        };
    }
    if let Some((file, branch)) = belonging(place) {
        return Ok(Meant { file, branch, archived: false });
    }
    only_active(root, &all, notes).map(|file| Meant { file, ..Meant::default() })
}

/// Chooses the file to work on: an archived one is worked on no more.
///
/// # Errors
/// `todo.unknown`, `todo.ambiguous`.
pub(super) fn choose(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    let meant = meant(site.place(), wanted, notes)?;
    if meant.archived {
        let shown = text::code_span(wanted.unwrap_or_default());
        let message = format!("the TODO {shown} is archived: `{}`", meant.file);
        return Err(Problem::new(codes::TODO_UNKNOWN, message).hint("move the file back to the top to go on with it"));
    }
    Ok(meant.file)
}

fn only_active(root: &Path, all: &[(String, TodoName)], notes: &mut Vec<Diagnostic>) -> Result<String, Problem> {
    match all {
        [] => Err(Problem::new(codes::TODO_UNKNOWN, "this repository has no TODO file")
            .hint("`wfo-helper todo new feature SLUG` makes one")),
        [(only, _)] => Ok(only.clone()),
        _ => {
            // A file that cannot be read may be the one that is meant: it counts as active.
            let files: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
            let mut noticed = Vec::new();
            let mut finished = workflows(root, &files, &mut noticed);
            finished.retain(wfo_todo::Workflow::is_finished);
            let active: Vec<_> = all.iter().filter(|(name, _)| !finished.iter().any(|one| one.file == *name)).collect();
            let failed = match active.as_slice() {
                [(only, _)] => return Ok(only.clone()),
                [] => ambiguous(&all.iter().collect::<Vec<_>>()),
                several => ambiguous(several),
            };
            // What is odd in files that are not meant is no concern of this call; why none is, is.
            notes.append(&mut noticed);
            Err(failed)
        }
    }
}

fn unknown(wanted: &str, there: &[(String, TodoName)]) -> Problem {
    let hint = match there {
        [] => "`wfo-helper todo new feature SLUG` makes one".to_owned(),
        there => format!("there are {}", listed(&there.iter().collect::<Vec<_>>())),
    };
    Problem::new(codes::TODO_UNKNOWN, format!("there is no TODO {}", text::code_span(wanted))).hint(hint)
}

fn ambiguous(files: &[&(String, TodoName)]) -> Problem {
    Problem::new(codes::TODO_AMBIGUOUS, format!("{} TODO files could be meant", files.len()))
        .hint(format!("name one with `--todo`: {}", listed(files)))
}

/// Names the slugs, with the stamp where two have the same.
fn listed(files: &[&(String, TodoName)]) -> String {
    let word = |one: &TodoName| {
        let twice = files.iter().filter(|(_, other)| other.slug == one.slug).count() > 1;
        if twice { format!("{}_{}", one.stamp, one.slug) } else { one.slug.clone() }
    };
    let mut named: Vec<String> = files.iter().take(NAMED).map(|(_, one)| word(one)).collect();
    named.sort_unstable();
    let more = files.len().saturating_sub(NAMED);
    named.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

/// Finds the TODO file that the current checkout belongs to: by its branch, which is returned too, else by a worktree's folder.
pub(super) fn belonging(place: &Place) -> Option<(String, Option<String>)> {
    let repository = place.repository()?;
    let all = names(place.shared_root());
    let branch = repository.branch().filter(|branch| !SHARED.contains(&branch.as_str()));
    if let Some((file, branch)) = branch.and_then(|branch| Some((best(&all, &branch)?, branch))) {
        return Some((file, Some(branch)));
    }
    let folder = repository.is_linked_worktree().then(|| repository.root().file_name())??;
    best(&all, &folder.to_string_lossy()).map(|file| (file, None))
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
    let is_version = || name.kind != wfo_todo::Kind::Feature && plain.strip_prefix('v') == Some(name.slug.as_str());
    let same = last == name.slug || plain == name.slug || is_version();
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
            let kind = if slug == "2-0-1" { "hotfix" } else { "feature" };
            let file = format!("TODO_{kind}_{stamp}_{slug}.md");
            let parts = wfo_todo::todo_name(&file).unwrap();
            (file, parts)
        };
        let (old, new) = ("20261101T000000Z", "20261121T090000Z");
        let all = [
            name(new, "2-0-1"),
            name(old, "login"),
            name(new, "user_login"),
            name(new, "v1-4-0"),
            name(old, "twice"),
            name(new, "twice"),
        ];
        for (word, expected) in [
            ("feature/20261101T000000Z_login", Some("login")),
            ("feature/20260101T000000Z_login", Some("login")),
            ("feature/20261121T090000Z_user_login", Some("user_login")),
            ("login", Some("login")),
            ("feature/login", Some("login")),
            ("project_feature_20261101T000000Z_login", Some("login")),
            ("release/v1.4.0", Some("v1-4-0")),
            ("hotfix/v2.0.1", Some("2-0-1")),
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
