//! How urgent a person says a task is: `P0`-`P3` and high, medium, low, each with its own row in the queue table.
//! Never guesses urgency from the words of the task itself.

/// Urgency as written in a mark or a heading; declared, and therefore ordered, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// `P0`, critical, urgent.
    P0,
    /// `P1`.
    P1,
    /// High, `!!!`, a red mark; a heading "Now" or "Today".
    High,
    /// `P2`.
    P2,
    /// Medium, `!!`; a heading "Next" or "Soon".
    Medium,
    /// `P3`.
    P3,
    /// Low; a heading "Later" or "Someday".
    Low,
}

impl Level {
    /// All levels, most urgent first.
    pub const ALL: [Self; 7] = [Self::P0, Self::P1, Self::High, Self::P2, Self::Medium, Self::P3, Self::Low];

    /// Reads a word such as `P1`, `high`, `urgent` or `med`, without case; digits are `P0`-`P3`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Level); 12] = [
            ("critical", Level::P0),
            ("urgent", Level::P0),
            ("highest", Level::P0),
            ("med", Level::Medium),
            ("normal", Level::Medium),
            ("lowest", Level::Low),
            ("0", Level::P0),
            ("1", Level::P1),
            ("2", Level::P2),
            ("3", Level::P3),
            ("hi", Level::High),
            ("lo", Level::Low),
        ];
        let named = Self::ALL.into_iter().find(|level| level.id().eq_ignore_ascii_case(word));
        named.or_else(|| WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, level)| *level))
    }

    /// Reads a `P0`-`P3` alone, in either case.
    pub(crate) fn from_p(word: &str) -> Option<Self> {
        [Self::P0, Self::P1, Self::P2, Self::P3].into_iter().find(|level| level.id().eq_ignore_ascii_case(word))
    }

    /// Reads one of the coloured or arrow signs that people put before a task.
    pub(crate) fn from_sign(sign: char) -> Option<Self> {
        match sign {
            '🚨' | '🔺' => Some(Self::P0),
            '🔴' | '⏫' => Some(Self::High),
            '🟠' | '🟡' | '🔼' => Some(Self::Medium),
            '🟢' | '🔽' | '⏬' => Some(Self::Low),
            _ => None,
        }
    }

    /// Returns the name of its row in the queue table, such as `p0` or `high`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::P0 => "p0",
            Self::P1 => "p1",
            Self::High => "high",
            Self::P2 => "p2",
            Self::Medium => "medium",
            Self::P3 => "p3",
            Self::Low => "low",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            other => other.id(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_without_case() {
        for (word, level) in [
            ("P0", Some(Level::P0)),
            ("p3", Some(Level::P3)),
            ("HIGH", Some(Level::High)),
            ("Urgent", Some(Level::P0)),
            ("med", Some(Level::Medium)),
            ("2", Some(Level::P2)),
            ("p4", None),
            ("highly", None),
            ("", None),
        ] {
            assert_eq!(Level::from_word(word), level, "{word}");
        }
    }

    #[test]
    fn levels_are_ordered_most_urgent_first() {
        assert!(Level::ALL.is_sorted());
        assert_eq!(Level::ALL.map(|level| level.to_string()).join(" "), "P0 P1 high P2 medium P3 low");
    }
}
