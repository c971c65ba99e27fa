//! Looks at many versions on several threads and puts what they found together in one order.
//! Each thread has a reader of its own and holds one file at a time.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use wfo_gate::secrets::{Confidence, Examined, LARGEST, Secret, Skip, Sweep};
use wfo_git::{Content, Reader, Repository, Version, Versions, Why};

use super::{Found, Report, Rules, Spot, Unscanned};

/// From how many versions on a second thread is worth starting.
const ALONE: usize = 8;
/// The most threads.
const THREADS: usize = 8;
/// How many versions a thread takes at once.
const STRIDE: usize = 8;

/// What one version came to.
#[derive(Default)]
struct Seen {
    spots: Vec<(Spot, Secret)>,
    allowed: Vec<(Spot, Secret)>,
    skipped: Option<Skip>,
    unread: Option<(&'static str, Option<String>, Option<u64>, bool)>,
    bytes: u64,
    nothing: bool,
}

/// Looks at all versions of a list and adds what was found to a report.
pub(super) fn look(repository: &Repository, rules: &Rules, versions: Versions, report: &mut Report) {
    report.notes.extend(versions.notes.into_iter().map(|note| rules.hide(note)));
    report.commits += versions.commits;
    report.cut.extend(versions.cut);
    for left in versions.left_out {
        let (why, unknown) = match left.why {
            Why::Repository => ("repository", false),
            Why::Conflict => ("conflict", true),
        };
        let file = Some(rules.shown(&String::from_utf8_lossy(&left.path)));
        report.unscanned.push(Unscanned { file, commit: None, why, detail: None, bytes: None, unknown });
    }
    if versions.list.is_empty() && versions.messages.is_empty() {
        return;
    }
    let sweep = rules.sweep();
    for (version, seen) in all(repository, sweep, &versions.list) {
        add(rules, version, seen, report);
    }
    for (commit, text) in &versions.messages {
        report.findings.extend(message(rules, &String::from_utf8_lossy(text), Some(commit)));
    }
}

/// Looks at the message of a commit. It is no place for settings: only what is surely a secret counts.
pub(super) fn message(rules: &Rules, text: &str, commit: Option<&str>) -> Vec<Found> {
    let secrets = rules.sweep().scan("", text.as_bytes()).into_iter();
    let sure = secrets.filter(|secret| secret.confidence == Confidence::High);
    sure.map(|secret| found(rules, Spot::Message, secret, None, commit)).collect()
}

/// Looks at all versions; the answers are in their order.
fn all<'v>(repository: &Repository, sweep: &Sweep, list: &'v [Version]) -> Vec<(&'v Version, Seen)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut reader = Reader::new(repository, LARGEST as u64);
        let mut out = Vec::new();
        loop {
            let from = next.fetch_add(STRIDE, Ordering::Relaxed);
            let Some(part) = list.get(from..list.len().min(from + STRIDE)).filter(|part| !part.is_empty()) else {
                break;
            };
            out.extend(part.iter().enumerate().map(|(at, version)| (from + at, one(&mut reader, sweep, version))));
        }
        out
    };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let threads = if list.len() < ALONE { 1 } else { cores.clamp(2, THREADS) };
    let mut seen = if threads == 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut seen = work();
            for other in others {
                // A panic in a thread must not become "nothing found".
                match other.join() {
                    Ok(more) => seen.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            seen
        })
    };
    seen.sort_unstable_by_key(|(at, _)| *at);
    seen.into_iter().filter_map(|(at, seen)| Some((list.get(at)?, seen))).collect()
}

fn one(reader: &mut Reader<'_>, sweep: &Sweep, version: &Version) -> Seen {
    let path = String::from_utf8_lossy(&version.path);
    let mut seen = Seen::default();
    match reader.read(version) {
        Content::Nothing => return Seen { nothing: true, ..seen },
        Content::Text(bytes, lines) => {
            let Examined { secrets, allowed, skipped } = match &lines {
                None => sweep.examine(&path, &bytes),
                Some(lines) => sweep.scan_added(&path, &bytes, lines),
            };
            let inside = |list: Vec<Secret>| list.into_iter().map(|secret| (Spot::Content, secret)).collect();
            (seen.spots, seen.allowed) = (inside(secrets), inside(allowed));
            seen.skipped = skipped;
            seen.bytes = bytes.len() as u64;
            seen.unread = skipped.filter(|skip| skip.whole()).map(|_| ("binary", None, None, false));
        }
        Content::TooLarge(bytes) => seen.unread = Some(("too-large", None, Some(bytes), false)),
        Content::NotRegular => seen.unread = Some(("not-regular", None, None, false)),
        Content::Unreadable(why) => seen.unread = Some(("unreadable", Some(why), None, true)),
    }
    seen.spots.extend(sweep.file_name(&path).map(|secret| (Spot::Path, secret)));
    seen.spots.extend(sweep.scan_name(&path).into_iter().map(|secret| (Spot::Name, secret)));
    seen
}

fn add(rules: &Rules, version: &Version, seen: Seen, report: &mut Report) {
    if seen.nothing {
        return;
    }
    let path = || String::from_utf8_lossy(&version.path);
    let commit = version.commit.as_deref();
    match seen.unread {
        Some((why, detail, bytes, unknown)) => {
            let file = Some(rules.shown(&path()));
            let commit = commit.map(str::to_owned);
            report.unscanned.push(Unscanned { file, commit, why, detail, bytes, unknown });
        }
        None => {
            report.files += 1;
            report.bytes += seen.bytes;
            report.partly += u64::from(seen.skipped.is_some());
        }
    }
    for (list, into) in [(seen.spots, &mut report.findings), (seen.allowed, &mut report.allowed)] {
        into.extend(list.into_iter().map(|(spot, secret)| found(rules, spot, secret, Some(&path()), commit)));
    }
}

/// Puts a secret into the shape of findings.
pub(super) fn found(rules: &Rules, spot: Spot, secret: Secret, path: Option<&str>, commit: Option<&str>) -> Found {
    let at = matches!(spot, Spot::Content | Spot::Message).then_some((secret.line, secret.column));
    Found {
        title: rules.words(&secret.title),
        confidence: secret.confidence,
        spot,
        file: path.map(|path| rules.shown(path)),
        at,
        length: (secret.length > 0).then_some(secret.length),
        commit: commit.map(str::to_owned),
        fingerprint: secret.fingerprint,
        reason: secret.reason.map(|reason| rules.words(&reason)),
        rule: secret.rule,
    }
}

/// Keeps of the same finding in several commits the one in the oldest, which brought it, and of the same place one.
pub(super) fn once(list: Vec<Found>) -> Vec<Found> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Found> = list
        .into_iter()
        .rev()
        .filter(|found| {
            let at = found.at.filter(|_| found.commit.is_none());
            seen.insert((found.fingerprint.clone(), found.spot, found.commit.is_some(), at, found.file.clone()))
        })
        .collect();
    kept.reverse();
    kept
}
