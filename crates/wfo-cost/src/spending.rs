//! What reports are made of: responses read from transcripts, and rows of a ledger that no transcript tells.
//! Plain facts; who asks decides which of them lie in a project.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use wfo_base::Usd;

use crate::tier::Tier;
use crate::tokens::Tokens;

/// A text that many calls share.
pub type Name = Arc<str>;

/// One counted response of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it was given.
    pub at: Timestamp,
    /// The day in the configured zone.
    pub day: Date,
    /// The hour of that day, 0 to 23, in the configured zone.
    pub hour: u8,
    /// The session's id.
    pub session: Name,
    /// The model as the transcript names it.
    pub model: Name,
    /// How it was served.
    pub tier: Tier,
    /// The project's name.
    pub project: Option<Name>,
    /// The git branch.
    pub branch: Option<Name>,
    /// The skill that it is put down to.
    pub skill: Option<Name>,
    /// The agent (type) that it is put down to.
    pub agent: Option<Name>,
    /// The feature: slug of the TODO workflow or of the branch.
    pub feature: Option<Name>,
    /// Its tokens.
    pub tokens: Tokens,
    /// Web searches it made.
    pub searches: u32,
    /// What it cost; `None` = no price is known.
    pub usd: Option<Usd>,
}

/// What a ledger row is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Tokens of a model.
    #[default]
    Inference,
    /// Machine time.
    Compute,
    /// Kept bytes.
    Storage,
    /// Calls of other services.
    Api,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Inference, Self::Compute, Self::Storage, Self::Api];

    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inference => "inference",
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::Api => "api",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == text)
    }
}

/// Where a ledger row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Counted from transcripts.
    Transcript,
    /// Entered with `cost add`.
    Manual,
    /// Taken over from files of an older life.
    Legacy,
}

impl Source {
    /// Returns the word of the contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Manual => "manual",
            Self::Legacy => "legacy",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Transcript, Self::Manual, Self::Legacy].into_iter().find(|source| source.word() == text)
    }
}

/// One row of a ledger: the sum over responses that share all columns but the figures, or an amount that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The session's id; `None` for what belongs to none.
    pub session: Option<String>,
    /// The day.
    pub day: Date,
    /// The zone that the day is counted in, by its IANA name.
    pub zone: String,
    /// The model; `None` for machines and services without one.
    pub model: Option<String>,
    /// How it was served, see [`Tier::word`].
    pub tier: Tier,
    /// The project's name.
    pub project: Option<String>,
    /// The git branch.
    pub branch: Option<String>,
    /// The skill that it is put down to.
    pub skill: Option<String>,
    /// The feature it is put down to.
    pub feature: Option<String>,
    /// What was paid for.
    pub kind: Kind,
    /// Tokens.
    pub tokens: Tokens,
    /// How many responses.
    pub requests: u64,
    /// Web searches.
    pub searches: u64,
    /// Dollars; `None` = no price is known for part of it.
    pub usd: Option<Usd>,
    /// The date of the price table's row that priced it.
    pub price_as_of: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// The id of an entered row: a later row with the same id replaces it.
    pub id: Option<String>,
}

impl Row {
    /// Makes a row of inference on a day that says nothing else yet.
    #[must_use]
    pub fn transcript(day: Date) -> Self {
        Self {
            session: None,
            day,
            zone: String::new(),
            model: None,
            tier: Tier::default(),
            project: None,
            branch: None,
            skill: None,
            feature: None,
            kind: Kind::Inference,
            tokens: Tokens::default(),
            requests: 0,
            searches: 0,
            usd: None,
            price_as_of: None,
            source: Source::Transcript,
            id: None,
        }
    }
}

/// Everything a report adds up. No response is also in a row.
#[derive(Debug, Clone, Copy)]
pub struct Spending<'a> {
    /// Counted responses, in order of time.
    pub calls: &'a [Call],
    /// Ledger rows besides them: entered by hand, of an older life, or of transcripts that are gone with their index.
    pub rows: &'a [Row],
}
