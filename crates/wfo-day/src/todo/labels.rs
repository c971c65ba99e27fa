//! Slug, title and status of every TODO file, for the list of all: where there are many, those of a file that has not changed since it was
//! last read come from a cache below CONFIG/wfo/state. What it holds is never more than what the file itself said.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wfo_base::{Clock, atomic, read, trust};
use wfo_todo::Label;

use super::files::{names, workflows};
use super::{ARCHIVE, Site};

/// From how many files on it is worth a cache.
const MANY: usize = 16;
/// A file that changed so short a time (in seconds) before it was read may change again within the same tick of its clock.
const RACY: i64 = 3;
/// The most bytes of the cache.
const LIMIT: u64 = 8 << 20;

/// What a file was when it was read: whatever changes it, changes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Mark {
    /// Looks at a file; `None` for a link and what is no file.
    fn of(path: &Path) -> Option<Self> {
        let meta = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
        let (modified, changed) = ((meta.mtime(), meta.mtime_nsec()), (meta.ctime(), meta.ctime_nsec()));
        Some(Self { inode: meta.ino(), bytes: meta.len(), modified, changed })
    }

    /// Says whether the file had rested for a while when it was looked at.
    fn is_settled(&self, now: i64) -> bool {
        self.changed.0 <= now - RACY && self.modified.0 <= now - RACY
    }
}

type Known = BTreeMap<String, (Mark, Label)>;

/// What every TODO file says about itself, by path.
pub(super) struct Labels(BTreeMap<String, Label>);

impl Labels {
    /// Reads the files of the main checkout and of ARCHIVED/; `beside`: one that was read a moment ago. What cannot be read is left out.
    pub(super) fn of(site: &Site<'_>, beside: Option<(&str, Label)>) -> Self {
        let root = site.root();
        let active = names(root).into_iter().map(|(name, _)| name);
        let archived = names(&root.join(ARCHIVE)).into_iter().map(|(name, _)| format!("{ARCHIVE}/{name}"));
        let mut files: Vec<String> = active.chain(archived).collect();
        let mut labels = BTreeMap::new();
        if let Some((file, label)) = beside {
            files.retain(|other| other != file);
            labels.insert(file.to_owned(), label);
        }
        if files.len() < MANY {
            labels.extend(read_all(root, &files));
            return Self(labels);
        }
        let cache = cache(site);
        let known: Known = read::own_bytes(&cache, LIMIT)
            .ok()
            .flatten()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut new = Known::new();
        let mut unread = Vec::new();
        for file in files {
            let mark = Mark::of(&root.join(&file));
            match (mark, known.get(&file)) {
                (Some(mark), Some((then, label))) if *then == mark => {
                    new.insert(file, (mark, label.clone()));
                }
                _ => unread.push((file, mark)),
            }
        }
        labels.extend(new.iter().map(|(file, (_, label))| (file.clone(), label.clone())));
        let names: Vec<String> = unread.iter().map(|(file, _)| file.clone()).collect();
        let now = Clock::real().as_second();
        for (file, label) in read_all(root, &names) {
            let mark = unread.iter().find(|(name, _)| *name == file).and_then(|(_, mark)| *mark);
            if let Some(mark) = mark.filter(|mark| mark.is_settled(now)) {
                new.insert(file.clone(), (mark, label.clone()));
            }
            labels.insert(file, label);
        }
        if new != known && !site.dry_run {
            // Without it the next call reads the files again.
            let _ = serde_json::to_vec(&new).map(|bytes| atomic::write_cache(&cache, &bytes));
        }
        Self(labels)
    }

    /// Returns the files of a folder, by name: `""` for the top, or ARCHIVED.
    pub(super) fn of_folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Label)> {
        self.0.iter().map(|(file, label)| (file.as_str(), label)).filter(move |(file, _)| match file.rsplit_once('/') {
            Some((above, _)) => above == folder,
            None => folder.is_empty(),
        })
    }
}

/// What is odd in a file is told by who works on it; here it would be told at every edit of any other.
fn read_all(root: &Path, files: &[String]) -> Vec<(String, Label)> {
    let read = workflows(root, files, &mut Vec::new());
    read.into_iter().map(|one| (one.file, Label { slug: one.slug, title: one.title, status: one.status })).collect()
}

fn cache(site: &Site<'_>) -> std::path::PathBuf {
    let name: String = trust::digest(&site.root().to_string_lossy()).chars().take(16).collect();
    site.home.wfo("state/todo").join(format!("{name}.labels.json"))
}
