//! Changes to a page, gathered by line and then made at once: a line that is not named keeps its bytes.

use std::collections::BTreeMap;

use super::layout::Layout;

/// What becomes of a page's lines.
#[derive(Debug)]
pub(super) struct Edit<'l, 'p> {
    layout: &'l Layout<'p>,
    replaced: BTreeMap<usize, Option<Vec<u8>>>,
    /// Lines that come before the line of this number.
    added: BTreeMap<usize, Vec<String>>,
}

impl<'l, 'p> Edit<'l, 'p> {
    /// Begins with nothing changed.
    pub(super) fn new(layout: &'l Layout<'p>) -> Self {
        Self { layout, replaced: BTreeMap::new(), added: BTreeMap::new() }
    }

    /// Takes the lines `from..to` away.
    pub(super) fn remove(&mut self, from: usize, to: usize) {
        self.replaced.extend((from..to).map(|line| (line, None)));
    }

    /// Says whether a line goes.
    pub(super) fn is_removed(&self, at: usize) -> bool {
        self.replaced.get(&at).is_some_and(Option::is_none)
    }

    /// Puts other bytes in a line's place; its end stays.
    pub(super) fn replace(&mut self, at: usize, bytes: Vec<u8>) {
        let raw = self.layout.raw.get(at).copied().unwrap_or_default();
        let end = raw.len() - line_end_of(raw).len();
        let end = raw.get(end..).unwrap_or_default();
        self.replaced.insert(at, Some([bytes.as_slice(), end].concat()));
    }

    /// Says whether lines come before the line `at`.
    pub(super) fn adds(&self, at: usize) -> bool {
        self.added.contains_key(&at)
    }

    /// Adds lines (without ends) before the line `at`, behind what was added there before.
    pub(super) fn add(&mut self, at: usize, lines: impl IntoIterator<Item = String>) {
        self.added.entry(at).or_default().extend(lines);
    }

    /// Writes the page as it is now.
    pub(super) fn finish(self) -> Vec<u8> {
        let end = self.layout.line_end();
        let mut out = self.layout.mark.to_vec();
        let count = self.layout.raw.len();
        for at in 0..=count {
            for line in self.added.get(&at).into_iter().flatten() {
                if !out.is_empty() && out.len() > self.layout.mark.len() && !out.ends_with(b"\n") {
                    out.extend_from_slice(end.as_bytes());
                }
                out.extend_from_slice(line.as_bytes());
                out.extend_from_slice(end.as_bytes());
            }
            match (self.replaced.get(&at), self.layout.raw.get(at)) {
                (Some(Some(bytes)), _) => out.extend_from_slice(bytes),
                (Some(None), _) | (None, None) => {}
                (None, Some(raw)) => out.extend_from_slice(raw),
            }
        }
        out
    }
}

/// Returns the newline that ends a line, with the carriage return before it.
pub(super) fn line_end_of(raw: &[u8]) -> &[u8] {
    let bare = raw.strip_suffix(b"\n").map(|bare| bare.strip_suffix(b"\r").unwrap_or(bare)).unwrap_or(raw);
    raw.get(bare.len()..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_not_named_keep_their_bytes_and_new_ones_get_the_pages_line_end() {
        let page = b"\xef\xbb\xbfone\r\ntwo \xff\nthree";
        let layout = Layout::new(page);
        let mut edit = Edit::new(&layout);
        assert_eq!(Edit::new(&layout).finish(), page);
        edit.replace(0, b"1".to_vec());
        edit.add(1, ["between".to_owned()]);
        edit.add(3, ["last".to_owned()]);
        assert_eq!(edit.finish(), b"\xef\xbb\xbf1\r\nbetween\r\ntwo \xff\nthree\r\nlast\r\n");
    }

    #[test]
    fn removed_lines_go_with_their_ends() {
        let layout = Layout::new(b"a\nb\nc\n");
        let mut edit = Edit::new(&layout);
        edit.remove(1, 2);
        assert!(edit.is_removed(1) && !edit.is_removed(0));
        assert_eq!(edit.finish(), b"a\nc\n");
    }
}
