//! What the index keeps of a response and of a file, in bytes of fixed length where they are searched.

use crate::tier::Tier;
use crate::tokens::Tokens;

use super::codec::{Reader, Writer};

/// The number of a name in the index; 0 is no name.
pub type Symbol = u32;

/// What makes a response the same response: the hashes of `message.id` and of `requestId` (0 = none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Of `message.id`.
    pub message: u128,
    /// Of `requestId`.
    pub request: u64,
}

/// The best line that was seen of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Which response.
    pub key: Key,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The session.
    pub session: Symbol,
    /// The model.
    pub model: Symbol,
    /// The folder it was worked in.
    pub cwd: Symbol,
    /// The git branch.
    pub branch: Symbol,
    /// The skill.
    pub skill: Symbol,
    /// The agent.
    pub agent: Symbol,
    /// The file that the line stands in.
    pub file: u32,
    /// Where in the file the line begins.
    pub offset: u64,
    /// Its tokens.
    pub tokens: Tokens,
    /// Web searches.
    pub searches: u32,
    /// How it was served.
    pub tier: Tier,
    /// Whether the line is one of a side chain.
    pub sidechain: bool,
    /// Whether it counts; false for replays and other names of a response that counts already.
    pub counted: bool,
}

impl Record {
    /// Bytes of a record.
    pub(super) const SIZE: usize = 100;
    /// Where in a record its time stands.
    pub(super) const AT: usize = 24;

    pub(super) fn write(&self, out: &mut Writer) {
        let before = out.len();
        out.u128(self.key.message);
        out.u64(self.key.request);
        out.i64(self.at);
        for symbol in [self.session, self.model, self.cwd, self.branch, self.skill, self.agent, self.file] {
            out.u32(symbol);
        }
        out.u64(self.offset);
        let tokens = self.tokens;
        for count in [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h] {
            out.u40(count);
        }
        out.u32(self.searches);
        let flags = [self.sidechain, self.counted, self.tier.batch, self.tier.fast, self.tier.us];
        out.u8(flags.iter().enumerate().fold(0, |bits, (at, set)| bits | (u8::from(*set) << at)));
        out.pad(before + Self::SIZE);
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let mut bytes = Reader::new(bytes.take(Self::SIZE)?);
        let key = Key { message: bytes.u128()?, request: bytes.u64()? };
        let at = bytes.i64()?;
        let (session, model, cwd) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let (branch, skill, agent, file) = (bytes.u32()?, bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let offset = bytes.u64()?;
        let tokens = Tokens {
            input: bytes.u40()?,
            output: bytes.u40()?,
            cache_read: bytes.u40()?,
            cache_write_5m: bytes.u40()?,
            cache_write_1h: bytes.u40()?,
        };
        let searches = bytes.u32()?;
        let flags = bytes.u8()?;
        let set = |bit: u8| flags >> bit & 1 == 1;
        let tier = Tier { batch: set(2), fast: set(3), us: set(4) };
        let (sidechain, counted) = (set(0), set(1));
        Some(Self {
            key,
            at,
            session,
            model,
            cwd,
            branch,
            skill,
            agent,
            file,
            offset,
            tokens,
            searches,
            tier,
            sidechain,
            counted,
        })
    }
}

/// What is known of a transcript that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMark {
    /// Its absolute path as the system gives it.
    pub path: Vec<u8>,
    /// Size at the last look.
    pub size: u64,
    /// Time of the last change at the last look, in nanoseconds since the Unix epoch.
    pub modified: i64,
    /// Device and number: another file at the same place has others.
    pub identity: (u64, u64),
    /// Up to where its lines were read.
    pub offset: u64,
    /// Hash of the bytes before `offset`; a file that was written anew has another.
    pub tail: u64,
    /// Lines that could not be read.
    pub skipped: u32,
    /// Whether what follows `offset` is the beginning of a line that cannot be read yet.
    pub partial: bool,
}

impl FileMark {
    pub(super) fn write(&self, out: &mut Writer) {
        out.bytes(&self.path);
        for number in [self.size, self.identity.0, self.identity.1, self.offset, self.tail] {
            out.u64(number);
        }
        out.i64(self.modified);
        out.u32(self.skipped);
        out.u8(u8::from(self.partial));
    }

    pub(super) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let path = bytes.bytes()?.to_vec();
        let (size, device, inode) = (bytes.u64()?, bytes.u64()?, bytes.u64()?);
        let (offset, tail) = (bytes.u64()?, bytes.u64()?);
        let (modified, skipped, partial) = (bytes.i64()?, bytes.u32()?, bytes.u8()? != 0);
        Some(Self { path, size, modified, identity: (device, inode), offset, tail, skipped, partial })
    }
}
