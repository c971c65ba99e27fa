//! Finds word groups in a task: each phrase is looked up by its first word, so a task costs as much as it is long.
//! `~` in a phrase stands for up to three words.

use std::collections::HashMap;

use crate::stem::stems;

/// The most words that `~` stands for.
const GAP: usize = 3;

/// Phrases by their first stem, each with the value that the caller gave it.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<(Vec<Part>, T)>>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { by_first: HashMap::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    Gap,
}

impl<T: Copy> Phrases<T> {
    /// Adds a phrase; one without words is left out.
    pub(crate) fn add(&mut self, phrase: &str, value: T) {
        let mut parts = Vec::new();
        for (index, piece) in phrase.split('~').enumerate() {
            if index > 0 {
                parts.push(Part::Gap);
            }
            parts.extend(stems(piece).into_iter().map(Part::Word));
        }
        let mut parts = parts.into_iter();
        if let Some(Part::Word(first)) = parts.next() {
            self.by_first.entry(first).or_default().push((parts.collect(), value));
        }
    }

    /// Calls `found` for each phrase at each place where it stands.
    pub(crate) fn each(&self, stems: &[String], mut found: impl FnMut(T)) {
        for (at, stem) in stems.iter().enumerate() {
            for (rest, value) in self.by_first.get(stem).into_iter().flatten() {
                if stems.get(at + 1..).is_some_and(|after| begins_with(after, rest)) {
                    found(*value);
                }
            }
        }
    }
}

fn begins_with(stems: &[String], parts: &[Part]) -> bool {
    match parts.split_first() {
        None => true,
        Some((Part::Word(word), rest)) => {
            stems.split_first().is_some_and(|(first, after)| first == word && begins_with(after, rest))
        }
        Some((Part::Gap, rest)) => {
            (0..=GAP).any(|skipped| stems.get(skipped..).is_some_and(|after| begins_with(after, rest)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        let mut phrases = Phrases::default();
        phrases.add(phrase, ());
        let mut hits = 0;
        phrases.each(&stems(text), |()| hits += 1);
        hits > 0
    }

    #[test]
    fn a_phrase_is_found_as_whole_words_in_their_order() {
        assert!(found("pull request", "Open Pull Requests"));
        assert!(found("ci/cd", "the CI CD setup"));
        assert!(!found("pull request", "request a pull"));
        assert!(!found("api", "rapid capital"));
        assert!(!found("", "anything"));
    }

    #[test]
    fn a_gap_stands_for_three_words_at_most() {
        assert!(found("write ~ test", "Write tests"));
        assert!(found("write ~ test", "write some more unit tests"));
        assert!(!found("write ~ test", "write one two three four tests"));
    }
}
