//! The status line in Claude Code's settings: whether it is ours, somebody else's or absent, and the command that is ours.
//! A foreign one is never replaced; which program it runs is the person's own choice.

use std::path::Path;

use serde_json::{Value, json};
use wfo_base::home::Home;
use wfo_base::{Diagnostic, Problem, codes, text};

use super::record::Record;
use super::rules::Sources;
use super::{Scope, Setup, edit};

/// The key in the settings.
pub(super) const KEY: &str = "statusLine";

/// Whose status line a session shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusLine {
    /// None is set.
    Absent,
    /// wfo's.
    Ours {
        /// The file that sets it.
        file: String,
    },
    /// Somebody else's.
    Foreign {
        /// The file that sets it.
        file: String,
    },
}

impl StatusLine {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Ours { .. } => "wfo",
            Self::Foreign { .. } => "foreign",
        }
    }

    /// Returns the file that sets it.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Ours { file } | Self::Foreign { file } => Some(file),
        }
    }

    /// Finds the one that a session shows: that of the strongest settings.
    pub(crate) fn of(sources: &Sources) -> Self {
        let set = sources.found.iter().rev().find_map(|source| Some((source, source.value.get(KEY)?)));
        match set.filter(|(_, value)| !value.is_null()) {
            None => Self::Absent,
            Some((source, value)) if is_ours(value) => Self::Ours { file: source.shown.clone() },
            Some((source, _)) => Self::Foreign { file: source.shown.clone() },
        }
    }
}

/// Says whether a value of the key runs `wfo-helper statusline`, wherever the program lies.
pub(super) fn is_ours(value: &Value) -> bool {
    let command = value.get("command").and_then(Value::as_str).unwrap_or_default().trim();
    command.strip_suffix("statusline").is_some_and(|program| {
        let name = program.trim().trim_matches(['\'', '"']);
        program.ends_with(' ') && (name == "wfo-helper" || name.ends_with("/wfo-helper"))
    })
}

/// Returns the command: the host's shell does not have the plugin's `bin/` on its PATH, so the program is named in full. What
/// the installer laid down stays where it is when the plugin is updated.
pub(super) fn command(home: &Home) -> Option<String> {
    let installed = home.wfo("bin/wfo-helper");
    let program = if installed.is_file() { Some(installed) } else { std::env::current_exe().ok() };
    let program = program?;
    let program: &Path = program.as_path();
    Some(format!("{} statusline", text::shell_word(program.to_str()?)))
}

/// Returns the value of the key for a command.
pub(super) fn value(command: &str) -> Value {
    json!({ "type": "command", "command": command })
}

/// Returns the command that is put in: into the user's settings, where no status line is set; a foreign one is said.
pub(super) fn wanted(ask: &Setup<'_>, settings: &Value, shown: &str) -> (Option<String>, Option<Diagnostic>) {
    if ask.scope != Scope::User || !ask.status_line {
        return (None, None);
    }
    match settings.get(KEY) {
        None => (command(ask.home), None),
        Some(set) if is_ours(set) => (None, None),
        Some(_) => {
            let message = format!("`{shown}` sets another status line, which stays as it is");
            let hint =
                "call `wfo-helper statusline` from it with the same stdin, or take `statusLine` out and run this again";
            (None, Some(Problem::new(codes::SETTINGS_STATUS_LINE, message).hint(hint).in_file(shown).info()))
        }
    }
}

/// Returns the command of the status line that removing takes out: the one that setup put in, without a record any of ours.
pub(super) fn to_remove(text: &str, record: Option<&Record>) -> Option<String> {
    let settings = edit::parse(text).ok()?;
    let set = settings.get(KEY)?;
    let command = set.get("command")?.as_str()?;
    let ours = match record {
        Some(record) => record.status_line.as_deref() == Some(command) && *set == value(command),
        None => is_ours(set),
    };
    ours.then(|| command.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_status_line_is_known_wherever_the_program_lies_and_others_are_not_ours() {
        for (command, ours) in [
            ("wfo-helper statusline", true),
            ("/home/a b/.claude/wfo/bin/wfo-helper statusline", true),
            ("'/home/a b/.claude/wfo/bin/wfo-helper' statusline", true),
            ("\"/x/wfo-helper\" statusline ", true),
            ("/x/not-wfo-helper statusline", false),
            ("wfo-helperstatusline", false),
            ("ccusage statusline", false),
            ("wfo-helper start-day", false),
            ("", false),
        ] {
            assert_eq!(is_ours(&value(command)), ours, "{command}");
        }
        assert!(!is_ours(&json!("wfo-helper statusline")) && !is_ours(&json!({"command": 7})));
    }

    #[test]
    fn a_program_with_a_blank_in_its_path_is_quoted_and_known_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("my config"));
        let program = home.wfo("bin/wfo-helper");
        wfo_base::atomic::make_folder(program.parent().unwrap(), false).unwrap();
        wfo_base::atomic::write(&program, b"").unwrap();
        let command = command(&home).unwrap();
        assert_eq!(command, format!("'{}' statusline", program.display()));
        assert!(is_ours(&value(&command)));
    }
}
