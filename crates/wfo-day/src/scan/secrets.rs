//! `scan secrets`: which lists are asked for, and what they come to together.
//! Runs no program but git, and that only where the library cannot read a repository.

use wfo_base::{Problem, codes};
use wfo_git::{Pending, Range};

use super::{Report, Rules, Spot, Unscanned, tally};
use crate::Place;

/// The most bytes of a text that is no file: 64 MiB.
pub const TEXT_LIMIT: u64 = 64 << 20;

/// The most new commits of moving branches that are gone through.
const MOST_NEW: usize = 2_000;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// What the next commit would bring.
    pub staged: bool,
    /// The files of the work tree, tracked or not ignored.
    pub tree: bool,
    /// What commits brought.
    pub history: Option<Range>,
    /// What a commit would take from the work tree beside what is staged.
    pub pending: Option<Pending>,
    /// The ids of new branch tips: what the commits bring that no reference has yet.
    pub tips: Vec<String>,
    /// A text, and whether there was more of it.
    pub text: Option<(Vec<u8>, bool)>,
    /// The message of a commit that is being made.
    pub message: Option<String>,
}

/// Looks for secrets.
///
/// # Errors
/// `git.no-repository`, `git.no-work-tree` and the problems of git; secrets in them are hidden.
pub fn secrets(place: &Place, rules: &Rules, ask: Ask) -> Result<Report, Problem> {
    let mut report = Report::default();
    if let Some((text, more)) = &ask.text {
        let examined = rules.sweep().read("", text);
        report.files += 1;
        report.bytes += text.len() as u64;
        for (list, into) in [(examined.secrets, &mut report.findings), (examined.allowed, &mut report.allowed)] {
            into.extend(list.into_iter().map(|secret| tally::found(rules, Spot::Content, secret, None, None)));
        }
        if *more {
            let bytes = Some(TEXT_LIMIT);
            report.unscanned.push(Unscanned {
                file: None,
                commit: None,
                why: "too-large",
                detail: None,
                bytes,
                unknown: true,
            });
        }
    }
    if let Some(message) = &ask.message {
        report.findings.extend(tally::message(rules, message, None));
    }
    if ask.staged || ask.tree || ask.history.is_some() || ask.pending.is_some() || !ask.tips.is_empty() {
        let repository = repository(place).map_err(|problem| rules.hide_in(problem))?;
        let mut look = |versions: Result<wfo_git::Versions, Problem>| {
            let versions = versions.map_err(|problem| rules.hide_in(problem))?;
            tally::look(repository, rules, versions, &mut report);
            Ok::<(), Problem>(())
        };
        if ask.staged {
            look(wfo_git::staged(repository))?;
        }
        if ask.tree {
            look(wfo_git::checkout(repository))?;
        }
        if let Some(pending) = &ask.pending {
            look(wfo_git::pending(repository, pending))?;
        }
        if !ask.tips.is_empty() {
            look(wfo_git::brought_by(repository, &ask.tips, MOST_NEW))?;
        }
        if let Some(range) = &ask.history {
            look(wfo_git::brought(repository, range))?;
        }
    }
    report.findings = tally::once(std::mem::take(&mut report.findings));
    report.allowed = tally::once(std::mem::take(&mut report.allowed));
    if report.files > 0 {
        for fault in rules.sweep().faults() {
            report.cut.push("a rule is no good, so nothing is clean by it".to_owned());
            report.notes.push(rules.hide(fault.warning()));
        }
    }
    report.notes.extend(rules.notes());
    Ok(report.sorted())
}

/// Returns the repository, or says that there is none.
pub(super) fn repository(place: &Place) -> Result<&wfo_git::Repository, Problem> {
    place.repository().ok_or_else(|| {
        if let Some(note) = place.notes.iter().find(|note| note.problem.code == codes::GIT_UNREADABLE) {
            return note.problem.clone();
        }
        Problem::new(codes::GIT_NONE, format!("`{}` is in no git repository", place.folder().display()))
            .hint("work in a repository with `--repo DIR`, or pipe a text into `wfo-helper scan secrets --stdin`")
    })
}
