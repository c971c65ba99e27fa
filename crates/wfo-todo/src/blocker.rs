//! Finds what a line waits for: "blocked by X", "waiting on X", "depends on X", "(blocked: X)".
//! Never takes a description of code ("a module that depends on libc") for a blocker.

use crate::words::{clean, is_nothing, task_id, words};

/// Stands where a line says that it is blocked but not by what.
pub const UNNAMED: &str = "a blocker that is not named";

/// The most characters of a blocker's name.
const NAME_LIMIT: usize = 200;

/// A blocker phrase and how it must stand to count.
struct Phrase {
    text: &'static str,
    /// Counts only at the start of the text or after punctuation.
    clause_only: bool,
}

const PHRASES: [Phrase; 7] = [
    Phrase { text: "blocked by", clause_only: false },
    Phrase { text: "blocked on", clause_only: false },
    Phrase { text: "waiting on", clause_only: false },
    Phrase { text: "depends on", clause_only: false },
    Phrase { text: "waiting for", clause_only: true },
    Phrase { text: "blocked:", clause_only: true },
    Phrase { text: "depends:", clause_only: true },
];

/// Words before a phrase that make it a description or take it back.
const NOT_AFTER: [&str; 20] = [
    "that",
    "which",
    "what",
    "it",
    "who",
    "how",
    "code",
    "everything",
    "anything",
    "something",
    "this",
    "while",
    "when",
    "not",
    "longer",
    "never",
    "requests",
    "threads",
    "if",
    "whatever",
];

/// Words that would dangle if the phrase behind them were taken out.
const DANGLING: [&str; 7] = ["is", "are", "be", "been", "has", "still", "currently"];

/// A blocker phrase found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The text with the phrase taken out where that leaves a sentence, else as it was.
    pub(crate) rest: String,
    /// The blocker; `None` = the phrase says "none".
    pub(crate) name: Option<String>,
}

/// Finds the first blocker phrase of a cleaned line.
pub(crate) fn find(text: &str) -> Option<Found> {
    // ASCII lowering keeps every byte position
    let lower = text.to_ascii_lowercase();
    let (at, phrase) = PHRASES
        .iter()
        .filter_map(|phrase| position(text, &lower, phrase).map(|at| (at, phrase)))
        .min_by_key(|(at, _)| *at)?;
    let before = text.get(..at)?;
    let after = text.get(at + phrase.text.len()..)?;
    let end = end_of_name(after);
    let (name, tail) = after.split_at_checked(end)?;
    let bare = before.trim_end_matches(|c: char| c.is_whitespace() || "-–—,;:|(".contains(c));
    let before = words(bare);
    let whole = before.last().is_some_and(|word| !DANGLING.contains(&word.as_str()));
    let rest = if whole && tail.trim_matches(['.', ')', ' ']).is_empty() { bare } else { text }.to_owned();
    Some(Found { rest, name: name_of(name) })
}

/// Reads the inside of a bracket, such as `blocked by: T-12` or `waiting for keys`.
pub(crate) fn in_brackets(inner: &str) -> Option<Option<String>> {
    let lower = inner.to_ascii_lowercase();
    if matches!(lower.as_str(), "blocked" | "waiting" | "on hold") {
        return Some(Some(UNNAMED.to_owned()));
    }
    let after = PHRASES.iter().find_map(|phrase| {
        let rest = lower.strip_prefix(phrase.text)?;
        rest.is_empty().then_some("").or_else(|| {
            let free = phrase.text.ends_with(':') || !rest.starts_with(char::is_alphanumeric);
            free.then(|| inner.get(phrase.text.len()..)).flatten()
        })
    })?;
    Some(name_of(after))
}

/// Cleans a blocker's name; `None` when it says that there is none.
pub(crate) fn name_of(raw: &str) -> Option<String> {
    let bare = clean(raw);
    let bare = bare.trim_matches(|c: char| c.is_whitespace() || ":'\".,;-–—".contains(c));
    let whole = bare.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|name| !name.contains('`'));
    let bare = whole.unwrap_or(bare);
    (!is_nothing(bare)).then(|| wfo_base::text::clip(bare, NAME_LIMIT).into_owned())
}

fn position(text: &str, lower: &str, phrase: &Phrase) -> Option<usize> {
    lower.match_indices(phrase.text).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).unwrap_or_default();
        let after = text.get(at + phrase.text.len()..).unwrap_or_default();
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')
            || (!phrase.text.ends_with(':') && after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        {
            return false;
        }
        let clause = before.trim_end();
        if clause.is_empty() || clause.ends_with(|c: char| !c.is_alphanumeric() && !"`'\"".contains(c)) {
            return true;
        }
        let names_id = after.split_whitespace().next().is_some_and(|word| task_id(word).is_some());
        let previous = clause.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let taken_back = NOT_AFTER.iter().any(|word| word.eq_ignore_ascii_case(previous));
        !phrase.clause_only && !taken_back && (names_id || !after.trim().is_empty())
    })
}

/// Returns where the name ends: at a dash, a semicolon, the end of a sentence or of the bracket.
fn end_of_name(after: &str) -> usize {
    [" — ", " – ", " - ", "; ", ". ", ")", "]"].iter().filter_map(|stop| after.find(stop)).min().unwrap_or(after.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, Option<String>)> {
        find(text).map(|found| (found.rest, found.name))
    }

    #[test]
    fn a_blocker_is_named_and_taken_out_of_the_sentence() {
        for (text, rest, name) in [
            ("Deploy — blocked by T-12", "Deploy", "T-12"),
            ("Deploy, waiting on design review.", "Deploy", "design review"),
            ("Deploy depends on T-1, T-2", "Deploy", "T-1, T-2"),
            ("Deploy Blocked by: `ops`", "Deploy", "ops"),
            ("Deploy, blocked by `GET /x`, `GET /y`", "Deploy", "`GET /x`, `GET /y`"),
            ("Deploy, blocked by new `GET /x`", "Deploy", "new `GET /x`"),
            ("Waiting on X", "Waiting on X", "X"),
            ("Deploy (waiting for keys)", "Deploy", "keys"),
            ("Ship it - blocked: no licence", "Ship it", "no licence"),
            ("Deploy waiting on Ops", "Deploy", "Ops"),
            ("Deploy is blocked by T-1", "Deploy is blocked by T-1", "T-1"),
            ("Deploy, blocked by T-1; then tell Ann", "Deploy, blocked by T-1; then tell Ann", "T-1"),
        ] {
            assert_eq!(found(text), Some((rest.into(), Some(name.into()))), "{text}");
        }
    }

    #[test]
    fn descriptions_and_parts_of_words_are_no_blockers() {
        for text in [
            "Remove code that depends on libfoo",
            "Show a spinner while waiting on the network",
            "Retry when waiting for the lock",
            "Was unblocked by T-3",
            "No longer blocked by T-3",
            "List what the parser depends on",
            "Depends online",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_phrase_that_says_none_is_taken_out_and_blocks_nothing() {
        assert_eq!(found("Deploy, blocked by: none"), Some(("Deploy".into(), None)));
        assert_eq!(in_brackets("blocked by None"), Some(None));
    }

    #[test]
    fn brackets_may_say_blocked_without_a_name() {
        assert_eq!(in_brackets("BLOCKED"), Some(Some(UNNAMED.into())));
        assert_eq!(in_brackets("blocked by: X"), Some(Some("X".into())));
        assert_eq!(in_brackets("Waiting on the vendor"), Some(Some("the vendor".into())));
        assert_eq!(in_brackets("blocked byte count"), None);
        assert_eq!(in_brackets("auth"), None);
    }
}
