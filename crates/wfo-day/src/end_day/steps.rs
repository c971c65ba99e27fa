//! The steps after the sweep: each calls the domain that can do it, and turns what broke it into a word and a note.

use wfo_base::trust::Desk;
use wfo_base::{Diagnostic, Problem, codes};
use wfo_gate::Verdict;

use super::sweep::counted;
use super::{Act, Cleaning, EndDay, Money, Step};
use crate::context::{LearningKind, Learnings, PAGE, Points, Saved, Site, Wrote, backup, held, learn, write};
use crate::cost::{Accounts, import};
use crate::worktree::{self, Cleanup};

/// What a step comes to: what became of it, a sentence, and what it brought.
type Came<T> = Result<(Act, String, T), Problem>;

/// The steps of one day, as they are done.
pub(super) struct Run<'a> {
    pub(super) ask: &'a EndDay<'a>,
    pub(super) site: &'a Site<'a>,
    /// The sweep's verdict, where it leaves only what saves work.
    pub(super) blocked: Option<Verdict>,
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<Diagnostic>,
}

impl Run<'_> {
    /// Writes the hand-over, whatever the sweep says.
    pub(super) fn handover(&mut self, given: &Points) -> Option<Wrote> {
        let wrote = write(self.site, given, &mut self.notes);
        let dry = self.ask.dry_run;
        self.ended(
            "handover",
            wrote.map(|wrote| match (dry, wrote.files.is_empty()) {
                (_, true) => (Act::Nothing, format!("{PAGE} says it all already"), wrote),
                (true, false) => (Act::Done, format!("would write {}", wrote.files.join(" and ")), wrote),
                (false, false) => (Act::Done, format!("wrote {}", wrote.files.join(" and ")), wrote),
            }),
        )
    }

    /// Counts what transcripts tell, and says what was spent.
    pub(super) fn costs(&mut self) -> Option<Money> {
        if self.skips("costs") {
            return None;
        }
        let EndDay { place, home, clock, dry_run, .. } = *self.ask;
        let accounts = Accounts::open(place, home, clock, dry_run, &mut self.notes);
        let imported = import(&accounts, None, &mut self.notes);
        let came = imported.map(|imported| {
            let state = accounts.state(&mut self.notes);
            let money = Money { complete: state.complete, costs: state.costs, new: imported.new };
            let spent = money.costs.today.zip(money.costs.month);
            match spent.filter(|_| money.complete) {
                Some((today, month)) => {
                    let new = counted(money.new, "new response");
                    (Act::Done, format!("{} today, {} this month ({new})", today.cents(), month.cents()), money)
                }
                None => (Act::Unknown, "what was spent could not be determined".to_owned(), money),
            }
        });
        match came {
            // Nothing is lost by it: what transcripts tell can be counted on any day.
            Err(problem) => self.came_to("costs", Act::Unknown, problem),
            came => self.ended("costs", came),
        }
    }

    /// Asks whether worktrees may go; never lets one go.
    pub(super) fn worktrees(&mut self) -> Option<Cleaning> {
        if self.skips("worktrees") {
            return None;
        }
        let came = self.cleanup();
        self.ended("worktrees", came)
    }

    fn cleanup(&mut self) -> Came<Cleaning> {
        let EndDay { place, home, clock, dry_run, .. } = *self.ask;
        let site = worktree::Site::at(place, home, clock, &mut self.notes)?;
        let cleanup = Cleanup::look(&site, &mut self.notes)?;
        let acts = cleanup.actions();
        let mut cleaning = Cleaning { looked_at: cleanup.candidates.len(), going: acts.len(), proposal: None };
        if acts.is_empty() {
            let detail = match cleaning.looked_at {
                0 => "there are no linked worktrees".to_owned(),
                some => format!("{}, none of which can go", counted(some, "linked worktree")),
            };
            return Ok((Act::Nothing, detail, cleaning));
        }
        if dry_run {
            return Ok((Act::Proposed, format!("would ask for {}", counted(acts.len(), "worktree")), cleaning));
        }
        let title = format!("clear away {}", counted(acts.len(), "worktree"));
        let proposal = Desk::new(home).propose(&cleanup.subject(&site), title, acts)?;
        let detail = format!("{} can go: `wfo-helper worktree cleanup --confirm {}`", cleaning.going, proposal.id);
        cleaning.proposal = Some(proposal);
        Ok((Act::Proposed, detail, cleaning))
    }

    /// Notes what was learned.
    pub(super) fn learnings(&mut self, learnings: &[(LearningKind, String)]) -> Option<Learnings> {
        if self.skips("learnings") {
            return None;
        }
        if learnings.is_empty() {
            self.ended("learnings", Ok((Act::Nothing, "nothing was said".to_owned(), ())));
            return None;
        }
        let came = learn(self.site, learnings).map(|learned| {
            let known = match learned.known.len() {
                0 => String::new(),
                known => format!(", {known} known already"),
            };
            let act = if learned.added.is_empty() && learned.listed == 0 { Act::Nothing } else { Act::Done };
            let would = if self.ask.dry_run { "would be " } else { "" };
            (act, format!("{} {would}noted{known}", counted(learned.added.len(), "learning")), learned)
        });
        self.ended("learnings", came)
    }

    /// Saves the pages, whatever the sweep says; `coming` are those that a dry run would have written before.
    pub(super) fn backup(&mut self, coming: &[&str]) -> Option<Saved> {
        let coming = if self.ask.dry_run { coming } else { &[] };
        if let Some(held) = held(self.site).filter(|_| coming.is_empty()) {
            let detail = format!("backup {} holds the pages as they are", held.stamp);
            return self.ended("backup", Ok((Act::Nothing, detail, held)));
        }
        let saved = match backup(self.site, &mut self.notes) {
            Err(problem) if problem.code == codes::CONTEXT_NOTHING && !coming.is_empty() => {
                let detail = format!("would save {}", counted(coming.len(), "file"));
                self.ended("backup", Ok((Act::Done, detail, ())));
                return None;
            }
            Err(problem) if problem.code == codes::CONTEXT_NOTHING => {
                self.ended("backup", Ok((Act::Nothing, "there is no page of context to save".to_owned(), ())));
                return None;
            }
            saved => saved,
        };
        let dry = self.ask.dry_run;
        self.ended(
            "backup",
            saved.map(|saved| {
                let new = coming.iter().filter(|name| saved.files.iter().all(|(path, _)| path != *name)).count();
                let files = counted(saved.files.len() + new, "file");
                let detail =
                    if dry { format!("would save {files}") } else { format!("{files} saved as {}", saved.stamp) };
                (Act::Done, detail, saved)
            }),
        )
    }

    /// Leaves a step out where the sweep is not clean.
    fn skips(&mut self, name: &'static str) -> bool {
        let Some(verdict) = self.blocked else { return false };
        let why = match verdict {
            Verdict::Fail => "the sweep failed",
            _ => "the sweep could not say that all is clean",
        };
        self.steps.push(Step { name, act: Act::Skipped, detail: why.to_owned(), problem: None });
        true
    }

    /// Adds a step; what broke it is said, and stops nothing.
    fn ended<T>(&mut self, name: &'static str, came: Came<T>) -> Option<T> {
        let rules = self.ask.rules;
        match came {
            Ok((act, detail, value)) => {
                self.steps.push(Step { name, act, detail: rules.words(&detail), problem: None });
                Some(value)
            }
            Err(problem) => self.came_to(name, Act::Failed, problem),
        }
    }

    /// Adds a step that did not come to its end, and says why.
    fn came_to<T>(&mut self, name: &'static str, act: Act, problem: Problem) -> Option<T> {
        let problem = self.ask.rules.hide_in(problem);
        let note = problem.clone();
        self.notes.push(if act == Act::Failed { note.error() } else { note.warning() });
        let detail = self.ask.rules.words(&problem.message);
        self.steps.push(Step { name, act, detail, problem: Some(problem) });
        None
    }
}
