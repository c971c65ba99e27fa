//! Prices as answers show them: one model with everything that is known of it, a line of a list, a machine or service.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Usd, text};
use wfo_cost::decimal::{Factor, Quantity, Rate};
use wfo_cost::prices::{Band, Earlier, Fast, PeakHours};
use wfo_cost::{InfraRow, KindRates, PriceRow, PricesAt};

use super::terms::{clean, exact};
use super::{Paint, Table, and_more, cut};

/// Dollars for a million tokens of each kind.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct RatesView {
    /// Prompt tokens that no cache had to do with; null when the price is not published.
    #[schemars(with = "Option<f64>")]
    input_usd_per_m: Option<Usd>,
    /// Generated tokens.
    #[schemars(with = "Option<f64>")]
    output_usd_per_m: Option<Usd>,
    /// Prompt tokens that a cache answers.
    #[schemars(with = "Option<f64>")]
    cache_read_usd_per_m: Option<Usd>,
    /// Prompt tokens written to a cache for 5 minutes.
    #[schemars(with = "Option<f64>")]
    cache_write_5m_usd_per_m: Option<Usd>,
    /// Prompt tokens written to a cache for an hour.
    #[schemars(with = "Option<f64>")]
    cache_write_1h_usd_per_m: Option<Usd>,
}

impl From<KindRates> for RatesView {
    fn from(rates: KindRates) -> Self {
        let [input, output, read, short, long] = rates.all().map(|rate| rate.map(Rate::usd_per_million));
        Self {
            input_usd_per_m: input,
            output_usd_per_m: output,
            cache_read_usd_per_m: read,
            cache_write_5m_usd_per_m: short,
            cache_write_1h_usd_per_m: long,
        }
    }
}

impl RatesView {
    const fn all(self) -> [Option<Usd>; 5] {
        [
            self.input_usd_per_m,
            self.output_usd_per_m,
            self.cache_read_usd_per_m,
            self.cache_write_5m_usd_per_m,
            self.cache_write_1h_usd_per_m,
        ]
    }

    fn cells(self) -> [String; 5] {
        self.all().map(|usd| usd.map_or_else(|| "-".to_owned(), |usd| exact(Some(usd))))
    }
}

/// What the five prices are called.
const KINDS: [&str; 5] = ["input", "output", "cache read", "cache write 5m", "cache write 1h"];

/// One model of the list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ModelLine {
    /// Its name.
    model: String,
    /// Who sells it.
    provider: String,
    /// chat or embedding.
    kind: &'static str,
    /// current, legacy, retired or local, as of now.
    status: &'static str,
    #[serde(flatten)]
    rates: RatesView,
    /// The day, month or year of which the prices are said.
    as_of: String,
}

impl ModelLine {
    /// Makes it.
    pub(crate) fn new(row: &PriceRow, prices: PricesAt<'_>) -> Self {
        Self {
            model: clean(&row.id),
            provider: clean(&row.provider),
            kind: row.kind.word(),
            status: prices.status(row).word(),
            rates: prices.rates(row).into(),
            as_of: clean(&row.as_of),
        }
    }

    /// Adds it as a row: name, five prices, status, date.
    pub(crate) fn row(&self, table: &mut Table) {
        let last = [self.status.to_owned(), self.as_of.clone()];
        table.row([self.model.clone()].into_iter().chain(self.rates.cells()).chain(last));
    }
}

/// One model with everything that is known of its prices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PriceView {
    #[serde(flatten)]
    line: ModelLine,
    /// Who says so.
    source: String,
    /// Its other names; `x/*` is every name that begins with `x/`.
    aliases: Vec<String>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    aliases_more: Option<usize>,
    /// Prices of a whole request with a long prompt, by length.
    tiers: Vec<BandView>,
    /// Other prices in some hours of some days.
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<HoursView>,
    /// Factor of a batch; null when it is not known.
    #[schemars(with = "Option<f64>")]
    batch: Option<Factor>,
    /// Factor of fast mode; null when it is not known, absent when there is no fast mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    fast: Option<Option<Factor>>,
    /// Factor of inference in the US only; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    us: Option<Factor>,
    /// Dollars for one web search; absent when none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    search_usd: Option<Usd>,
    /// Earlier prices, oldest first.
    history: Vec<EarlierView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    history_more: Option<usize>,
    /// The day on which it was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<String>,
    /// The day from which it is not served any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    retires: Option<String>,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Prices of a whole request with a long prompt.
#[derive(Debug, Serialize, JsonSchema)]
struct BandView {
    /// The prompt, with what a cache read or writes, is longer than so many tokens.
    above_tokens: u64,
    #[serde(flatten)]
    rates: RatesView,
}

impl From<&Band> for BandView {
    fn from(band: &Band) -> Self {
        Self { above_tokens: band.above, rates: band.rates.into() }
    }
}

/// Other prices in some hours of some days.
#[derive(Debug, Serialize, JsonSchema)]
struct HoursView {
    /// From one hour to the next, UTC.
    utc: Vec<[u8; 2]>,
    /// mon to sun.
    days: Vec<&'static str>,
    #[serde(flatten)]
    rates: RatesView,
}

impl From<PeakHours> for HoursView {
    fn from(peak: PeakHours) -> Self {
        let utc = peak.utc.into_iter().map(|(from, to)| [from, to]).collect();
        Self { utc, days: peak.days, rates: peak.rates.into() }
    }
}

/// Prices of an earlier time.
#[derive(Debug, Serialize, JsonSchema)]
struct EarlierView {
    /// The last day (UTC) on which they held.
    until: String,
    #[serde(flatten)]
    rates: RatesView,
    /// Prices of a whole request with a long prompt, by length.
    tiers: Vec<BandView>,
}

impl From<&Earlier> for EarlierView {
    fn from(earlier: &Earlier) -> Self {
        Self {
            until: earlier.until.to_string(),
            rates: earlier.rates.into(),
            tiers: earlier.bands.iter().map(BandView::from).collect(),
        }
    }
}

impl PriceView {
    /// Makes it.
    pub(crate) fn new(row: &PriceRow, prices: PricesAt<'_>) -> Self {
        Self {
            line: ModelLine::new(row, prices),
            source: long(&row.source),
            aliases: row.aliases.iter().map(|alias| clean(alias)).collect(),
            aliases_more: None,
            tiers: row.bands().iter().map(BandView::from).collect(),
            hours: row.peak().map(HoursView::from),
            batch: row.batch,
            fast: match row.fast {
                Fast::NotOffered => None,
                Fast::Unknown => Some(None),
                Fast::Times(factor) => Some(Some(factor)),
            },
            us: row.us,
            search_usd: row.search,
            history: row.earlier().iter().map(EarlierView::from).collect(),
            history_more: None,
            released: row.released.map(|day| day.to_string()),
            retires: row.retires.map(|day| day.to_string()),
            note: row.note.as_deref().map(long),
        }
    }

    /// Words it for a terminal.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let ModelLine { model, provider, kind, status, rates, as_of } = &self.line;
        let mut table = Table::new();
        let bands = self.tiers.iter().map(|band| format!("prompt > {}", band.above_tokens));
        let hours = self.hours.as_ref().map(HoursView::words);
        let past = self.history.iter().map(|past| format!("until {}", past.until));
        let heads: Vec<String> = ["now".to_owned()].into_iter().chain(bands).chain(hours).chain(past).collect();
        if heads.len() > 1 {
            table.row([String::new()].into_iter().chain(heads));
        }
        let bands = self.tiers.iter().map(|band| band.rates);
        let hours = self.hours.as_ref().map(|hours| hours.rates);
        let all: Vec<[String; 5]> = std::iter::once(*rates)
            .chain(bands)
            .chain(hours)
            .chain(self.history.iter().map(|past| past.rates))
            .map(RatesView::cells)
            .collect();
        for (at, kind) in KINDS.iter().enumerate() {
            let cells = all.iter().filter_map(|cells| cells.get(at).cloned());
            table.row([(*kind).to_owned()].into_iter().chain(cells));
        }
        let mut out = format!("{}  {provider}, {kind}, {status}\n", paint.bold(model));
        out += &format!("dollars for a million tokens\n{}", table.lines(2));
        out += &and_more(self.history_more.unwrap_or(0));
        let factor = |factor: Option<Factor>| factor.map_or_else(|| "unknown".to_owned(), Factor::plain);
        let factors = [
            Some(format!("batch x {}", factor(self.batch))),
            self.fast.map(|fast| format!("fast x {}", factor(fast))),
            self.us.map(|us| format!("US only x {}", us.plain())),
            self.search_usd.map(|usd| format!("web search {}", exact(Some(usd)))),
            self.retires.as_ref().map(|day| format!("retires {day}")),
        ];
        out += &format!("{}\n", factors.into_iter().flatten().collect::<Vec<_>>().join(", "));
        if let Some(note) = &self.note {
            out += &format!("{note}\n");
        }
        out + &paint.dim(&format!("as of {as_of}: {}", self.source)) + "\n"
    }

    /// Cuts the long lists.
    pub(crate) fn cut(&mut self, limit: usize) {
        cut(&mut self.aliases, &mut self.aliases_more, limit);
        cut(&mut self.history, &mut self.history_more, limit);
    }
}

impl HoursView {
    fn words(&self) -> String {
        let hours = self.utc.iter().map(|[from, to]| format!("{from}-{to}"));
        let days = match self.days.as_slice() {
            ["mon", "tue", "wed", "thu", "fri"] => "mon-fri".to_owned(),
            days => days.join(","),
        };
        format!("{days} {} UTC", hours.collect::<Vec<_>>().join(","))
    }
}

/// A machine or a service.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InfraView {
    /// Its name.
    resource: String,
    /// What one is.
    unit: String,
    /// Dollars for one; null when it is not known.
    #[schemars(with = "Option<f64>")]
    usd_per_unit: Option<Usd>,
    /// What plans hold free of charge a month, by plan.
    #[schemars(with = "BTreeMap<String, f64>")]
    included: BTreeMap<String, Quantity>,
    /// The day, month or year of which the price is said; null when nobody says.
    as_of: Option<String>,
    /// Who says so.
    source: String,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<&InfraRow> for InfraView {
    fn from(row: &InfraRow) -> Self {
        Self {
            resource: clean(&row.id),
            unit: clean(&row.unit),
            usd_per_unit: row.usd,
            included: row.included.iter().map(|(plan, amount)| (clean(plan), *amount)).collect(),
            as_of: row.as_of.as_deref().map(clean),
            source: long(&row.source),
            note: row.note.as_deref().map(long),
        }
    }
}

impl InfraView {
    /// Adds it as a row: name, price, unit, what is free.
    pub(crate) fn row(&self, table: &mut Table) {
        table.row([self.resource.clone(), exact(self.usd_per_unit), format!("for one {}{}", self.unit, self.free())]);
    }

    fn free(&self) -> String {
        let plans = self.included.iter().map(|(plan, amount)| format!(", {} free with {plan}", amount.plain()));
        plans.collect()
    }

    /// Words it for a terminal.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut out = format!(
            "{}  {} for one {}{}\n",
            paint.bold(&self.resource),
            exact(self.usd_per_unit),
            self.unit,
            self.free()
        );
        if let Some(note) = &self.note {
            out += &format!("{note}\n");
        }
        let as_of = self.as_of.as_ref().map(|day| format!("as of {day}: ")).unwrap_or_default();
        out + &paint.dim(&format!("{as_of}{}", self.source)) + "\n"
    }
}

/// Makes a sentence of a table fit for an answer.
fn long(sentence: &str) -> String {
    text::clip(&text::one_line(sentence), 500).into_owned()
}
