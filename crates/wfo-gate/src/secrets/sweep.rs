//! The sweep as others use it: whole files, added lines, file names, and the redactor.
//! Chooses between overlapping places and puts them into the answer without their values.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use wfo_base::{Noted, Problem, codes};

use super::engine::{Engine, Hit, Look};
use super::place::{self, Order, Skip};
use super::position::{self, Walk};
use super::prose;
use super::rows::{Confidence, Kind, SecretRow, WordsRow};
use super::value::{Circumstances, Words};
use super::{Examined, Secret};
use crate::finding::fingerprint;

/// The rules, ready to look; many threads may use one.
#[derive(Debug)]
pub struct Sweep {
    engine: Engine,
}

impl Sweep {
    /// Makes a sweep of the rows in force. A row that is no good is a note and left out; the others stay.
    #[must_use]
    pub fn new(rows: &[SecretRow], words: &[WordsRow]) -> Noted<Self> {
        let mut notes = Vec::new();
        let mut fault = |message: String| {
            let problem = Problem::new(codes::TABLE_INVALID, message)
                .hint("correct the row, then run `wfo-helper data check`")
                .in_file("secrets.yaml");
            notes.push(problem.warning());
        };
        let mut good: Vec<SecretRow> = Vec::with_capacity(rows.len());
        for row in rows {
            match row.check_shape() {
                Ok(()) => good.push(row.clone()),
                Err(message) => fault(message),
            }
        }
        for row in &good {
            if !row.names.is_empty() && !words.iter().any(|list| list.id == row.names) {
                fault(format!("`{}` asks for names `{}`, which `secret-words.yaml` has not", row.id, row.names));
            }
        }
        let engine = match Engine::new(good, Words::of(words)) {
            Ok(engine) => engine,
            Err(message) => {
                fault(format!("the keywords are not usable: {message}"));
                Engine::empty()
            }
        };
        Noted { value: Self { engine }, notes }
    }

    /// Returns how many rules there are.
    #[must_use]
    pub fn rules(&self) -> usize {
        self.engine.rules.len()
    }

    /// Returns what was wrong with patterns that were asked for: their rules found nothing, so no text is clean.
    #[must_use]
    pub fn faults(&self) -> Vec<Problem> {
        let faults = self.engine.rules.iter().filter_map(super::engine::Rule::fault);
        let hint = "correct the row, then run `wfo-helper data check`";
        faults.map(|fault| Problem::new(codes::TABLE_INVALID, fault).hint(hint).in_file("secrets.yaml")).collect()
    }

    /// Looks at a file as its path asks for: not at what is no text, and at other people's only for formats of high confidence.
    #[must_use]
    pub fn examine(&self, path: &str, text: &[u8]) -> Examined {
        let skipped = place::skip(path, text);
        if skipped.is_some_and(Skip::whole) {
            return Examined { skipped, ..Examined::default() };
        }
        let (secrets, allowed) = self.look(path, text, skipped.is_some(), &|_| true);
        Examined { secrets, allowed, skipped }
    }

    /// Looks at a text of any size; what its lines allow is left out.
    #[must_use]
    pub fn scan(&self, path: &str, text: &[u8]) -> Vec<Secret> {
        self.look(path, text, false, &|_| true).0
    }

    /// As [`Sweep::scan`], with what its lines allow: for text that is no file, such as standard input.
    #[must_use]
    pub fn read(&self, path: &str, text: &[u8]) -> Examined {
        let (secrets, allowed) = self.look(path, text, false, &|_| true);
        Examined { secrets, allowed, skipped: None }
    }

    /// Looks at the lines (from 1) of a new text that a change added; a secret over several lines counts when one of them is new.
    #[must_use]
    pub fn scan_added(&self, path: &str, text: &[u8], lines: &[RangeInclusive<u64>]) -> Examined {
        let skipped = place::skip(path, text);
        if skipped.is_some_and(Skip::whole) {
            return Examined { skipped, ..Examined::default() };
        }
        let new = |span: &RangeInclusive<u64>| {
            lines.iter().any(|range| range.start() <= span.end() && span.start() <= range.end())
        };
        let (secrets, allowed) = self.look(path, text, skipped.is_some(), &new);
        Examined { secrets, allowed, skipped }
    }

    /// Looks for secrets in the words of a path.
    #[must_use]
    pub fn scan_name(&self, path: &str) -> Vec<Secret> {
        self.look("", path.as_bytes(), false, &|_| true).0
    }

    /// Returns what the path alone says, such as the file of a private key.
    #[must_use]
    pub fn file_name(&self, path: &str) -> Option<Secret> {
        let around = place::circumstances(path, &self.engine.words);
        let index = self.engine.of_path(path, Kind::Path).next()?;
        let row = &self.engine.rules.get(index)?.row;
        let confidence = if row.tests && around.test { Confidence::Low } else { row.confidence };
        Some(Secret {
            rule: row.id.clone(),
            title: row.title.clone(),
            confidence,
            line: 1,
            column: 1,
            length: 0,
            fingerprint: fingerprint(&row.id, path, b""),
            span: 0..0,
            reason: None,
        })
    }

    /// Returns the text with every value of any confidence replaced by `[REDACTED rule length]`, allowed ones too.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let around = Circumstances { settings: true, ..Circumstances::default() };
        let mut hits = self.engine.hits(Look { path: "", text: text.as_bytes(), around, formats: false });
        if hits.is_empty() {
            return Cow::Borrowed(text);
        }
        hits.sort_by_key(|hit| (hit.span.start, hit.rule));
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        let mut rest = hits.into_iter().peekable();
        while let Some(hit) = rest.next() {
            let mut span = hit.span.clone();
            while let Some(next) = rest.next_if(|next| next.span.start < span.end) {
                span.end = span.end.max(next.span.end);
            }
            let span = whole_characters(text, span);
            out.push_str(text.get(at..span.start).unwrap_or_default());
            let id = self.engine.rules.get(hit.rule).map_or("secret", |rule| rule.row.id.as_str());
            let length = text.get(span.clone()).map_or(0, |value| value.chars().count());
            out.push_str(&format!("[REDACTED {id} {length}]"));
            at = span.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// Says which rules had their pattern compiled.
    #[cfg(test)]
    pub(super) fn compiled(&self) -> Vec<&str> {
        let compiled = self.engine.rules.iter().filter(|rule| rule.compiled());
        compiled.map(|rule| rule.row.id.as_str()).collect()
    }

    /// Returns what is found on lines that `wanted` says yes to: first what counts, then what its line allows.
    fn look(
        &self,
        path: &str,
        text: &[u8],
        formats: bool,
        wanted: &dyn Fn(&RangeInclusive<u64>) -> bool,
    ) -> (Vec<Secret>, Vec<Secret>) {
        let decoded = decoded(text);
        let (text, mark) = match decoded.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (rest, 3),
            None => (&*decoded, 0),
        };
        let around = place::circumstances(path, &self.engine.words);
        let mut hits = best(self.engine.hits(Look { path, text, around, formats }));
        self.lower_in_prose(path, text, &mut hits);
        let mut walk = Walk::new(text);
        let mut out = (Vec::new(), Vec::new());
        for hit in hits {
            let (line, column) = walk.go(hit.span.start);
            let Some(value) = text.get(hit.span.clone()) else { continue };
            let last = line + memchr::memchr_iter(b'\n', value).count() as u64;
            let Some(rule) = self.engine.rules.get(hit.rule).filter(|_| wanted(&(line..=last))) else { continue };
            let secret = Secret {
                rule: rule.row.id.clone(),
                title: rule.row.title.clone(),
                confidence: hit.confidence,
                line,
                column,
                length: position::characters(value),
                fingerprint: fingerprint(&rule.row.id, path, value),
                span: hit.span.start + mark..hit.span.end + mark,
                reason: position::allowed(text, &hit.span),
            };
            let side = if secret.reason.is_some() { &mut out.1 } else { &mut out.0 };
            side.push(secret);
        }
        out
    }
}

impl Sweep {
    /// Lowers what stands in text for people, for rules that ask for it.
    fn lower_in_prose(&self, path: &str, text: &[u8], hits: &mut [Hit]) {
        let rules = &self.engine.rules;
        let lowers =
            |hit: &Hit| hit.confidence > Confidence::Low && rules.get(hit.rule).is_some_and(|rule| rule.row.tests);
        if !hits.iter().any(lowers) {
            return;
        }
        let places = prose::places(path, text, &self.engine.words);
        let inside = |hit: &Hit| {
            let next = places.partition_point(|place| place.end <= hit.span.start);
            places.get(next).is_some_and(|place| place.start <= hit.span.start)
        };
        for hit in hits.iter_mut().filter(|hit| lowers(hit) && inside(hit)) {
            hit.confidence = Confidence::Low;
        }
    }
}

/// Keeps one of overlapping places: the surer one, then the one whose rule stands first.
fn best(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.confidence), hit.rule));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.span.start < last.span.end => {
                let better =
                    (std::cmp::Reverse(hit.confidence), hit.rule) < (std::cmp::Reverse(last.confidence), last.rule);
                if better {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}

/// Widens a range of bytes until it starts and ends between characters.
fn whole_characters(text: &str, mut span: Range<usize>) -> Range<usize> {
    while !text.is_char_boundary(span.start) {
        span.start -= 1;
    }
    while !text.is_char_boundary(span.end) {
        span.end += 1;
    }
    span
}

/// Returns UTF-16 as UTF-8, all else as it is.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(order) = place::utf16(text) else { return Cow::Borrowed(text) };
    let marked = text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff");
    let bytes = text.get(if marked { 2 } else { 0 }..).unwrap_or_default();
    let units = bytes.chunks(2).map(|pair| match (order, pair) {
        (Order::Little, [a, b]) => u16::from_le_bytes([*a, *b]),
        (Order::Big, [a, b]) => u16::from_be_bytes([*a, *b]),
        _ => 0xfffd,
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
    Cow::Owned(text.into_bytes())
}
