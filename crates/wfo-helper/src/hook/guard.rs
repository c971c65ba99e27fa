//! What a Bash command means for wfo: nothing, something to refuse, or a confirmation to ask the person about.
//! Sees only the text: a script can hide a call, which is why a confirmation also needs a ticket.

use std::path::Path;

use super::shell::{Word, plain_commands};

/// The decision about one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Does not concern us.
    Silent,
    /// Refused, with the reason for the model.
    Deny(String),
    /// One confirmation; the ticket belongs at byte `after`.
    Confirm {
        /// The proposal's id.
        proposal: String,
        /// Where `--confirm ID` ends.
        after: usize,
    },
}

/// Programs that only look.
const READERS: [&str; 9] = ["ls", "cat", "head", "tail", "stat", "wc", "file", "du", "test"];

/// Judges a command; `own` is `CONFIG/wfo/`.
pub(super) fn judge(command: &str, own: &Path) -> Verdict {
    let calls = command.contains("wfo-helper");
    let touches = names_own(command, own);
    // Most commands end here, before anything is taken apart.
    if !calls && !touches && !command.contains("--ticket") {
        return Verdict::Silent;
    }
    if command.contains("--ticket") {
        return deny(
            "a ticket is added by the plugin's hook after a person said yes; run the command without --ticket",
        );
    }
    let commands = match plain_commands(command) {
        Some(commands) if !commands.iter().any(|words| runs_text(words)) => commands,
        _ => return judge_opaque(command, calls, touches),
    };
    let helpers: Vec<&[Word]> = commands.iter().filter_map(|words| helper_call(words)).collect();
    if helpers.iter().any(|words| verb(words) == Some("hook")) {
        return deny("`wfo-helper hook` is for the host alone");
    }
    if touches && !commands.iter().all(|words| only_reads(words, own)) {
        return deny("wfo keeps approvals and proposals there; they are written by wfo-helper alone");
    }
    let confirming: Vec<_> = helpers.iter().filter_map(|words| confirmation(words)).collect();
    match (confirming.as_slice(), commands.as_slice()) {
        ([], _) if calls && command.contains("--confirm") && helpers.is_empty() => alone(),
        ([], _) => Verdict::Silent,
        ([(proposal, after)], [_]) => Verdict::Confirm { proposal: proposal.clone(), after: *after },
        ([(proposal, after)], [first, _]) if is_cd(first) => {
            Verdict::Confirm { proposal: proposal.clone(), after: *after }
        }
        _ => alone(),
    }
}

/// Says whether a command hands one of its words to another shell or program to be run.
fn runs_text(words: &[Word]) -> bool {
    let runner = words
        .iter()
        .any(|word| word.text == "-c" || ["eval", "xargs", "ssh", "su", "sudo"].contains(&word.text.as_str()));
    runner && words.iter().any(|word| word.text.contains("wfo"))
}

/// Judges what is not plain: nothing that confirms, calls hooks or may write our files is let through.
fn judge_opaque(command: &str, calls: bool, touches: bool) -> Verdict {
    let words = || command.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    if calls && words().any(|word| word == "--confirm") {
        return alone();
    }
    if calls && words().any(|word| word == "hook") {
        return deny("`wfo-helper hook` is for the host alone");
    }
    if touches {
        return deny("wfo keeps approvals and proposals there; they are written by wfo-helper alone");
    }
    Verdict::Silent
}

fn deny(reason: &str) -> Verdict {
    Verdict::Deny(reason.to_owned())
}

fn alone() -> Verdict {
    deny(
        "a confirmation must be a command of its own, in plain words: `wfo-helper COMMAND --confirm ID` (`cd DIR &&` may stand before it)",
    )
}

/// Returns the words from the helper on, for a command that runs it (also after `env`, `command`, `X=1`, `timeout 5`).
fn helper_call(words: &[Word]) -> Option<&[Word]> {
    let at = words.iter().position(|word| word.text == "wfo-helper" || word.text.ends_with("/wfo-helper"))?;
    words.get(at..)
}

/// Returns the helper's first word that is no flag.
fn verb(words: &[Word]) -> Option<&str> {
    let mut rest = words.iter().skip(1).map(|word| word.text.as_str());
    while let Some(word) = rest.next() {
        match word {
            "-C" | "--repo" | "--format" | "--out" | "--limit" | "--max-tokens" | "--color" => {
                rest.next();
            }
            flag if flag.starts_with('-') => {}
            verb => return Some(verb),
        }
    }
    None
}

/// Returns the id of `--confirm ID` or `--confirm=ID` and where it ends.
fn confirmation(words: &[Word]) -> Option<(String, usize)> {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word.text == "--confirm" {
            return rest.next().map(|id| (id.text.clone(), id.end));
        }
        if let Some(id) = word.text.strip_prefix("--confirm=") {
            return Some((id.to_owned(), word.end));
        }
    }
    None
}

fn is_cd(words: &[Word]) -> bool {
    words.len() == 2 && words.first().is_some_and(|word| word.text == "cd")
}

/// Says whether a command leaves our folder alone: it does not name it, only looks at it, or is the helper itself.
fn only_reads(words: &[Word], own: &Path) -> bool {
    let Some(program) = words.first().map(|word| word.text.as_str()) else { return true };
    let name = program.rsplit('/').next().unwrap_or(program);
    let secret = words.iter().any(|word| word.text.ends_with("/wfo/key") || word.text.contains("/wfo/tickets"));
    !words.iter().any(|word| names_own(&word.text, own)) || name == "wfo-helper" || (READERS.contains(&name) && !secret)
}

/// Says whether a text names `CONFIG/wfo`, as a path or by the usual short ways to write it.
fn names_own(text: &str, own: &Path) -> bool {
    let own = own.to_string_lossy();
    let own = own.trim_end_matches('/');
    let followed = |at: &str| {
        text.match_indices(at).any(|(index, found)| {
            let next = text[index + found.len()..].chars().next();
            next.is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_')
        })
    };
    followed(own) || followed(".claude/wfo") || (text.contains("CLAUDE_CONFIG_DIR") && text.contains("wfo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(command: &str) -> Verdict {
        judge(command, Path::new("/home/a/.claude/wfo/"))
    }

    #[test]
    fn one_plain_confirmation_is_asked_about_and_the_ticket_goes_right_behind_it() {
        for (command, before) in [
            ("wfo-helper start-day --confirm ABC", "wfo-helper start-day --confirm ABC"),
            ("wfo-helper --json start-day --confirm=ABC --limit 3", "wfo-helper --json start-day --confirm=ABC"),
            (
                "cd 'my repo' && wfo-helper start-day --confirm ABC",
                "cd 'my repo' && wfo-helper start-day --confirm ABC",
            ),
            (
                "/opt/bin/wfo-helper trust revoke x --confirm \"ABC\"",
                "/opt/bin/wfo-helper trust revoke x --confirm \"ABC\"",
            ),
            ("env X=1 wfo-helper start-day --confirm ABC", "env X=1 wfo-helper start-day --confirm ABC"),
        ] {
            assert_eq!(judged(command), Verdict::Confirm { proposal: "ABC".into(), after: before.len() }, "{command}");
        }
    }

    #[test]
    fn a_confirmation_that_is_not_alone_or_not_plain_is_refused() {
        for command in [
            "wfo-helper start-day --confirm ABC; sleep 2",
            "wfo-helper start-day --confirm ABC && wfo-helper start-day --confirm DEF",
            "wfo-helper start-day --confirm $(cat id)",
            "bash -c \"wfo-helper start-day --confirm ABC\"",
            "wfo-helper start-day --confirm ABC > out",
            "echo ABC | xargs wfo-helper start-day --confirm",
            "wfo-helper start-day --confirm ABC --ticket 00",
            "wfo-helper start-day \\\n --confirm ABC",
        ] {
            assert!(matches!(judged(command), Verdict::Deny(_)), "{command}");
        }
    }

    #[test]
    fn hooks_and_own_files_are_out_of_reach() {
        for command in [
            "wfo-helper hook session-start",
            "echo x | wfo-helper -C . hook pre-tool-use",
            "sh -c 'wfo-helper hook stop'",
            "timeout 5 wfo-helper hook stop",
            "echo '{}' > ~/.claude/wfo/approvals.jsonl",
            "rm -r /home/a/.claude/wfo",
            "tee -a /home/a/.claude/wfo/used.jsonl",
            "cat ~/.claude/wfo/key",
            "cp x $CLAUDE_CONFIG_DIR/wfo/config.yaml",
        ] {
            assert!(matches!(judged(command), Verdict::Deny(_)), "{command}");
        }
    }

    #[test]
    fn everything_else_goes_its_way() {
        for command in [
            "",
            "git commit -m 'x'",
            "wfo-helper start-day --json | head -3",
            "wfo-helper start-day > out.json",
            "wfo-helper ref hooks",
            "ls -l ~/.claude/wfo",
            "/home/a/.claude/wfo/bin/wfo-helper start-day",
            "cat ~/.claude/wfo-notes.md",
            "git commit --confirm",
            "git commit -m 'wfo-helper: the hook is quiet'",
        ] {
            assert_eq!(judged(command), Verdict::Silent, "{command}");
        }
    }
}
