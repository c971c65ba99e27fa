//! What was really built by one workflow, measured: its commits, files, days, cost, coverage. From its branch, or from the commit by
//! which it was merged when the branch is gone. What cannot be told is unknown with its reason.

mod span;

use std::path::{Path, PathBuf};

use wfo_base::{Diagnostic, Problem, Usd, codes};
use wfo_git::{FileExtent, Repository};
use wfo_todo::phase::Fact;

pub(super) use span::Span;

use super::Site;
use crate::Place;
use crate::cost::{Accounts, EVER};
use crate::gate::Gates;
use crate::next::{Ask, Current, Next};

/// The most commits that are counted.
const MOST: usize = 5_000;
/// What is about the work and not the work itself, as pathspecs.
const WORK: [&str; 6] = [
    ".",
    ":(top,exclude)planning",
    ":(top,exclude)specs",
    ":(top,exclude)ARCHIVED",
    ":(top,exclude)TODO.md",
    ":(top,exclude,glob)TODO_*.md",
];

/// One workflow and what is known of it.
pub(super) struct Scene {
    /// The workflow, its branch, its checkout.
    pub(super) current: Current,
    /// The repository as the main checkout sees it.
    pub(super) main: Repository,
    /// Its commits.
    pub(super) span: Fact<Span>,
}

/// Commits of a span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Commits {
    pub(super) count: u64,
    /// Short ids: the commit before the first, and the last.
    pub(super) range: (String, String),
    /// Seconds of the first and the last.
    pub(super) times: Option<(i64, i64)>,
}

impl Scene {
    /// Looks which workflow is meant and where its commits are. Opens no connection.
    ///
    /// # Errors
    /// `git.no-repository`, `git.no-work-tree`, and what choosing a workflow answers.
    pub(super) fn look(site: &Site<'_>, wanted: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Self, Problem> {
        let ask = Ask {
            place: site.place(),
            home: site.home,
            clock: site.clock,
            todo: wanted,
            pr: None,
            offline: true,
            step: None,
        };
        let none = || {
            Problem::new(codes::TODO_UNKNOWN, "this repository has no TODO file")
                .hint("`wfo-helper todo new feature SLUG` makes one")
        };
        // What is odd about the steps is told by `next`.
        let current = Next::look(&ask, &mut Vec::new())?.current.ok_or_else(none)?;
        let main = super::commit::checkout(site)?;
        let names = wfo_git::names(&main).unwrap_or_default();
        let span = span::find(&main, &names, &current.branch);
        let shallow = wfo_git::is_shallow(&main).then(|| {
            Problem::new(codes::GIT_SHALLOW, "this clone is shallow, so counts of commits are lower bounds")
                .hint("run `git fetch --unshallow` for the whole history")
                .warning()
        });
        notes.extend(shallow);
        Ok(Self { current, main, span })
    }

    /// Returns where its documents are written: in its own checkout as long as the branch is not merged, else in the main one.
    pub(super) fn root(&self) -> PathBuf {
        let merged = self.span.known().is_none_or(|span| span.merged);
        let own = self.current.checkout.clone().filter(|_| !merged || !self.has_commits());
        own.unwrap_or_else(|| self.main.root().to_owned())
    }

    fn has_commits(&self) -> bool {
        self.span.known().is_some()
    }

    /// Counts the commits that change more than documents.
    pub(super) fn commits(&self) -> Fact<Commits> {
        let span = match &self.span {
            Fact::Known(span) => span,
            Fact::Unknown(why) => return Fact::unknown(why.as_str()),
        };
        if span.squashed {
            return Fact::unknown("they were squashed into one, and the branch is gone");
        }
        let log = match wfo_git::log(&self.main, &span.tip, &span.without, &WORK, MOST) {
            Ok(log) if log.cut => return Fact::unknown("there are more than are read"),
            Ok(log) => log,
            Err(problem) => return Fact::unknown(problem.message),
        };
        let work: Vec<_> = log.commits.iter().filter(|one| one.parents.len() < 2).collect();
        let times = work.iter().map(|one| one.time);
        let last = work.first().map_or(span.tip.as_str(), |one| one.id.as_str());
        Fact::Known(Commits {
            count: work.len() as u64,
            range: (short(&span.base), short(last)),
            times: times.clone().min().zip(times.max()),
        })
    }

    /// Lists the files that changed, without documents about the work.
    pub(super) fn files(&self) -> Fact<Vec<FileExtent>> {
        let span = match &self.span {
            Fact::Known(span) => span,
            Fact::Unknown(why) => return Fact::unknown(why.as_str()),
        };
        match wfo_git::extent(&self.main, &span.base, &span.tip) {
            Some(files) => Fact::Known(files.into_iter().filter(|file| !is_document(&file.path)).collect()),
            None => Fact::unknown("the files could not be listed"),
        }
    }

    /// Adds up what it cost; nothing recorded is not known, and never nothing.
    pub(super) fn cost(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Fact<Usd> {
        let accounts = Accounts::open(site.place(), site.home, site.clock, site.dry_run, &mut Vec::new());
        let collected = match accounts.collect(EVER.0, EVER.1, false, notes) {
            Ok(collected) => collected,
            Err(problem) => return Fact::unknown(problem.message),
        };
        if !collected.complete {
            return Fact::unknown("not every transcript was read; `wfo-helper cost import` reads them");
        }
        let slug = self.current.workflow.slug.as_str();
        let calls = collected.calls.iter().filter(|call| call.feature.as_deref() == Some(slug)).map(|call| call.usd);
        let rows = collected.rows.iter().filter(|row| row.feature.as_deref() == Some(slug)).map(|row| row.usd);
        let all: Vec<Option<Usd>> = calls.chain(rows).collect();
        if all.is_empty() {
            return Fact::unknown("nothing is recorded for it");
        }
        let sum = all.into_iter().sum::<Option<Usd>>();
        sum.map_or_else(|| Fact::unknown("a price is not known"), Fact::Known)
    }

    /// Tells the coverage that a gate saw last: hundredths of a percent, and whether it is of this content. As long as the branch is checked
    /// out, that is where the gates saw the work, also when it is merged.
    pub(super) fn coverage(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Fact<(u64, bool)> {
        let there = self.current.checkout.as_deref().map(|tree| Place::find(tree, site.home));
        let found = there
            .and_then(|place| Gates::open(&place, site.home, site.clock, notes).coverage(notes))
            .or_else(|| self.with_gates(site, notes, |gates, notes| gates.coverage(notes)));
        match found {
            Some(found) => Fact::Known((found.hundredths, found.fresh)),
            None => Fact::unknown("no gate has seen a report of it"),
        }
    }

    /// Asks the gates of the checkout that the work is in.
    pub(super) fn with_gates<T>(
        &self,
        site: &Site<'_>,
        notes: &mut Vec<Diagnostic>,
        ask: impl FnOnce(&Gates<'_>, &mut Vec<Diagnostic>) -> T,
    ) -> T {
        let root = self.root();
        let elsewhere = (root != site.place().root()).then(|| Place::find(&root, site.home));
        let place = elsewhere.as_ref().unwrap_or(site.place());
        ask(&Gates::open(place, site.home, site.clock, notes), notes)
    }
}

/// Returns the lines added and removed; binary files have none.
pub(super) fn lines(files: &[FileExtent]) -> (u64, u64) {
    let lines = files.iter().filter_map(|file| file.lines);
    lines.fold((0, 0), |(added, removed), (more, less)| (added + more, removed + less))
}

/// Says whether a file is about the work and not the work itself.
fn is_document(path: &str) -> bool {
    let top = path.split('/').next().unwrap_or_default();
    matches!(top, "planning" | "specs" | "ARCHIVED" | "TODO.md") || wfo_todo::todo_name(path).is_some()
}

fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// Refuses a file that is a link: another one would be written than it seems.
///
/// # Errors
/// `file.link-outside`
pub(super) fn require_own(root: &Path, file: &str) -> Result<(), Problem> {
    if std::fs::symlink_metadata(root.join(file)).is_ok_and(|meta| meta.is_symlink()) {
        return Err(Problem::new(codes::FILE_LINK_OUTSIDE, format!("`{file}` is a link, so it is not written"))
            .hint("replace the link by the file that it leads to")
            .in_file(file));
    }
    Ok(())
}
