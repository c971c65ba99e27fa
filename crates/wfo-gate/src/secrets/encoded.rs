//! Runs of base64 in a text and what they say: settings often carry tokens that way.
//! Decodes once and only what turns out to be text; images and keys in binary are passed by.

use std::ops::Range;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

/// A shorter run holds no token.
const SHORTEST: usize = 32;

/// Of a longer run only the front is decoded.
const LONGEST: usize = 64 << 10;

/// Returns the runs of base64 letters, without the `=` behind them.
pub(super) fn runs(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || b"+/-_".contains(b);
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + rest.iter().position(letter)?;
            let run = text.get(start..)?;
            let length = run.iter().position(|b| !letter(b)).unwrap_or(run.len());
            at = start + length;
            if length >= SHORTEST {
                return Some(start..start + length.min(LONGEST));
            }
        }
    })
}

/// Says whether a run of base64 goes on up to a place: letters of both cases and digits, with a `+` or `/` right before it.
pub(super) fn runs_up_to(text: &[u8], at: usize) -> bool {
    const BACK: usize = 64;
    let before = text.get(at.saturating_sub(BACK)..at).unwrap_or_default();
    let run = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"+/".contains(b)).count();
    let run = before.get(before.len() - run..).unwrap_or_default();
    matches!(run.last(), Some(b'+' | b'/'))
        && run.len() >= 16
        && [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit].iter().all(|test| run.iter().any(test))
}

/// Returns the text that a run encodes, or nothing when it is none.
pub(super) fn text(run: &[u8]) -> Option<Vec<u8>> {
    let url = run.iter().any(|b| b"-_".contains(b));
    let base = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    // The first letters tell most runs that are no text.
    let front = base.decode(run.get(..16)?).ok()?;
    if !printable(&front) {
        return None;
    }
    let whole = base.decode(run).or_else(|_| base.decode(run.get(..run.len() / 4 * 4).unwrap_or_default())).ok()?;
    printable(&whole).then_some(whole)
}

fn printable(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7f).contains(b) || b"\t\r\n".contains(b))
}
