//! `context write`: the hand-over from what is really so and what is said.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::{PAGE, write};

use super::views::{BackupView, MetricsView, PointsView, clean};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::commands::said::DayFlags;
use crate::render::Paint;

/// Write the hand-over: PROJECT_CONTEXT.md and the same as data
///
/// Your own words stay byte for byte; entries stay until they are taken out, only "Completed" begins afresh on a new day. What is
/// called completed leaves "In Progress" and the priorities.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    day: DayFlags,
}

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// Whether files were written.
    applied: bool,
    /// The page.
    path: &'static str,
    /// Files that changed.
    files: Vec<String>,
    /// What was added to the page.
    added: PointsView,
    /// Completed entries of an earlier day that left the page; the backup has them.
    dropped: Vec<String>,
    /// Tasks that left "In Progress" and the priorities.
    settled: Vec<String>,
    /// The day's figures.
    metrics: MetricsView,
    /// The backup that was made because entries left the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<BackupView>,
    /// The page as it would be; only on a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        if let Some(page) = &self.page {
            return page.lines().map(|line| format!("{}\n", clean(line))).collect();
        }
        let word = if self.applied { paint.green("wrote") } else { paint.dim("nothing to write in") };
        let files = if self.files.is_empty() { self.path.to_owned() } else { self.files.join(" and ") };
        let mut out = format!("{word} {files}\n  {}\n", self.metrics.line());
        for (name, text) in self.added.lines() {
            out += &format!("  + {name}: {text}\n");
        }
        for text in &self.settled {
            out += &format!("  - settled: {text}\n");
        }
        if let Some(backup) = &self.backup {
            out += &format!("  {} entries of an earlier day are in backup {}\n", self.dropped.len(), backup.stamp);
        }
        out
    }

    fn cut(&mut self, limit: usize) {
        self.added.cut(limit);
        self.dropped.truncate(limit);
        self.settled.truncate(limit);
    }
}

pub(super) fn run(args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let given = args.day.told().points(call.site.rules())?;
    let wrote = write(call.site, &given, notes)?;
    let dry = call.context.globals.dry_run;
    let view = Shown {
        applied: !dry && !wrote.files.is_empty(),
        path: PAGE,
        added: PointsView::from(&wrote.added),
        dropped: wrote.dropped,
        settled: wrote.settled,
        metrics: MetricsView::new(&wrote.reality),
        backup: wrote.backup.as_ref().map(BackupView::from),
        files: wrote.files,
        page: dry.then_some(wrote.page),
    };
    Ok(Answer::new("wfo.context-write/1", view).into())
}
