//! `gate status [NAME]`: is the last evidence still about this content?

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::Exit;
use wfo_day::gate::Standing;
use wfo_gate::evidence::State;

use super::{Call, Done, Notes, exit};
use crate::answer::{Answer, View};
use crate::render::gate::{moment, verdict_word};
use crate::render::{Paint, Table, and_more, cut};

/// Say whether the last evidence of each gate is still about what is here
///
/// With a name the exit status is the gate's: 0 only for a fresh pass, 10 for a fresh fail, else 11.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One gate [default: all]
    name: Option<String>,
}

/// The gates with their evidence.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// Each gate, in the order of the table.
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
    /// fresh, stale or missing; only fresh evidence counts.
    state: &'static str,
    /// What the evidence says: pass, fail or unknown; null without any.
    verdict: Option<&'static str>,
    /// When its oldest report was written; null without any.
    taken_at: Option<String>,
    /// Why it is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl GateView {
    fn new(standing: &Standing) -> Self {
        Self {
            name: standing.gate.clone(),
            state: standing.state.word(),
            verdict: standing.verdict.map(wfo_gate::Verdict::word),
            taken_at: standing.taken_at.map(moment),
            reason: match &standing.state {
                State::Stale(reason) => Some(reason.clone()),
                _ => None,
            },
        }
    }
}

impl View for Shown {
    fn text(&self, paint: Paint) -> String {
        let mut table = Table::new();
        for gate in &self.gates {
            let verdict = match (gate.state, gate.verdict) {
                ("fresh", Some(verdict)) => verdict_word(verdict, paint),
                (_, Some(verdict)) => paint.dim(&format!("was {verdict}")),
                (_, None) => String::new(),
            };
            let state = if gate.state == "fresh" { gate.state.to_owned() } else { paint.yellow(gate.state) };
            let words = [gate.taken_at.clone(), gate.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
            table.row([paint.bold(&gate.name), state, verdict, words]);
        }
        table.lines(0) + &and_more(self.gates_more.unwrap_or(0))
    }

    fn cut(&mut self, limit: usize) {
        cut(&mut self.gates, &mut self.gates_more, limit);
    }
}

pub(super) fn run(args: &Args, call: &Call<'_>, notes: &mut Notes) -> Done {
    let standings = call.gates.status(args.name.as_deref(), notes)?;
    let status = match (args.name.is_some(), standings.first()) {
        (true, Some(standing)) => exit(standing.holds()),
        _ => Exit::Done,
    };
    let view = Shown { gates: standings.iter().map(GateView::new).collect(), gates_more: None };
    Ok(Answer::new("wfo.gate-status/1", view).exit(status).into())
}
