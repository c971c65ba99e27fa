//! Which cheaper model an agent is started with when the budget runs low. Reads the tables of model choice only then.

use wfo_base::tables::{Row, Rows, Table};
use wfo_cost::budget::standing::State as Standing;
use wfo_cost::route::{Advisor, Priced, Switch, Tables};

use super::accounts::Accounts;
use super::state::State;
use crate::tables as table;

impl Accounts<'_> {
    /// Reads the tables that a choice of model is made from; what is wrong in them was said by `data check`.
    #[must_use]
    pub fn model_tables(&self) -> Tables {
        Tables {
            tasks: self.rows(&table::MODEL_TASKS),
            routes: self.rows(&table::MODEL_ROUTES),
            matrix: self.rows(&table::MODEL_MATRIX),
            uses: self.rows(&table::MODEL_USES),
            ladder: self.rows(&table::MODEL_LADDER),
            paths: self.rows(&table::MODEL_PATHS),
            names: self.rows(&table::MODEL_NAMES),
            mixes: self.rows(&table::MODEL_MIXES),
            processing: self.rows(&table::PROCESSING),
            lifetimes: self.rows(&table::CACHE_LIFETIMES),
        }
    }

    fn rows<R: Row>(&self, table: &Table<R>) -> Vec<R> {
        let rows: Rows<R> = table.load(&self.layers).value;
        rows.into_iter().map(|(row, _)| row).collect()
    }

    /// Chooses a cheaper model for an agent that is to be started with `model`; `None` leaves it as it is.
    #[must_use]
    pub fn cheaper(&self, model: &str, state: &State) -> Option<Switch> {
        if !state.controls.auto_switch_models || state.standing().is_none_or(|standing| standing == Standing::Normal) {
            return None;
        }
        let tables = self.model_tables();
        let models = Priced { book: &self.prices, at: self.clock.now().timestamp() };
        Advisor { tables: &tables, models: &models, controls: &state.controls }.switch(model, state.left())
    }
}
