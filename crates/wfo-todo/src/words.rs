//! Small readings of human text that several readers share: words, dates, ids, and lines that say "nothing here".
//! Looks at whole words only; never at parts of them.

use jiff::civil::Date;
use wfo_base::text;

/// The most characters of one task, blocker or decision.
const ITEM_LIMIT: usize = 500;

/// Returns the lower-case words, cut at everything that is not a letter or digit; a possessive `s` is left out.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "s").map(lower).collect()
}

fn lower(word: &str) -> String {
    word.to_lowercase()
}

/// Returns foreign text as one bounded, harmless line, without bold marks.
pub(crate) fn clean(raw: &str) -> String {
    let line = text::one_line(raw);
    let plain = if line.contains("**") { line.replace("**", "") } else { line.into_owned() };
    text::clip(text::one_line(&plain).as_ref(), ITEM_LIMIT).into_owned()
}

/// Cleans a short value such as a table cell; backticks go, and what says "nothing" is `None`.
pub(crate) fn value(raw: &str) -> Option<String> {
    let cell = clean(raw);
    let cell = cell.trim_matches(['`', '*', '_', ' ']);
    (!is_nothing(cell)).then(|| cell.to_owned())
}

/// Says whether a line is a placeholder: `None`, `- [ ] n/a`, `_No tasks yet_`, `[List from ...]`, `{...}`, dashes.
pub(crate) fn is_nothing(line: &str) -> bool {
    let bare = line.trim().trim_matches(['_', '*', '`', '.', '!', ' ']);
    let inside = |open, close| bare.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    if let Some(inner) = inside('(', ')') {
        return is_nothing(inner);
    }
    let wrapped = [('[', ']'), ('{', '}'), ('<', '>')]
        .into_iter()
        .filter_map(|(open, close)| inside(open, close).map(|inner| (open, close, inner)))
        .any(|(open, close, inner)| !inner.contains([open, close]));
    if wrapped {
        return true;
    }
    let words = words(bare);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => true,
        ["none" | "nothing" | "nil" | "null" | "na" | "tbd" | "tba" | "empty"] | ["n", "a"] => true,
        ["none" | "nothing", second, rest @ ..] => {
            matches!(*second, "yet" | "right" | "currently" | "at" | "so" | "now" | "today" | "known" | "reported")
                && rest.len() <= 3
        }
        ["no", rest @ ..] => rest.len() <= 5 && names_nothing(rest),
        _ => false,
    }
}

/// Says whether the words after "no" only name a kind of list: "open blockers", "tasks currently in progress".
fn names_nothing(words: &[&str]) -> bool {
    const ADJECTIVES: [&str; 8] = ["current", "active", "open", "known", "new", "further", "major", "outstanding"];
    const NOUNS: [&str; 10] = [
        "blockers",
        "blocker",
        "tasks",
        "task",
        "items",
        "decisions",
        "decision",
        "priorities",
        "completed",
        "impediments",
    ];
    const TAIL: [&str; 12] =
        ["currently", "in", "progress", "yet", "now", "today", "at", "this", "time", "made", "recorded", "tasks"];
    let rest = words.iter().skip_while(|word| ADJECTIVES.contains(word)).copied().collect::<Vec<_>>();
    rest.split_first().is_some_and(|(noun, tail)| NOUNS.contains(noun) && tail.iter().all(|word| TAIL.contains(word)))
}

/// Writes a number with its noun: `1 file`, `2 files`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Finds the first `YYYY-MM-DD` that stands alone or begins a time stamp.
#[must_use]
pub fn date_in(text: &str) -> Option<Date> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find_map(|piece| {
        let (day, rest) = piece.split_at_checked(10)?;
        let whole = rest.is_empty() || rest.starts_with('T');
        let shape = day.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        (whole && shape).then(|| day.parse().ok()).flatten()
    })
}

/// Returns the task id that a word is, without brackets and end punctuation: `T-12`, `impl_001`, `#34`.
pub(crate) fn task_id(word: &str) -> Option<&str> {
    let bare = word.trim_matches(['[', ']', '(', ')', '`', ':', '.', ',', '*']);
    let digits = |text: &str, least| (least..=7).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(number) = bare.strip_prefix('#') {
        return digits(number, 1).then_some(bare);
    }
    if let Some((prefix, number)) = bare.rsplit_once('_') {
        let name = prefix.starts_with(|c: char| c.is_ascii_lowercase())
            && prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        return (name && digits(number, 2)).then_some(bare);
    }
    let (prefix, number) = bare.rsplit_once('-')?;
    let name = (1..=10).contains(&prefix.len())
        && prefix.starts_with(|c: char| c.is_ascii_uppercase())
        && prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (name && digits(number, 1) && !STANDARDS.contains(&prefix)).then_some(bare)
}

/// Names that look like the prefix of a task id and are not.
const STANDARDS: [&str; 11] = ["UTF", "SHA", "ISO", "RFC", "MD", "AES", "ES", "HTTP", "GPT", "RSA", "IPV"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_nothing_and_short_sentences_are_something() {
        for line in [
            "",
            "None",
            "none.",
            "_none_",
            "N/A",
            "n/a",
            "-",
            "—",
            "[List]",
            "[List from PROJECT_CONTEXT.md]",
            "{format_blockers(x)}",
            "<what you did>",
            "(none)",
            "_No tasks currently in progress_",
            "No blockers",
            "No open blockers at this time",
            "None yet",
            "none at the moment",
            "TBD",
            "...",
        ] {
            assert!(is_nothing(line), "{line}");
        }
        for line in [
            "No access to the production database",
            "None of the tests run on CI",
            "No tasks can be run in CI",
            "Nothing works without the key",
            "Waiting on X",
            "[docs](x) are stale",
            "[a] and [b]",
            "5",
        ] {
            assert!(!is_nothing(line), "{line}");
        }
    }

    #[test]
    fn dates_stand_alone_or_begin_a_stamp() {
        let day = |text: &str| date_in(text).map(|day| day.to_string());
        assert_eq!(day("since 2026-11-01"), Some("2026-11-01".into()));
        assert_eq!(day("(2026-11-20T10:15:00Z)"), Some("2026-11-20".into()));
        assert_eq!(day("2026-02-30 then 2026-03-01"), Some("2026-03-01".into()));
        for text in ["12026-11-01", "2026-11-011", "2026-1-1", "é2026-11", "20261101", ""] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn ids_are_told_from_standards_and_words() {
        for (word, id) in [
            ("T-12", Some("T-12")),
            ("[WFO2-7]:", Some("WFO2-7")),
            ("`impl_001`", Some("impl_001")),
            ("#34", Some("#34")),
            ("UTF-8", None),
            ("SHA-256", None),
            ("t-12", None),
            ("__init__", None),
            ("v_1", None),
            ("2026-11-01", None),
            ("#tag", None),
            ("-", None),
        ] {
            assert_eq!(task_id(word), id, "{word}");
        }
    }

    #[test]
    fn text_is_cleaned_and_bounded() {
        assert_eq!(clean("**Fix** \u{1b}[31mlogin\u{1b}[0m\u{202e}"), "Fix login");
        assert_eq!(clean(&"x".repeat(5000)).chars().count(), ITEM_LIMIT);
    }
}
