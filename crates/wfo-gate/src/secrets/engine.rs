//! Finds the places of secrets: one pass for the keywords of all rules, and a pattern only where one of its keywords stands.
//! A rule looks at no byte more than a few times, however many keywords there are; nothing is compiled before it is asked for.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Captures, Regex};

use super::keywords::Keywords;
use super::place::path_matches;
use super::position;
use super::rows::{Confidence, Kind, SecretRow};
use super::value::{self, Circumstances, Words};
use super::{assign, encoded, sql};

/// Bytes of a line that are looked at before and after a keyword.
const BEFORE: usize = 512;
const AFTER: usize = 4 << 10;

/// Bytes from a keyword on that a block may have.
const BLOCK: usize = 24 << 10;

/// A rule with its pattern, which is compiled when it is first asked for.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) row: SecretRow,
    regex: OnceLock<Result<Regex, String>>,
}

impl Rule {
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.row.compile()).as_ref().ok()
    }

    /// Says why the pattern could not be compiled, when it was asked for and could not.
    pub(super) fn fault(&self) -> Option<&str> {
        self.regex.get().and_then(|regex| regex.as_ref().err()).map(String::as_str)
    }

    /// Says whether the pattern was asked for.
    #[cfg(test)]
    pub(super) fn compiled(&self) -> bool {
        self.regex.get().is_some()
    }
}

/// A place that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) rule: usize,
    pub(super) span: Range<usize>,
    pub(super) confidence: Confidence,
}

/// All rules, ready to look.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) rules: Vec<Rule>,
    pub(super) words: Words,
    keywords: Keywords,
    /// For each keyword the rules that it belongs to.
    askers: Vec<Vec<usize>>,
}

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// The path for rules of files, or nothing.
    pub(super) path: &'a str,
    pub(super) text: &'a [u8],
    pub(super) around: Circumstances,
    /// Only rules of high confidence, and no assignments.
    pub(super) formats: bool,
}

impl Engine {
    /// Puts the keywords of all rules into one automaton.
    pub(super) fn new(rows: Vec<SecretRow>, words: Words) -> Result<Self, String> {
        let mut keywords: Vec<String> = Vec::new();
        let mut askers: Vec<Vec<usize>> = Vec::new();
        for (rule, row) in rows.iter().enumerate() {
            for keyword in &row.keywords {
                match keywords.iter().position(|known| known == keyword).and_then(|at| askers.get_mut(at)) {
                    Some(rules) => rules.push(rule),
                    None => {
                        keywords.push(keyword.clone());
                        askers.push(vec![rule]);
                    }
                }
            }
        }
        let keywords = Keywords::new(keywords)?;
        let rules = rows.into_iter().map(|row| Rule { row, regex: OnceLock::new() }).collect();
        Ok(Self { rules, words, keywords, askers })
    }

    /// Returns an engine without rules.
    pub(super) fn empty() -> Self {
        Self { rules: Vec::new(), words: Words::default(), keywords: Keywords::default(), askers: Vec::new() }
    }

    /// Returns the rules of paths that a path has.
    pub(super) fn of_path<'a>(&'a self, path: &'a str, kind: Kind) -> impl Iterator<Item = usize> + 'a {
        let asks = move |row: &SecretRow| row.kind == kind && row.paths.iter().any(|glob| path_matches(glob, path));
        self.rules.iter().enumerate().filter(move |(_, rule)| asks(&rule.row)).map(|(index, _)| index)
    }

    /// Returns every place that any rule finds, overlapping ones too, in no order.
    pub(super) fn hits(&self, look: Look<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut done = vec![0usize; self.rules.len()];
        for found in self.keywords.found_in(look.text) {
            let Some(rules) = self.askers.get(found.pattern().as_usize()) else { continue };
            for index in rules {
                let (Some(rule), Some(done)) = (self.rules.get(*index), done.get_mut(*index)) else { continue };
                if found.start() >= *done {
                    self.near(look, *index, rule, found.range(), done, &mut hits);
                }
            }
        }
        if !look.path.is_empty() && !look.formats {
            for index in self.of_path(look.path, Kind::Sql) {
                self.columns(look, index, &mut hits);
            }
            for index in self.of_path(look.path, Kind::File) {
                if let Some(regex) = self.rules.get(index).and_then(Rule::regex) {
                    self.all(look, index, regex, 0..look.text.len(), &mut hits);
                }
            }
        }
        if look.around.settings && !look.formats {
            self.encoded(look, &mut hits);
        }
        hits
    }

    /// Takes what password columns of a dump hold.
    fn columns(&self, look: Look<'_>, index: usize, hits: &mut Vec<Hit>) {
        let Some(rule) = self.rules.get(index) else { return };
        let wanted = |name: &str| assign::names_secret(&self.words, &rule.row.names, name);
        for span in sql::values(look.text, &wanted) {
            let Some(found) = look.text.get(span.clone()) else { continue };
            if let Some(confidence) = value::judge(&rule.row, &self.words, found, None, look.around) {
                hits.push(Hit { rule: index, span, confidence });
            }
        }
    }

    /// Looks once into base64 for formats of high confidence; the place is that of the whole encoded run.
    fn encoded(&self, look: Look<'_>, hits: &mut Vec<Hit>) {
        for span in encoded::runs(look.text) {
            let Some(text) = look.text.get(span.clone()).and_then(encoded::text) else { continue };
            let inner = Look { path: "", text: &text, around: Circumstances::default(), formats: true };
            let surest = self.hits(inner).into_iter().max_by_key(|hit| hit.confidence);
            hits.extend(surest.map(|hit| Hit { span, ..hit }));
        }
    }

    fn near(
        &self,
        look: Look<'_>,
        index: usize,
        rule: &Rule,
        keyword: Range<usize>,
        done: &mut usize,
        hits: &mut Vec<Hit>,
    ) {
        if look.formats && (rule.row.kind == Kind::Assign || rule.row.confidence < Confidence::High) {
            return;
        }
        match rule.row.kind {
            Kind::Prefix | Kind::Block => {
                let inside = rule.row.confidence < Confidence::High && encoded::runs_up_to(look.text, keyword.start);
                if inside || !begins(look.text, keyword.start) {
                    return;
                }
                let mut look = look;
                look.around.local |= assign::is_behind(look.text, keyword.start, &rule.row.public_after);
                let reach = if rule.row.kind == Kind::Block { BLOCK } else { AFTER * 2 };
                let end = keyword.start.saturating_add(reach).min(look.text.len());
                let (Some(part), Some(regex)) = (look.text.get(keyword.start..end), rule.regex()) else { return };
                let Some(captures) = regex.captures(part) else { return };
                if ends(look.text, keyword.start + captures.get(0).map_or(0, |all| all.end()), &rule.row) {
                    self.take(look, index, &captures, keyword.start, hits);
                    *done = keyword.start + captures.get(0).map_or(0, |all| all.end());
                }
            }
            Kind::Line => {
                let Some(regex) = rule.regex() else { return };
                let line = position::line(look.text, &keyword, BEFORE, AFTER);
                // What the window cuts is seen whole by a later one.
                let cut = line.end == keyword.end + AFTER;
                *done = if cut { keyword.end + AFTER / 2 } else { line.end };
                self.all(look, index, regex, line, hits);
            }
            Kind::Assign => self.assigned(look, index, keyword, done, hits),
            Kind::File | Kind::Sql | Kind::Path => {}
        }
    }

    /// Takes every match of a pattern within a range; what is before the range still counts for `^` and `\b`.
    fn all(&self, look: Look<'_>, index: usize, regex: &Regex, range: Range<usize>, hits: &mut Vec<Hit>) {
        let Some(text) = look.text.get(..range.end) else { return };
        let mut at = range.start;
        while at <= text.len() {
            let Some(captures) = regex.captures_at(text, at) else { return };
            let end = captures.get(0).map_or(text.len(), |all| all.end());
            self.take(look, index, &captures, 0, hits);
            // A sign that ends one match may be the one before the next.
            let value = group(&captures).map_or(end, |span| span.end);
            at = value.max(at + 1);
        }
    }

    fn take(&self, look: Look<'_>, index: usize, captures: &Captures<'_>, offset: usize, hits: &mut Vec<Hit>) {
        let Some(rule) = self.rules.get(index) else { return };
        let Some(span) = group(captures) else { return };
        let span = span.start + offset..span.end + offset;
        let Some(found) = look.text.get(span.clone()) else { return };
        let body = captures.name("body").map(|body| body.as_bytes());
        let mut around = look.around;
        around.quoted = true;
        if let Some(host) = captures.name("host").map(|host| String::from_utf8_lossy(host.as_bytes()).to_lowercase()) {
            let same = captures.name("user").is_some_and(|user| user.as_bytes() == found);
            around.local |= same || !host.contains('.') || self.words.has("local-hosts", &host) || example_host(&host);
        }
        if let Some(confidence) = value::judge(&rule.row, &self.words, found, body, around) {
            hits.push(Hit { rule: index, span, confidence });
        }
    }

    fn assigned(&self, look: Look<'_>, index: usize, keyword: Range<usize>, done: &mut usize, hits: &mut Vec<Hit>) {
        let Some(rule) = self.rules.get(index) else { return };
        let name = assign::name(look.text, keyword.clone());
        *done = name.end;
        let after = look.text.get(name.end).copied().unwrap_or(b'\n');
        if !b"=: \t\"'`>,])}?|+\\".contains(&after) {
            return;
        }
        let line = position::line(look.text, &name, 0, AFTER);
        let Some(assigned) = assign::read(look.text, name, line.end) else { return };
        if !assigned.quoted && !look.around.settings {
            return;
        }
        // What is inside a value is no name: each byte is read once.
        *done = assigned.value.end;
        let (Some(name), Some(found)) = (look.text.get(assigned.name.clone()), look.text.get(assigned.value.clone()))
        else {
            return;
        };
        if found.len() < 4 || name.eq_ignore_ascii_case(found) {
            return;
        }
        let name = String::from_utf8_lossy(name);
        if !assign::names_secret(&self.words, &rule.row.names, &name) {
            return;
        }
        let passing = !look.around.settings && assign::names_passing(&self.words, &name);
        let around = Circumstances { quoted: assigned.quoted, local: look.around.local || passing, ..look.around };
        if let Some(confidence) = value::judge(&rule.row, &self.words, found, None, around) {
            hits.push(Hit { rule: index, span: assigned.value, confidence });
        }
    }
}

/// Returns the part of a match that is the secret: the group `value` or `value2`, or all of it.
fn group(captures: &Captures<'_>) -> Option<Range<usize>> {
    ["value", "value2"].iter().find_map(|name| captures.name(name)).or_else(|| captures.get(0)).map(|part| part.range())
}

/// Says whether something new begins: no letter or digit is before, but for the end of an escape (`\n`, `%3D`).
fn begins(text: &[u8], at: usize) -> bool {
    let back = |count: usize| at.checked_sub(count).and_then(|place| text.get(place)).copied().unwrap_or(b' ');
    let first = text.get(at).copied().unwrap_or(b' ');
    !first.is_ascii_alphanumeric()
        || !back(1).is_ascii_alphanumeric()
        || (back(2) == b'\\' && b"nrt".contains(&back(1)))
        || (back(3) == b'%' && back(1).is_ascii_hexdigit() && back(2).is_ascii_hexdigit())
}

/// Says whether a match is not only the front of something longer.
fn ends(text: &[u8], at: usize, row: &SecretRow) -> bool {
    let last = at.checked_sub(1).and_then(|place| text.get(place)).copied().unwrap_or(b' ');
    let next = text.get(at).copied().unwrap_or(b' ');
    let longer = next.is_ascii_alphanumeric() || (next == b'_' && row.checksum.is_none());
    row.kind == Kind::Block
        || !last.is_ascii()
        || last.is_ascii_punctuation() && last != b'_' && last != b'-'
        || !longer
}

fn example_host(host: &str) -> bool {
    ["example", "localhost", ".local", ".internal", ".test", ".invalid", "127.0.0.1", "192.168."]
        .iter()
        .any(|part| host.contains(part))
}
