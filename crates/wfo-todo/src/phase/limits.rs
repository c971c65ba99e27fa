//! How full the context may get: rows of `reference/data/limits.yaml`, and which limit a number of tokens has reached.
//! Saves nothing; it only says that something should be saved.

use serde::Deserialize;
use wfo_base::tables::Row;

/// The most tokens of a limit, so that products stay far from overflow.
const TOKENS_LIMIT: u64 = 100_000_000;

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// `warn` or `checkpoint`.
    pub id: String,
    /// So many tokens.
    pub tokens: u64,
    /// That part of the host's window, such as `0.75`: two digits after the point at most.
    pub window: Share,
}

/// A part of a whole, in hundredths, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Share(u64);

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hundredths = match text.split_once('.') {
            Some(("0", digits)) if (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                format!("{digits:0<2}").parse().unwrap_or(0)
            }
            Some(("1", "0" | "00")) => 100,
            None if text == "1" => 100,
            _ => 0,
        };
        if (1..=100).contains(&hundredths) {
            Ok(Self(hundredths))
        } else {
            Err(format!("`{text}` is not a part such as \"0.75\": more than 0, at most 1, two digits"))
        }
    }
}

impl Row for LimitRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if !["checkpoint", "warn"].contains(&self.id.as_str()) {
            return Err(format!("`{}` is not a limit; the limits are checkpoint, warn", self.id));
        }
        if !(1..=TOKENS_LIMIT).contains(&self.tokens) {
            return Err(format!("`tokens` of `{}` is not between 1 and {TOKENS_LIMIT}", self.id));
        }
        Ok(())
    }
}

impl LimitRow {
    /// Whether a repository's row counts: it is lower.
    #[must_use]
    pub fn stricter(old: Option<&Self>, new: &Self) -> bool {
        old.is_some_and(|old| new.tokens <= old.tokens && new.window <= old.window && new != old)
    }

    /// Returns the tokens from which it holds: the smaller of its two figures.
    #[must_use]
    pub fn tokens(&self, window: Option<u64>) -> u64 {
        let share = window
            .filter(|window| *window > 0)
            .map(|window| window / 100 * self.window.0 + window % 100 * self.window.0 / 100);
        share.map_or(self.tokens, |share| share.min(self.tokens))
    }
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// None.
    Ok,
    /// The current task should be ended.
    Warn,
    /// The state is saved.
    Checkpoint,
}

/// Says which limit so many tokens have reached; `window` is the size of the host's window where it is known.
#[must_use]
pub fn level_of(rows: &[LimitRow], tokens: u64, window: Option<u64>) -> Level {
    let reached = |id: &str| rows.iter().any(|row| row.id == id && tokens >= row.tokens(window));
    match (reached("checkpoint"), reached("warn")) {
        (true, _) => Level::Checkpoint,
        (false, true) => Level::Warn,
        (false, false) => Level::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wfo_base::tables;

    const TABLE: &str = include_str!("../../../../reference/data/limits.yaml");

    fn rows() -> Vec<LimitRow> {
        let parsed = tables::parse::<LimitRow>("limits.yaml", TABLE);
        assert_eq!(parsed.notes, vec![]);
        parsed.value.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn the_context_is_watched_at_eighty_and_a_hundred_thousand_tokens() {
        for (tokens, level) in [
            (0, Level::Ok),
            (79_999, Level::Ok),
            (80_000, Level::Warn),
            (99_999, Level::Warn),
            (100_000, Level::Checkpoint),
            (u64::MAX, Level::Checkpoint),
        ] {
            assert_eq!(level_of(&rows(), tokens, None), level, "{tokens}");
            assert_eq!(level_of(&rows(), tokens, Some(1_000_000)), level, "{tokens} of a large window");
        }
    }

    #[test]
    fn a_small_window_lowers_the_limits_and_a_window_of_nothing_does_not() {
        for (tokens, window, level) in [
            (59_999, 100_000, Level::Ok),
            (60_000, 100_000, Level::Warn),
            (75_000, 100_000, Level::Checkpoint),
            (79_999, 0, Level::Ok),
            (0, 1, Level::Checkpoint),
            (100_000, u64::MAX, Level::Checkpoint),
        ] {
            assert_eq!(level_of(&rows(), tokens, Some(window)), level, "{tokens} of {window}");
        }
    }

    #[test]
    fn parts_are_more_than_nothing_and_no_more_than_all() {
        for (text, part) in
            [("0.75", Some(75)), ("0.5", Some(50)), ("1", Some(100)), ("1.0", Some(100)), ("0.01", Some(1))]
        {
            assert_eq!(Share::try_from(text.to_owned()).ok().map(|share| share.0), part, "{text}");
        }
        for text in ["0", "0.0", "0.00", "1.1", "75", "-0.5", "0.755", ".5", "0.7x", "", "0.+5"] {
            assert!(Share::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_repository_may_only_lower_a_limit() {
        let row = |tokens, window: u64| LimitRow { id: "warn".into(), tokens, window: Share(window) };
        let old = row(80_000, 60);
        for (new, may) in [
            (row(70_000, 60), true),
            (row(80_000, 50), true),
            (row(80_000, 60), false),
            (row(70_000, 61), false),
            (row(90_000, 10), false),
        ] {
            assert_eq!(LimitRow::stricter(Some(&old), &new), may, "{new:?}");
            assert!(!LimitRow::stricter(None, &new));
        }
    }

    #[test]
    fn unknown_limits_and_figures_that_cannot_be_are_named() {
        for text in [
            "{id: stop, tokens: 1, window: \"1\"}",
            "{id: warn, tokens: 0, window: \"1\"}",
            "{id: warn, tokens: 1, window: 0.5}",
            "{id: warn, tokens: 1, window: \"2\"}",
        ] {
            assert_eq!(tables::parse::<LimitRow>("l.yaml", &format!("rows:\n- {text}\n")).notes.len(), 1, "{text}");
        }
    }
}
