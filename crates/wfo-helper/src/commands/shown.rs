//! The last step of commands that quote a person's or a stranger's words: no secret leaves them, in answers, notes and errors alike.

use std::rc::Rc;

use wfo_base::{Diagnostic, Problem};
use wfo_day::scan::Rules;

use super::Outcome;

/// Hides secrets in what a command comes to, and adds what was noticed.
///
/// # Errors
/// The problem that the command ended with.
pub(super) fn without_secrets(
    outcome: Result<Outcome, Problem>,
    rules: &Rc<Rules>,
    notes: Vec<Diagnostic>,
) -> Result<Outcome, Problem> {
    let outcome = outcome.map_err(|problem| rules.hide_in(problem))?;
    let mut notes: Vec<Diagnostic> = notes.into_iter().map(|note| rules.hide(note)).collect();
    match outcome {
        Outcome::Answer(answer) => {
            let hide = Rc::clone(rules);
            let answer = answer.hiding(Rc::new(move |words: &str| hide.without_secrets_in_lines(words)));
            notes.extend(rules.notes());
            Ok(Outcome::Answer(answer.noting(notes)))
        }
        other => Ok(other),
    }
}
