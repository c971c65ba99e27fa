//! Lines for hooks that belong to somebody else: a manager's file, or another hooks folder.
//! Never written by the helper; a person adds them.

use super::{Hook, Manager, wanted};

/// Lines to add to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The file, from the top of the work tree or absolute.
    pub file: String,
    /// What to add.
    pub text: String,
}

/// What every hook calls.
const CALL: &str = "wfo-helper gate commit";

fn call(hook: Hook) -> String {
    format!("{CALL} --hook {}", hook.name())
}

/// Returns what a manager's own file needs. No manager runs reference-transaction for others.
pub(super) fn for_manager(manager: Manager, file: &str, strict: bool) -> Vec<Snippet> {
    match manager {
        Manager::PreCommit => vec![Snippet { file: file.to_owned(), text: pre_commit() }],
        Manager::Lefthook => vec![Snippet { file: file.to_owned(), text: lefthook() }],
        Manager::Husky => wanted(strict)
            .iter()
            .filter(|hook| **hook != Hook::ReferenceTransaction)
            .map(|hook| Snippet {
                file: format!("{}/{}", file.trim_end_matches('/'), hook.name()),
                text: format!("{} \"$@\"\n", call(*hook)),
            })
            .collect(),
    }
}

/// Returns what the hooks in another folder need.
pub(super) fn for_folder(folder: &str, strict: bool) -> Vec<Snippet> {
    let line = |hook: &Hook| Snippet {
        file: format!("{}/{}", folder.trim_end_matches('/'), hook.name()),
        text: format!("{} \"$@\" || exit $?\n", call(*hook)),
    };
    wanted(strict).iter().map(line).collect()
}

fn pre_commit() -> String {
    let mut text = "  - repo: local\n    hooks:\n".to_owned();
    for (hook, files) in [(Hook::PreCommit, "false"), (Hook::PrepareCommitMsg, "true")] {
        let name = hook.name();
        text.push_str(&format!(
            "      - id: wfo-gate-{name}\n        name: wfo gate commit ({name})\n        entry: {}\n        language: system\n        always_run: true\n        pass_filenames: {files}\n        stages: [{name}]\n",
            call(hook)
        ));
    }
    text
}

fn lefthook() -> String {
    let command = |hook: Hook, rest: &str| {
        format!("{}:\n  commands:\n    wfo-gate:\n      run: {}{rest}\n", hook.name(), call(hook))
    };
    command(Hook::PreCommit, "") + &command(Hook::PrepareCommitMsg, " {1} {2} {3}")
}
