//! git's own command line: what stands between `git` and the subcommand, and which settings switch hooks off.
//! Never decides; it tells what was written.

use super::shell::{UNKNOWN, Word};

/// A call of git, before its subcommand is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    /// Folders of `-C`, in order.
    pub folders: Vec<Word>,
    /// Settings of `-c` and `--config-env`: name and value; the value of `--config-env` is unknown.
    pub settings: Vec<(Word, Word)>,
    /// The repository of `--git-dir`.
    pub git_dir: Option<Word>,
    /// The work tree of `--work-tree`.
    pub work_tree: Option<Word>,
    /// The subcommand and what follows it.
    pub words: Vec<Word>,
}

/// Options of git itself whose value is the next word.
const VALUED: [&str; 6] =
    ["--git-dir", "--work-tree", "--namespace", "--config-env", "--super-prefix", "--attr-source"];

/// Reads the words behind `git`.
#[must_use]
pub fn read(words: &[Word]) -> Invocation {
    let mut call = Invocation::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if !text.starts_with('-') || text.len() < 2 {
            break;
        }
        let (name, value) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                (name, Some(Word { text: value.to_owned(), ..word.clone() }))
            }
            _ => (text, None),
        };
        let takes = value.is_none() && (VALUED.contains(&name) || matches!(name, "-C" | "-c"));
        let value = if takes { words.get(at + 1).cloned() } else { value };
        at += 1 + usize::from(takes);
        let Some(value) = value else { continue };
        match name {
            "-C" => call.folders.push(value),
            "-c" => call.settings.push(setting(&value)),
            "--config-env" => call.settings.push((setting(&value).0, Word::unknown())),
            "--git-dir" => call.git_dir = Some(value),
            "--work-tree" => call.work_tree = Some(value),
            _ => {}
        }
    }
    call.words = words.get(at..).unwrap_or_default().to_vec();
    call
}

/// Splits `name=value`; a name alone means true.
fn setting(word: &Word) -> (Word, Word) {
    let (name, value) = word.text.split_once('=').unwrap_or((&word.text, "true"));
    let part = |text: &str| Word { text: text.to_owned(), ..word.clone() };
    (part(name), part(value))
}

/// Says whether a setting decides which hooks run: itself, or by the file it includes. None if its name is not known.
#[must_use]
pub fn switches_hooks(name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    let includes = (name.starts_with("include.") || name.starts_with("includeif.")) && name.ends_with(".path");
    if name == "core.hookspath" || includes {
        return Some(true);
    }
    match name.split_once(UNKNOWN) {
        Some((known, _)) => {
            let may = ["core.hookspath", "include.path", "includeif."].iter().any(|key| key.starts_with(known));
            if may { None } else { Some(false) }
        }
        None => Some(false),
    }
}

/// Splits the text of an alias that is no shell command, as git does.
#[must_use]
pub fn alias_words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut begun = false;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, quote) {
            (' ' | '\t' | '\n', None) => {
                if std::mem::take(&mut begun) {
                    words.push(Word::known(std::mem::take(&mut word)));
                }
            }
            ('\'' | '"', None) => (quote, begun) = (Some(char), true),
            (_, Some(open)) if char == open => quote = None,
            ('\\', None | Some('"')) => {
                begun = true;
                word.extend(chars.next());
            }
            _ => {
                begun = true;
                word.push(char);
            }
        }
    }
    if begun {
        words.push(Word::known(word));
    }
    words
}
