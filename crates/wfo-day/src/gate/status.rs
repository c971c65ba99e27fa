//! Whether the last evidence of each gate is still about what is here. Reads only.

use std::collections::HashMap;

use jiff::Timestamp;
use wfo_base::{Diagnostic, Problem};
use wfo_gate::evidence::{Content, State};
use wfo_gate::judge::Approval;
use wfo_gate::{GateRow, Kind, Verdict};

use super::judging::unknown_content;
use super::{Gates, seen, store};

/// A share of lines that tests run, as a gate saw it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// In hundredths of a percent.
    pub hundredths: u64,
    /// Whether it is still about what is here.
    pub fresh: bool,
}

/// How one gate stands.
#[derive(Debug)]
pub struct Standing {
    /// The gate.
    pub gate: String,
    /// Whether its evidence is about what is here.
    pub state: State,
    /// What the evidence says; `None` without any.
    pub verdict: Option<Verdict>,
    /// When its oldest report was written.
    pub taken_at: Option<Timestamp>,
}

impl Standing {
    /// What may be built on: a verdict only where it is fresh.
    #[must_use]
    pub fn holds(&self) -> Verdict {
        match (&self.state, self.verdict) {
            (State::Fresh, Some(verdict)) => verdict,
            _ => Verdict::Unknown,
        }
    }
}

impl Gates<'_> {
    /// How every gate stands, or the one that is named.
    ///
    /// # Errors
    /// `gate.unknown`.
    pub fn status(&self, name: Option<&str>, notes: &mut Vec<Diagnostic>) -> Result<Vec<Standing>, Problem> {
        let rows: Vec<&GateRow> = match name {
            Some(name) => vec![&self.gate(name)?.0],
            None => self.rows.iter().map(|(row, _)| row).collect(),
        };
        let waivers = self.waivers(notes);
        let mut contents: HashMap<Vec<String>, Option<Content>> = HashMap::new();
        let mut out = Vec::new();
        for gate in rows {
            if gate.checks.is_empty() {
                out.push(self.by_approvals(gate, notes));
                continue;
            }
            let Some(evidence) = store::evidence(self, &gate.name, notes) else {
                out.push(Standing { gate: gate.name.clone(), state: State::Missing, verdict: None, taken_at: None });
                continue;
            };
            let content =
                contents.entry(evidence.reports.clone()).or_insert_with(|| match self.content(&evidence.reports) {
                    Some(Ok(content)) => Some(seen(&content)),
                    Some(Err(problem)) => {
                        notes.push(unknown_content(&problem).warning());
                        None
                    }
                    None => None,
                });
            let rules = self.rules(gate, &waivers, notes);
            out.push(Standing {
                gate: gate.name.clone(),
                state: evidence.state(content.as_ref(), &rules, self.now()),
                verdict: Some(evidence.verdict),
                taken_at: Some(evidence.taken_at),
            });
        }
        Ok(out)
    }

    /// The coverage that a gate saw last; `None` when none did.
    pub fn coverage(&self, notes: &mut Vec<Diagnostic>) -> Option<Coverage> {
        let measures = |gate: &&GateRow| gate.checks.iter().any(|check| check.kind == Kind::Coverage);
        let gates = self.rows.iter().map(|(row, _)| row).filter(measures);
        let seen = gates.filter_map(|gate| {
            let evidence = store::evidence(self, &gate.name, notes)?;
            let hundredths = evidence.check(Kind::Coverage)?.hundredths?;
            Some((evidence.taken_at, gate.name.as_str(), hundredths))
        });
        let (_, gate, hundredths) = seen.max_by_key(|(taken_at, ..)| *taken_at)?;
        let standing = self.status(Some(gate), notes).ok()?;
        Some(Coverage { hundredths, fresh: standing.iter().all(|one| one.state == State::Fresh) })
    }

    /// A gate of persons needs no reports: their answers are its evidence.
    fn by_approvals(&self, gate: &GateRow, notes: &mut Vec<Diagnostic>) -> Standing {
        let approvals = store::approvals(self, notes);
        let newest: Vec<_> =
            gate.approvals.iter().map(|id| approvals.iter().rev().find(|approval| approval.checklist == *id)).collect();
        let times = newest.iter().flatten().filter_map(|approval| approval.at.parse::<Timestamp>().ok());
        let taken_at = times.min();
        let standing = |state, verdict| Standing { gate: gate.name.clone(), state, verdict, taken_at };
        if newest.iter().any(Option::is_none) {
            return standing(State::Missing, None);
        }
        let here = self.here();
        let judgement = self.answered(gate, &approvals, here.as_deref());
        match judgement.verdict {
            Verdict::Unknown => {
                let reason = judgement.checks.iter().find(|check| check.verdict == Verdict::Unknown);
                let reason = reason.map(|check| check.reason.clone()).unwrap_or_default();
                // What it said of the content that the answers are about.
                let then: Vec<Approval> = newest
                    .into_iter()
                    .flatten()
                    .map(|approval| Approval { content: Some(String::new()), ..approval.clone() })
                    .collect();
                standing(State::Stale(reason), Some(self.answered(gate, &then, Some("")).verdict))
            }
            verdict => standing(State::Fresh, Some(verdict)),
        }
    }
}
