//! A new baseline of a gate: what is found now is what was there. A person has to say yes; no verdict changes by it.

use std::collections::BTreeSet;

use wfo_base::trust::{self, Subject};
use wfo_base::{Diagnostic, Problem, atomic, codes};
use wfo_gate::baseline::Baseline;
use wfo_gate::evidence::State;
use wfo_gate::judge;

use super::{BASELINE, Gates, store};

/// A baseline that could be written.
#[derive(Debug)]
pub struct NewBaseline {
    /// The gate.
    pub gate: String,
    /// The fingerprints that it would hold.
    pub fingerprints: BTreeSet<String>,
    /// How many of them the present baseline does not hold.
    pub added: usize,
    /// How many the present baseline holds besides.
    pub removed: usize,
    old: Option<Baseline>,
}

impl Gates<'_> {
    /// Makes the baseline of a gate from reports, or without any from its last evidence.
    ///
    /// # Errors
    /// `gate.unknown`, `usage.invalid`, `gate.no-evidence`.
    pub fn new_baseline(
        &self,
        name: &str,
        reports: &[String],
        notes: &mut Vec<Diagnostic>,
    ) -> Result<NewBaseline, Problem> {
        let (gate, _) = self.gate(name)?;
        let fingerprints = if reports.is_empty() {
            self.of_evidence(name, notes)?
        } else {
            let judged = self.judge(name, reports, false, notes)?;
            if let Some(check) = judged
                .judgement
                .checks
                .iter()
                .find(|check| check.verdict == wfo_gate::Verdict::Unknown && check.tools.len() == 1)
            {
                let message = format!("check `{}` is unknown: {}", check.name, check.reason);
                return Err(Problem::new(codes::GATE_NO_EVIDENCE, message).hint("give reports that can be read"));
            }
            judge::fingerprints(&judged.judgement)
        };
        let old = self.baseline(notes);
        let known = old.as_ref().and_then(|old| old.of(&gate.name)).cloned().unwrap_or_default();
        Ok(NewBaseline {
            gate: gate.name.clone(),
            added: fingerprints.difference(&known).count(),
            removed: known.difference(&fingerprints).count(),
            fingerprints,
            old,
        })
    }

    fn of_evidence(&self, name: &str, notes: &mut Vec<Diagnostic>) -> Result<BTreeSet<String>, Problem> {
        let standing = self.status(Some(name), notes)?;
        let fresh = standing.iter().any(|one| one.state == State::Fresh);
        store::evidence(self, name, &mut Vec::new()).filter(|_| fresh).map(|evidence| evidence.fingerprints).ok_or_else(
            || {
                Problem::new(codes::GATE_NO_EVIDENCE, format!("gate `{name}` has no evidence about what is here")).hint(
                    format!("run `wfo-helper gate judge {name} --report TOOL=FILE` first, or give the reports here"),
                )
            },
        )
    }
}

impl NewBaseline {
    /// What a yes is bound to.
    #[must_use]
    pub fn subject(&self, gates: &Gates<'_>) -> Subject {
        let state = serde_json::json!([self.fingerprints, self.old.as_ref().map(Baseline::text)]).to_string();
        Subject {
            command: "gate baseline".to_owned(),
            arguments: self.gate.clone(),
            main_checkout: gates.place.identity(),
            state: trust::digest(&state),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// `git.no-repository`, `file.not-written` and the like.
    pub fn carry_out(&self, gates: &Gates<'_>) -> Result<(), Problem> {
        let path = gates.ready_to_write(BASELINE)?;
        let new = self.old.clone().unwrap_or_default().with(&self.gate, self.fingerprints.clone());
        atomic::locked(&path, || atomic::write(&path, new.text().as_bytes()))
    }
}
