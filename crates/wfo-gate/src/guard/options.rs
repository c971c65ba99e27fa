//! Reads a git command's options as git's own parser does: clusters, values, unique abbreviations.
//! Never says what an option means; that is the caller's.

use super::shell::{UNKNOWN, Word};

/// Which options of a command take a value.
pub(super) struct Spec {
    /// Short options whose value is the rest of the cluster or the next word.
    pub(super) valued: &'static str,
    /// Short options that take the rest of the cluster, and never the next word.
    pub(super) attached: &'static str,
    /// Long options whose value is the next word, if there is no `=`.
    pub(super) long_valued: &'static [&'static str],
    /// Long options without a value, as far as abbreviations of them matter.
    pub(super) long: &'static [&'static str],
}

/// A command's options and operands.
#[derive(Debug, Default)]
pub(super) struct Options<'w> {
    /// Names in order: `n` for `-n`, `no-verify` for `--no-verify` and its abbreviations.
    pub(super) names: Vec<String>,
    /// Values with the name of their option.
    pub(super) values: Vec<(String, Word)>,
    /// What is no option.
    pub(super) operands: Vec<&'w Word>,
    /// Whether a part that is not known may be an option.
    pub(super) unsure: bool,
}

impl Options<'_> {
    /// Says whether an option of one of these names is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.names.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Returns which of two options comes last.
    pub(super) fn last<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        let is = |name: &String| names.iter().copied().find(|wanted| wanted == name);
        self.names.iter().rev().find_map(is)
    }

    /// Returns the value of the last option of one of these names.
    pub(super) fn value(&self, names: &[&str]) -> Option<&Word> {
        self.values.iter().rev().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value)
    }
}

/// Reads the words behind a command's name.
pub(super) fn read<'w>(spec: &Spec, words: &'w [Word]) -> Options<'w> {
    let mut options = Options::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "--" {
            options.operands.extend(words);
            break;
        }
        if let Some(name) = text.strip_prefix("--") {
            long(spec, name, &mut options, &mut words);
        } else if text.len() > 1 && text.starts_with('-') {
            cluster(spec, text, &mut options, &mut words);
        } else {
            options.unsure |= word.open && text.starts_with(UNKNOWN);
            options.operands.push(word);
        }
    }
    options
}

fn long<'w>(spec: &Spec, written: &str, options: &mut Options<'w>, words: &mut std::slice::Iter<'w, Word>) {
    let (name, value) = match written.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (written, None),
    };
    if name.contains(UNKNOWN) {
        options.unsure = true;
        return;
    }
    let (name, takes) = full_name(spec, name);
    match value {
        Some(value) => options.values.push((name.clone(), Word::known(value))),
        None if takes => options.values.extend(words.next().map(|word| (name.clone(), word.clone()))),
        None => {}
    }
    options.names.push(name);
}

/// Returns the option that is meant, and whether it takes the next word as its value.
fn full_name(spec: &Spec, name: &str) -> (String, bool) {
    if spec.long_valued.contains(&name) {
        return (name.to_owned(), true);
    }
    if spec.long.contains(&name) || name.len() < 2 {
        return (name.to_owned(), false);
    }
    let begins = |full: &&&str| full.starts_with(name);
    let flags: Vec<&&str> = spec.long.iter().filter(begins).collect();
    let valued: Vec<&&str> = spec.long_valued.iter().filter(begins).collect();
    match (flags.as_slice(), valued.as_slice()) {
        // git refuses what fits several; the one that matters is taken for meant.
        (flags, _) if name.len() > 3 && flags.contains(&&"no-verify") => ("no-verify".to_owned(), false),
        ([flag], []) => ((**flag).to_owned(), false),
        ([], [valued]) => ((**valued).to_owned(), true),
        ([], [_, ..]) => (name.to_owned(), true),
        _ => (name.to_owned(), false),
    }
}

fn cluster<'w>(spec: &Spec, text: &str, options: &mut Options<'w>, words: &mut std::slice::Iter<'w, Word>) {
    for (at, letter) in text.char_indices().skip(1) {
        if letter == UNKNOWN {
            options.unsure = true;
            return;
        }
        let name = letter.to_string();
        let rest = text.get(at + letter.len_utf8()..).unwrap_or_default();
        let valued = spec.valued.contains(letter);
        if valued && rest.is_empty() {
            options.values.extend(words.next().map(|word| (name.clone(), word.clone())));
        } else if (valued || spec.attached.contains(letter)) && !rest.is_empty() {
            options.values.push((name.clone(), Word::known(rest)));
        }
        options.names.push(name);
        if valued || spec.attached.contains(letter) {
            return;
        }
    }
}
