//! Values of password columns in database dumps: the columns come from `CREATE TABLE`, `INSERT INTO t (...)` or `COPY t (...)`.
//! Reads each byte once; what is no such statement is passed by.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;

/// The most columns of a table that are looked at.
const COLUMNS: usize = 400;

/// The longest value of a password column, in bytes.
const LONGEST: usize = 300;

/// Returns the places of the values whose column `wanted` says yes to.
pub(super) fn values(text: &[u8], wanted: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let statements = ["create table", "insert into", "copy "];
    let Ok(search) = AhoCorasick::builder().ascii_case_insensitive(true).build(statements) else { return out };
    let mut tables: HashMap<String, Vec<usize>> = HashMap::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| search.find(rest)) {
        let mut reader = Reader { text, at: at + found.end() };
        let name = reader.name();
        match found.pattern().as_usize() {
            0 => {
                let columns = reader.columns(wanted);
                tables.insert(name, columns);
            }
            1 => {
                let listed = if reader.peek() == Some(b'(') { Some(reader.columns(wanted)) } else { None };
                let columns = listed.or_else(|| tables.get(&name).cloned()).unwrap_or_default();
                reader.tuples(&columns, &mut out);
            }
            _ => {
                let columns = reader.columns(wanted);
                reader.copied(&columns, &mut out);
            }
        }
        at = reader.at.max(at + found.end());
    }
    out
}

/// A place in the dump.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.byte().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.byte()
    }

    /// Reads a name with its quotes and its schema; words such as `IF NOT EXISTS` go into it and do no harm.
    fn name(&mut self) -> String {
        let from = self.at;
        while self.byte().is_some_and(|b| b != b'(' && b != b';' && self.at - from < 200) && !self.keyword(b"values") {
            self.at += 1;
        }
        let words = String::from_utf8_lossy(self.text.get(from..self.at).unwrap_or_default()).to_lowercase();
        let last = words.split_whitespace().next_back().unwrap_or_default();
        last.rsplit('.').next().unwrap_or(last).trim_matches(['`', '"', '[', ']']).to_owned()
    }

    fn keyword(&self, word: &[u8]) -> bool {
        self.text.get(self.at..self.at + word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word))
    }

    /// Reads `(a, b type(1), ...)` and returns which columns are wanted.
    fn columns(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<usize> {
        let mut out = Vec::new();
        if self.peek() != Some(b'(') {
            return out;
        }
        self.at += 1;
        for index in 0..COLUMNS {
            self.blanks();
            let from = self.at;
            let part = |b: u8| b.is_ascii_alphanumeric() || b"_`\"[]".contains(&b);
            while self.byte().is_some_and(part) {
                self.at += 1;
            }
            let name = String::from_utf8_lossy(self.text.get(from..self.at).unwrap_or_default()).into_owned();
            if name.len() < 80 && wanted(name.trim_matches(['`', '"', '[', ']'])) {
                out.push(index);
            }
            if !self.next_item(&mut None) {
                break;
            }
        }
        out
    }

    /// Goes behind the next comma and says yes, or behind the bracket that closes and says no; keeps the last quoted text.
    fn next_item(&mut self, quoted: &mut Option<Range<usize>>) -> bool {
        let mut depth = 0usize;
        while let Some(byte) = self.byte() {
            self.at += 1;
            match byte {
                b'\'' => *quoted = Some(self.string()),
                b'(' => depth += 1,
                b')' if depth == 0 => return false,
                b')' => depth -= 1,
                b',' if depth == 0 => return true,
                b';' => {
                    self.at -= 1;
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    /// Reads up to the quote that closes: `''` and `\'` do not.
    fn string(&mut self) -> Range<usize> {
        let from = self.at;
        while let Some(byte) = self.byte() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\'' if self.byte() == Some(b'\'') => self.at += 1,
                b'\'' => return from..self.at - 1,
                _ => {}
            }
        }
        self.at = self.text.len();
        from..from
    }

    /// Reads `VALUES (...), (...);`.
    fn tuples(&mut self, columns: &[usize], out: &mut Vec<Range<usize>>) {
        self.blanks();
        if !self.keyword(b"values") {
            return;
        }
        self.at += b"values".len();
        while self.peek() == Some(b'(') {
            self.at += 1;
            for index in 0.. {
                let mut quoted = None;
                let more = self.next_item(&mut quoted);
                if let Some(span) =
                    quoted.filter(|span| columns.contains(&index) && (1..=LONGEST).contains(&span.len()))
                {
                    out.push(span);
                }
                if !more {
                    break;
                }
            }
            if self.peek() == Some(b',') {
                self.at += 1;
            }
        }
    }

    /// Reads the lines behind `FROM stdin;` up to the line `\.`.
    fn copied(&mut self, columns: &[usize], out: &mut Vec<Range<usize>>) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let head = rest.get(..rest.len().min(80)).unwrap_or_default();
        if columns.is_empty() || !String::from_utf8_lossy(head).to_lowercase().trim_start().starts_with("from stdin") {
            return;
        }
        let mut first = true;
        for line in rest.split_inclusive(|b| *b == b'\n') {
            let start = self.at;
            self.at += line.len();
            if line.starts_with(b"\\.") {
                return;
            }
            if !std::mem::take(&mut first) {
                let mut from = start;
                for (index, field) in line.trim_ascii_end().split(|b| *b == b'\t').enumerate() {
                    if columns.contains(&index) && (1..=LONGEST).contains(&field.len()) && field != b"\\N" {
                        out.push(from..from + field.len());
                    }
                    from += field.len() + 1;
                }
            }
        }
    }
}
