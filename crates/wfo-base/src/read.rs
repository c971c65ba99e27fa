//! Reads files that a stranger may have written: only regular ones, only inside the repository, only so many bytes.
//! Never follows a link out of the root, never blocks on a FIFO, never fails on bytes that are not UTF-8.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::{codes, problem::Problem};

/// How much of a page that is parsed is read: 1 MiB.
pub const PAGE_LIMIT: u64 = 1 << 20;

/// A file's text and what was noticed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The text, without a byte order mark; bytes that are not UTF-8 replaced.
    pub text: String,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// Whether bytes were replaced.
    pub lossy: bool,
}

/// What lies at a path, looked at without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The real place, links resolved.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
}

/// Says whether something is at a path, be it a link that leads nowhere; `None` when the system does not let us look.
#[must_use]
pub fn is_there(path: &Path) -> Option<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Some(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Some(false),
        Err(_) => None,
    }
}

/// Finds the regular file `relative` below `root`; `None` when nothing is there.
///
/// # Errors
/// `file.link-outside` for a link out of `root` or a circle of links, `file.not-regular`, `file.unreadable`.
pub fn find(root: &Path, relative: &str) -> Result<Option<Found>, Problem> {
    let path = root.join(relative);
    match fs::symlink_metadata(&path) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(relative, &error)),
    }
    let real = fs::canonicalize(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => outside(relative, "a link to nothing"),
        _ if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            outside(relative, "a circle of links")
        }
        _ => unreadable(relative, &error),
    })?;
    let root = fs::canonicalize(root).map_err(|error| unreadable(relative, &error))?;
    if !real.starts_with(&root) {
        return Err(outside(relative, "a link out of the repository"));
    }
    let meta = match fs::metadata(&real) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(relative, &error)),
    };
    if !meta.is_file() {
        return Err(Problem::new(
            codes::FILE_NOT_REGULAR,
            format!("`{relative}` is not a regular file, so it was not read"),
        )
        .hint(format!("replace `{relative}` by a plain file"))
        .in_file(relative));
    }
    Ok(Some(Found { path: real, bytes: meta.len() }))
}

/// Reads the file `relative` below `root`, at most `limit` bytes; `None` when nothing is there.
///
/// # Errors
/// As [`find`], and `file.too-large` above `limit`.
pub fn page(root: &Path, relative: &str, limit: u64) -> Result<Option<Page>, Problem> {
    let Some(found) = find(root, relative)? else { return Ok(None) };
    Ok(whole(&found, relative, limit)?.map(page_of))
}

/// Reads the bytes of the file `relative` below `root` as they are; `None` when nothing is there.
///
/// # Errors
/// As [`page`].
pub fn raw(root: &Path, relative: &str, limit: u64) -> Result<Option<Vec<u8>>, Problem> {
    let Some(found) = find(root, relative)? else { return Ok(None) };
    whole(&found, relative, limit)
}

/// Reads what [`find`] found.
///
/// # Errors
/// `file.too-large`, `file.unreadable`.
pub fn load(found: &Found, shown: &str, limit: u64) -> Result<Page, Problem> {
    let gone = || unreadable(shown, &ErrorKind::NotFound.into());
    whole(found, shown, limit)?.map(page_of).ok_or_else(gone)
}

/// Reads all bytes; `None` when the file went away since it was found, as one that another process was done with.
fn whole(found: &Found, shown: &str, limit: u64) -> Result<Option<Vec<u8>>, Problem> {
    if found.bytes > limit {
        return Err(too_large(shown, found.bytes, limit));
    }
    match bytes_of(&found.path, limit) {
        Ok(bytes) if bytes.len() as u64 > limit => Err(too_large(shown, bytes.len() as u64, limit)),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(shown, &error)),
    }
}

fn page_of(bytes: Vec<u8>) -> Page {
    let size = bytes.len() as u64;
    let (text, lossy) = match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    Page { text, bytes: size, lossy }
}

/// Reads a file of the user's own (below CONFIG), at most `limit` bytes; `None` when nothing is there. Links are followed.
///
/// # Errors
/// `file.not-regular`, `file.too-large`, `file.unreadable`.
pub fn own(path: &Path, limit: u64) -> Result<Option<Page>, Problem> {
    let Some(found) = found_own(path)? else { return Ok(None) };
    Ok(whole(&found, &path.display().to_string(), limit)?.map(page_of))
}

/// As [`own`], but the bytes as they are: a byte order mark stays, and nothing is replaced.
///
/// # Errors
/// As [`own`].
pub fn own_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Problem> {
    let Some(found) = found_own(path)? else { return Ok(None) };
    whole(&found, &path.display().to_string(), limit)
}

/// Reads standard input to its end, at most `limit` bytes.
///
/// # Errors
/// `file.too-large`, `file.unreadable`.
pub fn stdin(limit: u64) -> Result<Page, Problem> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| unreadable("-", &error))?;
    if bytes.len() as u64 > limit { Err(too_large("-", bytes.len() as u64, limit)) } else { Ok(page_of(bytes)) }
}

/// Reads the first `limit` bytes of standard input, and tells whether there were more.
///
/// # Errors
/// `file.unreadable`.
pub fn stdin_start(limit: u64) -> Result<(Vec<u8>, bool), Problem> {
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(limit.saturating_add(1));
    input.read_to_end(&mut bytes).map_err(|error| unreadable("-", &error))?;
    let more = bytes.len() as u64 > limit;
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok((bytes, more))
}

/// Names what lies in a folder of the user's own, in no order, at most `most`; nothing when it is no folder that can be read.
#[must_use]
pub fn names(folder: &Path, most: usize) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(most);
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Reads the last `limit` bytes of a file of our own making; `None` when it cannot be read.
#[must_use]
pub fn tail(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut file = fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(limit))).ok()?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn found_own(path: &Path) -> Result<Option<Found>, Problem> {
    let shown = path.display().to_string();
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(&shown, &error)),
    };
    if !meta.is_file() {
        return Err(Problem::new(
            codes::FILE_NOT_REGULAR,
            format!("`{shown}` is not a regular file, so it was not read"),
        )
        .hint(format!("replace `{shown}` by a plain file"))
        .in_file(shown));
    }
    Ok(Some(Found { path: path.to_owned(), bytes: meta.len() }))
}

/// Reads at most one byte more than `limit`. `O_NONBLOCK`: a FIFO that took the file's place must not hang us.
fn bytes_of(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    use rustix::fs::{Mode, OFlags};
    let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    let mut bytes = Vec::new();
    File::from(fd).take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(shown: &str, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_UNREADABLE, format!("`{shown}` cannot be read: {error}"))
        .hint(format!("check the permissions of `{shown}`"))
        .in_file(shown)
}

fn outside(shown: &str, what: &str) -> Problem {
    Problem::new(codes::FILE_LINK_OUTSIDE, format!("`{shown}` is {what}, so it was not read"))
        .hint(format!("replace the link by a file inside the repository, or remove `{shown}`"))
        .in_file(shown)
}

fn too_large(shown: &str, bytes: u64, limit: u64) -> Problem {
    Problem::new(codes::FILE_TOO_LARGE, format!("`{shown}` has {bytes} bytes; more than {limit} are not read"))
        .hint(format!("split `{shown}`, or move what is old out of it"))
        .in_file(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn write(path: PathBuf, bytes: &[u8]) {
        crate::atomic::write(&path, bytes).expect("written");
    }

    #[test]
    fn a_file_that_goes_away_between_two_looks_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let found = Found { path: folder.path().join("ticket"), bytes: 3 };
        assert_eq!(whole(&found, "ticket", 10).unwrap(), None);
        assert_eq!(load(&found, "ticket", 10).unwrap_err().code, codes::FILE_UNREADABLE);
    }

    #[test]
    fn what_is_not_there_is_none() {
        let root = folder();
        assert_eq!(page(root.path(), "TASK.md", 10), Ok(None));
        assert_eq!(page(root.path(), "a/b/TASK.md", 10), Ok(None));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_a_byte_order_mark_goes() {
        let root = folder();
        write(root.path().join("TASK.md"), b"\xef\xbb\xbfa\xffb");
        let page = page(root.path(), "TASK.md", 100).unwrap().unwrap();
        assert_eq!((page.text.as_str(), page.bytes, page.lossy), ("a\u{fffd}b", 6, true));
    }

    #[test]
    fn links_out_of_the_root_circles_fifos_and_folders_are_refused() {
        let root = folder();
        let other = folder();
        write(other.path().join("secret"), b"s");
        symlink(other.path().join("secret"), root.path().join("out")).unwrap();
        symlink("loop", root.path().join("loop")).unwrap();
        symlink(other.path(), root.path().join("dir")).unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            root.path().join("fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        for (name, code) in [
            ("out", codes::FILE_LINK_OUTSIDE),
            ("loop", codes::FILE_LINK_OUTSIDE),
            ("dir/secret", codes::FILE_LINK_OUTSIDE),
            ("folder", codes::FILE_NOT_REGULAR),
            ("fifo", codes::FILE_NOT_REGULAR),
        ] {
            assert_eq!(page(root.path(), name, 10).expect_err(name).code, code, "{name}");
        }
    }

    #[test]
    fn a_link_inside_the_root_is_followed() {
        let root = folder();
        write(root.path().join("real.md"), b"text");
        symlink("real.md", root.path().join("TASK.md")).unwrap();
        assert_eq!(page(root.path(), "TASK.md", 10).unwrap().unwrap().text, "text");
    }

    #[test]
    fn a_huge_file_is_measured_but_not_read() {
        let root = folder();
        let file = rustix::fs::open(
            root.path().join("CLAUDE.md"),
            rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY,
            rustix::fs::Mode::RUSR,
        )
        .unwrap();
        rustix::fs::ftruncate(&file, 500 << 20).unwrap();
        assert_eq!(find(root.path(), "CLAUDE.md").unwrap().unwrap().bytes, 500 << 20);
        assert_eq!(page(root.path(), "CLAUDE.md", PAGE_LIMIT).unwrap_err().code, codes::FILE_TOO_LARGE);
    }
}
