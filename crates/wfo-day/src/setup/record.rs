//! What setup keeps below `CONFIG/wfo/state/setup/`: the file as it was before, so that removing can bring it back byte for
//! byte. Holds a whole settings file, so it is readable for its owner only.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wfo_base::home::Home;
use wfo_base::{Problem, atomic, codes, read, trust};

/// The most of a record that is read: the settings file once, escaped.
const LIMIT: u64 = 8 << 20;

/// One settings file that was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The file.
    pub(super) file: PathBuf,
    /// Its text before; `None` = it was not there.
    pub(super) original: Option<String>,
    /// SHA-256 of the text that was written.
    pub(super) written: String,
    /// Rules that were added.
    pub(super) rules: Vec<String>,
    /// Keys that were made for them.
    pub(super) made: Vec<String>,
    /// The command of the status line that was added.
    #[serde(default)]
    pub(super) status_line: Option<String>,
    /// Whether the file's folder was made for it.
    #[serde(default)]
    pub(super) made_folder: bool,
}

impl Record {
    /// Returns where the record of a file lies.
    pub(super) fn place(home: &Home, file: &Path) -> PathBuf {
        let mut id = trust::digest(&file.to_string_lossy());
        id.truncate(16);
        home.wfo("state/setup").join(format!("{id}.json"))
    }

    /// Reads the record of a file; `None` when it was never changed.
    ///
    /// # Errors
    /// `file.unreadable` for a record that does not parse.
    pub(super) fn load(home: &Home, file: &Path) -> Result<Option<Self>, Problem> {
        let place = Self::place(home, file);
        let Some(page) = read::own(&place, LIMIT)? else { return Ok(None) };
        let record = serde_json::from_str(&page.text).map_err(|error| {
            Problem::new(codes::FILE_UNREADABLE, format!("`{}` does not parse: {error}", place.display()))
                .hint("it keeps the settings as they were before setup: look whether you need them, then remove it")
                .in_file(place.display().to_string())
        })?;
        Ok(Some(record))
    }

    /// Joins a new change with what was kept of earlier ones: the oldest text that is still true stays.
    pub(super) fn joined(earlier: Option<Self>, before: Option<&str>, new: Self) -> Self {
        let Some(earlier) = earlier else { return new };
        let unchanged = before.is_some_and(|before| trust::digest(before) == earlier.written);
        let original = if unchanged { earlier.original } else { new.original };
        Self {
            original,
            rules: merged(earlier.rules, new.rules),
            made: merged(earlier.made, new.made),
            status_line: new.status_line.or(earlier.status_line),
            made_folder: earlier.made_folder || new.made_folder,
            file: new.file,
            written: new.written,
        }
    }

    /// Says whether the file can go back to its text before: nobody changed it since, and that text is free of our rules.
    pub(super) fn restores(&self, now: &str) -> bool {
        let added = self.rules.iter().chain(&self.status_line);
        let added: Vec<String> = added.map(|text| serde_json::Value::from(text.as_str()).to_string()).collect();
        let ours = |original: &str| added.iter().any(|text| original.contains(text.as_str()));
        trust::digest(now) == self.written && !self.original.as_deref().is_some_and(ours)
    }

    /// Writes the record.
    ///
    /// # Errors
    /// `file.not-written`.
    pub(super) fn save(&self, home: &Home) -> Result<(), Problem> {
        let place = Self::place(home, &self.file);
        let text = serde_json::to_string(self).map_err(|error| Problem::new(codes::BUG, format!("record: {error}")))?;
        atomic::write_private(&place, text.as_bytes())
    }

    /// Forgets a file. A record that cannot be removed is harmless: it is only used while the file is what was written.
    pub(super) fn forget(home: &Home, file: &Path) {
        let _ = std::fs::remove_file(Self::place(home, file));
    }
}

fn merged(mut old: Vec<String>, new: Vec<String>) -> Vec<String> {
    for item in new {
        if !old.contains(&item) {
            old.push(item);
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(original: Option<&str>, written: &str, rule: &str) -> Record {
        Record {
            file: "/f".into(),
            original: original.map(str::to_owned),
            written: trust::digest(written),
            rules: vec![rule.to_owned()],
            made: Vec::new(),
            status_line: None,
            made_folder: false,
        }
    }

    #[test]
    fn the_oldest_text_is_kept_while_nobody_else_changed_the_file() {
        let first = record(Some("a"), "b", "R");
        let again = Record::joined(Some(first.clone()), Some("b"), record(Some("b"), "c", "S"));
        assert_eq!((again.original.as_deref(), again.rules.len()), (Some("a"), 2));
        assert!(again.restores("c") && !again.restores("d"));
        let changed = Record::joined(Some(first), Some("x"), record(Some("x"), "y", "S"));
        assert_eq!(changed.original.as_deref(), Some("x"));
    }

    #[test]
    fn a_text_that_holds_our_own_rules_is_not_brought_back() {
        let record = record(Some("{\"allow\":[\"R\"]}"), "y", "R");
        assert!(!record.restores("y"));
    }
}
