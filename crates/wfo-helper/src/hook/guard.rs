//! What a Bash command means for wfo: nothing, something to refuse, or a confirmation to ask the person about.
//! Sees only the text: a script can hide a call, which is why a confirmation also needs a ticket.

use std::path::{Path, PathBuf};

use super::paths;
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

/// Words that may stand before the program.
const WRAPPERS: [&str; 5] = ["env", "command", "exec", "time", "timeout"];

/// `CONFIG/wfo` where nobody has moved CONFIG.
const USUAL: &str = ".claude/wfo";

/// The longest command that names the helper and is looked at.
const LONGEST: usize = 64 << 10;

/// Where a command would run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    /// `CONFIG/wfo`.
    pub(super) own: &'a Path,
    /// The working folder.
    pub(super) cwd: Option<&'a Path>,
}

/// Judges a command.
pub(super) fn judge(command: &str, ground: Ground<'_>) -> Verdict {
    // What a shell would read after it took quotes and joined lines away: a name cannot hide behind them.
    let bare: String = command.replace("\\\n", "").chars().filter(|c| !matches!(c, '"' | '\'' | '\\')).collect();
    let calls = bare.contains("wfo-helper");
    let touches = may_touch(&bare, ground);
    // Most commands end here, before anything is taken apart.
    if !calls && !touches {
        return Verdict::Silent;
    }
    if calls && command.len() > LONGEST {
        return deny("a command that names wfo-helper is looked at up to 64 KiB; make it shorter");
    }
    if calls && bare.contains("--ticket") {
        return deny(
            "a ticket is added by the plugin's hook after a person said yes; run the command without --ticket",
        );
    }
    match plain_commands(command) {
        Some(commands) if !commands.iter().any(|words| runs_text(words)) => judge_plain(&commands, touches, ground),
        _ => judge_opaque(&bare, calls, touches),
    }
}

fn judge_plain(commands: &[Vec<Word>], touches: bool, ground: Ground<'_>) -> Verdict {
    let helpers: Vec<&[Word]> = commands.iter().filter_map(|words| helper_call(words)).collect();
    if helpers.iter().any(|words| words.iter().any(|word| word.text == "hook")) {
        return deny("`wfo-helper hook` is for the host alone");
    }
    if helpers.iter().any(|words| words.iter().any(|word| word.text == "--yes")) {
        return deny("an agent cannot say yes: run the command without --yes and show the proposal to the person");
    }
    if touches && !only_reads_all(commands, ground) {
        return deny(OWN_FILES);
    }
    let confirming: Vec<_> = helpers.iter().filter_map(|words| Some((words, confirmation(words)?))).collect();
    match (confirming.as_slice(), commands) {
        ([], _) => Verdict::Silent,
        ([(words, (proposal, after))], [only]) if starts_with(only, words) => {
            Verdict::Confirm { proposal: proposal.clone(), after: *after }
        }
        ([(words, (proposal, after))], [first, second]) if is_cd(first) && starts_with(second, words) => {
            Verdict::Confirm { proposal: proposal.clone(), after: *after }
        }
        _ => alone(),
    }
}

/// Says whether a command begins with the helper: a confirmation is asked about only when nothing stands before it that
/// would change what runs, such as another configuration folder.
fn starts_with(command: &[Word], helper: &[Word]) -> bool {
    command.len() == helper.len()
}

/// Says whether a command hands one of its words to another shell or program to be run.
fn runs_text(words: &[Word]) -> bool {
    let runner = words
        .iter()
        .any(|word| word.text == "-c" || ["eval", "xargs", "ssh", "su", "sudo"].contains(&word.text.as_str()));
    runner && words.iter().any(|word| word.text.contains("wfo"))
}

/// Judges what is not plain: nothing that confirms, calls hooks or may write our files is let through. A name may be put
/// together at run time, so parts of the words count too.
fn judge_opaque(bare: &str, calls: bool, touches: bool) -> Verdict {
    if calls && ["--conf", "--tick", "--yes"].iter().any(|flag| bare.contains(flag)) {
        return alone();
    }
    let mut words = bare.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    let after_helper = bare.split("wfo-helper").skip(1).any(|rest| {
        let call = rest.split(['\n', ';', '|', '&']).next().unwrap_or_default();
        call.contains(['$', '`', '{', '*', '?'])
    });
    if calls && (words.any(|word| word == "hook") || after_helper) {
        return deny("`wfo-helper hook` is for the host alone; write the call of wfo-helper in plain words");
    }
    if touches { deny(OWN_FILES) } else { Verdict::Silent }
}

const OWN_FILES: &str = "wfo keeps approvals and proposals there; they are written by wfo-helper alone";

fn deny(reason: &str) -> Verdict {
    Verdict::Deny(reason.to_owned())
}

fn alone() -> Verdict {
    deny(
        "a confirmation must be a command of its own, in plain words: `wfo-helper COMMAND --confirm ID` (`cd DIR &&` may stand before it)",
    )
}

/// Returns the words from the helper on, for a command that runs it (also after `env`, `X=1`, `timeout 5`).
fn helper_call(words: &[Word]) -> Option<&[Word]> {
    let is_helper = |text: &str| text == "wfo-helper" || text.ends_with("/wfo-helper");
    let at = words.iter().position(|word| is_helper(&word.text))?;
    let before = words.get(..at)?;
    let mut program = before.iter().filter(|word| !word.text.contains('='));
    let wrapped = program.next().is_none_or(|word| WRAPPERS.contains(&word.text.as_str()));
    if wrapped { words.get(at..) } else { None }
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

/// Says whether the commands leave our folder alone: none names it but to look at it, or is the helper itself.
fn only_reads_all(commands: &[Vec<Word>], ground: Ground<'_>) -> bool {
    let mut folder: Option<PathBuf> = ground.cwd.map(Path::to_owned);
    commands.iter().all(|words| {
        let held = only_reads(words, folder.as_deref(), ground.own);
        if let [cd, target] = words.as_slice()
            && cd.text == "cd"
        {
            folder = Some(paths::absolute(&target.text, folder.as_deref()));
        }
        held
    })
}

fn only_reads(words: &[Word], cwd: Option<&Path>, own: &Path) -> bool {
    let Some(program) = words.first().map(|word| word.text.as_str()) else { return true };
    let name = program.rsplit('/').next().unwrap_or(program);
    let mut named = words.iter().filter(|word| {
        names_folder(&word.text, USUAL)
            || word.text.split('=').any(|part| paths::is_below(part, cwd, own))
            || paths::is_below(&word.text, cwd, own)
    });
    if name == "wfo-helper" || name == "cd" {
        return true;
    }
    let secret = |word: &Word| {
        let path = paths::absolute(&word.text, cwd);
        ["key", "tickets"].iter().any(|part| path.iter().any(|name| name.eq_ignore_ascii_case(part)))
    };
    match READERS.contains(&name) {
        true => !named.any(secret),
        false => named.next().is_none(),
    }
}

/// Says whether a text may be about `CONFIG/wfo`: it names CONFIG, or is run inside it. Cheap and generous; what it lets
/// through is looked at again word by word where that is possible.
fn may_touch(bare: &str, ground: Ground<'_>) -> bool {
    let config = ground.own.parent().unwrap_or(ground.own);
    let name = config.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let inside = ground.cwd.is_some_and(|cwd| cwd.starts_with(config));
    // Where CONFIG is elsewhere, the usual place may still be another session's.
    if names_folder(bare, USUAL) {
        return true;
    }
    let names = inside || bare.contains("CLAUDE_CONFIG_DIR") || (!name.is_empty() && names_folder(bare, &name));
    names && (bare.contains("wfo") || bare.contains(['*', '?', '[', '$', '`']))
}

/// Says whether a folder's name stands in a text as a name of its own.
fn names_folder(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == '.';
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(command: &str) -> Verdict {
        let ground = Ground { own: Path::new("/home/a/.claude/wfo"), cwd: Some(Path::new("/home/a/src")) };
        judge(&command.replace('~', "/home/a"), ground)
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
            "env X=1 wfo-helper start-day --confirm ABC",
            "CLAUDE_CONFIG_DIR=/tmp/f wfo-helper start-day --confirm ABC",
            "wfo-helper start-day --json --con''firm ID --tick''et 00 > o.json",
            "wfo-helper setup --only project --yes",
            "CLAUDE_CONFIG_DIR=/tmp/f wfo-helper setup --yes",
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
            "cat p.json | wfo-helper -vC . hook pre-tool-use",
            "wfo-helper ho\"\"ok pre-tool-use < x",
            "w''fo-helper hook pre-tool-use",
            "wfo-\\\nhelper hook stop < x",
            "wfo-helper $(echo ho)ok pre-tool-use < x",
            "echo x >> ~/.claude//wfo/approvals.jsonl",
            "tee ~/.claude/./wfo/config.yaml",
            "cd ~/.claude && touch wfo/approvals.jsonl",
            "cd ~/.claude && echo x >> wfo/approvals.jsonl",
            "rm -rf ~/.claude/w*",
            "cat ~/.claude/wfo/bin/../key",
            "tail ~/.claude/wfo/KEY",
            "cp evil --target-directory=~/.claude/wfo",
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
            "cat ~/.claude/settings.json",
            "jira create --ticket ABC-1",
            "git commit -m 'add the --ticket flag'",
            "echo wfo-helper start-day --confirm ABC",
            "which wfo-helper",
            "git commit --confirm",
            "git commit -m 'wfo-helper: the hook is quiet'",
        ] {
            assert_eq!(judged(command), Verdict::Silent, "{command}");
        }
    }
}
