//! Tells a secret from what only looks like one: entropy, checksums, placeholders, names, paths, hashes.
//! Looks at single values only; never keeps one.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::rows::{Checksum, Confidence, SecretRow, ValueTest, WordsRow};
use super::shape;

/// The most bytes of a value that are looked at.
const LOOKED_AT: usize = 4 << 10;

/// The lists of `secret-words.yaml`, ready for questions.
#[derive(Debug, Default)]
pub(super) struct Words {
    lists: Vec<(String, HashSet<String>)>,
    /// What no value of an assignment holds, and the part of it that no token holds.
    marks: Option<AhoCorasick>,
    long_marks: Option<AhoCorasick>,
    longest_plain: usize,
}

impl Words {
    pub(super) fn of(rows: &[WordsRow]) -> Self {
        let list = |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.words.clone()).unwrap_or_default();
        let (placeholders, others) = (list("placeholders"), list("not-values"));
        // Short marks stand in random letters by chance.
        let long = |word: &&String| word.len() >= 6 || ["xxxx", "****"].contains(&word.as_str());
        // Values are short: what is quick to make is quicker than what is quick to search.
        let kind = Some(AhoCorasickKind::NoncontiguousNFA);
        let search =
            |words: &[&String]| AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words).ok();
        Self {
            marks: search(&placeholders.iter().chain(&others).collect::<Vec<_>>()),
            long_marks: search(&placeholders.iter().filter(long).collect::<Vec<_>>()),
            longest_plain: list("plain-words").iter().map(String::len).max().unwrap_or(0).min(40),
            lists: rows.iter().map(|row| (row.id.clone(), row.words.iter().cloned().collect())).collect(),
        }
    }

    pub(super) fn has(&self, list: &str, word: &str) -> bool {
        self.list(list).is_some_and(|words| words.contains(word))
    }

    pub(super) fn list(&self, id: &str) -> Option<&HashSet<String>> {
        self.lists.iter().find(|(name, _)| name == id).map(|(_, words)| words)
    }

    /// Says whether a value says of itself that it is none.
    fn marked(&self, text: &str) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.is_match(text))
    }

    /// Returns the share of the letters that belong to plain words, longest words first.
    fn plain_share(&self, value: &str) -> f64 {
        let Some(plain) = self.list("plain-words") else { return 0.0 };
        let (mut letters, mut covered) = (0usize, 0usize);
        for part in shape::words(value) {
            letters += part.len();
            let mut rest = part.as_str();
            while !rest.is_empty() {
                let longest = (3..=rest.len().min(self.longest_plain))
                    .rev()
                    .find(|end| rest.get(..*end).is_some_and(|word| plain.contains(word)));
                let step = match longest {
                    Some(end) => {
                        covered += end;
                        end
                    }
                    None => rest.chars().next().map_or(1, char::len_utf8),
                };
                rest = rest.get(step..).unwrap_or_default();
            }
        }
        if letters == 0 { 0.0 } else { covered as f64 / letters as f64 }
    }
}

/// What is known of a value besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances {
    /// Below a folder of tests, examples or documents.
    pub(super) test: bool,
    /// In a file of settings, where values need no quotes.
    pub(super) settings: bool,
    /// Between quotes.
    pub(super) quoted: bool,
    /// The value belongs to a host of examples.
    pub(super) local: bool,
}

/// Judges a value that a rule found; `body` is the part that carries the checksum.
pub(super) fn judge(
    row: &SecretRow,
    words: &Words,
    value: &[u8],
    body: Option<&[u8]>,
    around: Circumstances,
) -> Option<Confidence> {
    if value.is_empty() {
        return None;
    }
    if row.checksum == Some(Checksum::Crc32Base62) && body.is_some_and(crc_holds) {
        return Some(row.confidence);
    }
    let looked = value.get(..value.len().min(LOOKED_AT)).unwrap_or(value);
    if entropy(looked) < row.entropy {
        return None;
    }
    let text = String::from_utf8_lossy(looked);
    let strong = match row.value {
        ValueTest::Token => token(words, &text).then_some(true),
        ValueTest::Key => shape::key_body(looked).then_some(true),
        ValueTest::Any => any(words, &text).then_some(true),
        ValueTest::Password => password(words, &text, around),
        ValueTest::Secret => secret(words, &text, around),
    }?;
    let weak = !strong || around.local || (row.tests && around.test) || row.checksum.is_some();
    Some(if weak { Confidence::Low } else { row.confidence })
}

/// Returns the Shannon entropy of bytes in bits per byte.
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let all = bytes.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all).map(|p| -p * p.log2()).sum()
}

/// The digits of the checksums of GitHub and npm.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the CRC-32 (IEEE) of a body as six digits of base 62.
pub(super) fn crc_digits(body: &[u8]) -> [u8; 6] {
    let mut rest = crc32fast::hash(body) as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62.get(rest % 62).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits
}

fn crc_holds(body: &[u8]) -> bool {
    let Some(at) = body.len().checked_sub(6) else { return false };
    let (front, last) = body.split_at(at);
    crc_digits(front) == last
}

fn token(words: &Words, text: &str) -> bool {
    !words.long_marks.as_ref().is_some_and(|marks| marks.is_match(text)) && !shape::dull(text)
}

/// Values of a file that is known to hold secrets: only templates are none.
fn any(words: &Words, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let says = ["example", "changeme", "change_me", "change-me", "placeholder", "your_", "your-", "put your", "xxxx"];
    let nothing = ["null", "none", "nil", "true", "false", "empty", "undefined", "keychain"];
    let none = shape::template(text)
        || says.iter().any(|word| lower.contains(word))
        || nothing.contains(&lower.as_str())
        || (text.len() > 3 && shape::all_same(text))
        || (text.contains(' ') && words.plain_share(text) > 0.8);
    !none
}

/// Returns whether a password is strong, or nothing when it is none.
fn password(words: &Words, text: &str, around: Circumstances) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || "!?._-".contains(c));
    let none = !(4..=200).contains(&text.len())
        || shape::template(text)
        || shape::all_same(text)
        || text.contains(char::is_whitespace)
        || words.has("placeholder-values", &lower)
        || words.has("placeholder-values", bare)
        || words.has("placeholder-values", &spelt_out(bare))
        || words.marked(text)
        || shape::path(text)
        || shape::code(text, around.quoted);
    if none {
        return None;
    }
    let share = words.plain_share(text);
    let classes = shape::classes(text);
    let wordy = share > 0.5 || (share > 0.3 && classes < 3);
    if (wordy || shape::identifier(text)) && !(around.settings && share < 0.8) {
        return None;
    }
    Some(text.len() >= 8 && classes >= 3 && !wordy && shape::digits(text) > 0 && !shape::uuid(text))
}

/// Returns a word with the signs that stand for letters replaced by them: `p@55w0rd` is `password`.
fn spelt_out(lower: &str) -> String {
    let letter = |c| match c {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        other => other,
    };
    lower.chars().map(letter).collect()
}

/// Returns whether a key or token is strong, or nothing when it is none.
fn secret(words: &Words, text: &str, around: Circumstances) -> Option<bool> {
    let plain = |c: char| c.is_ascii_graphic();
    let none = !(12..=1_000).contains(&text.len())
        || !text.chars().all(plain)
        || shape::template(text)
        || shape::dull(text)
        || shape::uuid(text)
        || shape::path(text)
        || shape::label(text)
        || shape::code(text, around.quoted)
        || words.marked(text)
        || shape::digits(text) == 0
        || !text.contains(|c: char| c.is_ascii_alphabetic());
    if none || words.plain_share(text) > 0.4 || shape::words(text).iter().all(|word| word.len() < 3) {
        return None;
    }
    let digits = shape::digits(text);
    Some(text.len() >= 20 && digits >= 2 && words.plain_share(text) < 0.25 && !shape::identifier(text))
}
