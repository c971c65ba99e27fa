//! Here-documents: their marks, and their bodies after the end of the line.
//! Never decides what a body means; a shell that reads one as its script is told apart elsewhere.

use super::cursor::{Announced, Cursor, lossy};
use super::words::Builder;
use super::{Redirect, Redirection, Word};

impl Cursor<'_, '_, '_> {
    /// Reads what follows `<<` or `<<-`: the mark. The body comes after the end of the line.
    pub(super) fn heredoc(&mut self) -> Redirect {
        let tabs = self.skip(b"-");
        self.blanks();
        let start = self.at;
        let mut mark = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                _ if super::cursor::ends_word(byte) => break,
                b'\'' | b'"' => {
                    self.at += 1;
                    while let Some(inner) = self.next() {
                        if inner == byte {
                            break;
                        }
                        mark.push(inner);
                    }
                }
                b'\\' => {
                    self.at += 1;
                    mark.extend(self.next());
                }
                _ => {
                    self.at += 1;
                    mark.push(byte);
                }
            }
        }
        let written = self.bytes.get(start..self.at).unwrap_or_default();
        let literal = written.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'\\'));
        let number = self.out.script.bodies.len();
        self.out.script.bodies.push(String::new());
        let target = Word { text: lossy(&mark), quoted: literal, ..Word::default() };
        self.announced.push(Announced { number, mark, literal, tabs });
        Redirect { kind: Redirection::Body(number), target }
    }

    /// Steps over the end of a line and the here-documents that follow it.
    pub(super) fn line_end(&mut self) {
        self.at += 1;
        for announced in std::mem::take(&mut self.announced) {
            let body = self.body(&announced);
            let text = if announced.literal || !body.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
                lossy(&body)
            } else {
                self.expanded(&body)
            };
            if let Some(place) = self.out.script.bodies.get_mut(announced.number) {
                *place = text;
            }
        }
    }

    /// Takes the lines up to the mark, or all that is left where it never comes.
    fn body(&mut self, announced: &Announced) -> Vec<u8> {
        let mut body = Vec::new();
        while self.at < self.bytes.len() {
            let length = line_length(self.rest());
            let mut line = self.rest().get(..length).unwrap_or_default();
            self.at += length + 1;
            if announced.tabs {
                let tabs = line.iter().take_while(|byte| **byte == b'\t').count();
                line = line.get(tabs..).unwrap_or_default();
            }
            if line == announced.mark {
                break;
            }
            body.extend_from_slice(line);
            body.push(b'\n');
        }
        self.at = self.at.min(self.bytes.len());
        body
    }

    /// Returns a body as the command reads it, and notes what its substitutions run.
    fn expanded(&mut self, body: &[u8]) -> String {
        if !self.out.spend(body.len()) || !self.out.deeper() {
            return String::new();
        }
        let mut builder = Builder::default();
        let mut inner = Cursor::new(body, self.out);
        inner.double_quoted(&mut builder, false);
        self.out.depth -= 1;
        builder.into_text()
    }
}

/// Returns the length of the first line.
fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len())
}
