//! `context backup`: copies of the pages that hold the context.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::backup;

use super::views::BackupView;
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::{Paint, count};

/// Save the pages of context for 7 days
///
/// PROJECT_CONTEXT.md, CLAUDE.md, TASK.md, PLANNING.md, the TODO files, `.claude/context.json` and `.claude/todos.json`. The newest
/// backup always stays.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether it was saved.
    applied: bool,
    /// The backup.
    backup: BackupView,
    /// Backups of more than 7 days that went.
    pruned: Vec<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let word = if self.applied { paint.green("saved") } else { paint.dim("would save") };
        let mut out = format!("{word} {} in {}\n", count(self.backup.files.len(), "file"), self.backup.folder);
        for file in &self.backup.files {
            out += &format!("  {} ({} bytes)\n", file.path, file.bytes);
        }
        for stamp in &self.pruned {
            out += &format!("  {stamp} went: it was older than 7 days\n");
        }
        out
    }
}

pub(super) fn run(_args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let saved = backup(call.site, notes)?;
    let view = Shown {
        applied: !call.context.globals.dry_run,
        backup: BackupView::from(&saved),
        pruned: saved.pruned,
    };
    Ok(Answer::new("wfo.context-backup/1", view).into())
}
