//! Programs that a repository itself names and that a writing call would run: what a person is asked about, and the
//! settings that switch them off. The user's own programs are nobody's question.
//!
//! Never asked about, because never run: fsmonitor, editors, pagers, credential helpers, transports, maintenance.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use wfo_base::text::code_span;
use wfo_base::trust::digest_bytes;
use wfo_base::{Problem, codes, ids, read};

use super::Foreign;
use super::hooks::{Folder, Hook};
use super::settings::{Setting, Settings};
use crate::repository::{Repository, clean};

/// The largest conditional include that is read.
const INCLUDE_LIMIT: u64 = 1 << 20;

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Files are laid into a new worktree.
    Checkout,
    /// A branch is merged into what is checked out.
    Merge,
    /// Files are committed.
    Commit,
}

impl Occasion {
    /// The hooks that git runs then.
    fn hooks(self) -> &'static [&'static str] {
        match self {
            Self::Checkout => &["post-checkout", "post-index-change", "reference-transaction"],
            Self::Merge => &[
                "pre-merge-commit",
                "prepare-commit-msg",
                "commit-msg",
                "post-merge",
                "post-index-change",
                "reference-transaction",
            ],
            Self::Commit => &[
                "pre-commit",
                "prepare-commit-msg",
                "commit-msg",
                "post-commit",
                "post-index-change",
                "reference-transaction",
            ],
        }
    }

    /// Says whether git would run the value of this row then.
    fn runs(self, row: &Setting) -> bool {
        match row.parts() {
            (b"filter", _, b"clean" | b"smudge" | b"process") => row.text().is_some(),
            (b"hook", _, b"command") => row.text().is_some(),
            (b"merge", name, b"driver") => self == Self::Merge && !name.is_empty(),
            (b"gpg", _, b"program" | b"defaultkeycommand") => self != Self::Checkout && row.text().is_some(),
            _ => false,
        }
    }
}

/// What a repository would have run on one occasion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    occasion: Occasion,
    hooks: Vec<Hook>,
    commands: Vec<(String, String)>,
    texts: Vec<String>,
    includes: Vec<(String, String, String)>,
}

/// Lists the programs that the repository itself names and that a call on this occasion would run.
///
/// Hooks count when the file is there and executable, unless the folder is the user's own. Commands count from the
/// scopes `local` and `worktree`. Local includes with a condition count as a whole, since the condition may hold only
/// in the new worktree.
///
/// # Errors
/// `tool.missing`, `tool.failed`, and `file.unreadable` or `file.too-large` for a hook that cannot be read.
pub fn programs(repository: &Repository, occasion: Occasion) -> Result<Programs, Problem> {
    let settings = Settings::read(&repository.git())?;
    let folder = Folder::find(repository, &settings)?;
    let hooks = if folder.foreign { folder.present(occasion.hooks())? } else { Vec::new() };
    let local = || settings.0.iter().filter(|row| row.local);
    let shown = |row: &Setting| {
        (row.key.escape_ascii().to_string(), row.value.as_deref().unwrap_or_default().escape_ascii().to_string())
    };
    let commands = local().filter(|row| occasion.runs(row)).map(shown).collect();
    let text = |row: &Setting| String::from_utf8_lossy(row.value.as_deref().unwrap_or_default()).into_owned();
    let texts = local().filter(|row| occasion.runs(row)).map(text).collect();
    let includes = local()
        .filter(|row| occasion == Occasion::Checkout && matches!(row.parts(), (b"includeif", _, b"path")))
        .map(|row| {
            let (key, value) = shown(row);
            (key, value, included(repository, row))
        })
        .collect();
    Ok(Programs { occasion, hooks, commands, texts, includes })
}

impl Programs {
    /// Says whether there is nothing to ask about.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty() && self.commands.is_empty() && self.includes.is_empty()
    }

    /// Returns what an approval is bound to: every name, command text, and the SHA-256 of each hook's bytes; empty when
    /// there is nothing to approve.
    #[must_use]
    pub fn text(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut text = format!("git {:?}\n", self.occasion).to_lowercase();
        for hook in &self.hooks {
            text.push_str(&format!("hook {} {:?} {:?} {}\n", hook.name, hook.path, hook.real, hook.sha256));
        }
        for (key, value) in &self.commands {
            text.push_str(&format!("setting {key}={value}\n"));
        }
        for (key, value, sha256) in &self.includes {
            text.push_str(&format!("include {key}={value} {sha256}\n"));
        }
        text
    }

    /// Returns one sentence for a person about each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let hooks = self.hooks.iter().map(|hook| {
            let (name, path) = (hook.name, code_span(&hook.path.display().to_string()));
            format!("runs the hook `{name}` ({path}, sha256 {})", short(&hook.sha256))
        });
        let commands = self
            .commands
            .iter()
            .map(|(key, value)| format!("runs {} (local setting {})", code_span(value), code_span(key)));
        let includes = self.includes.iter().map(|(key, value, sha256)| {
            format!("may read more settings from {} ({}, sha256 {})", code_span(value), code_span(key), short(sha256))
        });
        hooks.chain(commands).chain(includes).collect()
    }

    /// Returns the command texts of settings, as they are: they may name scripts of the work tree.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// Lists the hooks that lie below a folder, relative to it: a merge could change them.
    pub(super) fn hooks_below(&self, folder: &Path) -> Vec<PathBuf> {
        let real = self.hooks.iter().map(|hook| hook.real.as_path());
        real.filter_map(|path| path.strip_prefix(folder).ok()).map(Path::to_owned).collect()
    }
}

fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

/// Hashes the file of an include; what cannot be read is said instead.
fn included(repository: &Repository, row: &Setting) -> String {
    let named = String::from_utf8_lossy(row.text().unwrap_or_default()).into_owned();
    let named = match named.strip_prefix("~/") {
        Some(rest) => std::env::home_dir().unwrap_or_default().join(rest),
        None => repository.common_dir().join(named),
    };
    let real = clean(&named);
    let (Some(folder), Some(file)) = (real.parent(), real.file_name()) else { return "none".to_owned() };
    match read::raw(folder, &file.to_string_lossy(), INCLUDE_LIMIT) {
        // What it reads in turn is not seen, and may change: its text alone says nothing.
        Ok(Some(bytes)) if has_include(&bytes) => format!("open-ended {}", ids::unique()),
        Ok(Some(bytes)) => digest_bytes(&bytes),
        Ok(None) => "none".to_owned(),
        Err(_) => "unreadable".to_owned(),
    }
}

/// Says whether a settings file reads others.
fn has_include(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.lines().any(|line| line.trim_start().starts_with("[include"))
}

/// How a writing call must be made.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The values of `-c`.
    pub(super) settings: Vec<OsString>,
    /// Whether more settings of the repository may come to count in another checkout of it.
    pub(super) conditional: bool,
}

/// Plans the writing calls in this checkout.
///
/// # Errors
/// As [`programs`], and `git.part-failed` for a name that cannot be switched off.
pub(super) fn plan(repository: &Repository, occasion: Occasion, foreign: Foreign) -> Result<Plan, Problem> {
    let rows = Settings::read(&repository.git())?;
    let folder = Folder::find(repository, &rows)?;
    let mut settings = Vec::new();
    if foreign == Foreign::Skip {
        if folder.foreign {
            settings.push(setting(b"core.hooksPath", b"/dev/null"));
        }
        settings.extend(off(&rows, occasion)?);
    } else if rows.effective(b"core.hookspath").is_some() {
        // A relative folder would be looked for in the new worktree: other files than those that were approved.
        settings.push(setting(b"core.hooksPath", folder.path.as_os_str().as_bytes()));
    }
    // Options that are set for a branch would change what a merge does behind the back of whoever said yes to it.
    for row in rows.0.iter().filter(|row| matches!(row.parts(), (b"branch", _, b"mergeoptions"))) {
        if row.key.contains(&b'=') && occasion == Occasion::Merge {
            return Err(cannot_switch_off(&row.key));
        }
        settings.push(setting(&row.key, b""));
    }
    let conditional = rows.0.iter().any(|row| row.local && matches!(row.parts(), (b"includeif", _, b"path")));
    Ok(Plan { settings, conditional })
}

/// Builds the settings that put each local program back to what the user has, or to nothing.
fn off(settings: &Settings, occasion: Occasion) -> Result<Vec<OsString>, Problem> {
    let mut out = Vec::new();
    for row in settings.0.iter().filter(|row| row.local && occasion.runs(row)) {
        if row.key.contains(&b'=') || row.key.contains(&b'\n') {
            return Err(cannot_switch_off(&row.key));
        }
        let (section, name, _) = row.parts();
        let named = |last: &[u8]| [section, b".", name, b".", last].concat();
        let mut put = |key: &[u8], neutral: &[u8]| {
            out.push(setting(key, settings.of_the_user(key).unwrap_or(neutral)));
        };
        match (section, name) {
            (b"filter", _) => {
                put(&named(b"clean"), b"");
                put(&named(b"smudge"), b"");
                // An empty `process` switches the user's `clean` and `smudge` off too: set only against a local one.
                let (process, required) = (named(b"process"), named(b"required"));
                let is_local = settings.0.iter().any(|row| row.local && row.key == process);
                let silenced = is_local && settings.of_the_user(&process).is_none();
                if is_local {
                    put(&process, b"");
                }
                if silenced { out.push(setting(&required, b"false")) } else { put(&required, b"false") }
            }
            (b"hook", _) => {
                put(&named(b"enabled"), b"false");
                put(&named(b"event"), b"");
            }
            // An empty driver would count as a merge that went well: git's own way of merging takes its place.
            (b"merge", _) => put(&row.key, b"git merge-file --marker-size=%L %A %O %B || exit 1"),
            (b"gpg", b"x509") => put(&row.key, b"gpgsm"),
            (b"gpg", b"ssh") if row.key.ends_with(b".program") => put(&row.key, b"ssh-keygen"),
            (b"gpg", b"ssh") => put(&row.key, b""),
            _ => put(&row.key, b"gpg"),
        }
    }
    Ok(out)
}

fn setting(key: &[u8], value: &[u8]) -> OsString {
    OsString::from_vec([key, b"=", value].concat())
}

fn cannot_switch_off(key: &[u8]) -> Problem {
    let shown = code_span(&String::from_utf8_lossy(key));
    Problem::new(
        codes::GIT_PART_FAILED,
        format!("the local setting {shown} names a program and cannot be switched off"),
    )
    .hint("remove it from `.git/config`, or approve what the repository runs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switched_off(rows: &[u8], occasion: Occasion) -> Vec<String> {
        let settings = off(&Settings::parse(rows), occasion).unwrap();
        settings.iter().map(|setting| setting.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_the_user_has_takes_the_place_of_what_the_repository_names() {
        let rows = b"global\0filter.lfs.clean\nlfs clean\0global\0filter.lfs.required\ntrue\0\
            local\0filter.lfs.clean\nevil\0global\0gpg.program\ngpg2\0local\0gpg.program\nevil\0";
        let checkout = ["filter.lfs.clean=lfs clean", "filter.lfs.smudge=", "filter.lfs.required=true"];
        assert_eq!(switched_off(rows, Occasion::Checkout), checkout);
        let merge = [&checkout[..], &["gpg.program=gpg2"]].concat();
        assert_eq!(switched_off(rows, Occasion::Merge), merge);
    }

    #[test]
    fn a_long_running_filter_that_only_the_repository_has_is_switched_off_and_not_required() {
        let rows = b"global\0filter.x.clean\nmine\0global\0filter.x.required\ntrue\0local\0filter.x.process\nevil\0";
        let expected = ["filter.x.clean=mine", "filter.x.smudge=", "filter.x.process=", "filter.x.required=false"];
        assert_eq!(switched_off(rows, Occasion::Checkout), expected);
    }

    #[test]
    fn a_merge_driver_gives_way_to_git_and_never_to_one_that_always_succeeds() {
        let off = switched_off(b"local\0merge.x.driver\nevil %A\0local\0merge.y.driver\n\0", Occasion::Merge);
        assert_eq!(off.len(), 2);
        assert!(off.iter().all(|setting| setting.contains("git merge-file")), "{off:?}");
        assert!(switched_off(b"local\0merge.x.driver\nevil %A\0", Occasion::Checkout).is_empty());
    }

    #[test]
    fn a_hook_that_newer_gits_read_from_the_configuration_is_switched_off_too() {
        let rows = b"local\0hook.evil.command\nevil\0local\0hook.evil.event\npost-checkout\0";
        assert_eq!(switched_off(rows, Occasion::Checkout), ["hook.evil.enabled=false", "hook.evil.event="]);
    }

    #[test]
    fn a_name_that_cannot_be_switched_off_is_refused() {
        let settings = Settings::parse(b"local\0filter.a=b.clean\nevil\0");
        assert_eq!(off(&settings, Occasion::Checkout).unwrap_err().code, codes::GIT_PART_FAILED);
    }
}
