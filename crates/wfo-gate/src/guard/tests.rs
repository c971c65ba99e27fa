//! What the guard says of commands: tables of bypasses, of harmless ones, and properties of any text.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod bypasses;
mod harmless;
mod meaning;
mod properties;
mod ways_round;

use super::*;

/// Facts of a repository with a few aliases.
fn facts() -> Facts {
    let aliases = [
        ("ci", "commit"),
        ("cn", "commit -n"),
        ("cv", "commit --no-verify -m \"two words\""),
        ("sh", "!git commit -n"),
        ("fn", "!f() { git commit \"$@\"; }; f"),
        ("all", "!git add -A && git commit"),
        ("loop", "!git loop"),
        ("ring", "ring"),
        ("st", "status -sb"),
        ("hp", "-c core.hooksPath=/dev/null commit"),
        ("lg", "log --oneline -n 20"),
        ("save", "!sh -c 'git commit --no-verify -m wip' -"),
        ("status", "commit -n"),
    ];
    let aliases = aliases.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Facts { aliases, folder: None, hooks: vec!["/srv/hooks".to_owned()], hooks_unknown: false }
}

/// One word for a judgement.
fn kind(command: &str) -> &'static str {
    match judge(command, &facts()) {
        Judgement::Allow => "allow",
        Judgement::Commit(_) => "commit",
        Judgement::Push(_) => "push",
        Judgement::Deny(_) => "deny",
        Judgement::Ask(_) => "ask",
    }
}

/// Checks every command of a table and names all that are judged otherwise.
fn all_are(wanted: &[&str], commands: &[&str]) {
    let others: Vec<String> = commands
        .iter()
        .map(|command| (command, kind(command)))
        .filter(|(_, kind)| !wanted.contains(kind))
        .map(|(command, kind)| format!("{kind}: {command}"))
        .collect();
    assert!(others.is_empty(), "{} of {}:\n{}", others.len(), commands.len(), others.join("\n"));
}
