//! The flags by which a person says yes to a proposal, the same in every command that has proposals.

use wfo_base::trust::{self, Desk, Subject, Surroundings};
use wfo_base::{Problem, codes};
use wfo_day::Place;

use crate::context::Context;

/// A person's yes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Yes {
    /// Carry out the proposal with this id
    #[arg(long, value_name = "ID")]
    pub(crate) confirm: Option<String>,
    /// Added by the plugin's hook after a person said yes
    #[arg(long, value_name = "NONCE", hide = true, requires = "confirm")]
    ticket: Option<String>,
    /// Propose and confirm in one call (at a terminal, or unattended)
    #[arg(long, conflicts_with = "confirm")]
    yes: bool,
}

impl Yes {
    /// Says whether the person said yes to exactly this; the id is used up then. False = nothing was confirmed: propose.
    ///
    /// # Errors
    /// `proposal.needs-person`, `proposal.used`, `proposal.stale`, `proposal.unknown`, `proposal.ticket-invalid`.
    pub(crate) fn given(
        &self,
        context: &Context,
        place: &Place,
        desk: &Desk<'_>,
        subject: &Subject,
    ) -> Result<bool, Problem> {
        if context.globals.dry_run || !self.is_given() {
            return Ok(false);
        }
        let id = match &self.confirm {
            Some(id) => id.clone(),
            // Nothing is proposed here: a refused `--yes` must not leave an id behind that says nothing.
            None => desk.id_now(subject)?,
        };
        // With `--yes` nobody named an id: one that is gone went to somebody who said yes at the same moment.
        let taken = |problem: Problem| match self.confirm {
            None if problem.code == codes::PROPOSAL_UNKNOWN => Problem::new(
                codes::PROPOSAL_STALE,
                "somebody else confirmed the like at this moment, so nothing was done here",
            )
            .hint(format!("run `wfo-helper {}` again", subject.command)),
            _ => problem,
        };
        desk.check(subject, &id).map_err(taken)?;
        let unattended = place.config(&context.home).flag("confirm.unattended");
        trust::consent(&context.home, Surroundings::look(unattended), &id, self.ticket.as_deref())?;
        desk.take(subject, &id).map_err(taken)?;
        Ok(true)
    }

    /// Says whether a yes was given at all, whatever it is worth.
    pub(crate) fn is_given(&self) -> bool {
        self.confirm.is_some() || self.yes
    }

    /// Refuses an id where there is nothing to confirm.
    ///
    /// # Errors
    /// `proposal.used`, `proposal.stale` or `proposal.unknown`: what is wrong with the id.
    pub(crate) fn must_be_absent(&self, desk: &Desk<'_>, command: &str) -> Result<(), Problem> {
        self.confirm.as_ref().map_or(Ok(()), |id| Err(desk.nothing_proposed(id, command)))
    }
}
