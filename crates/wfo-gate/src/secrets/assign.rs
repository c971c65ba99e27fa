//! Reads assignments around a keyword: `db_password = "..."`, `"apiKey": "..."`, `TOKEN=...`, `<secret>...</secret>`.
//! Walks a bounded piece of one line once; knows no language, only the signs that all of them share.

use std::ops::Range;

use super::shape;
use super::value::Words;

/// The longest name.
const NAME: usize = 80;

/// The longest value.
const VALUE: usize = 2 << 10;

/// A name with its value, as places in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assigned {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) quoted: bool,
}

/// Returns the name around a keyword.
pub(super) fn name(text: &[u8], keyword: Range<usize>) -> Range<usize> {
    let part = |b: &u8| b.is_ascii_alphanumeric() || b"_-.$".contains(b);
    let low = keyword.start.saturating_sub(NAME);
    let before = text.get(low..keyword.start).unwrap_or_default();
    let start = keyword.start - before.iter().rev().take_while(|b| part(b)).count();
    let high = (keyword.end + NAME).min(text.len());
    let after = text.get(keyword.end..high).unwrap_or_default();
    let end = keyword.end + after.iter().take_while(|b| part(b) && **b != b'.').count();
    start..end
}

/// Reads what is assigned to the name that a keyword is in; `end` is the end of the line.
pub(super) fn read(text: &[u8], name: Range<usize>, end: usize) -> Option<Assigned> {
    // The last part of `AWS::ApiGateway::ApiKey` is a type.
    if name.start.checked_sub(2).and_then(|from| text.get(from..name.start)) == Some(b"::") {
        return None;
    }
    let mut at = Cursor { text, at: name.end, end: end.min(name.end + VALUE + 256) };
    at.eat(|b| b == b'\\');
    let closed = at.eat(|b| b == b'"' || b == b'\'' || b == b'`');
    let tagged = name.start.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'<');
    if closed && at.word(b" value=") || at.word(b" Value=") {
        return at.value(name);
    }
    at.eat(|b| b == b']' || b == b'}');
    at.blanks();
    match at.next()? {
        b'>' if tagged => {
            let from = at.at;
            let upto = at.find(|b| b == b'<' || b == b'\r' || b == b'\n')?;
            (upto > from).then_some(Assigned { name, value: from..upto, quoted: true })
        }
        b'=' => {
            if matches!(at.peek(), Some(b'=' | b'~')) {
                return None;
            }
            at.eat(|b| b == b'>');
            at.value(name)
        }
        b':' => {
            if at.peek() == Some(b':') {
                return None;
            }
            at.eat(|b| b == b'=');
            at.past_type();
            at.value(name)
        }
        b',' if closed => at.value(name),
        b'?' | b'|' | b'+' if at.eat(|b| b == b'=') => at.value(name),
        _ => None,
    }
}

/// A place in the line.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        if self.at < self.end { self.text.get(self.at).copied() } else { None }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, test: impl Fn(u8) -> bool) -> bool {
        let hit = self.peek().is_some_and(test);
        self.at += usize::from(hit);
        hit
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let hit = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        self.at += if hit { word.len() } else { 0 };
        hit
    }

    fn blanks(&mut self) {
        while self.eat(|b| b == b' ' || b == b'\t') {}
    }

    fn find(&self, test: impl Fn(u8) -> bool) -> Option<usize> {
        let rest = self.text.get(self.at..self.end)?;
        rest.iter().position(|b| test(*b)).map(|found| self.at + found)
    }

    /// Passes a type between `:` and `=`, as in `password: &str = "..."`.
    fn past_type(&mut self) {
        let rest = self.text.get(self.at..self.end.min(self.at + 48)).unwrap_or_default();
        let inside = |b: &u8| b.is_ascii_alphanumeric() || b" &'<>_:|?[]".contains(b);
        let length = rest.iter().take_while(|b| inside(b)).count();
        if rest.get(length) == Some(&b'=') && rest.get(length + 1) != Some(&b'=') && length > 1 {
            self.at += length + 1;
        }
    }

    fn value(&mut self, name: Range<usize>) -> Option<Assigned> {
        self.blanks();
        for opener in
            [&b"String::from("[..], b"new String(", b"Some(", b"SecretStr(", b"b", b"r", b"u", b"f", b"@", b"&"]
        {
            let quote = self.text.get(self.at + opener.len());
            if matches!(quote, Some(b'"' | b'\'')) && self.word(opener) {
                break;
            }
        }
        let escaped = self.peek() == Some(b'\\') && matches!(self.text.get(self.at + 1), Some(b'"' | b'\''));
        self.at += usize::from(escaped);
        let quote = self.peek()?;
        if matches!(quote, b'"' | b'\'' | b'`') {
            self.at += 1;
            while self.eat(|b| b == quote) {}
            let from = self.at;
            let upto = self.quote_end(quote)?;
            return (upto > from).then_some(Assigned { name, value: from..upto, quoted: true });
        }
        let from = self.at;
        let stop = |b: u8| b.is_ascii_whitespace() || b",;\"'<>&`".contains(&b);
        let upto = self.find(stop).unwrap_or(self.end);
        (upto > from).then_some(Assigned { name, value: from..upto, quoted: false })
    }

    fn quote_end(&self, quote: u8) -> Option<usize> {
        let rest = self.text.get(self.at..self.end)?;
        let mut escaped = false;
        for (index, byte) in rest.iter().enumerate() {
            match *byte {
                b'\n' => return None,
                b'\\' if rest.get(index + 1) == Some(&quote) && index > 0 => return Some(self.at + index),
                b'\\' => escaped = !escaped,
                b if b == quote && !escaped => return Some(self.at + index),
                _ => escaped = false,
            }
        }
        None
    }
}

/// Says whether a place comes directly behind one of these names, whatever signs assign there: `name=`, `"name": "`, `name%3D`.
pub(super) fn is_behind(text: &[u8], at: usize, names: &[String]) -> bool {
    if names.is_empty() {
        return false;
    }
    let before = text.get(at.saturating_sub(NAME)..at).unwrap_or_default().to_ascii_lowercase();
    let before = before.strip_suffix(b"%3d").unwrap_or(&before);
    let signs = before.iter().rev().take_while(|b| b"=:\"' \t\\".contains(b)).count();
    let before = before.get(..before.len() - signs).unwrap_or_default();
    names.iter().any(|name| before.ends_with(name.as_bytes()))
}

/// Says whether a name is one of a value that is sent to others or published, such as a verification token.
pub(super) fn names_passing(words: &Words, name: &str) -> bool {
    shape::words(name).iter().any(|part| words.has("passing-starts", part))
}

/// Words in a name that make its value a fingerprint, not a secret.
const HASHES: [&str; 10] =
    ["sha", "checksum", "digest", "integrity", "commit", "etag", "revision", "nonce", "fingerprint", "md"];

/// Says whether a name is one that gets a secret.
pub(super) fn names_secret(words: &Words, list: &str, name: &str) -> bool {
    let mut parts = shape::words(name);
    if parts.iter().any(|part| words.has("harmless-starts", part) || HASHES.contains(&part.as_str())) {
        return false;
    }
    let Some(names) = words.list(list) else { return false };
    loop {
        let joined = (1..=4.min(parts.len())).any(|count| {
            let tail = parts.get(parts.len() - count..).unwrap_or_default().concat();
            names.contains(&tail)
        });
        let ends =
            parts.last().is_some_and(|last| names.iter().any(|name| name.len() >= 5 && last.ends_with(name.as_str())));
        if joined || ends {
            return true;
        }
        match parts.last() {
            Some(last) if words.has("endings", last) => parts.pop(),
            _ => return false,
        };
    }
}
