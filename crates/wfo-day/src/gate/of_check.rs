//! What is known about one check of a gate without running or reading anything new: its row in fresh evidence, or by what evidence it
//! does not apply. Reads only.

use jiff::Timestamp;
use wfo_base::{Diagnostic, Problem};
use wfo_gate::Verdict;
use wfo_gate::evidence::State;
use wfo_gate::waivers::Waivers;

use super::{Gates, store};

/// How one check stands.
#[derive(Debug)]
pub struct CheckStanding {
    /// What it comes to: what fresh evidence says, skipped where it does not apply, else unknown.
    pub verdict: Verdict,
    /// The tools that judged.
    pub tools: Vec<String>,
    /// How many findings the evidence has.
    pub findings: u64,
    /// When the oldest report behind it was written; `None` without fresh evidence.
    pub taken_at: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

impl Gates<'_> {
    /// How a check of a gate stands; `None` when the gate has no such check.
    ///
    /// # Errors
    /// `gate.unknown`.
    pub fn of_check(
        &self,
        gate: &str,
        check: &str,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Option<CheckStanding>, Problem> {
        let (row, _) = self.gate(gate)?;
        if !row.checks.iter().any(|one| one.name == check) {
            return Ok(None);
        }
        let bare = self.weigh(row, &[], &[], &Waivers::default(), notes);
        let bare = bare.checks.into_iter().find(|one| one.name == check);
        if let Some(spared) = bare.filter(|one| one.verdict == Verdict::Skipped) {
            let (verdict, reason) = (spared.verdict, spared.reason);
            return Ok(Some(CheckStanding { verdict, tools: Vec::new(), findings: 0, taken_at: None, reason }));
        }
        let unknown = |reason: String| {
            Ok(Some(CheckStanding {
                verdict: Verdict::Unknown,
                tools: Vec::new(),
                findings: 0,
                taken_at: None,
                reason,
            }))
        };
        let standing = self.status(Some(gate), notes)?.pop();
        let state = standing.map_or(State::Missing, |standing| standing.state);
        match state {
            State::Missing => return unknown(format!("nobody has judged the gate `{gate}` here")),
            State::Stale(why) => return unknown(format!("the last evidence of gate `{gate}` is stale: {why}")),
            State::Fresh => {}
        }
        let evidence = store::evidence(self, gate, &mut Vec::new());
        let Some((evidence, found)) = evidence.and_then(|evidence| {
            let found = evidence.checks.iter().find(|one| one.name == check)?.clone();
            Some((evidence, found))
        }) else {
            return unknown(format!("the last evidence of gate `{gate}` does not tell"));
        };
        let judged = found.verdict != Verdict::Unknown;
        Ok(Some(CheckStanding {
            verdict: found.verdict,
            tools: if judged { found.tools } else { Vec::new() },
            findings: found.findings,
            taken_at: Some(evidence.taken_at),
            reason: match judged {
                true => format!("by the evidence of gate `{gate}`"),
                false => format!("the last evidence of gate `{gate}` could not tell"),
            },
        }))
    }
}
