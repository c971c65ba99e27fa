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

/// Why content could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsure {
    /// The file went away meanwhile.
    Gone,
    /// It may not be read.
    Denied,
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
            let target = rustix::fs::readlinkat(&folder.fd, name, Vec::new()).map_err(unsure)?;
            return self.is_blob(entry, target.as_bytes());
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&folder.fd, name, flags, Access::empty()).map_err(unsure)?;
        let file = super::listing::regular(fd, u64::MAX).ok_or(Unsure::Gone)?;
        let converts = (self.always || folder.attributes) && entry.mode != Mode::SYMLINK;
        if converts {
            return self.is_same_converted(file, entry, late);
        }
        let size = u64::try_from(disk.st_size).unwrap_or_default();
        self.is_stream(file, size, entry, late)
    }

    fn is_same_converted(&mut self, file: File, entry: &Entry, late: &dyn Fn() -> bool) -> Result<bool, Unsure> {
        let path = entry.path(self.index);
        let path = path.to_path().map_err(|_| Unsure::Conversion)?;
        if self.pipeline.is_none() {
            let (pipeline, _) = self.repo.filter_pipeline(None).map_err(|_| Unsure::Conversion)?;
            self.pipeline = Some(pipeline);
        }
        let size = file.metadata().map_err(|_| Unsure::Denied)?.len();
        let Some(pipeline) = &mut self.pipeline else { return Err(Unsure::Conversion) };
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        match pipeline.convert_to_git(file, path, self.index).map_err(|_| Unsure::Conversion)? {
            ToGitOutcome::Unchanged(file) => return self.is_stream(file, size, entry, late),
            ToGitOutcome::Buffer(converted) => bytes.extend_from_slice(converted),
            ToGitOutcome::Process(mut output) => {
                output.read_to_end(&mut bytes).map_err(|_| Unsure::Conversion)?;
            }
        }
        let same = self.is_blob(entry, &bytes);
        self.buffer = bytes;
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
            let count = file.read(&mut self.buffer).map_err(|error| unsure_io(&error))?;
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

fn unsure(error: rustix::io::Errno) -> Unsure {
    unsure_io(&error.into())
}

fn unsure_io(error: &std::io::Error) -> Unsure {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Unsure::Gone,
        _ => Unsure::Denied,
    }
}
