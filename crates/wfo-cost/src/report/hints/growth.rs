//! Sessions whose prompts grew, and what carrying the longer prompt cost.
//! Counts only what was read from the cache beyond the early prompt, at the price of that read.

use wfo_base::{Usd, text::code_span};

use super::threads::threads;
use super::{Facts, Hint};
use crate::report::words;
use crate::spending::Call;
use crate::tokens::Tokens;

/// The least number of calls a session must have.
const LEAST_CALLS: usize = 8;
/// How many times longer the late prompts must be.
const TIMES: u64 = 2;
/// What the late prompts must exceed, in tokens.
const LEAST_PROMPT: u64 = 50_000;

/// One session that grew.
struct Grown<'a> {
    session: &'a str,
    early: u64,
    late: u64,
    usd: Usd,
}

/// Finds sessions of at least 8 calls whose median prompt in the last quarter is at least twice that of the first quarter
/// and longer than 50,000 tokens.
pub(super) fn hint(facts: &Facts<'_>) -> Option<Hint> {
    let mut found: Vec<Grown<'_>> = threads(facts.calls)
        .into_iter()
        .filter_map(|((session, _), calls)| grown(facts, session, &calls))
        .filter(|grown| grown.usd.is_positive())
        .collect();
    found.sort_by(|a, b| b.usd.cmp(&a.usd).then(a.session.cmp(b.session)));
    let worst = found.first()?;
    Some(Hint {
        kind: "prompt-growth",
        title: "long conversations carry their past along".to_owned(),
        usd: Some(found.iter().map(|grown| grown.usd).sum()),
        basis: format!(
            "in {} prompts at least doubled; session {} grew from {} to {} tokens, and reading what was added cost {}",
            words::counted(found.len() as u64, "conversation"),
            code_span(&words::session(worst.session)),
            words::tokens(worst.early),
            words::tokens(worst.late),
            words::usd(worst.usd),
        ),
        action: "start a new session for a new topic, or compact when a step is done".to_owned(),
    })
}

fn grown<'a>(facts: &Facts<'_>, session: &'a str, calls: &[&Call]) -> Option<Grown<'a>> {
    if calls.len() < LEAST_CALLS {
        return None;
    }
    let quarter = calls.len() / 4;
    let early = median(calls.iter().take(quarter))?;
    let late = median(calls.iter().rev().take(quarter))?;
    if late <= LEAST_PROMPT || late < early.saturating_mul(TIMES) {
        return None;
    }
    let extra: Option<Usd> = calls.iter().map(|call| read_beyond(facts, call, early)).sum();
    Some(Grown { session, early, late, usd: extra? })
}

/// Prices what a call read from the cache beyond a prompt of `early` tokens.
fn read_beyond(facts: &Facts<'_>, call: &Call, early: u64) -> Option<Usd> {
    let extra = call.tokens.prompt().saturating_sub(early).min(call.tokens.cache_read);
    if extra == 0 {
        return Some(Usd::ZERO);
    }
    let tokens = Tokens { cache_read: call.tokens.cache_read - extra, ..call.tokens };
    Some(call.usd? - facts.pricing.usd(&call.model, call.tier, call.at, tokens, call.searches)?)
}

fn median<'a>(calls: impl Iterator<Item = &'a &'a Call>) -> Option<u64> {
    let mut prompts: Vec<u64> = calls.map(|call| call.tokens.prompt()).collect();
    prompts.sort_unstable();
    prompts.get(prompts.len() / 2).copied()
}
