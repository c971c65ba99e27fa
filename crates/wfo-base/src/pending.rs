//! Notes of work under way, so that what a killed process left half done can be put right by the next one.
//! A note is a file whose process holds its lock: a note that is not locked is abandoned. One note a name: two processes
//! cannot begin the same work.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{atomic, codes, problem::Problem};

/// The most of a note that is read: 1 MiB.
const LIMIT: usize = 1 << 20;

/// How the names of notes begin that nobody can see yet.
const TEMPORARY: &str = ".new-";

/// How long is waited for a program that a killed process has left running.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a note holds.
#[derive(Serialize, Deserialize)]
struct Note<T> {
    /// The process that writes it; a program of that process may hold the lock longer.
    pid: i32,
    work: T,
}

/// Work under way; the note goes with [`Pending::done`] and stays when the process ends before.
#[derive(Debug)]
pub struct Pending {
    path: PathBuf,
    lock: Arc<File>,
}

/// Notes below one folder.
#[derive(Debug, Clone)]
pub struct Notes {
    folder: PathBuf,
}

impl Notes {
    /// Names the folder; it is made when the first note is written.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Notes work that begins now. `None` when work of this name is noted already, under way or abandoned.
    ///
    /// # Errors
    /// `file.not-written`.
    pub fn begin<T: Serialize>(&self, name: &str, what: &T) -> Result<Option<Pending>, Problem> {
        atomic::make_folder(&self.folder, true)?;
        atomic::sweep(&self.folder, TEMPORARY);
        let path = self.folder.join(format!("{name}.json"));
        let problem = |error: &std::io::Error| not_written(&path, error);
        let new = self.fresh(what).map_err(|error| problem(&error))?;
        match new.persist_noclobber(&path) {
            Ok(lock) => {
                sync(&self.folder);
                Ok(Some(Pending { path, lock: Arc::new(lock) }))
            }
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(problem(&error.error)),
        }
    }

    /// Makes a note that is locked before anybody can see it.
    fn fresh<T: Serialize>(&self, what: &T) -> std::io::Result<tempfile::NamedTempFile> {
        let mut new = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(&self.folder)?;
        new.as_file().lock()?;
        let pid = std::process::id().cast_signed();
        new.write_all(&serde_json::to_vec(&Note { pid, work: what })?)?;
        new.as_file().sync_all()?;
        Ok(new)
    }

    /// Says whether work of this name is noted, under way or abandoned.
    #[must_use]
    pub fn is_noted(&self, name: &str) -> bool {
        self.folder.join(format!("{name}.json")).symlink_metadata().is_ok()
    }

    /// Takes over the notes whose process has ended, by name; a note that cannot be read is `None`.
    #[must_use]
    pub fn abandoned<T: DeserializeOwned>(&self) -> Vec<(Pending, Option<T>)> {
        let mut paths: Vec<PathBuf> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        paths.sort();
        paths.into_iter().filter_map(|path| taken_over(&path)).collect()
    }
}

fn taken_over<T: DeserializeOwned>(path: &Path) -> Option<(Pending, Option<T>)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let lock = File::from(rustix::fs::open(path, flags, Mode::empty()).ok()?);
    if !lock.metadata().is_ok_and(|meta| meta.is_file()) {
        return None;
    }
    let began = Instant::now();
    while lock.try_lock().is_err() {
        if began.elapsed() > PATIENCE || !is_orphaned(&lock) {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // Between opening and locking its process may have finished, or have written it anew.
    let (held, there) = (lock.metadata().ok()?, fs::symlink_metadata(path).ok()?);
    if (held.dev(), held.ino()) != (there.dev(), there.ino()) || !held.is_file() {
        return None;
    }
    let what = read::<T>(&lock).map(|note| note.work);
    Some((Pending { path: path.to_owned(), lock: Arc::new(lock) }, what))
}

/// Says whether a note is locked although its process has ended: by a program that this left running.
fn is_orphaned(lock: &File) -> bool {
    let pid = read::<serde::de::IgnoredAny>(lock).and_then(|note| rustix::process::Pid::from_raw(note.pid));
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

fn read<T: DeserializeOwned>(lock: &File) -> Option<Note<T>> {
    let mut text = vec![0; LIMIT];
    let length = lock.read_at(&mut text, 0).ok()?;
    serde_json::from_slice(text.get(..length)?).ok()
}

impl Pending {
    /// Writes the note anew: the work has come further.
    ///
    /// # Errors
    /// `file.not-written`; the old note stands then.
    pub fn note<T: Serialize>(&mut self, what: &T) -> Result<(), Problem> {
        let problem = |error: &std::io::Error| not_written(&self.path, error);
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let notes = Notes::at(folder.to_owned());
        let new = notes.fresh(what).map_err(|error| problem(&error))?;
        self.lock = Arc::new(new.persist(&self.path).map_err(|error| problem(&error.error))?);
        sync(folder);
        Ok(())
    }

    /// Returns the locked file, for programs that do a part of the work: [`crate::process::Run::hold`].
    #[must_use]
    pub fn lock(&self) -> &Arc<File> {
        &self.lock
    }

    /// Ends the work: the note goes.
    pub fn done(self) {
        let _ = fs::remove_file(&self.path);
        drop(self.lock);
    }
}

fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn not_written(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{}` could not be written: {error}", path.display()))
        .hint("check the folder's permissions and the free space; nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_noted_once_and_a_note_without_its_process_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let notes = Notes::at(folder.path().join("pending"));
        assert!(notes.abandoned::<String>().is_empty());
        let mut first = notes.begin("a", &"one").unwrap().unwrap();
        assert!(notes.begin("a", &"two").unwrap().is_none(), "the work is under way");
        assert!(notes.abandoned::<String>().is_empty(), "its process lives");
        first.note(&"further").unwrap();
        assert!(notes.abandoned::<String>().is_empty(), "also after it came further");
        drop(first);
        assert!(notes.begin("a", &"two").unwrap().is_none(), "what was left is put right first");
        let mut left = notes.abandoned::<String>();
        assert_eq!(left.len(), 1);
        let (pending, what) = left.remove(0);
        assert_eq!(what.as_deref(), Some("further"));
        assert!(notes.abandoned::<String>().is_empty(), "one process puts it right");
        pending.done();
        assert!(notes.begin("a", &"two").unwrap().is_some());
    }

    #[test]
    fn a_torn_note_is_found_and_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        atomic::write(&folder.path().join("x.json"), b"{\"half").unwrap();
        let left = Notes::at(folder.path().into()).abandoned::<String>();
        assert!(matches!(left.as_slice(), [(_, None)]));
    }
}
