//! Where a workflow stands, as `next` and `todo reconcile` show it.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_base::trust::Proposal;
use wfo_day::Place;
use wfo_day::next::{Choice, Proposed};
use wfo_todo::phase::{Derived, Drift, Evidence, Path, Proven, Record};

use super::terms::clean;
use super::{Paint, Table};

/// Where a call was made.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct WhereView {
    /// main, worktree, submodule or bare.
    kind: &'static str,
    /// Whether it was in a folder below the top of that checkout.
    below_top: bool,
}

impl From<&Place> for WhereView {
    fn from(place: &Place) -> Self {
        Self { kind: place.spot().word(), below_top: place.is_below_top() }
    }
}

/// What reality shows.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DerivedView {
    /// 0-6.
    phase: u8,
    /// The first step that is not proved, or `complete`.
    step: String,
    /// What is to be done in it.
    title: String,
    /// The word for the record.
    status: &'static str,
    /// Whether only a person does it.
    human: bool,
    /// Optional steps that are open.
    optional: Vec<String>,
    /// Each step that applies, in order.
    pub(crate) evidence: Vec<EvidenceView>,
}

/// What is known about one step.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EvidenceView {
    /// The step.
    step: String,
    /// What it is.
    title: String,
    /// yes, no or unknown.
    proven: &'static str,
    /// What was looked at; `step 4.4` where a later step proves it.
    by: String,
    /// Why.
    detail: String,
    /// Whether it may be left out.
    optional: bool,
}

impl From<&Evidence> for EvidenceView {
    fn from(one: &Evidence) -> Self {
        Self {
            step: one.step.to_string(),
            title: one.title.clone(),
            proven: match one.proven {
                Proven::Yes => "yes",
                Proven::No => "no",
                Proven::Unknown => "unknown",
            },
            by: one.by.clone(),
            detail: clean(&one.detail),
            optional: one.optional,
        }
    }
}

impl From<&Derived> for DerivedView {
    fn from(derived: &Derived) -> Self {
        Self {
            phase: derived.phase,
            step: derived.step_word().to_owned(),
            title: derived.title.clone(),
            status: derived.status,
            human: derived.human,
            optional: derived.optional.iter().map(ToString::to_string).collect(),
            evidence: derived.evidence.iter().map(EvidenceView::from).collect(),
        }
    }
}

impl DerivedView {
    /// Words it: a line for the whole, then each step.
    pub(crate) fn text(&self, paint: Paint, kind: &str, slug: &str) -> String {
        let mut out = format!(
            "{} phase {}, step {}: {}\n",
            paint.bold(&format!("{kind} {slug}:")),
            self.phase,
            self.step,
            self.title
        );
        let mut table = Table::new();
        for one in &self.evidence {
            let mark = match one.proven {
                "yes" => paint.green("done"),
                "no" if one.optional => paint.dim("open"),
                "no" => paint.yellow("open"),
                _ => paint.dim("unknown"),
            };
            let optional = if one.optional { " (optional)" } else { "" };
            table.row([one.step.clone(), mark, format!("{}{optional}", one.title), one.detail.clone()]);
        }
        out += &table.lines(2);
        out
    }
}

/// What the record says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RecordedView {
    /// Its phase; null when it names none.
    phase: Option<u8>,
    /// Its step, as written; null when it names none.
    step: Option<String>,
    /// Its word; null when it has none.
    status: Option<String>,
}

impl From<&Record> for RecordedView {
    fn from(record: &Record) -> Self {
        Self {
            phase: record.phase,
            step: record.step.as_deref().map(clean),
            status: record.status.as_deref().map(clean),
        }
    }
}

/// One field in which record and reality differ.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DriftView {
    /// Its dotted key.
    field: &'static str,
    /// What the record says; null = nothing.
    recorded: Option<String>,
    /// What is so; null = nobody can tell.
    actual: Option<String>,
    /// Why.
    evidence: String,
}

impl From<&Drift> for DriftView {
    fn from(drift: &Drift) -> Self {
        Self {
            field: drift.field,
            recorded: drift.recorded.as_deref().map(clean),
            actual: drift.actual.as_deref().map(clean),
            evidence: clean(&drift.evidence),
        }
    }
}

/// Words the differences.
pub(crate) fn drift(rows: &[DriftView], paint: Paint) -> String {
    let mut out = String::new();
    for row in rows {
        let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let line = format!("{}: recorded {}, really {}", row.field, word(&row.recorded), word(&row.actual));
        out += &format!("{} {line} ({})\n", paint.yellow("Drift:"), row.evidence);
    }
    out
}

/// The step that comes now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProposedView {
    /// What `--confirm` takes; it holds while the shown state holds. Absent with `--dry-run` and once it is carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Its phase.
    phase: u8,
    /// Its number, or `complete`.
    step: String,
    /// What is to be done.
    title: String,
    /// Exact commands in backticks, and what somebody does between them, in order.
    actions: Vec<String>,
    /// Skills that help.
    skills: Vec<String>,
    /// Whether only a person does it.
    human: bool,
}

impl ProposedView {
    /// Joins the step with its proposal.
    pub(crate) fn new(proposal: Option<&Proposal>, step: &Proposed) -> Self {
        Self {
            id: proposal.map(|proposal| proposal.id.clone()),
            phase: step.phase,
            step: step.step.clone(),
            title: step.title.clone(),
            actions: step.actions.clone(),
            skills: step.skills.clone(),
            human: step.human,
        }
    }

    /// Words it.
    pub(crate) fn text(&self, paint: Paint, applied: bool) -> String {
        let head = if applied { paint.green("The record says now:") } else { paint.bold("Next:") };
        let who = if self.human { " (a person's)" } else { "" };
        let mut out = format!("{head} {} {}{who}\n", self.step, text::one_line(&self.title));
        for action in &self.actions {
            out += &format!("  - {}\n", text::one_line(action));
        }
        if let Some(id) = &self.id {
            out += &format!("Add `--confirm {id}` to the same command to write this step into the record.\n");
        }
        out
    }
}

/// Something that can be begun.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChoiceView {
    /// What.
    title: &'static str,
    /// How.
    actions: Vec<String>,
}

impl From<&Choice> for ChoiceView {
    fn from(choice: &Choice) -> Self {
        Self { title: choice.title, actions: choice.actions.clone() }
    }
}

impl ChoiceView {
    /// Words it.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let acts: String = self.actions.iter().map(|act| format!("    - {act}\n")).collect();
        format!("  {}\n{acts}", paint.bold(self.title))
    }
}

/// Returns the word of a path.
pub(crate) const fn path_word(path: Path) -> &'static str {
    match path {
        Path::Tiny => "tiny",
        Path::Normal => "normal",
        Path::Risky => "risky",
    }
}
