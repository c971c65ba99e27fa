//! `todo validate`: every broken rule of the TODO files with its line, and where planning, specification and plan do not fit together.

use std::path::PathBuf;

use wfo_base::{Diagnostic, Problem, codes, read};
use wfo_todo::phase::Steps;
use wfo_todo::record::{Rules, validate as faults_of};
use wfo_todo::trace::{Pages, gaps};
use wfo_todo::{plan_merge, todo_name};

use super::Site;
use super::choose::choose;
use super::files::{bytes, names};
use super::papers::{tree_of, trees};
use crate::tables;

/// One file and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The TODO file.
    pub file: String,
    /// Each broken rule, in the order of lines; then what the pages of the workflow leave open.
    pub faults: Vec<Problem>,
    /// Whether it cannot be read at all.
    pub unreadable: bool,
}

/// Checks the TODO that is named, else all of them.
///
/// # Errors
/// `todo.unknown`, `todo.ambiguous`.
pub fn validate(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Vec<Judged>, Problem> {
    let files = match wanted {
        Some(_) => vec![choose(site, wanted, notes)?],
        None => names(site.root()).into_iter().map(|(name, _)| name).collect(),
    };
    if files.is_empty() {
        return Err(Problem::new(codes::TODO_UNKNOWN, "this repository has no TODO file")
            .hint("`wfo-helper todo new feature SLUG` makes one"));
    }
    let steps = Steps::new(site.rows(&tables::PHASES, notes));
    let kinds = [None, Some(wfo_todo::Kind::Feature), Some(wfo_todo::Kind::Release), Some(wfo_todo::Kind::Hotfix)];
    let steps: Vec<&str> = kinds.into_iter().flat_map(|kind| steps.of(kind)).map(|row| row.id.as_str()).collect();
    let technologies = site.rows(&tables::TECHNOLOGIES, notes);
    let trees = trees(site);
    let judged = files.into_iter().map(|file| {
        let read = bytes(site.root(), &file).and_then(|bytes| faults_of(&file, &bytes, Rules { steps: &steps }));
        match read {
            Ok(mut faults) => {
                faults.extend(open(site, (&file, &trees), &technologies, notes));
                Judged { file, faults, unreadable: false }
            }
            Err(problem) => Judged { file, faults: vec![problem], unreadable: true },
        }
    });
    Ok(judged.collect())
}

/// Says what the pages of a workflow leave open.
fn open(
    site: &Site<'_>,
    (file, trees): (&str, &[wfo_git::Worktree]),
    technologies: &[wfo_todo::trace::TechnologyRow],
    notes: &mut Vec<Diagnostic>,
) -> Vec<Problem> {
    let Some(name) = todo_name(file) else { return Vec::new() };
    let tree = tree_of(trees, &name);
    let slug = name.slug;
    let roots: Vec<_> = tree.iter().map(PathBuf::as_path).chain([site.place().root(), site.root()]).collect();
    let mut page = |folder: &str, name: &str| {
        let path = format!("{folder}/{slug}/{name}.md");
        // The specification grows in the worktree; what is not there may be in the main checkout.
        roots.iter().find_map(|root| match read::page(root, &path, read::PAGE_LIMIT) {
            Ok(page) => page.map(|page| page.text),
            Err(problem) => {
                notes.push(problem.warning());
                None
            }
        })
    };
    let [requirements, architecture, epics] =
        ["requirements", "architecture", "epics"].map(|name| page("planning", name));
    let [spec, plan] = ["spec", "plan"].map(|name| page("specs", name));
    let planned = plan.as_deref().map(plan_merge::planned).unwrap_or_default();
    let pages = Pages {
        requirements: requirements.as_deref(),
        architecture: architecture.as_deref(),
        epics: epics.as_deref(),
        spec: spec.as_deref(),
        plan: plan.as_deref(),
    };
    let folder = |page: &str| {
        let top = if matches!(page, "spec.md" | "plan.md") { "specs" } else { "planning" };
        format!("{top}/{slug}")
    };
    gaps(&pages, &planned, technologies).iter().map(|gap| gap.problem(folder)).collect()
}
