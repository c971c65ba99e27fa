//! What is noted below `CONFIG/wfo/state/<repository>/`: evidence of each checkout, confirmed waivers, approvals.
//! Every record is sealed with the user's key; one whose seal is broken does not count and is named.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use wfo_base::home::Home;
use wfo_base::{Diagnostic, Problem, atomic, codes, read, text, trust};
use wfo_gate::evidence::Evidence;
use wfo_gate::judge::Approval;
use wfo_gate::waivers::Waiver;

use super::Gates;
use crate::Place;

/// How much of a list of records is read: 64 MiB.
const LIMIT: u64 = 64 << 20;

/// One sealed record, one line.
#[derive(Serialize, Deserialize)]
struct Line {
    record: String,
    seal: String,
}

fn state(gates: &Gates<'_>, name: &str) -> PathBuf {
    gates.place.state(gates.home).join(name)
}

/// What the seal of evidence is for: one gate of one checkout.
fn purpose(place: &Place, gate: &str) -> String {
    format!("evidence {gate} {}", place.root().display())
}

fn evidence_file(place: &Place, home: &Home, gate: &str) -> PathBuf {
    let checkout: String = trust::digest(&place.root().to_string_lossy()).chars().take(16).collect();
    place.state(home).join(format!("gates/{checkout}/{gate}.json"))
}

/// Reads the last evidence of a gate in this checkout.
pub(super) fn evidence(gates: &Gates<'_>, gate: &str, notes: &mut Vec<Diagnostic>) -> Option<Evidence> {
    last(gates.place, gates.home, gate, notes)
}

/// As [`evidence`], where no table is asked for.
pub(crate) fn last(place: &Place, home: &Home, gate: &str, notes: &mut Vec<Diagnostic>) -> Option<Evidence> {
    place.repository()?;
    let path = evidence_file(place, home, gate);
    let mut found: Vec<Evidence> = records(home, &path, &purpose(place, gate), notes);
    found.pop().filter(|evidence| evidence.gate == gate)
}

/// Puts evidence in the place of the last one.
pub(super) fn keep_evidence(gates: &Gates<'_>, evidence: &Evidence) -> Result<(), Problem> {
    let path = evidence_file(gates.place, gates.home, &evidence.gate);
    if let Some(folder) = path.parent() {
        atomic::make_folder(folder, true)?;
    }
    let line = sealed(gates, &purpose(gates.place, &evidence.gate), evidence)?;
    atomic::write_private(&path, format!("{line}\n").as_bytes())
}

/// The canonical texts of the waivers that a person has confirmed for this repository.
pub(super) fn confirmed_waivers(gates: &Gates<'_>, notes: &mut Vec<Diagnostic>) -> HashSet<String> {
    let path = state(gates, "waivers.jsonl");
    records::<String>(gates.home, &path, &waiver_purpose(gates), notes).into_iter().collect()
}

/// Notes that a person has confirmed a waiver.
pub(super) fn confirm_waiver(gates: &Gates<'_>, waiver: &Waiver) -> Result<(), Problem> {
    append(gates, "waivers.jsonl", &waiver_purpose(gates), &waiver.canonical())
}

fn waiver_purpose(gates: &Gates<'_>) -> String {
    format!("waiver {}", gates.place.identity())
}

/// The approvals of this repository, oldest first.
pub(super) fn approvals(gates: &Gates<'_>, notes: &mut Vec<Diagnostic>) -> Vec<Approval> {
    if gates.place.repository().is_none() {
        return Vec::new();
    }
    records(gates.home, &state(gates, "approvals.jsonl"), &approval_purpose(gates), notes)
}

/// Adds approvals.
pub(super) fn keep_approvals(gates: &Gates<'_>, approvals: &[Approval]) -> Result<(), Problem> {
    approvals.iter().try_for_each(|approval| append(gates, "approvals.jsonl", &approval_purpose(gates), approval))
}

fn approval_purpose(gates: &Gates<'_>) -> String {
    format!("approval {}", gates.place.identity())
}

fn sealed<T: Serialize>(gates: &Gates<'_>, purpose: &str, record: &T) -> Result<String, Problem> {
    let bug = |error: serde_json::Error| Problem::new(codes::BUG, format!("a record cannot be written: {error}"));
    let record = serde_json::to_string(record).map_err(bug)?;
    let seal = trust::seal(gates.home, purpose, &record)?;
    serde_json::to_string(&Line { record, seal }).map_err(bug)
}

fn append<T: Serialize>(gates: &Gates<'_>, name: &str, purpose: &str, record: &T) -> Result<(), Problem> {
    let path = state(gates, name);
    if let Some(folder) = path.parent() {
        atomic::make_folder(folder, true)?;
    }
    let line = sealed(gates, purpose, record)?;
    atomic::locked(&path, || atomic::append_line(&path, &line))
}

fn records<T: for<'de> Deserialize<'de>>(
    home: &Home,
    path: &std::path::Path,
    purpose: &str,
    notes: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let shown = path.display().to_string();
    let text = match read::own(path, LIMIT) {
        Ok(page) => page.map(|page| page.text).unwrap_or_default(),
        Err(problem) => {
            notes.push(problem.warning());
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let read = serde_json::from_str::<Line>(line)
            .ok()
            .filter(|line| trust::is_sealed(home, purpose, &line.record, &line.seal).unwrap_or(false));
        match read.and_then(|line| serde_json::from_str(&line.record).ok()) {
            Some(record) => out.push(record),
            None => {
                let message =
                    format!("line {number} of `{}` was not written by wfo as it stands", text::quoted(&shown));
                let problem = Problem::new(codes::GATE_EVIDENCE_INVALID, message);
                notes.push(
                    problem.hint("it does not count; judge, waive or approve again").at_line(&shown, number).warning(),
                );
            }
        }
    }
    out
}
