//! Feeds the lines of a file, from an offset on, in bounded memory: for logs that others append to while they are read.
//! Never blocks on a FIFO, never follows a link, never reads beyond the size that the file had when it was opened.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};

/// The longest line that is handed over, unless another limit is asked for: 64 MiB.
pub const LONGEST: usize = 64 << 20;

/// What is read at once; small enough to stay in a processor's cache between reading and searching.
const CHUNK: usize = 256 << 10;

/// How many bytes before an offset tell whether the file still is the one that was read.
const TAIL: usize = 256;

/// One line, without its newline (a carriage return before it stays).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it begins in the file.
    pub offset: u64,
    /// Whether a newline ended it; the last line of a file that is being written may have none yet.
    pub ended: bool,
}

/// What one call of [`Lines::feed`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fed {
    /// The file's size when it was opened, in bytes.
    pub size: u64,
    /// Where reading ended: `size`, or less when the file shrank meanwhile.
    pub end: u64,
    /// Where the last line that a newline ended is over: the place to go on from.
    pub complete: u64,
    /// [`tail_hash`] at `complete`, taken from the same open file; 0 when the file is shorter by then.
    pub tail: u64,
    /// How many lines were handed over.
    pub lines: u64,
    /// How many lines were longer than the limit and passed by, one without an end included.
    pub too_long: u64,
}

/// A reader of lines that keeps its buffer from one file to the next.
#[derive(Debug)]
pub struct Lines {
    buffer: Vec<u8>,
    longest: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self::up_to(LONGEST)
    }
}

/// What is in the buffer: the file's bytes from `start` on, `filled` of them.
struct Window {
    start: u64,
    filled: usize,
    skipping: bool,
}

impl Lines {
    /// Makes a reader that passes by lines longer than `longest` bytes.
    #[must_use]
    pub const fn up_to(longest: usize) -> Self {
        Self { buffer: Vec::new(), longest }
    }

    /// Hands over each line of the file at `path` from the offset `from` on, in order; nothing when the file is shorter.
    ///
    /// # Errors
    /// When it cannot be opened or read, is a link, or (`InvalidInput`) is not a regular file.
    pub fn feed(&mut self, path: &Path, from: u64, each: &mut dyn FnMut(Line<'_>)) -> io::Result<Fed> {
        let (mut file, meta) = open(path)?;
        let size = meta.len();
        let mut fed = Fed { size, end: from, complete: from, tail: 0, lines: 0, too_long: 0 };
        if from < size {
            file.seek(SeekFrom::Start(from))?;
            let fed_all = self.feed_open(&mut file.by_ref().take(size - from), &mut fed, each);
            self.give_back();
            fed_all?;
        }
        if fed.complete <= size {
            fed.tail = tail_of(&file, fed.complete)?.unwrap_or_default();
        }
        Ok(fed)
    }

    fn feed_open(&mut self, source: &mut dyn Read, fed: &mut Fed, each: &mut dyn FnMut(Line<'_>)) -> io::Result<()> {
        let mut window = Window { start: fed.end, filled: 0, skipping: false };
        loop {
            if window.filled == self.buffer.len() && !self.grow() {
                window.start += window.filled as u64;
                window.filled = 0;
                window.skipping = true;
            }
            let Some(room) = self.buffer.get_mut(window.filled..) else { break };
            let count = match source.read(room) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            fed.end += count as u64;
            self.hand_over(&mut window, count, fed, each);
        }
        if window.skipping {
            fed.too_long += 1;
        } else if window.filled > 0 {
            let rest = self.buffer.get(..window.filled).unwrap_or_default();
            give(Line { bytes: rest, offset: window.start, ended: false }, self.longest, fed, each);
        }
        Ok(())
    }

    /// Gives the lines that the newest `count` bytes ended, and moves what is left to the buffer's front.
    fn hand_over(&mut self, window: &mut Window, count: usize, fed: &mut Fed, each: &mut dyn FnMut(Line<'_>)) {
        let searched = window.filled;
        window.filled += count;
        let mut begin = 0;
        let fresh = self.buffer.get(searched..window.filled).unwrap_or_default();
        for newline in memchr::memchr_iter(b'\n', fresh) {
            let end = searched + newline;
            if window.skipping {
                window.skipping = false;
                fed.too_long += 1;
            } else {
                let bytes = self.buffer.get(begin..end).unwrap_or_default();
                give(Line { bytes, offset: window.start + begin as u64, ended: true }, self.longest, fed, each);
            }
            begin = end + 1;
            fed.complete = window.start + begin as u64;
        }
        if window.skipping {
            begin = window.filled;
        }
        self.buffer.copy_within(begin..window.filled, 0);
        window.start += begin as u64;
        window.filled -= begin;
    }

    /// Makes room in a full buffer; `false` when the line in it is longer than may be.
    fn grow(&mut self) -> bool {
        let most = self.longest.saturating_add(1).max(CHUNK);
        let wanted = (self.buffer.len() * 2).clamp(CHUNK, most);
        let grows = wanted > self.buffer.len();
        self.buffer.resize(wanted.max(self.buffer.len()), 0);
        grows
    }

    /// One long line must not keep its memory for the rest of the run.
    fn give_back(&mut self) {
        if self.buffer.len() > 4 * CHUNK {
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to_fit();
        }
    }
}

fn give(line: Line<'_>, longest: usize, fed: &mut Fed, each: &mut dyn FnMut(Line<'_>)) {
    if line.bytes.len() > longest {
        fed.too_long += 1;
    } else {
        fed.lines += 1;
        each(line);
    }
}

/// Hashes the up to 256 bytes before `offset`; `None` when the file is shorter than that.
/// The same answer as when the file was read up to there says that it was appended to and not replaced.
///
/// # Errors
/// As [`Lines::feed`].
pub fn tail_hash(path: &Path, offset: u64) -> io::Result<Option<u64>> {
    let (file, meta) = open(path)?;
    if meta.len() < offset { Ok(None) } else { tail_of(&file, offset) }
}

fn tail_of(file: &File, offset: u64) -> io::Result<Option<u64>> {
    let mut bytes = [0; TAIL];
    let length = usize::try_from(offset).unwrap_or(TAIL).min(TAIL);
    let Some(tail) = bytes.get_mut(..length) else { return Ok(None) };
    match file.read_exact_at(tail, offset - length as u64) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    Ok(Sha256::digest(tail).first_chunk().map(|first| u64::from_be_bytes(*first)))
}

/// `O_NONBLOCK`: a FIFO that took the file's place must not hang us.
fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let meta = file.metadata()?;
    if meta.is_file() {
        Ok((file, meta))
    } else {
        Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"))
    }
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
