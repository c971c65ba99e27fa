//! Proposes for a thread: a fix on the branch, or a work item. Rules are rows of `reference/data/feedback.yaml`, and the extent of the talk.
//! A person confirms it; in doubt it is a work item, so that nothing is lost.

use serde::Deserialize;
use wfo_base::tables::Row;

use super::Thread;
use crate::words::words;

/// The most comments and characters of a simple thread.
const COMMENTS: usize = 3;
const CHARACTERS: usize = 400;
/// The most lines of a suggestion that can be taken over.
const SUGGESTED: usize = 15;
/// The most characters of a thread in which phrases are looked for.
const SEARCHED: usize = 20_000;

/// How much a thread asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// A fix on the branch.
    Simple,
    /// A work item of its own.
    Substantive,
}

impl Weight {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Substantive => "substantive",
        }
    }
}

/// Phrases that speak for one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRow {
    /// Its name.
    pub id: String,
    /// What the phrases speak for.
    pub weight: Weight,
    /// Whole words in a row, lower case.
    pub phrases: Vec<String>,
}

impl Row for FeedbackRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check(&self) -> Result<(), String> {
        if self.phrases.is_empty() {
            return Err(format!("`{}` has no phrases", self.id));
        }
        match self.phrases.iter().find(|phrase| words(phrase).is_empty() || phrase.len() > 60) {
            Some(phrase) => Err(format!("`{phrase}` in `{}` is not a phrase of 1 to 60 characters", self.id)),
            None => Ok(()),
        }
    }
}

/// Weighs a thread; the second value says which rules decided.
#[must_use]
pub fn weigh(rows: &[FeedbackRow], thread: &Thread) -> (Weight, Vec<String>) {
    let mut text = String::from(" ");
    for comment in &thread.comments {
        let left = SEARCHED.saturating_sub(text.len());
        let part: String = comment.body.chars().take(left).collect();
        for word in words(&part) {
            text.push_str(&word);
            text.push(' ');
        }
    }
    let says = |weight: Weight| {
        let phrases = rows.iter().filter(move |row| row.weight == weight).flat_map(|row| &row.phrases);
        phrases.filter(|phrase| text.contains(&format!(" {} ", words(phrase).join(" ")))).cloned().collect::<Vec<_>>()
    };
    let heavy = says(Weight::Substantive);
    if !heavy.is_empty() {
        return (Weight::Substantive, heavy.iter().take(5).map(|phrase| format!("says \"{phrase}\"")).collect());
    }
    let extent: usize = thread.comments.iter().map(|comment| comment.body.chars().count()).sum();
    if thread.comments.len() > COMMENTS || thread.more_comments {
        return (Weight::Substantive, vec![format!("more than {COMMENTS} comments")]);
    }
    if thread.comments.iter().any(|comment| suggestion(&comment.body).is_some_and(|lines| lines <= SUGGESTED)) {
        return (Weight::Simple, vec!["brings a suggestion that can be taken over".to_owned()]);
    }
    if extent > CHARACTERS {
        return (Weight::Substantive, vec![format!("more than {CHARACTERS} characters")]);
    }
    let light = says(Weight::Simple);
    if light.is_empty() {
        return (Weight::Substantive, vec!["no rule calls it simple".to_owned()]);
    }
    (Weight::Simple, light.iter().take(5).map(|phrase| format!("says \"{phrase}\"")).collect())
}

/// Returns how many lines the first suggestion of a comment has.
fn suggestion(body: &str) -> Option<usize> {
    let mut lines = body.lines().map(str::trim);
    lines.find(|line| {
        line.strip_prefix("```").is_some_and(|info| info.trim_start_matches('`').trim() == "suggestion")
    })?;
    Some(lines.take_while(|line| !line.starts_with("```")).count())
}
