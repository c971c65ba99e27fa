//! Words: quotes, escapes, variables and substitutions.
//! Never expands a variable that the text itself did not set.

use super::cursor::{Cursor, ends_word, lossy};
use super::{Fault, UNKNOWN, Word, braces};

/// A word, or the words an expansion makes of it, while they are read.
#[derive(Default)]
pub(super) struct Builder {
    done: Vec<Word>,
    text: Vec<u8>,
    /// Places of unquoted `{`, `,` and `}` in the text.
    marks: Vec<usize>,
    pub(super) begun: bool,
    pub(super) quoted: bool,
    open: bool,
    process: bool,
}

impl Builder {
    /// Adds a byte as it is.
    pub(super) fn push(&mut self, byte: u8) {
        self.begun = true;
        self.text.push(byte);
    }

    /// Adds a part that is not known; `open` where it may be several words.
    pub(super) fn unknown(&mut self, open: bool) {
        self.begun = true;
        self.open |= open;
        if self.text.last() != Some(&0) {
            self.text.push(0);
        }
    }

    /// Adds a known value, split at blanks where it was not quoted.
    fn value(&mut self, value: &str, quoted: bool) {
        if quoted {
            self.begun = true;
            self.text.extend_from_slice(value.as_bytes());
            return;
        }
        for byte in value.bytes() {
            if matches!(byte, b' ' | b'\t' | b'\n') {
                self.finish();
            } else {
                self.push(byte);
            }
        }
    }

    /// Ends the word, if one was begun.
    fn finish(&mut self) {
        if !std::mem::take(&mut self.begun) {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let marks = std::mem::take(&mut self.marks);
        let (quoted, open, process) =
            (std::mem::take(&mut self.quoted), std::mem::take(&mut self.open), std::mem::take(&mut self.process));
        match braces::expand(&text, &marks) {
            braces::Expanded::Same => self.done.push(Word { text: lossy(&text), quoted, open, process }),
            braces::Expanded::Many(texts) => {
                self.done.extend(texts.iter().map(|text| Word { text: lossy(text), quoted, open, process }));
            }
            braces::Expanded::TooMany => {
                self.done.push(Word { text: UNKNOWN.to_string(), quoted, open: true, process });
            }
        }
    }

    /// Returns all words.
    pub(super) fn into_words(mut self) -> Vec<Word> {
        self.finish();
        self.done
    }

    /// Returns the words as one text, as in an assignment or a here-document.
    pub(super) fn into_text(self) -> String {
        self.into_one().text
    }

    /// Returns the words as one word.
    pub(super) fn into_one(mut self) -> Word {
        self.marks.clear();
        let mut words = self.into_words().into_iter();
        let mut one = words.next().unwrap_or_default();
        for word in words {
            one.text.push(' ');
            one.text.push_str(&word.text);
            one.quoted |= word.quoted;
            one.open |= word.open;
            one.process |= word.process;
        }
        one
    }
}

impl Cursor<'_, '_, '_> {
    /// Reads a word up to an unquoted blank or operator; adjoining substitutions belong to it.
    pub(super) fn word(&mut self) -> Builder {
        let mut word = Builder::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'<' | b'>' if self.ahead(1) == Some(b'(') && !word.begun => self.process(&mut word),
                b'(' if word.begun && extended(&word.text) => self.pattern_group(&mut word),
                _ if ends_word(byte) => break,
                b'\\' => self.escaped(&mut word),
                b'\'' => {
                    self.at += 1;
                    self.single_quoted(&mut word);
                }
                b'"' => {
                    self.at += 1;
                    word.quoted = true;
                    word.begun = true;
                    self.double_quoted(&mut word, true);
                }
                b'`' => self.backticks(&mut word, false),
                b'$' => self.dollar(&mut word, false),
                b'*' | b'?' | 0 => {
                    self.at += 1;
                    word.unknown(byte == 0);
                }
                b'[' if self.ahead(1).is_some_and(|next| !ends_word(next) && next != b'[') => {
                    self.at += 1;
                    word.unknown(false);
                }
                b'{' | b',' | b'}' => {
                    self.at += 1;
                    word.marks.push(word.text.len());
                    word.push(byte);
                }
                _ => {
                    self.at += 1;
                    word.push(byte);
                }
            }
        }
        word
    }

    fn escaped(&mut self, word: &mut Builder) {
        self.at += 1;
        match self.next() {
            Some(b'\n') => {}
            Some(byte) => {
                word.quoted = true;
                word.push(byte);
            }
            None => word.push(b'\\'),
        }
    }

    fn single_quoted(&mut self, word: &mut Builder) {
        word.quoted = true;
        word.begun = true;
        loop {
            match self.next() {
                Some(b'\'') => return,
                Some(0) => word.unknown(false),
                Some(byte) => word.push(byte),
                None => return self.fail(Fault::Open),
            }
        }
    }

    /// Reads up to the closing quote, or to the end of a here-document's body.
    pub(super) fn double_quoted(&mut self, word: &mut Builder, closed: bool) {
        loop {
            match self.peek() {
                Some(b'"') if closed => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'\n') => self.at += 1,
                        Some(byte) if matches!(byte, b'$' | b'`' | b'\\') || (byte == b'"' && closed) => {
                            self.at += 1;
                            word.push(byte);
                        }
                        _ => word.push(b'\\'),
                    }
                }
                Some(b'`') => self.backticks(word, true),
                Some(b'$') => self.dollar(word, true),
                Some(0) => {
                    self.at += 1;
                    word.unknown(false);
                }
                Some(byte) => {
                    self.at += 1;
                    word.push(byte);
                }
                None if closed => return self.fail(Fault::Open),
                None => return,
            }
        }
    }

    /// Reads what a `$` begins.
    pub(super) fn dollar(&mut self, word: &mut Builder, quoted: bool) {
        let length = self.name_length(1);
        match self.ahead(1) {
            _ if length > 0 => {
                self.at += 1;
                let name = self.text(length);
                self.at += length;
                self.variable(&name, word, quoted);
            }
            Some(b'(') if self.ahead(2) == Some(b'(') && self.arithmetic(3) => word.unknown(false),
            Some(b'(') => {
                self.at += 2;
                self.nested();
                word.unknown(!quoted);
            }
            Some(b'{') => self.parameter(word, quoted),
            Some(b'\'') if !quoted => {
                self.at += 2;
                self.ansi_quoted(word);
            }
            Some(b'"') if !quoted => self.at += 1,
            Some(digit) if digit.is_ascii_digit() => {
                self.at += 2;
                self.positional(usize::from(digit - b'0'), word, quoted);
            }
            Some(b'@' | b'*') => {
                self.at += 2;
                self.all_positional(word);
            }
            Some(b'#' | b'?' | b'-' | b'$' | b'!') => {
                self.at += 2;
                word.unknown(false);
            }
            _ => {
                self.at += 1;
                word.push(b'$');
            }
        }
    }

    fn variable(&mut self, name: &str, word: &mut Builder, quoted: bool) {
        let variables = &self.out.around.variables;
        // Where words end is only known while IFS is what it was.
        let split = !quoted && variables.get("IFS").is_none_or(|own| own.as_deref() != Some(" "));
        match variables.get(name).cloned().flatten().filter(|_| !split) {
            Some(value) if self.out.spend(value.len()) => word.value(&value, quoted),
            _ => word.unknown(!quoted),
        }
    }

    fn positional(&mut self, number: usize, word: &mut Builder, quoted: bool) {
        let given = self.out.around.positional.as_ref();
        match given.and_then(|given| given.get(number.checked_sub(1)?)).cloned() {
            Some(value) if self.out.spend(value.text.len()) => word.value(&value.text, quoted),
            // Whoever calls the function may hand over an option here.
            _ => word.unknown(given_or_zero(number)),
        }
    }

    fn all_positional(&mut self, word: &mut Builder) {
        let Some(given) = self.out.around.positional.clone() else { return word.unknown(true) };
        for (number, value) in given.iter().enumerate() {
            if !self.out.spend(value.text.len()) {
                return;
            }
            if number > 0 {
                word.finish();
            }
            word.open |= value.open;
            word.value(&value.text, true);
        }
    }

    /// Reads `${...}`: a plain name has its value, everything else is unknown.
    fn parameter(&mut self, word: &mut Builder, quoted: bool) {
        let length = self.name_length(2);
        if length > 0 && self.ahead(2 + length) == Some(b'}') {
            self.at += 2;
            let name = self.text(length);
            self.at += length + 1;
            return self.variable(&name, word, quoted);
        }
        self.at += 2;
        if !self.out.deeper() {
            return;
        }
        let mut inner = Builder::default();
        let many = self.peek() == Some(b'@') || self.peek() == Some(b'*');
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'}') => break self.at += 1,
                Some(b'\\') => self.escaped(&mut inner),
                Some(b'\'') if !quoted => {
                    self.at += 1;
                    self.single_quoted(&mut inner);
                }
                Some(b'"') => {
                    self.at += 1;
                    self.double_quoted(&mut inner, true);
                }
                Some(b'`') => self.backticks(&mut inner, quoted),
                Some(b'$') => self.dollar(&mut inner, quoted),
                Some(_) => self.at += 1,
                None => break self.fail(Fault::Open),
            }
        }
        self.out.depth = self.out.depth.saturating_sub(1);
        let inside = self.bytes.get(start..self.at).unwrap_or_default();
        let many = many || [&b"[@]"[..], b"[*]"].iter().any(|all| memchr::memmem::find(inside, all).is_some());
        word.unknown(!quoted || many);
    }

    /// Reads a substitution in backticks; what it runs is read as a text of its own.
    fn backticks(&mut self, word: &mut Builder, quoted: bool) {
        self.at += 1;
        let mut inner = Vec::new();
        loop {
            match self.next() {
                Some(b'`') => break,
                Some(b'\\') => match self.next() {
                    Some(byte) if matches!(byte, b'`' | b'\\' | b'$') || (byte == b'"' && quoted) => inner.push(byte),
                    Some(byte) => inner.extend([b'\\', byte]),
                    None => return self.fail(Fault::Open),
                },
                Some(byte) => inner.push(byte),
                None => return self.fail(Fault::Open),
            }
        }
        self.script_of(&inner);
        word.unknown(!quoted);
    }

    /// Reads `<( )` or `>( )`.
    fn process(&mut self, word: &mut Builder) {
        self.at += 2;
        self.nested();
        word.unknown(false);
        word.process = true;
    }

    /// Steps over the brackets of a pattern such as `@(a|b)`.
    fn pattern_group(&mut self, word: &mut Builder) {
        let mut level = 0_usize;
        while let Some(byte) = self.next() {
            match byte {
                b'(' => level += 1,
                b')' => level -= 1,
                _ => {}
            }
            if level == 0 {
                return word.unknown(false);
            }
        }
        self.fail(Fault::Open);
    }
}

/// Says whether a `(` after this text continues a pattern.
fn extended(text: &[u8]) -> bool {
    matches!(text.last(), Some(b'@' | b'!' | b'+' | 0))
}

/// Says whether an unknown positional parameter may be anything; `$0` is the shell's name.
fn given_or_zero(number: usize) -> bool {
    number > 0
}
