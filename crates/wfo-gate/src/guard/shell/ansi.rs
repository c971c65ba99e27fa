//! The quotes `$'...'` with their escapes.
//! Never makes an argument end early: a zero byte is an unknown part.

use super::cursor::Cursor;
use super::words::Builder;
use super::{Fault, UNKNOWN};

impl Cursor<'_, '_, '_> {
    /// Reads `$'...'` with its escapes.
    pub(super) fn ansi_quoted(&mut self, word: &mut Builder) {
        word.quoted = true;
        word.begun = true;
        loop {
            match self.next() {
                Some(b'\'') => return,
                Some(b'\\') => self.ansi_escape(word),
                Some(byte) => word.push(byte),
                None => return self.fail(Fault::Open),
            }
        }
    }

    fn ansi_escape(&mut self, word: &mut Builder) {
        let Some(byte) = self.next() else { return self.fail(Fault::Open) };
        let code = match byte {
            b'x' => self.digits(16, 2),
            b'u' => self.digits(16, 4),
            b'U' => self.digits(16, 8),
            b'0'..=b'7' => {
                self.at -= 1;
                self.digits(8, 3)
            }
            b'n' => Some(10),
            b't' => Some(9),
            b'r' => Some(13),
            b'a' => Some(7),
            b'b' => Some(8),
            b'e' | b'E' => Some(27),
            b'f' => Some(12),
            b'v' => Some(11),
            b'c' => self.next().map(|byte| u32::from(byte & 0x1f)),
            b'\\' | b'\'' | b'"' | b'?' => Some(u32::from(byte)),
            _ => {
                word.push(b'\\');
                Some(u32::from(byte))
            }
        };
        match code.and_then(char::from_u32) {
            Some(UNKNOWN) | None => word.unknown(false),
            Some(char) => char.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| word.push(byte)),
        }
    }

    fn digits(&mut self, base: u32, most: usize) -> Option<u32> {
        let mut value = None;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(base)) else { break };
            value = Some(value.unwrap_or(0_u32).wrapping_mul(base).wrapping_add(digit));
            self.at += 1;
        }
        value
    }
}
