//! Phrases that a task says, as whole words without endings and articles; what is denied does not count.
//! Compares text only.

use crate::trace::stem;
use crate::words::words;

/// The most characters and words of a phrase.
const LONGEST: usize = 60;
const WORDS: usize = 5;
/// How far before and behind a phrase a word that denies it is looked for.
const REACH: usize = 3;
/// Words that deny what follows.
const BEFORE: [&str; 9] = ["no", "not", "without", "never", "nor", "neither", "t", "avoid", "zero"];
/// Words that deny what stands before them.
const BEHIND: [&str; 3] = ["unnecessary", "needless", "unneeded"];
/// Words that deny what stands before them after a "not".
const NEEDED: [&str; 3] = ["needed", "necessary", "required"];

/// Says whether a text is a phrase that a table may hold.
pub(super) fn is_phrase(text: &str) -> bool {
    let words = bare(text);
    text.len() <= LONGEST && (1..=WORDS).contains(&words.len()) && !text.chars().any(char::is_control)
}

/// Says whether a text says a phrase and does not deny it.
pub(super) fn says(phrase: &str, text: &str) -> bool {
    let phrase = bare(phrase);
    // What is denied in one part of a sentence is not denied in the next.
    let parts = text.split([',', '.', ';', '(', ')', '\n']);
    !phrase.is_empty() && parts.map(bare).any(|words| says_in(&phrase, &words))
}

fn says_in(phrase: &[String], words: &[String]) -> bool {
    let hits = words.windows(phrase.len()).enumerate();
    let mut hits = hits.filter(|(_, window)| window.iter().zip(phrase).all(|(a, b)| same(a, b)));
    hits.any(|(at, _)| {
        let before = words.get(at.saturating_sub(REACH)..at).unwrap_or_default();
        let end = at + phrase.len();
        let behind = words.get(end..words.len().min(end + REACH)).unwrap_or_default();
        let has = |list: &[String], table: &[&str]| list.iter().any(|word| table.contains(&word.as_str()));
        // "no migration needed", "migration is not needed", "migration: none"
        let none = matches!(behind.first().map(String::as_str), Some("none" | "no"));
        let not_needed = has(behind, &["not", "t", "no"]) && has(behind, &NEEDED);
        !(has(before, &BEFORE) || has(behind, &BEHIND) || none || not_needed)
    })
}

/// Says whether two words differ in their ending only; short ones by an `s` at most.
fn same(word: &str, of_phrase: &str) -> bool {
    stem(word) == stem(of_phrase) || word.strip_suffix('s') == Some(of_phrase)
}

/// Returns the words without articles.
fn bare(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| !matches!(word.as_str(), "a" | "an" | "the")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_whole_words_in_a_row_and_not_denied() {
        for (phrase, text, expected) in [
            ("migration", "Table for codes with a migration", true),
            ("migration", "Migrations: one for each table", true),
            ("migration", "Page about immigration", false),
            ("migration", "Page about immigrations", false),
            ("migration", "No migration needed", false),
            ("migration", "Works without a new migration", false),
            ("migration", "Rename the label (a migration is not needed)", false),
            ("migration", "Rename the label, needs no migration", false),
            ("migration", "It doesn't need any migration", false),
            ("migration", "Rename it; migration: none", false),
            ("migration", "A migration, not null", true),
            ("migration", "Not now, a migration first", true),
            ("migration", "No migration for users, but a migration for codes", true),
            ("new table", "A new table for codes", true),
            ("new table", "New timetable", false),
            ("new table", "A table for new codes", false),
            ("alter table", "ALTER TABLE codes", true),
            ("add column", "Adds the columns of codes", true),
            ("add column", "Add \"a\" column", true),
            ("migration", "", false),
        ] {
            assert_eq!(says(phrase, text), expected, "{phrase}: {text}");
        }
    }

    #[test]
    fn only_few_words_in_one_line_are_a_phrase() {
        for text in ["", "the", "--", "a\nb", "one two three four five six"] {
            assert!(!is_phrase(text), "{text:?}");
        }
        assert!(is_phrase("new table"));
    }
}
