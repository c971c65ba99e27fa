//! What would be lost if work stopped now: changes in no commit, commits that nothing else holds, and a hand-over that is older than
//! both. Answers within a time limit or not at all, and tells each session of the same thing once. Writes only which session was told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wfo_base::home::Home;
use wfo_base::{Clock, atomic, read, trust};

use crate::context::{DATA, PAGE};
use crate::place::Place;

/// How long everything may take, and how much of it git's status.
const TIME: (Duration, Duration) = (Duration::from_millis(80), Duration::from_millis(60));
/// What is written so shortly after the page belongs to it: learnings, and the figures of a commit.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// The most changed files whose times are looked at.
const FILES: usize = 2_000;
/// Where it is noted who was told.
const TOLD: &str = "state/reminded.json";
/// The most sessions that are remembered, for how long, and the most points of each.
const SESSIONS: usize = 200;
const DAYS: i64 = 7;
const POINTS: usize = 20;

/// What would be lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Changed files that are in no commit and newer than the hand-over.
    pub files: usize,
    /// Commits newer than the hand-over that no remote has; of a detached HEAD in a repository without remotes, that no branch has.
    pub commits: u64,
    /// Whether the repository has remotes at all.
    pub has_remotes: bool,
    /// When the hand-over was last written; `None` without one.
    pub handover: Option<Timestamp>,
}

/// Says what would be lost in a folder's checkout and was not told to this session yet; `None` when there is nothing to say.
#[must_use]
pub fn unsaved(folder: &Path, home: &Home, session: &str) -> Option<Unsaved> {
    let (sender, receiver) = mpsc::channel();
    let (folder, home_there, session_there) = (folder.to_owned(), home.clone(), session.to_owned());
    // It dies with the process: nobody waits for a repository that takes its time.
    std::thread::spawn(move || {
        let _ = sender.send(look(&folder, &home_there, &session_there));
    });
    let (found, key, points) = receiver.recv_timeout(TIME.0).ok()??;
    note(home, &key, &points).then_some(found)
}

type Look = Option<(Unsaved, String, Vec<String>)>;

fn look(folder: &Path, home: &Home, session: &str) -> Look {
    let place = Place::find(folder, home);
    let repository = place.repository().filter(|repository| !repository.is_bare())?;
    let handover = handover(&place, home);
    let branch = repository.branch();
    let key = trust::digest(&format!("{session}\n{}", place.root().display())).chars().take(16).collect::<String>();
    let stamp = handover.map_or(0, |time| time.as_second());
    let name = branch.as_deref().map_or_else(String::new, |branch| trust::digest(branch).chars().take(8).collect());
    let point = |what: &str| format!("{what} {name} {stamp}");
    let told = load(home).remove(&key).map(|row| row.told).unwrap_or_default();
    let points = [point("files"), point("commits")];
    // Mostly all was said already, and then git is not asked at all.
    if points.iter().all(|point| told.contains(point)) {
        return None;
    }
    let is_newer = |time: Timestamp| handover.is_none_or(|handover| time.duration_since(handover) > GRACE);
    let changes = wfo_git::changes_within(repository, TIME.1).ok()?;
    let mut paths: Vec<Vec<u8>> = changes.paths.into_iter().map(|change| change.path).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| path != PAGE.as_bytes() && path != DATA.as_bytes());
    let newest = paths.iter().take(FILES).filter_map(|path| changed_at(place.root(), path)).max();
    let files = if newest.is_some_and(is_newer) { paths.len() } else { 0 };
    let checkout = wfo_git::checkouts(repository).into_iter().find(|checkout| checkout.current);
    let mut found = Unsaved { files, handover, ..Unsaved::default() };
    if let Some(checkout) = checkout {
        let committed = wfo_git::head_time(repository);
        if committed.is_some_and(is_newer) {
            let holdings = wfo_git::holdings(repository, std::slice::from_ref(&checkout)).pop()?;
            found.has_remotes = holdings.has_remotes;
            // Without a remote a branch is where commits are kept.
            found.commits = match (holdings.has_remotes, checkout.detached) {
                (true, _) => holdings.unpushed.unwrap_or(0),
                (false, true) => holdings.alone.unwrap_or(0),
                (false, false) => 0,
            };
        }
    }
    let news = [found.files > 0, found.commits > 0];
    let news = points.into_iter().zip(news).filter_map(|(point, is)| is.then_some(point));
    let news: Vec<String> = news.filter(|point| !told.contains(point)).collect();
    (!news.is_empty()).then_some((found, key, news))
}

/// When the work was last handed over: the page's time, or that of the last end of day, which may have found nothing to add.
fn handover(place: &Place, home: &Home) -> Option<Timestamp> {
    let page = modified(&place.root().join(PAGE))?;
    Some(modified(&ended(place, home)).map_or(page, |ended| page.max(ended)))
}

/// Notes that the work of a checkout was handed over now.
pub(crate) fn handed_over(place: &Place, home: &Home) {
    let path = ended(place, home);
    // What cannot be noted here only makes a reminder come once too often.
    let _ = path.parent().map(|folder| atomic::make_folder(folder, true));
    let _ = atomic::write_cache(&path, b"");
}

fn ended(place: &Place, home: &Home) -> PathBuf {
    let checkout: String = trust::digest(&place.root().to_string_lossy()).chars().take(16).collect();
    place.state(home).join(format!("ended-{checkout}"))
}

/// When a changed path was changed; of one that is gone, when its folder was.
fn changed_at(root: &Path, path: &[u8]) -> Option<Timestamp> {
    use std::os::unix::ffi::OsStrExt;
    let path = root.join(std::ffi::OsStr::from_bytes(path));
    modified(&path).or_else(|| modified(path.parent()?))
}

fn modified(path: &Path) -> Option<Timestamp> {
    Timestamp::try_from(std::fs::symlink_metadata(path).ok()?.modified().ok()?).ok()
}

/// What one session was told of one checkout.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Row {
    /// When it was last told something, in seconds.
    at: i64,
    told: Vec<String>,
}

fn load(home: &Home) -> BTreeMap<String, Row> {
    let bytes = read::own_bytes(&home.wfo(TOLD), read::PAGE_LIMIT).ok().flatten();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Notes what is told now; false when it was told meanwhile, or cannot be noted: then it is not said again and again.
fn note(home: &Home, key: &str, points: &[String]) -> bool {
    let path = home.wfo(TOLD);
    let Some(folder) = path.parent() else { return false };
    let noted = atomic::make_folder(folder, true).and_then(|()| {
        atomic::locked_within(&path, Duration::from_millis(200), || {
            let mut all = load(home);
            let now = Clock::real().as_second();
            let row = all.entry(key.to_owned()).or_default();
            if points.iter().all(|point| row.told.contains(point)) {
                return Ok(false);
            }
            row.at = now;
            row.told.extend(points.iter().cloned());
            let over = row.told.len().saturating_sub(POINTS);
            row.told.drain(..over);
            forget(&mut all, now);
            let bytes = serde_json::to_vec(&all).unwrap_or_default();
            atomic::write_cache(&path, &bytes).map(|()| true)
        })
    });
    noted.unwrap_or(false)
}

/// Lets old sessions go, and of too many the oldest.
fn forget(all: &mut BTreeMap<String, Row>, now: i64) {
    let limit = now.saturating_sub(DAYS * 86_400);
    all.retain(|_, row| row.at >= limit && row.at <= now);
    let mut times: Vec<i64> = all.values().map(|row| row.at).collect();
    times.sort_unstable();
    if let Some(first) = times.len().checked_sub(SESSIONS).and_then(|at| times.get(at).copied()) {
        all.retain(|_, row| row.at >= first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_that_are_old_or_dated_ahead_are_forgotten_and_never_more_than_a_bound_are_kept() {
        let now = 1_800_000_000;
        let row = |at: i64| Row { at, told: vec!["x".to_owned()] };
        let mut all: BTreeMap<String, Row> = [("old", now - 8 * 86_400), ("ahead", now + 1), ("kept", now - 86_400)]
            .map(|(key, at)| (key.to_owned(), row(at)))
            .into();
        forget(&mut all, now);
        assert_eq!(all.keys().collect::<Vec<_>>(), ["kept"]);
        all.extend((0..500).map(|number| (format!("s{number}"), row(now - number))));
        forget(&mut all, now);
        assert_eq!(all.len(), SESSIONS);
        assert!(all.contains_key("s0") && !all.contains_key("s499"));
    }
}
