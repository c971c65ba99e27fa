//! The price book: finds a model by any of its names and says what tokens cost, when, and how served.
//! Knows nothing about transcripts; a model that it does not know has no price, and no price is never zero.

use jiff::Timestamp;
use jiff::civil::Date;
use wfo_base::tables::{Origin, Rows};
use wfo_base::text::code_span;
use wfo_base::{Diagnostic, Noted, Problem, Usd, codes};

use crate::tier::Tier;
use crate::tokens::Tokens;

mod infra;
mod listing;
mod moment;
mod names;
mod rates;
mod row;
mod stricter;

pub use infra::InfraRow;
pub use listing::{Band, Earlier, PeakHours};
pub use moment::PricesAt;
pub(crate) use moment::unknown_model;
pub use rates::{KindRates, Rates};
pub use row::{Fast, ModelKind, PriceRow, Status};
pub use stricter::{stricter_infrastructure, stricter_price};

use rates::Schedule;

/// Days after which prices count as old.
const OLD: i32 = 90;
/// Raised when the arithmetic or the search for names changes, so that cached amounts are made anew.
const ARITHMETIC: u64 = 1;

#[derive(Debug, Clone)]
struct Model {
    row: PriceRow,
    origin: Origin,
    schedule: Schedule,
}

impl Model {
    /// Returns a number that changes when an amount of this model may.
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::default();
        hash.text(&self.row.provider);
        self.schedule.digest(&mut |number| hash.number(number));
        hash.0
    }
}

/// FNV-1a of 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    /// Takes a text, with its length before it so that two texts are not one.
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }
}

/// All prices in force.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    models: Vec<Model>,
    /// Names in lower case with the model that each names, sorted.
    names: Vec<(String, usize)>,
    /// Beginnings of names (`ollama/`) with their model, sorted.
    families: Vec<(String, usize)>,
}

impl PriceBook {
    /// Makes the book from the rows of all layers. The order of the rows does not matter.
    ///
    /// A name that two rows claim belongs to the row whose id it is, then to the stronger layer; a repository takes no
    /// name from the user's rows. Where that does not decide, the name belongs to nobody, and a note says so.
    #[must_use]
    pub fn new(rows: Rows<PriceRow>) -> Noted<Self> {
        let models = rows
            .into_iter()
            .map(|(row, origin)| Model { schedule: Schedule::new(&row), row, origin })
            .collect::<Vec<_>>();
        let mut claims: Vec<Claim> = Vec::with_capacity(models.len() * 2);
        for (at, model) in models.iter().enumerate() {
            let aliases = model.row.aliases.iter().map(|alias| (alias, false));
            for (name, is_id) in std::iter::once((&model.row.id, true)).chain(aliases) {
                claims.push(Claim { name: name.to_ascii_lowercase(), rank: rank(model.origin, is_id), at });
            }
        }
        claims.sort_by(|a, b| (&a.name, a.rank).cmp(&(&b.name, b.rank)));
        let mut book = Self { models, names: Vec::with_capacity(claims.len()), families: Vec::new() };
        let mut notes = Vec::new();
        for same in claims.chunk_by(|a, b| a.name == b.name) {
            let [first, others @ ..] = same else { continue };
            let tied = others.first().is_some_and(|other| other.rank == first.rank);
            notes.extend(others.iter().filter_map(|other| book.contested(first, other, tied)));
            if tied {
                continue;
            }
            match first.name.strip_suffix('*') {
                Some(family) => book.families.push((family.to_owned(), first.at)),
                None => book.names.push((first.name.clone(), first.at)),
            }
        }
        Noted { value: book, notes }
    }

    /// Words what becomes of a name that two rows claim; `None` where a stronger layer simply replaces a weaker one.
    fn contested(&self, first: &Claim, other: &Claim, tied: bool) -> Option<Diagnostic> {
        let [a, b] = [first.at, other.at].map(|at| self.models.get(at));
        let (a, b) = (a?, b?);
        if !tied && a.origin > b.origin {
            return None;
        }
        let [name, mut left, mut right] = [&first.name, &a.row.id, &b.row.id].map(|name| code_span(name));
        let (code, hint, end) = if b.origin == Origin::Repository && !tied {
            let end = format!("only {left} counts");
            (codes::TABLE_ROW_IGNORED, "a repository takes no name from a row of the user", end)
        } else {
            if left > right {
                std::mem::swap(&mut left, &mut right);
            }
            let end =
                if tied { "so it has no price".to_owned() } else { format!("only {} counts", code_span(&a.row.id)) };
            (codes::TABLE_INVALID, "take the name out of one of the rows of `prices.yaml`", end)
        };
        Some(Problem::new(code, format!("{name} names both {left} and {right}, {end}")).hint(hint).warning())
    }

    /// Returns the rows, in the order of the table.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.models.iter().map(|model| &model.row)
    }

    /// Finds a model: by id or alias, in any case; then without a mark `[1m]`, its provider in front, a version `-v1:0` and
    /// a date behind; then by `x/*`. `None` for every other name, however similar.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&PriceRow> {
        self.model(name).map(|model| &model.row)
    }

    fn model(&self, name: &str) -> Option<&Model> {
        let key = names::key(name)?;
        let mut last = "";
        for (form, provider) in names::forms(&key) {
            if form == last {
                continue;
            }
            last = form;
            let found = self.names.binary_search_by(|(name, _)| name.as_str().cmp(form)).ok();
            let model = found.and_then(|at| self.names.get(at)).and_then(|(_, at)| self.models.get(*at));
            if let Some(model) = model.filter(|model| provider.is_none_or(|provider| model.row.provider == provider)) {
                return Some(model);
            }
        }
        if key.contains('*') {
            return None;
        }
        let family = self.families.iter().rev().find(|(family, _)| key.len() > family.len() && key.starts_with(family));
        family.and_then(|(_, at)| self.models.get(*at))
    }

    /// Returns the prices of a model, to be asked for many responses.
    #[must_use]
    pub fn rates(&self, model: &str) -> Option<Rates<'_>> {
        self.model(model).map(|model| Rates { row: &model.row, schedule: &model.schedule })
    }

    /// Returns what a response cost; `None` when the model, a rate or a factor that it needs is not known. See [`Rates::usd`].
    #[must_use]
    pub fn usd(&self, model: &str, tier: Tier, at: Timestamp, tokens: Tokens, searches: u32) -> Option<Usd> {
        self.rates(model)?.usd(tier, at, tokens, searches)
    }

    /// Returns the date (`2026-11-21`, `2026-11` or `2026`) of a model's prices.
    #[must_use]
    pub fn as_of(&self, model: &str) -> Option<&str> {
        self.find(model).map(|row| row.as_of.as_str())
    }

    /// Returns a number that changes when any amount may: for caches. FNV-1a, the same in every run and on every machine.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let models: Vec<u64> = self.models.iter().map(Model::fingerprint).collect();
        let mut hash = Fnv::default();
        hash.number(ARITHMETIC);
        for list in [&self.names, &self.families] {
            hash.number(list.len() as u64);
            for (name, at) in list {
                hash.text(name);
                hash.number(models.get(*at).copied().unwrap_or_default());
            }
        }
        hash.0
    }

    /// Says that the prices are old: when the newest date of Anthropic's rows lies more than 90 days before `today`.
    /// A repository's rows make nothing younger.
    #[must_use]
    pub fn stale(&self, today: Date) -> Option<Diagnostic> {
        let ours = self.models.iter().filter(|model| model.origin != Origin::Repository);
        let anthropic = ours.filter(|model| model.row.provider == "anthropic");
        let newest = anthropic.filter_map(|model| model.row.as_of_day()).max()?;
        let days = today.since(newest).map_or(0, |span| span.get_days());
        (days > OLD).then(|| {
            Problem::new(
                codes::COST_PRICES_OLD,
                format!("prices are of {newest}, {days} days ago; amounts may be wrong"),
            )
            .hint("lay newer rows over the table in `CONFIG/wfo/data/prices.yaml`, or update wfo-helper")
            .warning()
        })
    }
}

/// One row's claim to a name; the lowest rank wins.
#[derive(Debug)]
struct Claim {
    name: String,
    rank: (bool, bool, u8),
    at: usize,
}

/// The user's rows before a repository's; of the user's the id before an alias; of a repository's the alias before an id,
/// since only rows that replace the user's have aliases; then the stronger layer.
fn rank(origin: Origin, is_id: bool) -> (bool, bool, u8) {
    let layer = match origin {
        Origin::User => 0,
        Origin::Team => 1,
        Origin::BuiltIn | Origin::Repository => 2,
    };
    let repository = origin == Origin::Repository;
    (repository, is_id == repository, layer)
}

#[cfg(test)]
mod tests;
