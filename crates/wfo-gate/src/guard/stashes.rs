//! Commits that no check has seen because `git stash` made them, and settings of git that run programs.
//! A stash may be applied and looked at; what is refused a silent way is only to make a branch of it.

use super::environment::Environment;
use super::judge::Walk;
use super::shell::Word;

/// Settings whose value is a command, whole or between these two parts.
const COMMANDS: [(&str, &str); 24] = [
    ("core.editor", ""),
    ("core.pager", ""),
    ("core.sshcommand", ""),
    ("core.fsmonitor", ""),
    ("core.askpass", ""),
    ("core.gitproxy", ""),
    ("sequence.editor", ""),
    ("diff.external", ""),
    ("credential.", "helper"),
    ("pager.", ""),
    ("difftool.", ".cmd"),
    ("mergetool.", ".cmd"),
    ("diff.", ".command"),
    ("diff.", ".textconv"),
    ("filter.", ".clean"),
    ("filter.", ".smudge"),
    ("filter.", ".process"),
    ("merge.", ".driver"),
    ("interactive.difffilter", ""),
    ("trailer.", ".cmd"),
    ("trailer.", ".command"),
    ("browser.", ".cmd"),
    ("remote.", ".uploadpack"),
    ("remote.", ".receivepack"),
];

/// Says whether git runs the value of a setting.
pub(super) fn is_command(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    COMMANDS.iter().any(|(start, end)| match end.is_empty() && !start.ends_with('.') {
        true => name == *start,
        false => name.starts_with(start) && name.ends_with(end) && name.len() >= start.len() + end.len(),
    })
}

impl Walk<'_> {
    /// Walks a command that git is told to run for a purpose of its own.
    pub(super) fn for_git(&mut self, value: &Word, environment: &Environment) {
        let text = Word { text: value.text.trim_start_matches('!').to_owned(), ..value.clone() };
        self.in_shell(&text, Some(Vec::new()), environment.clone());
    }

    /// Asks where a branch would be made of a stash, or a stash be pushed: it is a commit that no check has seen.
    pub(super) fn stashes(&mut self, name: &str, words: &[Word]) {
        let first = words.iter().find(|word| !word.text.starts_with('-')).map(|word| word.text.as_str());
        if name == "stash" {
            self.stashed |= first == Some("create");
            return;
        }
        let option = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.text.as_str()));
        let moves = match name {
            "branch" | "merge" | "push" | "reset" | "update-ref" => true,
            "checkout" => option(&["-b", "-B", "--orphan"]),
            "switch" => option(&["-c", "-C", "--create", "--force-create"]),
            "worktree" => first == Some("add"),
            "fetch" | "pull" => words.iter().any(|word| word.text.contains(':')),
            _ => false,
        };
        let names = |word: &Word| word.text.contains("stash@{") || word.text.contains("refs/stash");
        let behind = words.iter().filter(|word| !word.text.starts_with('-')).skip(1).any(|word| word.text == "stash");
        let handed = self.stashed && words.iter().any(|word| word.literal().is_none());
        if moves && (words.iter().any(names) || (behind && name != "push") || handed) {
            self.question(
                "a stash is a commit that no check has seen; bring it back with `git stash pop` and commit that",
            );
        }
    }
}
