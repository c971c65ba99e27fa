//! What gates have said about the content of the workflow's checkout: verdicts, tests and coverage, each fresh, stale or missing.
//! Reads stored evidence; runs nothing.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use wfo_base::Diagnostic;
use wfo_gate::evidence::State as Standing;
use wfo_gate::{Kind, Verdict as Said};
use wfo_todo::phase::Fact;
use wfo_todo::phase::facts::{Report, State, Verdict};

use super::Ask;
use crate::gate::{self, Gates};

/// What gates have said.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) tests: Fact<Report<bool>>,
    pub(super) coverage: Fact<Report<u32>>,
    pub(super) gates: BTreeMap<String, Fact<Report<Verdict>>>,
}

/// Collects it. Without a checkout there is no content that evidence could be about.
pub(super) fn collect(
    ask: &Ask<'_>,
    checkout: Option<&Path>,
    wanted: &[String],
    notes: &mut Vec<Diagnostic>,
) -> Evidence {
    let mut out = Evidence::default();
    let Some(checkout) = checkout else {
        let why = "the branch is checked out nowhere";
        out.tests = Fact::unknown(why);
        out.coverage = Fact::unknown(why);
        out.gates = wanted.iter().map(|name| (name.clone(), Fact::unknown(why))).collect();
        return out;
    };
    let elsewhere = (checkout != ask.place.root()).then(|| crate::Place::find(checkout, ask.home));
    let place = elsewhere.as_ref().unwrap_or(ask.place);
    let gates = Gates::open(place, ask.home, ask.clock, notes);
    let standings = match gates.status(None, notes) {
        Ok(standings) => standings,
        Err(problem) => {
            notes.push(problem.warning());
            return out;
        }
    };
    let (mut tests, mut coverage) = (Newest::default(), Newest::default());
    for one in &standings {
        let state = state(&one.state);
        if wanted.contains(&one.gate) {
            let said = one.verdict.map(verdict);
            out.gates.insert(one.gate.clone(), Fact::Known(Report { state, said }));
        }
        let Some(taken) = one.taken_at else { continue };
        let Some(evidence) = gate::last(place, ask.home, &one.gate, notes) else { continue };
        if let Some(row) = evidence.check(Kind::Tests) {
            let said = match row.verdict {
                Said::Pass => Some(true),
                Said::Fail => Some(false),
                _ => None,
            };
            tests.offer(taken, Report { state, said });
        }
        if let Some(share) = evidence.check(Kind::Coverage).and_then(|row| row.hundredths) {
            let said = u32::try_from(share).ok();
            coverage.offer(taken, Report { state, said });
        }
    }
    out.tests = tests.fact();
    out.coverage = coverage.fact();
    out
}

/// Of several reports the one that was taken last.
struct Newest<T>(Option<(Timestamp, Report<T>)>);

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Newest<T> {
    fn offer(&mut self, taken: Timestamp, report: Report<T>) {
        if self.0.as_ref().is_none_or(|(known, _)| *known < taken) {
            self.0 = Some((taken, report));
        }
    }

    fn fact(self) -> Fact<Report<T>> {
        Fact::Known(self.0.map_or(Report { state: State::Missing, said: None }, |(_, report)| report))
    }
}

fn state(standing: &Standing) -> State {
    match standing {
        Standing::Fresh => State::Fresh,
        Standing::Stale(_) => State::Stale,
        Standing::Missing => State::Missing,
    }
}

fn verdict(said: Said) -> Verdict {
    match said {
        Said::Pass => Verdict::Pass,
        Said::Fail => Verdict::Fail,
        _ => Verdict::Unknown,
    }
}
