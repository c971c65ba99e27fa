//! Checks of files by what is known about them without reading them: env files, permissions, size.
//! Facts in, findings out: never touches a file.

use serde::Deserialize;
use wfo_base::tables::Row;

use crate::finding::{Finding, Severity, fingerprint};

/// A row of the table `file-rules.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRow {
    /// Name of the rule.
    pub id: String,
    /// Words that it compares with, in lower case.
    #[serde(default)]
    pub words: Vec<String>,
    /// Its limit in bytes.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// The rules there are; the first two take words, the others a limit.
const NAMES: [&str; 4] = ["env-names", "env-harmless-endings", "large-file", "huge-file"];

impl Row for FileRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        let words = self.id.starts_with("env-");
        match (NAMES.contains(&self.id.as_str()), self.bytes) {
            (false, _) => Err(format!("`{}` is not one of {}", self.id, NAMES.join(", "))),
            (true, Some(0)) => Err(format!("{} cannot be 0 bytes", self.id)),
            (true, bytes) if words == bytes.is_some() || words == self.words.is_empty() => {
                Err(format!("`{}` takes {} only", self.id, if words { "words" } else { "bytes" }))
            }
            _ => Ok(()),
        }
    }
}

impl FileRow {
    /// Says whether a repository's row may stand: a lower limit, more names, fewer harmless endings.
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        let Some(old) = old else { return false };
        let within = |small: &Self, large: &Self| small.words.iter().all(|word| large.words.contains(word));
        match new.id.as_str() {
            "env-names" => within(old, new),
            "env-harmless-endings" => within(new, old),
            _ => new.bytes.is_some_and(|bytes| old.bytes.is_none_or(|limit| bytes < limit)),
        }
    }
}

/// What kind of thing lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, whose mode says nothing.
    Link,
}

/// Says whether a name is that of a file of secret settings: `.env`, `.env.local`, `prod.env`, not `.env.example`.
#[must_use]
pub fn is_env(rows: &[FileRow], path: &str) -> bool {
    let words = |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.words.as_slice()).unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let named = words("env-names").iter().any(|word| {
        name == *word || name.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    });
    let ending = name.strip_suffix(".env").is_some_and(|stem| !stem.is_empty());
    let harmless = |part: &str| words("env-harmless-endings").iter().any(|word| word == part);
    (named || ending) && !name.split(['.', '-', '_']).any(harmless)
}

/// Judges a file of secret settings: in the index it blocks, and not ignored it blocks; ignored and not in the index is right.
#[must_use]
pub fn env_file(rows: &[FileRow], path: &str, tracked: bool, ignored: bool) -> Option<Finding> {
    if !is_env(rows, path) || (ignored && !tracked) {
        return None;
    }
    let (id, title, severity) = if tracked {
        ("env-tracked", "file of secret settings is in the index", Severity::Critical)
    } else {
        ("env-not-ignored", "file of secret settings is not ignored", Severity::High)
    };
    Some(finding(id, title.to_owned(), severity, path))
}

/// What the permissions of many files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// One finding for each thing that everybody may write.
    pub findings: Vec<Finding>,
    /// Whether modes say nothing here: everything is 0777, as on a mounted foreign file system.
    pub meaningless: bool,
}

/// Fewer files than this cannot tell that modes say nothing.
const TELLING: usize = 5;

/// Judges modes (`st_mode`, of which the last twelve bits count): what everybody may write is a warning; a folder with the sticky bit is none.
#[must_use]
pub fn permissions<'a>(entries: impl IntoIterator<Item = (&'a str, Kind, u32)>) -> Permissions {
    let (mut files, mut open) = (0usize, 0usize);
    let mut findings = Vec::new();
    for (path, kind, mode) in entries {
        if kind == Kind::Link {
            continue;
        }
        files += 1;
        open += usize::from(mode & 0o777 == 0o777);
        if mode & 0o002 != 0 && !(kind == Kind::Folder && mode & 0o1000 != 0) {
            let what = if kind == Kind::Folder { "folder" } else { "file" };
            let title = format!("{what} that everybody may write (mode {:04o})", mode & 0o7777);
            findings.push(finding("world-writable", title, Severity::Low, path));
        }
    }
    if files >= TELLING && open == files {
        return Permissions { findings: Vec::new(), meaningless: true };
    }
    Permissions { findings, meaningless: false }
}

/// Judges a file's size in bytes.
#[must_use]
pub fn large_file(rows: &[FileRow], path: &str, bytes: u64) -> Option<Finding> {
    let limit = |id: &str| rows.iter().find(|row| row.id == id).and_then(|row| row.bytes);
    let over = |id: &str| limit(id).filter(|limit| bytes > *limit);
    let (id, limit, severity) = match (over("huge-file"), over("large-file")) {
        (Some(limit), _) => ("huge-file", limit, Severity::Medium),
        (None, Some(limit)) => ("large-file", limit, Severity::Low),
        (None, None) => return None,
    };
    Some(finding(id, format!("file of {bytes} bytes, more than {limit}"), severity, path))
}

fn finding(id: &str, title: String, severity: Severity, path: &str) -> Finding {
    Finding {
        id: id.to_owned(),
        title,
        severity,
        file: Some(path.to_owned()),
        line: None,
        column: None,
        fingerprint: fingerprint(id, path, b""),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
