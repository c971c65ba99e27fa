//! What variables in a command's environment do to git.
//! Never reads the real environment; only what the command itself sets.

use super::git;
use super::outcome::Folder;
use super::shell::{UNKNOWN, Word};

/// The longest folder name that is followed.
pub(super) const LONGEST_FOLDER: usize = 4096;

/// What the environment of a command does to git.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// The first thing in it that switches checks off.
    pub(super) offence: Option<Offence>,
    /// `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`.
    pub(super) places: [Option<Word>; 3],
    /// Names (`GIT_CONFIG_KEY_n`) and values (`GIT_CONFIG_VALUE_n`) of settings, by their number.
    keys: Vec<(String, Word)>,
    values: Vec<(String, Word)>,
    /// Commands that git is told to run: `GIT_EDITOR` and its like.
    pub(super) programs: Vec<Word>,
}

/// The most settings and commands that are kept.
const MOST: usize = 64;

/// Variables whose value git runs.
const PROGRAMS: [&str; 12] = [
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PAGER",
    "GIT_SSH_COMMAND",
    "GIT_SSH",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "GIT_PROXY_COMMAND",
    "SSH_ASKPASS",
    "EDITOR",
    "VISUAL",
    "PAGER",
];

/// A variable that switches checks off, or may.
#[derive(Debug, Clone)]
pub(super) struct Offence {
    pub(super) name: String,
    pub(super) sure: bool,
}

impl Environment {
    /// Notes a variable if it changes what git does.
    pub(super) fn set(&mut self, name: &str, value: &Word) {
        let place = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().position(|known| *known == name);
        if let Some(place) = place.and_then(|at| self.places.get_mut(at)) {
            *place = Some(Word { text: value.text.chars().take(LONGEST_FOLDER).collect(), ..value.clone() });
            return;
        }
        if PROGRAMS.contains(&name) && self.programs.len() < MOST {
            return self.programs.push(value.clone());
        }
        for (start, list) in [("GIT_CONFIG_KEY_", &mut self.keys), ("GIT_CONFIG_VALUE_", &mut self.values)] {
            if let Some(number) = name.strip_prefix(start).filter(|_| list.len() < MOST) {
                list.push((number.to_owned(), value.clone()));
            }
        }
        let known = value.literal().map(str::to_ascii_lowercase);
        let empty = known.as_deref() == Some("");
        let off = match name {
            "HUSKY" | "LEFTHOOK" => known.as_deref().map(|value| matches!(value, "0" | "false")),
            "HUSKY_SKIP_HOOKS"
            | "SKIP"
            | "PRE_COMMIT_ALLOW_NO_CONFIG"
            | "PREK_ALLOW_NO_CONFIG"
            | "PREK_SKIP"
            | "LEFTHOOK_EXCLUDE" => Some(!empty),
            "GIT_CONFIG_GLOBAL" | "GIT_CONFIG_SYSTEM" | "GIT_EXEC_PATH" | "CLAUDE_CONFIG_DIR" => Some(true),
            // The user's own settings lie there, git's and ours.
            "HOME" | "XDG_CONFIG_HOME" => None,
            "GIT_CONFIG_PARAMETERS" => known.map(|text| text.contains("hookspath") || text.contains("include")),
            _ if name.starts_with("GIT_CONFIG_KEY_") => git::switches_hooks(&value.text),
            _ => return,
        };
        if off != Some(false) && self.offence.as_ref().is_none_or(|offence| !offence.sure) {
            self.offence = Some(Offence { name: name.chars().take(40).collect(), sure: off == Some(true) });
        }
    }

    /// The settings that variables bring; a value that nobody can tell is unknown.
    pub(super) fn settings(&self) -> Vec<(Word, Word)> {
        let value = |number: &String| self.values.iter().rev().find(|(own, _)| own == number).map(|(_, value)| value);
        let pair = |(number, key): &(String, Word)| (key.clone(), value(number).cloned().unwrap_or_else(Word::unknown));
        self.keys.iter().map(pair).collect()
    }

    /// Returns where git is told to work, from this folder and by its own options.
    pub(super) fn folder(&self, folder: Option<String>, call: &git::Invocation) -> Folder {
        let text = |word: Option<&Word>| word.map(|word| word.text.replace(UNKNOWN, "?"));
        let [git_dir, work_tree, index] = &self.places;
        Folder {
            path: folder,
            git_dir: text(call.git_dir.as_ref().or(git_dir.as_ref())),
            work_tree: text(call.work_tree.as_ref().or(work_tree.as_ref())),
            index: text(index.as_ref()),
        }
    }
}
