//! Opens files of a work tree from its top downwards: no link is followed, no pipe waited for, nothing outside is reached.
//! Keeps the folder of the last file open, since a scan goes from neighbour to neighbour.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

/// What is known about a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Size in bytes.
    pub bytes: u64,
    /// `st_mode`.
    pub mode: u32,
}

/// What lies at a path.
pub(super) enum Opened {
    /// A regular file that was read.
    Text(Vec<u8>),
    /// A regular file above the limit, with its size.
    TooLarge(u64),
    /// A link, or something below one: git does not see it as a file.
    Link,
    /// A pipe, device, socket or folder.
    NotRegular,
    /// Nothing.
    Gone,
    /// It cannot be read.
    Unreadable(Errno),
}

/// The work tree's top, and the folder of the last file.
pub(super) struct Top {
    fd: OwnedFd,
    last: Option<(Vec<u8>, OwnedFd)>,
}

impl Top {
    pub(super) fn open(root: &Path) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { fd: rustix::fs::open(root, flags, Mode::empty())?, last: None })
    }

    /// Reads a regular file of at most `limit` bytes.
    pub(super) fn read(&mut self, path: &[u8], limit: u64) -> Opened {
        match self.try_read(path, limit) {
            Ok(opened) => opened,
            Err(Errno::NOENT | Errno::NOTDIR) => Opened::Gone,
            Err(Errno::LOOP) => Opened::Link,
            Err(Errno::NXIO) => Opened::NotRegular,
            Err(error) => Opened::Unreadable(error),
        }
    }

    /// Looks at what lies at a path without opening it; `None` where nothing can be seen.
    pub(super) fn meta(&mut self, path: &[u8]) -> Option<Meta> {
        let (folder, name) = self.folder(path).ok()?;
        let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(Meta { bytes: u64::try_from(stat.st_size).unwrap_or_default(), mode: stat.st_mode })
    }

    fn try_read(&mut self, path: &[u8], limit: u64) -> Result<Opened, Errno> {
        let (folder, name) = self.folder(path)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(folder, name, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(Opened::NotRegular);
        }
        let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
        if size > limit {
            return Ok(Opened::TooLarge(size));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        // It may grow while it is read.
        let read = std::fs::File::from(fd).take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        Ok(if bytes.len() as u64 > limit { Opened::TooLarge(bytes.len() as u64) } else { Opened::Text(bytes) })
    }

    /// Opens the folder of a path, one part after the other.
    fn folder<'p>(&mut self, path: &'p [u8]) -> Result<(&OwnedFd, &'p [u8]), Errno> {
        let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else { return Ok((&self.fd, path)) };
        let (above, name) = (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default());
        if self.last.as_ref().is_none_or(|(last, _)| last != above) {
            let mut here: Option<OwnedFd> = None;
            for part in above.split(|byte| *byte == b'/') {
                if part == b".." || part == b"." || part.is_empty() {
                    return Err(Errno::NOENT);
                }
                here = Some(step(here.as_ref().unwrap_or(&self.fd), part)?);
            }
            self.last = here.map(|fd| (above.to_vec(), fd));
        }
        match &self.last {
            Some((_, fd)) => Ok((fd, name)),
            None => Err(Errno::NOENT),
        }
    }
}

/// Opens a folder; a link is told from what is no folder, since both are refused with the same number.
fn step(folder: &OwnedFd, part: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, part, flags, Mode::empty()).map_err(|error| {
        let stat = rustix::fs::statat(folder, part, AtFlags::SYMLINK_NOFOLLOW);
        let link = stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
        if link { Errno::LOOP } else { error }
    })
}
