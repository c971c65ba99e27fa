//! Which parts of a file are text for people: docstrings of Python, and blocks of YAML below keys such as `examples`.
//! One walk over a text, asked for only where something was found; knows just enough of either language for that.

use std::ops::Range;

use super::value::Words;

/// Returns the places of text for people, in order.
pub(super) fn places(path: &str, text: &[u8], words: &Words) -> Vec<Range<usize>> {
    let name = super::place::file_name(path).to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&[".py", ".pyi"]) {
        docstrings(text)
    } else if ends(&[".yaml", ".yml"]) {
        blocks(text, words)
    } else {
        Vec::new()
    }
}

/// Strings of three quotes that are statements of their own: first in a file, or behind the colon of a heading.
fn docstrings(text: &[u8]) -> Vec<Range<usize>> {
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    let (mut out, mut at, mut depth) = (Vec::new(), 0, 0usize);
    // The last sign of the lines above, the last sign, and whether only blanks or a prefix such as `r` are before on this line.
    let (mut above, mut last, mut first) = (None, None, true);
    while at < text.len() {
        match byte(at) {
            b'\n' => (above, first) = (last, true),
            b'#' => at += memchr::memchr(b'\n', text.get(at..).unwrap_or_default()).unwrap_or(text.len()) - 1,
            quote @ (b'"' | b'\'') => {
                let three = byte(at + 1) == quote && byte(at + 2) == quote;
                let end = string_end(text, at, quote, three);
                if three && first && depth == 0 && matches!(above, None | Some(b':')) {
                    out.push(at..end);
                }
                (last, first, at) = (Some(quote), false, end - 1);
            }
            b' ' | b'\t' | b'\r' => {}
            sign => {
                depth = match sign {
                    b'(' | b'[' | b'{' => depth + 1,
                    b')' | b']' | b'}' => depth.saturating_sub(1),
                    _ => depth,
                };
                last = Some(sign);
                first &= b"rRuU".contains(&sign) && matches!(byte(at + 1), b'"' | b'\'');
            }
        }
        at += 1;
    }
    out
}

/// Returns where a string ends that begins here; one that is left open ends with its line, or with the file.
fn string_end(text: &[u8], start: usize, quote: u8, three: bool) -> usize {
    let mut at = start + if three { 3 } else { 1 };
    while let Some(byte) = text.get(at) {
        match *byte {
            b'\\' => at += 1,
            b'\n' if !three => return at,
            found if found == quote => {
                let closes = !three || (text.get(at + 1) == Some(&quote) && text.get(at + 2) == Some(&quote));
                if closes {
                    return at + if three { 3 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Texts of several lines below keys of `document-keys`.
fn blocks(text: &[u8], words: &Words) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        let start = at;
        at += line.len();
        let blanks = line.iter().take_while(|b| b" -".contains(b)).count();
        let bare = line.get(blanks..).unwrap_or_default().trim_ascii();
        if bare.is_empty() {
            continue;
        }
        let indent = line.iter().take_while(|b| **b == b' ').count();
        if let Some((from, own)) = open {
            if indent > own {
                continue;
            }
            out.push(from..start);
            open = None;
        }
        let Some(colon) = memchr::memchr(b':', bare) else { continue };
        let (key, mark) =
            (bare.get(..colon).unwrap_or_default(), bare.get(colon + 1..).unwrap_or_default().trim_ascii());
        let key = String::from_utf8_lossy(key).to_ascii_lowercase();
        let block = matches!(mark.first(), Some(b'|' | b'>')) && mark.len() <= 3;
        if block && words.has("document-keys", &key) {
            open = Some((at, blanks));
        }
    }
    out.extend(open.map(|(from, _)| from..text.len()));
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may")]
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        let words = Words::of(&crate::secrets::tests::words());
        places(path, text.as_bytes(), &words).into_iter().map(|place| text[place].to_owned()).collect()
    }

    #[test]
    fn a_docstring_is_a_statement_of_its_own() {
        for (text, found) in [
            ("\"\"\"top\"\"\"\nx = 1\n", &["\"\"\"top\"\"\""][..]),
            ("# a\n# b\nr'''top'''\n", &["'''top'''"]),
            ("def f(\n    a,\n) -> None:\n    \"\"\"Does.\n\n    more\"\"\"\n", &["\"\"\"Does.\n\n    more\"\"\""]),
            ("class A:  # why\n\n    '''a'''\n", &["'''a'''"]),
            ("key = \"\"\"\nx\n\"\"\"\n", &[]),
            ("f(\n    \"\"\"x\"\"\"\n)\n", &[]),
            ("x = {'a':\n  \"\"\"x\"\"\"}\n", &[]),
            ("x = 1\n\"\"\"loose\"\"\"\n", &[]),
            ("def f(): \"\"\"same line\"\"\"\n", &[]),
            ("x = '\"\"\"'\ndef f():\n    \"\"\"a\"\"\"\n", &["\"\"\"a\"\"\""]),
            ("x = '\\'\"\"\"'\ny = \"# \"\n", &[]),
            ("\"\"\"open", &["\"\"\"open"]),
            ("#", &[]),
        ] {
            assert_eq!(said("a.py", text), found, "{text}");
        }
        assert_eq!(said("a.rs", "\"\"\"x\"\"\""), Vec::<String>::new());
    }

    #[test]
    fn a_block_below_a_key_for_people_ends_where_the_indentation_does() {
        for (text, found) in [
            ("examples: |-\n  a\n\n  b\nkey: c\n", &["  a\n\n  b\n"][..]),
            ("- help_text: >\n    a\n  password: b\n", &["    a\n"]),
            ("a:\n  description: |\n   x\n  b: |\n   y\n", &["   x\n"]),
            ("Usage: |2-\n   x", &["   x"]),
            ("data: |\n  x\n", &[]),
            ("description: short\npassword: x\n", &[]),
        ] {
            assert_eq!(said("a.yaml", text), found, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_walked_and_places_are_in_order(text: Vec<u8>, python: bool) {
            let words = Words::default();
            let found = places(if python { "a.py" } else { "a.yml" }, &text, &words);
            let ends: Vec<usize> = found.iter().flat_map(|place| [place.start, place.end]).collect();
            assert!(ends.is_sorted() && ends.last().is_none_or(|end| *end <= text.len()));
        }
    }
}
