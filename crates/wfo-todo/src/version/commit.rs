//! Commit messages by the convention `type(scope)!: subject`, with breaking footers and reverts.
//! Reads what is written; whether a change really breaks something is for the public surface to show.

use std::collections::HashSet;

use wfo_base::text::{clip, one_line};

use super::Bump;

/// The most characters of a subject.
const SUBJECT_LIMIT: usize = 200;
/// The most lines of a message that are read.
const LINES: usize = 2_000;
/// The fewest digits by which a message names a commit.
const ID_LEAST: usize = 7;

/// A commit as git tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its id in hexadecimal.
    pub id: String,
    /// Subject and body.
    pub message: String,
    /// How many parents it has: two or more is a merge.
    pub parents: usize,
}

/// What a message says by the convention.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conventional {
    /// `feat`, `fix`, ... in lower case; none = the subject does not follow the convention.
    pub kind: Option<String>,
    /// What it is about.
    pub scope: Option<String>,
    /// The subject without type and scope, one line.
    pub subject: String,
    /// It breaks what users rely on.
    pub breaking: bool,
    /// What the footers say about that, one line each.
    pub breaking_notes: Vec<String>,
    /// Ids of the commits that it takes back.
    pub reverts: Vec<String>,
    /// It is a revert at all.
    pub is_revert: bool,
    /// Messages of the commits that a squashed one lists, as far as they follow the convention.
    listed: Vec<(Option<String>, bool)>,
}

impl Conventional {
    /// Reads a message.
    #[must_use]
    pub fn of(message: &str) -> Self {
        let mut lines = message.trim_start_matches('\u{feff}').lines().take(LINES);
        let first = one_line(lines.by_ref().find(|line| !line.trim().is_empty()).unwrap_or_default()).into_owned();
        let header = Header::of(&first);
        let kind = header.as_ref().map(|header| header.kind.clone());
        // git writes `Revert "subject"` itself
        let is_revert = kind.as_deref() == Some("revert") || first.starts_with("Revert \"");
        let mut out = Self {
            subject: clip(header.as_ref().map_or(first.as_str(), |header| header.subject), SUBJECT_LIMIT).into_owned(),
            scope: header.as_ref().and_then(|header| header.scope.clone()),
            breaking: header.as_ref().is_some_and(|header| header.breaking),
            kind,
            is_revert,
            ..Self::default()
        };
        for line in lines {
            out.footer(line);
        }
        out
    }

    fn footer(&mut self, line: &str) {
        let marks =
            ["BREAKING CHANGE:", "BREAKING-CHANGE:", "BREAKING CHANGES:", "BREAKING CHANGE #", "BREAKING-CHANGE #"];
        let trimmed = line.trim();
        if let Some(note) = marks.iter().find_map(|mark| trimmed.strip_prefix(mark)) {
            self.breaking = true;
            self.breaking_notes.push(clip(&one_line(note), SUBJECT_LIMIT).into_owned());
        }
        if self.is_revert {
            let words = trimmed.split(|c: char| !c.is_ascii_alphanumeric());
            let ids = words
                .filter(|word| (ID_LEAST..=64).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit()));
            if trimmed.starts_with("This reverts commit")
                || trimmed.starts_with("Refs:")
                || trimmed.starts_with("Reverts:")
            {
                self.reverts.extend(ids.map(str::to_ascii_lowercase));
            }
        }
        if self.kind.is_none() {
            let item = trimmed.strip_prefix("* ").or_else(|| trimmed.strip_prefix("- "));
            let header = item.and_then(Header::of);
            self.listed.extend(header.map(|header| (Some(header.kind), header.breaking)));
        }
    }

    /// Says by how much the version has to rise at least: a breaking change, a feature, anything else.
    #[must_use]
    pub fn demands(&self) -> Bump {
        let one = |kind: Option<&str>, breaking: bool| match kind {
            _ if breaking => Bump::Major,
            Some("feat" | "feature") => Bump::Minor,
            _ => Bump::Patch,
        };
        let listed = self.listed.iter().map(|(kind, breaking)| one(kind.as_deref(), *breaking)).max();
        one(self.kind.as_deref(), self.breaking).max(listed.unwrap_or(Bump::None))
    }
}

/// The first line of a message, taken apart.
struct Header<'a> {
    kind: String,
    scope: Option<String>,
    breaking: bool,
    subject: &'a str,
}

impl<'a> Header<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (head, subject) = line.split_once(':')?;
        let subject = subject.trim();
        let (head, breaking) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
        let (kind, scope) = match head.split_once('(') {
            Some((kind, rest)) => (kind, Some(rest.strip_suffix(')').filter(|scope| !scope.trim().is_empty())?)),
            None => (head, None),
        };
        let word = kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && kind.starts_with(|c: char| c.is_ascii_alphabetic());
        // `https://...` and `C:\...` are no types
        let fits = word && kind.len() <= 20 && !subject.is_empty() && !subject.starts_with("//");
        let known = line.as_bytes().get(line.len() - subject.len() - 1).is_some_and(u8::is_ascii_whitespace);
        (fits && known).then(|| Self {
            kind: kind.to_ascii_lowercase(),
            scope: scope.map(|scope| clip(&one_line(scope), 60).into_owned()),
            breaking,
            subject,
        })
    }
}

/// Returns the commits that still stand: no merges, nothing that a later commit of the list takes back, no such revert itself.
/// `commits` come newest first.
#[must_use]
pub fn standing(commits: &[Commit]) -> Vec<(&Commit, Conventional)> {
    let mut ids: Vec<&str> = commits.iter().map(|commit| commit.id.as_str()).collect();
    ids.sort_unstable();
    let mut gone: HashSet<String> = HashSet::new();
    let mut out = Vec::new();
    for commit in commits {
        if commit.parents > 1 || gone.contains(&commit.id) {
            continue;
        }
        let read = Conventional::of(&commit.message);
        let targets: Vec<Option<String>> = read.reverts.iter().map(|id| full(&ids, id)).collect();
        // A revert of what is in the list leaves nothing of either; one of older work is a change of its own.
        if !targets.is_empty() && targets.iter().all(Option::is_some) {
            gone.extend(targets.into_iter().flatten());
            continue;
        }
        gone.extend(targets.into_iter().flatten());
        out.push((commit, read));
    }
    out
}

/// Finds the commit of an id, shortened or not; an id that fits two is nobody's.
fn full(sorted: &[&str], id: &str) -> Option<String> {
    let from = sorted.partition_point(|known| *known < id);
    let mut hits = sorted.get(from..)?.iter().take_while(|known| known.starts_with(id));
    let hit = hits.next()?;
    hits.next().is_none_or(|_| *hit == id).then(|| (*hit).to_owned())
}
