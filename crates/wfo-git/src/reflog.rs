//! Reads the log of one reference: what it was moved by. Looks at the newest megabyte at most.
//! Never decides anything from a log that is not there.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The most bytes of a log that are read, from its end.
const LIMIT: u64 = 1 << 20;

/// One move of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Whether the reference was made by it.
    pub(crate) creates: bool,
    /// What moved it, such as `commit: fix` or `branch: Created from main`.
    pub(crate) message: String,
}

impl Entry {
    /// Says whether the move added commits that were made here.
    pub(crate) fn is_own_work(&self) -> bool {
        let message = self.message.as_str();
        let verb = message.split([':', ' ']).next().unwrap_or_default();
        match verb {
            "commit" | "cherry-pick" | "revert" | "am" => true,
            "merge" | "pull" => message.contains("Merge made by"),
            _ => false,
        }
    }
}

/// The log of one reference, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) entries: Vec<Entry>,
}

impl Log {
    /// Reads the log of `name` below a git folder; `None` when there is none.
    pub(crate) fn read(git_dir: &Path, name: &str) -> Option<Self> {
        let path = git_dir.join("logs").join(name);
        if !std::fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut file = std::fs::File::open(&path).ok()?;
        let length = file.metadata().ok()?.len();
        let skipped = length.saturating_sub(LIMIT);
        file.seek(SeekFrom::Start(skipped)).ok()?;
        let mut bytes = Vec::new();
        file.take(LIMIT).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        Some(Self::parse(&text, skipped > 0))
    }

    /// Reads the lines of a log; the first is dropped when it may be half a line.
    pub(crate) fn parse(text: &str, cut: bool) -> Self {
        let entries = text.lines().skip(usize::from(cut)).filter_map(entry).collect();
        Self { entries }
    }

    /// Says whether the reference has had commits of its own; `None` when the log does not reach back far enough.
    pub(crate) fn has_own_work(&self) -> Option<bool> {
        if self.entries.iter().any(Entry::is_own_work) {
            return Some(true);
        }
        self.entries.first().is_some_and(|first| first.creates).then_some(false)
    }
}

fn entry(line: &str) -> Option<Entry> {
    let (head, message) = line.split_once('\t').unwrap_or((line, ""));
    let mut words = head.split(' ');
    let old = words.next()?;
    let new = words.next()?;
    let is_id = |word: &str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id(old) && is_id(new))
        .then(|| Entry { creates: old.bytes().all(|byte| byte == b'0'), message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &str = "0000000000000000000000000000000000000000";
    const SOME: &str = "1111111111111111111111111111111111111111";

    fn line(old: &str, message: &str) -> String {
        format!("{old} {SOME} A U Thor <a@b> 1700000000 +0100\t{message}\n")
    }

    #[test]
    fn only_moves_that_made_commits_are_own_work() {
        for (message, own) in [
            ("commit: fix", true),
            ("commit (initial): first", true),
            ("commit (amend): again", true),
            ("cherry-pick: x", true),
            ("revert: x", true),
            ("am: x", true),
            ("merge main: Merge made by the 'ort' strategy.", true),
            ("pull: Merge made by the 'ort' strategy.", true),
            ("merge main: Fast-forward", false),
            ("pull: Fast-forward", false),
            ("branch: Created from main", false),
            ("reset: moving to HEAD~1", false),
            ("checkout: moving from a to commit", false),
            ("", false),
        ] {
            let log = Log::parse(&(line(NONE, "branch: Created from main") + &line(SOME, message)), false);
            assert_eq!(log.has_own_work(), Some(own), "{message}");
        }
    }

    #[test]
    fn a_log_that_does_not_start_with_the_creation_proves_nothing() {
        assert_eq!(Log::parse(&line(SOME, "reset: moving"), false).has_own_work(), None);
        assert_eq!(Log::parse("", false).has_own_work(), None);
        assert_eq!(Log::parse(&line(NONE, "branch: Created"), true).has_own_work(), None);
    }

    #[test]
    fn broken_lines_are_passed_over() {
        let text = format!("rubbish\n{}\n\u{fffd} {SOME}\n", line(NONE, "branch: Created"));
        assert_eq!(Log::parse(&text, false).entries.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text: String, cut: bool) {
            let log = Log::parse(&text, cut);
            proptest::prop_assert!(log.entries.len() <= text.lines().count());
        }
    }
}
