//! Lists, compound commands, simple commands and redirections.
//! Never checks that `if` has its `fi`: every command inside is taken as one that may run.

use super::cursor::{Cursor, ends_word};
use super::{Command, Fault, Step, Word};

/// Where a list of commands ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the text.
    End,
    /// At `)`.
    Bracket,
    /// At `;;`, `;&` or `esac`, which are left standing.
    Arm,
}

/// Words that may stand before a command and change nothing about which commands there are.
const RESERVED: [&[u8]; 14] =
    [b"if", b"then", b"elif", b"else", b"fi", b"while", b"until", b"do", b"done", b"{", b"}", b"!", b"coproc", b"esac"];

impl Cursor<'_, '_, '_> {
    /// Reads commands up to where they end; steps over a closing bracket.
    pub(super) fn list(&mut self, until: Until) {
        let mut piped = false;
        loop {
            self.blanks();
            let Some(byte) = self.peek() else {
                if until != Until::End {
                    self.fail(Fault::Open);
                }
                return;
            };
            match byte {
                // A pipe may be followed by the end of the line.
                b'\n' => self.line_end(),
                b';' if until == Until::Arm && matches!(self.ahead(1), Some(b';' | b'&')) => return,
                b';' => {
                    self.at += 1;
                    piped = false;
                }
                b'&' if self.ahead(1) != Some(b'>') => {
                    self.at += if self.ahead(1) == Some(b'&') { 2 } else { 1 };
                    piped = false;
                }
                b'|' => {
                    piped = self.ahead(1) != Some(b'|');
                    self.at += if matches!(self.ahead(1), Some(b'|' | b'&')) { 2 } else { 1 };
                }
                b'(' if self.ahead(1) == Some(b'(') && self.arithmetic(2) => {}
                b'(' => {
                    self.at += 1;
                    self.nested();
                }
                b')' if until == Until::Bracket => {
                    self.at += 1;
                    return;
                }
                b')' => return self.fail(Fault::Stray),
                _ if until == Until::Arm && self.bare() == b"esac" => return,
                _ => {
                    let before = self.at;
                    if self.command(piped) {
                        piped = false;
                    }
                    if self.at == before {
                        return self.fail(Fault::Stray);
                    }
                }
            }
        }
    }

    /// Reads the commands of a subshell or substitution, behind its opening bracket.
    pub(super) fn nested(&mut self) {
        if !self.out.deeper() {
            return;
        }
        self.out.script.steps.push(Step::Enter);
        self.list(Until::Bracket);
        self.out.script.steps.push(Step::Leave);
        self.out.depth = self.out.depth.saturating_sub(1);
    }

    /// Reads a text of its own, such as what stands in backticks.
    pub(super) fn script_of(&mut self, text: &[u8]) {
        if !self.out.spend(text.len()) || !self.out.deeper() {
            return;
        }
        self.out.script.steps.push(Step::Enter);
        Cursor::new(text, self.out).list(Until::End);
        self.out.script.steps.push(Step::Leave);
        self.out.depth = self.out.depth.saturating_sub(1);
    }

    /// Returns the unquoted word that stands here.
    fn bare(&self) -> &[u8] {
        let rest = self.rest();
        // No reserved word is longer.
        let length = rest.iter().take(9).position(|byte| ends_word(*byte)).unwrap_or(rest.len().min(9));
        rest.get(..length).unwrap_or_default()
    }

    /// Reads what stands where a command may begin; says whether it was more than a word before a command.
    fn command(&mut self, piped: bool) -> bool {
        let bare = self.bare();
        if RESERVED.contains(&bare) {
            self.at += bare.len();
            return false;
        }
        match bare {
            b"for" | b"select" => self.for_head(),
            b"case" => self.case(),
            b"[[" => self.condition(),
            b"function" => {
                self.at += bare.len();
                self.blanks();
                self.word();
                self.function_brackets();
                return false;
            }
            _ => return self.simple(piped),
        }
        true
    }

    fn function_brackets(&mut self) -> bool {
        let before = self.at;
        self.blanks();
        if self.skip(b"(") {
            self.blanks();
            if self.skip(b")") {
                return true;
            }
        }
        self.at = before;
        false
    }

    /// Reads `for NAME in words` or `for (( ))`, up to what ends the list.
    fn for_head(&mut self) {
        while self.peek().is_some_and(|byte| !ends_word(byte)) {
            self.at += 1;
        }
        self.blanks();
        if self.peek() == Some(b'(') && self.ahead(1) == Some(b'(') && self.arithmetic(2) {
            return;
        }
        let length = self.name_length(0);
        let name = self.text(length);
        self.at += length;
        self.blanks_and_lines();
        let mut values = Vec::new();
        if self.bare() == b"in" {
            self.at += 2;
            loop {
                self.blanks();
                let before = self.at;
                values.extend(self.word().into_words());
                if self.at == before {
                    break;
                }
            }
        }
        let only = if let [value] = values.as_slice() { value.literal().map(str::to_owned) } else { None };
        self.out.assign(&name, only);
    }

    /// Reads a whole `case`.
    fn case(&mut self) {
        if !self.out.deeper() {
            return;
        }
        self.at += 4;
        self.blanks_and_lines();
        self.word();
        self.blanks_and_lines();
        if !self.skip(b"in") {
            return self.fail(Fault::Stray);
        }
        loop {
            self.blanks_and_lines();
            if self.bare() == b"esac" {
                self.at += 4;
                break;
            }
            self.skip(b"(");
            loop {
                self.blanks_and_lines();
                self.word();
                self.blanks();
                if !self.skip(b"|") {
                    break;
                }
            }
            if !self.skip(b")") {
                return self.fail(if self.peek().is_none() { Fault::Open } else { Fault::Stray });
            }
            self.list(Until::Arm);
            if self.peek().is_none() {
                return self.fail(Fault::Open);
            }
            let _ = self.skip(b";;&") || self.skip(b";;") || self.skip(b";&");
        }
        self.out.depth = self.out.depth.saturating_sub(1);
    }

    /// Reads `[[ ... ]]`, whose operators are no commands.
    fn condition(&mut self) {
        loop {
            self.blanks_and_lines();
            match self.peek() {
                None => return self.fail(Fault::Open),
                Some(b']') if self.skip(b"]]") => return,
                Some(byte) if ends_word(byte) => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    self.word();
                    if self.at == before {
                        self.at += 1;
                    }
                }
            }
        }
    }

    /// Steps over `(( ))` if that is what stands here, `ahead` bytes before its content; notes its substitutions.
    pub(super) fn arithmetic(&mut self, ahead: usize) -> bool {
        let content = self.rest().get(ahead..).unwrap_or_default();
        let mut level = 0_usize;
        let mut length = None;
        let mut looked = 0;
        for (at, byte) in content.iter().enumerate() {
            looked = at;
            match byte {
                b'(' => level += 1,
                b')' if level == 0 => {
                    length = (content.get(at + 1) == Some(&b')')).then_some(at);
                    break;
                }
                b')' => level -= 1,
                // Only commands hold these.
                b'\n' | b';' | b'\'' if ahead == 3 => break,
                _ => {}
            }
        }
        if !self.out.spend(looked) {
            return true;
        }
        let Some(length) = length else { return false };
        if !self.out.deeper() {
            return true;
        }
        let inner = content.get(..length).unwrap_or_default();
        self.at += ahead + length + 2;
        let mut ignored = super::words::Builder::default();
        Cursor::new(inner, self.out).double_quoted(&mut ignored, false);
        self.out.depth = self.out.depth.saturating_sub(1);
        true
    }

    /// Reads a simple command; says whether it was more than the head of a function.
    fn simple(&mut self, piped: bool) -> bool {
        let mut command = Command { piped, ..Command::default() };
        loop {
            self.blanks();
            let Some(byte) = self.peek() else { break };
            if self.redirect(&mut command) || (command.words.is_empty() && self.assignment(&mut command)) {
                continue;
            }
            if byte == b'(' && command.words.len() == 1 && self.function_brackets() {
                return false;
            }
            if byte == b'(' {
                self.fail(Fault::Stray);
            }
            if ends_word(byte) && !(matches!(byte, b'<' | b'>') && self.ahead(1) == Some(b'(')) {
                break;
            }
            let before = self.at;
            let words = self.word().into_words();
            command.words.extend(words);
            if self.at == before {
                break;
            }
        }
        self.note_variables(&command);
        self.out.script.steps.push(Step::Run(command));
        true
    }

    /// Reads `NAME=value`, `NAME+=value`, `NAME[...]=value` or `NAME=(...)` if one stands here.
    fn assignment(&mut self, command: &mut Command) -> bool {
        let length = self.name_length(0);
        if length == 0 {
            return false;
        }
        let mut equals = length;
        if self.ahead(equals) == Some(b'[') {
            let rest = self.rest().get(equals..).unwrap_or_default();
            match rest.iter().take(256).position(|byte| *byte == b']' || ends_word(*byte)) {
                Some(close) if rest.get(close) == Some(&b']') => equals += close + 1,
                _ => return false,
            }
        }
        let plain = equals == length;
        let appends = self.ahead(equals) == Some(b'+');
        equals += usize::from(appends);
        if self.ahead(equals) != Some(b'=') {
            return false;
        }
        let name = self.text(length);
        self.at += equals + 1;
        let mut value = if self.skip(b"(") { self.array() } else { self.word().into_one() };
        if appends || !plain {
            value = Word::unknown();
        }
        command.assignments.push((name, value));
        true
    }

    /// Reads the words of an array up to its bracket.
    fn array(&mut self) -> Word {
        loop {
            self.blanks_and_lines();
            if self.skip(b")") {
                return Word::unknown();
            }
            let before = self.at;
            self.word();
            if self.at == before {
                self.fail(Fault::Stray);
                return Word::unknown();
            }
        }
    }

    /// Keeps what a command sets in the shell itself.
    fn note_variables(&mut self, command: &Command) {
        let first = command.words.first().and_then(Word::literal);
        match first {
            None if command.words.is_empty() => {
                for (name, value) in &command.assignments {
                    self.out.assign(name, value.literal().map(str::to_owned));
                }
            }
            Some("export" | "declare" | "typeset" | "local" | "readonly") => {
                for word in command.words.iter().skip(1) {
                    if let Some((name, value)) = word.text.split_once('=') {
                        let value = (!value.contains(super::UNKNOWN)).then(|| value.to_owned());
                        self.out.assign(name, value);
                    }
                }
            }
            Some("read" | "mapfile" | "readarray" | "printf" | "unset" | "getopts" | "let") => {
                for word in command.words.iter().skip(1) {
                    if self.out.around.variables.contains_key(&word.text) {
                        self.out.around.variables.insert(word.text.clone(), None);
                    }
                }
            }
            _ => {}
        }
    }
}
