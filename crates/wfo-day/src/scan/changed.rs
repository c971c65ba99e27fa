//! A quick look at what is changed, for the morning: secrets in changed files, within bounds, and files of settings by name.
//! Looks at nothing that is as it was, and reads no rule where nothing asks for one.

use wfo_gate::files::env_file;
use wfo_gate::secrets::Confidence;
use wfo_git::{Change, Kind, Reader, Repository};

use super::{Found, Report, Rules, tally};

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// How many files.
    pub(crate) files: usize,
    /// How many bytes of them all.
    pub(crate) bytes: u64,
}

/// What the look came to; no character of a value is in it.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// Secrets of medium confidence or more, by file and place.
    pub(crate) secrets: Vec<Found>,
    /// How many changed files were not looked at.
    pub(crate) unseen: usize,
    /// Files of settings that are in the index.
    pub(crate) tracked: Vec<String>,
    /// Files of settings that nothing ignores.
    pub(crate) not_ignored: Vec<String>,
}

/// Looks at the changed paths; `named` are the tracked files whose names may be those of settings.
pub(crate) fn changed(
    repository: &Repository,
    rules: &Rules,
    changes: &[Change],
    named: &[Vec<u8>],
    most: Most,
) -> Changed {
    let mut out = Changed::default();
    let untracked = changes.iter().filter(|change| change.kind == Kind::Untracked).map(|change| change.path.as_slice());
    let untracked: Vec<&[u8]> = untracked.filter(|path| could_be_settings(path)).collect();
    if !named.is_empty() || !untracked.is_empty() {
        let rows = rules.files();
        let is = |path: &[u8], tracked| {
            let path = String::from_utf8_lossy(path);
            env_file(&rows, &path, tracked, false).map(|_| rules.shown(&path))
        };
        out.tracked = named.iter().filter_map(|path| is(path, true)).collect();
        out.not_ignored = untracked.into_iter().filter_map(|path| is(path, false)).collect();
    }
    if changes.is_empty() {
        return out;
    }
    let few = changes.get(..changes.len().min(most.files)).unwrap_or(changes);
    out.unseen = changes.len() - few.len();
    let mut versions = wfo_git::changed(repository, few);
    let mut reader = Reader::new(repository, most.bytes);
    let mut left = most.bytes;
    versions.retain(|version| {
        let Some(bytes) = reader.bytes_of(version) else { return true };
        let fits = bytes <= left;
        left -= if fits { bytes } else { 0 };
        out.unseen += usize::from(!fits);
        fits
    });
    let mut report = Report::default();
    tally::look(repository, rules, wfo_git::Versions { list: versions, ..Default::default() }, &mut report);
    out.unseen += report.unscanned.iter().filter(|one| one.why != "binary" && one.why != "not-regular").count();
    let sure = |found: &Found| found.confidence >= Confidence::Medium;
    out.secrets = tally::once(report.findings.into_iter().filter(sure).collect());
    out.secrets.sort_by_cached_key(|found| (found.file.clone(), found.at));
    out
}

/// Says whether the last part of a path has what the names of such files have.
fn could_be_settings(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    name.windows(NAMED.len()).any(|part| part.eq_ignore_ascii_case(NAMED.as_bytes()))
}

/// What the names of files of settings have in them.
pub(crate) const NAMED: &str = "env";
