//! Reads one line of a transcript into the responses it records: tolerant of everything that leaves the figures certain.
//! Counts nothing twice on purpose and nothing away: which of several records of a response is kept is the index's affair.

mod instant;
mod loose;
mod record;

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use sha2::{Digest, Sha256};

use crate::tier::Tier;
use crate::tokens::Tokens;
use record::{Extra, Record, Whole};

/// Lines above this many bytes are not mended when they do not parse as they are.
const MEND_LIMIT: usize = 16 << 20;

/// The model's name on messages that the client made up itself.
const SYNTHETIC: &str = "<synthetic>";

/// The model of an adviser whose name is not recorded; no price table knows it.
const ADVISER: &str = "advisor";

/// The longest name of a model, and the longest of the other texts, in bytes; longer ones are as absent.
const MODEL_LIMIT: usize = 256;
const TEXT_LIMIT: usize = 4096;

/// What the client's records begin with, and how many such places of one line are tried.
const STARTS: [&[u8]; 3] = [b"{\"parentUuid\"", b"{\"isSidechain\"", b"{\"type\":\"assistant\""];
const MOST_STARTS: usize = 16;

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"usage\""));

/// One response of a model, as one line records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The first 16 bytes of a SHA-256 over `message.id`; without one over `uuid`; without both over the record itself.
    pub message: u128,
    /// The first 8 bytes of a SHA-256 over `requestId`, never 0 then; 0 = the line has none.
    pub request: u64,
    /// When it was given, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The model as the line names it, at most 256 bytes.
    pub model: Cow<'a, str>,
    /// The folder that the client worked in.
    pub cwd: Option<Cow<'a, str>>,
    /// The git branch there.
    pub branch: Option<Cow<'a, str>>,
    /// The skill it is put down to, as `plugin:skill` when a plugin is named.
    pub skill: Option<Cow<'a, str>>,
    /// The agent (type) it is put down to.
    pub agent: Option<Cow<'a, str>>,
    /// Its tokens.
    pub tokens: Tokens,
    /// Web searches it made.
    pub searches: u32,
    /// How it was served.
    pub tier: Tier,
    /// Whether it is a side chain: of a sub-agent, or a replay.
    pub sidechain: bool,
}

/// What a line came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// It records no response.
    Nothing,
    /// Each response that it records was given.
    Counted,
    /// It records a response that cannot be read; what could be read was given.
    Broken,
}

/// Gives each response that a line of a transcript records: `message.usage`, the message of an agent's progress
/// (`data.message.message.usage`), and of both the calls that are billed besides (`usage.iterations` of adviser and compaction).
///
/// The line may end in a carriage return and begin with a byte order mark; it need not be UTF-8.
pub fn entries(line: &[u8], each: &mut dyn FnMut(Entry<'_>)) -> Read {
    objects(trimmed(line), false, each)
}

/// Reads the objects of a line, one after another; a line that was torn may hold two.
fn objects(line: &[u8], mended: bool, each: &mut dyn FnMut(Entry<'_>)) -> Read {
    let mut read = Read::Nothing;
    let mut done = 0;
    let Some(mut mark) = USAGE.find(line) else { return read };
    let mut stream = serde_json::Deserializer::from_slice(line).into_iter::<Whole<'_>>();
    while let Some(next) = stream.next() {
        let rest = line.get(done..).unwrap_or_default();
        let Ok(whole) = next else {
            return read.max(unreadable(rest, mended, each));
        };
        let end = stream.byte_offset();
        let bytes = line.get(done..end).unwrap_or_default();
        done = end;
        if let Some(whole) = &whole.0 {
            read = read.max(responses(whole, bytes.trim_ascii(), each));
        }
        if mark < done {
            let Some(next) = USAGE.find(line.get(done..).unwrap_or_default()) else { break };
            mark = done + next;
        }
    }
    read
}

/// What does not parse is tried once more with bad bytes and raw control characters replaced, then behind a tear.
fn unreadable(rest: &[u8], mended: bool, each: &mut dyn FnMut(Entry<'_>)) -> Read {
    if !mended && rest.len() <= MEND_LIMIT {
        let text = String::from_utf8_lossy(rest);
        let is_dirty = matches!(text, Cow::Owned(_)) || text.bytes().any(|byte| byte < b' ');
        if is_dirty {
            return objects(text.replace(|c: char| c < ' ', " ").as_bytes(), true, each);
        }
    }
    for start in starts(rest) {
        let (torn, suffix) = rest.split_at_checked(start).unwrap_or_default();
        if let Ok(Whole(Some(whole))) = serde_json::from_slice(suffix) {
            return responses(&whole, suffix.trim_ascii(), each).max(lost(torn));
        }
    }
    lost(rest)
}

/// Where a record may begin that was appended to a torn one without a newline between them.
fn starts(rest: &[u8]) -> impl Iterator<Item = usize> {
    let all = memmem::find_iter(rest, b"{\"").filter(|at| {
        let from = rest.get(*at..).unwrap_or_default();
        *at > 0 && STARTS.iter().any(|start| from.starts_with(start))
    });
    all.take(MOST_STARTS)
}

/// Says whether what cannot be read looks like a response.
fn lost(rest: &[u8]) -> Read {
    let has = |mark: &[u8]| memmem::find(rest, mark).is_some();
    let is_ours = has(b"\"usage\"") && (has(b"\"assistant\"") || has(b"_tokens\""));
    if is_ours { Read::Broken } else { Read::Nothing }
}

fn trimmed(line: &[u8]) -> &[u8] {
    let mut line = line.trim_ascii();
    // A crashed file system leaves zeros before what was appended next.
    while let [0, rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] = line {
        line = rest.trim_ascii_start();
    }
    line
}

fn responses(whole: &record::Line<'_>, bytes: &[u8], each: &mut dyn FnMut(Entry<'_>)) -> Read {
    let outer = Source { own: &whole.own, outer: None, agent: None, bytes };
    let mut read = outer.give(each);
    if let Some(progress) = &whole.progress
        && let Some(own) = &progress.message
    {
        let inner = Source { own, outer: Some(&whole.own), agent: progress.agent.as_deref(), bytes };
        read = read.max(inner.give(each));
    }
    read
}

/// A record with what stands around it.
struct Source<'s, 'a> {
    own: &'s Record<'a>,
    outer: Option<&'s Record<'a>>,
    agent: Option<&'s str>,
    bytes: &'s [u8],
}

impl<'s, 'a> Source<'s, 'a> {
    fn give(&self, each: &mut dyn FnMut(Entry<'_>)) -> Read {
        let Some(message) = &self.own.message else { return Read::Nothing };
        let Some(usage) = &message.usage else { return Read::Nothing };
        if message.model.as_deref() == Some(SYNTHETIC) {
            return Read::Nothing;
        }
        let Ok(found) = usage.own.tokens() else { return Read::Broken };
        let is_free = found.is_none_or(|tokens| tokens.sum() == 0) && usage.extras.is_empty();
        if !usage.is_broken && is_free && (found.is_none() || self.own.api_error == Some(true)) {
            return Read::Nothing;
        }
        let Some(at) = self.at() else { return Read::Broken };
        let Some(model) = name(message.model.as_deref(), MODEL_LIMIT) else { return Read::Broken };
        let Ok(searches) = usage.own.searches() else { return Read::Broken };
        let main = Entry {
            message: self.message(message.id.as_deref()),
            request: self.own.request.as_deref().map_or(0, request),
            at,
            model: Cow::Borrowed(model),
            cwd: self.text(|record| record.cwd.as_deref()),
            branch: self.text(|record| record.branch.as_deref()),
            skill: self.skill(),
            agent: self.text(|record| record.agent.as_deref()).or_else(|| self.agent.map(Cow::Borrowed)),
            tokens: found.unwrap_or_default(),
            searches,
            tier: usage.own.tier(),
            sidechain: self.of(|record| record.sidechain).unwrap_or(false),
        };
        let extras: Vec<_> = usage.extras.iter().map(|extra| self.besides(extra, &main)).collect();
        let is_whole = !usage.is_broken && extras.iter().all(Option::is_some);
        each(main);
        extras.into_iter().flatten().for_each(each);
        if is_whole { Read::Counted } else { Read::Broken }
    }

    /// A call that was billed besides the message's own: at its own model, but in the same place and region.
    fn besides<'e>(&'e self, extra: &'e Extra<'a>, main: &Entry<'e>) -> Option<Entry<'e>> {
        let figures = &extra.figures;
        let own = name(figures.model.as_deref(), MODEL_LIMIT);
        let model = match (own, extra.is_adviser) {
            (Some(model), _) => Cow::Borrowed(model),
            (None, true) => Cow::Borrowed(name(self.own.adviser.as_deref(), MODEL_LIMIT).unwrap_or(ADVISER)),
            (None, false) => main.model.clone(),
        };
        let of = hash(BESIDES, &main.message.to_be_bytes(), &extra.position.to_be_bytes());
        Some(Entry {
            // A message of its own, so that it is known again in a replay with another request.
            message: of.first_chunk().map_or(0, |first| u128::from_be_bytes(*first)),
            model,
            tokens: figures.tokens().ok()?.unwrap_or_default(),
            searches: figures.searches().ok()?,
            tier: Tier { fast: figures.tier().fast, ..main.tier },
            ..main.clone()
        })
    }

    fn of<T>(&self, field: impl Fn(&'s Record<'a>) -> Option<T>) -> Option<T> {
        field(self.own).or_else(|| self.outer.and_then(&field))
    }

    fn text(&self, field: impl Fn(&'s Record<'a>) -> Option<&'s str>) -> Option<Cow<'s, str>> {
        self.of(|record| name(field(record), TEXT_LIMIT)).map(Cow::Borrowed)
    }

    fn at(&self) -> Option<i64> {
        self.of(|record| instant::milliseconds(record.timestamp.as_deref()?))
    }

    fn skill(&self) -> Option<Cow<'s, str>> {
        let (skill, plugin) = self.of(|record| {
            let skill = name(record.skill.as_deref(), TEXT_LIMIT)?;
            Some((skill, name(record.plugin.as_deref(), TEXT_LIMIT)))
        })?;
        match plugin {
            Some(plugin) if !skill.contains(':') => Some(Cow::Owned(format!("{plugin}:{skill}"))),
            _ => Some(Cow::Borrowed(skill)),
        }
    }

    fn message(&self, id: Option<&str>) -> u128 {
        let digest = match (present(id), self.of(|record| present(record.uuid.as_deref()))) {
            (Some(id), _) => hash(MESSAGE, id.as_bytes(), &[]),
            (None, Some(uuid)) => hash(UUID, uuid.as_bytes(), &[]),
            (None, None) => hash(RECORD, self.bytes, &[]),
        };
        digest.first_chunk().map_or(0, |first| u128::from_be_bytes(*first))
    }
}

// What is hashed begins with a byte that says what it is, so that an id never equals a uuid.
const MESSAGE: u8 = 1;
const UUID: u8 = 2;
const RECORD: u8 = 3;
const REQUEST: u8 = 4;
const BESIDES: u8 = 5;

fn hash(domain: u8, bytes: &[u8], more: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([domain]).chain_update(bytes).chain_update(more).finalize().into()
}

/// 0 means that there is no request, and so is no hash of one; an empty id is as absent.
fn request(id: &str) -> u64 {
    if id.is_empty() {
        return 0;
    }
    hash(REQUEST, id.as_bytes(), &[]).first_chunk().map_or(1, |first| u64::from_be_bytes(*first).max(1))
}

fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn name(text: Option<&str>, limit: usize) -> Option<&str> {
    present(text).filter(|text| text.len() <= limit)
}

#[cfg(test)]
mod tests;
