//! The content of a checkout as two digests: what lies in the work tree, and what only the index holds. Neither knows
//! commits, so adding and committing the same bytes changes nothing. Reads; runs no filter that the repository names.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gix::bstr::ByteSlice;
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::index::State;
use gix::index::entry::Flags;
use wfo_base::{Problem, codes, trust};

use crate::repository::Repository;
use crate::status::{self, Changes, Kind};

/// How deep repositories may lie in each other.
const DEPTH: usize = 8;

/// What a checkout holds at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Digest over path, mode and content of every tracked file and every other one that is not ignored.
    pub work: String,
    /// Digest over what the index holds and the work tree does not; `None` when it holds nothing else.
    pub index: Option<String>,
    /// The time of HEAD's commit.
    pub head_time: Option<jiff::Timestamp>,
    /// When the newest changed file was written; files below `.wfo/` and those left out do not count.
    pub newest_change: Option<jiff::Timestamp>,
}

/// What is no content, though it lies in the work tree. Paths are relative to the top.
#[derive(Clone, Copy)]
pub struct Exempt<'a> {
    /// Files that are left out where git does not track them: reports.
    pub untracked: &'a [String],
    /// Says of a path whether it is left out, tracked or not: records that are kept about the content.
    pub records: fn(&[u8]) -> bool,
}

impl Exempt<'_> {
    /// Leaves out nothing.
    pub const NOTHING: Self = Self { untracked: &[], records: |_| false };

    fn has(&self, path: &[u8], tracked: bool) -> bool {
        (self.records)(path) || (!tracked && self.untracked.iter().any(|one| one.as_bytes() == path))
    }
}

/// Reads the content of a checkout.
///
/// # Errors
/// `git.part-failed` and what else keeps a part of it from being read: a digest of a part would be worth nothing.
pub fn fingerprint(repository: &Repository, except: Exempt<'_>) -> Result<Fingerprint, Problem> {
    read(repository, except, 0)
}

/// One row of a digest.
struct Row {
    path: Vec<u8>,
    mode: u32,
    id: String,
}

fn read(repository: &Repository, except: Exempt<'_>, depth: usize) -> Result<Fingerprint, Problem> {
    if repository.is_bare() {
        return Err(unreadable("a bare repository has no work tree"));
    }
    let changes = status::changes(repository, None)?;
    if !changes.status.complete {
        return Err(unreadable("a folder cannot be looked into"));
    }
    let mut differing: HashSet<&[u8]> = HashSet::new();
    let (mut work, mut index) = (Vec::new(), Vec::new());
    let reader = Reader::new(repository, depth);
    for change in &changes.paths {
        match change.kind {
            Kind::Staged => {}
            Kind::Untracked if except.has(&change.path, false) => {}
            Kind::Untracked => work.extend(reader.row(&change.path, None)?),
            Kind::Unstaged | Kind::Conflicted => {
                differing.insert(&change.path);
            }
        }
    }
    for entry in entries(repository)?.into_iter().filter(|entry| !except.has(&entry.path, true)) {
        let Entry { path, mode, id, stage, unwatched } = entry;
        // Where git was told not to look, the work tree may hold anything.
        let looked_at = !unwatched || !reader.is_there(&path);
        if looked_at && !differing.contains(path.as_slice()) {
            work.push(Row { path, mode, id });
            continue;
        }
        if stage <= 2 && work.last().is_none_or(|row: &Row| row.path != path) {
            work.extend(reader.row(&path, Some(mode))?);
        }
        let same = stage == 0 && work.last().is_some_and(|row| row.path == path && row.mode == mode && row.id == id);
        if !same {
            index.push(Row { path, mode, id: format!("{id} {stage}") });
        }
    }
    Ok(Fingerprint {
        work: digest(work),
        index: (!index.is_empty()).then(|| digest(index)),
        head_time: head_time(repository),
        newest_change: newest(repository.root(), &changes, |path| except.has(path, false)),
    })
}

/// The first 32 hex digits of SHA-256 over the rows in the order of their paths.
fn digest(mut rows: Vec<Row>) -> String {
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    let mut bytes = Vec::with_capacity(rows.len() * 100);
    for row in rows {
        bytes.extend_from_slice(format!("{:o} {} ", row.mode, row.id).as_bytes());
        bytes.extend_from_slice(&row.path);
        bytes.push(0);
    }
    let mut hex = trust::digest_bytes(&bytes);
    hex.truncate(32);
    hex
}

/// One entry of the index.
struct Entry {
    path: Vec<u8>,
    mode: u32,
    id: String,
    stage: u32,
    /// Whether git was told not to compare the file (`assume-unchanged`, `skip-worktree`).
    unwatched: bool,
}

fn entries(repository: &Repository) -> Result<Vec<Entry>, Problem> {
    if let Some(repo) = repository.gix() {
        let index = status::load(repository, &repo).ok_or_else(|| unreadable("the index cannot be read"))?;
        let entry = |entry: &gix::index::Entry| Entry {
            path: entry.path(&index).to_vec(),
            mode: entry.mode.bits(),
            id: entry.id.to_string(),
            stage: entry.stage_raw(),
            unwatched: entry.flags.intersects(Flags::ASSUME_VALID | Flags::SKIP_WORKTREE),
        };
        return Ok(index.entries().iter().map(entry).collect());
    }
    let listed = repository.git().output(["ls-files", "--stage", "-v", "-z"])?;
    let rows = listed.split(|byte| *byte == 0).filter(|row| !row.is_empty());
    rows.map(|row| listed_entry(row).ok_or_else(|| unreadable("`git ls-files` answered something else"))).collect()
}

/// Reads `tag mode id stage<TAB>path`; a small tag means assume-unchanged, `S` skip-worktree.
fn listed_entry(row: &[u8]) -> Option<Entry> {
    let (facts, path) = row.split_once_str("\t")?;
    let mut words = std::str::from_utf8(facts).ok()?.split(' ');
    let tag = words.next()?;
    let mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let id = words.next()?.to_owned();
    Some(Entry {
        path: path.to_vec(),
        mode,
        id,
        stage: words.next()?.parse().ok()?,
        unwatched: tag.eq_ignore_ascii_case("s") || tag.bytes().all(|byte| byte.is_ascii_lowercase()),
    })
}

/// Reads files of the work tree as git would store them.
struct Reader<'a> {
    repository: &'a Repository,
    handle: Option<gix::Repository>,
    index: Option<State>,
    keeps_modes: bool,
    kind: gix::hash::Kind,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(repository: &'a Repository, depth: usize) -> Self {
        let handle = repository.without_own_filters().map(|(handle, _)| handle);
        let index = handle.as_ref().and_then(|handle| status::load(repository, handle));
        let config = handle.as_ref().map(gix::Repository::config_snapshot);
        let keeps_modes = config.and_then(|config| config.boolean("core.fileMode")).unwrap_or(true);
        let kind = handle.as_ref().map_or(gix::hash::Kind::Sha1, gix::Repository::object_hash);
        Self { repository, handle, index, keeps_modes, kind, depth }
    }

    fn is_there(&self, path: &[u8]) -> bool {
        let place = self.repository.root().join(std::ffi::OsStr::from_bytes(path));
        std::fs::symlink_metadata(place).is_ok()
    }

    /// The row of a path as it lies in the work tree; `None` when nothing does. `mode` is that of its index entry.
    fn row(&self, path: &[u8], mode: Option<u32>) -> Result<Option<Row>, Problem> {
        let relative = path.strip_suffix(b"/").unwrap_or(path);
        let place = self.repository.root().join(std::ffi::OsStr::from_bytes(relative));
        let Ok(meta) = std::fs::symlink_metadata(&place) else { return Ok(None) };
        let row = |mode, id| Ok(Some(Row { path: path.to_vec(), mode, id }));
        if meta.is_dir() {
            return row(0o160_000, self.nested(&place)?);
        }
        if meta.is_symlink() {
            let target = std::fs::read_link(&place).map_err(|error| gone(path, &error))?;
            return row(0o120_000, self.blob(target.as_os_str().as_bytes())?);
        }
        if !meta.is_file() {
            return row(0, "no regular file".to_owned());
        }
        let executable = meta.mode() & 0o100 != 0;
        let own = if executable { 0o100_755 } else { 0o100_644 };
        let mode = mode.filter(|_| !self.keeps_modes).unwrap_or(own);
        row(mode, self.file(&place, path)?)
    }

    /// Another repository in this one: its commit, and what is changed in it.
    fn nested(&self, place: &Path) -> Result<String, Problem> {
        if self.depth >= DEPTH {
            return Err(unreadable("repositories lie too deep in each other"));
        }
        let Ok(inner) = Repository::open(place) else { return Ok("no repository".to_owned()) };
        let head = inner.head_id().map_or_else(|| "unborn".to_owned(), |id| id.to_string());
        if status::changes(&inner, None)?.paths.is_empty() {
            return Ok(head);
        }
        let inner = read(&inner, Exempt::NOTHING, self.depth + 1)?;
        Ok(format!("{head} {} {}", inner.work, inner.index.unwrap_or_default()))
    }

    fn file(&self, place: &Path, path: &[u8]) -> Result<String, Problem> {
        let converted = self.handle.as_ref().zip(self.index.as_ref()).and_then(|(handle, index)| {
            let (mut pipeline, _) = handle.filter_pipeline(None).ok()?;
            let relative = PathBuf::from(std::ffi::OsStr::from_bytes(path));
            let bytes = match pipeline.convert_to_git(open(place).ok()?, &relative, index).ok()? {
                ToGitOutcome::Unchanged(_) => return None,
                ToGitOutcome::Buffer(bytes) => bytes.to_vec(),
                ToGitOutcome::Process(mut output) => {
                    let mut bytes = Vec::new();
                    output.read_to_end(&mut bytes).ok()?;
                    bytes
                }
            };
            Some(bytes)
        });
        match converted {
            Some(bytes) => self.blob(&bytes),
            None => self.stream(place, path),
        }
    }

    fn blob(&self, bytes: &[u8]) -> Result<String, Problem> {
        let id = gix::objs::compute_hash(self.kind, gix::objs::Kind::Blob, bytes);
        id.map(|id| id.to_string()).map_err(|error| unreadable(&error.to_string()))
    }

    fn stream(&self, place: &Path, path: &[u8]) -> Result<String, Problem> {
        let mut file = open(place).map_err(|error| gone(path, &error))?;
        let size = file.metadata().map_err(|error| gone(path, &error))?.len();
        let mut hasher = gix::hash::hasher(self.kind);
        hasher.update(format!("blob {size}\0").as_bytes());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = file.read(&mut buffer).map_err(|error| gone(path, &error))?;
            if count == 0 {
                break;
            }
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        hasher.try_finalize().map(|id| id.to_string()).map_err(|error| unreadable(&error.to_string()))
    }
}

/// Opens a regular file; neither a link nor a FIFO that took its place holds us.
fn open(place: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(place, flags, Mode::empty())?))
}

/// Returns when the commit of HEAD was made; `None` without one, or when it cannot be read.
#[must_use]
pub fn head_time(repository: &Repository) -> Option<jiff::Timestamp> {
    let seconds = match repository.gix() {
        Some(repo) => repo.head_commit().ok()?.time().ok()?.seconds,
        None => {
            let output = repository.git().output(["log", "-1", "--format=%ct"]).ok()?;
            std::str::from_utf8(&output).ok()?.trim().parse().ok()?
        }
    };
    jiff::Timestamp::from_second(seconds).ok()
}

fn newest(root: &Path, changes: &Changes, left_out: impl Fn(&[u8]) -> bool) -> Option<jiff::Timestamp> {
    let paths = changes.paths.iter().map(|change| change.path.as_slice());
    let counting = paths.filter(|path| !left_out(path) && !path.starts_with(b".wfo/") && !path.ends_with(b"/"));
    let times = counting.filter_map(|path| {
        let meta = std::fs::symlink_metadata(root.join(std::ffi::OsStr::from_bytes(path))).ok()?;
        meta.modified().ok().filter(|_| !meta.is_dir())
    });
    times.max().and_then(|time: SystemTime| jiff::Timestamp::try_from(time).ok())
}

fn gone(path: &[u8], error: &std::io::Error) -> Problem {
    let shown = wfo_base::text::quoted(&String::from_utf8_lossy(path));
    Problem::new(codes::GIT_PART_FAILED, format!("`{shown}` cannot be read: {error}"))
        .hint(format!("check the permissions of `{shown}`, then try again"))
}

fn unreadable(why: &str) -> Problem {
    Problem::new(codes::GIT_PART_FAILED, format!("the content cannot be read: {why}")).hint("run `git status`")
}
