//! `gate list`: the gates in force.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Call, Done, Notes};
use crate::answer::{Answer, View};
use crate::render::gate::origin_word;
use crate::render::{Paint, Table, and_more, cut};

/// List the gates and what each asks for
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The gates, in the order of the table.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Each gate.
    gates: Vec<GateView>,
    /// How many were cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    gates_more: Option<usize>,
}

/// One gate.
#[derive(Debug, Serialize, JsonSchema)]
struct GateView {
    /// Its name.
    name: String,
    /// What it is for.
    about: String,
    /// Its checks, by name.
    checks: Vec<String>,
    /// The checklists that a person answers, by id.
    approvals: Vec<String>,
    /// Where its row comes from: built-in, team, user or repository.
    origin: &'static str,
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for gate in &self.gates {
            let asks = [gate.checks.join(", "), gate.approvals.join(", ")];
            let asks: Vec<&str> = asks.iter().map(String::as_str).filter(|words| !words.is_empty()).collect();
            table.row([paint.bold(&gate.name), gate.about.clone(), asks.join(", ")]);
        }
        table.lines(0) + &and_more(self.gates_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.gates, &mut self.gates_more, limit);
    }
}

pub(super) fn run(_: &Args, call: &Call<'_>, _: &mut Notes) -> Done {
    let gate = |(row, origin): &(wfo_gate::GateRow, wfo_base::tables::Origin)| GateView {
        name: row.name.clone(),
        about: wfo_base::text::quoted(&row.about),
        checks: row.checks.iter().map(|check| check.name.clone()).collect(),
        approvals: row.approvals.clone(),
        origin: origin_word(*origin),
    };
    let gates = call.gates.rows().iter().map(gate).collect();
    Ok(Answer::new("wfo.gate-list/1", Shown { gates, gates_more: None }).into())
}
