//! `context show`: what the page says beside what is so.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Diagnostic, Problem};
use wfo_day::context::{PAGE, show};

use super::views::{MetricsView, PointsView, clean};
use super::{Call, Outcome};
use crate::answer::{Answer, View};
use crate::render::{Paint, and_more, cut};

/// Show what the hand-over says, what is really so, and where they differ
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// The page beside reality.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shown {
    /// What the page says; null when there is none.
    page: Option<PageView>,
    /// What git, the task files and the transcripts say of today.
    reality: RealityView,
    /// Where the two differ.
    drift: Vec<DifferenceView>,
    /// How many differences were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    drift_more: Option<usize>,
}

/// What the page says.
#[derive(Debug, Serialize, JsonSchema)]
struct PageView {
    /// Its path.
    path: &'static str,
    /// Its size.
    bytes: u64,
    /// Its size in tokens (4 characters each).
    tokens: u64,
    /// When it was last updated, as it says; null when it does not.
    updated: Option<String>,
    /// Its lists.
    #[serde(flatten)]
    points: PointsView,
}

/// What is really so.
#[derive(Debug, Serialize, JsonSchema)]
struct RealityView {
    /// The branch; null when detached or without a repository.
    branch: Option<String>,
    /// The day's figures.
    metrics: MetricsView,
    /// What was finished today and what is under way, by the task files and commits.
    #[serde(flatten)]
    points: PointsView,
}

/// One difference.
#[derive(Debug, Serialize, JsonSchema)]
struct DifferenceView {
    /// updated, completed, in_progress, branch, priorities or data.
    field: &'static str,
    /// What the page says; null when it says nothing of it.
    recorded: Option<String>,
    /// What is so.
    actual: String,
    /// By what that is known.
    evidence: String,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut out = match &self.page {
            None => format!("there is no {PAGE}\n"),
            Some(page) => {
                let updated = page.updated.as_deref().unwrap_or("at an unknown time");
                let lines = page.points.lines().into_iter().map(|(name, text)| format!("  {name}: {text}\n"));
                format!("{} updated {updated}, {} tokens\n{}", paint.bold(page.path), page.tokens, lines.collect::<String>())
            }
        };
        out += &format!("{} {}\n", paint.bold("today:"), self.reality.metrics.line());
        for one in &self.drift {
            let recorded = one.recorded.as_deref().unwrap_or("nothing");
            out += &format!("{} {}: {} ({})\n", paint.yellow(one.field), recorded, one.actual, one.evidence);
        }
        out + &and_more(self.drift_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.drift, &mut self.drift_more, limit);
        self.reality.points.cut(limit);
        if let Some(page) = &mut self.page {
            page.points.cut(limit);
        }
    }
}

pub(super) fn run(_args: Args, call: &Call<'_>, notes: &mut Vec<Diagnostic>) -> Result<Outcome, Problem> {
    let shown = show(call.site, notes)?;
    let (bytes, tokens) = shown.size.unwrap_or_default();
    let drift = shown.drift.iter().map(|one| DifferenceView {
        field: one.field,
        recorded: one.recorded.as_deref().map(clean),
        actual: clean(&one.actual),
        evidence: clean(&one.evidence),
    });
    let drift: Vec<DifferenceView> = drift.collect();
    let next = (!drift.is_empty() || shown.page.is_none()).then(|| "wfo-helper context write".to_owned());
    let view = Shown {
        page: shown.page.as_ref().map(|page| PageView {
            path: PAGE,
            bytes,
            tokens,
            updated: page.updated.as_deref().map(clean),
            points: PointsView::from(page),
        }),
        reality: RealityView {
            branch: shown.reality.branch.as_deref().map(clean),
            metrics: MetricsView::new(&shown.reality),
            points: PointsView::from(&shown.reality.points),
        },
        drift,
        drift_more: None,
    };
    Ok(Answer::new("wfo.context-show/1", view).next(next).into())
}
