//! A proposal as it stands in answers.

use schemars::JsonSchema;
use serde::Serialize;
use wfo_base::text;
use wfo_base::trust::Proposal;

use super::Paint;

/// A step that waits for a person's yes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ProposalView {
    /// What `--confirm` takes; it holds while the shown state holds.
    pub(crate) id: String,
    /// One sentence: what would be done.
    pub(crate) title: String,
    /// Each single act, in order.
    pub(crate) actions: Vec<String>,
}

impl From<&Proposal> for ProposalView {
    fn from(proposal: &Proposal) -> Self {
        Self { id: proposal.id.clone(), title: proposal.title.clone(), actions: proposal.actions.clone() }
    }
}

impl ProposalView {
    /// Words it: title, acts, and how to say yes.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let mut out = format!("{} {}\n", paint.bold("Proposal:"), text::one_line(&self.title));
        for action in &self.actions {
            out += &format!("  - {}\n", text::one_line(action));
        }
        out + &format!("Add `--confirm {}` to the same command to carry it out.\n", self.id)
    }
}
