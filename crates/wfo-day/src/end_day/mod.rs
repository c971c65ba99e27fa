//! `end-day`: the sweep first, then the steps that save the day's work and put the rest away. After a sweep that is not clean only what
//! saves work runs. A step that fails is said and stops no other. Never commits, never stages, removes no worktree.

mod dependencies;
pub mod notify;
mod steps;
mod sweep;

use wfo_base::config::Config;
use wfo_base::home::Home;
use wfo_base::trust::Proposal;
use wfo_base::{Clock, Diagnostic, Problem, read};
use wfo_cost::Costs;
use wfo_gate::Verdict;

pub use sweep::{Check, Item, Sweep};

use crate::Place;
use crate::context::{self, LearningKind, Learnings, Saved, Site, Told, Wrote};
use crate::scan::Rules;
use crate::unsaved;

/// The project's own template of the summary, relative to the main checkout.
pub const TEMPLATE: &str = ".wfo/templates/end-day.md.tera";

/// What a person or an agent says about the day.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// What belongs into the hand-over.
    pub told: Told,
    /// What was learned.
    pub learnings: Vec<(LearningKind, String)>,
}

/// What an end of day is asked for.
#[derive(Clone, Copy)]
pub struct EndDay<'a> {
    /// Where.
    pub place: &'a Place,
    /// With which settings.
    pub config: &'a Config,
    /// Whose.
    pub home: &'a Home,
    /// When.
    pub clock: &'a Clock,
    /// By which rules secrets are known.
    pub rules: &'a Rules,
    /// Whether nothing may be written.
    pub dry_run: bool,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It was done.
    Done,
    /// There was nothing to do.
    Nothing,
    /// A person is asked.
    Proposed,
    /// It was done as far as it goes, and what it should tell could not be determined.
    Unknown,
    /// It was left out because the sweep is not clean.
    Skipped,
    /// It broke.
    Failed,
}

impl Act {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Nothing => "nothing",
            Self::Proposed => "proposed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// One step after the sweep.
#[derive(Debug)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// What became of it.
    pub act: Act,
    /// One sentence.
    pub detail: String,
    /// What kept it from its end.
    pub problem: Option<Problem>,
}

/// The money of the day.
#[derive(Debug)]
pub struct Money {
    /// What was spent, and what is left.
    pub costs: Costs,
    /// Whether every transcript was read.
    pub complete: bool,
    /// Responses that count since this call.
    pub new: usize,
}

/// The worktrees that could go.
#[derive(Debug)]
pub struct Cleaning {
    /// How many worktrees and rows were looked at.
    pub looked_at: usize,
    /// How many could go.
    pub going: usize,
    /// What a person is asked; `None` when nothing can go, and on a dry run.
    pub proposal: Option<Proposal>,
}

/// How the day ended.
#[derive(Debug)]
pub struct Day {
    /// The sweep.
    pub sweep: Sweep,
    /// The other steps, in their order.
    pub steps: Vec<Step>,
    /// The hand-over.
    pub handover: Option<Wrote>,
    /// The money.
    pub money: Option<Money>,
    /// The worktrees.
    pub cleaning: Option<Cleaning>,
    /// What was learned.
    pub learned: Option<Learnings>,
    /// The backup.
    pub backup: Option<Saved>,
    /// The project's own template of the summary.
    pub template: Option<String>,
    /// What was noticed.
    pub notes: Vec<Diagnostic>,
}

impl Day {
    /// Returns what broke first, of the steps.
    #[must_use]
    pub fn broken(&self) -> Option<&Problem> {
        self.steps.iter().filter(|step| step.act == Act::Failed).find_map(|step| step.problem.as_ref())
    }
}

/// Ends the day.
///
/// # Errors
/// `usage.invalid` for an entry without words; `git.unreadable` and `git.no-work-tree`, where no hand-over can be written.
pub fn end_day(ask: &EndDay<'_>, said: &Said) -> Result<Day, Problem> {
    let mut notes = Vec::new();
    let given = said.told.points(ask.rules)?;
    let learnings = context::learnings(&said.learnings, ask.rules)?;
    let site = Site::at(ask.place, ask.home, ask.clock, ask.dry_run, &mut notes)?;
    notes.extend(ask.config.notes.iter().cloned());
    let template = own_template(ask, &mut notes);
    let sweep = sweep::sweep(ask, &mut notes);
    let blocked = matches!(sweep.verdict, Verdict::Fail | Verdict::Unknown).then_some(sweep.verdict);
    let mut run = steps::Run { ask, site: &site, blocked, steps: Vec::new(), notes };
    let handover = run.handover(&given);
    let money = run.costs();
    let cleaning = run.worktrees();
    let learned = run.learnings(&learnings);
    let mut coming: Vec<&str> = handover.iter().flat_map(|wrote| &wrote.files).map(String::as_str).collect();
    coming.extend(learned.iter().filter(|learned| !learned.added.is_empty()).map(|_| "CLAUDE.md"));
    let backup = run.backup(&coming);
    let steps::Run { steps, notes, .. } = run;
    if handover.is_some() && !ask.dry_run {
        unsaved::handed_over(ask.place, ask.home);
    }
    Ok(Day {
        sweep,
        steps,
        handover,
        money,
        cleaning,
        learned,
        backup,
        template,
        notes: once(notes.into_iter().map(|note| ask.rules.hide(note))),
    })
}

fn own_template(ask: &EndDay<'_>, notes: &mut Vec<Diagnostic>) -> Option<String> {
    match read::page(ask.place.shared_root(), TEMPLATE, read::PAGE_LIMIT) {
        Ok(page) => page.map(|page| page.text),
        Err(problem) => {
            notes.push(problem.warning());
            None
        }
    }
}

/// Several steps look at the same things: what each of them noticed is said once.
fn once(notes: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    notes.fold(Vec::new(), |mut kept, note| {
        if !kept.contains(&note) {
            kept.push(note);
        }
        kept
    })
}
