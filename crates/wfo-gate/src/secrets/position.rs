//! Lines and columns of places in a text, in one walk however many there are, and the marker that allows a line.

use std::ops::Range;

/// The most bytes of a line on both sides of a place that are searched for the marker.
const AROUND: usize = 4 << 10;

/// Walks a text once; places must be asked for in order.
pub(super) struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
    column: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1, column: 1 }
    }

    /// Returns line and column of a place, both from 1; columns count characters.
    pub(super) fn go(&mut self, place: usize) -> (u64, u64) {
        let passed = self.text.get(self.at..place.max(self.at)).unwrap_or_default();
        let newlines = memchr::memchr_iter(b'\n', passed).count();
        let tail = match memchr::memrchr(b'\n', passed) {
            Some(last) => {
                self.column = 1;
                passed.get(last + 1..).unwrap_or_default()
            }
            None => passed,
        };
        self.line += newlines as u64;
        self.column += characters(tail) as u64;
        self.at = place.max(self.at);
        (self.line, self.column)
    }
}

/// Returns how many characters UTF-8 bytes are; a byte that is none counts by itself or with those before.
pub(super) fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| (**b & 0xc0) != 0x80).count()
}

/// Returns the line of a place without its end, cut to `before` and `after` bytes.
pub(super) fn line(text: &[u8], place: &Range<usize>, before: usize, after: usize) -> Range<usize> {
    let low = place.start.saturating_sub(before);
    let high = place.end.saturating_add(after).min(text.len());
    let start = text.get(low..place.start).and_then(|part| memchr::memrchr(b'\n', part)).map_or(low, |at| low + at + 1);
    let end = text.get(place.end..high).and_then(|part| memchr::memchr(b'\n', part)).map_or(high, |at| place.end + at);
    start..end
}

/// Returns why the line of a place says, outside of the place, that it is allowed: the words behind `wfo:allow`, of at least
/// three letters.
pub(super) fn allowed(text: &[u8], place: &Range<usize>) -> Option<String> {
    const MARK: &[u8] = b"wfo:allow";
    let line = line(text, place, AROUND, AROUND);
    let outside = [line.start..place.start, place.end..line.end];
    outside.iter().filter_map(|part| text.get(part.clone())).find_map(|part| {
        let rest = part.get(memchr::memmem::find(part, MARK)? + MARK.len()..).unwrap_or_default();
        let apart = rest.first().is_some_and(|b| b.is_ascii_whitespace() || *b == b':');
        let letters = rest.iter().filter(|b| b.is_ascii_alphabetic() || !b.is_ascii()).count();
        if !apart || letters < 3 {
            return None;
        }
        let reason = String::from_utf8_lossy(rest);
        let reason = reason.trim_matches(|c: char| c.is_whitespace() || ":-".contains(c));
        let reason = ["*/", "-->", "#}", "%>"].iter().find_map(|end| reason.strip_suffix(end)).unwrap_or(reason);
        Some(reason.trim_end().to_owned())
    })
}
