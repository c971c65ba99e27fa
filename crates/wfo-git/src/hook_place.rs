//! Where git takes hooks from and who decided it, and the aliases that hold in a folder: what a commit guard asks about.
//! Only asks; runs no hook and no alias, and changes nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wfo_base::Problem;

use crate::git::{Git, judge};
use crate::repository::{Repository, clean};

/// Where a setting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For every user of the machine.
    System,
    /// For this user.
    Global,
    /// For this repository.
    Local,
    /// For this work tree.
    Worktree,
    /// In the environment of this call.
    Command,
}

impl Scope {
    fn of(word: &[u8]) -> Option<Self> {
        match word {
            b"system" => Some(Self::System),
            b"global" => Some(Self::Global),
            b"local" => Some(Self::Local),
            b"worktree" => Some(Self::Worktree),
            b"command" => Some(Self::Command),
            _ => None,
        }
    }
}

/// What git's configuration says about commands and hooks, from all its files together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandSettings {
    /// Aliases: the name in lower case without `alias.`, and the text.
    pub aliases: BTreeMap<String, String>,
    /// `core.hooksPath` as written, and where; the one that counts.
    pub hooks_path: Option<(String, Scope)>,
}

impl CommandSettings {
    /// Reads the output of `git config --list --show-scope -z`.
    fn parse(output: &[u8]) -> Self {
        let mut words = output.split(|byte| *byte == 0);
        let mut settings = Self::default();
        while let (Some(scope), Some(row)) = (words.next(), words.next()) {
            let end = row.iter().position(|byte| *byte == b'\n').unwrap_or(row.len());
            let (key, value) = row.split_at(end);
            let text = || String::from_utf8_lossy(value.get(1..).unwrap_or_default()).into_owned();
            if key == b"core.hookspath" {
                settings.hooks_path = Scope::of(scope).map(|scope| (text(), scope));
            } else if let Some(name) = key.strip_prefix(b"alias.") {
                settings.aliases.insert(String::from_utf8_lossy(name).to_ascii_lowercase(), text());
            }
        }
        settings
    }
}

/// Reads the settings that hold in a folder, or in the repository `git_dir` if the caller names one. Works outside of
/// repositories too: a user's own settings hold there.
///
/// # Errors
/// `tool.missing`, `tool.timeout`, `tool.failed`.
pub fn command_settings(folder: &Path, git_dir: Option<&Path>) -> Result<CommandSettings, Problem> {
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    if let Some(git_dir) = git_dir {
        let mut flag = std::ffi::OsString::from("--git-dir=");
        flag.push(git_dir);
        words.push(flag);
    }
    words.extend(["config", "--list", "--show-scope", "-z"].map(Into::into));
    let git = Git::at(folder).limit(Duration::from_secs(5));
    Ok(CommandSettings::parse(&judge(git.writing(&[], words).run()?)?))
}

/// The folders of hooks of one checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPlace {
    /// The folder git takes hooks from in this checkout, absolute.
    pub folder: PathBuf,
    /// The repository's own folder, `hooks` in the shared git folder. Worktrees share it.
    pub own: PathBuf,
    /// `core.hooksPath` as written, and where it was set.
    pub hooks_path: Option<(String, Scope)>,
}

/// Asks git where it takes hooks from.
///
/// # Errors
/// `tool.missing`, `tool.timeout`, `tool.failed`.
pub fn hook_place(repository: &Repository) -> Result<HookPlace, Problem> {
    let git = repository.git();
    let output = judge(git.writing(&[], ["rev-parse", "--git-path", "hooks"]).run()?)?;
    let named = Path::new(OsStr::from_bytes(output.strip_suffix(b"\n").unwrap_or(&output)));
    // A relative one is seen from where git runs hooks: the top of the work tree.
    let folder = clean(&repository.root().join(named));
    let own = clean(&repository.common_dir().join("hooks"));
    let settings = judge(git.writing(&[], ["config", "--list", "--show-scope", "-z"]).run()?)?;
    Ok(HookPlace { folder, own, hooks_path: CommandSettings::parse(&settings).hooks_path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_counts_and_names_are_taken_without_case() {
        let output = b"global\0core.hookspath\n/h\0global\0alias.Ci\ncommit\0local\0core.hookspath\n.husky/_\0local\0alias.ci\ncommit -n\0local\0alias.x\0";
        let settings = CommandSettings::parse(output);
        assert_eq!(settings.hooks_path, Some((".husky/_".to_owned(), Scope::Local)));
        let aliases: Vec<_> = settings.aliases.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(aliases, [("ci", "commit -n"), ("x", "")]);
    }

    proptest::proptest! {
        #[test]
        fn any_output_is_read_without_a_panic(output: Vec<u8>) {
            let _ = CommandSettings::parse(&output);
        }
    }
}
