//! Whether an agent is started with a cheaper model than asked for. Answers only with names that the host takes, in the
//! manner of the one that was asked for: a short name for a short name, an id for an id.

use super::Advisor;
use super::degrade::usual_mix;
use crate::budget::standing::{Left, State};
use crate::prices::ModelKind;

/// A model for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The name that was asked for.
    pub from: String,
    /// The name to start the agent with.
    pub to: String,
    /// One sentence.
    pub reason: String,
}

impl Advisor<'_> {
    /// Chooses a cheaper model for the start of an agent.
    ///
    /// `None` leaves the start as it is: switching is off, enough or an unknown part of the budget is left, the name is
    /// none that is known (`inherit`), or nothing cheaper can be started. Saving goes the ladder's number of steps down,
    /// at least one; an emergency goes to the cheapest.
    #[must_use]
    pub fn switch(&self, model: &str, left: Option<Left>) -> Option<Switch> {
        let state = self.state(left).filter(|state| self.controls.auto_switch_models && *state > State::Normal)?;
        let asked = model.trim();
        let facts = self.model(asked).ok().filter(|facts| facts.kind == ModelKind::Chat)?;
        let mix = usual_mix(facts.kind);
        let host = |id: &str| self.tables.names.iter().find(|row| row.host && row.model == id);
        let down: Vec<_> =
            self.way_down(&facts, mix, &[]).into_iter().filter(|(_, step, _)| host(&step.id).is_some()).collect();
        let rung = match state {
            State::Emergency => usize::MAX,
            State::Normal | State::Saving => self.rung(left).map_or(1, |rung| usize::from(rung.step)).max(1),
        };
        let at = down.iter().rposition(|(number, ..)| *number <= rung).unwrap_or(0);
        let (_, step, price) = down.get(at)?;
        let short = self.name(asked).is_some_and(|row| row.host);
        let to = if short { host(&step.id)?.id.clone() } else { step.id.clone() };
        let before = self.blended(&facts, mix)?;
        let reason = format!(
            "{} % of the budget is left ({}): {to} at {} instead of {asked} at {} for a million tokens",
            left?.plain(),
            state.word(),
            price.cents(),
            before.cents(),
        );
        Some(Switch { from: asked.to_owned(), to, reason })
    }
}
