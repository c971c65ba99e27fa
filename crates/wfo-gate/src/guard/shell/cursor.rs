//! A place in a text, with the small steps every part of the parser takes.
//! Never looks behind the end and never splits a character: it cuts at ASCII bytes only.

use super::{Fault, Output};

/// A here-document that has been announced and not yet read.
pub(super) struct Announced {
    pub(super) number: usize,
    pub(super) mark: Vec<u8>,
    pub(super) literal: bool,
    pub(super) tabs: bool,
}

/// A place in a text.
pub(super) struct Cursor<'t, 'o, 's> {
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) announced: Vec<Announced>,
    pub(super) out: &'o mut Output<'s>,
}

impl<'t, 'o, 's> Cursor<'t, 'o, 's> {
    pub(super) fn new(bytes: &'t [u8], out: &'o mut Output<'s>) -> Self {
        Self { bytes, at: 0, announced: Vec::new(), out }
    }

    /// Returns the next byte, or none at the end and after a fault.
    pub(super) fn peek(&self) -> Option<u8> {
        if self.out.script.fault.is_some() { None } else { self.bytes.get(self.at).copied() }
    }

    /// Returns the byte `ahead` places after the next one.
    pub(super) fn ahead(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at.saturating_add(ahead)).copied()
    }

    /// Returns the next byte and steps over it.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Steps over a text if it stands here.
    pub(super) fn skip(&mut self, text: &[u8]) -> bool {
        let here = self.rest().starts_with(text);
        if here {
            self.at += text.len();
        }
        here
    }

    /// Returns what is left.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        self.out.fail(fault);
    }

    /// Steps over blanks, joined lines and a comment; never over a line's end.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.ahead(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Steps over blanks and ends of lines, reading the here-documents that follow them.
    pub(super) fn blanks_and_lines(&mut self) {
        self.blanks();
        while self.peek() == Some(b'\n') {
            self.line_end();
            self.blanks();
        }
    }

    /// Returns how long the name is that stands `ahead` places from here: a letter or `_`, then digits too.
    pub(super) fn name_length(&self, ahead: usize) -> usize {
        let rest = self.bytes.get(self.at.saturating_add(ahead)..).unwrap_or_default();
        match rest.first() {
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => {
                rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
            }
            _ => 0,
        }
    }

    /// Returns the text of the next `length` bytes.
    pub(super) fn text(&self, length: usize) -> String {
        lossy(self.rest().get(..length).unwrap_or_default())
    }
}

/// Says whether a byte ends an unquoted word.
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')
}

/// Returns the text of bytes.
pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
