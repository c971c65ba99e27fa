//! The commit guard of the host's hook: gathers the few facts that a judgement needs, and only when it needs them.
//! Opens no repository and starts no program for a command that cannot concern commits.

mod content;
mod copies;
mod staged;

use std::path::{Path, PathBuf};

pub use content::{Content, look, place_of, worded};
pub use staged::{Occasion, judge_staged, message_of};

use wfo_gate::guard::{self, Facts, Folder};
pub use wfo_gate::guard::{Ask, Commit, Deny, Judgement};

/// The most folders in which aliases are looked up for one command.
const MOST_FOLDERS: usize = 8;

/// Words that a command about hooks holds; only then it matters where they lie.
const HOOK_WORDS: [&str; 10] = [
    "hook",
    "husky",
    "pre-commit",
    "pre-push",
    "pre-merge-commit",
    "pre-rebase",
    "pre-applypatch",
    "commit-msg",
    "applypatch-msg",
    "reference-transaction",
];

/// Judges the command of a shell tool that starts in `folder`.
#[must_use]
pub fn judge_command(command: &str, folder: &Path) -> Judgement {
    let mut facts = Facts { folder: Some(folder.to_string_lossy().into_owned()), ..Facts::default() };
    let guard::Judged { judgement: mut worst, strangers } = guard::judge_noting(command, &facts);
    if matches!(worst, Judgement::Deny(_)) {
        return worst;
    }
    if changes_near_hooks(command, &facts, &worst) {
        know_hooks(&mut facts, folder);
        worst = guard::judge(command, &facts);
    }
    if strangers.len() > MOST_FOLDERS {
        return Judgement::Ask(Ask {
            reason: "this runs git in more folders than can be looked at; run it in fewer at a time".to_owned(),
        });
    }
    for place in &strangers {
        let aliases = match settings(place, folder) {
            Ok(settings) => settings.aliases,
            // A word that git does not know may be an alias for anything.
            Err(problem) => {
                let reason = format!("git's aliases could not be read: {}; a person decides", problem.message);
                return Judgement::Ask(Ask { reason });
            }
        };
        if aliases.is_empty() {
            continue;
        }
        let here = guard::judge(command, &Facts { aliases, ..facts.clone() });
        if weight(&here) > weight(&worst) {
            worst = here;
        }
    }
    worst
}

/// Says whether it matters where hooks lie: the command names some and changes files.
fn changes_near_hooks(command: &str, facts: &Facts, judged: &Judgement) -> bool {
    // As if every folder held hooks: what is refused only then changes files.
    names_hooks(command) && guard::judge(command, &Facts { hooks: vec![String::new()], ..facts.clone() }) != *judged
}

/// Says whether a file tool of the host would switch commit checks off, and why that is refused.
#[must_use]
pub fn judge_write(tool: &str, path: &str, folder: &Path) -> Option<Deny> {
    let mut facts = Facts { folder: Some(folder.to_string_lossy().into_owned()), ..Facts::default() };
    // A link may lead to a hook under any name.
    let resolved = resolved(&absolute(path, folder));
    let refused = |facts: &Facts| {
        guard::tool_writes(tool, path, facts).or_else(|| guard::tool_writes(tool, &resolved.to_string_lossy(), facts))
    };
    if let Some(deny) = refused(&facts) {
        return Some(deny);
    }
    if !names_hooks(path) && !names_hooks(&resolved.to_string_lossy()) {
        return None;
    }
    know_hooks(&mut facts, resolved.parent().filter(|parent| parent.is_dir()).unwrap_or(folder));
    refused(&facts)
}

/// Judges a tool of a server, which may commit without any shell.
#[must_use]
pub fn judge_call(tool: &str, repository: Option<&Path>) -> Judgement {
    guard::tool_call(tool, repository.map(Path::to_string_lossy).as_deref())
}

/// Makes a path of a command absolute: `~` is the home folder, what is relative starts in `folder`.
pub(crate) fn absolute(path: &str, folder: &Path) -> PathBuf {
    match path.strip_prefix('~') {
        Some("") => std::env::home_dir().unwrap_or_default(),
        Some(rest) if rest.starts_with('/') => {
            std::env::home_dir().unwrap_or_default().join(rest.trim_start_matches('/'))
        }
        _ => folder.join(path),
    }
}

/// Resolves the longest part of a path that is there.
fn resolved(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let Ok(real) = std::fs::canonicalize(there) {
            return real.join(path.strip_prefix(there).unwrap_or(Path::new("")));
        }
    }
    path.to_owned()
}

fn names_hooks(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    HOOK_WORDS.iter().any(|word| text.contains(word))
}

/// Finds the folders that hold hooks here besides git's own, or notes that nobody can tell.
fn know_hooks(facts: &mut Facts, folder: &Path) {
    match wfo_git::command_settings(folder, None) {
        Ok(settings) => facts.hooks = hooks_of(settings.hooks_path.map(|(path, _)| path), folder),
        Err(_) => facts.hooks_unknown = true,
    }
}

/// Returns the folders that a `core.hooksPath` may mean, seen from a folder.
fn hooks_of(path: Option<String>, folder: &Path) -> Vec<String> {
    let Some(path) = path.filter(|path| !path.is_empty() && path != "/dev/null") else { return Vec::new() };
    let word = |path: PathBuf| path.to_string_lossy().into_owned();
    if path.starts_with(['/', '~']) {
        return vec![word(absolute(&path, folder))];
    }
    // Relative to the top of whichever work tree: the nearest folder that has it, or any where it would be made.
    let places: Vec<PathBuf> = folder.ancestors().map(|top| top.join(&path)).collect();
    match places.iter().find(|place| place.is_dir()) {
        Some(found) => vec![word(found.clone())],
        None => places.into_iter().map(word).collect(),
    }
}

fn settings(place: &Folder, folder: &Path) -> Result<wfo_git::CommandSettings, wfo_base::Problem> {
    let start = place.path.as_deref().map_or_else(|| folder.to_owned(), |path| absolute(path, folder));
    let git_dir = place.git_dir.as_deref().map(|git_dir| start.join(git_dir));
    wfo_git::command_settings(&start, git_dir.as_deref())
}

fn weight(judgement: &Judgement) -> u8 {
    match judgement {
        Judgement::Allow => 0,
        Judgement::Push(_) => 1,
        Judgement::Commit(_) => 2,
        Judgement::Ask(_) => 3,
        Judgement::Deny(_) => 4,
    }
}
