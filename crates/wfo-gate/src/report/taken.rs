//! Takes text over from reports: one line, bounded, no control characters, and nothing in it that looks like a token.

use std::borrow::Cow;

use wfo_base::text::{QUOTE_LIMIT, clip, one_line};

use crate::finding::{Finding, Severity, fingerprint};

/// The longest name of a rule, a version or a package, in characters.
const WORD: usize = 100;

/// The longest path, in characters.
const PATH: usize = 1000;

/// No token that is worth hiding is shorter, in characters.
const SHORTEST_TOKEN: usize = 16;

/// What a reader knows of a finding.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) severity: Option<Severity>,
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<u64>,
    pub(super) column: Option<u64>,
    /// What tells it apart without its line.
    pub(super) value: &'a str,
}

impl Found<'_> {
    /// Makes the finding; what has no severity is [`Severity::Unknown`].
    pub(super) fn take(self) -> Finding {
        let place = self.file.unwrap_or_default();
        Finding {
            id: if self.id.trim().is_empty() { "unnamed".to_owned() } else { word(self.id) },
            title: line(self.title),
            severity: self.severity.unwrap_or(Severity::Unknown),
            file: self.file.filter(|file| !file.is_empty()).map(path),
            line: self.line.filter(|line| *line > 0),
            column: self.column.filter(|column| *column > 0),
            fingerprint: fingerprint(self.id, place, self.value.as_bytes()),
        }
    }
}

/// One harmless line of at most 200 characters.
pub(super) fn line(text: &str) -> String {
    bounded(text, QUOTE_LIMIT)
}

fn bounded(text: &str, limit: usize) -> String {
    let line = harmless(text, QUOTE_LIMIT);
    let line = if has_long_run(&line) { Cow::Owned(without_tokens(&line)) } else { line };
    clip(&line, limit).into_owned()
}

/// The text on one line, as far as more than `limit` characters of it are needed.
fn harmless(text: &str, limit: usize) -> Cow<'_, str> {
    // what is cut off anyway need not be cleaned; escape codes may take room
    let text = text.get(..text.floor_char_boundary(16 * limit)).unwrap_or(text);
    // most text is plain ASCII, for which this is the shorter way
    let mut before = b' ';
    let plain = text.bytes().all(|byte| {
        let fits = matches!(byte, b'!'..=b'~') || (byte == b' ' && before != b' ');
        before = byte;
        fits
    });
    if plain && before != b' ' { Cow::Borrowed(text) } else { one_line(text) }
}

/// Whether there is a run of letters and digits that is long enough for a token.
fn has_long_run(text: &str) -> bool {
    let mut run = 0_usize;
    text.bytes().any(|byte| {
        run = if in_token(char::from(byte)) { run + 1 } else { 0 };
        run >= SHORTEST_TOKEN
    })
}

/// A name: one line of at most 100 characters.
pub(super) fn word(text: &str) -> String {
    bounded(text, WORD)
}

/// A path with `/` between its parts.
pub(super) fn path(text: &str) -> String {
    let text = harmless(text, PATH);
    let text = clip(&text, PATH);
    if text.contains('\\') { text.replace('\\', "/") } else { text.into_owned() }
}

/// Puts `…` for every run of letters and digits that is mixed as only made-up strings are.
pub(crate) fn without_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| in_token(c)) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c: char| !in_token(c)).unwrap_or(from.len()));
        out.push_str(before);
        out.push_str(if is_token(run) { "…" } else { run });
        rest = after;
    }
    out.push_str(rest);
    out
}

const fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '=')
}

fn is_token(run: &str) -> bool {
    if run.len() < SHORTEST_TOKEN {
        return false;
    }
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 1,
        b'a'..=b'z' => 2,
        b'A'..=b'Z' => 3,
        _ => 0,
    };
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    // a capital before small letters is a word's beginning, not a change
    let changes = run
        .bytes()
        .zip(run.bytes().skip(1))
        .filter(|(a, b)| class(*a) != class(*b) && class(*a) != 0 && class(*b) != 0 && (class(*a), class(*b)) != (3, 2))
        .count();
    digits >= 2 && changes >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_token_is_left_out_of_a_line() {
        let token = format!("gh{}_{}", "p", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(line(&format!("assigned '{token}' here")), "assigned '…' here");
        assert_eq!(line(&format!("AK{}", "IAQ3EXY7PL4MTD2Z5V")), "…");
        for plain in [
            "Unexpected var, use let or const instead.",
            "GHSA-aaaa-bbbb-cccc in acme-parser 1.2.3",
            "RUSTSEC-2099-0001 CVE-2099-12345",
            "python.lang.security.audit.dangerous_subprocess_use_audit",
            "getUserByIdAndNameFromDatabase2",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        ] {
            assert_eq!(line(plain), plain);
        }
    }

    #[test]
    fn escape_codes_newlines_and_length_do_not_come_through() {
        assert_eq!(line("\u{1b}[31mred\u{1b}[0m\nnext\u{202e}"), "red next");
        assert_eq!(line(&"ä ".repeat(5000)).chars().count(), QUOTE_LIMIT);
        assert_eq!(path("src\\a\nb.rs"), "src/a b.rs");
        assert_eq!(word(&"w".repeat(500)).chars().count(), WORD);
    }

    #[test]
    fn a_fingerprint_does_not_depend_on_the_line() {
        let found = |line| Found { id: "r", file: Some("a"), value: "v", line: Some(line), ..Found::default() }.take();
        assert_eq!(found(1).fingerprint, found(9).fingerprint);
        assert_eq!(found(0).line, None);
        assert_eq!(Found { id: " ", ..Found::default() }.take().id, "unnamed");
    }
}
