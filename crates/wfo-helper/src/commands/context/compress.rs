//! `context compress`: the hand-over made to fit.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::{PAGE, compress};

use super::views::{BackupView, clean};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::Paint;

/// How many tokens a page may have when nothing else is said.
const TOKENS: u64 = 2_000;

/// Make PROJECT_CONTEXT.md fit into `--max-tokens` (2000), after a backup
///
/// Kept first: blockers, then priorities, work in progress, decisions, completed tasks, figures, and the rest of the page.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// The page before and after.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether the page was written.
    applied: bool,
    /// The page.
    path: &'static str,
    /// What was asked for.
    max_tokens: u64,
    /// Tokens before (4 characters each).
    tokens_before: u64,
    /// Tokens now.
    tokens_after: u64,
    /// What was cut, in page order.
    cut: Vec<CutView>,
    /// The backup that holds the whole page.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<BackupView>,
    /// The page as it would be; only on a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// What was cut below one heading.
#[derive(Debug, Serialize, JsonSchema)]
struct CutView {
    /// The heading.
    heading: String,
    /// How many lines.
    lines: usize,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if let Some(page) = &self.page {
            return page.lines().map(|line| format!("{}\n", clean(line))).collect();
        }
        if !self.applied {
            return format!("{} has {} tokens, which fit\n", self.path, self.tokens_before);
        }
        let mut out =
            format!("{} {}: {} tokens, were {}\n", paint.green("compressed"), self.path, self.tokens_after, self.tokens_before);
        for cut in &self.cut {
            out += &format!("  - {} lines of {}\n", cut.lines, cut.heading);
        }
        if let Some(backup) = &self.backup {
            out += &format!("  the whole page is in backup {}\n", backup.stamp);
        }
        out
    }
}

pub(super) fn run(_args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let most = call.context.globals.max_tokens.unwrap_or(TOKENS);
    let done = compress(call.site, most, notes)?;
    let dry = call.context.globals.dry_run;
    let cut = done.compressed.cut.iter().map(|(heading, lines)| CutView { heading: clean(heading), lines: *lines });
    let next = done.backup.as_ref().map(|backup| format!("wfo-helper context restore {}", backup.stamp));
    let view = Shown {
        applied: done.changed && !dry,
        path: PAGE,
        max_tokens: most,
        tokens_before: done.compressed.tokens_before,
        tokens_after: done.compressed.tokens_after,
        cut: cut.collect(),
        backup: done.backup.as_ref().map(BackupView::from),
        page: dry.then_some(done.page),
    };
    Ok(Answer::new("wfo.context-compress/1", view).next(next).into())
}
