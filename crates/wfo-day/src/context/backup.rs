//! `context backup`: copies of the pages that hold a project's context, in `CONFIG/context-backups/<project>/<stamp>/`, for 7 days
//! and always the newest. A backup is there whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wfo_base::{Clock, Diagnostic, Problem, atomic, codes, ids, read, trust};

use super::{DATA, LIMIT, PAGE, Site};

/// How long a backup is kept.
const DAYS: i64 = 7;
/// The most TODO files of one backup.
const TODO_FILES: usize = 200;
/// The most entries of the folder that are looked at.
const ENTRIES: usize = 10_000;
/// How the names of backups begin that are being filled.
const DRAFT: &str = ".half-";
/// The list of a backup's files.
const LIST: &str = "backup.json";

/// Where a saved file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// To the checkout.
    Own,
    /// To the folder that all worktrees share.
    Shared,
}

/// One saved file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) side: Side,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// What stands in [`LIST`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    schema: String,
    project: String,
    root: String,
    at: String,
    pub(super) files: Vec<Entry>,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its stamp, by which it is restored.
    pub stamp: String,
    /// Its folder.
    pub folder: PathBuf,
    /// When it was made.
    pub at: Timestamp,
    /// The files that it holds, with their sizes.
    pub files: Vec<(String, u64)>,
    /// Backups that were too old and went.
    pub pruned: Vec<String>,
}

/// Saves what there is, and lets old backups go.
///
/// # Errors
/// `context.nothing-to-save` (then nothing goes either), `file.not-written`, `lock.timeout`.
pub fn backup(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Saved, Problem> {
    site.locked(|| {
        let mut saved = save(site, notes)?;
        saved.pruned = prune(site, notes);
        Ok(saved)
    })
}

/// Returns the newest backup when it holds the pages just as they are.
#[must_use]
pub fn held(site: &Site<'_>) -> Option<Saved> {
    let newest = backups(site).into_iter().next()?;
    let listed = manifest(site, &newest.folder)?.files;
    let now: Vec<Entry> = gather(site, &mut Vec::new()).into_iter().map(|(entry, _)| entry).collect();
    (listed == now).then_some(newest)
}

/// Saves what there is; the caller holds the lock. On a dry run only says what would be.
pub(super) fn save(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Saved, Problem> {
    let files = gather(site, notes);
    if files.is_empty() {
        let shown = site.root().display();
        return Err(Problem::new(
            codes::CONTEXT_NOTHING,
            format!("`{shown}` has no {PAGE} and no other page of context"),
        )
        .hint("write one first: `wfo-helper context write`"));
    }
    let now = Clock::real();
    let folder = folder(site);
    let listed = files.iter().map(|(entry, _)| (entry.path.clone(), entry.bytes)).collect();
    let manifest = Manifest {
        schema: "wfo.context-backup/1".to_owned(),
        project: site.place.name(),
        root: site.root().to_string_lossy().into_owned(),
        at: now.to_string(),
        files: files.iter().map(|(entry, _)| entry.clone()).collect(),
    };
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let stamp = if site.dry_run { stamp } else { lay_down(&folder, &stamp, &manifest, &files)? };
    Ok(Saved { folder: folder.join(&stamp), stamp, at: now, files: listed, pruned: Vec::new() })
}

/// Writes the files into a folder with a name of its own and gives it its stamp when all is there.
fn lay_down(folder: &Path, stamp: &str, manifest: &Manifest, files: &[(Entry, Vec<u8>)]) -> Result<String, Problem> {
    atomic::make_folder(folder, true)?;
    forget_drafts(folder);
    let draft = folder.join(format!("{}{}", atomic::draft(DRAFT), ids::unique().replace('-', "")));
    let fill = || {
        atomic::make_folder(&draft, true)?;
        for (entry, bytes) in files {
            let path = saved_path(&draft, entry);
            path.parent().map_or(Ok(()), |parent| atomic::make_folder(parent, true))?;
            atomic::write_private(&path, bytes)?;
        }
        let list = serde_json::to_vec_pretty(manifest).unwrap_or_default();
        atomic::write_private(&draft.join(LIST), &list)
    };
    let filled = fill().and_then(|()| {
        let names = (1..100).map(|turn| if turn == 1 { stamp.to_owned() } else { format!("{stamp}-{turn}") });
        let free = names.filter(|name| read::is_there(&folder.join(name)) == Some(false));
        let mut last = None;
        for name in free {
            match fs::rename(&draft, folder.join(&name)) {
                Ok(()) => return Ok(name),
                Err(error) => last = Some(error),
            }
        }
        let why = last.map_or_else(|| "too many backups in one second".to_owned(), |error| error.to_string());
        Err(Problem::new(
            codes::FILE_NOT_WRITTEN,
            format!("`{}` could not be made: {why}", folder.join(stamp).display()),
        )
        .hint("check the folder's permissions and the free space"))
    });
    if filled.is_err() {
        let _ = fs::remove_dir_all(&draft);
    }
    filled
}

/// Removes what killed calls left half done: at once where the call is surely gone, else after an hour.
fn forget_drafts(folder: &Path) {
    let is_old = |path: &Path| {
        let changed =
            fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir).and_then(|meta| meta.modified().ok());
        let changed = changed.and_then(|time| Timestamp::try_from(time).ok());
        changed.is_some_and(|time| Clock::real().duration_since(time) > SignedDuration::from_hours(1))
    };
    for name in read::names(folder, ENTRIES).into_iter().filter(|name| name.starts_with(DRAFT)) {
        let draft = folder.join(&name);
        let is_folder = || fs::symlink_metadata(&draft).is_ok_and(|meta| meta.is_dir());
        if is_old(&draft) || (atomic::is_orphan(&name, DRAFT) && is_folder()) {
            let _ = fs::remove_dir_all(&draft);
        }
    }
}

/// Returns where a saved file lies.
pub(super) fn saved_path(folder: &Path, entry: &Entry) -> PathBuf {
    let side = match entry.side {
        Side::Own => "files",
        Side::Shared => "shared",
    };
    folder.join(side).join(&entry.path)
}

/// Reads every page that is there; what cannot be read is named and left out.
fn gather(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Vec<(Entry, Vec<u8>)> {
    const OWN: [&str; 6] = [PAGE, "CLAUDE.md", "TASK.md", "PLANNING.md", DATA, ".claude/todos.json"];
    let own = OWN.iter().map(|name| ((*name).to_owned(), Side::Own));
    let same = site.root() == site.place.shared_root();
    let side = if same { Side::Own } else { Side::Shared };
    let mut todos: Vec<String> = read::names(site.place.shared_root(), ENTRIES);
    todos.retain(|name| name == "TODO.md" || wfo_todo::todo_name(name).is_some());
    todos.sort();
    let mut found = Vec::new();
    for (path, side) in own.chain(todos.into_iter().take(TODO_FILES).map(|name| (name, side))) {
        match read::raw(root_of(site, side), &path, LIMIT) {
            Ok(Some(bytes)) => {
                let entry = Entry { path, side, bytes: bytes.len() as u64, sha256: trust::digest_bytes(&bytes) };
                found.push((entry, bytes));
            }
            Ok(None) => {}
            Err(problem) => notes.push(problem.warning()),
        }
    }
    found
}

/// Returns the folder that a side stands for.
pub(super) fn root_of<'s>(site: &'s Site<'_>, side: Side) -> &'s Path {
    match side {
        Side::Own => site.root(),
        Side::Shared => site.place.shared_root(),
    }
}

/// Returns the folder of the project's backups.
fn folder(site: &Site<'_>) -> PathBuf {
    let name = site.place.name();
    let name = if name == "/" || name.starts_with('.') { "root".to_owned() } else { name };
    site.home.config().join("context-backups").join(name)
}

/// Lists the backups of this checkout, newest first.
#[must_use]
pub fn backups(site: &Site<'_>) -> Vec<Saved> {
    let folder = folder(site);
    let mut found: Vec<Saved> = read::names(&folder, ENTRIES)
        .into_iter()
        .filter(|name| !name.starts_with('.'))
        .filter_map(|stamp| {
            let manifest = manifest(site, &folder.join(&stamp))?;
            let at = manifest.at.parse().ok()?;
            let files = manifest.files.into_iter().map(|entry| (entry.path, entry.bytes)).collect();
            Some(Saved { folder: folder.join(&stamp), stamp, at, files, pruned: Vec::new() })
        })
        .collect();
    found.sort_by(|a, b| (b.at, &b.stamp).cmp(&(a.at, &a.stamp)));
    found
}

/// Reads a backup's list; `None` when it is none, or of another checkout.
pub(super) fn manifest(site: &Site<'_>, folder: &Path) -> Option<Manifest> {
    let bytes = read::own_bytes(&folder.join(LIST), LIMIT).ok()??;
    let manifest: Manifest = serde_json::from_slice(&bytes).ok()?;
    (manifest.root == site.root().to_string_lossy()).then_some(manifest)
}

/// Lets backups of more than 7 days go, never the newest.
fn prune(site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let now = Clock::real();
    let limit = SignedDuration::from_hours(24 * DAYS);
    let mut pruned = Vec::new();
    if site.dry_run {
        return pruned;
    }
    for old in backups(site).into_iter().skip(1).filter(|one| now.duration_since(one.at) > limit) {
        match fs::remove_dir_all(&old.folder) {
            Ok(()) => pruned.push(old.stamp),
            Err(error) => notes.push(
                Problem::new(
                    codes::FILE_NOT_WRITTEN,
                    format!("`{}` could not be removed: {error}", old.folder.display()),
                )
                .hint("remove it by hand")
                .warning(),
            ),
        }
    }
    pruned
}
