//! The rows of `secrets.yaml` and `secret-words.yaml`: what a rule is, and what makes a row a bad one.
//! Compiles a pattern only to check a row that somebody added; the sweep compiles its own when a keyword asks.

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use wfo_base::tables::Row;

/// How sure a rule is. High and medium block, low warns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Worth a look.
    Low,
    /// Most likely a secret.
    Medium,
    /// A known format or place.
    High,
}

/// How a rule looks for its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The pattern starts at the keyword.
    Prefix,
    /// The pattern starts at the keyword and goes on over lines.
    Block,
    /// The pattern matches somewhere in the keyword's line.
    Line,
    /// A name that holds a keyword gets a value.
    Assign,
    /// The pattern matches anywhere in files of these paths.
    File,
    /// A column with one of the names gets a value, in dumps of these paths.
    Sql,
    /// The path alone says it.
    Path,
}

/// Which placeholders a rule lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueTest {
    /// Documented examples, runs of one letter, sequences.
    #[default]
    Token,
    /// Besides, the words that people write where a password would be.
    Password,
    /// Besides, names, paths, hashes, UUIDs and sentences.
    Secret,
    /// A long run of base64.
    Key,
    /// Only templates and what says of itself that it is to be replaced.
    Any,
}

/// How the last characters of a token prove the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Checksum {
    /// The last 6 of group `body` are the CRC-32 of those before, in base 62 (`0-9A-Za-z`), filled up with zeros.
    #[serde(rename = "crc32-base62")]
    Crc32Base62,
}

/// A row of the table `secrets.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRow {
    /// Name of the rule, such as `github-pat`.
    pub id: String,
    /// What is found, in a few words.
    pub title: String,
    /// How it is looked for.
    pub kind: Kind,
    /// How sure a finding is.
    pub confidence: Confidence,
    /// What must be near, in lower case.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The format, in the syntax of the `regex` crate.
    #[serde(default)]
    pub pattern: String,
    /// The least Shannon entropy of the secret, in bits per character.
    #[serde(default)]
    pub entropy: f64,
    /// How the token proves itself.
    #[serde(default)]
    pub checksum: Option<Checksum>,
    /// Names or ends of paths of files.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Whether folders of tests, examples and documents lower the confidence.
    #[serde(default)]
    pub tests: bool,
    /// The row of `secret-words.yaml` with the names of an assignment.
    #[serde(default)]
    pub names: String,
    /// Which placeholders pass.
    #[serde(default)]
    pub value: ValueTest,
    /// Names, in lower case, whose value everybody may see: directly behind one of them the confidence is low.
    #[serde(default)]
    pub public_after: Vec<String>,
}

/// The most bytes that a compiled pattern may take.
const PATTERN_SIZE: usize = 2 << 20;

/// The most characters of a pattern.
const PATTERN_LENGTH: usize = 2_000;

impl SecretRow {
    /// Compiles the pattern within its limits: bytes, `^` and `$` at the ends of lines, `\r\n` among them.
    ///
    /// # Errors
    /// A sentence with the reason.
    pub(super) fn compile(&self) -> Result<Regex, String> {
        let anchored = match self.kind {
            Kind::Prefix | Kind::Block => format!(r"\A(?:{})", self.pattern),
            Kind::Line | Kind::Assign | Kind::File | Kind::Sql | Kind::Path => self.pattern.clone(),
        };
        RegexBuilder::new(&anchored)
            .unicode(false)
            .multi_line(true)
            .crlf(true)
            .size_limit(PATTERN_SIZE)
            .dfa_size_limit(PATTERN_SIZE)
            .build()
            .map_err(|error| format!("the pattern of `{}` is not usable: {error}", self.id))
    }

    pub(super) fn check_shape(&self) -> Result<(), String> {
        let id = &self.id;
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(format!("id `{id}` is not made of a-z, 0-9 and `-`"));
        }
        if self.title.is_empty() || self.title.chars().count() > 80 {
            return Err(format!("`{id}` needs a title of 1-80 characters"));
        }
        if let Some(word) = self.keywords.iter().chain(&self.public_after).find(|word| !usable(word)) {
            return Err(format!("keyword `{word}` of `{id}` is too short, too long or not in lower case ASCII"));
        }
        if !(0.0..=8.0).contains(&self.entropy) {
            return Err(format!("entropy {} of `{id}` is not 0-8 bits per character", self.entropy));
        }
        let (keywords, paths) = (!self.keywords.is_empty(), !self.paths.is_empty());
        let (pattern, names) = (!self.pattern.is_empty(), !self.names.is_empty());
        let fits = match self.kind {
            Kind::Prefix | Kind::Block | Kind::Line => keywords && pattern && !paths && !names,
            Kind::Assign => keywords && names && !pattern && !paths,
            Kind::File => paths && pattern && !keywords && !names,
            Kind::Sql => paths && names && !pattern && !keywords,
            Kind::Path => paths && !pattern && !keywords && !names,
        } && (self.public_after.is_empty() || self.kind == Kind::Prefix);
        if !fits {
            return Err(format!("`{id}` has not the keys that its kind needs"));
        }
        if self.pattern.len() > PATTERN_LENGTH {
            return Err(format!("the pattern of `{id}` is longer than {PATTERN_LENGTH} characters"));
        }
        Ok(())
    }

    /// Says whether a repository's row may stand: a new rule, or the same one surer or with a lower floor.
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        let Some(old) = old else { return true };
        let same = Self { confidence: old.confidence, entropy: old.entropy, tests: old.tests, ..new.clone() } == *old;
        same && new.confidence >= old.confidence && new.entropy <= old.entropy && (old.tests || !new.tests)
    }
}

/// A keyword costs time at each place where it stands, so it must be rare.
fn usable(word: &str) -> bool {
    let signs = word.bytes().any(|b| !b.is_ascii_alphanumeric());
    let plain = word.bytes().all(|b| (0x20..0x7f).contains(&b) && !b.is_ascii_uppercase());
    plain && word.len() <= 40 && (word.len() >= 3 || (word.len() == 2 && signs))
}

impl Row for SecretRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        self.check_shape()?;
        if self.pattern.is_empty() {
            return Ok(());
        }
        match self.compile()?.is_match(b"") {
            true => Err(format!("the pattern of `{}` matches an empty text", self.id)),
            false => Ok(()),
        }
    }
}

/// A row of the table `secret-words.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsRow {
    /// Name of the list.
    pub id: String,
    /// Its words, in lower case.
    pub words: Vec<String>,
}

impl Row for WordsRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        match self.words.iter().find(|word| word.is_empty() || word.chars().any(char::is_uppercase)) {
            Some(word) => Err(format!("`{word}` in `{}` is empty or not in lower case", self.id)),
            None => Ok(()),
        }
    }
}
