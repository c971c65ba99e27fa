//! A row of the table `prices.yaml`: what one model costs, since when, and who says so.
//! Checks the row by itself; what rows mean together is `prices`.

use jiff::civil::Date;
use serde::Deserialize;
use wfo_base::{Usd, tables::Row, text::code_span};

use super::names;
use super::rates::KindRates;
use crate::decimal::{Factor, Rate, dollars, from_digits};

/// The most prompt-length tiers of a row, and of each period of its history.
const TIERS: usize = 8;
/// The most earlier periods of a row. Both bounds keep comparing a stranger's row with ours quick.
const PERIODS: usize = 16;

/// What a model makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Text.
    Chat,
    /// Vectors.
    Embedding,
}

/// Whether a model may still be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// On offer.
    Current,
    /// On offer, with a successor.
    Legacy,
    /// No longer on offer; older spend is still priced.
    Retired,
    /// Run on one's own machine.
    Local,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// The name by which a later layer replaces the row, and the first name by which the model is found.
    pub id: String,
    /// Who sells it: `anthropic`, `openai`, `local`, ...
    pub provider: String,
    /// What it makes.
    pub kind: ModelKind,
    /// Whether it may still be asked.
    pub status: Status,
    /// Other names; `x/*` = every name that begins with `x/`, for local models only.
    #[serde(default)]
    pub aliases: Vec<String>,
    input: Option<Rate>,
    output: Option<Rate>,
    cache_write_5m: Option<Rate>,
    cache_write_1h: Option<Rate>,
    cache_read: Option<Rate>,
    #[serde(default)]
    pub(super) tiers: Vec<PromptTier>,
    pub(super) hours: Option<Hours>,
    /// Factor of a batch; `None` = not known.
    pub batch: Option<Factor>,
    /// Factor of fast mode.
    #[serde(default)]
    pub fast: Fast,
    /// Factor of inference in the US only; `None` = 1.
    pub us: Option<Factor>,
    /// Dollars for one web search.
    #[serde(default, deserialize_with = "dollars")]
    pub search: Option<Usd>,
    #[serde(default)]
    pub(super) history: Vec<Past>,
    /// The day on which it was released.
    pub released: Option<Date>,
    /// The day from which it is not served any more.
    pub retires: Option<Date>,
    /// Who says so.
    pub source: String,
    /// The day (or month, or year) of which it is said: `2026-11-21`, `2026-09`, `2026`.
    pub as_of: String,
    /// What else there is to know.
    pub note: Option<String>,
}

/// Fast mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fast {
    /// There is none, so the word changes nothing.
    #[default]
    NotOffered,
    /// There is one, and its price is not known.
    Unknown,
    /// Every token rate is multiplied by this.
    Times(Factor),
}

impl<'de> Deserialize<'de> for Fast {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_digits(deserializer, "a factor in quotes, above 0 and at most 100, or the word unknown", |text| match text
        {
            "unknown" => Some(Self::Unknown),
            text => Factor::parse(text).map(Self::Times),
        })
    }
}

/// Prices of a whole request whose prompt is longer than `above` tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromptTier {
    pub(super) above: u64,
    input: Option<Rate>,
    output: Option<Rate>,
    cache_write_5m: Option<Rate>,
    cache_write_1h: Option<Rate>,
    cache_read: Option<Rate>,
}

/// Prices in some hours of some days, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    pub(super) utc: Vec<(u8, u8)>,
    pub(super) days: Vec<Day>,
    input: Option<Rate>,
    output: Option<Rate>,
    cache_write_5m: Option<Rate>,
    cache_write_1h: Option<Rate>,
    cache_read: Option<Rate>,
}

/// A day of the week; its number counts from Monday = 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Prices up to and with a day (UTC). Kinds that are not named were priced as now; tiers too, unless some are named.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Past {
    pub(super) until: Date,
    input: Option<Rate>,
    output: Option<Rate>,
    cache_write_5m: Option<Rate>,
    cache_write_1h: Option<Rate>,
    cache_read: Option<Rate>,
    pub(super) tiers: Option<Vec<PromptTier>>,
    #[serde(rename = "source")]
    _source: Option<String>,
}

macro_rules! rates_of {
    ($($vis:vis $row:ident),*) => {$(
        impl $row {
            /// Returns the five rates that it states.
            #[must_use]
            $vis fn rates(&self) -> KindRates {
                KindRates {
                    input: self.input,
                    output: self.output,
                    cache_read: self.cache_read,
                    cache_write_5m: self.cache_write_5m,
                    cache_write_1h: self.cache_write_1h,
                }
            }
        }
    )*};
}
rates_of!(pub PriceRow, pub(super) PromptTier, pub(super) Hours, pub(super) Past);

impl PriceRow {
    /// Returns the first day of what `as_of` names; `None` when it is no date.
    #[must_use]
    pub fn as_of_day(&self) -> Option<Date> {
        let whole = match self.as_of.len() {
            4 => format!("{}-01-01", self.as_of),
            7 => format!("{}-01", self.as_of),
            _ => self.as_of.clone(),
        };
        whole.parse().ok().filter(|_| matches!(self.as_of.len(), 4 | 7 | 10))
    }

    fn check_names(&self) -> Result<(), String> {
        let mut seen: Vec<String> = Vec::new();
        for name in std::iter::once(&self.id).chain(&self.aliases) {
            if names::key(name).is_none_or(|key| key != name.to_ascii_lowercase()) {
                return Err(format!("{} is no name of a model", code_span(name)));
            }
            if name.contains('*') && (*name == self.id || !name.ends_with("/*") || self.status != Status::Local) {
                return Err(format!("{}: only an alias of a local model may end in `/*`", code_span(name)));
            }
            if seen.iter().any(|old| old.eq_ignore_ascii_case(name)) {
                return Err(format!("the name {} stands twice", code_span(name)));
            }
            seen.push(name.clone());
        }
        Ok(())
    }

    fn check_bands(&self) -> Result<(), String> {
        let ascending = |tiers: &[PromptTier]| {
            tiers.first().is_none_or(|tier| tier.above > 0) && tiers.is_sorted_by(|a, b| a.above < b.above)
        };
        let past = self.history.iter().filter_map(|past| past.tiers.as_deref());
        let most = |tiers: &[PromptTier]| tiers.len() <= TIERS;
        if !most(&self.tiers) || self.history.len() > PERIODS || !past.clone().all(most) {
            return Err(format!("more than {TIERS} `tiers` or more than {PERIODS} rows of `history`"));
        }
        if self.history.iter().any(|past| !(2000..2200).contains(&past.until.year())) {
            return Err("`until` lies outside the years 2000 to 2199".into());
        }
        if !ascending(&self.tiers) || !past.clone().all(ascending) {
            return Err("`tiers` is not in the order of `above`, each above 0 and once".into());
        }
        if !self.history.is_sorted_by(|a, b| a.until < b.until) {
            return Err("`history` is not in the order of `until`, each day once".into());
        }
        let Some(hours) = &self.hours else { return Ok(()) };
        if !self.tiers.is_empty() {
            return Err("`hours` and `tiers` together: nothing says which of them holds".into());
        }
        if hours.days.is_empty() || hours.utc.is_empty() || hours.utc.iter().any(|(from, to)| from >= to || *to > 24) {
            return Err("`hours` needs `utc`, pairs of hours such as [1, 4] within 0 to 24, and `days`".into());
        }
        Ok(())
    }
}

impl Row for PriceRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        self.check_names()?;
        self.check_bands()?;
        if self.rates() == KindRates::default() {
            return Err("no rate at all".into());
        }
        if self.as_of_day().is_none() {
            return Err(format!("as_of {} is not a date as 2026-11-21, 2026-11 or 2026", code_span(&self.as_of)));
        }
        if self.provider.trim().is_empty() || self.source.trim().is_empty() {
            return Err("`provider` or `source` is empty".into());
        }
        match (self.released, self.retires) {
            (Some(released), Some(retires)) if retires < released => Err("it retires before its release".into()),
            _ => Ok(()),
        }
    }
}
