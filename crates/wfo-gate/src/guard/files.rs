//! Commands that change hook files, and program texts that start git.
//! Never refuses a file by what is written to it, only by where it lies.

use super::judge::Walk;
use super::outcome::Ask;
use super::paths::{self, Guarded};
use super::shell::Word;

impl Walk<'_> {
    pub(super) fn changes(&mut self, name: &str, words: &[Word], fed: bool) {
        let files = paths::changed(name, words);
        for file in &files {
            self.writes(file, name);
        }
        if files.is_empty() && !paths::only_reads(name, words) {
            self.names_hooks(name, words);
        }
        if matches!(name, "mv" | "rename") && words.iter().any(|word| word.base() == Some(".git")) {
            self.question("moving `.git` away takes the commit checks with it; a person decides that");
        }
        if fed
            && self.hooks_named
            && self.deny.is_none()
            && matches!(name, "rm" | "mv" | "chmod" | "sed" | "unlink" | "truncate")
        {
            self.unsure("which files this changes is only known when it runs, and hooks are named; name the files");
        }
    }

    /// Asks about a program that is handed a git hook and is not known to leave it as it is.
    fn names_hooks(&mut self, name: &str, words: &[Word]) {
        let part =
            |word: &Word| Word { text: word.text.rsplit('=').next().unwrap_or_default().to_owned(), ..word.clone() };
        let path = |word: &&Word| !word.text.contains(['(', '\'', '"', ' ', '\n']);
        let hook =
            |word: &Word| paths::guarded(self.folder.as_deref(), &part(word), &self.facts.hooks) == Guarded::Hooks;
        if words.iter().filter(path).any(hook) {
            self.question(format!(
                "{name} may change a git hook, which holds the commit checks; a person decides that"
            ));
        }
    }

    /// Refuses to change a file that switches the checks off.
    pub(super) fn writes(&mut self, file: &Word, by: &str) {
        match paths::guarded(self.folder.as_deref(), file, &self.facts.hooks) {
            Guarded::No if self.facts.hooks_unknown && paths::called_like_a_hook(file) => self.question(format!(
                "{by} may change a git hook, and where git takes its hooks from could not be read; a person decides that"
            )),
            Guarded::No => {}
            Guarded::Hooks => self.refuse(
                format!("{by} on a git hook"),
                "the commit checks lie in git's hooks, so this command does not change them; a person can, by hand or with `wfo-helper setup`",
            ),
            Guarded::Config => self.refuse(
                format!("{by} on the repository's configuration"),
                "the repository's configuration is not written past git; use `git config` for the one setting",
            ),
            Guarded::Maybe if self.hooks_named || by != "a redirection" => {
                self.ask.get_or_insert_with(|| Ask {
                    reason: format!("{by} may change a git hook, and where the file lies is only known when it runs; name the file"),
                });
            }
            Guarded::Maybe => {}
        }
    }
}
