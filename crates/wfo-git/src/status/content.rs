//! Compares the content of a file with its index entry, where `lstat` could not tell.
//! Converts line endings and runs the user's own filters as git does; never a filter that the repository names.

use std::fs::File;
use std::io::Read;

use gix::bstr::ByteSlice;
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::hash::Hasher;
use gix::index::{Entry, State, entry::Mode};
use rustix::fs::{FileType, Mode as Access, OFlags, Stat};

use super::folder::Folder;

/// Why content could not be compared. What went away or may not be read is no reason: as for git, it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsure {
    /// A conversion failed; another way has to tell.
    Conversion,
    /// The time is over.
    Late,
}

/// Compares contents for one thread.
pub(crate) struct Contents<'a> {
    repo: &'a gix::Repository,
    index: &'a State,
    /// Whether a setting converts files that no attribute speaks about.
    pub(crate) always: bool,
    pipeline: Option<gix::filter::Pipeline<'a>>,
    buffer: Vec<u8>,
}

impl<'a> Contents<'a> {
    /// Prepares to compare; `repo` must be without the filters that its own configuration names.
    pub(crate) fn new(repo: &'a gix::Repository, index: &'a State, always: bool) -> Self {
        Self { repo, index, always, pipeline: None, buffer: Vec::new() }
    }

    /// Says whether the content behind `name` in `folder` is what the index entry holds.
    pub(crate) fn is_same(
        &mut self,
        folder: &Folder,
        name: &[u8],
        entry: &Entry,
        disk: &Stat,
        late: &dyn Fn() -> bool,
    ) -> Result<bool, Unsure> {
        if FileType::from_raw_mode(disk.st_mode) == FileType::Symlink {
            let target = rustix::fs::readlinkat(&folder.fd, name, Vec::new());
            return target.map_or(Ok(false), |target| self.is_blob(entry, target.as_bytes()));
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(fd) = rustix::fs::openat(&folder.fd, name, flags, Access::empty()) else { return Ok(false) };
        let Some(file) = super::listing::regular(fd, u64::MAX) else { return Ok(false) };
        let converts = (self.always || folder.has_attributes(self.index)) && entry.mode != Mode::SYMLINK;
        if converts {
            return self.is_same_converted(file, entry, late);
        }
        let size = u64::try_from(disk.st_size).unwrap_or_default();
        self.is_stream(file, size, entry, late)
    }

    fn is_same_converted(&mut self, file: File, entry: &Entry, late: &dyn Fn() -> bool) -> Result<bool, Unsure> {
        let path = entry.path(self.index).to_path().map_err(|_| Unsure::Conversion)?;
        let Ok(size) = file.metadata().map(|meta| meta.len()) else { return Ok(false) };
        let mut pipeline = match self.pipeline.take() {
            Some(pipeline) => pipeline,
            None => self.repo.filter_pipeline(None).map_err(|_| Unsure::Conversion)?.0,
        };
        let same = match pipeline.convert_to_git(file, path, self.index) {
            Err(_) => Err(Unsure::Conversion),
            Ok(ToGitOutcome::Unchanged(file)) => self.is_stream(file, size, entry, late),
            Ok(ToGitOutcome::Buffer(converted)) => self.is_blob(entry, converted),
            Ok(ToGitOutcome::Process(mut output)) => {
                let mut bytes = Vec::new();
                match output.read_to_end(&mut bytes) {
                    Ok(_) => self.is_blob(entry, &bytes),
                    Err(_) => Err(Unsure::Conversion),
                }
            }
        };
        self.pipeline = Some(pipeline);
        same
    }

    fn is_blob(&self, entry: &Entry, bytes: &[u8]) -> Result<bool, Unsure> {
        let id = gix::objs::compute_hash(self.index.object_hash(), gix::objs::Kind::Blob, bytes);
        id.map(|id| id == entry.id).map_err(|_| Unsure::Conversion)
    }

    /// Hashes what is read as a blob of `size` bytes; more or fewer are a difference.
    fn is_stream(
        &mut self,
        mut file: impl Read,
        size: u64,
        entry: &Entry,
        late: &dyn Fn() -> bool,
    ) -> Result<bool, Unsure> {
        let mut hasher: Hasher = gix::hash::hasher(self.index.object_hash());
        hasher.update(format!("blob {size}\0").as_bytes());
        self.buffer.resize(64 * 1024, 0);
        let mut left = size;
        loop {
            let Ok(count) = file.read(&mut self.buffer) else { return Ok(false) };
            if count == 0 {
                break;
            }
            let Some(rest) = left.checked_sub(count as u64) else { return Ok(false) };
            left = rest;
            hasher.update(self.buffer.get(..count).unwrap_or_default());
            if late() {
                return Err(Unsure::Late);
            }
        }
        Ok(left == 0 && hasher.try_finalize().is_ok_and(|id| id == entry.id))
    }
}
