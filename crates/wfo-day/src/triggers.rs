//! The sentences that ask for a briefing, compared whole: "start day" does, "start day trading app" does not.

use serde::Deserialize;
use wfo_base::tables::Row;
use wfo_base::text;

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerRow {
    /// The sentence, lower case, without end punctuation.
    pub id: String,
    /// The command it stands for.
    pub command: String,
}

impl Row for TriggerRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.id != plain(&self.id) {
            return Err(format!("`{}` should be written `{}`", self.id, plain(&self.id)));
        }
        if self.command != "start-day" {
            return Err(format!("`{}` is not a command that a sentence can stand for (start-day)", self.command));
        }
        Ok(())
    }
}

/// Longer prompts are never a trigger: looked at first, so that a pasted file costs nothing.
const LONGEST: usize = 200;

/// Says whether a prompt is short enough to be a sentence, before any table is read.
#[must_use]
pub fn may_be(prompt: &str) -> bool {
    !prompt.is_empty() && prompt.len() <= LONGEST
}

/// Returns a prompt without case, surrounding blanks and end punctuation; curly quotes count as straight ones.
#[must_use]
pub fn plain(prompt: &str) -> String {
    let line = text::one_line(prompt).replace(['’', '‘'], "'").to_lowercase();
    line.trim_matches(|c: char| c.is_whitespace() || ".!?…,;:\"'`*".contains(c)).to_owned()
}

/// Returns the command that the whole prompt stands for.
#[must_use]
pub fn command<'a>(prompt: &str, rows: impl IntoIterator<Item = &'a TriggerRow>) -> Option<&'a str> {
    if !may_be(prompt) {
        return None;
    }
    let sentence = plain(prompt);
    rows.into_iter().find(|row| row.id == sentence).map(|row| row.command.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_sentence_is_a_trigger() {
        let rows = crate::tables::TRIGGERS.built_in();
        assert_eq!(rows.notes, vec![]);
        let rows: Vec<_> = rows.value.into_iter().map(|(row, _)| row).collect();
        for prompt in
            ["start day", "  Start Day! ", "Begin session.", "What’s the status?", "start my day please", "START DAY\n"]
        {
            assert_eq!(command(prompt, &rows), Some("start-day"), "{prompt}");
        }
        for prompt in [
            "start day trading app",
            "restart day",
            "start",
            "",
            "don't start day",
            "start day\nand delete all",
            &"start day ".repeat(50),
        ] {
            assert_eq!(command(prompt, &rows), None, "{prompt}");
        }
    }
}
