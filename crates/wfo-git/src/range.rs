//! What lies between two commits: messages with their times, files with their lines, and the commit by which a branch arrived.
//! Reads only, by git's own commands, each bounded; what is cut off says so.

use gix::bstr::ByteSlice;
use wfo_base::{Problem, codes};

use crate::Repository;
use crate::git::judge;

/// The most bytes of messages that are read.
const MESSAGES: usize = 32 << 20;
/// The most bytes of one message that are kept.
const MESSAGE: usize = 64 << 10;
/// The most bytes of a list of files.
const FILES: usize = 16 << 20;
/// How many commits are searched for the name of a branch.
const NAMED: usize = 5_000;

/// One commit of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its full id.
    pub id: String,
    /// Full ids of its parents.
    pub parents: Vec<String>,
    /// When it was written, in seconds.
    pub time: i64,
    /// Its whole message, cut where it is very long: foreign text.
    pub message: String,
}

/// Commits, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Those that were read.
    pub commits: Vec<Logged>,
    /// Whether there are more.
    pub cut: bool,
}

/// What became of a file between two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileExtent {
    /// Its path; what is not UTF-8 in it is replaced.
    pub path: String,
    /// git's letter: `A`, `M`, `D`, `T`.
    pub letter: char,
    /// Lines added and removed; `None` for a binary file.
    pub lines: Option<(u64, u64)>,
}

/// Lists the commits that `tip` has and none of `without` (full ids): at most `most` of them. With `paths`, only those that change
/// what these pathspecs name.
///
/// # Errors
/// `git.revision-unknown` for what is no full id, `tool.*`.
pub fn log(
    repository: &Repository,
    tip: &str,
    without: &[String],
    paths: &[&str],
    most: usize,
) -> Result<Log, Problem> {
    require_ids(std::iter::once(tip).chain(without.iter().map(String::as_str)))?;
    let count = format!("--max-count={}", most.saturating_add(1));
    let fixed = ["log", "-z", "--no-mailmap", "--no-decorate", "--no-notes", "--encoding=UTF-8"];
    let without: Vec<String> = without.iter().map(|id| format!("^{id}")).collect();
    let words = fixed.into_iter().chain([count.as_str(), "--format=%H%x1f%P%x1f%at%x1f%B", tip]);
    let words = words.chain(without.iter().map(String::as_str)).chain(["--"]).chain(paths.iter().copied());
    let ran = repository.git().run(words).cap(MESSAGES).run()?;
    let (cut, out) = if ran.cut { (true, ran.stdout) } else { (false, judge(ran)?) };
    let mut records: Vec<&[u8]> = out.split(|byte| *byte == 0).filter(|record| !record.is_empty()).collect();
    if cut {
        // The last one is whole only by chance.
        records.pop();
    }
    let more = records.len() > most;
    let commits = records.into_iter().take(most).filter_map(logged).collect();
    Ok(Log { commits, cut: cut || more })
}

fn logged(record: &[u8]) -> Option<Logged> {
    let mut fields = record.splitn(4, |byte| *byte == 0x1f);
    let mut field = || fields.next().map(|field| field.to_str_lossy().into_owned());
    let (id, parents, time) = (field()?, field()?, field()?);
    let message = fields.next().unwrap_or_default();
    let message = message.get(..MESSAGE.min(message.len())).unwrap_or_default();
    Some(Logged {
        id: id.trim().to_owned(),
        parents: parents.split_whitespace().map(str::to_owned).collect(),
        time: time.parse().unwrap_or(0),
        message: message.to_str_lossy().trim_end().to_owned(),
    })
}

/// Lists the files in which two commits (full ids) differ, a renamed one as gone and new; `None` when that cannot be told, or there
/// are very many.
#[must_use]
pub fn extent(repository: &Repository, base: &str, tip: &str) -> Option<Vec<FileExtent>> {
    require_ids([base, tip]).ok()?;
    let flags = ["diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let ran = repository.git().run(flags.into_iter().chain([base, tip])).cap(FILES).run().ok()?;
    if !ran.is_ok() || ran.cut {
        return None;
    }
    let mut out: Vec<FileExtent> = Vec::new();
    let mut counts = std::collections::HashMap::new();
    let mut words = ran.stdout.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word.first() == Some(&b':') {
            let letter = word.rsplit(|byte| *byte == b' ').next().and_then(|last| last.first()).copied();
            let path = words.next()?.to_str_lossy().into_owned();
            out.push(FileExtent { path, letter: char::from(letter.unwrap_or(b'M')), lines: None });
        } else {
            let text = word.to_str_lossy();
            let mut parts = text.splitn(3, '\t');
            let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
            counts.insert(path.to_owned(), added.parse::<u64>().ok().zip(removed.parse::<u64>().ok()));
        }
    }
    for file in &mut out {
        file.lines = counts.remove(&file.path).flatten();
    }
    Some(out)
}

/// Finds the newest commit that two commits (full ids) have in common; `None` when there is none or it cannot be told.
#[must_use]
pub fn merge_base(repository: &Repository, one: &str, other: &str) -> Option<String> {
    require_ids([one, other]).ok()?;
    let ran = repository.git().run(["merge-base", one, other]).run().ok()?;
    let text = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
    (ran.is_ok() && is_id(&text)).then_some(text)
}

/// Finds the commit of `target`'s own line by which `tip` came into it: its id and parents; `None` when `tip` is of that line itself
/// (as after a fast-forward), is not in it, or it cannot be told. Both are full ids.
#[must_use]
pub fn arrival(repository: &Repository, tip: &str, target: &str) -> Option<(String, Vec<String>)> {
    require_ids([tip, target]).ok()?;
    let range = format!("{tip}..{target}");
    let words = ["rev-list", "--first-parent", "--parents", "--max-count=20000", &range];
    let ran = repository.git().run(words).cap(FILES).run().ok().filter(|ran| ran.is_ok() && !ran.cut)?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    // Going back along the target's own line, the last commit that still holds the tip is the one that brought it.
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let holds = |id: &str| {
        let ran = repository.git().run(["merge-base", "--is-ancestor", tip, id]).run();
        ran.is_ok_and(|ran| ran.is_ok())
    };
    // Every commit of the line after the arrival holds the tip and none before it does: a search by halves.
    let after = rows.partition_point(|row| row.first().is_some_and(|id| holds(id)));
    let row = rows.get(after.checked_sub(1)?)?;
    let (id, parents) = row.split_first()?;
    let parents: Vec<String> = parents.iter().map(|id| (*id).to_owned()).collect();
    (parents.len() > 1).then(|| ((*id).to_owned(), parents))
}

/// Finds the newest commits of `tip` (a full id) whose message names exactly this branch, at most `most`: what a branch that is gone
/// has left behind.
///
/// # Errors
/// As [`log`].
pub fn naming(repository: &Repository, tip: &str, branch: &str, most: usize) -> Result<Vec<Logged>, Problem> {
    let log = log(repository, tip, &[], &[], NAMED)?;
    let names = |word: &str| {
        // The host writes `from OWNER/BRANCH`.
        word == branch || word.split_once('/').is_some_and(|(_, rest)| rest == branch)
    };
    let said = |one: &Logged| {
        one.message.split(|c: char| c.is_whitespace() || "'\"`,:;()".contains(c)).any(|word| {
            let word = word.trim_end_matches('.');
            names(word)
        })
    };
    Ok(log.commits.into_iter().filter(said).take(most).collect())
}

/// Says whether the clone lacks older commits.
#[must_use]
pub fn is_shallow(repository: &Repository) -> bool {
    wfo_base::read::is_there(&repository.common_dir().join("shallow")) == Some(true)
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn require_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<(), Problem> {
    match ids.into_iter().find(|id| !is_id(id)) {
        None => Ok(()),
        Some(id) => {
            let shown = wfo_base::text::code_span(id);
            Err(Problem::new(codes::GIT_REVISION_UNKNOWN, format!("{shown} is not the id of a commit")))
        }
    }
}
