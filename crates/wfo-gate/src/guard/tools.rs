//! Tools that run no shell: those that write files, and servers that offer git itself.
//! Never looks at what is written, only at where.

use super::outcome::{Commit, Deny, Facts, Folder, Judgement};
use super::paths::{Guarded, called_like_a_hook, guarded};
use super::shell::Word;

/// Refuses a file tool (`Edit`, `Write`, `MultiEdit`, `NotebookEdit`) that aims at git's hooks or a repository's configuration.
#[must_use]
pub fn tool_writes(tool: &str, path: &str, facts: &Facts) -> Option<Deny> {
    if !matches!(tool, "Edit" | "Write" | "MultiEdit" | "NotebookEdit") {
        return None;
    }
    match guarded(facts.folder.as_deref(), &Word::known(path), &facts.hooks) {
        Guarded::Hooks => Some(Deny::new(
            format!("{tool} on a git hook"),
            "the commit checks lie in git's hooks, so no tool changes them; a person can, by hand or with `wfo-helper setup`",
        )),
        Guarded::Config => Some(Deny::new(
            format!("{tool} on the repository's configuration"),
            "the repository's configuration is not written past git; use `git config` for the one setting",
        )),
        _ if facts.hooks_unknown && called_like_a_hook(&Word::known(path)) => Some(Deny::new(
            format!("{tool} on what may be a git hook"),
            "where git takes its hooks from could not be read, so what is called like one is not written; mend git's configuration, or let a person write it",
        )),
        Guarded::No | Guarded::Maybe => None,
    }
}

/// Judges a tool of a server by its name, such as `mcp__git__git_commit`: it may commit without any shell.
/// `folder` is the repository the call names, if it names one.
#[must_use]
pub fn tool_call(tool: &str, folder: Option<&str>) -> Judgement {
    let Some((server, action)) = tool.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) else {
        return Judgement::Allow;
    };
    let git = server.to_ascii_lowercase().contains("git");
    let remote = server.to_ascii_lowercase().contains("github") || server.to_ascii_lowercase().contains("gitlab");
    let action = action.to_ascii_lowercase();
    let commits = matches!(
        action.as_str(),
        "git_commit" | "commit" | "git_commit_all" | "commit_all" | "git_amend" | "git_commit_amend"
    );
    if commits && git && !remote {
        let folder = Folder { path: folder.map(str::to_owned), ..Folder::default() };
        return Judgement::Commit(Box::new(Commit { folders: vec![folder], all: true, ..Commit::default() }));
    }
    Judgement::Allow
}
