//! A file that is replaced whole and, beside it, a journal of what came after: the shape of an index that grows by little.
//! Readers need no lock and never see half a write; writers hold [`Store::locked`]. What a killed writer left half written at
//! the journal's end is left out by readers and cut off by the next writer. Knows nothing of what is kept.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::atomic;
use crate::{codes, problem::Problem};

/// What a base file begins with; the last digit rises with the format.
const MAGIC: &[u8; 8] = b"wfo-idx1";
/// Magic, generation, length of the body, check over these.
const HEADER: usize = 32;
/// Length and check before each frame of the journal.
const FRAME: usize = 12;
/// How often a reader looks again when a writer replaced the base under its eyes.
const TRIES: usize = 20;

/// Where an index lies.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// A point in the life of a store: equal points hold the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// How often the base was replaced.
    pub generation: u64,
    /// Bytes of the journal.
    pub journal: u64,
}

/// The whole frames of a journal, and where the last one ends.
type Journal = (Vec<Vec<u8>>, u64);

/// What a store held when it was opened.
#[derive(Debug, Default)]
pub struct Opened {
    base: Option<File>,
    length: u64,
    position: Position,
    frames: Vec<Vec<u8>>,
}

impl Store {
    /// Names the store in a folder; nothing is made yet.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens what is there; nothing there is an empty store.
    ///
    /// # Errors
    /// `cost.index-invalid` when the base is not one or is cut off, `file.unreadable`.
    pub fn open(&self) -> Result<Opened, Problem> {
        for _ in 0..TRIES {
            let (base, length, generation) = self.base()?;
            match self.journal(generation)? {
                Some((frames, journal)) => {
                    return Ok(Opened { base, length, position: Position { generation, journal }, frames });
                }
                // Without a base there is no journal either, unless the first one was made just now.
                None if base.is_none() && self.base()?.0.is_none() => return Ok(Opened::default()),
                None if base.is_none() => {}
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        Err(invalid(&self.base_path(), "its journal is missing"))
    }

    /// Says whether the store stands where it stood; false when in doubt.
    #[must_use]
    pub fn is_at(&self, position: Position) -> bool {
        let Ok((base, _, generation)) = self.base() else { return false };
        let journal = fs::metadata(self.journal_path(generation)).map_or(0, |journal| journal.len());
        (base.is_some() || journal > 0 || position == Position::default())
            && position == Position { generation, journal }
    }

    /// Runs `work` as the only writer.
    ///
    /// # Errors
    /// `lock.timeout` after `patience`, `file.not-written`, and what `work` answers.
    pub fn locked<T>(&self, patience: Duration, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        atomic::make_folder(&self.folder, true)?;
        atomic::locked_within(&self.base_path(), patience, work)
    }

    /// Appends one frame to what was opened and returns the new position; the caller holds the lock and opened under it.
    /// With `sync` it outlives a power cut.
    ///
    /// # Errors
    /// `file.not-written`.
    pub fn append(&self, opened: &Opened, payload: &[u8], sync: bool) -> Result<Position, Problem> {
        let path = self.journal_path(opened.position.generation);
        let Ok(length) = u32::try_from(payload.len()) else { return Err(not_written(&path, &"the frame is too long")) };
        let mut frame = Vec::with_capacity(FRAME + payload.len());
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&check(payload));
        frame.extend_from_slice(payload);
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path)?;
            // Cuts off what a killed writer left.
            file.set_len(opened.position.journal)?;
            file.seek(SeekFrom::End(0))?;
            file.write_all(&frame)?;
            if sync { file.sync_all() } else { Ok(()) }
        };
        write().map_err(|error| not_written(&path, &error))?;
        Ok(Position { journal: opened.position.journal + frame.len() as u64, ..opened.position })
    }

    /// Replaces base and journal by a new base; the caller holds the lock and opened under it.
    ///
    /// # Errors
    /// `file.not-written`; the old ones are then as they were.
    pub fn replace(&self, opened: &Opened, body: &[u8]) -> Result<Position, Problem> {
        // A store that is begun anew takes no number that an earlier one at this place has had.
        let generation = if opened.has_base() { opened.position.generation + 1 } else { first_generation() };
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&generation.to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&check(&bytes));
        bytes.extend_from_slice(body);
        // The journal comes first: beside a base there is always one.
        atomic::write_private(&self.journal_path(generation), b"")?;
        atomic::write_private(&self.base_path(), &bytes)?;
        self.sweep(generation);
        Ok(Position { generation, journal: 0 })
    }

    /// Puts a damaged store aside into a folder `bad-N`, so that a new one can begin; the caller holds the lock.
    pub fn put_aside(&self) {
        let fresh = (1..1_000).map(|number| self.folder.join(format!("bad-{number}"))).find(|folder| !folder.exists());
        let Some(aside) = fresh.filter(|folder| atomic::make_folder(folder, true).is_ok()) else { return };
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            if shown == "base" || shown == "whole" || shown.starts_with("journal-") {
                let _ = fs::rename(entry.path(), aside.join(&name));
            }
        }
    }

    fn base(&self) -> Result<(Option<File>, u64, u64), Problem> {
        let path = self.base_path();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok((None, 0, 0));
            }
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let mut header = [0; HEADER];
        file.read_exact_at(&mut header, 0).map_err(|_| invalid(&path, "it is cut off"))?;
        let (said, sum) = header.split_at(HEADER - 8);
        if !header.starts_with(MAGIC) || check(said) != *sum {
            return Err(invalid(&path, "it is not an index of this version"));
        }
        let number = |at: usize| header.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (generation, length) = (number(8), number(16));
        let size = file.metadata().map_err(|error| unreadable(&path, &error))?.len();
        if size != length + HEADER as u64 {
            return Err(invalid(&path, "it is cut off"));
        }
        Ok((Some(file), length, generation))
    }

    /// Reads a journal; `None` when there is none.
    fn journal(&self, generation: u64) -> Result<Option<Journal>, Problem> {
        let path = self.journal_path(generation);
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(unreadable(&path, &error)),
        }
        let (mut frames, mut rest) = (Vec::new(), bytes.as_slice());
        while let Some((head, after)) = rest.split_at_checked(FRAME) {
            let (length, sum) = head.split_at(4);
            let length = length.try_into().map_or(0, u32::from_le_bytes) as usize;
            let Some((payload, next)) = after.split_at_checked(length) else { break };
            if check(payload) != *sum {
                if next.is_empty() {
                    break;
                }
                // A killed writer leaves nothing behind what it left half written.
                return Err(invalid(&path, "it is damaged"));
            }
            frames.push(payload.to_vec());
            rest = next;
        }
        Ok(Some((frames, (bytes.len() - rest.len()) as u64)))
    }

    /// Removes journals of other generations.
    fn sweep(&self, keep: u64) {
        let keep = self.journal_path(keep);
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("journal-") && entry.path() != keep {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn base_path(&self) -> PathBuf {
        self.folder.join("base")
    }

    fn journal_path(&self, generation: u64) -> PathBuf {
        self.folder.join(format!("journal-{generation}"))
    }
}

impl Opened {
    /// Returns the point at which this was opened.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Says whether there is a base.
    #[must_use]
    pub fn has_base(&self) -> bool {
        self.base.is_some()
    }

    /// Returns the length of the base's body in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the journal's frames, oldest first.
    #[must_use]
    pub fn frames(&self) -> &[Vec<u8>] {
        &self.frames
    }

    /// Reads a part of the base's body; `None` when it does not lie in it or cannot be read.
    #[must_use]
    pub fn read(&self, from: u64, length: usize) -> Option<Vec<u8>> {
        let end = from.checked_add(length as u64)?;
        let file = self.base.as_ref().filter(|_| end <= self.length)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, from + HEADER as u64).ok()?;
        Some(bytes)
    }
}

/// The number of a store's first base: the time, in nanoseconds since the Unix epoch.
fn first_generation() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(1, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX / 2))
}

/// First 8 bytes of the SHA-256.
fn check(bytes: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

fn invalid(path: &Path, what: &str) -> Problem {
    Problem::new(codes::COST_INDEX_INVALID, format!("`{}` cannot be used: {what}", path.display()))
        .hint("run `wfo-helper cost import`; it is made anew from the transcripts that are there")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_UNREADABLE, format!("`{}` cannot be read: {error}", path.display()))
        .hint(format!("check the permissions of `{}`", path.display()))
}

fn not_written(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{}` could not be written: {error}", path.display()))
        .hint("check the folder's permissions and the free space")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("index"));
        (folder, store)
    }

    fn frames(store: &Store) -> Vec<String> {
        store.open().unwrap().frames().iter().map(|frame| String::from_utf8_lossy(frame).into_owned()).collect()
    }

    fn append(store: &Store, text: &str) {
        store.locked(PATIENCE, || store.append(&store.open()?, text.as_bytes(), false)).unwrap();
    }

    #[test]
    fn nothing_there_is_an_empty_store() {
        let (_folder, store) = store();
        let opened = store.open().unwrap();
        assert!(!opened.has_base() && opened.frames().is_empty() && opened.read(0, 1).is_none());
    }

    #[test]
    fn frames_come_back_in_order_and_a_new_base_begins_a_new_journal() {
        let (_folder, store) = store();
        append(&store, "one");
        append(&store, "two");
        assert_eq!(frames(&store), ["one", "two"]);
        store.locked(PATIENCE, || store.replace(&store.open()?, b"body")).unwrap();
        append(&store, "three");
        let opened = store.open().unwrap();
        assert_eq!((opened.read(1, 3).as_deref(), opened.length()), (Some(b"ody".as_slice()), 4));
        assert_eq!(opened.read(2, 3), None);
        assert_eq!(frames(&store), ["three"]);
        assert!(opened.position().generation > 1, "a number that no earlier store at this place had");
    }

    #[test]
    fn what_a_killed_writer_left_is_left_out_and_then_cut_off() {
        let (_folder, store) = store();
        append(&store, "one");
        append(&store, "two");
        let path = store.journal_path(0);
        let whole = fs::read(&path).unwrap();
        for cut in 1..FRAME + 3 {
            atomic::write(&path, &whole[..whole.len() - cut]).unwrap();
            assert_eq!(frames(&store), ["one"], "{cut}");
            append(&store, "2");
            assert_eq!(frames(&store), ["one", "2"], "{cut}");
        }
    }

    #[test]
    fn a_base_that_is_cut_off_or_foreign_is_said_and_can_be_put_aside() {
        let (_folder, store) = store();
        store.locked(PATIENCE, || store.replace(&store.open()?, b"some body")).unwrap();
        let path = store.base_path();
        let whole = fs::read(&path).unwrap();
        let mut other = whole.clone();
        other[9] ^= 1;
        for bytes in [&whole[..whole.len() - 1], &whole[..10], b"", &other] {
            atomic::write(&path, bytes).unwrap();
            assert_eq!(store.open().unwrap_err().code, codes::COST_INDEX_INVALID);
        }
        store.put_aside();
        assert!(!store.open().unwrap().has_base() && store.folder.join("bad-1/base").exists());
    }

    #[test]
    fn bad_bytes_inside_a_journal_are_said_and_not_cut_off_with_all_that_follows() {
        let (_folder, store) = store();
        for text in ["one", "two", "three"] {
            append(&store, text);
        }
        let path = store.journal_path(0);
        let mut bytes = fs::read(&path).unwrap();
        bytes[FRAME] ^= 1;
        atomic::write(&path, &bytes).unwrap();
        assert_eq!(store.open().unwrap_err().code, codes::COST_INDEX_INVALID);
    }

    #[test]
    fn readers_beside_a_writer_see_only_whole_states() {
        let (_folder, store) = store();
        store.locked(PATIENCE, || store.replace(&store.open()?, &[0; 64])).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let (reader, halt) = (&store, &stop);
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(move || {
                        while !halt.load(std::sync::atomic::Ordering::Relaxed) {
                            let opened = reader.open().unwrap();
                            let body = opened.read(0, 64).unwrap();
                            assert!(body.iter().all(|byte| *byte == body[0]));
                            // Frames belong to the base beside which they stand.
                            assert!(opened.frames().iter().all(|frame| frame[0] == body[0]));
                        }
                    })
                })
                .collect();
            for round in 1..60_u8 {
                store.locked(PATIENCE, || store.replace(&store.open()?, &[round; 64])).unwrap();
                store.locked(PATIENCE, || store.append(&store.open()?, &[round], false)).unwrap();
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            for reader in readers {
                reader.join().unwrap();
            }
        });
    }
}
