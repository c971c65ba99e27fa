//! What a commit would bring: what is staged, and what the command itself would take in, looked at for secrets before it runs.
//! Looks only where the command commits; what a secret is, is decided by the scan. No value leaves it.

use std::path::{Path, PathBuf};

use wfo_base::home::Home;
use wfo_gate::guard::{Commit, Folder};
use wfo_gate::secrets::could_hold;
use wfo_git::{Pending, Surroundings};

use super::{absolute, copies, resolved};
use crate::Place;
use crate::scan::{self, Ask, Found, Report, Rules, Spot};

/// The most repositories of one command that are looked at.
const MOST: usize = 8;
/// The most findings that are named.
const NAMED: usize = 3;

/// What the content of a commit comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing that must not be committed.
    Clean,
    /// Secrets, as one sentence that names places and rules and no value.
    Secrets(String),
    /// Nobody knows, for this reason.
    Unknown(String),
}

/// Looks at what a command would commit and at what it says itself; `folder` is where its shell starts.
#[must_use]
pub fn look(commit: &Commit, said: &str, folder: &Path, home: &Home) -> Content {
    if commit.folders.len() > MOST {
        return Content::Unknown(
            "it commits in more repositories than can be looked at; commit in fewer at a time".to_owned(),
        );
    }
    // What joins a commit from elsewhere names no folder to look into, and has a message all the same.
    let here = [Folder { path: Some(String::new()), ..Folder::default() }];
    let folders = if commit.folders.is_empty() { &here[..] } else { &commit.folders };
    let said = Some(said).filter(|said| could_hold(said));
    let mut unknown = None;
    for named in folders {
        match look_in(named, commit, said, folder, home) {
            Content::Clean => {}
            Content::Unknown(why) => unknown = Some(why),
            secrets @ Content::Secrets(_) => return secrets,
        }
    }
    unknown.map_or(Content::Clean, Content::Unknown)
}

fn look_in(named: &Folder, commit: &Commit, said: Option<&str>, folder: &Path, home: &Home) -> Content {
    let start = named.path.as_deref().map_or_else(|| folder.to_owned(), |path| absolute(path, folder));
    let below = |path: &Option<String>| path.as_deref().map(|path| absolute(path, &start));
    let surroundings = Surroundings {
        git_dir: below(&named.git_dir),
        work_tree: below(&named.work_tree),
        index: named.index.as_deref().map(PathBuf::from),
    };
    let place = Place::around(&start, home, &surroundings);
    let rules = Rules::new(&place, home);
    let text = said.map(|said| (said.as_bytes().to_vec(), false));
    let mut ask = Ask { text, ..Ask::default() };
    if !commit.folders.is_empty()
        && let Some(repository) = place.repository().filter(|repository| !repository.is_bare())
    {
        let pending = Pending {
            tracked: commit.all || commit.adds_all,
            untracked: commit.adds_all,
            paths: commit
                .paths
                .iter()
                .chain(&commit.adds)
                .filter_map(|path| below_root(path, folder, repository.root()))
                .collect(),
            replaced: copies::of(commit, folder, repository),
        };
        ask.pending = (!pending.is_empty()).then_some(pending);
        ask.staged = true;
    }
    let seen = if ask.staged || ask.text.is_some() { judged(&place, &rules, ask) } else { Content::Clean };
    // Where there is no repository git says so itself; one that cannot be opened may still take a commit.
    let unopened = place.notes.first().filter(|_| place.repository().is_none() && !commit.folders.is_empty());
    match (seen, unopened) {
        (Content::Clean, Some(note)) => Content::Unknown(note.problem.message.clone()),
        (seen, _) => seen,
    }
}

fn judged(place: &Place, rules: &Rules, ask: Ask) -> Content {
    match scan::secrets(place, rules, ask) {
        Ok(report) if report.blocked() => Content::Secrets(worded(&report)),
        Ok(report) => incomplete(&report).map_or(Content::Clean, Content::Unknown),
        Err(problem) => Content::Unknown(problem.message),
    }
}

/// Returns a path from the top of the work tree; none if it lies elsewhere.
pub(super) fn below_root(path: &str, folder: &Path, root: &Path) -> Option<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt;
    let whole = absolute(path, folder);
    // The folders above may be links, the file itself is not followed.
    let place = match (whole.parent(), whole.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => resolved(&whole),
    };
    let inside = place.strip_prefix(root).or_else(|_| whole.strip_prefix(root)).ok()?;
    Some(inside.as_os_str().as_bytes().to_vec())
}

/// Says where secrets are and what to do, in one sentence.
#[must_use]
pub fn worded(report: &Report) -> String {
    let blocking: Vec<&Found> = report.findings.iter().filter(|found| found.blocks()).collect();
    let named: Vec<String> =
        blocking.iter().take(NAMED).map(|found| format!("{} ({})", place_of(found), found.rule)).collect();
    let more = blocking.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("it would bring what must not be committed: {}{more}", named.join(", "))
}

/// Words where a finding is.
#[must_use]
pub fn place_of(found: &Found) -> String {
    match (found.file.as_deref(), found.at) {
        (Some(file), Some((line, _))) => format!("{file}:{line}"),
        (Some(file), None) => file.to_owned(),
        (None, at) => {
            let text = if found.spot == Spot::Message { "in the message" } else { "in the command" };
            at.map_or_else(|| text.to_owned(), |(line, _)| format!("{text}, line {line}"))
        }
    }
}

/// Says why nobody knows whether a report is clean; a conflict is none, since the command may be what ends it.
fn incomplete(report: &Report) -> Option<String> {
    let unread = report.unscanned.iter().find(|one| one.unknown && one.why != "conflict");
    let unread = unread.map(|one| format!("{} could not be read", one.file.as_deref().unwrap_or("a file")));
    unread.or_else(|| report.cut.first().cloned())
}
