//! Which rates hold at a moment for a prompt of a length, and what tokens cost by them. Exact: integers of pico-dollars,
//! one division at the very end. A rate that is needed and not known makes the whole unknown, never zero.

use jiff::Timestamp;
use jiff::civil::Date;
use wfo_base::Usd;

use super::row::{Fast, Hours, PriceRow, PromptTier};
use crate::decimal::{Factor, Rate};
use crate::tier::Tier;
use crate::tokens::Tokens;

/// Slots of a week: one an hour, from Monday 00:00 UTC.
pub(super) const WEEK: usize = 7 * 24;

/// The rates of the five kinds of tokens; `None` = not published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KindRates {
    /// Prompt tokens without a cache.
    pub input: Option<Rate>,
    /// Generated tokens.
    pub output: Option<Rate>,
    /// Tokens that a cache answered.
    pub cache_read: Option<Rate>,
    /// Tokens written to a cache for 5 minutes.
    pub cache_write_5m: Option<Rate>,
    /// Tokens written to a cache for an hour.
    pub cache_write_1h: Option<Rate>,
}

impl KindRates {
    /// Returns the rates in the order of the fields.
    #[must_use]
    pub const fn all(self) -> [Option<Rate>; 5] {
        [self.input, self.output, self.cache_read, self.cache_write_5m, self.cache_write_1h]
    }

    /// Returns the plain sum of tokens times rates; `None` when a kind that occurs has no rate.
    #[must_use]
    pub fn usd(self, tokens: Tokens) -> Option<Usd> {
        let counts = [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m, tokens.cache_write_1h];
        let mut sum: i128 = 0;
        for (count, rate) in counts.into_iter().zip(self.all()) {
            if count > 0 {
                // cannot overflow: a count is below 2^64 and a Rate at most 10^12
                sum += i128::from(count) * i128::from(rate?.pico_per_token());
            }
        }
        Some(Usd::from_pico(sum))
    }

    /// Joins each kind of two sets; `pick` sees what both state.
    fn zip(self, other: Self, pick: fn(Option<Rate>, Option<Rate>) -> Option<Rate>) -> Self {
        Self {
            input: pick(self.input, other.input),
            output: pick(self.output, other.output),
            cache_read: pick(self.cache_read, other.cache_read),
            cache_write_5m: pick(self.cache_write_5m, other.cache_write_5m),
            cache_write_1h: pick(self.cache_write_1h, other.cache_write_1h),
        }
    }

    /// Says whether no kind is cheaper than in `other` and none that it states is missing.
    pub(super) fn at_least(self, other: Self) -> bool {
        self.all().into_iter().zip(other.all()).all(|(new, old)| old.is_none() || new >= old)
    }
}

/// The rates of one period: for every prompt, or by its length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Period {
    base: KindRates,
    tiers: Vec<(u64, KindRates)>,
}

impl Period {
    fn new(base: KindRates, tiers: &[PromptTier]) -> Self {
        Self { base, tiers: tiers.iter().map(|tier| (tier.above, tier.rates())).collect() }
    }

    /// Returns the rates for a prompt; the second part says whether a tier of its own gave them.
    fn pick(&self, prompt: u64) -> (&KindRates, bool) {
        match self.tiers.iter().rev().find(|(above, _)| prompt > *above) {
            Some((_, rates)) => (rates, true),
            None => (&self.base, false),
        }
    }
}

/// Dearer (or cheaper) hours.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Peak {
    days: [bool; 7],
    hours: [bool; 24],
    rates: KindRates,
}

impl Peak {
    fn new(hours: &Hours) -> Self {
        let mut peak = Self { days: [false; 7], hours: [false; 24], rates: hours.rates() };
        for (day, on) in peak.days.iter_mut().enumerate() {
            *on = hours.days.iter().any(|named| *named as usize == day);
        }
        for (hour, on) in peak.hours.iter_mut().enumerate() {
            *on = hours.utc.iter().any(|(from, to)| (usize::from(*from)..usize::from(*to)).contains(&hour));
        }
        peak
    }

    fn holds(&self, slot: usize) -> bool {
        let on = |flags: &[bool], at: usize| flags.get(at).copied().unwrap_or(false);
        on(&self.days, slot / 24) && on(&self.hours, slot % 24)
    }
}

/// A row made ready for reckoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    now: Period,
    /// Earlier periods with the second (Unix time) at which each ends, in order.
    past: Vec<(i64, Period)>,
    peak: Option<Peak>,
    /// Factors by batch (1), fast (2) and us (4).
    factors: [Option<Factor>; 8],
    search: Option<Usd>,
}

impl Schedule {
    pub(super) fn new(row: &PriceRow) -> Self {
        let past = row.history.iter().map(|past| {
            let base = past.rates().zip(row.rates(), Option::or);
            (end_of(past.until), Period::new(base, past.tiers.as_ref().unwrap_or(&row.tiers)))
        });
        let mut factors = [Some(Factor::ONE); 8];
        for (bits, slot) in factors.iter_mut().enumerate() {
            let fast = match row.fast {
                Fast::NotOffered => Some(Factor::ONE),
                Fast::Unknown => None,
                Fast::Times(factor) => Some(factor),
            };
            let parts = [(1, row.batch), (2, fast), (4, Some(row.us.unwrap_or(Factor::ONE)))];
            *slot = parts
                .into_iter()
                .filter(|(bit, _)| bits & bit != 0)
                .try_fold(Factor::ONE, |all, (_, factor)| Some(all.times(factor?)));
        }
        Self {
            now: Period::new(row.rates(), &row.tiers),
            past: past.collect(),
            peak: row.hours.as_ref().map(Peak::new),
            factors,
            search: row.search,
        }
    }

    fn period(&self, second: i64) -> (&Period, bool) {
        match self.past.iter().find(|(end, _)| second < *end) {
            Some((_, period)) => (period, false),
            None => (&self.now, true),
        }
    }

    /// Returns the rates in a period (any second of it), in a slot of the week, for a prompt. Hours are those of now.
    pub(super) fn pick(&self, second: i64, slot: usize, prompt: u64) -> &KindRates {
        let (period, present) = self.period(second);
        let (rates, by_length) = period.pick(prompt);
        match &self.peak {
            Some(peak) if present && !by_length && peak.holds(slot) => &peak.rates,
            _ => rates,
        }
    }

    fn factor(&self, tier: Tier) -> Option<Factor> {
        let bits = usize::from(tier.batch) | usize::from(tier.fast) << 1 | usize::from(tier.us) << 2;
        self.factors.get(bits).copied().flatten()
    }

    /// Says whether nothing that `old` prices is cheaper or unknown here.
    pub(super) fn at_least(&self, old: &Self) -> bool {
        let ends = |schedule: &Self| schedule.past.iter().flat_map(|(end, _)| [end - 1, *end]).collect::<Vec<_>>();
        let lengths = |schedule: &Self| {
            let periods = schedule.past.iter().map(|(_, period)| period).chain([&schedule.now]);
            periods.flat_map(|period| period.tiers.iter().map(|(above, _)| above.saturating_add(1))).collect::<Vec<_>>()
        };
        let seconds = [ends(old), ends(self), vec![i64::MAX]].concat();
        let prompts = [lengths(old), lengths(self), vec![0]].concat();
        // one slot for each combination of dear and other hours
        let peaks =
            |slot: &usize| [self, old].map(|schedule| schedule.peak.as_ref().is_some_and(|peak| peak.holds(*slot)));
        let mut slots: Vec<usize> = (0..WEEK).collect();
        slots.sort_by_key(peaks);
        slots.dedup_by_key(|slot| peaks(slot));
        let rates = seconds.iter().all(|second| {
            prompts.iter().all(|prompt| {
                let not_cheaper =
                    |slot: &usize| self.pick(*second, *slot, *prompt).at_least(*old.pick(*second, *slot, *prompt));
                slots.iter().all(not_cheaper)
            })
        });
        let factors = self.factors.iter().zip(&old.factors).all(|(new, old)| match (new, old) {
            (Some(new), Some(old)) => new.at_least(*old),
            (None, Some(_)) => false,
            (_, None) => true,
        });
        rates && factors && (old.search.is_none() || self.search >= old.search)
    }

    /// Feeds everything that changes amounts to `sink`, each list after its length.
    pub(super) fn digest(&self, sink: &mut impl FnMut(u64)) {
        let mut period = |end: i64, period: &Period| {
            sink(end.cast_unsigned());
            sink(period.tiers.len() as u64);
            for (above, rates) in std::iter::once((0, period.base)).chain(period.tiers.iter().copied()) {
                sink(above);
                rates.all().into_iter().for_each(|rate| sink(rate.map_or(u64::MAX, Rate::pico_per_token)));
            }
        };
        self.past.iter().for_each(|(end, past)| period(*end, past));
        period(i64::MAX, &self.now);
        if let Some(peak) = &self.peak {
            (0..WEEK).for_each(|slot| sink(u64::from(peak.holds(slot))));
            peak.rates.all().into_iter().for_each(|rate| sink(rate.map_or(u64::MAX, Rate::pico_per_token)));
        }
        for factor in self.factors {
            sink(factor.and_then(|factor| factor.of(Usd::from_pico(1_000_000_000))).map_or(u64::MAX, low));
        }
        sink(self.search.map_or(u64::MAX, low));
    }
}

fn low(amount: Usd) -> u64 {
    u64::try_from(amount.pico()).unwrap_or(u64::MAX - 1)
}

/// Returns the second at which the day after `day` begins in UTC.
fn end_of(day: Date) -> i64 {
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).map(|midnight| midnight.timestamp().as_second());
    midnight.map_or(i64::MAX, |second| second.saturating_add(86_400))
}

/// Returns the hour of the week, from Monday 00:00 UTC.
fn slot_of(second: i64) -> usize {
    // 1970-01-01 was a Thursday: 72 hours after Monday 00:00
    usize::try_from((second.div_euclid(3600) + 72).rem_euclid(WEEK as i64)).unwrap_or(0)
}

/// The prices of one model: the cheap form for many responses. Copying it copies a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Rates<'a> {
    pub(super) row: &'a PriceRow,
    pub(super) schedule: &'a Schedule,
}

impl<'a> Rates<'a> {
    /// Returns the row of the table.
    #[must_use]
    pub const fn row(self) -> &'a PriceRow {
        self.row
    }

    /// Returns the rates at a moment for a prompt of this many tokens (input, cache reads and cache writes).
    #[must_use]
    pub fn in_force(self, at: Timestamp, prompt: u64) -> KindRates {
        let slot = if self.schedule.peak.is_some() { slot_of(at.as_second()) } else { 0 };
        *self.schedule.pick(at.as_second(), slot, prompt)
    }

    /// Returns the rates that a plan should reckon with: those of the moment, in the dearer hours where there are such.
    #[must_use]
    pub fn planned(self, at: Timestamp, prompt: u64) -> KindRates {
        let (period, present) = self.schedule.period(at.as_second());
        let (rates, by_length) = period.pick(prompt);
        match &self.schedule.peak {
            Some(peak) if present && !by_length => rates.zip(peak.rates, |a, b| Some(a?.max(b?))),
            _ => *rates,
        }
    }

    /// Returns what a response cost: tokens by the rates in force, times the factors of how it was served, plus web
    /// searches. `None` when a rate or a factor that it needs is not known.
    #[must_use]
    pub fn usd(self, tier: Tier, at: Timestamp, tokens: Tokens, searches: u32) -> Option<Usd> {
        let amount = self.schedule.factor(tier)?.of(self.in_force(at, tokens.prompt()).usd(tokens)?)?;
        if searches == 0 {
            return Some(amount);
        }
        let each = self.schedule.search?;
        Some(amount + Usd::from_pico(each.pico().checked_mul(i128::from(searches))?))
    }
}
