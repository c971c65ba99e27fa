//! The end of a day as it is shown: its own types. `parts.rs` has its parts, `words.rs` the text for a terminal, `page.rs` the summary in Markdown.
//! Every text of the repository is one line here, and holds no secret.

mod page;
mod parts;
mod words;

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::{Clock, Diagnostic, Problem};
use wfo_day::Place;
use wfo_day::end_day::Day;
use wfo_day::scan::Rules;

pub(crate) use self::parts::PostedView;
use self::parts::{BackupView, CheckView, CleaningView, CostsView, HandoverView, LearningsView, StepView, SweepView};
use super::{Paint, cut};
use crate::answer::View;

/// How the day ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EndDayView {
    /// Whether something was written: false on a dry run.
    applied: bool,
    /// The sweep's verdict: pass, fail or unknown. Only pass means that the work may be committed.
    verdict: &'static str,
    /// Each step in its order: sweep, handover, costs, worktrees, learnings, backup.
    steps: Vec<StepView>,
    /// The sweep's checks.
    sweep: SweepView,
    /// The hand-over; absent when it could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    handover: Option<HandoverView>,
    /// Spending; absent when the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<CostsView>,
    /// Worktrees; absent when the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    worktrees: Option<CleaningView>,
    /// What was learned; absent when nothing was said, or the step was left out or broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    learnings: Option<LearningsView>,
    /// The backup; absent when there was nothing to save, or the step broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<BackupView>,
    /// Where the summary was posted to; only with `--notify`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) notified: Vec<PostedView>,
    /// The summary in Markdown: what is posted, and what `--format markdown` prints.
    summary: String,
    #[serde(skip)]
    project: String,
    #[serde(skip)]
    ended: String,
    /// What the project's own template came to, as quotes.
    #[serde(skip)]
    additions: Vec<String>,
    #[serde(skip)]
    notes: Vec<Diagnostic>,
}

impl EndDayView {
    /// Turns facts into what is shown.
    pub(crate) fn new(day: &Day, place: &Place, clock: &Clock, rules: &Rules, dry_run: bool) -> Self {
        let learned = |list: &[(wfo_day::context::LearningKind, String)]| {
            list.iter().map(|(kind, text)| format!("{}: {}", kind.word(), rules.words(text))).collect()
        };
        let sweep =
            StepView { name: "sweep", verdict: day.sweep.verdict.word(), detail: words::sweep(&day.sweep), code: None };
        let mut view = Self {
            applied: !dry_run,
            verdict: day.sweep.verdict.word(),
            steps: std::iter::once(sweep).chain(day.steps.iter().map(StepView::from)).collect(),
            sweep: SweepView {
                verdict: day.sweep.verdict.word(),
                checks: day.sweep.checks.iter().map(CheckView::from).collect(),
            },
            handover: day.handover.as_ref().map(|wrote| HandoverView::new(wrote, rules)),
            costs: day.money.as_ref().map(CostsView::from),
            worktrees: day.cleaning.as_ref().map(|cleaning| CleaningView::new(cleaning, rules)),
            learnings: day.learned.as_ref().map(|learnings| LearningsView {
                added: learned(&learnings.added),
                known: learned(&learnings.known),
                listed: learnings.listed,
            }),
            backup: day.backup.as_ref().map(|saved| BackupView {
                stamp: saved.stamp.clone(),
                folder: rules.shown(&saved.folder.to_string_lossy()),
                files: saved.files.iter().map(|(path, _)| rules.shown(path)).collect(),
                pruned: saved.pruned.clone(),
            }),
            notified: Vec::new(),
            summary: String::new(),
            project: rules.words(&place.name()),
            ended: clock.now().strftime("%Y-%m-%d %H:%M").to_string(),
            additions: Vec::new(),
            notes: Vec::new(),
        };
        if let Some(own) = &day.template {
            let (lines, notes) = page::filled(own, &view);
            view.additions = lines.iter().map(|line| rules.words(line)).collect();
            view.notes = notes.into_iter().map(|note| rules.hide(note)).collect();
        }
        view.summary = match page::markdown(&view) {
            Ok(page) => rules.sweep().redact(&page).into_owned(),
            Err(problem) => {
                view.notes.push(problem.warning());
                String::new()
            }
        };
        view
    }

    /// The summary, as it is posted.
    pub(crate) fn summary(&self) -> &str {
        &self.summary
    }
}

impl View for EndDayView {
    fn text(&self, paint: Paint) -> String {
        words::text(self, paint)
    }

    fn markdown(&self) -> Result<String, Problem> {
        Ok(self.summary.clone())
    }

    fn notes(&self) -> Vec<Diagnostic> {
        self.notes.clone()
    }

    fn cut(&mut self, limit: usize) {
        for check in &mut self.sweep.checks {
            cut(&mut check.items, &mut check.items_more, limit);
        }
        if let Some(handover) = &mut self.handover {
            let HandoverView { completed, in_progress, blockers, decisions, priorities, more, .. } = handover;
            for list in [completed, in_progress, blockers, decisions, priorities] {
                cut(list, more, limit);
            }
        }
        // What is left holds no secret, so neither does the page that is made of it.
        if let Ok(page) = page::markdown(self) {
            self.summary = page;
        }
    }
}
