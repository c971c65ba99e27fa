//! Which files switch commit checks off when they are changed, and which programs change files.
//! Never touches a path: names are compared, links are not followed.

use super::shell::{UNKNOWN, Word};

/// Hooks that git knows.
const HOOKS: [&str; 16] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "reference-transaction",
    "post-rewrite",
    "pre-receive",
    "update",
];

/// What a path is to the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guarded {
    /// Nothing.
    No,
    /// git's hooks or a manager's.
    Hooks,
    /// A repository's configuration.
    Config,
    /// It ends like a hook, and where it lies is not known.
    Maybe,
}

/// Joins a path to a folder by its text; none if either is not known.
pub(super) fn join(folder: Option<&str>, path: &Word) -> Option<String> {
    let text = path.literal()?;
    if text.starts_with('/') || text.starts_with('~') {
        return Some(plain(text));
    }
    let folder = folder?;
    Some(plain(&if folder.is_empty() { text.to_owned() } else { format!("{folder}/{text}") }))
}

/// Takes `.`, `..` and double slashes out of a path, by its text.
fn plain(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

/// Says what a path is, seen from this folder.
pub(super) fn guarded(folder: Option<&str>, path: &Word, hooks: &[String]) -> Guarded {
    let seen = match folder {
        Some(folder) if !path.text.starts_with(['/', '~', UNKNOWN]) => plain(&format!("{folder}/{}", path.text)),
        _ => plain(&path.text),
    };
    if hooks.iter().any(|hooks| {
        seen.strip_prefix(plain(hooks).as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) {
        return Guarded::Hooks;
    }
    let seen = seen.to_ascii_lowercase();
    let parts: Vec<&str> = seen.split('/').collect();
    let last = parts.last().copied().unwrap_or_default();
    let hook = HOOKS.contains(&last);
    for (at, part) in parts.iter().enumerate() {
        let rest = parts.get(at + 1..).unwrap_or_default();
        if *part == ".husky" && (rest.first() == Some(&"_") || rest.is_empty() || hook || last.contains(UNKNOWN)) {
            return Guarded::Hooks;
        }
        let repository = *part == ".git" || (part.ends_with(".git") && part.len() > 4);
        let inside = match rest {
            ["modules" | "worktrees", _, rest @ ..] => rest,
            rest => rest,
        };
        match inside {
            ["hooks", ..] if repository && !last.ends_with(".sample") => return Guarded::Hooks,
            ["config" | "config.worktree"] if repository => {
                return Guarded::Config;
            }
            _ => {}
        }
    }
    let above = parts.len().checked_sub(2).and_then(|at| parts.get(at)).copied().unwrap_or_default();
    if hook && (above.contains(UNKNOWN) || (above == "hooks" && seen.contains(UNKNOWN))) {
        return Guarded::Maybe;
    }
    Guarded::No
}

/// Says whether a path is called as hooks and their folders are.
pub(super) fn called_like_a_hook(path: &Word) -> bool {
    let lower = path.text.to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or_default();
    HOOKS.contains(&last) || lower.split('/').any(|part| part.contains("hook") || part == ".husky")
}

/// Programs that leave the files they are handed as they are.
const READERS: [&str; 56] = [
    "ls",
    "cat",
    "head",
    "tail",
    "less",
    "more",
    "wc",
    "stat",
    "file",
    "diff",
    "cmp",
    "test",
    "[",
    "[[",
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "ag",
    "ack",
    "sha1sum",
    "sha256sum",
    "md5sum",
    "cksum",
    "shasum",
    "echo",
    "printf",
    "cd",
    "pushd",
    "code",
    "bat",
    "tree",
    "du",
    "readlink",
    "realpath",
    "chmod",
    "cp",
    "find",
    "fd",
    "sed",
    "awk",
    "jq",
    "yq",
    "shellcheck",
    "basename",
    "dirname",
    "source",
    ".",
    "nl",
    "od",
    "xxd",
    "hexdump",
    "strings",
    "sort",
    "ln",
    "mkdir",
];

/// Says whether a program leaves alone what it is handed, whatever its words.
pub(super) fn only_reads(name: &str, words: &[Word]) -> bool {
    let packs = || words.iter().take(1).any(|word| !word.text.starts_with("--") && word.text.contains(['c', 't']));
    READERS.contains(&name) || (name == "tar" && packs())
}

/// Returns the files a program would change, of the words behind its name.
pub(super) fn changed(name: &str, words: &[Word]) -> Vec<Word> {
    let operands = || words.iter().filter(|word| !word.text.starts_with('-')).cloned();
    let flag = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.text.as_str()));
    match name {
        "rm" | "unlink" | "shred" | "rmdir" | "tee" | "truncate" | "ed" | "ex" | "sponge" | "trash" => {
            operands().collect()
        }
        "mv" | "rename" => operands().chain(target(words)).collect(),
        "cp" | "ln" | "install" | "rsync" | "scp" => {
            target(words).map_or_else(|| operands().next_back().into_iter().collect(), |to| vec![to])
        }
        "dd" => words.iter().filter_map(|word| word.text.strip_prefix("of=").map(Word::known)).collect(),
        "sed" | "perl" | "gsed" | "ruby" if in_place(name, words) => operands().collect(),
        "chmod" if takes_run_bit(words) => operands()
            .skip(usize::from(!words.iter().any(|word| word.text.starts_with('-') && is_mode(&word.text))))
            .collect(),
        "find" if flag(&["-delete"]) => {
            operands().take(1).map(|start| Word::known(format!("{}/{UNKNOWN}", start.text))).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the folder of `-t` or `--target-directory`.
pub(super) fn target(words: &[Word]) -> Option<Word> {
    let at = words.iter().position(|word| word.text == "-t" || word.text == "--target-directory");
    at.and_then(|at| words.get(at + 1))
        .cloned()
        .or_else(|| words.iter().find_map(|word| word.text.strip_prefix("--target-directory=").map(Word::known)))
}

fn in_place(name: &str, words: &[Word]) -> bool {
    words.iter().any(|word| {
        let text = word.text.as_str();
        let short = text.starts_with('-') && !text.starts_with("--");
        text.starts_with("--in-place")
            || (short
                && text.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric()).any(|c| c == 'i')
                && (name != "ruby" || text.starts_with("-i")))
    })
}

/// Says whether a mode may take the right to run from the owner.
fn takes_run_bit(words: &[Word]) -> bool {
    let Some(mode) = words.iter().map(|word| word.text.as_str()).find(|text| !text.starts_with('-') || is_mode(text))
    else {
        return false;
    };
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return bits & 0o100 == 0;
    }
    mode.split(',').any(|part| match part.split_once(['-', '=']) {
        Some((_, rights)) if part.contains('-') => rights.contains('x'),
        Some((_, rights)) => !rights.contains(['x', 'X']),
        None => false,
    })
}

/// Says whether what looks like an option of chmod is a mode, such as `-x`.
fn is_mode(text: &str) -> bool {
    text.len() > 1 && text.chars().skip(1).all(|c| "rwxXst".contains(c))
}
