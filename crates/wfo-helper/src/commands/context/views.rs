//! What several verbs of `context` show: the hand-over's rows, figures and backups.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_day::context::{Metrics, Points, Reality, Saved};
use wfo_todo::{Handover, InProgress};

/// Returns text of the repository as one harmless line.
pub(super) fn clean(words: &str) -> String {
    text::one_line(words).into_owned()
}

fn list(texts: &[String]) -> Vec<String> {
    texts.iter().map(|words| clean(words)).collect()
}

/// Entries of the hand-over.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(super) struct PointsView {
    /// What was finished.
    pub(super) completed: Vec<String>,
    /// What was begun.
    pub(super) in_progress: Vec<BegunView>,
    /// What stands in the way.
    pub(super) blockers: Vec<String>,
    /// What was decided.
    pub(super) decisions: Vec<String>,
    /// What comes next.
    pub(super) priorities: Vec<String>,
    /// How many entries were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more: Option<usize>,
}

/// One task that was begun.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct BegunView {
    /// The task.
    pub(super) task: String,
    /// Where it is worked on; null when the page does not say.
    branch: Option<String>,
    /// Percent done; absent when the page does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<u8>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    /// What blocks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    blockers: Option<String>,
}

impl From<&InProgress> for BegunView {
    fn from(row: &InProgress) -> Self {
        Self {
            task: clean(&row.task),
            branch: row.branch.as_deref().map(clean),
            progress: row.progress,
            port: row.port,
            blockers: row.blockers.as_deref().map(clean),
        }
    }
}

impl From<&Points> for PointsView {
    fn from(points: &Points) -> Self {
        Self {
            completed: list(&points.completed),
            in_progress: points.in_progress.iter().map(BegunView::from).collect(),
            blockers: list(&points.blockers),
            decisions: list(&points.decisions),
            priorities: list(&points.priorities),
            more: None,
        }
    }
}

impl From<&Handover> for PointsView {
    fn from(page: &Handover) -> Self {
        Self {
            completed: list(&page.completed),
            in_progress: page.in_progress.iter().map(BegunView::from).collect(),
            blockers: list(&page.blockers),
            decisions: list(&page.decisions),
            priorities: page.priorities.iter().map(|priority| clean(&priority.text)).collect(),
            more: None,
        }
    }
}

impl PointsView {
    /// Cuts every list.
    pub(super) fn cut(&mut self, limit: usize) {
        for list in [&mut self.completed, &mut self.blockers, &mut self.decisions, &mut self.priorities] {
            crate::render::cut(list, &mut self.more, limit);
        }
        crate::render::cut(&mut self.in_progress, &mut self.more, limit);
    }

    /// Words every entry with its list.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let lists = [("blocker", &self.blockers), ("decided", &self.decisions), ("next", &self.priorities)];
        let completed = self.completed.iter().map(|text| ("completed", text.clone()));
        let begun = self.in_progress.iter().map(|row| {
            let percent = row.progress.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
            ("begun", format!("{}{percent}", row.task))
        });
        let rest = lists.into_iter().flat_map(|(name, list)| list.iter().map(move |text| (name, text.clone())));
        completed.chain(begun).chain(rest).collect()
    }
}

/// The day's figures; null = could not be determined.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct MetricsView {
    /// Commits of the day, merges left out.
    commits: Option<u64>,
    /// Files that they changed.
    files_changed: Option<u64>,
    /// Tests that they added, less those that they took away.
    tests_added: Option<u64>,
    /// Percent of the lines that tests run.
    coverage: Option<f64>,
    /// Whether it was measured of the content that is there now; absent without a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage_fresh: Option<bool>,
    /// From the first to the last event of the day in transcripts, in minutes.
    session_minutes: Option<i64>,
}

impl MetricsView {
    /// Takes the figures of a day.
    pub(super) fn new(reality: &Reality) -> Self {
        let Metrics { commits, files_changed, tests_added, coverage, coverage_fresh } = reality.metrics.clone();
        Self { commits, files_changed, tests_added, coverage, coverage_fresh, session_minutes: reality.minutes }
    }

    /// Words them in a line.
    pub(super) fn line(&self) -> String {
        let count = |figure: Option<u64>| figure.map_or_else(|| "unknown".to_owned(), |figure| figure.to_string());
        let minutes = self.session_minutes.map_or_else(|| "unknown".to_owned(), |minutes| format!("{minutes} min"));
        let earlier = if self.coverage_fresh == Some(false) { " of earlier content" } else { "" };
        let coverage = self.coverage.map(|percent| format!(", coverage {percent} %{earlier}")).unwrap_or_default();
        format!(
            "session {minutes}, commits {}, files changed {}, tests added {}{coverage}",
            count(self.commits),
            count(self.files_changed),
            count(self.tests_added)
        )
    }
}

/// A backup.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct BackupView {
    /// By which it is restored.
    pub(super) stamp: String,
    /// Its folder.
    pub(super) folder: String,
    /// When it was made.
    at: String,
    /// The files that it holds.
    pub(super) files: Vec<SavedFile>,
}

/// A saved file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct SavedFile {
    /// Its path in the checkout.
    pub(super) path: String,
    /// Its size.
    pub(super) bytes: u64,
}

impl From<&Saved> for BackupView {
    fn from(saved: &Saved) -> Self {
        Self {
            stamp: saved.stamp.clone(),
            folder: saved.folder.to_string_lossy().into_owned(),
            at: saved.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            files: saved.files.iter().map(|(path, bytes)| SavedFile { path: clean(path), bytes: *bytes }).collect(),
        }
    }
}
