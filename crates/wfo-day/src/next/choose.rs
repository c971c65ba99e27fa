//! Where the call was made, and which workflow is meant: the one that was named, that of this worktree, else the only one.
//! Reads names and records; weighs nothing.

use wfo_base::{Diagnostic, Problem, codes, read, text};
use wfo_git::{Names, Worktree};
use wfo_todo::{Kind, TodoName};

use super::{Ask, flow};
use crate::bounds::Bounds;
use crate::workflows;

/// The most archived files that are looked through by name.
const ARCHIVED: usize = 5_000;

/// Where a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// `main`, `worktree`, `submodule` or `bare`.
    pub kind: &'static str,
    /// Below the top of that checkout.
    pub below_top: bool,
}

/// A workflow's file.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// From the folder that all worktrees share.
    pub file: String,
    /// Feature, release or hotfix.
    pub kind: Kind,
    /// `YYYYMMDDTHHMMSSZ`
    pub stamp: String,
    /// Its slug.
    pub slug: String,
    /// What the file says.
    pub said: wfo_todo::Workflow,
    /// It lies in `ARCHIVED/`.
    pub archived: bool,
}

/// Something that can be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// For what.
    pub title: &'static str,
    /// The commands.
    pub actions: Vec<String>,
}

impl Workflow {
    /// Reads the bytes of its file.
    ///
    /// # Errors
    /// `todo.unreadable` when it went away, and as [`read::raw`].
    pub fn page(&self, place: &crate::Place) -> Result<Vec<u8>, Problem> {
        read::raw(place.shared_root(), &self.file, read::PAGE_LIMIT)?.ok_or_else(|| {
            Problem::new(codes::TODO_UNREADABLE, format!("`{}` is not there any more", self.file))
                .hint("run the command again")
        })
    }
}

/// Says where the call was made.
pub(super) fn whereabouts(place: &crate::Place) -> Place {
    let repository = place.repository();
    let kind = match repository {
        Some(one) if one.is_bare() => "bare",
        Some(one) if one.is_submodule() => "submodule",
        Some(one) if one.is_linked_worktree() => "worktree",
        _ => "main",
    };
    Place { kind, below_top: kind != "bare" && place.folder() != place.root() }
}

/// Finds the workflow; `None` where there is none at all.
pub(super) fn workflow(
    ask: &Ask<'_>,
    names: Option<&Names>,
    checkouts: &[Worktree],
    notes: &mut Vec<Diagnostic>,
) -> Result<Option<Workflow>, Problem> {
    let root = ask.place.shared_root();
    let mut noticed = Vec::new();
    let said = workflows::workflows(root, Bounds::FULL, &mut noticed);
    let mut all: Vec<Workflow> = said.into_iter().filter_map(|said| known(said, false)).collect();
    if let Some(wanted) = ask.todo {
        let active = only(&mut all, wanted)?;
        let found = match active {
            Some(found) => Some(found),
            None => archived(ask.place, wanted, notes)?,
        };
        // Faults of other files are not this call's concern, but one of the file itself is the reason why it is not found.
        let own = |note: &&Diagnostic| note.problem.location.as_ref().is_some_and(|at| at.file.contains(wanted));
        return match (found, noticed.iter().find(own)) {
            (Some(found), _) => {
                let file = found.file.clone();
                notes.extend(noticed.into_iter().filter(|note| is_about(note, &file)));
                Ok(Some(found))
            }
            (None, Some(fault)) => Err(fault.problem.clone()),
            (None, None) => Err(unknown(wanted, &all)),
        };
    }
    let here = checkouts.iter().find(|tree| tree.current).and_then(|tree| tree.branch.as_deref());
    if let Some(branch) = here {
        let at = all.iter().position(|one| names.is_some_and(|names| flow::branch(one, names) == branch));
        if let Some(at) = at {
            let found = all.swap_remove(at);
            notes.extend(noticed.into_iter().filter(|note| is_about(note, &found.file)));
            return Ok(Some(found));
        }
    }
    notes.extend(noticed.iter().cloned());
    match (all.len(), noticed.first()) {
        (1, _) => Ok(all.pop()),
        (0, Some(fault)) => Err(fault.problem.clone()),
        (0, None) => Ok(None),
        _ => Err(several(&all)),
    }
}

fn is_about(note: &Diagnostic, file: &str) -> bool {
    note.problem.location.as_ref().is_some_and(|at| at.file == file)
}

fn known(said: wfo_todo::Workflow, archived: bool) -> Option<Workflow> {
    let base = said.file.rsplit('/').next().unwrap_or(&said.file);
    let TodoName { kind, stamp, slug } = wfo_todo::todo_name(base)?;
    Some(Workflow { file: said.file.clone(), kind, stamp, slug, said, archived })
}

/// Takes the one of this slug, or of this `STAMP_SLUG`, out of a list.
fn only(all: &mut Vec<Workflow>, wanted: &str) -> Result<Option<Workflow>, Problem> {
    let fits = |one: &Workflow| one.slug == wanted || format!("{}_{}", one.stamp, one.slug) == wanted;
    let places: Vec<usize> = all.iter().enumerate().filter(|(_, one)| fits(one)).map(|(at, _)| at).collect();
    match places.as_slice() {
        [] => Ok(None),
        [at] => Ok(Some(all.swap_remove(*at))),
        _ => {
            let names = all.iter().filter(|one| fits(one)).map(|one| format!("{}_{}", one.stamp, one.slug));
            let hint = format!("name one with `--todo`: {}", names.collect::<Vec<_>>().join(", "));
            let message = format!("{} workflows have the slug {}", places.len(), text::code_span(wanted));
            Err(Problem::new(codes::TODO_AMBIGUOUS, message).hint(hint))
        }
    }
}

/// Finds an archived one by the name of its file; only that file is read.
fn archived(place: &crate::Place, wanted: &str, notes: &mut Vec<Diagnostic>) -> Result<Option<Workflow>, Problem> {
    let root = place.shared_root();
    let entries = std::fs::read_dir(root.join("ARCHIVED")).into_iter().flatten().flatten().take(ARCHIVED);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let fits = |name: &String| {
        wfo_todo::todo_name(name)
            .is_some_and(|one| one.slug == wanted || format!("{}_{}", one.stamp, one.slug) == wanted)
    };
    let mut names: Vec<String> = names.filter(fits).collect();
    names.sort();
    let Some(name) = names.pop() else { return Ok(None) };
    let file = format!("ARCHIVED/{name}");
    let Some(page) = read::page(root, &file, read::PAGE_LIMIT)? else { return Ok(None) };
    Ok(known(wfo_todo::todo(&file, &page.text)?.drain_into(notes), true))
}

fn unknown(wanted: &str, all: &[Workflow]) -> Problem {
    let hint = if all.is_empty() {
        "there is none: `wfo-helper todo new feature SLUG` makes one".to_owned()
    } else {
        format!("the active ones are {}", slugs(all))
    };
    Problem::new(codes::TODO_UNKNOWN, format!("there is no TODO {}", text::code_span(wanted))).hint(hint)
}

fn several(all: &[Workflow]) -> Problem {
    let message = format!("{} workflows are active, and this place belongs to none of them", all.len());
    Problem::new(codes::TODO_AMBIGUOUS, message).hint(format!("name one with `--todo`: {}", slugs(all)))
}

fn slugs(all: &[Workflow]) -> String {
    let mut slugs: Vec<&str> = all.iter().map(|one| one.slug.as_str()).take(20).collect();
    slugs.sort_unstable();
    slugs.join(", ")
}

/// What can be begun where there is no workflow: the short way first.
pub(super) fn choices(names: Option<&Names>) -> Vec<Choice> {
    let mut out = Vec::new();
    if names.is_none_or(|names| names.branches.is_empty()) {
        let actions = vec!["`git commit`: there is no commit yet that a branch could start from".to_owned()];
        out.push(Choice { title: "a first commit", actions });
    }
    out.push(Choice {
        title: "a small change (a few lines, no interface, no schema): no workflow needed",
        actions: ["make the change with its test", "`wfo-helper gate run commit`", "commit it on a branch of its own"]
            .map(str::to_owned)
            .to_vec(),
    });
    for (title, kind) in [("a feature", "feature"), ("a release", "release"), ("a fix of what is released", "hotfix")] {
        out.push(Choice { title, actions: vec![format!("`wfo-helper todo new {kind} SLUG`")] });
    }
    out
}
