//! Files that a command puts in the place of others before it commits: what lies there then is what it copies.
//! Never looks at a file; whether a target is a folder is for whoever does.

use super::judge::Walk;
use super::paths::{self, target};
use super::shell::{Command, Redirection, Word};

/// The most copies that are kept.
const MOST: usize = 256;

impl Walk<'_> {
    /// Keeps what `cp`, `mv` and their like copy or move.
    pub(super) fn keep_copied(&mut self, name: &str, words: &[Word]) {
        if name == "dd" {
            let part = |key: &str| words.iter().find_map(|word| word.text.strip_prefix(key).map(Word::known));
            if let (Some(from), Some(to)) = (part("if="), part("of=")) {
                self.copies(&from, &to);
            }
            return;
        }
        if !matches!(name, "cp" | "mv" | "install" | "ln" | "rsync" | "gcp" | "gmv") {
            return;
        }
        // A value of an option that is taken for a file is none that lies there.
        let mut files: Vec<&Word> = words.iter().filter(|word| !word.text.starts_with('-')).collect();
        let to = match target(words) {
            Some(to) => {
                files.retain(|file| **file != to);
                Some(Word { text: format!("{}/", to.text), ..to })
            }
            None => files.pop().cloned(),
        };
        let Some(mut to) = to else { return };
        if files.len() > 1 && !to.text.ends_with('/') {
            to.text.push('/');
        }
        for from in files {
            // By its text a folder keeps no slash; so what is put into one gets its own name here.
            match from.base().filter(|_| to.text.ends_with('/')) {
                Some(base) => self.copies(from, &Word { text: format!("{}{base}", to.text), ..to.clone() }),
                None => self.copies(from, &to),
            }
        }
    }

    /// Keeps what `cat FILE > OTHER` and `COMMAND < FILE > OTHER` may bring.
    pub(super) fn keep_shown(&mut self, command: &Command) {
        let to = command.redirects.iter().filter(|one| one.kind == Redirection::Write).map(|one| &one.target);
        let to: Vec<&Word> = to.filter(|to| !to.text.starts_with("/dev/")).collect();
        if to.is_empty() {
            return;
        }
        let cat = command.words.first().and_then(Word::base) == Some("cat");
        let operands = command.words.iter().skip(1).filter(|word| cat && !word.text.starts_with('-'));
        let read = command.redirects.iter().filter(|one| cat && one.kind == Redirection::Read).map(|one| &one.target);
        for from in operands.chain(read) {
            for to in &to {
                self.copies(from, to);
            }
        }
    }

    fn copies(&mut self, from: &Word, to: &Word) {
        let join = |word: &Word| paths::join(self.folder.as_deref(), word);
        if let (Some(from), Some(to)) = (join(from), join(to))
            && self.copies.len() < MOST
        {
            self.copies.push((from, to));
        }
    }
}
