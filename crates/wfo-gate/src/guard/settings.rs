//! `git config` and `git update-ref`: what they set past the checks.
//! Never refuses to read a setting.

use super::git;
use super::judge::Walk;
use super::options;
use super::outcome::Ask;
use super::shell::Word;
use super::specs::{CONFIG, PLUMBING};
use super::stashes::is_command;

impl Walk<'_> {
    pub(super) fn config(&mut self, words: &[Word]) {
        let options = options::read(&CONFIG, words);
        let operand = |at: usize| options.operands.get(at).copied();
        let reads = ["get", "get-all", "get-regexp", "get-urlmatch", "get-color", "get-colorbool", "list", "l"];
        let (action, name, value) = match operand(0).and_then(Word::literal) {
            Some(action @ ("list" | "get" | "set" | "unset" | "rename-section" | "remove-section" | "edit")) => {
                (action, operand(1), operand(2))
            }
            _ if options.has(&reads) => return,
            _ => {
                let old = options.last(&[
                    "unset",
                    "unset-all",
                    "add",
                    "replace-all",
                    "rename-section",
                    "remove-section",
                    "edit",
                    "e",
                ]);
                let action = old.unwrap_or(if operand(1).is_some() { "set" } else { "get" });
                (action, operand(0), operand(1))
            }
        };
        match action {
            "get" | "list" => {}
            "edit" | "e" => {
                self.ask.get_or_insert_with(|| Ask {
                    reason:
                        "an editor may change any setting, core.hooksPath too; set the one with `git config NAME VALUE`"
                            .to_owned(),
                });
            }
            "rename-section" | "remove-section" => {
                if name.is_some_and(|name| name.text.eq_ignore_ascii_case("core")) {
                    self.refuse(
                        format!("git config --{action} core"),
                        "the section holds core.hooksPath; change the one setting that is meant",
                    );
                }
            }
            _ => self.sets(name, value),
        }
    }

    fn sets(&mut self, name: Option<&Word>, value: Option<&Word>) {
        let Some(name) = name else { return };
        let lower = name.text.to_ascii_lowercase();
        if let (Some(alias), Some(value)) = (lower.strip_prefix("alias."), value) {
            self.aliases.push((alias.to_owned(), value.text.clone()));
        }
        if let Some(value) = value.filter(|_| is_command(&lower)) {
            let environment = self.environment.clone();
            self.for_git(value, &environment);
        }
        match git::switches_hooks(&name.text) {
            Some(true) if lower == "core.hookspath" => {
                self.refuse(
                    "git config core.hooksPath",
                    "core.hooksPath decides whether commits are checked; leave it as it is, or let a person set it",
                );
            }
            Some(true) => {
                self.ask.get_or_insert_with(|| Ask {
                    reason: "the included file may set core.hooksPath, which decides whether commits are checked; a person decides that".to_owned(),
                });
            }
            None => self.unsure("which setting this writes is only known when it runs; name it"),
            Some(false) => {}
        }
    }

    pub(super) fn update_ref(&mut self, words: &[Word]) {
        let options = options::read(&PLUMBING, words);
        if options.has(&["stdin"]) {
            return self
                .unsure("which branches this moves is only known when it runs; use `git branch` or `git reset`");
        }
        if options.has(&["d"]) {
            return;
        }
        match options.operands.first().map(|word| (word.text.as_str(), word.literal())) {
            Some((name, _)) if name == "HEAD" || name.starts_with("refs/heads/") => {
                self.refuse(
                    "git update-ref on a branch",
                    "`git update-ref` moves a branch past the checks; use `git commit`, `git branch` or `git reset`",
                );
            }
            Some((_, None)) => {
                self.unsure("which branch this moves is only known when it runs; use `git branch` or `git reset`");
            }
            _ => {}
        }
    }
}
