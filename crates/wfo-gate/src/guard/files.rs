//! Commands that change hook files, and program texts that start git.
//! Never refuses a file by what is written to it, only by where it lies.

use super::judge::{Input, Walk};
use super::outcome::Ask;
use super::paths::{self, Guarded};
use super::shell::Word;

impl Walk<'_> {
    pub(super) fn changes(&mut self, name: &str, words: &[Word], fed: bool) {
        let files = paths::changed(name, words);
        for file in &files {
            self.writes(file, name);
        }
        if fed
            && self.hooks_named
            && self.deny.is_none()
            && matches!(name, "rm" | "mv" | "chmod" | "sed" | "unlink" | "truncate")
        {
            self.unsure("which files this changes is only known when it runs, and hooks are named; name the files");
        }
    }

    /// Refuses to change a file that switches the checks off.
    pub(super) fn writes(&mut self, file: &Word, by: &str) {
        match paths::guarded(self.folder.as_deref(), file, &self.facts.hooks) {
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

    /// Asks about a program text that starts processes and names what goes around the checks.
    pub(super) fn program(&mut self, name: &str, words: &[Word], input: &Input) {
        let inline =
            words.iter().position(|word| matches!(word.text.as_str(), "-c" | "-e" | "-E" | "-r" | "--eval" | "eval"));
        let first = || words.iter().find(|word| name.ends_with("awk") && !word.text.starts_with('-'));
        let text = match (inline.and_then(|at| words.get(at + 1)).or_else(first), input) {
            (Some(text), _) => text.text.as_str(),
            (None, Input::Text(text)) => text.text.as_str(),
            _ => return,
        };
        let starts = [
            "subprocess",
            "os.system",
            "os.popen",
            "os.exec",
            "execSync",
            "execFileSync",
            "spawn",
            "child_process",
            "system(",
            "exec(",
        ];
        let around =
            ["--no-verify", "hooksPath", "hookspath", "commit-tree", "'-n'", "\"-n\"", "commit -n", "update-ref"];
        let has = |list: &[&str]| list.iter().any(|part| text.contains(part));
        if text.contains("git") && has(&starts) && has(&around) {
            self.unsure("this program starts git in a way that may skip the checks; run the git command itself");
        }
    }
}
