//! Commands that start no other program by their own words: what they set in the shell, and what their name does not tell.
//! Never follows a command into another program; that is the walk's.

use super::environment::{Environment, LONGEST_FOLDER};
use super::git;
use super::judge::{Input, Walk};
use super::outcome::Ask;
use super::paths;
use super::shell::Word;
use super::wrappers;

impl Walk<'_> {
    /// Judges a command that runs no other in a way that is known.
    pub(super) fn plain(
        &mut self,
        first: &Word,
        name: &str,
        words: &[Word],
        environment: Environment,
        fed: bool,
        input: &Input,
    ) {
        if self.runs_written(name, first) {
            return;
        }
        match name {
            "cd" | "pushd" => self.change_folder(words),
            "popd" => self.folder = None,
            "export" | "declare" | "typeset" | "readonly" => self.export(words),
            "eval" => {
                let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                self.script(&text.join(" "), None);
            }
            "trap" => {
                if let Some(text) = words.iter().find(|word| !word.text.starts_with('-')) {
                    self.script(&text.text, None);
                }
            }
            "alias" => {
                for (own, meant) in words.iter().filter_map(|word| word.text.split_once('=')) {
                    self.script(meant, None);
                    self.stands_in(own, meant);
                }
            }
            "hash" => {
                if let [option, path, own] = words
                    && option.text == "-p"
                {
                    self.stands_in(&own.text, path.base().unwrap_or_default());
                }
            }
            "source" | "." => match words.first() {
                Some(file) if file.process => self.input(&Input::Unclear, environment),
                Some(file) if file.text == "/dev/stdin" => self.input(input, environment),
                Some(file) => {
                    self.runs_written(name, file);
                }
                None => {}
            },
            "pre-commit" | "prek" | "lefthook" | "husky"
                if words.first().is_some_and(|word| word.text == "uninstall") =>
            {
                self.ask.get_or_insert_with(|| Ask {
                    reason: format!("`{name} uninstall` takes the commit checks away; a person decides that"),
                });
            }
            _ => self.programs(name, words, input),
        }
        self.keep_copied(name, words);
        self.changes(name, words, fed);
    }

    fn change_folder(&mut self, words: &[Word]) {
        let to = words.iter().find(|word| !matches!(word.text.as_str(), "-P" | "-L" | "-e" | "--"));
        self.folder = match to {
            Some(word) if word.text == "-" => None,
            Some(word) => paths::join(self.folder.as_deref(), word).filter(|folder| folder.len() <= LONGEST_FOLDER),
            None => Some("~".to_owned()),
        };
    }

    fn export(&mut self, words: &[Word]) {
        for (name, value) in words.iter().filter_map(wrappers::assignment) {
            let key =
                name.starts_with("GIT_CONFIG_KEY_") && value.literal().and_then(git::switches_hooks) == Some(true);
            let parameters = name == "GIT_CONFIG_PARAMETERS" && value.text.to_ascii_lowercase().contains("hookspath");
            if key || parameters {
                self.refuse(format!("export {name}"), "this points git at other hooks; leave core.hooksPath as it is");
            }
            self.environment.set(&name, &value);
        }
    }

    /// Judges a command whose name is only known when it runs, by the words behind it.
    pub(super) fn unknown_command(&mut self, first: &Word, words: &[Word], fed: bool) {
        const ASKED: [&str; 12] = [
            "commit",
            "push",
            "merge",
            "am",
            "rebase",
            "cherry-pick",
            "revert",
            "update-ref",
            "commit-tree",
            "fast-import",
            "--no-verify",
            "pull",
        ];
        let named = words
            .iter()
            .any(|word| ASKED.contains(&word.text.as_str()) || word.text.to_ascii_lowercase().contains("hookspath"));
        let nothing_known = first.open && words.iter().all(|word| word.open) || fed;
        if named || nothing_known {
            self.unsure("which program runs here is only known when it runs; name git itself");
        }
    }
}
