//! Compares one index entry with what lies on disk, by what `lstat` tells, as git's `ie_match_stat` does.
//! Never reads content; says when it must be read.

use gix::index::Entry;
use gix::index::entry::stat::Time;
use gix::index::entry::{Mode, Stat as Known};
use rustix::fs::{FileType, Stat};

/// What `lstat` alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As in the index.
    Same,
    /// Not as in the index.
    Changed,
    /// Only the content can tell.
    Content,
}

/// How strictly a repository compares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// `core.fileMode`.
    pub(crate) executable_bit: bool,
    /// `core.symlinks`.
    pub(crate) symlinks: bool,
    /// `core.trustCtime`.
    pub(crate) change_time: bool,
    /// `core.checkStat` is not `minimal`.
    pub(crate) all_fields: bool,
    /// When the index was written; `None` when there is no index file.
    pub(crate) written: Option<Time>,
    /// Id of the empty file in the repository's hash.
    pub(crate) empty: gix::ObjectId,
}

impl Rules {
    /// Compares an entry with the `lstat` of its path.
    pub(crate) fn look(&self, entry: &Entry, disk: &Stat) -> Look {
        let kind = FileType::from_raw_mode(disk.st_mode);
        let fits = match entry.mode {
            Mode::SYMLINK => kind == FileType::Symlink || (!self.symlinks && kind == FileType::RegularFile),
            _ => kind == FileType::RegularFile,
        };
        if !fits {
            return Look::Changed;
        }
        if entry.mode != Mode::SYMLINK && self.executable_bit {
            let executable = disk.st_mode & 0o100 != 0;
            if executable != (entry.mode == Mode::FILE_EXECUTABLE) {
                return Look::Changed;
            }
        }
        self.look_at_stat(entry, disk)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the index keeps the low 32 bits, as git does")]
    #[expect(clippy::cast_sign_loss, reason = "the index keeps the low 32 bits, as git does")]
    fn look_at_stat(&self, entry: &Entry, disk: &Stat) -> Look {
        let known = &entry.stat;
        if disk.st_size as u32 != known.size {
            // A size of 0 stands for "never looked at"; anything else is believed.
            return if known.size == 0 { Look::Content } else { Look::Changed };
        }
        if known.size == 0 && entry.id != self.empty {
            return Look::Content;
        }
        let changed = Time { secs: disk.st_ctime as u32, nsecs: disk.st_ctime_nsec as u32 };
        let same_time = disk.st_mtime as u32 == known.mtime.secs
            && (!(self.change_time && self.all_fields) || changed.secs == known.ctime.secs);
        let same_file = !self.all_fields
            || (disk.st_uid == known.uid && disk.st_gid == known.gid && disk.st_ino as u32 == known.ino);
        if same_time && same_file && !self.is_racy(known, disk.st_mtime_nsec as u32, changed) {
            Look::Same
        } else {
            Look::Content
        }
    }

    /// Says whether the file may have been changed after the index was written, with the same time stamps.
    ///
    /// Git looks at whole seconds of the modification time. Here a file is also settled when both stamps agree to the
    /// nanosecond and its change time, which no program can set back, lies before the index was written.
    fn is_racy(&self, known: &Known, modified_nanos: u32, changed: Time) -> bool {
        let Some(written) = self.written else { return false };
        if known.mtime.secs < written.secs {
            return false;
        }
        let settled = known.mtime.nsecs == modified_nanos
            && known.ctime == changed
            && changed.nsecs != 0
            && (changed.secs, changed.nsecs) < (written.secs, written.nsecs);
        !settled
    }
}
