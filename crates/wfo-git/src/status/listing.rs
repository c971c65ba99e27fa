//! Lists one open folder: names and kinds, sorted by name, without opening it again.
//! Keeps its buffers, so that thousands of folders cost no allocations.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder,
    /// A regular file or a symbolic link.
    File,
    /// A pipe, socket or device: git does not see it.
    Other,
}

impl Kind {
    fn of(kind: FileType) -> Self {
        match kind {
            FileType::Directory => Self::Folder,
            FileType::RegularFile | FileType::Symlink => Self::File,
            _ => Self::Other,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Row {
    start: usize,
    end: usize,
    kind: Kind,
    seen: bool,
}

/// The names of one folder.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    names: Vec<u8>,
    rows: Vec<Row>,
    #[cfg(target_os = "linux")]
    raw: Vec<u8>,
}

impl Listing {
    /// Reads the folder behind `fd`; `.` and `..` are left out.
    pub(crate) fn read(&mut self, fd: &OwnedFd) -> Result<(), Errno> {
        self.names.clear();
        self.rows.clear();
        self.fill(fd)?;
        let names = &self.names;
        self.rows.sort_unstable_by(|a, b| names.get(a.start..a.end).cmp(&names.get(b.start..b.end)));
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn fill(&mut self, fd: &OwnedFd) -> Result<(), Errno> {
        let mut raw = std::mem::take(&mut self.raw);
        raw.reserve(32 * 1024);
        let mut folder = rustix::fs::RawDir::new(fd, raw.spare_capacity_mut());
        let mut outcome = Ok(());
        while let Some(entry) = folder.next() {
            match entry {
                Ok(entry) => self.push(fd, entry.file_name().to_bytes(), entry.file_type()),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.raw = raw;
        outcome
    }

    #[cfg(not(target_os = "linux"))]
    fn fill(&mut self, fd: &OwnedFd) -> Result<(), Errno> {
        for entry in rustix::fs::Dir::read_from(fd)? {
            let entry = entry?;
            self.push(fd, entry.file_name().to_bytes(), entry.file_type());
        }
        Ok(())
    }

    fn push(&mut self, folder: &OwnedFd, name: &[u8], kind: FileType) {
        if name == b"." || name == b".." {
            return;
        }
        let kind = if kind == FileType::Unknown { kind_of(folder, name) } else { Kind::of(kind) };
        let start = self.names.len();
        self.names.extend_from_slice(name);
        self.rows.push(Row { start, end: self.names.len(), kind, seen: false });
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        self.rows.binary_search_by(|row| self.names.get(row.start..row.end).unwrap_or_default().cmp(name)).ok()
    }

    /// Says whether the folder has such a name.
    pub(crate) fn has(&self, name: &[u8]) -> bool {
        self.place(name).is_some()
    }

    /// Marks a name as known to the index and returns its kind; `None` when the folder has no such name.
    pub(crate) fn take(&mut self, name: &[u8]) -> Option<Kind> {
        let place = self.place(name)?;
        let row = self.rows.get_mut(place)?;
        row.seen = true;
        Some(row.kind)
    }

    /// Marks a name as known to the index if it is a folder; a file in its place stays.
    pub(crate) fn take_folder(&mut self, name: &[u8]) {
        if let Some(row) = self.place(name).and_then(|place| self.rows.get_mut(place)) {
            row.seen = row.kind == Kind::Folder;
        }
    }

    /// Goes through the names that nobody took.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (&[u8], Kind)> {
        self.rows
            .iter()
            .filter(|row| !row.seen)
            .map(|row| (self.names.get(row.start..row.end).unwrap_or_default(), row.kind))
    }
}

/// Opens a folder below another one; a link is not followed.
pub(crate) fn open_folder(parent: impl AsFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(parent, name, flags, Mode::empty())
}

/// Asks what a name stands for, where the file system's listing does not say.
fn kind_of(folder: impl AsFd, name: &[u8]) -> Kind {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Kind::of(FileType::from_raw_mode(stat.st_mode)),
        Err(_) => Kind::Other,
    }
}

/// Reads a regular file of at most `limit` bytes below a folder; a link is not followed, a pipe does not block.
pub(crate) fn small_file(folder: impl AsFd, name: &[u8], limit: u64) -> Option<Vec<u8>> {
    use std::io::Read;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(folder, name, flags, Mode::empty()).ok()?;
    regular(fd, limit)
        .and_then(|file| {
            let mut bytes = Vec::new();
            file.take(limit + 1).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        })
        .filter(|bytes| bytes.len() as u64 <= limit)
}

/// Takes a handle for a regular file of at most `limit` bytes, and nothing else.
pub(crate) fn regular(fd: OwnedFd, limit: u64) -> Option<std::fs::File> {
    let stat = rustix::fs::fstat(&fd).ok()?;
    let fits = u64::try_from(stat.st_size).is_ok_and(|size| size <= limit);
    (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && fits).then(|| std::fs::File::from(fd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_sorted_and_what_the_index_took_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "c"] {
            wfo_base::atomic::write(&folder.path().join(name), b"").unwrap();
        }
        std::fs::create_dir(folder.path().join("d")).unwrap();
        let fd = open_folder(rustix::fs::CWD, folder.path().as_os_str().as_encoded_bytes()).unwrap();
        let mut listing = Listing::default();
        listing.read(&fd).unwrap();
        assert_eq!(listing.take(b"b"), Some(Kind::File));
        assert_eq!(listing.take(b"x"), None);
        let rest: Vec<_> = listing.rest().collect();
        assert_eq!(rest, [(&b"a"[..], Kind::File), (b"c", Kind::File), (b"d", Kind::Folder)]);
    }

    #[test]
    fn a_pipe_or_a_link_is_not_read_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, folder.path().join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
        let fd = open_folder(rustix::fs::CWD, folder.path().as_os_str().as_encoded_bytes()).unwrap();
        assert_eq!(small_file(&fd, b"pipe", 100), None);
        assert_eq!(small_file(&fd, b"link", 100), None);
        assert_eq!(small_file(&fd, b"nothing", 100), None);
    }
}
