//! One search for all keywords. A table that is quick to search takes longer to make than a few files take to read with a slower one,
//! so it is made once there is much to read. Finds places only; what stands there others judge.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};

/// From so many bytes on the quicker table pays: both cost about 10 million instructions then.
const MUCH: usize = 1 << 20;

/// Keywords, ready to be looked for.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    words: Vec<String>,
    /// Nothing where there are no keywords.
    small: Option<AhoCorasick>,
    /// Nothing inside where it could not be made.
    large: OnceLock<Option<AhoCorasick>>,
    /// How many bytes were looked at.
    seen: AtomicUsize,
}

impl Keywords {
    /// Puts them together; case does not count.
    pub(super) fn new(words: Vec<String>) -> Result<Self, String> {
        let small = build(&words, AhoCorasickKind::ContiguousNFA).map_err(|error| error.to_string())?;
        Ok(Self { words, small: Some(small), ..Self::default() })
    }

    /// Every place of every keyword, overlapping ones too, by where they end.
    pub(super) fn found_in<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Match> + 'a {
        let seen = self.seen.fetch_add(text.len(), Ordering::Relaxed).saturating_add(text.len());
        let large = (seen >= MUCH && self.small.is_some())
            .then(|| self.large.get_or_init(|| build(&self.words, AhoCorasickKind::DFA).ok()).as_ref())
            .flatten();
        large.or(self.small.as_ref()).into_iter().flat_map(move |search| search.find_overlapping_iter(text))
    }
}

fn build(words: &[String], kind: AhoCorasickKind) -> Result<AhoCorasick, aho_corasick::BuildError> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).kind(Some(kind)).build(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

    use super::*;

    #[test]
    fn both_tables_find_the_same_places_in_the_same_order() {
        let words = ["key", "api_key", "KEYS", "a"].map(str::to_owned).to_vec();
        let text = b"API_KEYS = keys of an apikey";
        let places = |keywords: &Keywords| {
            keywords.found_in(text).map(|found| (found.pattern().as_usize(), found.range())).collect::<Vec<_>>()
        };
        let keywords = Keywords::new(words).unwrap();
        let small = places(&keywords);
        assert!(keywords.large.get().is_none() && small.len() > 6, "{small:?}");
        keywords.seen.store(MUCH, Ordering::Relaxed);
        assert_eq!(places(&keywords), small);
        assert!(keywords.large.get().is_some());
    }
}
