//! Finds the bytes of keys and values in a JSON text, so that an edit can touch these and nothing else.
//! Reads only text that is known to parse; it answers `None`, never a guess, where it does not understand.

use std::ops::Range;

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// From the key's quote to the end of the value.
    pub whole: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

/// Returns where the text's one value stands.
pub fn root(text: &str) -> Option<Range<usize>> {
    let mut cursor = Cursor { bytes: text.as_bytes(), at: 0 };
    // A byte order mark is no JSON, but some editors write one.
    if text.starts_with('\u{feff}') {
        cursor.at = '\u{feff}'.len_utf8();
    }
    cursor.blanks();
    cursor.value()
}

/// Returns the members of the object at `place`, in order.
pub fn members(text: &str, place: &Range<usize>) -> Option<Vec<Member>> {
    let mut found = Vec::new();
    items(text, place, (b'{', b'}'), |cursor| {
        let key = cursor.string()?;
        let name = serde_json::from_str(text.get(key.clone())?).ok()?;
        cursor.blanks();
        cursor.take(b':')?;
        cursor.blanks();
        let value = cursor.value()?;
        found.push(Member { key: name, whole: key.start..value.end, value });
        Some(())
    })?;
    Some(found)
}

/// Returns the elements of the array at `place`, in order.
pub fn elements(text: &str, place: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    items(text, place, (b'[', b']'), |cursor| {
        found.push(cursor.value()?);
        Some(())
    })?;
    Some(found)
}

/// Walks the items between two brackets.
fn items(
    text: &str,
    place: &Range<usize>,
    brackets: (u8, u8),
    mut item: impl FnMut(&mut Cursor<'_>) -> Option<()>,
) -> Option<()> {
    let mut cursor = Cursor { bytes: text.as_bytes().get(..place.end)?, at: place.start };
    cursor.take(brackets.0)?;
    cursor.blanks();
    if cursor.peek() == Some(brackets.1) {
        return Some(());
    }
    loop {
        item(&mut cursor)?;
        cursor.blanks();
        if cursor.peek() == Some(brackets.1) {
            return Some(());
        }
        cursor.take(b',')?;
        cursor.blanks();
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            let byte = self.peek()?;
            // The byte after a backslash never ends a string.
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return Some(start..self.at);
            }
        }
    }

    /// Passes over one value by its brackets alone: no recursion, so that depth costs nothing.
    fn value(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                // A number or a word ends where something else begins.
                Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n') | None if depth == 0 => break,
                None => return None,
                Some(_) => self.at += 1,
            }
            if depth == 0 && self.at > start && matches!(self.bytes.get(self.at - 1), Some(b'"' | b'}' | b']')) {
                break;
            }
        }
        (self.at > start).then_some(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_are_found_byte_for_byte() {
        let text = "{\n \"a\" : [1.50, \"x,]\\\"\", {\"b\":null} ,true],\"\\u0062\":-1e3}";
        let top = root(text).unwrap();
        assert_eq!(&text[top.clone()], text);
        let found = members(text, &top).unwrap();
        assert_eq!(found.iter().map(|member| member.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let parts: Vec<_> = elements(text, &found[0].value).unwrap().into_iter().map(|part| &text[part]).collect();
        assert_eq!(parts, ["1.50", "\"x,]\\\"\"", "{\"b\":null}", "true"]);
        assert_eq!(&text[found[1].whole.clone()], "\"\\u0062\":-1e3");
        assert_eq!(members("{ }", &(0..3)), Some(vec![]));
        assert_eq!(elements("[]", &(0..2)), Some(vec![]));
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "{", "[1,", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "{\"a", "{\"a\":\"\\"] {
            let place = root(text).unwrap_or(0..text.len());
            assert_eq!(members(text, &place), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,200}") {
            if let Some(place) = root(&text) {
                let _ = members(&text, &place);
                let _ = elements(&text, &place);
            }
        }
    }
}
