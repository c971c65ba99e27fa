//! The pages of work items: one for each open thread, found again by the thread they name, written only where none is.

use std::collections::BTreeMap;
use std::path::Path;

use wfo_base::{Diagnostic, Problem, codes, read, text};
use wfo_todo::feedback::{
    FeedbackRow, Issue, Thread, Threads, Weight, WorkItem, issue, lineage, work_item_apart, work_items,
};

use crate::init::create_file;
use crate::todo::Site;

/// The folder of the pages.
const FOLDER: &str = "planning";
/// The most names of that folder that are looked at.
const NAMES: usize = 20_000;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was written, or would be.
    Written,
    /// It was there and is as it was.
    Kept,
}

impl State {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Kept => "kept",
        }
    }
}

/// One open thread as a work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What the thread says, and how much it asks for.
    pub work: WorkItem,
    /// The page, below the main checkout.
    pub path: String,
    /// Whether it was there.
    pub state: State,
    /// The issue that was made of it.
    pub issue: Option<Issue>,
}

impl Item {
    /// Says whether it is work of its own, by the rules.
    #[must_use]
    pub fn is_substantive(&self) -> bool {
        self.work.weight == Weight::Substantive
    }

    /// Returns a slug for a workflow of its own.
    #[must_use]
    pub fn slug(&self) -> String {
        let slug: String = self.work.id.chars().map(|c| if c == '.' { '-' } else { c }).take(100).collect();
        slug.trim_end_matches('-').to_owned()
    }
}

/// Writes the pages that are not there yet.
pub(super) fn write(
    site: &Site<'_>,
    rows: &[FeedbackRow],
    threads: &Threads,
    pr: u64,
    notes: &mut Vec<Diagnostic>,
) -> Result<Vec<Item>, Problem> {
    let known = present(site.root(), pr, notes);
    let works = work_items(rows, threads, pr);
    let all = threads.open.iter().zip(works);
    all.map(|(thread, work)| one(site, rows, (thread, work), pr, &known)).collect()
}

fn one(
    site: &Site<'_>,
    rows: &[FeedbackRow],
    (thread, mut work): (&Thread, WorkItem),
    pr: u64,
    known: &BTreeMap<String, (String, Option<Issue>)>,
) -> Result<Item, Problem> {
    if let Some((path, issue)) = known.get(&thread.id) {
        return Ok(Item { path: path.clone(), work, state: State::Kept, issue: issue.clone() });
    }
    // A name that another thread's page has already, as on file systems that do not tell cases apart.
    if known.values().any(|(path, _)| path.eq_ignore_ascii_case(&work.file)) {
        work = work_item_apart(rows, thread, pr);
    }
    let path = work.file.clone();
    let page = site.rules().without_secrets_in_lines(&work.page);
    let there = read::is_there(&site.root().join(&path)) != Some(false);
    let kept = there || !(site.is_dry_run() || create_file(site.root(), &path, page.as_bytes(), false)?);
    Ok(Item { path, work, state: if kept { State::Kept } else { State::Written }, issue: None })
}

/// Finds the pages of a pull request by the threads they name.
pub(crate) fn present(root: &Path, pr: u64, notes: &mut Vec<Diagnostic>) -> BTreeMap<String, (String, Option<Issue>)> {
    let prefix = format!("pr-{pr}-issue-");
    let mut names = read::names(&root.join(FOLDER), NAMES);
    names.retain(|name| name.starts_with(&prefix) && name.ends_with(".md"));
    names.sort();
    let mut out = BTreeMap::new();
    for name in names {
        let path = format!("{FOLDER}/{name}");
        match read::page(root, &path, read::PAGE_LIMIT) {
            Ok(Some(page)) => {
                let from = lineage(&page.text).filter(|from| from.pr == pr);
                if let Some(from) = from {
                    out.entry(from.thread).or_insert((path, issue(&page.text)));
                }
            }
            Ok(None) => {}
            Err(problem) => notes.push(problem.warning()),
        }
    }
    out
}

/// Says that a page cannot take the number of an issue.
pub(super) fn unfit(path: &str) -> Problem {
    let message = format!("{} has no front matter that a number could be noted in", text::code_span(path));
    Problem::new(codes::PR_UNREADABLE, message)
        .hint("remove the page and run `wfo-helper pr feedback` again; it is written anew")
        .in_file(path)
}
