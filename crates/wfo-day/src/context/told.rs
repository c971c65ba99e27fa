//! What a person or an agent tells about the work, as it was typed; nothing of it is kept before secrets are out of it.

use wfo_base::{Problem, codes};
use wfo_todo::page::{LearningKind, Points, begun};

use crate::scan::Rules;

/// What is told for the hand-over.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What was finished.
    pub completed: Vec<String>,
    /// What was begun, such as "Front end (feature/ui) 70%".
    pub in_progress: Vec<String>,
    /// What stands in the way.
    pub blockers: Vec<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// What comes next.
    pub priorities: Vec<String>,
}

impl Told {
    /// Takes secrets out of it, and what was begun apart.
    ///
    /// # Errors
    /// `usage.invalid` for an entry without words.
    pub fn points(&self, rules: &Rules) -> Result<Points, Problem> {
        let lists = [&self.completed, &self.in_progress, &self.blockers, &self.decisions, &self.priorities];
        require_words(lists.into_iter().flatten())?;
        let clean = |list: &[String]| list.iter().map(|text| rules.without_secrets(text)).collect::<Vec<_>>();
        Ok(Points {
            completed: clean(&self.completed),
            in_progress: clean(&self.in_progress).iter().filter_map(|text| begun(text)).collect(),
            blockers: clean(&self.blockers),
            decisions: clean(&self.decisions),
            priorities: clean(&self.priorities),
        })
    }
}

/// Takes secrets out of what was learned.
///
/// # Errors
/// `usage.invalid` for an entry without words.
pub(crate) fn learnings(
    told: &[(LearningKind, String)],
    rules: &Rules,
) -> Result<Vec<(LearningKind, String)>, Problem> {
    require_words(told.iter().map(|(_, text)| text))?;
    Ok(told.iter().map(|(kind, text)| (*kind, rules.without_secrets(text))).collect())
}

fn require_words<'a>(mut texts: impl Iterator<Item = &'a String>) -> Result<(), Problem> {
    match texts.any(|text| begun(text).is_none()) {
        true => {
            Err(Problem::new(codes::USAGE, "an entry says nothing").hint("say it: `--completed \"Built the API\"`"))
        }
        false => Ok(()),
    }
}
