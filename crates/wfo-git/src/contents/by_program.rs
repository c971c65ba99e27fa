//! The same lists by the `git` program, for repositories and indexes that the library cannot read.
//! Slower by some processes; runs nothing that the repository names.

use std::collections::HashSet;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use wfo_base::{Problem, codes, text};

use super::checkout::Entry;
use super::history::{MESSAGE, Range, more_commits};
use super::staged::{Both, in_conflict, join};
use super::{Source, Version, Versions, is_file};
use crate::git::Git;
use crate::repository::Repository;
use crate::status::Side;

/// What `git` says about one path: modes and ids of the older versions, then of the new one.
#[derive(Debug, PartialEq, Eq)]
struct Raw {
    path: Vec<u8>,
    before: Vec<(u16, ObjectId)>,
    after: (u16, ObjectId),
    conflict: bool,
}

/// As [`super::staged()`].
pub(super) fn staged(repository: &Repository) -> Result<Versions, Problem> {
    let git = repository.git();
    let base = if repository.head_id().is_some() { "HEAD".to_owned() } else { empty_tree(&git)? };
    let output =
        git.output(["diff-index", "--cached", "--raw", "-r", "-z", "--no-abbrev", "--no-renames", &base, "--"])?;
    let (mut modified, mut added, mut deleted, mut conflicts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for raw in parse(&output)? {
        let Raw { path, before, after, conflict } = raw;
        let old = before.first().copied().unwrap_or((0, after.1));
        match (conflict, old.0, after.0) {
            (true, ..) => conflicts.push(path),
            (_, _, 0) => deleted.push(Side { path, mode: old.0, id: old.1 }),
            (_, 0, mode) => added.push(Side { path, mode, id: after.1 }),
            _ => modified.push(Both { path, old, new: after }),
        }
    }
    let mut versions = join(modified, added, &deleted);
    versions.left_out = in_conflict(conflicts.into_iter());
    Ok(versions)
}

fn empty_tree(git: &Git) -> Result<String, Problem> {
    let format = git.output(["rev-parse", "--show-object-format"])?;
    let kind = if format.trim_ascii() == b"sha256" { gix::hash::Kind::Sha256 } else { gix::hash::Kind::Sha1 };
    Ok(ObjectId::empty_tree(kind).to_string())
}

/// Lists the index.
pub(super) fn entries(repository: &Repository) -> Result<Vec<Entry>, Problem> {
    let output = repository.git().output(["ls-files", "--stage", "-z"])?;
    let entry = |record: &[u8]| {
        let (head, path) = record.split_once_str(b"\t")?;
        Some((path.to_vec(), mode_of(head.split(|byte| *byte == b' ').next()?)?))
    };
    let records = output.split(|byte| *byte == 0).filter(|record| !record.is_empty());
    records.map(|record| entry(record).ok_or_else(|| strange(record))).collect()
}

/// As [`super::history()`].
pub(super) fn history(repository: &Repository, range: &Range) -> Result<Versions, Problem> {
    let git = repository.git();
    let mut out = Versions::default();
    if repository.head_id().is_none() {
        return Ok(out);
    }
    let mut ids = Vec::new();
    if range.last > 0 {
        ids.extend(commits(&git, range.last, &[])?);
    }
    if range.unpushed {
        let mut more = commits(&git, range.most.saturating_add(1), &["--not", "--remotes"])?;
        if more.len() > range.most {
            more.truncate(range.most);
            out.cut.push(more_commits(range.most));
        }
        ids.extend(more);
    }
    let mut known = HashSet::new();
    ids.retain(|id| known.insert(id.clone()));
    let found = of_commits(repository, &ids)?;
    Ok(Versions { cut: out.cut, ..found })
}

/// Lists what these commits brought.
pub(super) fn of_commits(repository: &Repository, ids: &[String]) -> Result<Versions, Problem> {
    let git = repository.git();
    let mut out = Versions::default();
    let mut seen = HashSet::new();
    for id in ids {
        let name: Arc<str> = id.as_str().into();
        let message = git.output(["log", "--no-walk", "--format=%B", id, "--"])?;
        out.messages.push((Arc::clone(&name), message.into_iter().take(MESSAGE).collect()));
        let arguments =
            ["diff-tree", "-r", "-c", "--root", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-commit-id"];
        let output = git.output(arguments.iter().copied().chain([id.as_str(), "--"]))?;
        out.commits += 1;
        for Raw { path, before, after, .. } in parse(&output)?.into_iter().filter(|raw| is_file(raw.after.0)) {
            let before: Vec<ObjectId> = before.into_iter().filter(|side| is_file(side.0)).map(|side| side.1).collect();
            if !before.contains(&after.1) && seen.insert((path.clone(), after.1, before.clone())) {
                let source = Source::Blob { id: after.1, before };
                out.list.push(Version { path, commit: Some(Arc::clone(&name)), tracked: true, source });
            }
        }
    }
    Ok(out)
}

/// Lists the commits that these ids reach and no reference does, newest first.
pub(super) fn new_commits(repository: &Repository, tips: &[String], most: usize) -> Result<Vec<String>, Problem> {
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    let most = format!("--max-count={most}");
    let tips = tips.iter().map(String::as_str);
    let output =
        repository.git().output(["rev-list", &most].into_iter().chain(tips).chain(["--not", "--all", "--"]))?;
    Ok(output.lines().map(|line| line.to_str_lossy().into_owned()).collect())
}

fn commits(git: &Git, most: usize, more: &[&str]) -> Result<Vec<String>, Problem> {
    let most = format!("--max-count={most}");
    let output = git.output(["rev-list", &most, "HEAD"].into_iter().chain(more.iter().copied()).chain(["--"]))?;
    Ok(output.lines().map(|line| line.to_str_lossy().into_owned()).collect())
}

/// Reads `--raw -z`, of one older version (`:`) or of several (`::`).
fn parse(output: &[u8]) -> Result<Vec<Raw>, Problem> {
    let mut words = output.split(|byte| *byte == 0);
    let mut found = Vec::new();
    while let Some(head) = words.next().filter(|head| !head.is_empty()) {
        let path = words.next().ok_or_else(|| strange(head))?;
        found.push(record(head, path).ok_or_else(|| strange(head))?);
    }
    Ok(found)
}

fn record(head: &[u8], path: &[u8]) -> Option<Raw> {
    let older = head.iter().take_while(|byte| **byte == b':').count();
    let fields: Vec<&[u8]> = head.get(older..)?.split(|byte| *byte == b' ').collect();
    let count = older + 1;
    if older == 0 || fields.len() != 2 * count + 1 {
        return None;
    }
    let modes = fields.iter().take(count).map(|mode| mode_of(mode));
    let ids = fields.iter().skip(count).take(count).map(|id| ObjectId::from_hex(id).ok());
    let sides: Option<Vec<(u16, ObjectId)>> = modes.zip(ids).map(|(mode, id)| Some((mode?, id?))).collect();
    let mut before = sides?;
    let after = before.pop()?;
    Some(Raw { path: path.to_vec(), before, after, conflict: fields.last()?.contains(&b'U') })
}

fn mode_of(text: &[u8]) -> Option<u16> {
    u16::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()
}

fn strange(record: &[u8]) -> Problem {
    let shown = text::quoted(&String::from_utf8_lossy(record));
    Problem::new(codes::TOOL_FAILED, format!("`git` answered `{shown}`"))
        .hint("run `git --version`; 2.11 or newer is needed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_one_and_of_several_older_versions_are_read() {
        let (a, b, c) = ("1".repeat(40), "2".repeat(40), "3".repeat(40));
        let one = format!(":100644 100755 {a} {b} M\0x\ny\0");
        let two = format!("::000000 100644 100644 {a} {b} {c} AM\0p\0");
        let read = parse((one + &two).as_bytes()).unwrap();
        let shape: Vec<_> =
            read.iter().map(|raw| (raw.path.as_slice(), raw.before.len(), raw.after.0, raw.conflict)).collect();
        assert_eq!(shape, [(&b"x\ny"[..], 1, 0o100_755, false), (b"p", 2, 0o100_644, false)]);
        assert!(parse(format!(":000000 100644 {a} {a} U\0p\0").as_bytes()).unwrap()[0].conflict);
        for output in [&b"x\0y\0"[..], b":1 2\0p\0", b":100644\0", b"::100644 100644 1 2 M\0p\0"] {
            assert!(parse(output).is_err(), "{}", output.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(output: Vec<u8>) {
            let _ = parse(&output);
        }
    }
}
