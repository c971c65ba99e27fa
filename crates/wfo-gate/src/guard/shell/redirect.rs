//! Redirections of a command.
//! Never opens anything; the target is a word like others.

use super::cursor::Cursor;
use super::{Command, Redirect, Redirection};

impl Cursor<'_, '_, '_> {
    /// Reads a redirection if one stands here.
    pub(super) fn redirect(&mut self, command: &mut Command) -> bool {
        let digits = self.rest().iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        let brace = self.rest().first() == Some(&b'{');
        let named = if brace { self.name_length(1) } else { 0 };
        let before = match named {
            0 => digits,
            _ if self.ahead(1 + named) == Some(b'}') => named + 2,
            _ => 0,
        };
        let (first, second) = (self.ahead(before), self.ahead(before + 1));
        let both = before == 0 && first == Some(b'&') && second == Some(b'>');
        if !both && (!matches!(first, Some(b'<' | b'>')) || second == Some(b'(')) {
            return false;
        }
        self.at += before;
        let redirect = if self.skip(b"<<<") {
            self.target(Redirection::Text)
        } else if self.skip(b"<<") {
            self.heredoc()
        } else if self.skip(b"<&") || self.skip(b"<>") || self.skip(b"<") {
            self.target(Redirection::Read)
        } else {
            let operators: [&[u8]; 6] = [b"&>>", b"&>", b">>", b">|", b">&", b">"];
            let _ = operators.iter().any(|operator| self.skip(operator));
            self.target(Redirection::Write)
        };
        command.redirects.push(redirect);
        true
    }

    fn target(&mut self, kind: Redirection) -> Redirect {
        self.blanks();
        Redirect { kind, target: self.word().into_one() }
    }
}
