//! `todo checkpoint`: says how full the context is by the table `limits`, and from `checkpoint` on saves the state in the TODO.

use wfo_base::{Diagnostic, Problem};
use wfo_todo::TaskStatus;
use wfo_todo::phase::{ContextLevel, level_of};
use wfo_todo::record::{self, Checkpoint};

use super::Site;
use super::choose::choose;
use super::put::{Edited, edit};
use crate::tables;

/// What is known at a checkpoint.
#[derive(Debug, Clone, Copy, Default)]
pub struct Save<'a> {
    /// Tokens in use.
    pub tokens: u64,
    /// The size of the host's window, where it is known.
    pub window: Option<u64>,
    /// What to remember.
    pub notes: &'a str,
    /// Tasks whose status is brought up to date.
    pub statuses: &'a [(String, TaskStatus)],
    /// Save whatever the level: the host is about to forget.
    pub always: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which limit is reached.
    pub level: ContextLevel,
    /// From how many tokens on a task should be ended; and the state is saved.
    pub limits: (Option<u64>, Option<u64>),
    /// The TODO file that was saved to, or would be.
    pub file: Option<String>,
    /// Files that changed, or would.
    pub files: Vec<String>,
}

/// Looks at the level, and saves where that is due.
///
/// # Errors
/// What choosing, editing and writing a file answer; nothing of it below the limit.
pub fn checkpoint(
    site: &Site<'_>,
    wanted: Option<&str>,
    save: &Save<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Result<Checked, Problem> {
    let rows = site.rows(&tables::LIMITS, notes);
    let level = level_of(&rows, save.tokens, save.window);
    let limit = |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.tokens(save.window));
    let mut checked = Checked { level, limits: (limit("warn"), limit("checkpoint")), file: None, files: Vec::new() };
    if level == ContextLevel::Checkpoint || save.always {
        let file = choose(site, wanted, notes)?;
        let Edited { files, value: () } = edit(site, &file, notes, |front| {
            let taken = Checkpoint { tokens: save.tokens, notes: save.notes, statuses: save.statuses };
            Ok((record::checkpoint(front, &taken, site.now())?, ()))
        })?;
        (checked.file, checked.files) = (Some(file), files);
    }
    Ok(checked)
}
