//! `context restore`: the files of a backup back in their places, after a person's yes. What they replace is saved before.

use std::path::PathBuf;

use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, codes, read, text::code_span};

use super::backup::{Entry, Saved, backups, manifest, root_of, save, saved_path};
use super::{LIMIT, Site, mark};

/// What becomes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is not there and comes back.
    Create,
    /// It has other content and is replaced.
    Replace,
    /// It is as it was.
    Same,
}

impl Fate {
    /// Returns the word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Same => "same",
        }
    }
}

/// A backup set beside what is there.
#[derive(Debug)]
pub struct Restore {
    /// The backup.
    pub backup: Saved,
    /// Its files with what becomes of each.
    pub files: Vec<(String, Fate)>,
    plan: Vec<(Entry, Vec<u8>, String)>,
}

impl Restore {
    /// Looks at a backup: the one of this stamp, else the newest.
    ///
    /// # Errors
    /// `context.backup-unknown`, `context.backup-invalid`, and what reading the files answers.
    pub fn look(site: &Site<'_>, stamp: Option<&str>) -> Result<Self, Problem> {
        let all = backups(site);
        let known: Vec<&str> = all.iter().take(5).map(|one| one.stamp.as_str()).collect();
        let hint = match known.as_slice() {
            [] => "`wfo-helper context backup` makes one".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        let found = all.iter().find(|one| stamp.is_none_or(|stamp| one.stamp == stamp)).cloned();
        let backup = found.ok_or_else(|| {
            let what = stamp.map_or_else(|| "no backup".to_owned(), |stamp| format!("no backup {}", code_span(stamp)));
            Problem::new(codes::CONTEXT_BACKUP_UNKNOWN, format!("this checkout has {what}")).hint(hint)
        })?;
        let mut restore = Self { files: Vec::new(), plan: Vec::new(), backup };
        let listed = manifest(site, &restore.backup.folder).map(|manifest| manifest.files).unwrap_or_default();
        for entry in listed {
            let bytes = restore.saved(&entry)?;
            let there = read::raw(root_of(site, entry.side), &entry.path, LIMIT)?;
            let fate = match &there {
                None => Fate::Create,
                Some(there) if *there == bytes => Fate::Same,
                Some(_) => Fate::Replace,
            };
            restore.files.push((entry.path.clone(), fate));
            if fate != Fate::Same {
                restore.plan.push((entry, bytes, mark(there.as_deref())));
            }
        }
        Ok(restore)
    }

    fn saved(&self, entry: &Entry) -> Result<Vec<u8>, Problem> {
        let plain = PathBuf::from(&entry.path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let bytes = if plain { read::own_bytes(&saved_path(&self.backup.folder, entry), LIMIT)? } else { None };
        bytes.filter(|bytes| trust::digest_bytes(bytes) == entry.sha256).ok_or_else(|| {
            let message = format!("{} of backup `{}` is not what was saved", code_span(&entry.path), self.backup.stamp);
            Problem::new(codes::CONTEXT_BACKUP_INVALID, message)
                .hint("take another backup: `wfo-helper context restore STAMP`")
        })
    }

    /// Says whether everything is as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.is_empty()
    }

    /// What the yes is bound to: this backup, and each file as it is now.
    #[must_use]
    pub fn subject(&self, site: &Site<'_>) -> Subject {
        let line = |(entry, _, there): &(Entry, Vec<u8>, String)| format!("{} {} {there}", entry.path, entry.sha256);
        Subject {
            command: "context restore".to_owned(),
            arguments: self.backup.stamp.clone(),
            main_checkout: site.place.identity(),
            state: [vec![site.root().to_string_lossy().into_owned()], self.plan.iter().map(line).collect()]
                .concat()
                .join("\n"),
        }
    }

    /// Each single act, in words.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let acts = self.files.iter().filter(|(_, fate)| *fate != Fate::Same);
        acts.map(|(path, fate)| match fate {
            Fate::Create => format!("bring {} back", code_span(path)),
            _ => format!("replace {} (what is there is saved first)", code_span(path)),
        })
        .collect()
    }

    /// Does it; returns the backup of what was replaced.
    ///
    /// # Errors
    /// `context.changed` when a file is not as it was shown, and what writing answers.
    pub fn carry_out(&self, site: &Site<'_>, notes: &mut Vec<Diagnostic>) -> Result<Option<Saved>, Problem> {
        site.locked(|| {
            for (entry, _, shown) in &self.plan {
                if mark(read::raw(root_of(site, entry.side), &entry.path, LIMIT)?.as_deref()) != *shown {
                    let message = format!("{} was changed since it was shown", code_span(&entry.path));
                    return Err(
                        Problem::new(codes::CONTEXT_CHANGED, message).hint("run `wfo-helper context restore` again")
                    );
                }
            }
            let replaces = self.files.iter().any(|(_, fate)| *fate == Fate::Replace);
            let saved = if replaces { Some(save(site, notes)?) } else { None };
            for (entry, bytes, _) in &self.plan {
                site.put(root_of(site, entry.side), &entry.path, bytes)?;
            }
            Ok(saved)
        })
    }
}
