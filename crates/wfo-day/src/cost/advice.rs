//! Which cheaper model an agent is started with when the budget runs low. Reads the tables of model choice only then.

use wfo_cost::budget::standing::State as Standing;
use wfo_cost::route::{Advisor, Switch};

use super::accounts::Accounts;
use super::state::State;

impl Accounts<'_> {
    /// Chooses a cheaper model for an agent that is to be started with `model`; `None` leaves it as it is.
    #[must_use]
    pub fn cheaper(&self, model: &str, state: &State) -> Option<Switch> {
        if !state.controls.auto_switch_models || state.standing().is_none_or(|standing| standing == Standing::Normal) {
            return None;
        }
        let tables = self.model_tables(&mut Vec::new());
        let models = self.prices.at(self.clock.now().timestamp());
        Advisor { tables: &tables, models: &models, controls: &state.controls }.switch(model, state.left())
    }
}
