//! Writes so that a reader sees the old file or the new one, never half of one, also after a power cut.
//! One process at a time where two may write: [`locked`] holds a lock file beside the data.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::{codes, problem::Problem, processes};

/// A FIFO in a file's place answers with an error instead of waiting for a reader. (On Linux and macOS the flag fits an i32.)
const NONBLOCK: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;

/// How the names of temporary files begin.
const TEMPORARY: &str = ".wfo-";
/// How those begin that lie among a person's files.
const TIDY: &str = ".wfo-half-written-";

/// How long a writer waits for the lock before it answers `lock.timeout`.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Replaces `path` by `bytes`: temporary file in the same folder, fsync, rename, fsync of the folder.
/// Keeps the mode of a file that is there (a new one gets 0644 less the umask) and writes through a link.
///
/// # Errors
/// `file.not-written`; the old file is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_mode(path, bytes, 0o666)
}

/// As [`write`], for files that only their owner may read (0600).
///
/// # Errors
/// `file.not-written`.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_mode(path, bytes, 0o600)
}

/// Replaces `path` itself, also where it is a link, by a program that everybody may run (`mode` with its run bits).
///
/// # Errors
/// `file.not-written`; the old file is then as it was.
pub fn write_program(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Problem> {
    let put = || -> std::io::Result<()> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut new = tempfile::Builder::new().prefix(&draft(TEMPORARY)).tempfile_in(folder)?;
        new.write_all(bytes)?;
        new.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
        new.as_file().sync_all()?;
        new.persist(path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    };
    put().map_err(|error| not_written(path, &error))
}

fn write_mode(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Problem> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&target, bytes, mode).map_err(|error| not_written(path, &error))
}

fn replace(target: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    replace_by(target, bytes, mode, TEMPORARY)
}

fn replace_by(target: &Path, bytes: &[u8], mode: u32, prefix: &str) -> std::io::Result<()> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(&draft(prefix))
        .permissions(fs::Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    if let Ok(old) = fs::metadata(target) {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(target).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// As [`write`], in a folder that is a person's: its temporary files are told from all others, and those that killed writers left
/// there go with the next write (those of a writer that may still live when they are older than an hour).
///
/// # Errors
/// `file.not-written`; the old file is then as it was.
pub fn write_tidy(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = target.parent() {
        sweep(folder, TIDY);
    }
    replace_by(&target, bytes, 0o666, TIDY).map_err(|error| not_written(path, &error))
}

/// Removes what killed writers of [`write_tidy`] left in a folder, where nothing may be written for long.
pub fn tidy(folder: &Path) {
    sweep(folder, TIDY);
}

/// Replaces a file that can be made anew: in one step for every reader, but not synced; after a power cut it may be empty.
/// Only its owner may read it (0600).
///
/// # Errors
/// `file.not-written`.
pub fn write_cache(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let write = || -> std::io::Result<()> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut new = tempfile::Builder::new().prefix(&draft(TEMPORARY)).tempfile_in(folder)?;
        new.write_all(bytes)?;
        new.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| not_written(path, &error))
}

/// Removes what killed writers left of their temporary files: at once where the writer is surely gone, else after an hour.
pub(crate) fn sweep(folder: &Path, prefix: &str) {
    let old = SystemTime::now().checked_sub(Duration::from_secs(3_600));
    let is_orphaned = |name: &str| [TIDY, prefix].iter().any(|prefix| is_orphan(name, prefix));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left = name.starts_with(prefix)
            && entry.metadata().is_ok_and(|meta| meta.is_file() && (meta.modified().ok() < old || is_orphaned(&name)));
        if is_left {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Begins the name of a draft: after `prefix` it says who writes it. What makes it unique follows, without a dash.
#[must_use]
pub fn draft(prefix: &str) -> String {
    processes::own_mark().map_or_else(|| prefix.to_owned(), |mark| format!("{prefix}{mark}-"))
}

/// Says whether the writer of a draft that [`draft`] named is surely gone.
#[must_use]
pub fn is_orphan(name: &str, prefix: &str) -> bool {
    let mark = name.strip_prefix(prefix).and_then(|rest| rest.rsplit_once('-'));
    mark.is_some_and(|(mark, _)| processes::is_gone(mark))
}

/// Makes an empty file (0600) where none is; false when something is there.
///
/// # Errors
/// `file.not-written`.
pub fn claim(path: &Path) -> Result<bool, Problem> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(not_written(path, &error)),
    }
}

/// Makes a folder and its parents; a new one gets 0700 when `private`.
///
/// # Errors
/// `file.not-written`.
pub fn make_folder(path: &Path, private: bool) -> Result<(), Problem> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    if private {
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| not_written(path, &error))
}

/// Appends one line (and its end) in a single write, made with 0600 when new, synced.
/// The caller holds the lock where several processes append.
///
/// # Errors
/// `file.not-written`.
pub fn append_line(path: &Path, line: &str) -> Result<(), Problem> {
    let append = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(NONBLOCK).open(path)?;
        // After a power cut the last line may be torn: it must not swallow the next one.
        let torn = last_byte(path).is_some_and(|byte| byte != b'\n');
        file.write_all(format!("{}{line}\n", if torn { "\n" } else { "" }).as_bytes())?;
        file.sync_all()
    };
    append().map_err(|error| not_written(path, &error))
}

fn last_byte(path: &Path) -> Option<u8> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::End(-1)).ok()?;
    let mut byte = [0];
    file.read_exact(&mut byte).ok().map(|()| byte[0])
}

/// Runs `work` while holding the lock file `<path>.lock`.
///
/// # Errors
/// `lock.timeout` after [`LOCK_PATIENCE`], `file.not-written` when the lock file cannot be made, and what `work` answers.
pub fn locked<T>(path: &Path, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    locked_within(path, LOCK_PATIENCE, work)
}

/// As [`locked`], with a patience of its own.
///
/// # Errors
/// `lock.timeout` after `patience`, `file.not-written` when the lock file cannot be made, and what `work` answers.
pub fn locked_within<T>(
    path: &Path,
    patience: Duration,
    work: impl FnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .custom_flags(NONBLOCK)
        .open(&lock_path)
        .map_err(|error| not_written(&lock_path, &error))?;
    let began = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(fs::TryLockError::WouldBlock) if began.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Problem::new(
                    codes::LOCK_TIMEOUT,
                    format!("`{}` was locked by another process for {} s", lock_path.display(), patience.as_secs_f32()),
                )
                .hint("try again; `wfo-helper doctor` tells who holds it"));
            }
            Err(fs::TryLockError::Error(error)) => return Err(not_written(&lock_path, &error)),
        }
    }
    if let Some(folder) = path.parent() {
        sweep(folder, TEMPORARY);
    }
    // The lock goes with the handle, also when `work` panics or the process is killed.
    work()
}

fn not_written(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(codes::FILE_NOT_WRITTEN, format!("`{}` could not be written: {error}", path.display()))
        .hint("check the folder's permissions and the free space; nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_keeps_mode_and_link_and_leaves_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        write(&real, b"one").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"two").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"two");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn private_files_are_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, b"k").unwrap();
        append_line(&folder.path().join("log"), "x").unwrap();
        for name in ["key", "log"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_failed_write_says_so() {
        let problem = write(Path::new("/proc/nowhere/x"), b"x").unwrap_err();
        assert_eq!(problem.code, codes::FILE_NOT_WRITTEN);
    }

    #[test]
    fn what_a_killed_writer_left_goes_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let names = [".wfo-old", ".wfo-new", "old", ".wfo-folder"].map(|name| folder.path().join(name));
        fs::create_dir(&names[3]).unwrap();
        for (name, seconds) in names[..3].iter().zip([3_700, 3_500, 10_000]) {
            write(name, b"half").unwrap();
            let file = OpenOptions::new().append(true).open(name).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        }
        locked(&folder.path().join("list"), || Ok(())).unwrap();
        assert_eq!(names.map(|name| name.exists()), [false, true, true, true]);
    }

    #[test]
    fn what_a_killed_writer_left_goes_at_once_and_what_another_writes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let own = processes::own_mark().unwrap();
        let dead = format!("{own}1");
        let names = [TIDY, TEMPORARY].map(|prefix| {
            [&dead, own, &dead.replacen(|_: char| true, "elsewhere", 1)].map(|mark| {
                let path = folder.path().join(format!("{prefix}{mark}-aB3xYz"));
                write(&path, b"half").unwrap();
                path
            })
        });
        tidy(folder.path());
        assert_eq!(names.clone().map(|names| names.map(|name| name.exists())), [[false, true, true], [true; 3]]);
        sweep(folder.path(), TEMPORARY);
        assert_eq!(names.map(|names| names.map(|name| name.exists())), [[false, true, true]; 2]);
        let seen = draft(TIDY);
        assert!(seen.starts_with(TIDY) && !is_orphan(&format!("{seen}x"), TIDY), "{seen}");
    }

    #[test]
    fn many_threads_behind_one_lock_lose_no_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        std::thread::scope(|scope| {
            for n in 0..20 {
                let path = &path;
                scope.spawn(move || {
                    locked(path, || {
                        let old = fs::read_to_string(path).unwrap_or_default();
                        write(path, format!("{old}{n}\n").as_bytes())
                    })
                    .unwrap();
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 20);
    }
}
