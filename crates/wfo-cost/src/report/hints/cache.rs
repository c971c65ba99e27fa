//! What the prompt cache brought, and whether its writes were kept for the right time.
//! Every figure is real tokens priced another way; the rules are in the sentences it gives.

use wfo_base::Usd;

use super::threads::threads;
use super::{Facts, Hint, Saving, listed};
use crate::report::words;
use crate::spending::Call;
use crate::tokens::Tokens;

/// How long a 5-minute write lives after its last use, in seconds.
const SHORT: i64 = 300;
/// How long an hour's write lives after its last use, in seconds.
const LONG: i64 = 3600;

/// Says what caching saved net: the prompt without any cache, less what was paid. A loss is a hint.
pub(super) fn balance(facts: &Facts<'_>) -> (Option<Hint>, Option<Saving>) {
    let mut tokens = Tokens::default();
    let (mut paid, mut without) = (Usd::ZERO, Usd::ZERO);
    for call in facts.calls {
        let plain = Tokens { input: call.tokens.prompt(), output: call.tokens.output, ..Tokens::default() };
        let repriced = facts.pricing.usd(&call.model, call.tier, call.at, plain, call.searches);
        if let (Some(usd), Some(repriced)) = (call.usd, repriced) {
            tokens += call.tokens;
            paid = paid + usd;
            without = without + repriced;
        }
    }
    let hits = words::percent(words::ratio(tokens.cache_read, tokens.prompt()));
    let basis = format!(
        "{hits} of {} prompt tokens came from the cache; with every prompt at the input price it had been {}, paid was {} including the cache writes",
        words::tokens(tokens.prompt()),
        words::usd(without),
        words::usd(paid),
    );
    if without < paid {
        let hint = Hint {
            kind: "cache-unread",
            title: "cache writes that are seldom read".to_owned(),
            usd: Some(paid - without),
            basis,
            action: "keep what stands first in prompts unchanged, and do not start short sessions with a large context"
                .to_owned(),
        };
        return (Some(hint), None);
    }
    (None, Some(Saving { kind: "cache", title: "prompt cache".to_owned(), usd: without - paid, basis }))
}

/// Says where 1-hour writes were not needed, and where 5-minute writes were lost before the next call.
pub(super) fn lifetimes(facts: &Facts<'_>) -> Vec<Hint> {
    let (mut shorter, mut longer) = (Found::default(), Found::default());
    for ((session, _), calls) in threads(facts.calls) {
        if gaps(&calls).all(|gap| gap <= SHORT) {
            shorter.add(session, saved(facts, &calls, |_, call| as_5m(call.tokens)));
        } else {
            longer.add(session, saved(facts, &calls, as_1h));
        }
    }
    let to_short = shorter.usd.is_positive().then(|| Hint {
        kind: "cache-lifetime",
        title: "5-minute cache writes instead of 1-hour ones".to_owned(),
        usd: Some(shorter.usd),
        basis: format!(
            "in {} ({}) no pause was longer than 5 minutes, so the 1-hour writes priced as 5-minute ones had been read just as often",
            words::counted(shorter.sessions.len() as u64, "session"),
            listed(&shorter.sessions),
        ),
        action: "let such sessions write the cache for 5 minutes".to_owned(),
    });
    let to_long = longer.usd.is_positive().then(|| Hint {
        kind: "cache-lifetime",
        title: "1-hour cache writes instead of 5-minute ones".to_owned(),
        usd: Some(longer.usd),
        basis: format!(
            "in {} ({}) prompts were written again after pauses of 5 to 60 minutes; as reads, with all writes for an hour, it had been less by up to this",
            words::counted(longer.sessions.len() as u64, "session"),
            listed(&longer.sessions),
        ),
        action: "let sessions with pauses write the cache for an hour, or finish a thought before the pause".to_owned(),
    });
    to_short.into_iter().chain(to_long).collect()
}

/// What another lifetime had saved, and in which sessions.
#[derive(Default)]
struct Found {
    usd: Usd,
    sessions: Vec<String>,
}

impl Found {
    fn add(&mut self, session: &str, saved: Option<Usd>) {
        if let Some(usd) = saved.filter(|usd| usd.is_positive()) {
            self.usd = self.usd + usd;
            let id = words::session(session);
            if self.sessions.last() != Some(&id) {
                self.sessions.push(id);
            }
        }
    }
}

/// Returns the pauses between calls in seconds.
fn gaps(calls: &[&Call]) -> impl Iterator<Item = i64> {
    calls.windows(2).filter_map(|pair| match pair {
        [before, after] => Some(pause(before, after)),
        _ => None,
    })
}

fn pause(before: &Call, after: &Call) -> i64 {
    after.at.as_second().saturating_sub(before.at.as_second())
}

/// Prices calls with other tokens; `None` as soon as one has no price.
fn saved(facts: &Facts<'_>, calls: &[&Call], other: impl Fn(Option<&Call>, &Call) -> Tokens) -> Option<Usd> {
    let mut saved = Usd::ZERO;
    let mut before = None;
    for call in calls {
        let tokens = other(before, call);
        before = Some(*call);
        if tokens != call.tokens {
            let repriced = facts.pricing.usd(&call.model, call.tier, call.at, tokens, call.searches)?;
            saved = saved + call.usd? - repriced;
        }
    }
    Some(saved)
}

fn as_5m(tokens: Tokens) -> Tokens {
    let writes = tokens.cache_write_5m.saturating_add(tokens.cache_write_1h);
    Tokens { cache_write_5m: writes, cache_write_1h: 0, ..tokens }
}

/// After a pause that only an hour's write survives, what was written again is read; all other writes are for an hour.
fn as_1h(before: Option<&Call>, call: &Call) -> Tokens {
    let known = before.filter(|before| (SHORT + 1..=LONG).contains(&pause(before, call)));
    // no more can be read than the last prompt held, and part of it was read anyway
    let held = known.map_or(0, |before| before.tokens.prompt().saturating_sub(call.tokens.cache_read));
    let again = call.tokens.cache_write_5m.min(held);
    Tokens {
        cache_read: call.tokens.cache_read.saturating_add(again),
        cache_write_5m: 0,
        cache_write_1h: call.tokens.cache_write_1h.saturating_add(call.tokens.cache_write_5m - again),
        ..call.tokens
    }
}
